"""A page of hits says how many there are, how to go on, and what its hits alone do not show, and all of it is so."""

import json
from base64 import b64encode
from typing import Any

import pytest

from scenario_mcp.api.references import AssetId, DataUrl
from scenario_mcp.api.replies import Asset, Model, SearchPage
from scenario_mcp.api.requests import AssetSearch, Images, ModelSearch
from scenario_mcp.rendering.hits import trim_assets, trim_models
from tests.support.fakes import picture
from tests.support.pages import CASTLE, assets, page_of, written

MORE = "There may be more: repeat with next."
TAIL = "Nearest first: the last may be unrelated."
SORT_LOST = "sortBy has no effect on a search by meaning or by picture."
SORT_LOOSE = "With a query sortBy only orders equal matches; leave query out for a strict order."
REACH = "Only the first 1,000 hits can be reached: for others narrow the filter, such as by days."
PAST_THE_END = "No hits here: this is past the last page."


def note(page: SearchPage[Asset], request: AssetSearch) -> str | None:
    return trim_assets(page, request).note


# --- paging ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "received", "expected"),
    [
        ({}, 20, {"offset": 20, "limit": 20}),
        ({}, 19, None),
        ({"limit": 5}, 5, {"offset": 5, "limit": 5}),
        ({"limit": 5}, 4, None),
        ({"limit": 5, "offset": 10}, 5, {"offset": 15, "limit": 5}),
        ({"offset": 40}, 20, {"offset": 60, "limit": 20}),
        ({"limit": 100, "offset": 899}, 100, {"offset": 999, "limit": 100}),
        ({"limit": 100, "offset": 900}, 100, None),
        ({"limit": 20, "offset": 0}, 0, None),
        ({"page": 1}, 20, {"page": 2, "hitsPerPage": 20}),
        ({"page": 3, "hits_per_page": 5}, 5, {"page": 4, "hitsPerPage": 5}),
        ({"hits_per_page": 5}, 5, {"page": 2, "hitsPerPage": 5}),
        ({"page": 3, "hits_per_page": 5}, 4, None),
        ({"page": 10, "hits_per_page": 100}, 100, None),
        ({"page": 9, "hits_per_page": 100}, 100, {"page": 10, "hitsPerPage": 100}),
    ],
    ids=str,
)
def test_next_says_what_to_change_for_the_following_page(
    asked: dict[str, int], received: int, expected: dict[str, int] | None
) -> None:
    page = trim_assets(assets(received), AssetSearch.model_validate({"query": "x", **asked}))
    assert page.next == expected
    assert (page.note == MORE) == (expected is not None)
    if expected:
        following = AssetSearch.model_validate({"query": "x", **expected}, by_alias=True)
        assert following.resolve().body() == {"query": "x", **expected}
    written(page)


@pytest.mark.parametrize(("number", "expected"), [(1, {"page": 2, "hitsPerPage": 5}), (2, None)])
def test_the_last_page_is_known_from_the_count_of_pages(number: int, expected: dict[str, int] | None) -> None:
    answer = assets(5, page=number, hitsPerPage=5, totalPages=2, totalHits=10)
    page = trim_assets(answer, AssetSearch(query="x", page=number, hits_per_page=5))
    assert (page.next, page.total, page.note) == (expected, 10, MORE if expected else None)


