"""The lock beside an index: of several processes with one folder, one does the work while the others read its index.

It is the lock that SQLite holds on a file of its own: on every system, let go by a process that is killed, and it
works wherever the index itself does.
"""

import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

_RETRY_SECONDS = 0.2


@contextmanager
def held(path: Path | None, pause: Callable[[float], None]) -> Iterator[None]:
    """Hold a lock: wait for the process that holds it, in pauses that may end the wait by an exception.

    Without a path, or where files cannot be locked, nothing is held: work is then done twice rather than never.
    """
    if path is None:
        yield
        return
    try:
        connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    except sqlite3.Error:
        yield
        return
    with closing(connection):
        while not _begin(connection):
            pause(_RETRY_SECONDS)
        yield


def can_lock(folder: Path) -> bool:
    """Whether files of a folder can be locked: on some network drives each counts as locked by somebody else.

    Any other problem of the folder is left to whoever opens a file in it.
    """
    try:
        with (
            tempfile.NamedTemporaryFile(dir=folder, prefix="locking-", suffix=".lock") as file,
            closing(sqlite3.connect(file.name, timeout=0, isolation_level=None)) as connection,
        ):
            return _begin(connection)
    except (OSError, sqlite3.Error):
        return True


def _begin(connection: sqlite3.Connection) -> bool:
    """Take the lock; return whether there is anything left to wait for."""
    try:
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        return "is locked" not in str(error)
    except sqlite3.DatabaseError:  # what lies there is no database
        pass
    return True
