"""Indexing in the background: a folder is read while it is searched, and looked at again before later searches.

The first searches wait a moment for a small folder, then find what is read so far. A look at a folder that has not
changed costs little; the more it costs, the rarer it is. Of several processes with one folder one reads at a time.
"""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Self

from scenario_mcp.errors import SettingsRefused
from scenario_mcp.sandbox.catalogue import Catalogue
from scenario_mcp.sandbox.engine.opening import is_damage
from scenario_mcp.sandbox.folders import Folders
from scenario_mcp.sandbox.own_catalogue import index_lock
from scenario_mcp.sandbox.own_catalogue.features import Describer
from scenario_mcp.sandbox.own_catalogue.file_count import FileCount
from scenario_mcp.sandbox.own_catalogue.index_file import IndexFile
from scenario_mcp.sandbox.own_catalogue.ingest import index_folder, index_path
from scenario_mcp.sandbox.own_catalogue.milestones import Milestones
from scenario_mcp.sandbox.own_catalogue.report import IngestReport
from scenario_mcp.sandbox.own_catalogue.status import CatalogueStatus

FIRST_WAIT_SECONDS = 0.6
"""How long the first searches wait for a folder to be read, from the start of the reading."""
LOOK_SECONDS = 0.5
"""How long a search waits for a look at the folder."""
FRESH_SECONDS = 0.5
"""How long a folder counts as just looked at."""
LOOKS_SHARE = 2
"""A folder is left alone for so many times as long as the last look took."""
IDLE_SECONDS = 60.0
"""How often a folder is looked at without a search."""
RETRY_SECONDS = 10.0
"""How soon a folder is read again that was not read to its end."""
IDLE_SHARE = 50
_COUNT_SECONDS = 0.3
"""How long a reading lasts that finds nothing new before files are counted: most are over by then."""
_STOP_SECONDS = 1.0
_MOST_INDEXES = 3
"""So many indexes are replaced, one after the other, if each fails."""
_OTHERS_LOOK_SECONDS = 1.0
"""A process that reads for longer does more than look."""
_PASSING = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_log = logging.getLogger(__name__)


class _IngestStopped(Exception):
    """The server ends before everything is read."""