@pytest.mark.parametrize(
    ("asked", "totals", "has_more"),
    [
        ({"limit": 5}, {"estimatedTotalHits": 5}, False),
        ({"limit": 5}, {"estimatedTotalHits": 6}, True),
        ({"limit": 5, "offset": 5}, {"estimatedTotalHits": 10}, False),
        ({"limit": 5, "offset": 5}, {"estimatedTotalHits": 1000}, True),
        ({"limit": 5, "offset": 5}, {"estimatedTotalHits": None}, True),
        ({"page": 2, "hitsPerPage": 5}, {"totalHits": 10}, False),
        ({"page": 2, "hitsPerPage": 5}, {"totalHits": 11}, True),
        ({"page": 2, "hitsPerPage": 5}, {"totalPages": 2}, False),
        ({"page": 2, "hitsPerPage": 5}, {"totalPages": 3}, True),
    ],
    ids=str,
)
def test_a_total_or_an_estimate_that_is_reached_ends_the_pages(
    asked: dict[str, int],
    totals: dict[str, int | None],
    has_more: bool,  # noqa: FBT001  # a parameter of the test
) -> None:
    page = trim_assets(assets(5, **totals), AssetSearch.model_validate({"query": "x", **asked}, by_alias=True))
    assert (page.next is not None) is (page.note == MORE) is has_more


def test_a_large_estimate_beside_no_hits_promises_nothing() -> None:
    page = trim_assets(assets(0, estimatedTotalHits=900), AssetSearch(query="x", limit=5, offset=5))
    assert (page.next, page.note) == (None, PAST_THE_END)


def test_a_full_page_with_unreadable_hits_is_still_full() -> None:
    page = trim_assets(assets(3, dropped=2), AssetSearch(query="x", limit=5))
    assert written(page) == {
        "returned": 3,
        "next": {"offset": 5, "limit": 5},
        "note": f"2 more could not be read or came twice. {MORE}",
        "hits": [{"id": f"asset_{index}", "uri": f"scenario://assets/asset_{index}"} for index in range(3)],
    }


def test_an_estimate_is_not_passed_on_as_a_total() -> None:
    page = trim_assets(assets(1, estimatedTotalHits=1_000), CASTLE)
    assert written(page) == {
        "returned": 1,
        "hits": [{"id": "asset_0", "uri": "scenario://assets/asset_0"}],
    }


@pytest.mark.promise(number=11)
@pytest.mark.parametrize(
    ("asked", "received", "totals", "is_told"),
    [
        ({"limit": 100, "offset": 900}, 100, {}, True),
        ({"limit": 100, "offset": 950}, 100, {"estimatedTotalHits": 5_000}, True),
        ({"page": 10, "hits_per_page": 100}, 100, {"totalHits": 1_000, "totalPages": 10}, True),
        ({"limit": 20, "offset": 1_000}, 0, {}, True),
        ({"page": 99}, 0, {"totalHits": 1_000}, True),
        ({"limit": 100, "offset": 900}, 99, {}, False),
        ({"limit": 100, "offset": 900}, 100, {"estimatedTotalHits": 999}, False),
        ({"page": 99}, 0, {"totalHits": 30}, False),
        ({"limit": 100, "offset": 800}, 100, {}, False),
    ],
    ids=str,
)
def test_the_end_of_what_can_be_reached_is_told_apart_from_the_end_of_the_hits(
    asked: dict[str, Any], received: int, totals: dict[str, int], *, is_told: bool
) -> None:
    said = note(assets(received, **totals), AssetSearch(query="x", **asked)) or ""
    assert (REACH in said) is is_told
    assert not (is_told and (MORE in said or PAST_THE_END in said))


