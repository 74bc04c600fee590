"""Writing of segments: the chunks of a block anew, or those whose words have changed; and full blocks joined."""

import sqlite3
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from scenario_mcp.sandbox.engine import chunks
from scenario_mcp.sandbox.engine.chunk_changes import changed_rows
from scenario_mcp.sandbox.engine.chunks import BlockWords, Row

_JOINED = 8
"""Blocks that become one segment once they are full: a word is then looked up once for all of them."""
_MANY = 300
"""So many words, those of ten documents, are in a good part of the rows of a segment."""
_ROWS = "SELECT first_word, words, documents, starts, places FROM chunks WHERE type = ? AND segment = ?"


class SegmentWriter:
    """Writes the places of words of one resource type, within a transaction."""

    def __init__(self, connection: sqlite3.Connection, type_number: int) -> None:
        self._connection = connection
        self._type_number = type_number

    def write(self, block: int, added: "Mapping[str, array[int]]", gone: Mapping[str, set[int]]) -> None:
        """Add places in a block; take those of some documents, by their offsets, out before."""
        query = "SELECT segment, blocks FROM segments WHERE type = ? AND segment <= ? ORDER BY segment DESC LIMIT 1"
        found = self._connection.execute(query, (self._type_number, block)).fetchone()
        if found is None or block >= sum(found):
            self._put(block, [BlockWords.of_places(added)])
            if block and not block % _JOINED:
                self._join_full(block - _JOINED)
            return
        segment, blocks = found
        if blocks > 1 and len(added) > _MANY and self._is_last(segment) and block == segment + blocks - 1:
            *others, last = self._take(segment, blocks)
            self._put(segment, others)
            self._put(block, [last])
            segment, blocks = block, 1
        self._change(segment, blocks, block - segment, added, gone)

    def join(self) -> bool:
        """Make one segment of the last ones, if it is worth it; return whether it was."""
        segments = loose_segments(self._connection, self._type_number)
        if segments:
            self._join(segments)
        return bool(segments)

    def _change(
        self, segment: int, blocks: int, block: int, added: "Mapping[str, array[int]]", gone: Mapping[str, set[int]]
    ) -> None:
        """Change a block of a segment, by its place there: the chunks of the words are written anew."""
        connection, key = self._connection, (self._type_number, segment)
        connection.execute("UPDATE segments SET version = random() WHERE type = ? AND segment = ?", key)
        words = sorted(added.keys() | gone.keys())
        start = 0
        while start < len(words):
            row = self._row_of(words[start], segment)
            behind = self._first_word_behind(row, segment)
            end = len(words) if behind is None else bisect_left(words, behind)
            if row is not None:
                delete = "DELETE FROM chunks WHERE type = ? AND segment = ? AND first_word = ?"
                connection.execute(delete, (*key, row.first_word))
            changes = {word: (gone.get(word, ()), added.get(word, ())) for word in words[start:end]}
            self._insert(segment, changed_rows(row, blocks, block, changes))
            start = end

    def _is_last(self, segment: int) -> bool:
        query = "SELECT max(segment) FROM segments WHERE type = ?"
        return bool(self._connection.execute(query, (self._type_number,)).fetchone()[0] == segment)

    def _row_of(self, word: str, segment: int) -> Row | None:
        """Return the row that has a word of a segment or is to have it, None if there are no rows."""
        connection, key = self._connection, (self._type_number, segment)
        before = f"{_ROWS} AND first_word <= ? ORDER BY first_word DESC LIMIT 1"
        found = connection.execute(before, (*key, word)).fetchone()
        found = found or connection.execute(f"{_ROWS} ORDER BY first_word LIMIT 1", key).fetchone()
        return None if found is None else Row._make(found)

    def _first_word_behind(self, row: Row | None, segment: int) -> str | None:
        """Return the first word of the next row, None if there is none."""
        if row is None:
            return None
        query = "SELECT min(first_word) FROM chunks WHERE type = ? AND segment = ? AND first_word > ?"
        found: str | None = self._connection.execute(query, (self._type_number, segment, row.first_word)).fetchone()[0]
        return found

    def _join_full(self, first: int) -> None:
        """Make one segment of those of so many blocks, if all are there."""
        segments = _segments(self._connection, self._type_number, first)
        if len(segments) > 1 and sum(blocks for _, blocks in segments) == _JOINED:
            self._join(segments)

    def _join(self, segments: Sequence[tuple[int, int]]) -> None:
        taken = [self._take(*each) for each in segments]
        self._put(segments[0][0], [*chain.from_iterable(taken)])

    def _take(self, segment: int, blocks: int) -> list[BlockWords]:
        """Remove a segment; return what each of its blocks has."""
        connection, key = self._connection, (self._type_number, segment)
        rows = connection.execute(f"{_ROWS} ORDER BY first_word", key)
        taken = chunks.blocks_of_rows(map(Row._make, rows), blocks)
        for table in ("chunks", "segments"):
            connection.execute(f"DELETE FROM {table} WHERE type = ? AND segment = ?", key)  # noqa: S608  # our own names
        return taken

    def _put(self, segment: int, blocks: Sequence[BlockWords]) -> None:
        """Write a segment of some blocks."""
        row = (self._type_number, segment, len(blocks))
        self._connection.execute("INSERT INTO segments VALUES (?, ?, ?, random())", row)
        self._insert(segment, chunks.rows_of_blocks(blocks))

    def _insert(self, segment: int, rows: Iterable[Row]) -> None:
        insert = (
            "INSERT INTO chunks (type, segment, first_word, words, documents, starts, places)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)"
        )
        self._connection.executemany(insert, ((self._type_number, segment, *row) for row in rows))


def loose_segments(connection: sqlite3.Connection, type_number: int) -> list[tuple[int, int]]:
    """Return the last segments, as their first blocks and how many they have, if it is worth it to join them.

    That is where several are of one block. Where one is, joining it for every document that is new would cost too much.
    """
    query = "SELECT max(segment) FROM segments WHERE type = ?"
    (last,) = connection.execute(query, (type_number,)).fetchone()
    found = [] if last is None else _segments(connection, type_number, last - last % _JOINED)
    return found if sum(blocks == 1 for _, blocks in found) > 1 else []


def _segments(connection: sqlite3.Connection, type_number: int, first: int) -> list[tuple[int, int]]:
    """Return the segments of the blocks that are joined from one on."""
    query = "SELECT segment, blocks FROM segments WHERE type = ? AND segment >= ? AND segment < ? ORDER BY segment"
    return connection.execute(query, (type_number, first, first + _JOINED)).fetchall()
