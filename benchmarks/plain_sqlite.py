"""Plain SQLite beside the engine: FTS5 for the words, a table for the fields, and the documents as JSON.

It does what a program would do in an afternoon: all words must be there, the last as a prefix, ordered by bm25. It
knows no typos, no words written as one or two, drops no word of a query that finds too little, and counts no hits;
bm25 sees neither how near words are to each other, nor where in an attribute they are, nor exactness.
"""

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.engine_searches import Search
from scenario_mcp.sandbox.engine.indexes import ASSETS
from scenario_mcp.sandbox.engine.values import kept_at, searched_text

_FIELDS = tuple(
    dict.fromkeys([name for name in (*ASSETS.filterable, *ASSETS.sortable) if name not in {"tags", "collectionIds"}])
)
_LISTS = ("tags", "collectionIds")
_SEARCHED = ("name", "tags", "prompt", "description")
_CACHE_KIBIBYTES = 32 * 1024


class PlainSqlite:
    """A file with the documents; the fields have indexes or, as in a table that nobody has tuned, none."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute(f"PRAGMA cache_size = -{_CACHE_KIBIBYTES}")
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.executescript(
            f"CREATE TABLE IF NOT EXISTS documents (number INTEGER PRIMARY KEY, body TEXT NOT NULL);"
            f"CREATE TABLE IF NOT EXISTS fields (number INTEGER PRIMARY KEY, {', '.join(_FIELDS)});"
            f"CREATE TABLE IF NOT EXISTS listed (name, value, asset, PRIMARY KEY (name, value, asset)) WITHOUT ROWID;"
            f"CREATE VIRTUAL TABLE IF NOT EXISTS searched USING fts5({', '.join(_SEARCHED)}, content='');"
        )

    def put(self, documents: Iterable[dict[str, Any]], first: int) -> None:
        """Store documents with the numbers from `first` on, in one transaction."""
        execute = self._connection.execute
        execute("BEGIN")
        for number, document in enumerate(documents, first):
            values = [_value(document, name) for name in _FIELDS]
            texts = [searched_text(document, path) for path in ASSETS.searchable[: len(_SEARCHED)]]
            execute("INSERT INTO documents VALUES (?, ?)", (number, json.dumps(document)))
            execute(f"INSERT INTO fields VALUES (?{', ?' * len(values)})", (number, *values))  # noqa: S608  # our own names
            for name in _LISTS:
                rows = [(name, value, number) for value in document[name]]
                self._connection.executemany("INSERT OR IGNORE INTO listed VALUES (?, ?, ?)", rows)
            execute(
                f"INSERT INTO searched (rowid, {', '.join(_SEARCHED)}) VALUES (?{', ?' * len(texts)})",  # noqa: S608  # our own names
                (number, *texts),
            )
        execute("COMMIT")

    def index_fields(self) -> None:
        """Give each field an index."""
        for name in _FIELDS:
            self._connection.execute(f"CREATE INDEX by_{name} ON fields ({name})")
        self._connection.execute("ANALYZE")

    def search(self, asked: Search) -> list[dict[str, Any]]:
        """Return a page of documents."""
        if not asked.match:
            query = f"SELECT number FROM fields WHERE {asked.where}"  # noqa: S608  # our own expressions
        else:
            query = "SELECT searched.rowid FROM searched WHERE searched MATCH :match"
            if asked.where:  # the words first: the other way round takes seconds
                query = (
                    "SELECT number FROM searched CROSS JOIN fields ON number = searched.rowid"  # noqa: S608  # our own expressions
                    f" WHERE searched MATCH :match AND ({asked.where})"
                )
        query += f" ORDER BY {asked.order} LIMIT 20 OFFSET {asked.offset}"
        numbers = self._connection.execute(query, {"match": asked.match} if asked.match else ()).fetchall()
        read = "SELECT body FROM documents WHERE number = ?"
        return [json.loads(self._connection.execute(read, number).fetchone()[0]) for number in numbers]

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def _value(document: dict[str, Any], name: str) -> object:
    kept = kept_at(document, ASSETS.filterable.get(name) or ASSETS.sortable[name])
    return kept[0] if kept and not isinstance(kept[0], list | dict) else None
