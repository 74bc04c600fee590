"""Postings: the places of the words of one resource type, read from the store when first needed, and cached."""

import sqlite3
from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain
from typing import NamedTuple, TypeAlias

from scenario_mcp.sandbox.engine import bitsets
from scenario_mcp.sandbox.engine.caches import ByteCache
from scenario_mcp.sandbox.engine.layout import BLOCK_BITS, OFFSET_SHIFT, counted
from scenario_mcp.sandbox.engine.segments import Segments
from scenario_mcp.sandbox.engine.vocabulary import Vocabulary, Words

Phrase: TypeAlias = tuple[str, ...]
"""Words side by side."""

_BLOCK_SHIFT = BLOCK_BITS + OFFSET_SHIFT
_OFFSET_MASK = (1 << BLOCK_BITS) - 1
_REMEMBERED_PLACES = 4 << 20
_REMEMBERED_SETS = 8 << 20
"""Bytes of places, and of sets of documents."""
_REMEMBERED_PHRASES = 64
_REMEMBERED_SPLITS = 1000
_PART = 40
_LOOKED_UP = 8
"""Looking up a document among sorted places takes as long as looking at so many of them."""
_ENTRY_BYTES = 100
_EXACT_POSITIONS = 16
_FIRST_POWER = 24
_WINDOW = 3
"""How many words of a phrase are looked at together (Meilisearch)."""


class Postings:
    """The words of a resource type. A place is a document's number, 4 bits of attribute and 16 of position."""

    def __init__(self, connection: sqlite3.Connection, type_number: int, segments: Segments | None = None) -> None:
        self._segments = segments or Segments(connection, type_number)
        self._vocabulary: Vocabulary | None = None
        self._remembered: ByteCache[Words, _Places] = ByteCache(_REMEMBERED_PLACES)
        self._sets: ByteCache[Words, int] = ByteCache(_REMEMBERED_SETS)
        self.documents_with_phrase = lru_cache(_REMEMBERED_PHRASES)(self._documents_with_phrase)
        self.split_in_two = lru_cache(_REMEMBERED_SPLITS)(self._split_in_two)

    def after_change(self, connection: sqlite3.Connection, type_number: int) -> "Postings":
        """Return the words as they are now: what is as it was is not read again."""
        return Postings(connection, type_number, self._segments.after_change(connection))

    @property
    def vocabulary(self) -> Vocabulary:
        """All words."""
        if self._vocabulary is None:
            self._vocabulary = Vocabulary(self._segments.words)
        return self._vocabulary

    def documents(self, words: Words) -> int:
        """Return the documents with any of the words."""
        if not words:
            return 0
        found = self._sets.get(words)
        if found is None:
            found = self._documents(words)
            self._sets.put(words, found, found.bit_length() >> 3)
        return found

    def documents_in_parts(self, words: Words) -> Iterator[int]:
        """Yield the documents with any of the words, more and more words at a time; those of all of them if known."""
        if len(words) <= _PART or self._sets.get(words) is not None:
            yield self.documents(words)
            return
        waiting = sorted(words)
        size = _PART
        while waiting:
            yield self.documents(frozenset(waiting[:size]))
            waiting = waiting[size:]
            size *= 2

    def places(self, words: Words, universe: int) -> list[int]:
        """Return where the words are in some documents."""
        if not words or not universe:
            return []
        by_block, total = self._places(words)
        if universe.bit_count() * _LOOKED_UP < total:
            return _looked_up(by_block, list(bitsets.numbers_in(universe)))
        found: list[int] = []
        if universe == self._sets.get(words):
            for block, places in by_block.items():
                base = block << _BLOCK_SHIFT
                found += [base + place for place in places.tolist()]
            return found
        inside = _Chunks(universe)
        for block, places in by_block.items():
            if chunk := inside.of(block):
                base = block << _BLOCK_SHIFT
                found += [
                    base + place
                    for place in places.tolist()
                    if chunk[place >> OFFSET_SHIFT + 3] >> (place >> OFFSET_SHIFT & 7) & 1
                ]
        return found

    def places_in(self, words: Words, numbers: Collection[int]) -> list[int]:
        """Return where the words are in few documents, by their numbers, in which it is quick to look."""
        if not words:
            return []
        by_block, total = self._places(words)
        if len(numbers) * _LOOKED_UP < total:
            return _looked_up(by_block, numbers)
        found: list[int] = []
        for block, places in by_block.items():
            base = block << _BLOCK_SHIFT
            found += [place for each in places.tolist() if (place := base + each) >> OFFSET_SHIFT in numbers]
        return found

    def has_word_count(self, number: int, attribute: int, count: int) -> bool:
        """Return whether a document has so many words in an attribute."""
        return bool(self.places_in(frozenset((counted(attribute, count),)), (number,)))

    def with_word_count(self, attribute: int, count: int) -> int:
        """Return the documents with so many words in an attribute."""
        return self.documents(frozenset((counted(attribute, count),)))

    def _documents_with_phrase(self, phrase: Phrase) -> int:
        """Return the documents with words side by side; of a longer phrase, any three next to each other count."""
        each = [frozenset((word,)) for word in phrase]
        found = bitsets.intersection(map(self.documents, each))
        for start in range(len(each) - min(_WINDOW, len(each)) + 1):
            window = each[start : start + _WINDOW]
            for place, left in enumerate(window):
                for distance, right in enumerate(window[place + 1 :], start=1):
                    lefts, rights = self.places(left, found), self.places(right, found)
                    found &= bitsets.union(paired(lefts, rights, near) for near in range(1, distance + 1))
        return found

    def _split_in_two(self, word: str, joined: Phrase | None) -> Phrase | None:
        """Return the two words that together are another and most often stand side by side.

        None if none do, or if these are the words that were `joined`.
        """
        has = self.vocabulary.has
        each = [(word[:place], word[place:]) for place in range(1, len(word))]
        each = [parts for parts in each if has(parts[0]) and has(parts[1])]
        best, most = joined, 0
        if each == [joined]:
            return None
        for left, right in each:
            both = self.documents(frozenset((left,))) & self.documents(frozenset((right,)))
            if both.bit_count() > most:
                count = self.documents_with_phrase((left, right)).bit_count()
                if count > most:
                    best, most = (left, right), count
        return None if best == joined else best

    def _documents(self, words: Words) -> int:
        """Read which documents have any of the words."""
        numbers, frequent = self._segments.documents(words)
        return bitsets.from_numbers(numbers) | frequent

    def _places(self, words: Words) -> "_Places":
        """Return the places of words by block."""
        places = self._remembered.get(words)
        if places is None:
            each: dict[int, list[memoryview[int]]] = {}
            for block, content in self._segments.places(words):
                each.setdefault(block, []).append(content)
            is_sorted = len(words) == 1  # those of several words come word by word
            by_block = {
                block: array("I", contents[0].tobytes()) if is_sorted else _merged(contents)
                for block, contents in sorted(each.items())
            }
            places = _Places(by_block, sum(map(len, by_block.values())))
            self._remembered.put(words, places, places.total * 4 + len(by_block) * _ENTRY_BYTES)
        return places