class BackgroundIngest:
    """A folder that is indexed in a thread of its own while it is open as a catalogue; use it as a context manager."""

    def __init__(self, folders: Path | Iterable[Path] | Folders, *, is_logged: bool = True) -> None:
        """`is_logged` says whether the first reading is told in the log."""
        self._folders = Folders.of(folders)
        self._is_logged = is_logged
        self._index = IndexFile.open(partial(index_path, self._folders))
        self._past_indexes: list[IndexFile] = []
        self.catalogue = Catalogue.of_store(self._index.store, self._folders)
        self.catalogue.reading = self
        self.refusal: SettingsRefused | None = None
        """Why the folder cannot be read at all, with its path."""
        self._status = CatalogueStatus()
        """As of the last reading. How far the present one is changes with every file, and is kept apart."""
        self._done, self._is_reading, self._waits_for_another = 0, True, False
        self._left = self._count_left()
        self._changing = threading.Condition()
        self._readings = 0
        self._reading_since: float | None = None
        self._read_at, self._cost = 0.0, 0.0
        self._wanted = threading.Event()
        self._stopping = threading.Event()
        self._count = FileCount(self._folders)
        self._milestones = Milestones()
        self._describer = Describer(self.catalogue, lambda: self._index.lock_path("describing"))
        self._thread = threading.Thread(target=self._work, name="catalogue", daemon=True)

    def __enter__(self) -> Self:
        if self.warning and self._is_logged:
            _log.warning("%s", self.warning)
        paths = ", ".join(str(root.path) for root in self._folders.roots)
        _log.info("Reading the catalogue %s; its index is %s.", paths, self._index.path or "in memory")
        self._started_at = time.monotonic()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._wanted.set()
        self._count.stop()
        with self._changing:
            self._changing.notify_all()
        has_ended = self._describer.close()
        self._thread.join(_STOP_SECONDS)
        if has_ended and not self._thread.is_alive():  # else it is within a batch, which the end of the process undoes
            for index in (*self._past_indexes, self._index):
                index.close()

    @property
    def status(self) -> CatalogueStatus:
        """How far the folder is read now."""
        to_come = self._describer.to_come
        return replace(
            self._status,
            is_reading=self._is_reading,
            done=self._done,
            left=self._left,
            expected=self._count.files,
            documents_to_describe=to_come.documents,
            pictures_to_describe=to_come.pictures,
        )

    @property
    def warning(self) -> str:
        """What is wrong with the index, with its path; nothing if nothing is."""
        return self._index.warning

    @property
    def index_path(self) -> Path | None:
        """Where the index lies; None in memory."""
        return self._index.path

    def wait(self, seconds: float) -> bool:
        """Wait until the folder has been read once, or cannot be; return whether that is so."""
        with self._changing:
            self._changing.wait_for(lambda: self._readings or self._stopping.is_set(), seconds)
            return self._readings > 0

    def look(self) -> None:
        """Look at the folder again unless that was just done; wait for it a moment."""
        with self._changing:
            now = time.monotonic()
            if not self._readings:
                self._changing.wait_for(self._is_over(1), max(0.0, self._started_at + FIRST_WAIT_SECONDS - now))
                return
            if self._reading_since is None:
                if now < self._read_at + max(FRESH_SECONDS, LOOKS_SHARE * self._cost):
                    return
                wanted = self._readings + 1
            elif now > self._reading_since + LOOK_SECONDS:
                return  # it takes long: what it finds comes batch by batch
            else:
                wanted = self._readings + 2  # it may have passed already where something has changed
            self._wanted.set()
            self._changing.wait_for(self._is_over(wanted), LOOK_SECONDS)

    def note(self, *, found_nothing: bool, by_picture: bool, by_meaning: bool = False) -> str:
        """Return what a search must say of the folder, without its path; nothing if the hits tell all."""
        return self.status.note(found_nothing=found_nothing, by_picture=by_picture, by_meaning=by_meaning)

    def progress(self) -> tuple[float, str] | None:
        """Return how far the folder is read, from 0 to 1 and in words; None once it is read."""
        status = self.status
        return (status.fraction(), f"Reading the catalogue: {status.progress()}") if status.is_reading else None

    def waits_for_another(self) -> bool:
        """Whether another process reads the folder now, and this one waits for its end."""
        return self._waits_for_another

    def is_described(self) -> bool:
        """Whether what was read can be found by looks and meaning."""
        return self._readings > 0 and self._describer.is_idle

    def _stored(self) -> int:
        """Return how many files and lines are in the index."""
        return self._index.store.count("assets") + self._index.store.count("models")

    def _count_left(self) -> int:
        """Return how many files and lines a reading has left in the index; one that is damaged is told by the next."""
        try:
            return self._stored()
        except sqlite3.Error:
            return 0

    def _is_over(self, reading: int) -> Callable[[], bool]:
        return lambda: self._readings >= reading or self._stopping.is_set()

    def _work(self) -> None:
        while not self._stopping.is_set():
            self._wanted.clear()
            problem = self._read()
            if self._stopping.is_set():
                return
            self._describer.wake()
            self._wanted.wait(RETRY_SECONDS if problem else max(IDLE_SECONDS, IDLE_SHARE * self._cost))

    def _read(self) -> str:
        """Read the folder; return why not to its end."""
        problem, report = "", None
        try:
            with index_lock.held(self._index.lock_path("reading"), self._wait_for_another):
                self._reading_since, self._waits_for_another = time.monotonic(), False
                report = index_folder(self._folders, self._index.store, self._progress)
        except _IngestStopped:
            return ""
        except SettingsRefused as error:
            if (self._is_logged or self._readings) and str(error) != str(self.refusal):
                _log.warning("%s", error)
            self.refusal = error
            problem = _reason_without_path(error)
        except sqlite3.Error as error:
            if self._replace_index(error):
                return self._read()
            _log.exception("The index of the catalogue failed")
            problem = f"was not read to its end: its index failed ({error})"
        except Exception as error:  # noqa: BLE001  # a thread that ends silently would leave searches without a word
            _log.exception("The catalogue was not read to its end")
            problem = (
                f"was not read to its end: the server made a mistake ({type(error).__name__}), which it has logged"
            )
        now = time.monotonic()
        if report is not None:
            self.refusal = None
            is_first = not self._status.is_whole
            if self._is_logged or not is_first:
                self._milestones.tell_end(report, self._index.path, is_first=is_first)
            self._milestones.remember(report)
        with self._changing:
            self._readings += 1
            if report is not None and not report.new + report.changed:  # else it was more than a look
                self._cost = now - (self._reading_since or now)
            self._reading_since, self._read_at = None, now
            self._status = CatalogueStatus(
                is_whole=self._status.is_whole or report is not None,
                is_reading=False,
                done=self._done if report is None else report.done,
                problem=problem,
                report=report or self._status.report,
                looked_at=time.time(),
            )
            self._done, self._is_reading, self._left = self._status.done, False, self._status.done
            self._changing.notify_all()
        return problem

    def _progress(self, report: IngestReport) -> None:
        if self._stopping.is_set():
            raise _IngestStopped
        is_new = report.new + report.changed > 0
        is_long = is_new or time.monotonic() > (self._reading_since or 0.0) + _COUNT_SECONDS
        self._tell(report.done, is_reading=is_new or not self._status.is_whole, is_long=is_long)

    def _wait_for_another(self, seconds: float) -> None:
        """Wait while another process reads the folder."""
        if self._reading_since is None:
            self._reading_since = time.monotonic()
        self._waits_for_another = True
        if self._stopping.wait(seconds):
            raise _IngestStopped
        is_reading = not self._status.is_whole or time.monotonic() > self._reading_since + _OTHERS_LOOK_SECONDS
        self._tell(self._stored(), is_reading=is_reading, is_long=True)

    def _tell(self, done: int, *, is_reading: bool, is_long: bool) -> None:
        self._done, self._is_reading = done, is_reading
        if is_reading and is_long:
            self._count.start()
            if (self._is_logged or self._readings) and self._milestones.is_due:
                self._milestones.tell(self.status)

    def _replace_index(self, error: sqlite3.Error) -> bool:
        """Go on with another index if this one failed for good; return whether there is another."""
        is_damaged = is_damage(error)
        passes = (getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF in _PASSING or "is locked" in str(error)
        if len(self._past_indexes) >= _MOST_INDEXES or not (
            is_damaged or (isinstance(error, sqlite3.OperationalError) and not passes)
        ):
            return False
        failed = self._index
        if is_damaged and not self._past_indexes:
            failed.remove_files()
            self._index = IndexFile.open(partial(index_path, self._folders))
            warning = self._index.warning or f"The index of the catalogue is damaged ({error}): it is built anew."
        else:
            self._index = IndexFile.elsewhere(f"The index of the catalogue failed ({error}).")
            warning = self._index.warning
        _log.warning("%s", warning)
        self._past_indexes.append(failed)  # searches may be reading it
        self.catalogue.use(self._index.store)
        self._status = CatalogueStatus()
        self._done, self._is_reading, self._left = 0, True, self._count_left()
        return True


def _reason_without_path(error: SettingsRefused) -> str:
    cause = error.__cause__
    return f"cannot be read ({cause.strerror})" if isinstance(cause, OSError) else "cannot be read"
