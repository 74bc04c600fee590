"""A page of assets that is read in brief says the same of each hit as one that is read whole."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_mcp.api.found_assets import AnyAsset, FoundAsset, FoundPage
from scenario_mcp.api.parsing import MAX_VALUES, read_found_assets, read_page
from scenario_mcp.api.replies import Asset, SearchPage
from scenario_mcp.rendering.cards import card
from scenario_mcp.rendering.hits import asset_hit
from scenario_mcp.rendering.short_facts import name
from tests.support.fakes import asset_document

DOCUMENT = asset_document()
TEXTS = st.text(max_size=9) | st.sampled_from(
    ["image/png", "video/mp4", "https://x.example/a?Signature=b", "5", "2026-11-20"]
)
ODD = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | st.lists(TEXTS, max_size=3)
THUMBNAILS = st.fixed_dictionaries({}, optional={"url": ODD, "assetId": ODD})
METADATA = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(["name", "kind", "prompt", "text", "modelId", "seed"], TEXTS),
        **dict.fromkeys(["width", "height", "size", "guidance"], st.integers() | st.floats()),
        "type": ODD,
        "thumbnail": THUMBNAILS,
    },
)
HITS = st.fixed_dictionaries(
    {"id": TEXTS | st.from_regex(r"[a-z0-9]{1,9}", fullmatch=True)},
    optional={
        **dict.fromkeys(["createdAt", "description", "content", "file", "mimeType", "url"], TEXTS | st.none()),
        **dict.fromkeys(["score", "collectionIds", "brandNew", "name"], ODD),
        **dict.fromkeys(["tags", "nsfw"], st.lists(TEXTS, max_size=3) | st.none()),
        "metadata": METADATA | st.none(),
        "thumbnail": THUMBNAILS | st.none(),
    },
)
PAGING = st.dictionaries(st.sampled_from(["limit", "offset", "page", "totalHits", "estimatedTotalHits"]), ODD)


def seen(asset: AnyAsset) -> tuple[Any, ...]:
    """Return all that the answer of a search shows of an asset, and where its picture lies."""
    return asset_hit(asset), card(asset), name(asset), asset.picture_url


def check(body: bytes) -> FoundPage | SearchPage[Asset] | None:
    brief, whole = read_found_assets(body), read_page(SearchPage[Asset], Asset, body)
    if whole is None or brief is None:
        assert whole is brief
        return None
    assert list(map(seen, brief.documents)) == list(map(seen, whole.documents))
    for fact in (
        "dropped",
        "limit",
        "offset",
        "estimated_total_hits",
        "hits_per_page",
        "page",
        "total_hits",
        "total_pages",
    ):
        assert getattr(brief, fact) == getattr(whole, fact), fact
    assert len(brief.hits) == len(whole.hits)
    return brief


@given(hits=st.lists(HITS, max_size=4), paging=PAGING)
def test_whatever_stands_in_hits_they_show_the_same_in_brief(hits: list[Any], paging: dict[str, Any]) -> None:
    check(json.dumps({"hits": hits, **paging}).encode())


@given(hits=st.lists(HITS | ODD | st.dictionaries(st.sampled_from([*DOCUMENT]), ODD), max_size=4))
def test_odd_hits_are_left_out_as_when_they_are_read_whole(hits: list[Any]) -> None:
    check(json.dumps({"hits": hits}).encode())


def test_a_full_document_is_read_in_brief() -> None:
    page = check(json.dumps({"hits": [DOCUMENT, {"id": "a"}, DOCUMENT], "limit": 20, "totalHits": 3}).encode())
    assert isinstance(page, FoundPage)
    assert [type(each) for each in page.hits] == [FoundAsset] * 3
    assert [each.id for each in page.documents] == [DOCUMENT["id"], "a"]
    assert (page.limit, page.total_hits, page.offset) == (20, 3, None)


def test_an_odd_field_that_no_hit_shows_costs_nothing() -> None:
    assert isinstance(check(b'{"hits": [{"id": "a", "score": "much", "collectionIds": 5}]}'), FoundPage)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"hits": null}',
        b'{"hits": {"id": "a"}}',
        b'{"hits": [{"id": "a"}]',
        b'{"hits": [], "x": ' + b"[" * 100_000,
        b'{"hits": [' + b"[]," * MAX_VALUES + b"1]}",
    ],
    ids=lambda body: ascii(body[:30]),
)
def test_what_is_no_answer_of_the_api_is_none_in_brief_either(body: bytes) -> None:
    assert check(body) is None


@pytest.mark.parametrize(
    "hit",
    [
        b'{"id": 5, "metadata": {"width": "wide", "kind": "image"}, "tags": "x"}',
        b'{"id": "a", "description": "x\\ud800y", "\\udfff": 1}',
        b'{"id": "a", "metadata": {"width": NaN, "height": 1e400, "size": -Infinity}}',
        b'{"id": "a", "new": ' + b"[" * 500 + b"]" * 500 + b', "mimeType": "image/png", "url": "u"}',
        b'{"id": "a", "nsfw": [5, null, "x"], "thumbnail": {"url": 1.5}}',
        b'{"id": "a", "id": "b", "metadata": {"name": "x"}, "metadata": null}',
    ],
    ids=lambda hit: ascii(hit[:30]),
)
def test_json_that_nobody_could_pass_on_is_read_the_same_in_brief(hit: bytes) -> None:
    page = check(b'{"hits": [' + hit + b', {"id": "last"}]}')
    assert page is not None
    assert len(page.hits) == 2
