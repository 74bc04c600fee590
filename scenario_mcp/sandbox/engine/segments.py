"""Segments: the chunks of one resource type, found by their words, read from the store when needed, and remembered."""

import sqlite3
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from scenario_mcp.sandbox.engine import chunks
from scenario_mcp.sandbox.engine.caches import ByteCache
from scenario_mcp.sandbox.engine.chunks import Chunk
from scenario_mcp.sandbox.engine.layout import BLOCK_BITS, NOT_IN_WORDS, OFFSET_SHIFT
from scenario_mcp.sandbox.engine.vocabulary import Words

_REMEMBERED = 12 << 20
"""Bytes of chunks."""
_REMEMBERED_RUNS = 32
"""Sets of words: of those whose documents are looked up, the places often follow."""
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
    first_numbers: list[int] = field(default_factory=list)
    """The number of the first word of each chunk."""
    are_frequent: list[bool] = field(default_factory=list)
    """Of each chunk, whether it is one frequent word."""
    words: list[str] = field(default_factory=list)
    """All entries, in their order."""

    def end_of(self, chunk: int) -> int:
        """Return the number behind that of the last word of a chunk."""
        following = chunk + 1
        return self.first_numbers[following] if following < len(self.first_numbers) else len(self.words)


class _Run(NamedTuple):
    """Words that are neighbours in a chunk of a segment, by their numbers there."""

    segment: _Segment
    chunk: int
    first: int
    last: int


class Segments:
    """All chunks, as they are when they are first needed."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        type_number: int,
        remembered: "ByteCache[tuple[_Key, int], Chunk] | None" = None,
        known: Iterable[_Segment] = (),
    ) -> None:
        """`remembered` and `known` are what was read before a change."""
        self._connection = connection
        self._type_number = type_number
        self._chunks = ByteCache[tuple[_Key, int], Chunk](_REMEMBERED) if remembered is None else remembered
        self._known = {segment.key: segment for segment in known}
        self._segments: list[_Segment] | None = None
        self._runs = lru_cache(_REMEMBERED_RUNS)(self._find_runs)
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

    def documents(self, words: Words) -> tuple[list[int], int]:
        """Return the documents with any of the words: of rare ones their numbers, of frequent ones a set."""
        frequent = 0
        found: list[_Places] = []
        for segment, place, first, last in self._runs(words):
            if segment.are_frequent[place]:
                frequent |= self._frequent(segment, place)
            else:
                self._chunk(segment, place).add_places(first, last, segment.key.number, found)
        numbers: list[int] = []
        for block, places in found:
            base = block << BLOCK_BITS
            numbers += [base + (each >> OFFSET_SHIFT) for each in places.tolist()]
        return numbers, frequent

    def places(self, words: Words) -> "list[_Places]":
        """Return blocks and places of some of the words there; a block may come again, with others of the words."""
        found: list[_Places] = []
        for segment, place, first, last in self._runs(words):
            self._chunk(segment, place).add_places(first, last, segment.key.number, found)
        return found

    def _find_runs(self, words: Words) -> list[_Run]:
        """Return where words are that stand next to each other in a chunk."""
        sought = sorted(words)
        runs: list[_Run] = []
        for segment in self._all():
            known, first_numbers = segment.words, segment.first_numbers
            number, chunk, run_start, run_end, chunk_end = 0, 0, 0, 0, 0
            for word in sought:
                number = bisect_left(known, word, number)
                if number == len(known):
                    break
                if known[number] != word:
                    continue
                if number == run_end < chunk_end:
                    run_end += 1
                    continue
                if run_end:
                    runs.append(_Run(segment, chunk, run_start - first_numbers[chunk], run_end - first_numbers[chunk]))
                chunk = bisect_right(first_numbers, number) - 1
                chunk_end = segment.end_of(chunk)
                run_start, run_end = number, number + 1
            if run_end:
                runs.append(_Run(segment, chunk, run_start - first_numbers[chunk], run_end - first_numbers[chunk]))
        return runs

    def _chunk(self, segment: _Segment, place: int) -> Chunk:
        key = segment.key, place
        chunk = self._chunks.get(key)
        if chunk is None:
            query = "SELECT starts, places FROM chunks WHERE type = ? AND segment = ? AND first_word = ?"
            first_number = segment.first_numbers[place]
            first_word = segment.words[first_number]
            row = self._connection.execute(query, (self._type_number, segment.key.number, first_word)).fetchone()
            chunk = Chunk.of_row(segment.end_of(place) - first_number, *row)
            self._chunks.put(key, chunk, chunk.size())
        return chunk

    def _frequent(self, segment: _Segment, place: int) -> int:
        """Return the documents of a segment with a frequent word, which has a chunk of its own."""
        query = "SELECT documents FROM chunks WHERE type = ? AND segment = ? AND first_word = ?"
        first_word = segment.words[segment.first_numbers[place]]
        (documents,) = self._connection.execute(query, (self._type_number, segment.key.number, first_word)).fetchone()
        return int.from_bytes(documents, "little") << (segment.key.number << BLOCK_BITS)

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
        query = "SELECT documents IS NOT NULL, words FROM chunks WHERE type = ? AND segment = ? ORDER BY first_word"
        segment = _Segment(key)
        for is_frequent, text in self._connection.execute(query, (self._type_number, key.number)):
            segment.first_numbers.append(len(segment.words))
            segment.are_frequent.append(bool(is_frequent))
            segment.words.extend(chunks.words_of(text))
        return segment
