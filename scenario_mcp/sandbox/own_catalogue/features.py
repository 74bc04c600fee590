"""Features for image similarity and semantic search: computed in the background, and kept in the catalogue's store."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, Self

from scenario_mcp.ids import RESOURCE_TYPES
from scenario_mcp.imaging.errors import BadPicture
from scenario_mcp.picture_formats import is_picture_type
from scenario_mcp.sandbox.catalogue import LOOK_FEATURE, Catalogue, Document
from scenario_mcp.sandbox.own_catalogue import index_lock
from scenario_mcp.sandbox.similarity.semantic import meanings

_DOCUMENTS_A_BATCH = 100
"""Few, so that a search beside seldom waits; the thread rests after each for as long as it took."""
_PICTURES_A_BATCH = 50
_LONGEST_REST_SECONDS = 0.1
_STOP_SECONDS = 5.0
_log = logging.getLogger(__name__)

State = tuple[str, str]
"""The id of a document, and when it was changed."""


class ToCome(NamedTuple):
    """How many are not described yet: documents by their words, and pictures by their looks."""

    documents: int = 0
    pictures: int = 0


class DescribingStopped(Exception):
    """The server ends before everything is described."""


def describe_new(
    catalogue: Catalogue,
    rest: Callable[[float], None],
    hopeless: set[State] | None = None,
    on_progress: Callable[[ToCome], None] = lambda _: None,
) -> None:
    """Describe the documents and pictures that are not described yet.

    `rest` is called now and then with the seconds to rest for, and stops the work by raising `DescribingStopped`.
    Assets that have no picture that can be described are added to `hopeless`, and left out. `on_progress` is told how
    many are still to come.
    """
    store, hopeless = catalogue.store, set() if hopeless is None else hopeless
    left = [*store.numbers_without("assets", LOOK_FEATURE)]
    hopeless_ids = {asset_id for asset_id, _ in hopeless}
    to_come = sum(asset_id not in hopeless_ids for asset_id in left)
    for resource_type in RESOURCE_TYPES:
        wordless = [*store.numbers_without(resource_type, meanings.FEATURE)]
        for start, ids in _batches(wordless, _DOCUMENTS_A_BATCH):
            on_progress(ToCome(len(wordless) - start, to_come))
            begin = time.monotonic()
            described = [
                (str(document["id"]), meanings.describe(document)) for document in store.get_many(resource_type, ids)
            ]
            with store.writing() as batch:
                for document_id, meaning in described:
                    batch.put_feature(resource_type, document_id, meanings.FEATURE, meaning)
            rest(min(time.monotonic() - begin, _LONGEST_REST_SECONDS))
    for _, ids in _batches(left, _PICTURES_A_BATCH):
        on_progress(ToCome(pictures=to_come))
        looks: list[tuple[State, bytes]] = []
        for asset in store.get_many("assets", ids):
            rest(0)
            state = _state(asset)
            if state not in hopeless:
                to_come -= 1
                look = _describe(catalogue, state[0])
                if look is None:
                    hopeless.add(state)
                else:
                    looks.append((state, look))
        with store.writing() as batch:
            for state, look in looks:
                if (current := store.get("assets", state[0])) is not None and _state(current) == state:
                    batch.put_feature("assets", state[0], LOOK_FEATURE, look)
    on_progress(ToCome())


def _state(document: Document) -> State:
    return str(document["id"]), str(document.get("updatedAt"))


def _describe(catalogue: Catalogue, asset_id: str) -> bytes | None:
    """Describe a picture from its file, which may be too large to be held in memory."""
    stored = catalogue.store.media(asset_id)
    path = catalogue.full_path(stored.path) if stored is not None and is_picture_type(stored.mime_type) else None
    if path is None:
        return None
    # Imported here: where no picture is new, nothing needs Pillow.
    from scenario_mcp.sandbox.similarity.visual import descriptor

    try:
        with path.open("rb") as file:
            return descriptor.describe_file(file)
    except (BadPicture, OSError):  # broken, or removed since it was indexed
        return None


def _batches(ids: list[str], size: int) -> Iterator[tuple[int, list[str]]]:
    for start in range(0, len(ids), size):
        yield start, ids[start : start + size]


class Describer:
    """Describes new documents and pictures in a thread, whenever it is woken; use it as a context manager."""

    def __init__(self, catalogue: Catalogue, lock_path: Callable[[], Path | None] = lambda: None) -> None:
        """`lock_path` returns the file by which processes agree on who describes the catalogue."""
        self._catalogue = catalogue
        self._lock_path = lock_path
        self._hopeless: set[State] = set()
        self._wanted = threading.Event()
        self._stopping = threading.Event()
        self._idle = threading.Event()
        self._thread = threading.Thread(target=self._work, name="features", daemon=True)
        self._described_generation = -1
        self.to_come = ToCome()

    def __enter__(self) -> Self:
        self.wake()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def wake(self) -> None:
        """Describe what is new."""
        self._wanted.set()
        self._idle.clear()
        if self._thread.ident is None:
            self._thread.start()

    @property
    def is_idle(self) -> bool:
        """Whether all that it was woken for is described, or cannot be."""
        return self._idle.is_set()

    def close(self) -> bool:
        """End the thread; return whether it has ended."""
        self._stopping.set()
        self._wanted.set()
        if self._thread.ident is not None:
            self._thread.join(_STOP_SECONDS)
        return not self._thread.is_alive()

    def _work(self) -> None:
        while self._wanted.wait() and not self._stopping.is_set():
            self._wanted.clear()
            try:
                self._describe_new()
            except DescribingStopped:
                return
            except Exception:  # noqa: BLE001  # searches describe what they need by themselves
                _log.warning("The catalogue could not be described in advance", exc_info=True)
            if not self._wanted.is_set():
                self._idle.set()

    def _describe_new(self) -> None:
        path, generation = self._lock_path(), self._catalogue.store.generation()
        if generation != self._described_generation:
            with index_lock.held(path, self._rest):
                self._catalogue.store.join_words()  # not while words are read: that would take a tenth longer
                describe_new(self._catalogue, self._rest, self._hopeless, self._note_progress)
            self._described_generation = generation  # what is written meanwhile is looked at again

    def _note_progress(self, to_come: ToCome) -> None:
        self.to_come = to_come

    def _rest(self, seconds: float) -> None:
        if self._stopping.wait(seconds):
            raise DescribingStopped
