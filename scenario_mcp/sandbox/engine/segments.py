"""Segments: the chunks of one resource type, found by their words, read from the store when needed, and remembered."""

import sqlite3
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import TypeAlias

from scenario_mcp.sandbox.engine import chunks
from scenario_mcp.sandbox.engine.caches import ByteCache
from scenario_mcp.sandbox.engine.chunks import Chunk
from scenario_mcp.sandbox.engine.layout import BLOCK_BITS, NOT_IN_WORDS, OFFSET_SHIFT

_REMEMBERED = 12 << 20
"""Bytes of chunks."""
_FIRST_WORD = chr(ord(NOT_IN_WORDS) + 1)
"""No word comes before it, and all other entries do."""


_Places: TypeAlias = "tuple[int, memoryview[int]]"
"""A block, and places there."""


@dataclass(frozen=True, slots=True)
class _Segment:
    number: int
    """That of its first block."""
    first_words: list[str] = field(default_factory=list)
    are_frequent: list[bool] = field(default_factory=list)


class Segments:
    """All chunks, as they are when they are first needed."""

    def __init__(self, connection: sqlite3.Connection, type_number: int) -> None:
        self._connection = connection
        self._type_number = type_number
        self._chunks: ByteCache[tuple[int, str], Chunk] = ByteCache(_REMEMBERED)
        self._segments: list[_Segment] | None = None
        self._words: set[str] = set()

    @property
    def words(self) -> AbstractSet[str]:
        """All words."""
        self._all()
        return self._words

    def documents(self, words: Iterable[str]) -> tuple[list[int], int]:
        """Return the documents with any of the words: of rare ones their numbers, of frequent ones a set."""
        frequent = 0
        found: list[_Places] = []
        for segment, place, sought in self._places_of(words):
            first_word = segment.first_words[place]
            if not segment.are_frequent[place]:
                self._chunk(segment.number, first_word).add_places(sought, segment.number, found)
            elif sought[0] == first_word:
                frequent |= self._frequent(segment.number, first_word)
        numbers: list[int] = []
        for block, places in found:
            base = block << BLOCK_BITS
            numbers += [base + (each >> OFFSET_SHIFT) for each in places.tolist()]
        return numbers, frequent

    def places(self, words: Iterable[str]) -> "list[_Places]":
        """Return blocks, each as often as it has one or several words, and their places there."""
        found: list[_Places] = []
        for segment, place, sought in self._places_of(words):
            self._chunk(segment.number, segment.first_words[place]).add_places(sought, segment.number, found)
        return found

    def _places_of(self, words: Iterable[str]) -> list[tuple[_Segment, int, list[str]]]:
        """Return segments, the place of a chunk in each, and the words that it has, if any chunk has them."""
        sought = sorted(words)
        found = []
        for segment in self._all():
            first_words = segment.first_words
            start = bisect_left(sought, first_words[0]) if first_words else len(sought)
            while start < len(sought):
                place = bisect_right(first_words, sought[start]) - 1
                is_last = place + 1 == len(first_words)
                end = len(sought) if is_last else bisect_left(sought, first_words[place + 1], start + 1)
                found.append((segment, place, sought[start:end]))
                start = end
        return found

    def _chunk(self, segment: int, first_word: str) -> Chunk:
        key = (segment, first_word)
        chunk = self._chunks.get(key)
        if chunk is None:
            query = "SELECT words, starts, places FROM chunks WHERE type = ? AND segment = ? AND first_word = ?"
            chunk = Chunk.of_row(*self._connection.execute(query, (self._type_number, *key)).fetchone())
            self._chunks.put(key, chunk, chunk.size())
        return chunk

    def _frequent(self, segment: int, word: str) -> int:
        """Return the documents of a segment with a frequent word."""
        query = "SELECT documents FROM chunks WHERE type = ? AND segment = ? AND first_word = ?"
        (documents,) = self._connection.execute(query, (self._type_number, segment, word)).fetchone()
        return int.from_bytes(documents, "little") << (segment << BLOCK_BITS)

    def _all(self) -> list[_Segment]:
        if self._segments is None:
            query = (
                "SELECT segment, first_word, documents IS NOT NULL, words FROM chunks WHERE type = ?"
                " ORDER BY segment, first_word"
            )
            self._segments = []
            for number, first_word, is_frequent, text in self._connection.execute(query, (self._type_number,)):
                if not self._segments or self._segments[-1].number != number:
                    self._segments.append(_Segment(number))
                self._segments[-1].first_words.append(first_word)
                self._segments[-1].are_frequent.append(bool(is_frequent))
                words = chunks.words_of(text)
                if first_word < _FIRST_WORD:
                    words = [word for word in words if word >= _FIRST_WORD]
                self._words.update(words)
        return self._segments
