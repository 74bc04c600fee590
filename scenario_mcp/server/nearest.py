"""The names that look most like one that is not there, and whether a name has certain words."""

import difflib
import re
from collections.abc import Iterable, Sequence

from scenario_mcp.api.vocabulary import Entry, EntryT, TagCount, normalised
from scenario_mcp.text import trimmed

MAX_NEAREST = 3
MAX_SHOWN_CHARACTERS = 60
MAX_COMPARED_CHARACTERS = 100
_CUTOFF = 0.6
_SHARE_OF_BEST = 0.9
"""Of the likeness of the best, that others must have to be named beside it."""
_SEPARATORS = re.compile(r"[\s_.\-/]+")


def has_words(name: str, query: str | None) -> bool:
    """Whether a name has every word of a query in it, ignoring case; hyphens and underscores count as blanks."""
    plain = _plain(name)
    return all(word in plain for word in _plain(query or "").split())


def nearest(wanted: str, entries: Iterable[EntryT]) -> list[EntryT]:
    """Return the entries whose names are most like a wanted one, at most `MAX_NEAREST`, the best first."""
    plain = _plain(wanted)
    by_name: dict[str, EntryT] = {}
    for entry in entries:
        by_name.setdefault(_plain(entry.name), entry)
    inside: list[str] = [
        name for name in by_name if name and plain and (plain in name or (len(name) > 1 and name in plain))
    ]
    close: list[str] = difflib.get_close_matches(plain, by_name, n=MAX_NEAREST, cutoff=_CUTOFF)
    likeness = {name: _likeness(plain, name) for name in [*close, *inside]}
    least = _SHARE_OF_BEST * max(likeness.values(), default=0.0)
    names = [
        name for name in sorted(likeness, key=lambda name: -likeness[name]) if likeness[name] >= least or name in inside
    ]
    return [by_name[name] for name in names[:MAX_NEAREST]]


def sentence(entries: Sequence[Entry]) -> str:
    """Name entries with what tells them apart, as the end of a sentence; an empty text for none."""
    return f" Nearest: {', '.join(map(described, entries))}." if entries else ""


def described(entry: Entry) -> str:
    """Name a tag with its count, and a collection or a model with its id."""
    name = trimmed(entry.name, MAX_SHOWN_CHARACTERS) or "?"
    if isinstance(entry, TagCount):
        return name if entry.items is None else f"{name} ({entry.items})"
    return f'"{name}" ({entry.id})'


def _plain(text: str) -> str:
    return _SEPARATORS.sub(" ", normalised(text[:MAX_COMPARED_CHARACTERS])).strip()


def _likeness(wanted: str, name: str) -> float:
    return difflib.SequenceMatcher(None, wanted, name).ratio()
