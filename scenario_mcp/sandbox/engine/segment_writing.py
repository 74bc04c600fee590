"""Writing of segments: the chunks of a block anew, or those whose words have changed; and full blocks joined."""

import sqlite3
from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping

from scenario_mcp.sandbox.engine import chunks
from scenario_mcp.sandbox.engine.chunks import BlockWords, Row
from scenario_mcp.sandbox.engine.layout import OFFSET_SHIFT

_JOINED = 8
"""Blocks that become one segment once they are full: a word is then looked up once for all of them."""


class SegmentWriter:
    """Writes the places of words of one resource type, within a transaction."""

    def __init__(self, connection: sqlite3.Connection, type_number: int) -> None:
        self._connection = connection
        self._type_number = type_number

    def write(self, block: int, added: "Mapping[str, array[int]]", gone: Mapping[str, set[int]]) -> None:
        """Add places in a block; take those of some documents, by their offsets, out before."""
        query = "SELECT segment, blocks FROM segments WHERE type = ? AND segment <= ? ORDER BY segment DESC LIMIT 1"
        found = self._connection.execute(query, (self._type_number, block)).fetchone()
        if found is not None and block < sum(found):
            self._change(found[0], found[1], block - found[0], added, gone)
            return
        self._connection.execute("INSERT INTO segments VALUES (?, ?, 1, random())", (self._type_number, block))
        self._insert(block, chunks.rows_of_blocks([BlockWords.of_places(added)]))
        if block and not block % _JOINED:
            self._join(block - _JOINED)

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
            end = len(words) if (behind := self._first_word_behind(row, segment)) is None else bisect_left(words, behind)
            contents: dict[str, list[bytes]] = {}
            bits: list[dict[str, bytes]] = [{} for _ in range(blocks)]
            if row is not None:
                contents.update(chunks.contents_of(row.words, row.starts, row.places))
                bits = chunks.bits_of(row, blocks)
                bits[block].clear()
                delete = "DELETE FROM chunks WHERE type = ? AND segment = ? AND first_word = ?"
                connection.execute(delete, (*key, row.first_word))
            for word in words[start:end]:
                content = contents.setdefault(word, [b""] * blocks)
                content[block] = _changed(content[block], gone.get(word, ()), added.get(word))
                if not any(content):
                    del contents[word]
            self._insert(segment, chunks.rows_of_contents(contents, bits))
            start = end

    def _row_of(self, word: str, segment: int) -> Row | None:
        """Return the row that has a word of a segment or is to have it, None if there are no rows."""
        query = "SELECT first_word, words, documents, starts, places FROM chunks WHERE type = ? AND segment = ?"
        key = (self._type_number, segment)
        at_or_before = f"{query} AND first_word <= ? ORDER BY first_word DESC LIMIT 1"
        found = self._connection.execute(at_or_before, (*key, word)).fetchone()
        found = found or self._connection.execute(f"{query} ORDER BY first_word LIMIT 1", key).fetchone()
        return None if found is None else Row._make(found)

    def _first_word_behind(self, row: Row | None, segment: int) -> str | None:
        """Return the first word of the next row, None if there is none."""
        if row is None:
            return None
        query = "SELECT min(first_word) FROM chunks WHERE type = ? AND segment = ? AND first_word > ?"
        found: str | None = self._connection.execute(query, (self._type_number, segment, row.first_word)).fetchone()[0]
        return found

    def _join(self, first: int) -> None:
        """Make one segment of blocks, if they are segments of their own."""
        connection, type_number = self._connection, self._type_number
        query = "SELECT segment FROM segments WHERE type = ? AND blocks = 1 AND segment >= ? AND segment < ?"
        segments = [segment for (segment,) in connection.execute(query, (type_number, first, first + _JOINED))]
        if len(segments) < _JOINED:
            return
        query = (
            "SELECT first_word, words, documents, starts, places FROM chunks WHERE type = ? AND segment = ?"
            " ORDER BY first_word"
        )
        rows_of_each = (connection.execute(query, (type_number, segment)) for segment in segments)
        blocks = [BlockWords.of_rows(map(Row._make, rows)) for rows in rows_of_each]
        for table in ("chunks", "segments"):
            delete = f"DELETE FROM {table} WHERE type = ? AND segment >= ? AND segment < ?"  # noqa: S608  # our own names
            connection.execute(delete, (type_number, first, first + _JOINED))
        connection.execute("INSERT INTO segments VALUES (?, ?, ?, random())", (type_number, first, _JOINED))
        self._insert(first, chunks.rows_of_blocks(blocks))

    def _insert(self, segment: int, rows: Iterable[Row]) -> None:
        insert = (
            "INSERT INTO chunks (type, segment, first_word, words, documents, starts, places)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)"
        )
        self._connection.executemany(insert, ((self._type_number, segment, *row) for row in rows))


def _changed(content: bytes, gone: Collection[int], added: "array[int] | None") -> bytes:
    """Return places without those of some documents, by their offsets, and with others, all in their order."""
    places = array("I", content)
    if gone:
        places = array("I", [place for place in places if place >> OFFSET_SHIFT not in gone])
    if added is not None:
        is_behind = not places or places[-1] < added[0]  # as nearly always: new documents go last
        places += added
        places = places if is_behind else array("I", sorted(places))
    return places.tobytes()
