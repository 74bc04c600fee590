"""A page of hits is small, safe to read, and says what it is and how to go on."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_mcp.api.replies import Model, SearchPage
from scenario_mcp.api.requests import AssetSearch, ModelSearch
from scenario_mcp.rendering.hits import MAX_HITS_BYTES, AssetPage, ModelPage, trim_assets, trim_models
from scenario_mcp.rendering.short_facts import (
    MAX_LABELS_CHARACTERS,
    MAX_NAME_CHARACTERS,
)
from scenario_mcp.server.arguments import portable_schema
from tests.support.fakes import SIGNED_URL, asset_document, is_plain, model_document
from tests.support.pages import CASTLE, page_of, written


def hit_of(document: dict[str, Any]) -> dict[str, Any]:
    """Trim one asset to what a model reads of it."""
    (hit,) = trim_assets(page_of({"id": "a", **document}), CASTLE).hits
    return {name: value for name, value in hit.items() if name not in {"id", "uri"}}


def model_hit_of(document: dict[str, Any]) -> dict[str, Any]:
    """Trim one model to what a model reads of it."""
    page = SearchPage[Model].model_validate({"hits": [{"id": "m", **document}]})
    (hit,) = trim_models(page, ModelSearch(query="x")).hits
    return {name: value for name, value in hit.items() if name not in {"id", "uri"}}


# --- hits -----------------------------------------------------------------------------------------------------------


def test_a_full_asset_is_trimmed_to_what_decides() -> None:
    assert written(trim_assets(page_of(asset_document()), CASTLE)) == {
        "returned": 1,
        "hits": [
            {
                "id": "asset_GTrL3mq4SXWyMxkOHRxlpw",
                "name": "Knight at the gate",
                "kind": "video",
                "width": 1024,
                "height": 576,
                "createdAt": "2026-01-16",
                "tags": "knight, gate",
                "nsfw": "suggestive, violence",
                "uri": "scenario://assets/asset_GTrL3mq4SXWyMxkOHRxlpw/image",
            }
        ],
    }


def test_a_full_model_is_trimmed_to_what_decides() -> None:
    page = SearchPage[Model].model_validate({"hits": [model_document()]})
    hit = {
        "id": "model_GTrL3mq4SXWyMxkOHRxlpw",
        "name": "Pixel Dungeon",
        "type": "flux.1-lora",
        "capabilities": "txt2img, img2img",
        "tags": "pixel-art",
        "about": "Tiles and monsters",
        "uri": "scenario://models/model_GTrL3mq4SXWyMxkOHRxlpw/image",
    }
    assert written(trim_models(page, ModelSearch(query="x"))) == {"returned": 1, "hits": [hit]}
    assert written(trim_models(page, ModelSearch(query="x", public=True))) == {
        "returned": 1,
        "hits": [hit | {"ownerId": "proj_model_owner"}],
    }


def test_a_bare_hit_has_its_id_and_the_resource_of_its_facts() -> None:
    assert written(trim_assets(page_of({"id": "a.b-c_1"}), CASTLE))["hits"] == [
        {"id": "a.b-c_1", "uri": "scenario://assets/a.b-c_1"}
    ]
    page = SearchPage[Model].model_validate({"hits": [{"id": "m"}]})
    assert written(trim_models(page, ModelSearch(query="x")))["hits"] == [{"id": "m", "uri": "scenario://models/m"}]


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({"url": SIGNED_URL, "mimeType": "image/png"}, "a/image"),
        ({"url": SIGNED_URL, "mimeType": "video/mp4"}, "a"),
        ({"url": SIGNED_URL, "mimeType": "video/mp4", "thumbnail": {"url": SIGNED_URL}}, "a/image"),
        ({"url": SIGNED_URL, "mimeType": "text/plain"}, "a"),
    ],
    ids=str,
)
def test_the_uri_is_that_of_the_picture_only_where_there_is_one(document: dict[str, Any], path: str) -> None:
    (hit,) = trim_assets(page_of({"id": "a", **document}), CASTLE).hits
    assert hit["uri"] == f"scenario://assets/{path}"


@pytest.mark.parametrize("empty", [None, "", "  ", "\u200b\u202e", "\ud800"], ids=ascii)
def test_fields_that_show_nothing_are_left_out(empty: str | None) -> None:
    metadata = dict.fromkeys(["name", "prompt", "text", "kind"], empty) | {"width": 0, "height": 0, "size": 0}
    document = {"metadata": metadata, "description": empty, "nsfw": [empty] if empty else [], "tags": [empty or ""]}
    assert hit_of(document | {"createdAt": empty}) == {}
    assert model_hit_of({"name": empty, "shortDescription": empty, "type": empty, "capabilities": [empty or ""]}) == {}


def test_the_size_in_bytes_stands_where_there_are_no_pixels() -> None:
    assert hit_of({"metadata": {"kind": "audio", "size": 2048.0}}) == {"kind": "audio", "size": 2048}
    assert hit_of({"metadata": {"size": 2048.0, "width": 4, "height": 5}}) == {"width": 4, "height": 5}


def test_a_field_that_the_search_asks_about_stands_in_the_hit() -> None:
    request = AssetSearch.model_validate({"filter": "kind = image", "sort_by": ("updatedAt:desc", "score:asc")})
    (hit,) = trim_assets(page_of(asset_document()), request).hits
    assert hit == {
        "id": "asset_GTrL3mq4SXWyMxkOHRxlpw",
        "name": "Knight at the gate",
        "kind": "video",
        "width": 1024,
        "height": 576,
        "createdAt": "2026-01-16",
        "tags": "knight, gate",
        "nsfw": "suggestive, violence",
        "updatedAt": "2026-02-17",
        "score": 0.75,
        "uri": "scenario://assets/asset_GTrL3mq4SXWyMxkOHRxlpw/image",
    }


def test_long_texts_are_cut_and_say_so() -> None:
    long = {"metadata": {"name": "castle " * 99, "kind": "kind " * 99}, "nsfw": ["label"] * 99}
    assert hit_of(long) == {
        "name": ("castle " * 8).strip() + "…",
        "kind": ("kind " * 8).strip() + "…",
        "nsfw": ", ".join(["label"] * 10) + ", +89",
    }
    assert model_hit_of({"name": "x" * 99, "shortDescription": "tiles " * 99}) == {
        "name": "x" * 59 + "…",
        "about": ("tiles " * 20).strip() + "…",
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
        "hits": [{"id": "a" * 128, "uri": f"scenario://assets/{'a' * 128}"}],
    }


def test_a_hit_that_comes_twice_is_shown_once() -> None:
    page = trim_assets(page_of({"id": "a"}, {"id": "b"}, {"id": "a"}, dropped=2), CASTLE)
    assert ([hit["id"] for hit in page.hits], page.returned, page.note) == (
        ["a", "b"],
        2,
        "3 more could not be read or came twice.",
    )


# --- the whole page -------------------------------------------------------------------------------------------------


def test_every_field_of_a_hit_is_described_or_speaks_for_itself() -> None:
    for page in (portable_schema(AssetPage), portable_schema(ModelPage)):
        for kind in (page, page["properties"]["hits"]["items"]):
            undescribed = {name for name, field in kind["properties"].items() if "description" not in field}
            assert undescribed <= {"id", "hits", "note", "kind", "type", "capabilities"}
            assert kind["required"] in (["returned", "hits"], ["id", "uri"])


def test_a_page_of_many_large_hits_is_cut_and_its_note_says_how_to_go_on() -> None:
    large = {"metadata": {"name": "漢" * 60}, "tags": ["字" * 40] * 3, "nsfw": ["字" * 40] * 3}
    hits = [{**large, "id": f"{number:0128}"} for number in range(100)]
    page = trim_assets(page_of(*hits), AssetSearch(query="x", limit=100, offset=200))
    size = sum(len(json.dumps(hit, ensure_ascii=False, separators=(",", ":")).encode()) for hit in page.hits)
    assert MAX_HITS_BYTES * 0.95 < size <= MAX_HITS_BYTES
    assert page.next == {"offset": 200 + page.returned, "limit": 100}
    assert page.note == f"Only the first {page.returned} of 100 hits fit: repeat with next."


ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=200) | st.just(SIGNED_URL)
DOCUMENTS = st.fixed_dictionaries(
    {"id": st.sampled_from(["a", "b", "c", "d", "", "a b"])},
    optional={
        "metadata": st.fixed_dictionaries({}, optional=dict.fromkeys(["name", "prompt", "text", "kind"], ANY_TEXT)),
        "createdAt": ANY_TEXT,
        "updatedAt": ANY_TEXT,
        "description": ANY_TEXT,
        "nsfw": st.lists(ANY_TEXT, max_size=3),
        "tags": st.lists(ANY_TEXT, max_size=3),
        "url": ANY_TEXT,
    },
)


@given(st.lists(DOCUMENTS, max_size=6))
def test_whatever_strangers_wrote_a_page_is_small_plain_and_fits_its_schema(documents: list[dict[str, Any]]) -> None:
    request = AssetSearch(query="castle", sort_by=("updatedAt:desc",))
    page = written(trim_assets(page_of(*documents), request))
    assert page["returned"] == len(page["hits"]) == len({hit["id"] for hit in page["hits"]})
    for hit in page["hits"]:
        assert hit["uri"].removesuffix("/image") == f"scenario://assets/{hit['id']}"
        texts = [text for name, text in hit.items() if name != "uri"]
        assert all(text and is_plain(text) and "://" not in text for text in texts)
        assert len(hit.get("name", "")) <= MAX_NAME_CHARACTERS
        assert max(map(len, texts)) <= MAX_LABELS_CHARACTERS + len(", +3")
