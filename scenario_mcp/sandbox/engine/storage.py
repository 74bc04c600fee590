"""Storage: one SQLite file (or memory) with a catalogue's documents, their index, media and features.

    store = Store.open(path)                  # None: in memory; StoreUnusable if the file is of another version
    with store.writing() as batch:            # one transaction; a second writer waits, readers do not
        batch.put("assets", document)         # a new document goes last, one with a known id keeps its place
        batch.remove("assets", asset_id)      # what belongs to it goes too; an unknown id is no error
        batch.put_feature("assets", asset_id, "look", b"...")
        batch.put_media(asset_id, "media/knight.png", "image/png")
        batch.put_file(File("assets.jsonl", size=10, mtime_ns=1, state="read", problem="", ids=("asset_knight",)))
        batch.remove_file("old.jsonl")
    store.join_words()                        # words are then looked up in fewer places
    store.get("assets", asset_id)             # Document | None
    store.get_many("assets", ids)             # list[Document], in the order of the ids, without the unknown
    store.ids("assets"), store.documents("assets"), store.count("assets")   # in order of insertion
    store.features("assets", "look")          # dict[str, bytes], by id
    store.features_in_order("assets", "look")   # Iterator[tuple[int, str, bytes]]: numbers of documents, ids, contents
    store.numbers_without("assets", "look")   # dict[str, int]: numbers of documents by id, in order of insertion
    store.ids_alike("assets", "look", asset_id)   # the ids of others with the same feature
    store.media(asset_id)                     # StoredMedia | None; its path is relative to the catalogue's folder
    store.asset_of_media("media/knight.png")  # the id of the asset whose file it is, or None
    store.files()                             # dict[str, File], by path
    store.generation()                        # grows with every batch of any process
    with store.snapshot() as snapshot:        # several reads of one state; other readers of this store wait

An exception inside `writing()` undoes the batch, and so does the end of the process. Reads see whole batches only;
the thread that writes also sees what its batch wrote. Any thread may use a store.
"""

import contextlib
import itertools
import json
import sqlite3
import threading
import weakref
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, Self

from scenario_mcp.ids import ResourceType
from scenario_mcp.sandbox.engine import indexes, json_texts, opening
from scenario_mcp.sandbox.engine.batches import TYPE_NUMBERS, Batch, File, StoredMedia
from scenario_mcp.sandbox.engine.indexes import IndexSettings
from scenario_mcp.sandbox.engine.opening import SCHEMA_VERSION, StoreUnusable
from scenario_mcp.sandbox.engine.segment_writing import loose_segments
from scenario_mcp.sandbox.engine.values import Document

__all__ = ["SCHEMA_VERSION", "Batch", "Document", "File", "Snapshot", "Store", "StoreUnusable", "StoredMedia"]

_GENERATIONS_A_STORE = 1 << 32
_READ_TOGETHER = 500
"""Values of one statement; some builds of SQLite take no more than 999."""
_stores = itertools.count()


class Snapshot(NamedTuple):
    """A state of the store: the connection reads nothing newer until the snapshot ends."""

    connection: sqlite3.Connection
    generation: int
    """Grows with every batch."""
    documents: int
    """Grows with every batch that changes documents: features and files leave it as it is."""


