"""The files below a folder, one by one as the system lists them: links are not followed, only regular files are opened.

Paths are relative to the folder, with `/` between their parts.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

from scenario_mcp.file_names import files_alike

_NEITHER_FOLLOW_NOR_WAIT = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


_UPWARDS = frozenset({os.pardir, os.sep})


class FoundFile(NamedTuple):
    """A regular file, as it was when it was listed."""

    path: str
    size: int
    mtime_ns: int

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    @property
    def stem(self) -> str:
        """The name without its ending."""
        return self.name.rpartition(".")[0] or self.name


class SkippedFile(NamedTuple):
    """A file that cannot be read, and why: the problem completes the sentence "It ..."."""

    path: str
    problem: str


class FileChanged(Exception):
    """A file is not the one that was listed."""


def walk(folder: Path) -> Iterator[FoundFile | SkippedFile]:
    """Yield every file below a folder. Names that start with a dot are skipped, and so are links that stay inside.

    Raises:
        OSError: the folder itself cannot be listed.

    """
    root = os.path.realpath(folder)
    waiting = [""]
    while waiting:
        parent = waiting.pop()
        try:
            entries = os.scandir(os.path.join(root, parent))  # noqa: PTH118  # Path would cost as much as all else here
        except OSError as error:
            if not parent:
                raise
            yield SkippedFile(_printable(parent), f"cannot be listed: {error.strerror}")
            continue
        with entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                path = f"{parent}/{entry.name}" if parent else entry.name
                try:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(path)
                        continue
                    found = _look_at(entry, path, root)
                except OSError as error:
                    found = SkippedFile(_printable(path), f"cannot be read: {error.strerror}")
                if found is not None:
                    yield found


def _look_at(entry: "os.DirEntry[str]", path: str, root: str) -> FoundFile | SkippedFile | None:
    if entry.is_symlink():
        target = os.path.realpath(entry.path)
        if not _is_inside(target, root):
            return SkippedFile(_printable(path), "is a link that leads out of the folder")
        return None if os.path.exists(target) else SkippedFile(_printable(path), "is a link that leads nowhere")  # noqa: PTH110  # as above
    facts = entry.stat(follow_symlinks=False)
    if not stat.S_ISREG(facts.st_mode):
        return SkippedFile(_printable(path), "is not a file")
    if _printable(path) != path:
        return SkippedFile(_printable(path), "has a name that is not UTF-8")
    return FoundFile(path, facts.st_size, facts.st_mtime_ns)


def _is_inside(path: str, root: str) -> bool:
    """Whether an absolute path without links is another one or lies below it."""
    return path == root or path.startswith(os.path.join(root, ""))  # noqa: PTH118  # Path drops the last separator


def find(folder: Path, path: str) -> FoundFile | None:
    """Return the regular file of a relative path; None if there is none, or if the path or a link leads outside."""
    try:
        root = os.path.realpath(folder)
        full = os.path.normpath(os.path.join(root, path))  # noqa: PTH118  # Path does not resolve `..` without links
        if os.path.realpath(full) != full or not _is_inside(full, root):
            return None
        facts = os.lstat(full)
        relative = os.path.relpath(full, root).replace(os.sep, "/")
    except (OSError, ValueError):  # a name too long, with NUL or a lone surrogate, or on another drive
        return None
    return FoundFile(relative, facts.st_size, facts.st_mtime_ns) if stat.S_ISREG(facts.st_mode) else None


def find_named(folder: Path, path: str) -> FoundFile | None:
    """Return the file that a line names: of this very path, else the only one whose path looks like it."""
    if found := find(folder, path):
        return found
    try:
        parts = Path(path).parts
        alike = files_alike(os.path.realpath(folder), parts) if parts and not _UPWARDS.intersection(parts) else []
    except (OSError, ValueError):
        return None
    return find(folder, alike[0]) if len(alike) == 1 else None


@contextmanager
def opened(folder: Path, found: FoundFile) -> Iterator[BinaryIO]:
    """Open a file that was found.

    Raises:
        FileChanged: it is another one by now, or it changed while it was open.
        OSError: it cannot be opened.

    """
    # Without waiting: opening a pipe in the place of the file would block for ever.
    handle = os.open(folder / found.path, os.O_RDONLY | _NEITHER_FOLLOW_NOR_WAIT)
    with open(handle, "rb") as file:  # noqa: PTH123  # a handle has no Path
        _check_unchanged(handle, found)
        yield file
        _check_unchanged(handle, found)


def _check_unchanged(handle: int, found: FoundFile) -> None:
    facts = os.fstat(handle)
    if not stat.S_ISREG(facts.st_mode) or (facts.st_size, facts.st_mtime_ns) != (found.size, found.mtime_ns):
        raise FileChanged


def _printable(path: str) -> str:
    """Return a path as text that can be stored; bytes that are not UTF-8 are spelled out."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
