"""The values that many documents have under the paths of their fields, as entries for the rows of `columns`."""

import math
from array import array
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from scenario_mcp.sandbox.engine.layout import EXISTS, FIRST_LEAF, IS_EMPTY, IS_NULL, LARGEST_CODE
from scenario_mcp.sandbox.engine.values import (
    MISSING,
    Document,
    Leaf,
    Several,
    comparable,
    fold,
    inner_paths,
    kept_at,
    kept_of_each,
)

_COMPARABLE = frozenset({str, int, float})
_TEXTS = frozenset({str})


@dataclass(slots=True)
class NewEntries:
    """New entries for a row of `columns`: markers, and values with the offsets of their documents."""

    markers: list[int] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)
    values: list[object] = field(default_factory=list)
    """Texts, as they came, and numbers."""
    may_repeat: bool = False
    """Whether a document has several values, which may be alike."""

    def add(self, values: Sequence[object], offset: int) -> None:
        """Add the values of a document."""
        self.markers.append(offset | EXISTS)
        for value in values:
            if value is None:
                self.markers.append(offset | IS_NULL)
            elif not value and isinstance(value, str | list | dict):
                self.markers.append(offset | IS_EMPTY)
        self._add_members(comparable(values), offset)

    def add_each(self, kept: Sequence[object], offsets: Sequence[int]) -> list[int]:
        """Add what each document has; return the places of those that may have objects inside."""
        with_objects = []
        for place, (value, offset) in enumerate(zip(kept, offsets, strict=True)):
            kind = type(value)
            if kind in _COMPARABLE:
                self.markers.append(offset | EXISTS)
                self.offsets.append(offset)
                self.values.append(value)
            elif kind is list and _TEXTS.issuperset(map(type, value)) and value:  # type: ignore[call-overload]  # a list
                self.markers.append(offset | EXISTS)
                self._add_members([*filter(None, value)], offset)  # type: ignore[call-overload]  # a list of texts
            elif value is not MISSING:
                self.add(value if isinstance(value, Several) else [value], offset)
                with_objects.append(place)
        return with_objects

    def with_leaves(self, leaves: Sequence[Leaf]) -> "tuple[list[Leaf], array[int]]":
        """Return the leaves of a row with the new ones after those that it has, and the new entries."""
        codes = _Codes(leaves)
        coded = [offset | codes[value] for offset, value in zip(self.offsets, self.values, strict=True)]
        entries = array("I", self.markers)
        entries.extend(dict.fromkeys(coded) if self.may_repeat else coded)
        return codes.leaves, entries

    def _add_members(self, members: Sequence[object], offset: int) -> None:
        self.offsets += [offset] * len(members)
        self.values += members
        self.may_repeat = self.may_repeat or len(members) > 1


class _Codes(dict[object, int]):
    """The codes of values as they came: each is folded once."""

    def __init__(self, leaves: Sequence[Leaf]) -> None:
        super().__init__()
        self._codes = {leaf: code for code, leaf in enumerate(leaves, FIRST_LEAF)}

    @property
    def leaves(self) -> list[Leaf]:
        """All leaves, in the order of their codes."""
        return [*self._codes]

    def __missing__(self, value: Leaf) -> int:
        """Return the code of a value that comes for the first time; a marker if it is no leaf."""
        leaf = fold(value) if isinstance(value, str) else value
        if leaf == "":
            code = EXISTS if value else IS_EMPTY
        elif isinstance(leaf, float) and not math.isfinite(leaf):
            code = EXISTS
        else:
            code = self._codes.get(leaf, EXISTS)
            if code == EXISTS and len(self._codes) + FIRST_LEAF <= LARGEST_CODE:
                code = self._codes[leaf] = len(self._codes) + FIRST_LEAF
        self[value] = code
        return code


def entries_of(
    documents: Sequence[Document], offsets: Sequence[int], paths: Collection[str]
) -> Mapping[str, NewEntries]:
    """Return what documents have under paths, and under every path inside objects there.

    `offsets` are those of the documents in their block, shifted.
    """
    found: dict[str, NewEntries] = {}
    inner: dict[int, dict[str, None]] = defaultdict(dict)
    for path in paths:
        kept = kept_of_each(documents, path)
        kinds = set(map(type, kept))
        if kinds <= _COMPARABLE:
            found[path] = NewEntries([*offsets], [*offsets], kept)
        elif kinds != {type(MISSING)}:
            entries = found[path] = NewEntries()
            for place in entries.add_each(kept, offsets):
                value = kept[place]
                values = value if isinstance(value, Several) else [value]
                inner[place].update(dict.fromkeys(inner_paths(values, path)))
    for place, more in inner.items():
        for path in more:
            if path not in paths and (values := kept_at(documents[place], path)):
                found.setdefault(path, NewEntries()).add(values, offsets[place])
    return found
