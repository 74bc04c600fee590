"""Segments: the chunks of one resource type, found by their words, read from the store when needed, and remembered."""

import sqlite3
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

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


class _Key(NamedTuple):
    """The state of a segment: one with the same key has the same content."""

    number: int
    """The number of its first block."""
    version: int


@dataclass(frozen=True, slots=True)
class _Segment:
    key: _Key
    first_words: list[str] = field(default_factory=list)
    are_frequent: list[bool] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    """All entries, in their order."""


class Segments:
    """All chunks, as they are when they are first needed."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        type_number: int,
        remembered: "ByteCache[tuple[_Key, str], Chunk] | None" = None,
        known: Iterable[_Segment] = (),
    ) -> None:
        """`remembered` and `known` are what was read before a change."""
        self._connection = connection
        self._type_number = type_number
        self._chunks = ByteCache[tuple[_Key, str], Chunk](_REMEMBERED) if remembered is None else remembered
        self._known = {segment.key: segment for segment in known}
        self._segments: list[_Segment] | None = None
        self._words: list[str] = []

    def after_change(self, connection: sqlite3.Connection) -> "Segments":
        """Return the chunks as they are now: what is as it was is not read again, unless it is of another store."""
        if connection is not self._connection:
            return Segments(connection, self._type_number)
        known = self._known.values() if self._segments is None else self._segments
        return Segments(connection, self._type_number, self._chunks, known)

    @property
    def words(self) -> Sequence[str]:
        """All words, in their order."""
        self._all()
        return self._words

    def documents(self, words: Iterable[str]) -> tuple[list[int], int]:
        """Return the documents with any of the words: of rare ones their numbers, of frequent ones a set."""
        frequent = 0
        found: list[_Places] = []
        for segment, place, sought in self._places_of(words):
            first_word = segment.first_words[place]
            if not segment.are_frequent[place]:
                self._chunk(segment.key, first_word).add_places(sought, segment.key.number, found)
            elif sought[0] == first_word:
                frequent |= self._frequent(segment.key.number, first_word)
        numbers: list[int] = []
        for block, places in found:
            base = block << BLOCK_BITS
            numbers += [base + (each >> OFFSET_SHIFT) for each in places.tolist()]
        return numbers, frequent

    def places(self, words: Iterable[str]) -> "list[_Places]":
        """Return blocks and places of some of the words there; a block may come again, with others of the words."""
        found: list[_Places] = []
        for segment, place, sought in self._places_of(words):
            self._chunk(segment.key, segment.first_words[place]).add_places(sought, segment.key.number, found)
        return found

    def _places_of(self, words: Iterable[str]) -> list[tuple[_Segment, int, list[str]]]:
        """Return segments, the place of a chunk in each, and those of the words that no other chunk there can have."""
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

    def _chunk(self, segment: _Key, first_word: str) -> Chunk:
        chunk = self._chunks.get((segment, first_word))
        if chunk is None:
            query = "SELECT words, starts, places FROM chunks WHERE type = ? AND segment = ? AND first_word = ?"
            row = self._connection.execute(query, (self._type_number, segment.number, first_word)).fetchone()
            chunk = Chunk.of_row(*row)
            self._chunks.put((segment, first_word), chunk, chunk.size())
        return chunk

    def _frequent(self, segment: int, word: str) -> int:
        """Return the documents of a segment with a frequent word."""
        query = "SELECT documents FROM chunks WHERE type = ? AND segment = ? AND first_word = ?"
        (documents,) = self._connection.execute(query, (self._type_number, segment, word)).fetchone()
        return int.from_bytes(documents, "little") << (segment << BLOCK_BITS)

    def _all(self) -> list[_Segment]:
        if self._segments is None:
            query = "SELECT segment, version FROM segments WHERE type = ? ORDER BY segment"
            keys = [_Key(*row) for row in self._connection.execute(query, (self._type_number,))]
            self._segments = [self._known.get(key) or self._read(key) for key in keys]
            self._known = {}
            words: dict[str, str] = {}
            for segment in self._segments:
                segment.words[:] = map(words.setdefault, segment.words, segment.words)  # each is in memory once
            self._words = sorted(words)  # quick, as those of each segment are in order
            del self._words[: bisect_left(self._words, _FIRST_WORD)]
        return self._segments

    def _read(self, key: _Key) -> _Segment:
        query = (
            "SELECT first_word, documents IS NOT NULL, words FROM chunks WHERE type = ? AND segment = ?"
            " ORDER BY first_word"
        )
        segment = _Segment(key)
        for first_word, is_frequent, text in self._connection.execute(query, (self._type_number, key.number)):
            segment.first_words.append(first_word)
            segment.are_frequent.append(bool(is_frequent))
            segment.words.extend(chunks.words_of(text))
        return segment
