"""Opening of a store's file: its connections, its journal, its tables, and the refusal of a file that cannot be one."""

import sqlite3
import time
import zlib
from collections.abc import Mapping
from pathlib import Path

from scenario_mcp.errors import SettingsRefused
from scenario_mcp.ids import ResourceType
from scenario_mcp.sandbox.engine import indexing
from scenario_mcp.sandbox.engine.indexes import IndexSettings

SCHEMA_VERSION = 6
"""Raised with every change of how an index is built; a file of another version, tables or settings is refused."""
_APPLICATION_ID = 0x5CE9A510
_BUSY_SECONDS = 60
_RETRY_SECONDS = 0.01
_SWITCH_SECONDS = 10
"""How long another process may be switching the journal: it takes milliseconds, on some network drives for ever."""
_LARGEST_VERSION = 0x7FFFFFFF
_CACHE_KIBIBYTES = 8 * 1024
"""What each connection keeps of the file in memory; the system keeps more."""
_BUSY_CODES = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_DAMAGE_CODES = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_PRIMARY_CODE = 0xFF
"""The part of SQLite's codes that says what has failed; the rest says where."""
_SCHEMA = """
CREATE TABLE documents (
    type INTEGER NOT NULL, number INTEGER NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (type, number)
) WITHOUT ROWID;
CREATE UNIQUE INDEX documents_by_id ON documents (type, id);
CREATE TABLE features (
    type INTEGER NOT NULL, name TEXT NOT NULL, id TEXT NOT NULL, content BLOB NOT NULL, PRIMARY KEY (type, name, id)
) WITHOUT ROWID;
CREATE TABLE media (asset_id TEXT PRIMARY KEY, path TEXT NOT NULL, mime_type TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE files (
    path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
    state TEXT NOT NULL, problem TEXT NOT NULL, ids TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE generation (batches INTEGER NOT NULL, documents INTEGER NOT NULL);
INSERT INTO generation VALUES (0, 0);
"""


class StoreUnusable(SettingsRefused):
    """A file cannot be used as a store. If `is_damaged`, a new one in its place can; otherwise none can."""

    def __init__(self, message: str, *, reason: str, is_damaged: bool) -> None:
        super().__init__(message)
        self.reason = reason
        """SQLite's own words, without the path."""
        self.is_damaged = is_damaged


def unusable(path: Path | None, error: sqlite3.Error) -> StoreUnusable:
    """Put an error of SQLite into a sentence."""
    return StoreUnusable(
        f"{path} cannot be used as the sandbox's catalogue: {error}. Remove it, and it is built anew.",
        reason=str(error),
        is_damaged=is_damage(error),
    )


def is_damage(error: sqlite3.Error) -> bool:
    """Whether an error says that the file is no database, or one whose content is broken or cut off."""
    return _code(error) in _DAMAGE_CODES


def connect(path: Path | None) -> sqlite3.Connection:
    """Connect to a file, or to memory; raises sqlite3.Error."""
    connection = sqlite3.connect(
        ":memory:" if path is None else path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIBIBYTES}")
    except BaseException:
        connection.close()  # the file is not a database, and nobody else has the connection yet
        raise
    return connection


def prepare(connection: sqlite3.Connection, settings: Mapping[ResourceType, IndexSettings]) -> str:
    """Choose the journal, and create the tables in a new file; refuse a file of another version.

    Return why there can be no write-ahead log, without which readers and writers wait for each other; nothing if there
    is one.

    Raises:
        sqlite3.Error: the file cannot be used at all.
        StoreUnusable: it is of another version, or of another program.

    """
    problem = _log_ahead(connection)
    version = _version(settings)
    connection.execute("PRAGMA synchronous = NORMAL")
    if _is_new(connection):
        connection.execute("BEGIN IMMEDIATE")
        if _is_new(connection):  # and no other process has created them meanwhile
            for statement in (_SCHEMA + indexing.SCHEMA).split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {version}")
        connection.execute("COMMIT")
    found = tuple(connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version"))
    if found != (_APPLICATION_ID, version):
        raise StoreUnusable(
            "The sandbox's catalogue file was written by another version of scenario-mcp, or by another program. "
            "Remove it, and it is built anew.",
            reason="it is of another version or another program",
            is_damaged=True,
        )
    return problem


def _version(settings: Mapping[ResourceType, IndexSettings]) -> int:
    """Return a number that changes with the tables, what is indexed, and how."""
    return zlib.crc32(repr((SCHEMA_VERSION, _SCHEMA, indexing.SCHEMA, settings)).encode()) & _LARGEST_VERSION


def _log_ahead(connection: sqlite3.Connection) -> str:
    """Switch to the write-ahead log; SQLite itself does not wait for another process that does the same.

    Return why it cannot be had, as on network drives: the log needs memory that processes share.
    """
    end = time.monotonic() + _SWITCH_SECONDS
    while True:
        try:
            (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
        except sqlite3.OperationalError as error:
            if not _is_busy(error) or time.monotonic() > end:
                return str(error)
            time.sleep(_RETRY_SECONDS)
        else:
            return "" if mode in {"wal", "memory"} else f"its journal stays in the mode {mode}"


def _is_busy(error: sqlite3.Error) -> bool:
    return _code(error) in _BUSY_CODES or "is locked" in str(error)


def _code(error: sqlite3.Error) -> int:
    """Return the code of an error of SQLite; 0 for one of the module itself."""
    return (getattr(error, "sqlite_errorcode", None) or 0) & _PRIMARY_CODE


def _is_new(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master").fetchone() is None
