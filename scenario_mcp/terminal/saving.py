"""`--save`: the files of hits, as they are, in a folder, under names that every system takes."""

import os
import re
import shutil
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import NamedTuple

import anyio
import anyio.to_thread

from scenario_mcp.api.replies import Asset, Document
from scenario_mcp.backend import Scenario
from scenario_mcp.errors import NotFound, ScenarioError, SettingsRefused
from scenario_mcp.picture_formats import SHOWN_TYPES, SIGNATURE_BYTES, detect_format
from scenario_mcp.pictures.reader import GONE
from scenario_mcp.rendering import short_facts
from scenario_mcp.sandbox.file_kinds import ending_of
from scenario_mcp.terminal.session import progress_bar
from scenario_mcp.text import clean

MAX_FILE_BYTES = 2_000_000_000
MAX_SECONDS = 600.0
"""For one file, however large."""
MAX_CONCURRENT = 4
MAX_NAME_BYTES = 100
"""Of the part of a file's name that a stranger chose, in UTF-8: most file systems take 255 in all."""
_MAX_PATH_CHARACTERS = 300
_OTHER_ENDINGS = {"image/svg+xml": "svg"}
_UNKNOWN = "bin"
_NO_LETTERS = re.compile(r"[\W_]+")


class _WithoutFile(NotFound):
    """The document has no file."""


class Saved(NamedTuple):
    """What became of the files of hits, by the hits' ids."""

    new: dict[str, Path]
    already_there: dict[str, Path]
    refused: dict[str, ScenarioError]
    """Why a file could not be saved."""

    without_file: list[str]
    """Hits that have none, such as a model without a thumbnail."""

    def path(self, document_id: str) -> Path | None:
        """Return where the file of a hit lies now."""
        return self.new.get(document_id) or self.already_there.get(document_id)

    def sentences(self, folder: Path) -> Iterator[str]:
        """Yield what is said of it."""
        where = clean(str(folder), _MAX_PATH_CHARACTERS)
        yield f"Saved {len(self.new)} {'file' if len(self.new) == 1 else 'files'} in {where}."
        if self.already_there:
            yield f"Already there, and left alone: {len(self.already_there)}. --overwrite replaces them."
        if self.without_file:
            yield f"Without a file: {', '.join(self.without_file)}."
        for document_id, error in self.refused.items():
            yield f"Not saved: {document_id}. {error.told(to_operator=True)}"


def prepare_folder(folder: Path) -> Path:
    """Make the folder if need be, and try to write into it; return its absolute path.

    Raises:
        SettingsRefused: it cannot be made or written.

    """
    folder = Path(os.path.abspath(folder.expanduser()))  # noqa: PTH100  # of a path that need not exist
    with _refusing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        trial = folder / f".scenario-mcp.{os.getpid()}.part"
        trial.touch()
        trial.unlink()
    return folder


async def save(scenario: Scenario, documents: Sequence[Document], folder: Path, *, overwrites: bool) -> Saved:
    """Save the file of each asset, and the picture of each model, with a bar on stderr.

    Raises:
        SettingsRefused: the folder or the disk takes no more.

    """
    saved = Saved({}, {}, {}, [])
    there = await anyio.to_thread.run_sync(_names, folder)
    stopped: list[SettingsRefused] = []
    limit = anyio.CapacityLimiter(MAX_CONCURRENT)
    with progress_bar() as bar:
        task = bar.add_task("Saving", total=len(documents))

        async def save_one(document: Document) -> None:
            async with limit:
                stem = file_stem(document)
                earlier = next((name for name in there if name.rpartition(".")[0] == stem), None)
                if earlier and not overwrites:
                    saved.already_there[document.id] = folder / earlier
                else:
                    try:
                        saved.new[document.id] = await _copy(scenario, document, folder / stem, overwrites=overwrites)
                    except FileExistsError as error:
                        saved.already_there[document.id] = Path(error.filename)
                    except _WithoutFile:
                        saved.without_file.append(document.id)
                    except ScenarioError as error:
                        saved.refused[document.id] = error
                    except OSError as error:
                        stopped.append(_refused(folder, error))
                        tasks.cancel_scope.cancel()
            bar.advance(task)

        async with anyio.create_task_group() as tasks:
            for document in documents:
                tasks.start_soon(save_one, document)
    if stopped:
        raise stopped[0]
    return saved


async def _copy(scenario: Scenario, document: Document, place: Path, *, overwrites: bool) -> Path:
    """Fetch a file into a hidden one beside its place, which it then takes in one step.

    Raises:
        FileExistsError: another file has that name.

    """
    part = place.with_name(f".{token_hex(8)}.part")
    try:
        await _fetch(scenario, document, part)
        with part.open("rb") as file:
            head = file.read(SIGNATURE_BYTES)
        final = place.with_name(f"{place.name}.{_ending(document, head)}")
        _move(part, final, overwrites=overwrites)
        return final
    finally:
        with suppress(OSError):
            part.unlink()


async def _fetch(scenario: Scenario, document: Document, part: Path) -> None:
    """Write the original: the file itself where it lies on this machine, which the sandbox would show smaller."""
    asset = document if isinstance(document, Asset) else None
    if local := scenario.local_path(asset.file) if asset else None:
        try:
            await anyio.to_thread.run_sync(shutil.copyfile, local, part)
        except FileNotFoundError:
            raise NotFound(GONE) from None
        return
    url = (asset.url if asset else None) or document.picture_url
    if not url:
        raise _WithoutFile("It has no file.")
    with part.open("xb") as file:
        await scenario.pictures.copy(url, file.write, max_bytes=MAX_FILE_BYTES, timeout_seconds=MAX_SECONDS)


def _move(part: Path, final: Path, *, overwrites: bool) -> None:
    if overwrites:
        part.replace(final)
        return
    try:
        os.link(part, final)  # which never replaces
    except FileExistsError:
        raise FileExistsError(17, "exists", str(final)) from None
    except OSError:  # a file system without links
        if final.exists():
            raise FileExistsError(17, "exists", str(final)) from None
        part.rename(final)


def _ending(document: Document, head: bytes) -> str:
    """Return the ending of a file's name: by its content where that is a picture, else by its MIME type."""
    if found := detect_format(head):
        return found.suffixes[0]
    mime_type = (document.mime_type or "") if isinstance(document, Asset) else ""
    if not mime_type or mime_type in SHOWN_TYPES:
        raise NotFound("What its host sent is not a picture.")
    return _OTHER_ENDINGS.get(mime_type) or ending_of(mime_type) or _UNKNOWN


def file_stem(document: Document) -> str:
    """Return the name of a document's file without its ending: letters and digits of its name, then its id."""
    name = unicodedata.normalize("NFC", short_facts.name(document) or "")
    words = _NO_LETTERS.sub("-", name).strip("-")
    while len(words.encode()) > MAX_NAME_BYTES:
        words = words[:-1].rstrip("-")
    return f"{words or 'unnamed'}-{document.id.rstrip('.')}"


def _names(folder: Path) -> list[str]:
    with _refusing(folder):
        return [each.name for each in folder.iterdir()]


def _refused(folder: Path, error: OSError) -> SettingsRefused:
    return SettingsRefused(
        f"{clean(str(folder), _MAX_PATH_CHARACTERS)} cannot be written: {error.strerror}. Give --save another folder."
    )


@contextmanager
def _refusing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _refused(folder, error) from error
