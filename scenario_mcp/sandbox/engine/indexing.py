"""The index, written beside the documents: where words are, and which values fields have.

Documents are numbered in order of insertion and grouped in blocks. A row of `postings` says where a word is in the
documents of a block, a row of `columns` which values they have under a path; both are arrays of 32-bit integers, so
that adding or removing a document changes a few rows only.
"""

import json
import sqlite3
from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from scenario_mcp.sandbox.engine.indexes import IndexSettings
from scenario_mcp.sandbox.engine.tokens import words_of
from scenario_mcp.sandbox.engine.values import Document, Leaf, fold, inner_paths, kept_at, leaves_of, searched_text

SCHEMA = """
CREATE TABLE words (type INTEGER NOT NULL, word TEXT NOT NULL, PRIMARY KEY (type, word)) WITHOUT ROWID;
CREATE TABLE blocks (type INTEGER NOT NULL, block INTEGER NOT NULL, PRIMARY KEY (type, block)) WITHOUT ROWID;
CREATE TABLE postings (
    type INTEGER NOT NULL, block INTEGER NOT NULL, word TEXT NOT NULL, places BLOB NOT NULL,
    PRIMARY KEY (type, block, word)
) WITHOUT ROWID;
CREATE TABLE columns (
    type INTEGER NOT NULL, path TEXT NOT NULL, block INTEGER NOT NULL, leaves TEXT NOT NULL, entries BLOB NOT NULL,
    PRIMARY KEY (type, path, block)
) WITHOUT ROWID;
"""
BLOCK_BITS = 12
"""A block has 4,096 documents."""
OFFSET_SHIFT = 20
"""An array's integers have the document's offset in its block above, and below: of a place 4 bits of attribute and 16
of position, of an entry the number of a leaf."""
ATTRIBUTE_SHIFT = 16
_NOT_IN_WORDS = "\1"
MOST_COUNTED_WORDS = 30
"""Attributes with more words are not counted (Meilisearch)."""
EXISTS, IS_NULL, IS_EMPTY, FIRST_LEAF = range(4)
"""Entries that are not leaves, and the first that is."""
_LARGEST_CODE = (1 << OFFSET_SHIFT) - 1
"""Beyond a million different values in a block, the rest is not found."""
_FLUSHED_DOCUMENTS = 1 << BLOCK_BITS
_OFFSET_MASK = (1 << BLOCK_BITS) - 1


def counted(attribute: int, count: int) -> str:
    """Return the entry in `postings` for an attribute of so many words."""
    return f"{_NOT_IN_WORDS}{attribute}:{count}"


@dataclass(slots=True)
class _NewEntries:
    """New entries for a row of `columns`: markers, and leaves with their offsets."""

    markers: list[int] = field(default_factory=list)
    leaves: list[tuple[int, Leaf]] = field(default_factory=list)

    def add(self, values: Sequence[object], offset: int) -> None:
        """Add the values of a document."""
        self.markers.append(offset | EXISTS)
        value = values[0]
        if len(values) == 1 and value and isinstance(value, str):  # nearly always
            if text := fold(value):
                self.leaves.append((offset, text))
            return
        for value in values:
            if value is None:
                self.markers.append(offset | IS_NULL)
            elif not value and isinstance(value, str | list | dict):
                self.markers.append(offset | IS_EMPTY)
        leaves = leaves_of(values)
        self.leaves += [(offset, leaf) for leaf in (leaves if len(leaves) == 1 else dict.fromkeys(leaves))]


