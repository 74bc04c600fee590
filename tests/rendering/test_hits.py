"""A page of hits is small, safe to read, and says what it is and how to go on."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from scenario_mcp.api.references import AssetId
from scenario_mcp.api.replies import Asset, Model, SearchPage
from scenario_mcp.api.requests import AssetSearch, Images, ModelSearch
from scenario_mcp.rendering.hits import (
    MAX_LABEL_CHARACTERS,
    AssetHit,
    AssetPage,
    ModelHit,
    ModelPage,
    trim_assets,
    trim_models,
)
from scenario_mcp.rendering.lengths import MAX_HIT_NAME_CHARACTERS
from scenario_mcp.server.arguments import portable_schema
from tests.support.fakes import SIGNED_URL, asset_document, is_plain, model_document

CASTLE = AssetSearch(query="castle")
MORE = "There may be more: repeat with next."
NEAREST = "These are the nearest, perhaps not matches."
SORT_LOST = "sortBy has no effect on a search by meaning or by picture."
SORT_LOOSE = "With a query sortBy only orders equal matches; leave query out for a strict order."
PAST_THE_END = "No hits here: this is past the last page."


def page_of(*documents: dict[str, Any], **rest: Any) -> SearchPage[Asset]:
    dropped = rest.pop("dropped", 0)
    page = SearchPage[Asset].model_validate({"hits": documents, **rest})
    return page.model_copy(update={"dropped": dropped})


def assets(number: int, **rest: Any) -> SearchPage[Asset]:
    return page_of(*({"id": f"asset_{index}"} for index in range(number)), **rest)


def hit_of(document: dict[str, Any]) -> dict[str, Any]:
    """Trim one asset to what a model reads of it."""
    (hit,) = trim_assets(page_of({"id": "a", **document}), CASTLE).hits
    return hit.model_dump(exclude_none=True, exclude={"id", "uri"})


def model_hit_of(document: dict[str, Any]) -> dict[str, Any]:
    """Trim one model to what a model reads of it."""
    page = SearchPage[Model].model_validate({"hits": [{"id": "m", **document}]})
    (hit,) = trim_models(page, ModelSearch(query="x")).hits
    return hit.model_dump(exclude_none=True, exclude={"id", "uri"})


def written(page: AssetPage | ModelPage) -> dict[str, Any]:
    """Return a page as it is sent, once it fits the schema that is published for it."""
    answer: dict[str, Any] = page.model_dump(exclude_none=True, mode="json")
    schema = portable_schema(type(page))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(answer)
    json.dumps(answer, allow_nan=False, ensure_ascii=False).encode()
    return answer


def note(page: SearchPage[Asset], request: AssetSearch) -> str | None:
    return trim_assets(page, request).note


# --- hits -----------------------------------------------------------------------------------------------------------


def test_a_full_asset_is_trimmed_to_what_tells_it_apart() -> None:
    assert written(trim_assets(page_of(asset_document()), CASTLE)) == {
        "returned": 1,
        "hits": [
            {
                "id": "asset_GTrL3mq4SXWyMxkOHRxlpw",
                "name": "Knight at the gate",
                "kind": "video",
                "nsfw": "suggestive, violence",
                "tags": "knight, gate",
                "uri": "scenario://assets/asset_GTrL3mq4SXWyMxkOHRxlpw/image",
            }
        ],
    }


def test_a_full_model_is_trimmed_to_what_tells_it_apart() -> None:
    page = SearchPage[Model].model_validate({"hits": [model_document()]})
    assert written(trim_models(page, ModelSearch(query="x"))) == {
        "returned": 1,
        "hits": [
            {
                "id": "model_GTrL3mq4SXWyMxkOHRxlpw",
                "name": "Pixel Dungeon",
                "about": "Tiles and monsters",
                "uri": "scenario://models/model_GTrL3mq4SXWyMxkOHRxlpw/image",
            }
        ],
    }


def test_a_bare_hit_has_its_id_and_its_picture() -> None:
    assert written(trim_assets(page_of({"id": "a.b-c_1"}), CASTLE))["hits"] == [
        {"id": "a.b-c_1", "uri": "scenario://assets/a.b-c_1/image"}
    ]
    page = SearchPage[Model].model_validate({"hits": [{"id": "m"}]})
    assert written(trim_models(page, ModelSearch(query="x")))["hits"] == [
        {"id": "m", "uri": "scenario://models/m/image"}
    ]


@pytest.mark.parametrize("empty", [None, "", "  ", "\u200b\u202e", "\ud800"], ids=ascii)
def test_fields_that_show_nothing_are_left_out(empty: str | None) -> None:
    metadata = dict.fromkeys(["name", "prompt", "text", "kind"], empty)
    document = {"metadata": metadata, "description": empty, "nsfw": [empty] if empty else [], "tags": [empty or ""]}
    assert hit_of(document) == {}
    assert model_hit_of({"name": empty, "shortDescription": empty}) == {}


@pytest.mark.parametrize(
    ("document", "name"),
    [
        ({"metadata": {"name": "N", "prompt": "P", "text": "T"}, "description": "D"}, "N"),
        ({"metadata": {"name": " ", "prompt": "P", "text": "T"}, "description": "D"}, "D"),
        ({"metadata": {"prompt": "P", "text": "T"}}, "P"),
        ({"metadata": {"text": "T"}, "description": "\u200b"}, "T"),
        ({"description": "D"}, "D"),
        ({"metadata": None}, None),
    ],
)
def test_a_name_falls_back_on_what_else_describes_the_asset(document: dict[str, Any], name: str | None) -> None:
    assert hit_of(document).get("name") == name


@pytest.mark.parametrize(
    ("kind", "shown"), [("image", None), ("video", "video"), ("3d", "3d"), ("new\nkind", "new kind")]
)
def test_the_kind_is_said_of_all_but_images(kind: str, shown: str | None) -> None:
    assert hit_of({"metadata": {"kind": kind}}).get("kind") == shown


@pytest.mark.parametrize(
    ("tags", "shown"),
    [
        (["knight", "gate"], "knight, gate"),
        (["knight", "pixel art", "gate"], "knight, gate"),
        (["sixteen letters!"], "sixteen letters!"),
        (["seventeen letters"], None),
        (["a\nb", "c\u202ed"], "a b, cd"),
        ([], None),
    ],
)
def test_as_many_whole_tags_are_shown_as_fit(tags: list[str], shown: str | None) -> None:
    assert hit_of({"tags": tags}).get("tags") == shown


def test_long_texts_are_cut() -> None:
    long = {"metadata": {"name": "castle " * 99, "kind": "kind " * 99}, "nsfw": ["label"] * 99}
    assert hit_of(long) == {
        "name": "castle castle castle castle…",
        "kind": ("kind " * 12).strip() + "…",
        "nsfw": "label, label, label, label, label, label, label, label…",
    }
    assert model_hit_of({"name": "x" * 99, "shortDescription": "tiles " * 99}) == {
        "name": "x" * 27 + "…",
        "about": "tiles tiles tiles tiles…",
    }


def test_strangers_text_is_one_line_without_hidden_characters() -> None:
    hidden = "a\u202eb\u200bc\nd\x00e\U000e0041\ud800"
    assert hit_of({"metadata": {"name": hidden, "kind": hidden}, "nsfw": [hidden], "tags": [hidden]}) == {
        "name": "abc de",
        "kind": "abc de",
        "nsfw": "abc de",
        "tags": "abc de",
    }


@pytest.mark.promise(number=17)
@pytest.mark.parametrize("address", [SIGNED_URL, "https://x.co", "www.x.co/y", "https:\u200b//x.co/y"], ids=ascii)
def test_no_hit_holds_an_address(address: str) -> None:
    asset = {"metadata": {"name": address, "kind": address}, "nsfw": [address], "tags": [address]}
    for text in [*hit_of(asset).values(), *model_hit_of({"name": address, "shortDescription": address}).values()]:
        assert text.startswith("[address")
    page = page_of({**asset_document(), "metadata": {"prompt": f"like {address}"}, "description": None})
    assert "x.co" not in str(written(trim_assets(page, CASTLE)))
    assert "cdn." not in str(written(trim_assets(page, CASTLE)))


@pytest.mark.promise(number=9)
@pytest.mark.parametrize(
    "odd",
    ["", " ", "a b", "../a", "a/b", "a?b", "a#b", "a%2fb", "-a", ".a", "_a", "\u00e4", "a\n", "a\ud800", "a" * 129],
)
def test_a_hit_whose_id_could_not_stand_in_an_address_is_dropped_and_counted(odd: str) -> None:
    page = trim_assets(page_of({"id": odd}, {"id": "a" * 128}), CASTLE)
    assert written(page) == {
        "returned": 1,
        "note": "1 more could not be read or came twice.",
        "hits": [{"id": "a" * 128, "uri": f"scenario://assets/{'a' * 128}/image"}],
    }


def test_a_hit_that_comes_twice_is_shown_once() -> None:
    page = trim_assets(page_of({"id": "a"}, {"id": "b"}, {"id": "a"}, dropped=2), CASTLE)
    assert ([hit.id for hit in page.hits], page.returned, page.note) == (
        ["a", "b"],
        2,
        "3 more could not be read or came twice.",
    )


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


def test_a_full_page_with_unreadable_hits_is_still_full() -> None:
    page = trim_assets(assets(3, dropped=2), AssetSearch(query="x", limit=5))
    assert written(page) == {
        "returned": 3,
        "next": {"offset": 5, "limit": 5},
        "note": f"2 more could not be read or came twice. {MORE}",
        "hits": [{"id": f"asset_{index}", "uri": f"scenario://assets/asset_{index}/image"} for index in range(3)],
    }


def test_an_estimate_is_not_passed_on_as_a_total() -> None:
    page = trim_assets(assets(1, estimatedTotalHits=1_000), CASTLE)
    assert written(page) == {
        "returned": 1,
        "hits": [{"id": "asset_0", "uri": "scenario://assets/asset_0/image"}],
    }


# --- notes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (AssetSearch(query="x"), None),
        (AssetSearch.model_validate({"filter": "kind = image"}), None),
        (AssetSearch.model_validate({"filter": "kind = image", "sort_by": ("createdAt:desc",)}), None),
        (AssetSearch(query="x", sort_by=("createdAt:desc",)), SORT_LOOSE),
        (AssetSearch(query="x", query_semantic_ratio=0, sort_by=("score:asc",)), SORT_LOOSE),
        (AssetSearch(query="x", query_semantic_ratio=0.7), NEAREST),
        (AssetSearch(query="x", query_semantic_ratio=0.7, sort_by=("score:asc",)), f"{SORT_LOST} {NEAREST}"),
        (AssetSearch(image=AssetId("a")), NEAREST),
        (AssetSearch(image=AssetId("a"), sort_by=("score:asc",)), f"{SORT_LOST} {NEAREST}"),
        (AssetSearch(images=Images(unlike=(AssetId("a"),))), NEAREST),
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
        (AssetSearch(query="x", query_semantic_ratio=1, public=True), "No hits. Try other words."),
        (
            AssetSearch(query="x", offset=0),
            "No hits. Try querySemanticRatio 0.7 to search by meaning, or public true for the public library.",
        ),
        (AssetSearch(query="x", offset=40), PAST_THE_END),
        (AssetSearch(query="x", page=2), PAST_THE_END),
        (AssetSearch(query="x", page=1, public=True), "No hits. Try querySemanticRatio 0.7 to search by meaning."),
    ],
    ids=lambda value: json.dumps(value.resolve().body()) if isinstance(value, AssetSearch) else "",
)
def test_no_hits_come_with_what_to_try(request_: AssetSearch, advice: str) -> None:
    assert written(trim_assets(assets(0), request_)) == {"returned": 0, "note": advice, "hits": []}


def test_models_are_paged_and_noted_like_assets() -> None:
    page = SearchPage[Model].model_validate({"hits": [{"id": "m"}], "totalHits": 3, "page": 1})
    request = ModelSearch.model_validate(
        {"image": "a", "page": 1, "hits_per_page": 1, "sort_by": ("createdAt:asc",), "filter": "width > 5"}
    )
    assert written(trim_models(page, request)) == {
        "returned": 1,
        "total": 3,
        "next": {"page": 2, "hitsPerPage": 1},
        "note": f'{SORT_LOST} {NEAREST} Filter field "width" is not documented. {MORE}',
        "hits": [{"id": "m", "uri": "scenario://models/m/image"}],
    }


def test_a_filter_full_of_unknown_fields_does_not_make_a_long_note() -> None:
    doubts = " ".join(f'Filter field "qqq{number}" is not documented.' for number in range(3))
    assert (
        note(
            assets(1), AssetSearch.model_validate({"filter": " OR ".join(f"qqq{number} = 1" for number in range(500))})
        )
        == doubts
    )


# --- the whole page -------------------------------------------------------------------------------------------------


def test_every_field_of_a_hit_is_described_or_speaks_for_itself() -> None:
    for kind in (AssetHit, ModelHit, AssetPage, ModelPage):
        undescribed = {name for name, field in kind.model_fields.items() if not field.description}
        assert undescribed <= {"id", "hits", "note"}
        assert set(portable_schema(kind)["required"]) <= {"id", "uri", "returned", "hits"}


ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=200) | st.just(SIGNED_URL)
DOCUMENTS = st.fixed_dictionaries(
    {"id": st.sampled_from(["a", "b", "c", "d", "", "a b"])},
    optional={
        "metadata": st.fixed_dictionaries({}, optional=dict.fromkeys(["name", "prompt", "text", "kind"], ANY_TEXT)),
        "description": ANY_TEXT,
        "nsfw": st.lists(ANY_TEXT, max_size=3),
        "tags": st.lists(ANY_TEXT, max_size=3),
        "url": ANY_TEXT,
    },
)


@given(st.lists(DOCUMENTS, max_size=6))
def test_whatever_strangers_wrote_a_page_is_small_plain_and_fits_its_schema(documents: list[dict[str, Any]]) -> None:
    page = written(trim_assets(page_of(*documents), CASTLE))
    assert page["returned"] == len(page["hits"]) == len({hit["id"] for hit in page["hits"]})
    for hit in page["hits"]:
        assert hit["uri"] == f"scenario://assets/{hit['id']}/image"
        texts = [text for name, text in hit.items() if name != "uri"]
        assert all(text and is_plain(text) and "://" not in text for text in texts)
        assert len(hit.get("name", "")) <= MAX_HIT_NAME_CHARACTERS
        assert max(map(len, texts)) <= MAX_LABEL_CHARACTERS
