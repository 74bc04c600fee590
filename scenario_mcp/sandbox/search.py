"""A search: scope, filter, then keywords, meaning or looks, then one page of hits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from scenario_mcp.ids import ResourceType
from scenario_mcp.sandbox.catalogue import Catalogue, Document
from scenario_mcp.sandbox.engine import bitsets, keywords, matching, ordering
from scenario_mcp.sandbox.engine.batches import TYPE_NUMBERS
from scenario_mcp.sandbox.engine.columns import Column, Columns
from scenario_mcp.sandbox.engine.indexes import MAX_TOTAL_HITS
from scenario_mcp.sandbox.engine.postings import Postings
from scenario_mcp.sandbox.engine.queries import MAX_TERMS
from scenario_mcp.sandbox.engine.ranking import Rule
from scenario_mcp.sandbox.engine.storage import Snapshot
from scenario_mcp.sandbox.engine.values import fold
from scenario_mcp.sandbox.requests import SearchRequest
from scenario_mcp.sandbox.similarity.semantic.hybrid import excluded, merge, wanted
from scenario_mcp.sandbox.similarity.visual.catalogue import CatalogueLooks


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One page of hits, with its numbers as the API names them."""

    hits: Sequence[Document]
    counts: Mapping[str, int]


class Ranked(Protocol):
    """The documents found, ranked as far as a page needs."""

    def count(self, most: int) -> int:
        """Return how many documents there are; `most` if there are more."""
        ...

    def page(self, offset: int, limit: int) -> Sequence[int]:
        """Return the numbers of the best documents from `offset` on."""
        ...


@dataclass(frozen=True, slots=True)
class _RankedList:
    """Numbers of the first documents in their order, and how many there are."""

    numbers: Sequence[int]
    total: int

    def count(self, most: int) -> int:
        return min(most, self.total)

    def page(self, offset: int, limit: int) -> Sequence[int]:
        return self.numbers[offset : offset + limit]


@dataclass(frozen=True, slots=True)
class _State:
    """The part of one generation of the store's documents that is in memory."""

    generation: int
    postings: Postings
    columns: Columns
    own: int
    public: int