class IndexWriter:
    """Keeps the index of one resource type in step with its documents, within a transaction."""

    def __init__(self, connection: sqlite3.Connection, type_number: int, settings: IndexSettings) -> None:
        self._connection = connection
        self._type_number = type_number
        self._settings = settings
        self._paths = settings.column_paths()
        self._waiting: set[int] = set()
        self._forget()

    def add(self, number: int, document: Document) -> None:
        """Index a document under a number that is free."""
        if self._waiting and not number & _OFFSET_MASK:
            self.flush()  # the documents of a block are best written together
        block, offset = number >> BLOCK_BITS, (number & _OFFSET_MASK) << OFFSET_SHIFT
        self._add_words(document, self._places[block], offset)
        columns = self._columns
        for path, values in self._values(document).items():
            columns[path, block].add(values, offset)
        self._waiting.add(number)
        if len(self._waiting) >= _FLUSHED_DOCUMENTS:
            self.flush()

    def remove(self, number: int, document: Document) -> None:
        """Take a document out again, as it was indexed."""
        if number in self._waiting:
            self.flush()
        block, offset = number >> BLOCK_BITS, number & _OFFSET_MASK
        for attribute, path in enumerate(self._settings.searchable):
            words = [word for _, word in words_of(searched_text(document, path))]
            for word in {*words, counted(attribute, len(words))}:
                self._gone_words[block][word].add(offset)
        for path in self._values(document):
            self._gone_values[path, block].add(offset)

    def flush(self) -> None:
        """Write the collected changes."""
        for block in self._places.keys() | self._gone_words.keys():
            self._write_postings(block, self._places[block], self._gone_words[block])
        for path, block in self._columns.keys() | self._gone_values.keys():
            self._write_column(path, block)
        self._forget()

    def _forget(self) -> None:
        self._waiting.clear()
        self._places: dict[int, dict[str, array[int]]] = defaultdict(lambda: defaultdict(lambda: array("I")))
        self._columns: dict[tuple[str, int], _NewEntries] = defaultdict(_NewEntries)
        self._gone_words: dict[int, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        self._gone_values: dict[tuple[str, int], set[int]] = defaultdict(set)

    def _add_words(self, document: Document, places: Mapping[str, "array[int]"], offset: int) -> None:
        for attribute, path in enumerate(self._settings.searchable):
            text = searched_text(document, path)
            if text:
                base = offset | attribute << ATTRIBUTE_SHIFT
                words = words_of(text)
                for position, word in words:
                    places[word].append(base + position)
                if len(words) <= MOST_COUNTED_WORDS:
                    places[counted(attribute, len(words))].append(base)

    def _values(self, document: Document) -> dict[str, list[object]]:
        """Return the values under the paths of the settings and under every path inside objects there."""
        found: dict[str, list[object]] = {}
        for path in self._paths:
            if values := kept_at(document, path):
                found[path] = values
                if isinstance(values[0], dict | list) or len(values) > 1:
                    for inner in inner_paths(values, path):
                        if inner not in found:
                            found[inner] = kept_at(document, inner)
        return {path: values for path, values in found.items() if values}

    def _write_postings(self, block: int, places: Mapping[str, "array[int]"], gone: Mapping[str, set[int]]) -> None:
        connection, type_number = self._connection, self._type_number
        connection.execute("INSERT OR IGNORE INTO blocks VALUES (?, ?)", (type_number, block))
        read = "SELECT places FROM postings WHERE type = ? AND block = ? AND word = ?"
        rows = []
        for word, offsets in gone.items():
            stored = connection.execute(read, (type_number, block, word)).fetchone()
            kept = array("I", _without(array("I", stored[0] if stored else b""), offsets))
            rows.append((type_number, block, word, kept.tobytes()))
        rows.sort()
        connection.executemany("INSERT OR REPLACE INTO postings VALUES (?, ?, ?, ?)", rows)
        connection.executemany(
            "INSERT INTO postings VALUES (?, ?, ?, ?)"
            " ON CONFLICT (type, block, word) DO UPDATE SET places = CAST(places || excluded.places AS BLOB)",
            sorted((type_number, block, word, added.tobytes()) for word, added in places.items()),
        )
        connection.executemany(
            "INSERT OR IGNORE INTO words VALUES (?, ?)",
            [(type_number, word) for word in places if not word.startswith(_NOT_IN_WORDS)],
        )
        if gone:
            connection.execute(
                "DELETE FROM postings WHERE type = ? AND block = ? AND places = x''", (type_number, block)
            )
            connection.executemany(
                "DELETE FROM words WHERE type = :type AND word = :word AND NOT EXISTS"
                " (SELECT 1 FROM blocks CROSS JOIN postings USING (type, block) WHERE type = :type AND word = :word)",
                [{"type": type_number, "word": word} for word in gone],
            )

    def _write_column(self, path: str, block: int) -> None:
        key = (self._type_number, path, block)
        read = "SELECT leaves, entries FROM columns WHERE type = ? AND path = ? AND block = ?"
        stored = self._connection.execute(read, key).fetchone()
        leaves: list[Leaf] = json.loads(stored[0]) if stored else []
        entries = array("I", stored[1] if stored else b"")
        if gone := self._gone_values.get((path, block)):
            leaves, entries = _renumbered(leaves, _without(entries, gone))
        new = self._columns[path, block]
        entries.extend(new.markers)
        codes = {leaf: code for code, leaf in enumerate(leaves, FIRST_LEAF)}
        for offset, leaf in new.leaves:
            code = codes.setdefault(leaf, len(codes) + FIRST_LEAF)
            if code <= _LARGEST_CODE:
                entries.append(offset | code)
        row = (*key, json.dumps(list(codes), separators=(",", ":")), entries.tobytes())
        self._connection.execute("INSERT OR REPLACE INTO columns VALUES (?, ?, ?, ?, ?)", row)


def _without(entries: Iterable[int], offsets: set[int]) -> list[int]:
    return [entry for entry in entries if entry >> OFFSET_SHIFT not in offsets]


def _renumbered(leaves: Sequence[Leaf], entries: Sequence[int]) -> "tuple[list[Leaf], array[int]]":
    """Drop leaves that no document has any more."""
    used = sorted({code for entry in entries if (code := entry & _LARGEST_CODE) >= FIRST_LEAF})
    codes = {code: code for code in range(FIRST_LEAF)} | {code: place for place, code in enumerate(used, FIRST_LEAF)}
    kept = array("I", [entry & ~_LARGEST_CODE | codes[entry & _LARGEST_CODE] for entry in entries])
    return [leaves[code - FIRST_LEAF] for code in used], kept
