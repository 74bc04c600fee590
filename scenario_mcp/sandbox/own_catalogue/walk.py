"""The files below a folder, folder by folder as the system lists them; only regular files are opened.

Paths are relative to the folder, with `/` between their parts. A file is met once: a link to one that is met by its own
path is passed over, a link to one in a folder that is passed over stands for it. No link leads out of the folder.
"""

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

from scenario_mcp.file_names import files_alike
from scenario_mcp.sandbox.folders import Folders
from scenario_mcp.sandbox.own_catalogue.sidecars import belonging_to

_NEITHER_FOLLOW_NOR_WAIT = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


CANNOT_BE_LISTED = "cannot be listed"
"""How the problem of a folder begins whose files are not known."""
_UPWARDS = frozenset({os.pardir, os.sep})
_LATEST = 2**63 - 1
"""Nanoseconds that a store can hold; file systems can hold later times."""

_FOLDERS_OF_PROGRAMS = frozenset(
    {
        *("@eadir", "@recycle", "@recently-snapshot", "@tmp", "@sharebin", "@snapshot", "#recycle", "#snapshot"),
        *("$recycle.bin", "system volume information", "recycler", "found.000", "lost+found"),
        *("__macosx", "network trash folder", "temporary items", "icon\r"),
        *("__pycache__", "node_modules"),
    }
)
"""Folders of NAS systems, of operating systems and of programs, in lower case: thumbnails, trash and parts of programs.
Sources: the manuals of Synology DSM (`@eaDir`), QNAP QTS (`@Recycle`), Windows, macOS."""


