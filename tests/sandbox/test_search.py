"""How the sandbox finds, orders and pages documents; expected answers come from Meilisearch."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from scenario_mcp.sandbox.catalogue import Catalogue, Document
from scenario_mcp.sandbox.engine import indexes
from scenario_mcp.sandbox.engine.errors import InvalidFilter, InvalidSort
from scenario_mcp.sandbox.engine.indexes import IndexSettings
from scenario_mcp.sandbox.engine.storage import Store
from scenario_mcp.sandbox.requests import NumberedPaging, OffsetPaging, SearchRequest
from scenario_mcp.sandbox.search import SearchIndex
from scenario_mcp.sandbox.similarity.visual.catalogue import CatalogueLooks

VECTORS = Path(__file__).parents[1] / "vectors"
FILTERS: Mapping[str, Any] = json.loads((VECTORS / "filters.json").read_text(encoding="utf-8"))
SEARCHES: Mapping[str, Any] = json.loads((VECTORS / "searches.json").read_text(encoding="utf-8"))
PROJECT = "proj_test"
NOTES = IndexSettings(
    searchable=("name", "tags", "text"),
    filterable={"name": "name", "meta.size": "meta.size", "sizes": "sizes", "members": "members.id"},
    sortable={"size": "size", "sizes": "sizes"},
)


def index_of(documents: list[Document], settings: IndexSettings = NOTES) -> SearchIndex:
    return index_as_is([{**document, "ownerId": PROJECT} for document in documents], settings)


def index_as_is(documents: list[Document], settings: IndexSettings = NOTES) -> SearchIndex:
    store = Store.open(settings={"assets": settings})
    with store.writing() as batch:
        for document in documents:
            batch.put("assets", document)
    catalogue = Catalogue.of_store(store, Path())
    return SearchIndex(catalogue, "assets", CatalogueLooks(catalogue))


def ids(index: SearchIndex, **request: Any) -> list[str]:
    page = index.search(SearchRequest(**{"paging": OffsetPaging(limit=100), **request}), PROJECT)
    return [str(hit["id"]) for hit in page.hits]


FILTER_INDEX = index_of(FILTERS["documents"], IndexSettings((), {name: name for name in FILTERS["filterable"]}, {}))


@pytest.mark.parametrize("vector", FILTERS["vectors"], ids=lambda vector: vector["expression"])
def test_a_filter_means_what_it_means_to_the_engine(vector: Mapping[str, Any]) -> None:
    if vector["valid"]:
        assert ids(FILTER_INDEX, filter=vector["expression"]) == vector["ids"]
    else:
        with pytest.raises(InvalidFilter):
            ids(FILTER_INDEX, filter=vector["expression"])


SORTABLE = {name: name for name in SEARCHES["settings"]["sortableAttributes"]}
SEARCH_INDEX = index_of(SEARCHES["documents"], IndexSettings(("metadata.name",), {}, SORTABLE))


def paging_of(params: Mapping[str, int]) -> OffsetPaging | NumberedPaging:
    if "page" in params or "hitsPerPage" in params:
        return NumberedPaging(page=params.get("page", 1), hits_per_page=params.get("hitsPerPage", 20))
    return OffsetPaging(limit=params.get("limit", 20), offset=params.get("offset", 0))


def keyword_index(vector: Mapping[str, Any]) -> SearchIndex:
    if "documents" not in vector:
        return KEYWORD_INDEX
    return index_of(vector["documents"], IndexSettings(("t",), {}, {"v": "v"}))


KEYWORD_INDEX = index_of(
    SEARCHES["documents"], IndexSettings(tuple(SEARCHES["settings"]["searchableAttributes"]), {}, SORTABLE)
)


@pytest.mark.parametrize(
    "vector", SEARCHES["search"], ids=lambda vector: f"{vector['query']} {vector.get('sortBy', '')}"
)
def test_keywords_find_what_the_engine_finds_in_its_order(vector: Mapping[str, Any]) -> None:
    request = SearchRequest(vector["query"], sort_by=tuple(vector.get("sortBy", ())))
    assert [hit["id"] for hit in keyword_index(vector).search(request, PROJECT).hits] == vector["ids"]


WITHIN_BOUNDS = [
    vector
    for vector in SEARCHES["pagination"]
    # The API itself refuses pages of no hits, a page 0, and both ways to page at once.
    if 0 not in [vector["params"].get(name) for name in ("limit", "page", "hitsPerPage")]
    and not {"page", "limit"} <= set(vector["params"])
]


@pytest.mark.parametrize("vector", WITHIN_BOUNDS, ids=lambda vector: str(vector["params"]))
def test_a_page_is_cut_as_the_engine_cuts_it(vector: Mapping[str, Any]) -> None:
    page = SEARCH_INDEX.search(SearchRequest(paging=paging_of(vector["params"])), PROJECT)
    assert ([hit["id"] for hit in page.hits], page.counts) == (vector["ids"], vector["response"])


@pytest.mark.parametrize("vector", SEARCHES["sort_errors"], ids=lambda vector: vector["params"]["sortBy"][0])
def test_a_sorting_that_the_engine_refuses_is_refused(vector: Mapping[str, Any]) -> None:
    with pytest.raises(InvalidSort) as refused:
        ids(SEARCH_INDEX, sort_by=tuple(vector["params"]["sortBy"]))
    if "field" in vector:
        assert f"`{vector['field']}`" in str(refused.value)


def test_totals_and_reach_stop_at_a_thousand() -> None:
    many = index_of([{"id": f"n{number}"} for number in range(1005)])
    by_offset = many.search(SearchRequest(paging=OffsetPaging(limit=20, offset=990)), PROJECT)
    by_number = many.search(SearchRequest(paging=NumberedPaging(page=11, hits_per_page=100)), PROJECT)
    assert (len(by_offset.hits), by_offset.counts["estimatedTotalHits"]) == (10, 1000)
    assert (len(by_number.hits), by_number.counts["totalPages"]) == (0, 10)


def test_a_search_stays_in_the_project_unless_it_is_public() -> None:
    documents = [
        {"id": "own", "ownerId": PROJECT, "privacy": "private"},
        {"id": "shared", "ownerId": PROJECT, "privacy": "public"},
        {"id": "foreign", "ownerId": "proj_other", "privacy": "public"},
        {"id": "hidden", "ownerId": "proj_other", "privacy": "private"},
    ]
    catalogue = Catalogue({str(document["id"]): document for document in documents}, {}, {})
    index = SearchIndex(catalogue, "assets", CatalogueLooks(catalogue))
    assert ids(index) == ["own", "shared"]
    assert ids(index, is_public=True) == ["shared", "foreign"]


SIZES = index_of(
    [
        {"id": "text", "size": "10"},
        {"id": "none"},
        {"id": "null", "size": None},
        {"id": "small", "size": 2},
        {"id": "large", "size": 10},
        {"id": "list", "size": [1, 5]},
        {"id": "empty", "size": []},
        {"id": "later-text", "size": "9"},
    ]
)


def test_numbers_sort_before_texts_and_the_missing_come_last_in_both_directions() -> None:
    missing = ["none", "null", "empty"]
    assert ids(SIZES, sort_by=("size:asc",)) == ["list", "small", "large", "text", "later-text", *missing]
    assert ids(SIZES, sort_by=("size:desc",)) == ["large", "list", "small", "later-text", "text", *missing]


def test_the_second_sorting_orders_what_the_first_leaves_equal() -> None:
    index = index_of(
        [
            {"id": "a", "size": 1, "sizes": [1]},
            {"id": "b", "size": 1, "sizes": [3]},
            {"id": "c", "size": 0, "sizes": [2]},
        ]
    )
    assert ids(index, sort_by=("size:desc", "sizes:desc")) == ["b", "a", "c"]


def test_a_list_of_objects_is_filtered_on_by_what_its_members_hold() -> None:
    index = index_of([{"id": "a", "members": [{"id": "x"}, {"id": "y"}]}, {"id": "b", "members": []}, {"id": "c"}])
    assert ids(index, filter="members = y") == ["a"]
    assert ids(index, filter="members IS EMPTY") == ["b"]
    assert ids(index, filter="members EXISTS") == ["a", "b"]


def test_a_number_that_is_not_one_compares_as_text_only() -> None:
    index = index_of([{"id": "a", "name": "nan", "sizes": 10}, {"id": "b", "name": "1_0", "sizes": float("10")}])
    assert ids(index, filter="name = nan") == ["a"]
    assert ids(index, filter="sizes = 1_0") == []
    assert ids(index, filter="sizes = inf OR sizes > tiny") == []


def test_the_flat_names_of_the_search_guide_lead_to_where_hits_keep_them() -> None:
    assert indexes.ASSETS.filter_path("kind") == "metadata.kind"
    assert indexes.ASSETS.filter_path("createdAt") == "createdAt"
    assert indexes.ASSETS.filter_path("metadata.kind") is None
    assert indexes.MODELS.filter_path("concepts") == "concepts.modelId"
    assert indexes.MODELS.filter_path("complianceMetadata.maintainer") == "complianceMetadata.maintainer"
    assert indexes.ASSETS.sortable == {
        "createdAt": "createdAt",
        "updatedAt": "updatedAt",
        "width": "metadata.width",
        "height": "metadata.height",
        "score": "score",
    }


NOTEBOOK = index_of(
    [
        {"id": "moat", "name": "Moat", "tags": ["water"], "text": "around the old castle", "size": 1},
        {"id": "castle", "name": "Castle", "tags": ["old stone"], "text": "on a hill", "size": 2},
        {"id": "castles", "name": "Castles", "tags": ["stone", "old"], "text": "in the Café", "size": 3},
        {"id": "cat", "name": "Old cat", "tags": [], "text": "asleep", "size": 4},
        {"id": "knight", "name": "Knight", "tags": ["castle"], "text": "stone-faced", "size": 5},
    ]
)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param("castle ", ["castle", "knight", "moat", "castles"], id="an earlier attribute first, then typos"),
        pytest.param("castle", ["castle", "castles", "knight", "moat"], id="the last word may be a start"),
        pytest.param(
            "CASTLÉ stone", ["castle", "knight", "castles", "moat"], id="all words first, case and accents fold"
        ),
        pytest.param("cafe", ["castles"], id="accents of a document fold too"),
        pytest.param(
            "castle zebra giraffe", ["castle", "knight", "moat", "castles"], id="words are dropped from the end"
        ),
        pytest.param("zebra castle", [], id="the first word is never dropped"),
        pytest.param('"old stone"', ["castle"], id="a phrase does not span two tags"),
        pytest.param('"old castle', ["moat"], id="an open phrase ends with the query"),
        pytest.param("castle -stone", ["moat"], id="a word left out"),
        pytest.param('old -"old stone" -cat', ["castles", "moat"], id="a phrase left out"),
        pytest.param("-castle -water", ["castles", "cat"], id="only words left out"),
        pytest.param("stone-faced", ["knight", "castles", "castle"], id="a hyphen parts words"),
        pytest.param("?!", ["moat", "castle", "castles", "cat", "knight"], id="no word at all is no condition"),
    ],
)
def test_keywords_find(query: str, expected: list[str]) -> None:
    assert ids(NOTEBOOK, query=query) == expected


def test_sort_by_only_orders_what_keywords_leave_equal() -> None:
    assert ids(NOTEBOOK, query="stone ", sort_by=("size:desc",)) == ["castles", "castle", "knight"]


def test_a_bad_sorting_is_refused_even_where_it_would_be_ignored() -> None:
    with pytest.raises(InvalidSort, match="Attribute `prompt` is not sortable"):
        ids(NOTEBOOK, query="castle", query_semantic_ratio=1.0, sort_by=("prompt:asc",))
