"""The values that many documents have under the paths of their fields, as entries for the rows of `columns`."""

import math
from array import array
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, compress, repeat
from operator import or_

from scenario_mcp.sandbox.engine.layout import EXISTS, FIRST_LEAF, IS_EMPTY, IS_NULL, LARGEST_CODE
from scenario_mcp.sandbox.engine.values import (
    MISSING,
    KeptValues,
    Leaf,
    Several,
    comparable,
    fold,
    inner_paths,
    kept_at,
)

_COMPARABLE = frozenset({str, int, float})
_SINGLE = _COMPARABLE | {type(MISSING)}
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
        kinds = set(map(type, kept))
        if kinds <= _SINGLE:
            are_here = [value is not MISSING for value in kept]
            here = [*compress(offsets, are_here)]
            self.markers += here
            self.offsets += here
            self.values += compress(kept, are_here)
            return []
        if kinds == {list} and self._add_lists(kept, offsets):  # type: ignore[arg-type]  # all are lists
            return []
        with_objects = []
        for place, (value, offset) in enumerate(zip(kept, offsets, strict=True)):
            if type(value) in _COMPARABLE:
                self.markers.append(offset | EXISTS)
                self.offsets.append(offset)
                self.values.append(value)
            elif value is not MISSING:
                self.add(value if isinstance(value, Several) else [value], offset)
                with_objects.append(place)
        return with_objects

    def with_leaves(self, leaves: Sequence[Leaf]) -> "tuple[list[Leaf], array[int]]":
        """Return the leaves of a row with the new ones after those that it has, and the new entries."""
        values = [*dict.fromkeys(self.values)]
        folded = _folded(values)
        codes = {leaf: code for code, leaf in enumerate(leaves, FIRST_LEAF)}
        new = [leaf for leaf in dict.fromkeys(folded) if leaf not in codes and _is_leaf(leaf)]
        codes.update(zip(new, range(len(codes) + FIRST_LEAF, LARGEST_CODE + 1), strict=False))  # the rest has no code
        by_value = dict(zip(values, map(codes.get, folded, repeat(EXISTS)), strict=True))
        if "" in by_value:
            by_value[""] = IS_EMPTY
        coded = map(or_, self.offsets, map(by_value.__getitem__, self.values))
        entries = array("I", self.markers)
        entries.extend(dict.fromkeys(coded) if self.may_repeat else coded)
        return [*codes], entries

    def _add_lists(self, lists: Sequence[list[object]], offsets: Sequence[int]) -> bool:
        """Add the members of lists, if all are texts; return whether they are."""
        members = [*chain.from_iterable(lists)]
        if not _TEXTS.issuperset(map(type, members)) or "" in members:
            return False
        sizes = [*map(len, lists)]
        self.markers += offsets
        self.markers += [offset | IS_EMPTY for offset, size in zip(offsets, sizes, strict=True) if not size]
        self.offsets += chain.from_iterable(map(repeat, offsets, sizes))
        self.values += members
        self.may_repeat = self.may_repeat or max(sizes) > 1
        return True

    def _add_members(self, members: Sequence[object], offset: int) -> None:
        self.offsets += [offset] * len(members)
        self.values += members
        self.may_repeat = self.may_repeat or len(members) > 1


def _folded(values: Sequence[object]) -> Sequence[Leaf]:
    """Return values as they compare."""
    if _TEXTS.issuperset(map(type, values)):
        texts: Sequence[str] = values  # type: ignore[assignment]  # all are texts
        return [text.strip().lower() if text.isascii() else fold(text) for text in texts]
    return [fold(value) if isinstance(value, str) else value for value in values]  # type: ignore[misc]  # else numbers


def _is_leaf(value: Leaf) -> bool:
    return math.isfinite(value) if isinstance(value, float) else value != ""


def entries_of(kept_values: KeptValues, offsets: Sequence[int], paths: Collection[str]) -> Mapping[str, NewEntries]:
    """Return what documents have under paths, and under every path inside objects there.

    `offsets` are those of the documents in their block, shifted.
    """
    found: dict[str, NewEntries] = {}
    inner: dict[int, dict[str, None]] = defaultdict(dict)
    for path in paths:
        kept = kept_values.at(path)
        if all(value is MISSING for value in kept):
            continue
        entries = found[path] = NewEntries()
        for place in entries.add_each(kept, offsets):
            value = kept[place]
            values = value if isinstance(value, Several) else [value]
            inner[place].update(dict.fromkeys(inner_paths(values, path)))
    for place, more in inner.items():
        for path in more:
            if path not in paths and (values := kept_at(kept_values.documents[place], path)):
                found.setdefault(path, NewEntries()).add(values, offsets[place])
    return found
