"""The index, written beside the documents: where words are, and which values fields have.

Documents are numbered in order of insertion and grouped in blocks. A row of `chunks` says where some words are in the
documents of a block, or of several (`segments`), a row of `columns` which values those of a block have under a path;
both are arrays of 32-bit integers, so that adding or removing a document changes some rows only.
"""

import gc
import json
import sqlite3
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from scenario_mcp.sandbox.engine import chunks
from scenario_mcp.sandbox.engine.indexes import IndexSettings
from scenario_mcp.sandbox.engine.json_texts import written
from scenario_mcp.sandbox.engine.layout import BLOCK_BITS, FIRST_LEAF, LARGEST_CODE, OFFSET_SHIFT, counted
from scenario_mcp.sandbox.engine.new_entries import NewEntries, entries_of
from scenario_mcp.sandbox.engine.new_places import places_of
from scenario_mcp.sandbox.engine.segment_writing import SegmentWriter
from scenario_mcp.sandbox.engine.tokens import words_of
from scenario_mcp.sandbox.engine.values import Document, KeptValues, Leaf, searched_text

SCHEMA = f"""{chunks.SCHEMA}
CREATE TABLE columns (
    type INTEGER NOT NULL, path TEXT NOT NULL, block INTEGER NOT NULL, leaves TEXT NOT NULL, entries BLOB NOT NULL,
    PRIMARY KEY (type, path, block)
) WITHOUT ROWID;
"""
_FLUSHED_DOCUMENTS = 1 << BLOCK_BITS
_FLUSHED_CHARACTERS = 6_000_000
"""The size of the documents that wait in memory: their words take some ten times as much."""
_OFFSET_MASK = (1 << BLOCK_BITS) - 1


class IndexWriter:
    """Keeps the index of one resource type in step with its documents, within a transaction."""

    def __init__(self, connection: sqlite3.Connection, type_number: int, settings: IndexSettings) -> None:
        self._connection = connection
        self._type_number = type_number
        self._settings = settings
        self._segments = SegmentWriter(connection, type_number)
        self._paths = dict.fromkeys(settings.column_paths())
        self._waiting: dict[int, Document] = {}
        self._characters = 0
        self._forget()

    def add(self, number: int, document: Document, characters: int) -> None:
        """Index a document, of so many characters, under a number that is free."""
        if self._waiting and not number & _OFFSET_MASK:
            self.flush()  # the documents of a block are best written together
        self._waiting[number] = document
        self._characters += characters
        if len(self._waiting) >= _FLUSHED_DOCUMENTS or self._characters >= _FLUSHED_CHARACTERS:
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
        for path in entries_of(KeptValues([document]), [0], self._paths):
            self._gone_values[path, block].add(offset)

    def flush(self) -> None:
        """Write the collected changes."""
        with _uncollected():
            self._write()
        self._forget()

    def join(self) -> bool:
        """Write the collected changes, and words that are in several places into one; return whether there were any."""
        self.flush()
        with _uncollected():
            return self._segments.join()

    def _write(self) -> None:
        waiting: dict[int, list[int]] = defaultdict(list)
        for number in sorted(self._waiting):  # changed documents come in any order; places are kept in theirs
            waiting[number >> BLOCK_BITS].append(number)
        for block in dict.fromkeys([*waiting, *self._gone_words, *(block for _, block in self._gone_values)]):
            kept_values = KeptValues([self._waiting[number] for number in waiting[block]])
            offsets = [(number & _OFFSET_MASK) << OFFSET_SHIFT for number in waiting[block]]
            self._segments.write(
                block, places_of(kept_values, offsets, self._settings.searchable), self._gone_words[block]
            )
            self._write_columns(block, entries_of(kept_values, offsets, self._paths))

    def _forget(self) -> None:
        self._waiting.clear()
        self._characters = 0
        self._gone_words: dict[int, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        self._gone_values: dict[tuple[str, int], set[int]] = defaultdict(set)

    def _write_columns(self, block: int, added: Mapping[str, NewEntries]) -> None:
        read = "SELECT leaves, entries FROM columns WHERE type = ? AND path = ? AND block = ?"
        gone = {path: offsets for (path, where), offsets in self._gone_values.items() if where == block}
        rows = []
        for path in sorted(added.keys() | gone.keys()):
            key = (self._type_number, path, block)
            stored = self._connection.execute(read, key).fetchone()
            leaves: list[Leaf] = json.loads(stored[0]) if stored else []
            entries = array("I", stored[1] if stored else b"")
            if path in gone:
                leaves, entries = _renumbered(leaves, _without(entries, gone[path]))
            leaves, more = added.get(path, NewEntries()).with_leaves(leaves)
            rows.append((*key, written(leaves), (entries + more).tobytes()))
        self._connection.executemany("INSERT OR REPLACE INTO columns VALUES (?, ?, ?, ?, ?)", rows)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Look for no cycles of garbage meanwhile: none are made here, but many arrays, which would be looked through.

    It takes a tenth of the time of a process that has Python's own thresholds.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _without(entries: Iterable[int], offsets: set[int]) -> list[int]:
    return [entry for entry in entries if entry >> OFFSET_SHIFT not in offsets]


def _renumbered(leaves: Sequence[Leaf], entries: Sequence[int]) -> "tuple[list[Leaf], array[int]]":
    """Drop leaves that no document has any more."""
    used = sorted({code for entry in entries if (code := entry & LARGEST_CODE) >= FIRST_LEAF})
    codes = {code: code for code in range(FIRST_LEAF)} | {code: place for place, code in enumerate(used, FIRST_LEAF)}
    kept = array("I", [entry & ~LARGEST_CODE | codes[entry & LARGEST_CODE] for entry in entries])
    return [leaves[code - FIRST_LEAF] for code in used], kept
