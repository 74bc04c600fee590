"""The values that documents have under a path: read when first needed, for filters and for sorting."""

import json
import sqlite3
from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Generic, TypeVar

from scenario_mcp.sandbox.engine import bitsets
from scenario_mcp.sandbox.engine.layout import BLOCK_BITS, EXISTS, FIRST_LEAF, IS_EMPTY, IS_NULL, OFFSET_SHIFT
from scenario_mcp.sandbox.engine.values import Leaf

_CODE_MASK = (1 << OFFSET_SHIFT) - 1
_STRETCH = 512
_REMEMBERED_COLUMNS = 100

LeafT = TypeVar("LeafT", str, float)


class SortedLeaves(Generic[LeafT]):
    """Values of one type with the documents that have them.

    Values are grouped in stretches of some hundred documents, so that a range is a union of few sets.
    """

    def __init__(self, numbers_by_leaf: Mapping[LeafT, Sequence[int]]) -> None:
        self._leaves: list[LeafT] = sorted(numbers_by_leaf)
        self._numbers = array("I")
        self._ends = array("I")
        self._stretches = [0]
        for place, leaf in enumerate(self._leaves):
            self._numbers.extend(numbers_by_leaf[leaf])
            self._ends.append(len(self._numbers))
            if self._ends[-1] - self._start(self._stretches[-1]) >= _STRETCH or place == len(self._leaves) - 1:
                self._stretches.append(place + 1)
        self._stretch = lru_cache(None)(self._read_stretch)

    @property
    def leaves(self) -> Sequence[LeafT]:
        """The distinct values in their order."""
        return self._leaves

    def equal_to(self, leaf: LeafT) -> int:
        """Return the documents with a value."""
        return self._between(bisect_left(self._leaves, leaf), bisect_right(self._leaves, leaf))

    def below(self, leaf: LeafT, *, including: bool) -> int:
        """Return the documents with a smaller value."""
        return self._between(0, (bisect_right if including else bisect_left)(self._leaves, leaf))

    def above(self, leaf: LeafT, *, including: bool) -> int:
        """Return the documents with a larger value."""
        return self._between((bisect_left if including else bisect_right)(self._leaves, leaf), len(self._leaves))

    def within(self, low: LeafT, high: LeafT) -> int:
        """Return the documents with a value between two, both included."""
        return self._between(bisect_left(self._leaves, low), bisect_right(self._leaves, high))

    def buckets(self, universe: int, *, descending: bool) -> Iterator[int]:
        """Yield documents by their first value in the order; those without a value are left out."""
        stretches = range(len(self._stretches) - 1)
        for stretch in reversed(stretches) if descending else stretches:
            found = universe & self._stretch(stretch)
            if not found:
                continue
            universe = bitsets.without(universe, found)
            places = range(self._stretches[stretch], self._stretches[stretch + 1])
            if len(places) == 1:
                yield found
                continue
            waiting = set(bitsets.numbers_in(found))
            for place in reversed(places) if descending else places:
                here = waiting.intersection(self._numbers[self._start(place) : self._ends[place]])
                if here:
                    waiting -= here
                    yield bitsets.from_numbers(here)

    def _start(self, place: int) -> int:
        return self._ends[place - 1] if place else 0

    def _read_stretch(self, stretch: int) -> int:
        first, last = self._stretches[stretch], self._stretches[stretch + 1]
        return bitsets.from_numbers(self._numbers[self._start(first) : self._start(last)])

    def _between(self, first: int, last: int) -> int:
        """Return the documents with the values from one place up to another, exclusive."""
        if first >= last:
            return 0
        whole_from = bisect_left(self._stretches, first)
        whole_to = bisect_right(self._stretches, last) - 1
        if whole_from > whole_to:
            return bitsets.from_numbers(self._numbers[self._start(first) : self._start(last)])
        edges = self._numbers[self._start(first) : self._start(self._stretches[whole_from])]
        edges += self._numbers[self._start(self._stretches[whole_to]) : self._start(last)]
        return bitsets.from_numbers(edges) | bitsets.union(map(self._stretch, range(whole_from, whole_to)))


class Column:
    """The values of all documents under one path."""

    def __init__(self, markers: Mapping[int, Sequence[int]], leaves: Mapping[Leaf, Sequence[int]]) -> None:
        self.existing = bitsets.from_numbers(markers.get(EXISTS, ()))
        self.null = bitsets.from_numbers(markers.get(IS_NULL, ()))
        self.empty = bitsets.from_numbers(markers.get(IS_EMPTY, ()))
        self.texts = SortedLeaves({leaf: numbers for leaf, numbers in leaves.items() if isinstance(leaf, str)})
        self.numbers = SortedLeaves({leaf: numbers for leaf, numbers in leaves.items() if not isinstance(leaf, str)})

    def starting_with(self, text: str) -> int:
        """Return the documents with a text that begins with another."""
        return self.texts.within(text, text + "\U0010ffff")

    def buckets(self, universe: int, *, descending: bool) -> Iterator[int]:
        """Yield all documents: numbers before texts in both directions, those without a value last."""
        for leaves in (self.numbers, self.texts):
            for bucket in leaves.buckets(universe, descending=descending):
                universe = bitsets.without(universe, bucket)
                yield bucket
        yield universe


class Columns:
    """The columns of a resource type, by path."""

    def __init__(self, connection: sqlite3.Connection, type_number: int) -> None:
        self._connection = connection
        self._type_number = type_number
        self.column: Callable[[str], Column] = lru_cache(_REMEMBERED_COLUMNS)(self._read)

    def _read(self, path: str) -> Column:
        query = "SELECT block, leaves, entries FROM columns WHERE type = ? AND path = ? ORDER BY block"
        markers: dict[int, list[int]] = defaultdict(list)
        leaves: dict[Leaf, list[int]] = defaultdict(list)
        # A lone surrogate, as a filter can have it, is in no path.
        key = (self._type_number, path.encode("utf-8", "replace").decode())
        for block, text, entries in self._connection.execute(query, key):
            base = block << BLOCK_BITS
            lists = [markers[code] for code in range(FIRST_LEAF)] + [leaves[leaf] for leaf in json.loads(text)]
            for entry in array("I", entries):
                lists[entry & _CODE_MASK].append(base + (entry >> OFFSET_SHIFT))
        return Column(markers, leaves)