class SearchIndex:
    """The documents of one resource type, ready to be searched, as they are in the store now."""

    def __init__(self, catalogue: Catalogue, resource_type: ResourceType, looks: CatalogueLooks) -> None:
        self._catalogue = catalogue
        self._resource_type: ResourceType = resource_type
        self._looks = looks
        self._state: _State | None = None
        self._numbering: tuple[int, dict[str, int]] = (-1, {})

    def search(self, request: SearchRequest, project_id: str) -> SearchResult:
        """Return a page whose hits are stored documents: the project's own, or those that are public.

        Raises:
            InvalidFilter, InvalidSort, InvalidImage: a part of the request that cannot be used.

        """
        store = self._catalogue.store
        settings = store.settings[self._resource_type]
        with store.snapshot() as snapshot:
            state = self._current(snapshot, project_id)
            universe = state.public if request.is_public else state.own
            universe = matching.find(
                request.filter, universe, state.columns, settings, folds_bounds=not request.is_engine_older
            )
            # Read in every search: a bad item is rejected even where the order would not count.
            sorting = ordering.sorting(request.sort_by, state.columns, settings)
            ranked = self._rank(request, universe, state, sorting)
            offset = min(request.paging.offset, MAX_TOTAL_HITS)
            numbers = ranked.page(offset, min(request.paging.limit, MAX_TOTAL_HITS - offset))
            hits = store.get_numbered(self._resource_type, numbers)
        return SearchResult(hits, request.paging.counts(ranked.count(MAX_TOTAL_HITS)))

    def list(self, request: SearchRequest, project_id: str) -> Sequence[Document]:
        """Return a page of what fits the filter, in the order of `sortBy`, without the bound of a search.

        Raises:
            InvalidFilter, InvalidSort: a part of the request that cannot be used.

        """
        store = self._catalogue.store
        settings = store.settings[self._resource_type]
        with store.snapshot() as snapshot:
            state = self._current(snapshot, project_id)
            universe = state.public if request.is_public else state.own
            universe = matching.find(request.filter, universe, state.columns, settings)
            sorting = ordering.sorting(request.sort_by, state.columns, settings)
            found = self._by_keywords("", universe, state, sorting)
            return store.get_numbered(self._resource_type, found.page(request.paging.offset, request.paging.limit))

    def counts(self, path: str, project_id: str) -> dict[str, int]:
        """Return how many of the project's own documents have each text under a path; texts are folded."""
        with self._catalogue.store.snapshot() as snapshot:
            state = self._current(snapshot, project_id)
            texts = state.columns.column(path).texts
            counts = {text: (texts.equal_to(text) & state.own).bit_count() for text in texts.leaves}
        return {text: count for text, count in counts.items() if count}

    def oldest_and_newest(self, path: str, text: str, project_id: str) -> tuple[Document, Document]:
        """Return the first created and the last updated of the project's own documents with a folded text.

        Raises:
            KeyError: there is none.

        """
        store = self._catalogue.store
        with store.snapshot() as snapshot:
            state = self._current(snapshot, project_id)
            having = state.columns.column(path).texts.equal_to(text) & state.own
            if not having:
                raise KeyError(text)
            oldest = next(filter(None, state.columns.column("createdAt").buckets(having, descending=False)))
            newest = next(filter(None, state.columns.column("updatedAt").buckets(having, descending=True)))
            numbers = [next(bitsets.numbers_in(documents)) for documents in (oldest, newest)]
            first, last = store.get_numbered(self._resource_type, numbers)
        return first, last

    def _current(self, snapshot: Snapshot, project_id: str) -> _State:
        if self._state is None or self._state.generation != snapshot.documents:
            number = TYPE_NUMBERS[self._resource_type]
            connection = snapshot.connection
            if self._state is None:
                postings = Postings(connection, number)
            else:
                postings = self._state.postings.after_change(connection, number)
            columns = Columns(connection, number)
            public = columns.column("privacy").texts.equal_to("public")
            own = columns.column("ownerId").texts.equal_to(fold(project_id))
            if self._catalogue.is_own:
                own = _owned(columns.column("ownerId"), own, public)
            self._state = _State(snapshot.documents, postings, columns, own, public)
        return self._state

    def _rank(self, request: SearchRequest, universe: int, state: _State, sorting: Sequence[Rule]) -> Ranked:
        if request.like or request.unlike:
            return self._by_look(request, universe, state)
        if request.query_semantic_ratio and request.query.strip():
            return self._by_meaning(request, universe, state)
        return self._by_keywords(request.query, universe, state, sorting)

    def _by_keywords(self, query: str, universe: int, state: _State, sorting: Sequence[Rule]) -> keywords.Found:
        attributes = len(self._catalogue.store.settings[self._resource_type].searchable)
        return keywords.find(query, universe, state.postings, attributes, sorting)

    def _by_meaning(self, request: SearchRequest, universe: int, state: _State) -> Ranked:
        """Merge documents with the words and documents near in meaning (hybrid search); `sortBy` does not count."""
        found = self._by_keywords(request.query, universe, state, ())
        allowed = self._by_keywords(excluded(request.query), universe, state, ()).documents
        meanings, numbers, documents = self._looks.meanings.numbered(self._resource_type)
        # A page needs no more of either list than its own end: each list names a document once.
        most = min(request.paging.offset + request.paging.limit, MAX_TOTAL_HITS)
        flags = None
        if bitsets.without(documents, allowed):
            flags = bytes(map(bitsets.flags(allowed, numbers[-1] + 1).__getitem__, numbers))
        near = meanings.nearest(wanted(request.query), most, flags)
        nearest = [(numbers[place], score) for place, score in near]
        words = wanted(request.query).split()
        having = [self._by_keywords(word, universe, state, ()).documents for word in words[:MAX_TERMS]]
        named = [
            (number, sum(bitsets.contains(documents, number) for documents in having) / max(1, len(having)))
            for number in found.page(0, most)
        ]
        merged = merge(named, nearest, request.query_semantic_ratio)
        return _RankedList(merged, (found.documents | allowed & documents).bit_count())

    def _by_look(self, request: SearchRequest, universe: int, state: _State) -> Ranked:
        """Order by look; with a query, documents with its words come first."""
        numbers = self._numbers(universe, state)
        order = self._looks.rank(
            self._resource_type, numbers, request.like, request.unlike, request.image_semantic_ratio
        )
        named = self._by_keywords(request.query, universe, state, ()).documents
        found = [numbers[key] for key in order]
        return _RankedList(sorted(found, key=lambda number: not bitsets.contains(named, number)), len(found))

    def _numbers(self, universe: int, state: _State) -> dict[str, int]:
        """Return the numbers of documents by id."""
        generation, numbers = self._numbering
        if generation != state.generation:
            numbers = self._catalogue.store.numbers(self._resource_type)
            self._numbering = (state.generation, numbers)
        inside = set(bitsets.numbers_in(universe))
        return {key: number for key, number in numbers.items() if number in inside}


def _owned(owners: Column, own: int, public: int) -> int:
    """Return the documents of all owners of a document that is not public; without such owners, all documents.

    An account never shows others' private documents: the owner of a private one is the account's own project.
    """
    documents_by_owner = owners.buckets(owners.existing, descending=False)
    ours = [documents for documents in documents_by_owner if documents & own or bitsets.without(documents, public)]
    return bitsets.union(ours) or owners.existing
