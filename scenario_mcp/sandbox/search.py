"""A search: scope, filter, then keywords or looks, then order, then one page of hits."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from scenario_mcp.sandbox import keywords, matching, ordering
from scenario_mcp.sandbox.catalogue import Document
from scenario_mcp.sandbox.indexes import MAX_TOTAL_HITS, IndexSettings
from scenario_mcp.sandbox.looks import Looks, rank_by_look

DEFAULT_LIMIT = 20


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the documents that were found, and the numbers that go with them, as the API calls them."""

    hits: Sequence[Document]
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class OffsetPaging:
    """The first way to page; its total is an estimate."""

    limit: int = DEFAULT_LIMIT
    offset: int = 0

    def cut(self, documents: Sequence[Document]) -> Page:
        """Return a page of all that was found."""
        counts = {"limit": self.limit, "offset": self.offset, "estimatedTotalHits": len(documents)}
        return Page(documents[self.offset : self.offset + self.limit], counts)


@dataclass(frozen=True, slots=True)
class NumberedPaging:
    """The second way to page; its totals are exact."""

    page: int = 1
    hits_per_page: int = DEFAULT_LIMIT

    def cut(self, documents: Sequence[Document]) -> Page:
        """Return a page of all that was found."""
        start = (self.page - 1) * self.hits_per_page
        counts = {
            "page": self.page,
            "hitsPerPage": self.hits_per_page,
            "totalHits": len(documents),
            "totalPages": math.ceil(len(documents) / self.hits_per_page),
        }
        return Page(documents[start : start + self.hits_per_page], counts)


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What a search was asked for, checked."""

    query: str = ""
    filter: str = ""
    like: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    image_semantic_ratio: float = 1.0
    query_semantic_ratio: float = 0.0
    sort_by: tuple[str, ...] = ()
    paging: OffsetPaging | NumberedPaging = field(default_factory=OffsetPaging)
    is_public: bool = False


class SearchIndex:
    """The documents of one kind, ready to be searched."""

    def __init__(self, documents: Mapping[str, Document], settings: IndexSettings, looks: Looks) -> None:
        self._documents = documents
        self._settings = settings
        self._looks = looks
        self._words = {key: keywords.index_words(document, settings.searchable) for key, document in documents.items()}

    def search(self, request: SearchRequest, project_id: str) -> Page:
        """Return a page whose hits are stored documents: the project's own, or those that are public.

        Raises:
            Refused: a filter, an order or a reference picture that cannot be used.

        """
        attribute, scope = ("privacy", "public") if request.is_public else ("ownerId", project_id)
        passes = matching.compile_filter(request.filter, self._settings)
        found = [
            document for document in self._documents.values() if document.get(attribute) == scope and passes(document)
        ]
        # Sorted first: a bad item is refused in every search, and the order of keywords leaves equals as they are.
        in_order = ordering.sort(found, request.sort_by, self._settings)
        if request.like or request.unlike:
            found = self._by_look(found, request)
        elif request.query_semantic_ratio > 0:
            found = self._by_keywords(found, request.query, loosely=True)
        else:
            found = self._by_keywords(in_order, request.query, loosely=False)
        return request.paging.cut(found[:MAX_TOTAL_HITS])

    def _by_keywords(self, documents: list[Document], text: str, *, loosely: bool) -> list[Document]:
        ranks = self._ranks(documents, text, loosely=loosely)
        fitting = [document for document in documents if document["id"] in ranks]
        return sorted(fitting, key=lambda document: ranks[str(document["id"])])

    def _by_look(self, documents: list[Document], request: SearchRequest) -> list[Document]:
        """Order by look; with a query, what has its words comes before what has not."""
        order = rank_by_look(
            {str(document["id"]): self._looks.of_document(document) for document in documents},
            [self._looks.of_reference(reference) for reference in request.like],
            [self._looks.of_reference(reference) for reference in request.unlike],
            request.image_semantic_ratio,
        )
        ranks = self._ranks(documents, request.query, loosely=request.query_semantic_ratio > 0)
        return [self._documents[key] for key in sorted(order, key=lambda key: key not in ranks)]

    def _ranks(self, documents: list[Document], text: str, *, loosely: bool) -> dict[str, keywords.Rank]:
        words = {str(document["id"]): self._words[str(document["id"])] for document in documents}
        return keywords.find(keywords.parse_query(text), words, loosely=loosely)
