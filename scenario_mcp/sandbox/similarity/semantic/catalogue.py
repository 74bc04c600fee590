"""The meanings of a catalogue's documents, kept up to date with its store."""

import heapq
import threading
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from scenario_mcp.ids import ResourceType
from scenario_mcp.sandbox.catalogue import Catalogue
from scenario_mcp.sandbox.engine import bitsets
from scenario_mcp.sandbox.engine.storage import Snapshot
from scenario_mcp.sandbox.similarity.semantic.meanings import FEATURE, Meaning, Meanings, describe

_MOST_AT_ONCE = 200
"""A search describes at most so many documents itself; if more lack a meaning, it leaves them to the work beside it."""

_Described: TypeAlias = tuple[int, str, bytes]
"""The number and the id of a document, and its stored meaning."""


class KnownMeanings(NamedTuple):
    """Meanings, the number in the store of each document that has one, in order, and the set of these numbers."""

    meanings: Meanings
    numbers: Sequence[int]
    documents: int


class _Current(NamedTuple):
    """The meanings in one generation of the store."""

    generation: int
    documents: int
    known: KnownMeanings
    is_stored: bool
    """Whether all of them are stored ones."""
    is_whole: bool
    """Whether every document has one."""


class CatalogueMeanings:
    """The meanings of assets and models: the stored ones, and the rest computed.

    While a folder is described beside the searches, they use what is stored so far, unless only a little is missing.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._known: dict[ResourceType, _Current] = {}
        self._lock = threading.Lock()

    def of(self, resource_type: ResourceType) -> Meanings:
        """Return the meanings of a resource type."""
        return self.numbered(resource_type).meanings

    def numbered(self, resource_type: ResourceType) -> KnownMeanings:
        """Return the meanings of a resource type with the numbers of their documents."""
        reading = self._catalogue.reading
        is_beside = reading is not None and not reading.is_described()
        with self._catalogue.store.snapshot() as snapshot, self._lock:
            current = self._known.get(resource_type)
            if current is None or current.generation != snapshot.generation or not (current.is_whole or is_beside):
                current = self._read(resource_type, snapshot, current, is_beside=is_beside)
                self._known[resource_type] = current
            return current.known

    def _read(
        self, resource_type: ResourceType, snapshot: Snapshot, current: _Current | None, *, is_beside: bool
    ) -> _Current:
        store = self._catalogue.store
        if self._catalogue.reading is not None and current is not None and current.documents == snapshot.documents:
            if not current.is_whole and current.is_stored:
                numbers = current.known.numbers
                more = store.features_in_order(resource_type, FEATURE, numbers[-1] + 1 if numbers else 0)
                known = _with_more(current.known, more)
                is_whole = len(known.numbers) == store.count(resource_type)
                current = current._replace(known=known, is_whole=is_whole)
            if current.is_whole or (is_beside and current.is_stored):
                return current._replace(generation=snapshot.generation)
        missing = store.numbers_without(resource_type, FEATURE)
        is_whole = not is_beside or len(missing) <= _MOST_AT_ONCE
        described: Iterable[_Described] = store.features_in_order(resource_type, FEATURE)
        if missing and is_whole:
            described = heapq.merge(described, self._describe(resource_type, missing))
        known = _with_more(KnownMeanings(Meanings(), (), 0), described)
        is_stored = not (missing and is_whole)
        return _Current(snapshot.generation, snapshot.documents, known, is_stored, is_whole)

    def _describe(self, resource_type: ResourceType, numbers: Mapping[str, int]) -> Iterator[_Described]:
        for document_id, number in numbers.items():
            for document in self._catalogue.store.get_numbered(resource_type, (number,)):
                yield number, document_id, describe(document)


def _with_more(known: KnownMeanings, described: Iterable[_Described]) -> KnownMeanings:
    """Add meanings of documents after those that are known."""
    numbers = array("I", known.numbers)
    for number, document_id, content in described:
        known.meanings.add(document_id, Meaning.from_bytes(content))
        numbers.append(number)
    return known._replace(numbers=numbers, documents=bitsets.from_numbers(numbers))