# --- notes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (AssetSearch(query="x"), None),
        (AssetSearch.model_validate({"filter": "kind = image"}), None),
        (AssetSearch.model_validate({"filter": "kind = image", "sort_by": ("createdAt:desc",)}), None),
        (AssetSearch(query="x", sort_by=("createdAt:desc",)), SORT_LOOSE),
        (AssetSearch(query="x", query_semantic_ratio=0, sort_by=("score:asc",)), SORT_LOOSE),
        (AssetSearch(query="x", query_semantic_ratio=0.7), None),
        (AssetSearch(query="x", query_semantic_ratio=0.7, sort_by=("score:asc",)), SORT_LOST),
        (AssetSearch(image=AssetId("a")), None),
        (AssetSearch(image=AssetId("a"), sort_by=("score:asc",)), SORT_LOST),
        (AssetSearch(images=Images(unlike=(AssetId("a"),))), None),
        (AssetSearch(images=Images(), query="x"), None),
        (
            AssetSearch.model_validate({"filter": "seedling = 5"}),
            'Filter field "seedling" is not documented; did you mean seed?',
        ),
        (AssetSearch.model_validate({"filter": "qqq = 5"}), 'Filter field "qqq" is not documented.'),
        (
            AssetSearch.model_validate({"filter": "seedling = 5 AND qqq = 1"}),
            'Filter field "seedling" is not documented; did you mean seed? Filter field "qqq" is not documented.',
        ),
    ],
    ids=lambda value: json.dumps(value.resolve().body()) if isinstance(value, AssetSearch) else "",
)
def test_a_note_says_what_the_hits_do_not_show(request_: AssetSearch, expected: str | None) -> None:
    assert note(assets(1), request_) == expected


@pytest.mark.parametrize(
    ("request_", "advice"),
    [
        (
            AssetSearch(query="x"),
            "No hits. Try querySemanticRatio 0.7 to search by meaning, or public true for the public library.",
        ),
        (
            AssetSearch.model_validate({"filter": "kind = image"}),
            "No hits. Try a looser filter, or public true for the public library.",
        ),
        (
            AssetSearch.model_validate({"query": "x", "filter": "kind = image"}),
            (
                "No hits. Try querySemanticRatio 0.7 to search by meaning, or a looser filter, or public true for the "
                "public library."
            ),
        ),
        (AssetSearch(query="x", public=True), "No hits. Try querySemanticRatio 0.7 to search by meaning."),
        (AssetSearch.model_validate({"filter": "kind = image", "public": True}), "No hits. Try a looser filter."),
        (AssetSearch(image=AssetId("a")), "No hits. Try public true for the public library."),
        (AssetSearch(query="x", query_semantic_ratio=1, public=True), "No hits: there is nothing to compare with."),
        (
            AssetSearch(query='"a knight" castle', public=True),
            ("No hits. Try the words without quotation marks, or querySemanticRatio 0.7 to search by meaning."),
        ),
        (AssetSearch.model_validate({"filter": "collectionIds = c"}), "No hits. Try a looser filter."),
        (
            AssetSearch(query="x", offset=0),
            "No hits. Try querySemanticRatio 0.7 to search by meaning, or public true for the public library.",
        ),
        (AssetSearch(query="x", offset=40), PAST_THE_END),
        (
            AssetSearch(query="tags:knight owl kind = image", public=True),
            "No hits. Try filter in place of query for tags, kind, or querySemanticRatio 0.7 to search by meaning.",
        ),
        (
            AssetSearch(query="width>=512 and colour:red", public=True),
            "No hits. Try filter in place of query for width, or querySemanticRatio 0.7 to search by meaning.",
        ),
        (AssetSearch(query="x", page=2), PAST_THE_END),
        (AssetSearch(query="x", page=1, public=True), "No hits. Try querySemanticRatio 0.7 to search by meaning."),
    ],
    ids=lambda value: json.dumps(value.resolve().body()) if isinstance(value, AssetSearch) else "",
)
def test_no_hits_come_with_what_to_try(request_: AssetSearch, advice: str) -> None:
    assert written(trim_assets(assets(0), request_)) == {"returned": 0, "note": advice, "hits": []}


@pytest.mark.parametrize("total", [{"totalHits": 0}, {"estimatedTotalHits": 0}], ids=str)
def test_a_later_page_of_nothing_at_all_is_not_past_the_last_one(total: dict[str, int]) -> None:
    request = AssetSearch(query="x", query_semantic_ratio=0.7, offset=20)
    assert note(assets(0, **total), request) == "No hits. Try public true for the public library."
    assert note(assets(0, **dict.fromkeys(total, 7)), request) == PAST_THE_END