class Store:
    """An open store; close it, or use it as a context manager."""

    def __init__(
        self, reader: sqlite3.Connection, writer: sqlite3.Connection, settings: Mapping[ResourceType, IndexSettings]
    ) -> None:
        self.settings = settings
        self.journal_problem = ""
        """Why the file has no write-ahead log; nothing if it has one."""
        self._first_generation = next(_stores) * _GENERATIONS_A_STORE
        self._reader = reader
        self._writer = writer
        self._reading = threading.RLock()
        self._writing = self._reading if reader is writer else threading.RLock()
        self._writing_thread = 0
        self._closing = weakref.finalize(self, _close, reader, writer)

    @classmethod
    def open(
        cls, path: Path | None = None, settings: Mapping[ResourceType, IndexSettings] = indexes.INDEX_SETTINGS
    ) -> Self:
        """Open or create a store.

        Raises:
            StoreUnusable: the file is not a store, or one of another version, or it lies where there can be none.

        """
        with contextlib.ExitStack() as opened:
            try:
                writer = opening.connect(path)
                opened.callback(writer.close)
                problem = opening.prepare(writer, settings)
                reader = writer if path is None else opening.connect(path)
            except sqlite3.Error as error:
                raise opening.unusable(path, error) from error
            opened.pop_all()
            store = cls(reader, writer, settings)
            store.journal_problem = problem
            return store

    def close(self) -> None:
        """Close the file; an unused store closes by itself."""
        self._closing()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextlib.contextmanager
    def writing(self) -> Iterator[Batch]:
        """Collect changes in one transaction; a writer in another thread or process is waited for.

        Raises:
            sqlite3.OperationalError: another process has been writing for more than a minute.

        """
        with self._writing:
            self._writer.execute("BEGIN IMMEDIATE")
            self._writing_thread = threading.get_ident()
            try:
                batch = Batch(self._writer, self.settings)
                yield batch
                batch.finish()
                self._writer.execute("COMMIT")
            except BaseException:
                self._writer.execute("ROLLBACK")
                raise
            finally:
                self._writing_thread = 0

    def join_words(self) -> None:
        """Have words looked up in fewer places, as is worth it once many documents have been put.

        Raises:
            sqlite3.OperationalError: another process has been writing for more than a minute.

        """
        with self._connection() as connection:
            is_worth_it = any(loose_segments(connection, number) for number in TYPE_NUMBERS.values())
        if is_worth_it:
            with self.writing() as batch:
                batch.join_words()

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Hold the state of the store for several reads; other readers of this store wait."""
        with self._connection() as connection:
            is_outermost = not connection.in_transaction
            if is_outermost:
                connection.execute("BEGIN")
            try:
                batches, documents = connection.execute("SELECT batches, documents FROM generation").fetchone()
                yield Snapshot(connection, self._first_generation + batches, self._first_generation + documents)
            finally:
                if is_outermost:
                    connection.execute("COMMIT")

    def generation(self) -> int:
        """Return a number that grows with every batch of any process; no other store of this process has it."""
        return self._first_generation + int(self._read("SELECT batches FROM generation")[0][0])

    def get(self, resource_type: ResourceType, document_id: str) -> Document | None:
        """Return a document, None for an unknown id."""
        return next(iter(self.get_many(resource_type, [document_id])), None)

    def get_many(self, resource_type: ResourceType, document_ids: Iterable[str]) -> list[Document]:
        """Return documents in the order of their ids, without the unknown."""
        query = "SELECT body FROM documents WHERE type = ? AND id = ?"
        with self._connection():
            rows = [row for each in document_ids for row in self._read(query, TYPE_NUMBERS[resource_type], each)]
        return [json.loads(body) for (body,) in rows]

    def get_numbered(self, resource_type: ResourceType, numbers: Iterable[int]) -> list[Document]:
        """Return documents by their numbers, in which they are in order of insertion."""
        waiting = list(numbers)
        bodies: dict[int, str] = {}
        with self._connection() as connection:
            for first in range(0, len(waiting), _READ_TOGETHER):
                asked = waiting[first : first + _READ_TOGETHER]
                query = (
                    "SELECT number, body FROM documents"  # noqa: S608  # marks only
                    f" WHERE type = ? AND number IN (?{', ?' * (len(asked) - 1)})"
                )
                bodies.update(connection.execute(query, (TYPE_NUMBERS[resource_type], *asked)))
        found = [bodies[number] for number in waiting if number in bodies]
        documents: list[Document] = json_texts.read(f"[{','.join(found)}]")  # faster than one by one
        return documents

    def numbers(self, resource_type: ResourceType) -> dict[str, int]:
        """Return the numbers of all documents by id, in order of insertion."""
        return dict(
            self._read("SELECT id, number FROM documents WHERE type = ? ORDER BY number", TYPE_NUMBERS[resource_type])
        )

    def ids(self, resource_type: ResourceType) -> list[str]:
        """Return all ids in order of insertion."""
        return list(self.numbers(resource_type))

    def documents(self, resource_type: ResourceType) -> Iterator[Document]:
        """Yield all documents in order of insertion, as they were when this began."""
        rows = self._read("SELECT body FROM documents WHERE type = ? ORDER BY number", TYPE_NUMBERS[resource_type])
        return (json.loads(body) for (body,) in rows)

    def count(self, resource_type: ResourceType) -> int:
        """Return the number of documents."""
        return int(self._read("SELECT count(*) FROM documents WHERE type = ?", TYPE_NUMBERS[resource_type])[0][0])

    def features(self, resource_type: ResourceType, name: str) -> dict[str, bytes]:
        """Return the features of a name, by document id."""
        query = "SELECT id, content FROM features WHERE type = ? AND name = ?"
        return dict(self._read(query, TYPE_NUMBERS[resource_type], name))

    def features_in_order(
        self, resource_type: ResourceType, name: str, first_number: int = 0
    ) -> Iterator[tuple[int, str, bytes]]:
        """Yield numbers and ids of documents from a number on, with their features; other readers wait."""
        query = (
            "SELECT number, id, content FROM documents CROSS JOIN features USING (type, id)"
            " WHERE type = ? AND number >= ? AND name = ? ORDER BY number"
        )
        with self._connection() as connection:
            yield from connection.execute(query, (TYPE_NUMBERS[resource_type], first_number, name))

    def numbers_without(self, resource_type: ResourceType, name: str) -> dict[str, int]:
        """Return the numbers of documents that lack a feature, by id, in order of insertion."""
        query = (
            "SELECT id, number FROM documents INDEXED BY documents_by_id WHERE type = ? AND NOT EXISTS (SELECT 1"
            " FROM features WHERE type = documents.type AND name = ? AND features.id = documents.id) ORDER BY number"
        )
        return dict(self._read(query, TYPE_NUMBERS[resource_type], name))

    def ids_alike(self, resource_type: ResourceType, name: str, document_id: str) -> list[str]:
        """Return the ids of the other documents whose feature of a name is the same as that of a document."""
        number = TYPE_NUMBERS[resource_type]
        query = "SELECT content FROM features WHERE type = ? AND name = ? AND id = ?"
        if not (rows := self._read(query, number, name, document_id)):
            return []
        query = "SELECT id FROM features WHERE type = ? AND name = ? AND content = ? AND id != ? ORDER BY id"
        return [found for (found,) in self._read(query, number, name, rows[0][0], document_id)]

    def count_alike(self, resource_type: ResourceType, name: str) -> int:
        """Return how many documents have a feature that another one had before."""
        query = "SELECT count(*) - count(DISTINCT content) FROM features WHERE type = ? AND name = ?"
        return int(self._read(query, TYPE_NUMBERS[resource_type], name)[0][0])

    def media(self, asset_id: str) -> StoredMedia | None:
        """Return where an asset's file is, None if it has none."""
        rows = self._read("SELECT path, mime_type FROM media WHERE asset_id = ?", asset_id)
        return StoredMedia(*rows[0]) if rows else None

    def asset_of_media(self, path: str) -> str | None:
        """Return the asset whose file has this path, None if there is none."""
        rows = self._read("SELECT asset_id FROM media WHERE path = ? ORDER BY asset_id", path)
        return str(rows[0][0]) if rows else None

    def files(self) -> dict[str, File]:
        """Return the files as they were read, by path."""
        rows = self._read("SELECT path, size, mtime_ns, state, problem, ids FROM files ORDER BY path")
        ids = json.loads(f"[{','.join(row[-1] for row in rows)}]")  # at once: one by one takes four times as long
        return {
            path: File(path, size, mtime_ns, state, problem, tuple(each))
            for (path, size, mtime_ns, state, problem, _), each in zip(rows, ids, strict=True)
        }

    @contextlib.contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        if self._writing_thread == threading.get_ident():
            yield self._writer
        else:
            with self._reading:
                yield self._reader

    def _read(self, query: str, *parameters: str | int | bytes) -> list[tuple[Any, ...]]:
        try:
            with self._connection() as connection:
                return connection.execute(query, parameters).fetchall()
        except UnicodeEncodeError:  # a lone surrogate, as JSON can have it: no id has one
            return []


def _close(*connections: sqlite3.Connection) -> None:
    for connection in connections:
        connection.close()