class _Places(NamedTuple):
    """The places of words in each block, sorted."""

    by_block: "Mapping[int, array[int]]"
    total: int


def _merged(contents: "Iterable[memoryview[int]]") -> "array[int]":
    return array("I", sorted(chain.from_iterable([content.tolist() for content in contents])))


def _looked_up(blocks: "Mapping[int, array[int]]", numbers: Iterable[int]) -> list[int]:
    """Return the places in few documents."""
    found: list[int] = []
    for number in numbers:
        block = number >> BLOCK_BITS
        places = blocks.get(block)
        if places is not None:
            start = (number & _OFFSET_MASK) << OFFSET_SHIFT
            first = bisect_left(places, start)
            base = block << _BLOCK_SHIFT
            end = start + (1 << OFFSET_SHIFT)
            for place in places[first : first + _LOOKED_UP]:
                if place >= end:
                    break
                found.append(base + place)
            else:
                last = bisect_left(places, end, first)
                found += [base + place for place in places[first + _LOOKED_UP : last]]
    return found


class _Chunks:
    """A set of documents, cut into what each block has of it."""

    def __init__(self, documents: int) -> None:
        self._content = documents.to_bytes((documents.bit_length() + 7) // 8, "little")

    def of(self, block: int) -> bytes:
        """Return the bits of a block; nothing if it has none."""
        size = 1 << BLOCK_BITS - 3
        chunk = self._content[block * size : (block + 1) * size]
        return chunk.ljust(size, b"\0") if chunk.strip(b"\0") else b""


def paired(lefts: Iterable[int], rights: Collection[int], distance: int) -> int:
    """Return the documents with a place `distance` words after another one, in the same attribute."""
    found = {place + distance for place in lefts}.intersection(rights)
    return bitsets.from_numbers({place >> OFFSET_SHIFT for place in found})


def rounded_position(position: int) -> int:
    """Return the position under which a word is ranked: exact to 15, then 24, 32, 64 and so on (Meilisearch)."""
    if position < _EXACT_POSITIONS:
        return position
    return _FIRST_POWER if position < _FIRST_POWER else 1 << (position - 1).bit_length()
