"""The index of a folder: opened where it is kept, else anew in a temporary folder, else in memory.

A cache folder may be read-only, full, or on a network drive where SQLite cannot work; an index may be damaged. Each
costs the time of reading the folder again, never the catalogue.
"""

import logging
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from scenario_mcp.errors import SettingsRefused
from scenario_mcp.sandbox.engine.indexes import OWN_INDEX_SETTINGS
from scenario_mcp.sandbox.engine.storage import Store, StoreUnusable
from scenario_mcp.sandbox.own_catalogue.index_lock import can_lock

_SQLITE_FILES = ("", "-wal", "-shm", "-journal")
_LASTING = "Until the server ends, it is kept in {}; the next start reads all files again."
_log = logging.getLogger(__name__)


class IndexFile:
    """An open index. `path` is None in memory; `warning` says what is wrong with it, with paths."""

    def __init__(self, store: Store, path: Path | None, warning: str = "", folder: Path | None = None) -> None:
        self.store = store
        self.path = path
        self.warning = warning
        self._folder = folder

    @classmethod
    def open(cls, locate: Callable[[], Path], *, must_last: bool = False) -> "IndexFile":
        """Open the index at the path that `locate` returns; where none can be there, another one, unless it must last.

        Raises:
            SettingsRefused: it must last, and cannot be opened there.

        """
        try:
            path = locate()
        except SettingsRefused as error:
            if must_last:
                raise
            return cls.elsewhere(str(error))
        try:
            store = _open(path)
        except StoreUnusable as error:
            problem = f"The index of the catalogue cannot be used in {path.parent}: {error.reason}."
            if must_last:
                raise SettingsRefused(f"{problem} Set XDG_CACHE_HOME to another folder.") from error
            return cls.elsewhere(problem)
        warning = (
            f"The index of the catalogue in {path.parent} has no write-ahead log ({store.journal_problem}), as on "
            "network drives: searches wait while files are read. Set XDG_CACHE_HOME to a folder of this machine."
        )
        return cls(store, path, warning if store.journal_problem else "")

    @classmethod
    def elsewhere(cls, problem: str) -> "IndexFile":
        """Open a new index in a temporary folder, else in memory; it lasts until it is closed."""
        folder = None
        try:
            folder = Path(tempfile.mkdtemp(prefix="scenario-mcp-"))
            path = folder / "catalogue.sqlite"
            return cls(Store.open(path, OWN_INDEX_SETTINGS), path, f"{problem} {_LASTING.format(folder)}", folder)
        except (OSError, StoreUnusable):
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)
        return cls(Store.open(None, OWN_INDEX_SETTINGS), None, f"{problem} {_LASTING.format('memory')}")

    def lock_path(self, work: str) -> Path | None:
        """Return the file by which processes agree on who does some work; None if no other process has this index."""
        return None if self.path is None or self._folder is not None else self.path.with_suffix(f".{work}.lock")

    def close(self) -> None:
        """Close the index, and remove one that does not last."""
        self.store.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def remove_files(self) -> None:
        """Remove the files of a damaged index; what is open stays open."""
        if self.path is not None:
            _remove(self.path)


def _open(path: Path) -> Store:
    """Open a store; one that is damaged is built anew."""
    if path.exists() and not os.access(path, os.W_OK):
        raise StoreUnusable("", reason="it may not be written", is_damaged=False)
    if not can_lock(path.parent):
        raise StoreUnusable("", reason="files cannot be locked there", is_damaged=False)
    try:
        return Store.open(path, OWN_INDEX_SETTINGS)
    except StoreUnusable as error:
        if not error.is_damaged:
            raise
        _log.warning("The index of the catalogue is damaged (%s): it is built anew.", error.reason)
    _remove(path)
    return Store.open(path, OWN_INDEX_SETTINGS)


def _remove(path: Path) -> None:
    for suffix in _SQLITE_FILES:
        with suppress(OSError):
            path.with_name(path.name + suffix).unlink()
