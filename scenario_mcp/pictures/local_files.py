"""Local files as reference pictures: the file that a path means, below the folders that a user named."""

import json
import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.request import url2pathname

from scenario_mcp.errors import NotFound
from scenario_mcp.file_names import files_alike, look, other_writings

MAX_READ_BYTES = 30_000_000
"""Largest file or download that is read, before the picture is resized."""
SETTING = "SCENARIO_MCP_IMAGE_FOLDERS"
"""Names the folders whose files may be read."""

_MAX_NAMED = 3
_MAX_NAME_CHARACTERS = 80
_OPEN_FLAGS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_OUTSIDE = f"The file lies in none of the folders of {SETTING}, so it was not read."
_OTHER_MACHINE = f"Files of other machines are not read. Copy the picture into a folder of {SETTING}."
_MISSING = "There is no such file. Check its name."
_NO_FILE = "This is not a regular file."
_UNREADABLE = "The file cannot be read. Check who may read it."
_TOO_LARGE = f"The picture is larger than {MAX_READ_BYTES / 1e6:g} MB."


def read_file(place: str, folders: tuple[Path, ...]) -> bytes:
    """Return the bytes of a regular file below one of the folders.

    Raises:
        NotFound: there is none that may be read, or it is too large; the sentence says so.

    """
    path = find_file(place, folders)
    try:
        return _bytes_of(path)
    except (FileNotFoundError, NotADirectoryError):
        raise NotFound(_MISSING) from None
    except (OSError, RuntimeError, ValueError):
        raise NotFound(_UNREADABLE) from None


def find_file(place: str, folders: tuple[Path, ...]) -> Path:
    """Return the file that a path means below one of the folders; outside of them every answer is the same.

    The very name comes first, then the name as a shell or an address would have it, then the one that looks like it.

    Raises:
        NotFound: there is none, or several; the sentence says so.

    """
    refused: NotFound | None = None
    writings = (place, *other_writings(place))
    for writing in writings:
        try:
            return _very(writing, folders)
        except _NotThere as error:
            refused = refused or error
    alike = {path for writing in writings for path in _alike(writing, folders)}
    if not alike:
        raise refused or NotFound(_MISSING)
    if len(alike) > 1:
        raise NotFound(_several(sorted(alike), folders))
    return _very(str(alike.pop()), folders)


class _NotThere(NotFound):
    """There is no file of this very name below the folders."""


def _very(place: str, folders: tuple[Path, ...]) -> Path:
    """Return the file of this very path."""
    try:
        path = _real_path(place)
    except (OSError, RuntimeError, ValueError):  # a loop of links, no such home, a character that no path has
        raise _NotThere(_OUTSIDE) from None
    if not any(path.is_relative_to(folder) for folder in folders):
        raise _NotThere(_OUTSIDE)
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        raise _NotThere(_MISSING) from None
    except (OSError, RuntimeError, ValueError):
        raise NotFound(_UNREADABLE) from None
    return path


def _alike(place: str, folders: tuple[Path, ...]) -> Iterator[Path]:
    """Yield the files below the folders whose path looks like this one."""
    try:
        parts = _real_path(place).parts
    except (NotFound, OSError, RuntimeError, ValueError):
        return
    looks = [*map(look, parts)]
    for folder in folders:
        depth = len(folder.parts)
        if len(parts) > depth and looks[:depth] == [*map(look, folder.parts)]:
            for found in files_alike(str(folder), parts[depth:]):
                path = Path(found).resolve()
                if any(path.is_relative_to(each) for each in folders):
                    yield path


def _several(paths: Sequence[Path], folders: tuple[Path, ...]) -> str:
    """Name files that look the same, with what tells them apart written as JSON escapes it."""
    names = []
    for path in paths[:_MAX_NAMED]:
        folder = next(each for each in folders if path.is_relative_to(each))
        names.append(json.dumps(str(path.relative_to(folder))[-_MAX_NAME_CHARACTERS:]))
    return f"Several files look like this: {', '.join(names)}. Write the one you mean, as it stands here."


def _real_path(place: str) -> Path:
    """Return where a path or file address leads, through all links, whether or not anything is there."""
    if place[:5].lower() == "file:":
        place = place[5:]
        if place.startswith("//"):
            host, slash, rest = place[2:].partition("/")
            if host.lower() not in {"", "localhost"}:
                raise NotFound(_OTHER_MACHINE)
            place = slash + rest
        _refuse_other_machines(place)  # Python from 3.14 on would refuse it in words of its own
        place = url2pathname(place)
    _refuse_other_machines(place)
    path = Path(place).expanduser()
    if not path.is_absolute():
        raise _NotThere(_OUTSIDE)
    return path.resolve()


def _refuse_other_machines(place: str) -> None:
    if place[:1] in {"/", "\\"} and place[1:2] in {"/", "\\"}:
        raise NotFound(_OTHER_MACHINE)  # only to look at it, Windows would connect and log in


def _bytes_of(path: Path) -> bytes:
    found = path.lstat()
    if not stat.S_ISREG(found.st_mode):
        raise NotFound(_NO_FILE)
    with open(os.open(path, os.O_RDONLY | _OPEN_FLAGS), "rb") as file:  # noqa: PTH123  # by its descriptor
        opened = os.fstat(file.fileno())
        if not os.path.samestat(found, opened) or path.resolve(strict=True) != path:
            raise NotFound(_OUTSIDE)  # a link was put in its place meanwhile
        data = file.read(MAX_READ_BYTES + 1) if opened.st_size <= MAX_READ_BYTES else b""
    if max(len(data), opened.st_size) > MAX_READ_BYTES:
        raise NotFound(_TOO_LARGE)
    return data
