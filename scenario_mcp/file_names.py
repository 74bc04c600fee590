"""File names that look the same: other forms of Unicode, kinds of blanks, quotes and dashes, and how paths are written.

A name that was read on a screen, or that passed through a shell, an address or a language model, is often not the very
name of the file. What is found here is still to be checked by the caller: whether it may be read.
"""

import os
import re
import shlex
import unicodedata
from collections.abc import Sequence
from itertools import islice
from urllib.parse import unquote

MAX_ENTRIES = 20_000
"""Names of one folder that are looked at."""
MAX_ALIKE = 20
"""Files that are returned."""
_MAX_PATH_CHARACTERS = 4_096
_BLANKS = re.compile(r"\s+")
_SIGNS = {
    **dict.fromkeys(map(ord, "\u2018\u2019\u201a\u201b\u2032\u02bc\u00b4`"), "'"),
    **dict.fromkeys(map(ord, "\u201c\u201d\u201e\u201f\u2033"), '"'),
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-"),
    **dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f"), None),
    0x2026: "...",
}
"""Typographic signs -> what is typed for them; invisible ones -> nothing."""


def look(name: str) -> str:
    """Return a name as all names that look like it are: the same text for each of them."""
    if name.isascii() and name.isprintable() and "  " not in name and "`" not in name:
        return name.strip()
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", name).translate(_SIGNS)).strip()


def other_writings(path: str) -> tuple[str, ...]:
    """Return the paths that a path may stand for: a shell's escapes and quotes undone, percent signs undone."""
    if len(path) > _MAX_PATH_CHARACTERS:
        return ()
    plain = [path, _out_of_shell(path)]
    return tuple(dict.fromkeys(form for each in plain for form in (each, unquote(each)) if form != path))


def _out_of_shell(path: str) -> str:
    if os.sep == "\\" or not any(sign in path for sign in "\\'\""):
        return path
    try:
        words = shlex.split(path)
    except ValueError:
        words = []
    return words[0] if len(words) == 1 else re.sub(r"\\(.)", r"\1", path)


def files_alike(folder: str, parts: Sequence[str]) -> list[str]:
    """Return the paths below a folder whose parts look like these; a part of the very name stands for itself alone.

    No link to a folder is followed.
    """
    found = [folder]
    for number, part in enumerate(parts, 1):
        is_last = number == len(parts)
        found = [
            os.path.join(each, name)  # noqa: PTH118  # as what is listed
            for each in found[:MAX_ALIKE]
            for name in _names_alike(each, part, is_file=is_last)
        ]
    return found[:MAX_ALIKE]


def _names_alike(folder: str, name: str, *, is_file: bool) -> list[str]:
    wanted = look(name)
    try:
        with os.scandir(folder) as entries:
            alike = [entry.name for entry in islice(entries, MAX_ENTRIES) if _is_alike(entry, wanted, is_file=is_file)]
    except (OSError, ValueError):  # no such folder, or a name that none has
        return []
    return [name] if name in alike else sorted(alike)


def _is_alike(entry: "os.DirEntry[str]", wanted: str, *, is_file: bool) -> bool:
    return look(entry.name) == wanted and (is_file or entry.is_dir(follow_symlinks=False))