def test_a_reference_picture_among_its_own_hits_is_named() -> None:
    found = page_of(*({"id": each} for each in "abcdefg"))
    assert note(found, AssetSearch(image=AssetId("c"), limit=10, offset=20)) == "c is the reference itself."
    assert note(found, AssetSearch(images=Images(like=(AssetId("c"),), unlike=(AssetId("a"),)), offset=20)) == (
        "a, c are the references themselves."
    )
    every = Images(like=tuple(map(AssetId, "abcde")))
    assert note(found, AssetSearch(images=every, offset=20)) == "5 of these are the references themselves."
    assert note(found, AssetSearch(image=AssetId("z"), offset=20)) is None


def test_a_reference_picture_that_is_there_in_part_is_named() -> None:
    found = page_of({"id": "a"})
    whole = b64encode(picture())
    half = DataUrl(f"data:image/png;base64,{b64encode(picture()[:-40]).decode()}")
    told = "cut off: only what is there was compared. Send all of it."
    assert note(found, AssetSearch(image=half, offset=20)) == f"image is {told}"
    assert note(found, AssetSearch(images=Images(like=(AssetId("a"), half), unlike=(half,)), offset=20)) == (
        f"images.like[1], images.unlike[0] are {told}"
    )
    assert note(found, AssetSearch(image=DataUrl(f"data:image/png;base64,{whole.decode()}"), offset=20)) is None


NEAR_WORDS = AssetSearch(query="a Knight", query_semantic_ratio=0.7, limit=10)


@pytest.mark.parametrize(
    ("request_", "names", "expected"),
    [
        (NEAR_WORDS, ["Knight", "Night", "Castle", "Moat"], TAIL),
        (NEAR_WORDS, ["Knight", "Night", "Castle"], None),
        (NEAR_WORDS, ["Knight", "knights", "The knight", "A KNIGHT"], None),
        (NEAR_WORDS.model_copy(update={"offset": 10}), ["Moat"] * 5, None),
        (AssetSearch(query="a knight", limit=10), ["Moat"] * 5, None),
        (AssetSearch(image=AssetId("z"), limit=10), ["Moat"] * 4, TAIL),
        (AssetSearch(image=AssetId("z"), limit=10), ["Moat"] * 3, None),
        (AssetSearch(image=AssetId("z"), query="moat", limit=10), ["Moat"] * 4, None),
        (AssetSearch(image=AssetId("z"), page=2, hits_per_page=9), ["Moat"] * 4, None),
    ],
)
def test_the_tail_of_the_nearest_is_doubted_once_and_only_where_hits_do_not_show_the_words(
    request_: AssetSearch, names: list[str], expected: str | None
) -> None:
    found = page_of(*({"id": f"a{number}", "metadata": {"name": name}} for number, name in enumerate(names)))
    assert note(found, request_) == expected


def test_models_are_paged_and_noted_like_assets() -> None:
    page = SearchPage[Model].model_validate({"hits": [{"id": "m"}], "totalHits": 3, "page": 1})
    request = ModelSearch.model_validate(
        {"image": "a", "page": 1, "hits_per_page": 1, "sort_by": ("createdAt:asc",), "filter": "width > 5"}
    )
    assert written(trim_models(page, request)) == {
        "returned": 1,
        "total": 3,
        "next": {"page": 2, "hitsPerPage": 1},
        "note": f'{SORT_LOST} Filter field "width" is not documented. {MORE}',
        "hits": [{"id": "m", "uri": "scenario://models/m"}],
    }


def test_a_filter_full_of_unknown_fields_does_not_make_a_long_note() -> None:
    doubts = " ".join(f'Filter field "qqq{number}" is not documented.' for number in range(3))
    assert (
        note(
            assets(1), AssetSearch.model_validate({"filter": " OR ".join(f"qqq{number} = 1" for number in range(500))})
        )
        == doubts
    )
