"""Postings: the places of the words of one resource type, read from the store when first needed, and cached."""

import sqlite3
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

from scenario_mcp.sandbox.engine import bitsets
from scenario_mcp.sandbox.engine.caches import ByteCache
from scenario_mcp.sandbox.engine.layout import BLOCK_BITS, OFFSET_SHIFT, counted
from scenario_mcp.sandbox.engine.vocabulary import Vocabulary, Words

Phrase: TypeAlias = tuple[str, ...]
"""Words side by side."""

_BLOCK_BYTES = 1 << BLOCK_BITS - 3
_BLOCK_SHIFT = BLOCK_BITS + OFFSET_SHIFT
_OFFSET_MASK = (1 << BLOCK_BITS) - 1
_REMEMBERED_PLACES = 16 << 20
_REMEMBERED_SETS = 16 << 20
"""Bytes of places, and of sets of documents."""
_REMEMBERED_PHRASES = 64
_REMEMBERED_SPLITS = 1000
_READ_TOGETHER = 500
"""Words that one statement asks for; some builds of SQLite take no more than 999 values."""
_PART = 10
_LOOKED_UP = 8
"""Looking up a document among sorted places takes as long as looking at so many of them."""
_ENTRY_BYTES = 100
_EXACT_POSITIONS = 16
_FIRST_POWER = 24
_WINDOW = 3
"""How many words of a phrase are looked at together (Meilisearch)."""

_Blocks: TypeAlias = "list[tuple[int, array[int]]]"
"""The places of words in each block, sorted."""


class Postings:
    """The words of a resource type. A place is a document's number, 4 bits of attribute and 16 of position."""

    def __init__(self, connection: sqlite3.Connection, type_number: int) -> None:
        self._connection = connection
        self._type_number = type_number
        self._vocabulary: Vocabulary | None = None
        self._blocks: ByteCache[Words, _Blocks] = ByteCache(_REMEMBERED_PLACES)
        self._sets: ByteCache[Words, int] = ByteCache(_REMEMBERED_SETS)
        self.documents_with_phrase = lru_cache(_REMEMBERED_PHRASES)(self._documents_with_phrase)
        self.split_in_two = lru_cache(_REMEMBERED_SPLITS)(self._split_in_two)

    @property
    def vocabulary(self) -> Vocabulary:
        """All words."""
        if self._vocabulary is None:
            query = "SELECT word FROM words WHERE type = ? ORDER BY word"
            rows = self._connection.execute(query, (self._type_number,))
            self._vocabulary = Vocabulary([word for (word,) in rows])
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
        blocks = self._places(words)
        if universe.bit_count() * _LOOKED_UP < sum([len(places) for _, places in blocks]):
            return _looked_up(dict(blocks), list(bitsets.numbers_in(universe)))
        found: list[int] = []
        inside = _Chunks(universe)
        for block, places in blocks:
            if chunk := inside.of(block):
                base = block << _BLOCK_SHIFT
                found += [
                    base + place
                    for place in places
                    if chunk[place >> OFFSET_SHIFT + 3] >> (place >> OFFSET_SHIFT & 7) & 1
                ]
        return found

    def places_in(self, words: Words, numbers: Iterable[int]) -> list[int]:
        """Return where the words are in few documents."""
        return _looked_up(dict(self._places(words)), numbers) if words else []

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

    def _split_in_two(self, word: str) -> tuple[str, str] | None:
        """Return the two words that together are another and most often stand side by side, None if none do."""
        best, most = None, 0
        has = self.vocabulary.has
        for place in range(1, len(word)):
            left, right = word[:place], word[place:]
            if has(left) and has(right):
                both = self.documents(frozenset((left,))) & self.documents(frozenset((right,)))
                if both.bit_count() <= most:
                    continue
                count = self.documents_with_phrase((left, right)).bit_count()
                if count > most:
                    best, most = (left, right), count
        return best

    def _documents(self, words: Words) -> int:
        """Read which documents have any of the words."""
        rows = self._rows("documents, CASE WHEN documents IS NULL THEN places END", words)
        numbers: list[int] = []
        sets: dict[int, int] = defaultdict(int)
        is_rare = True
        for block, documents, places in rows:
            if documents is None:
                base = block << BLOCK_BITS
                numbers += [base + (place >> OFFSET_SHIFT) for place in array("I", places)]
            else:
                is_rare = False
                for start in range(0, len(documents), _BLOCK_BYTES):
                    sets[block] |= int.from_bytes(documents[start : start + _BLOCK_BYTES], "little")
        if is_rare:
            self._remember(words, [(block, places) for block, _, places in rows])
        return bitsets.from_numbers(numbers) | bitsets.from_blocks(sets, BLOCK_BITS)

    def _places(self, words: Words) -> _Blocks:
        """Return the places of words by block."""
        blocks = self._blocks.get(words)
        return self._remember(words, self._rows("places", words)) if blocks is None else blocks

    def _remember(self, words: Words, rows: Iterable[tuple[int, bytes]]) -> _Blocks:
        read: dict[int, list[bytes]] = defaultdict(list)
        for block, content in rows:
            read[block].append(content)
        blocks = [(block, _sorted(contents)) for block, contents in read.items()]
        return self._blocks.put(words, blocks, sum([len(places) * 4 + _ENTRY_BYTES for _, places in blocks]))

    def _rows(self, columns: str, words: Words) -> list[Any]:
        """Read rows with their block and more columns."""
        waiting = list(words)
        rows = []
        for first in range(0, len(waiting), _READ_TOGETHER):
            asked = waiting[first : first + _READ_TOGETHER]
            query = (
                f"SELECT block, {columns} FROM blocks CROSS JOIN postings USING (type, block)"  # noqa: S608  # names and marks only
                f" WHERE type = ? AND word IN (?{', ?' * (len(asked) - 1)})"
            )
            rows += self._connection.execute(query, (self._type_number, *asked)).fetchall()
        return rows


def _sorted(contents: Sequence[bytes]) -> "array[int]":
    """Return places in their order; those of a changed document were added last."""
    return array("I", sorted(array("I", b"".join(contents))))


def _looked_up(blocks: "Mapping[int, array[int]]", numbers: Iterable[int]) -> list[int]:
    """Return the places in few documents."""
    found: list[int] = []
    for number in numbers:
        block = number >> BLOCK_BITS
        places = blocks.get(block)
        if places is not None:
            start = (number & _OFFSET_MASK) << OFFSET_SHIFT
            first = bisect_left(places, start)
            if first < len(places) and places[first] >> OFFSET_SHIFT == number & _OFFSET_MASK:
                last = bisect_left(places, start + (1 << OFFSET_SHIFT), first)
                base = block << _BLOCK_SHIFT
                found += [base + place for place in places[first:last]]
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
