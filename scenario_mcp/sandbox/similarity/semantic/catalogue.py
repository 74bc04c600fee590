"""The meanings of a catalogue's documents, kept up to date with its store."""

import threading
from typing import NamedTuple

from scenario_mcp.ids import ResourceType
from scenario_mcp.sandbox.catalogue import Catalogue
from scenario_mcp.sandbox.similarity.semantic.meanings import FEATURE, Meaning, Meanings


class _Current(NamedTuple):
    """The meanings in one generation of the store."""

    generation: int
    meanings: Meanings


class CatalogueMeanings:
    """The meanings of assets and models: the stored ones, and the rest computed."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._known: dict[ResourceType, _Current] = {}
        self._lock = threading.Lock()

    def of(self, resource_type: ResourceType) -> Meanings:
        """Return the meanings of a resource type."""
        with self._catalogue.store.snapshot() as snapshot, self._lock:
            known = self._known.get(resource_type)
            if known is None or known.generation != snapshot.generation:
                known = self._known[resource_type] = _Current(snapshot.generation, self._read(resource_type))
            return known.meanings

    def _read(self, resource_type: ResourceType) -> Meanings:
        store = self._catalogue.store
        stored = store.features(resource_type, FEATURE)
        meanings = {key: Meaning.from_bytes(stored[key]) for key in store.ids(resource_type) if key in stored}
        if len(meanings) < store.count(resource_type):
            for document in store.documents(resource_type):
                meanings.setdefault(str(document["id"]), Meaning.of(document))
        return Meanings(meanings)