class FoundFile(NamedTuple):
    """A regular file, as it was when it was listed."""

    path: str
    size: int
    mtime_ns: int
    sidecars: "tuple[FoundFile, ...]" = ()
    """The files beside it that only describe it."""

    @property
    def version(self) -> int:
        """A number that differs when the file, or one that describes it, has changed."""
        if not self.sidecars:
            return self.mtime_ns
        parts = [f"{each.size} {each.mtime_ns}" for each in (self, *self.sidecars)]
        digest = hashlib.blake2b(" ".join(parts).encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big", signed=True)

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


class BadFile(Exception):
    """A file that cannot be read as what it should be; the message completes the sentence "The file ..."."""


class FileChanged(Exception):
    """A file is not the one that was listed."""


def walk(folder: Path, prefix: str = "", walked: Iterable[str] = ()) -> Iterator[FoundFile | SkippedFile]:
    """Yield every file below a folder, one that only describes another as its sidecar; a prefix stands before paths.

    Links into the folders of `walked`, real paths that are walked as well, are passed over.

    Names that start with a dot are skipped, and so are folders that systems and programs make for themselves.

    Raises:
        OSError: the folder itself cannot be listed.

    """
    return _Walk(os.path.realpath(folder), prefix, tuple(walked)).files()


class _Walk:
    """One walk: the real paths that links have led to, so that none is met twice."""

    def __init__(self, root: str, prefix: str, walked: tuple[str, ...]) -> None:
        self._root = root
        self._walked = walked
        self._prefix = prefix
        self._linked: set[str] = set()

    def files(self) -> Iterator[FoundFile | SkippedFile]:
        """Yield what is below the folder."""
        waiting = [""]
        while waiting:
            parent = waiting.pop()
            try:
                entries = os.scandir(os.path.join(self._root, parent))  # noqa: PTH118  # Path would cost as much as all else here
            except OSError as error:
                if not parent:
                    raise
                yield SkippedFile(_printable(self._prefix + parent), f"{CANNOT_BE_LISTED}: {error.strerror}")
                continue
            found: dict[str, FoundFile] = {}
            with entries:
                for entry in entries:
                    each = self._look_at(entry, f"{parent}/{entry.name}" if parent else entry.name)
                    if isinstance(each, str):
                        waiting.append(each)
                    elif isinstance(each, FoundFile):
                        found[entry.name] = each
                    elif each is not None:
                        yield each
            yield from _with_sidecars(found)

    def _look_at(self, entry: "os.DirEntry[str]", path: str) -> FoundFile | SkippedFile | str | None:
        """Return a file, the path of a folder to look into, or None for what is passed over."""
        if entry.name.startswith("."):
            return None
        named = self._prefix + path
        try:
            if entry.is_file(follow_symlinks=False):  # as nearly all are
                return _file_of(entry, named)
            is_folder = self._is_folder(entry)
            if _is_passed_over(entry.name, is_folder=is_folder):
                return None
            if entry.is_symlink() and (problem := self._problem_of_link(entry)) is not None:
                return SkippedFile(_printable(named), problem) if problem else None
            return path if is_folder else _file_of(entry, named)
        except OSError as error:
            return SkippedFile(_printable(named), f"cannot be read: {error.strerror}")

    @staticmethod
    def _is_folder(entry: "os.DirEntry[str]") -> bool:
        try:
            return entry.is_dir()
        except OSError:  # a link that leads to itself
            return False

    def _problem_of_link(self, entry: "os.DirEntry[str]") -> str | None:
        """Return why a link is not followed, nothing if its target is met by its own path; None to follow it."""
        target = os.path.realpath(entry.path)
        if not _is_inside(target, self._root):
            if any(_is_inside(target, root) for root in self._walked):
                return ""
            return "is a link that leads out of the folder"
        if not os.path.exists(target):  # noqa: PTH110  # as above
            return "is a link that leads nowhere"
        parts = Path(os.path.relpath(target, self._root)).parts
        is_file = not os.path.isdir(target)  # noqa: PTH112  # as above
        folders, name = (parts[:-1], parts[-1]) if is_file else (parts, "")
        is_met = not any(_is_passed_over(part, is_folder=True) for part in folders if part != os.curdir)
        if (is_met and not (name and _is_passed_over(name, is_folder=False))) or target in self._linked:
            return ""
        self._linked.add(target)
        return None


def _is_passed_over(name: str, *, is_folder: bool) -> bool:
    return name.startswith(".") or (is_folder and name.lower() in _FOLDERS_OF_PROGRAMS)


def _file_of(entry: "os.DirEntry[str]", path: str) -> FoundFile | SkippedFile:
    facts = entry.stat()
    if not stat.S_ISREG(facts.st_mode):
        return SkippedFile(_printable(path), "is not a file")
    if not path.isascii() and _printable(path) != path:
        return SkippedFile(_printable(path), "has a name that is not UTF-8")
    return _found(path, facts)


def _found(path: str, facts: os.stat_result) -> FoundFile:
    return FoundFile(path, facts.st_size, _time_of(facts))


def _time_of(facts: os.stat_result) -> int:
    time = facts.st_mtime_ns
    return time if -_LATEST <= time <= _LATEST else _LATEST if time > 0 else -_LATEST


def _with_sidecars(found: Mapping[str, FoundFile]) -> Iterator[FoundFile]:
    """Yield the files of one folder, by name, those that describe others as their sidecars."""
    described = belonging_to(list(found))
    beside = {name for names in described.values() for name in names}
    for name, each in found.items():
        if name in described:
            yield each._replace(sidecars=tuple(found[sidecar] for sidecar in described[name]))
        elif name not in beside:
            yield each


def _is_inside(path: str, root: str) -> bool:
    """Whether an absolute path without links is another one or lies below it."""
    return path == root or path.startswith(os.path.join(root, ""))  # noqa: PTH118  # Path drops the last separator


def find(folders: Path | Folders, path: str) -> FoundFile | None:
    """Return the regular file of a path; None if there is none, or if the path or a link leads outside."""
    if (placed := Folders.of(folders).place(path)) is None:
        return None
    try:
        root = str(placed[0].path)
        full = os.path.normpath(os.path.join(root, placed[1]))  # noqa: PTH118  # Path does not resolve `..` without links
        if os.path.realpath(full) != full or not _is_inside(full, root):
            return None
        facts = os.lstat(full)
        relative = os.path.relpath(full, root).replace(os.sep, "/")
    except (OSError, ValueError):  # a name too long, with NUL or a lone surrogate, or on another drive
        return None
    return _found(placed[0].prefix + relative, facts) if stat.S_ISREG(facts.st_mode) else None


def find_named(folders: Path | Folders, path: str) -> FoundFile | None:
    """Return the file that a line names: of this very path, else the only one whose path looks like it."""
    folders = Folders.of(folders)
    if (found := find(folders, path)) or (placed := folders.place(path)) is None:
        return found
    root, below = placed
    try:
        parts = Path(below).parts
        alike = files_alike(str(root.path), parts) if parts and not _UPWARDS.intersection(parts) else []
        return find(folders, root.prefix + os.path.relpath(alike[0], root.path)) if len(alike) == 1 else None
    except (OSError, ValueError):
        return None


@contextmanager
def opened(folders: Path | Folders, found: FoundFile) -> Iterator[BinaryIO]:
    """Open a file that was found.

    Raises:
        FileChanged: it is another one by now, or it changed while it was open.
        OSError: it cannot be opened.

    """
    path = Folders.of(folders).real_path(found.path)
    if path is None:
        raise FileChanged
    # Without waiting: opening a pipe in the place of the file would block for ever.
    handle = os.open(path, os.O_RDONLY | _NEITHER_FOLLOW_NOR_WAIT)
    with open(handle, "rb") as file:  # noqa: PTH123  # a handle has no Path
        _check_unchanged(handle, found)
        yield file
        _check_unchanged(handle, found)


def _check_unchanged(handle: int, found: FoundFile) -> None:
    facts = os.fstat(handle)
    if not stat.S_ISREG(facts.st_mode) or (facts.st_size, _time_of(facts)) != (found.size, found.mtime_ns):
        raise FileChanged


def _printable(path: str) -> str:
    """Return a path as text that can be stored; bytes that are not UTF-8 are spelled out."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
