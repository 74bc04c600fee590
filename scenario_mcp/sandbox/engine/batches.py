"""Writes to a store: a batch of changes in one transaction."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from scenario_mcp.ids import ResourceType
from scenario_mcp.sandbox.engine.indexes import IndexSettings
from scenario_mcp.sandbox.engine.indexing import IndexWriter
from scenario_mcp.sandbox.engine.json_texts import written
from scenario_mcp.sandbox.engine.values import Document

_ENCODER = json.JSONEncoder(separators=(",", ":"))
TYPE_NUMBERS: Mapping[ResourceType, int] = {"assets": 0, "models": 1}


@dataclass(frozen=True, slots=True)
class StoredMedia:
    """Where an asset's file is, relative to the catalogue's folder, and its MIME type."""

    path: str
    mime_type: str


class File(NamedTuple):
    """A file of the catalogue's folder as it was when it was read, and what became of it.

    A tuple: ten thousand of them are made when a folder is looked at, in less than half the time.
    """

    path: str
    size: int
    mtime_ns: int
    state: str
    problem: str = ""
    ids: tuple[str, ...] = ()


class Batch:
    """Changes in one transaction."""

    def __init__(self, connection: sqlite3.Connection, settings: Mapping[ResourceType, IndexSettings]) -> None:
        self._connection = connection
        self._indexes = {
            resource_type: IndexWriter(connection, TYPE_NUMBERS[resource_type], each)
            for resource_type, each in settings.items()
        }
        self._next_numbers: dict[ResourceType, int] = {}
        self._changes_documents = False
        self._features: dict[ResourceType, set[str]] = {}

    def put(
        self,
        resource_type: ResourceType,
        document: Document,
        *,
        kept_features: frozenset[str] = frozenset(),
        is_plain: bool = False,
    ) -> None:
        """Store a document; its `id` must be a string. One with the same id is replaced; it keeps the `kept_features`.

        `is_plain` says that it has nothing that JSON has not, such as tuples, and that nobody changes it any more.
        """
        body = written(document) if is_plain else _ENCODER.encode(document)
        number = self._next_number(resource_type)
        row = (TYPE_NUMBERS[resource_type], number, document["id"], body)
        insert = "INSERT INTO documents (type, number, id, body) VALUES (?, ?, ?, ?) ON CONFLICT (type, id) DO NOTHING"
        if self._connection.execute(insert, row).rowcount:
            self._next_numbers[resource_type] = number + 1
        elif stored := self._find(resource_type, str(document["id"])):
            number, old = stored
            if old == body:
                return
            self._indexes[resource_type].remove(number, json.loads(old))
            self._connection.execute(
                "UPDATE documents SET body = ? WHERE type = ? AND number = ?",
                (body, TYPE_NUMBERS[resource_type], number),
            )
            self._remove_features(resource_type, str(document["id"]), kept_features)
        self._changes_documents = True
        as_read_back = document if is_plain else json.loads(body)
        self._indexes[resource_type].add(number, as_read_back, len(body))

    def remove(self, resource_type: ResourceType, document_id: str) -> None:
        """Remove a document with its features and, of an asset, its media; an unknown id is no error."""
        stored = self._find(resource_type, document_id)
        if stored is not None:
            number, body = stored
            self._indexes[resource_type].remove(number, json.loads(body))
            key = (TYPE_NUMBERS[resource_type], number)
            self._connection.execute("DELETE FROM documents WHERE type = ? AND number = ?", key)
            self._changes_documents = True
        self._remove_features(resource_type, document_id)
        if resource_type == "assets":
            self._connection.execute("DELETE FROM media WHERE asset_id = ?", (document_id,))

    def put_feature(self, resource_type: ResourceType, document_id: str, name: str, content: bytes) -> None:
        """Store a computed feature of a document; it stays until the document or its media change."""
        self._feature_names(resource_type).add(name)
        row = (TYPE_NUMBERS[resource_type], name, document_id, content)
        self._connection.execute("INSERT OR REPLACE INTO features (type, name, id, content) VALUES (?, ?, ?, ?)", row)

    def put_media(
        self, asset_id: str, path: str, mime_type: str, *, kept_features: frozenset[str] = frozenset()
    ) -> None:
        """Store where an asset's new or changed file is; the asset keeps the `kept_features` alone."""
        self._remove_features("assets", asset_id, kept_features)
        row = (asset_id, path, mime_type)
        self._connection.execute("INSERT OR REPLACE INTO media (asset_id, path, mime_type) VALUES (?, ?, ?)", row)

    def put_file(self, file: File) -> None:
        """Store a file as it was read."""
        row = (file.path, file.size, file.mtime_ns, file.state, file.problem, json.dumps(file.ids))
        self._connection.execute(
            "INSERT OR REPLACE INTO files (path, size, mtime_ns, state, problem, ids) VALUES (?, ?, ?, ?, ?, ?)", row
        )

    def _remove_features(
        self, resource_type: ResourceType, document_id: str, kept: frozenset[str] = frozenset()
    ) -> None:
        for name in self._feature_names(resource_type) - kept:  # with its name, a feature is found by the primary key
            self._connection.execute(
                "DELETE FROM features WHERE type = ? AND name = ? AND id = ?",
                (TYPE_NUMBERS[resource_type], name, document_id),
            )

    def _feature_names(self, resource_type: ResourceType) -> set[str]:
        if resource_type not in self._features:
            query = "SELECT DISTINCT name FROM features WHERE type = ?"
            rows = self._connection.execute(query, (TYPE_NUMBERS[resource_type],))
            self._features[resource_type] = {name for (name,) in rows}
        return self._features[resource_type]

    def remove_file(self, path: str) -> None:
        """Forget a file; an unknown one is no error."""
        self._connection.execute("DELETE FROM files WHERE path = ?", (path,))

    def join_words(self) -> None:
        """Have words looked up in fewer places, if there are several; it takes some 10 microseconds a document."""
        for index in self._indexes.values():
            self._changes_documents |= index.join()

    def finish(self) -> None:
        """Write the rest from memory, and count the batch, so that readers notice the change."""
        for index in self._indexes.values():
            index.flush()
        changes = "UPDATE generation SET batches = batches + 1, documents = documents + ?"
        self._connection.execute(changes, (int(self._changes_documents),))

    def _find(self, resource_type: ResourceType, document_id: str) -> tuple[int, str] | None:
        query = "SELECT number, body FROM documents WHERE type = ? AND id = ?"
        row: tuple[int, str] | None = self._connection.execute(
            query, (TYPE_NUMBERS[resource_type], document_id)
        ).fetchone()
        return row

    def _next_number(self, resource_type: ResourceType) -> int:
        if resource_type not in self._next_numbers:
            query = "SELECT coalesce(max(number) + 1, 0) FROM documents WHERE type = ?"
            self._next_numbers[resource_type] = self._connection.execute(
                query, (TYPE_NUMBERS[resource_type],)
            ).fetchone()[0]
        return self._next_numbers[resource_type]
