"""What is odd in an answer is left out, and an answer that is not the API's is never taken for one."""

import json
import tracemalloc
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_mcp.api.parsing import MAX_DOCUMENTS, MAX_VALUES
from scenario_mcp.api.replies import Asset, AssetMetadata, SearchPage, Thumbnail
from scenario_mcp.api.requests import ModelSearch
from scenario_mcp.errors import Unavailable
from tests.support.fakes import SETTINGS, answering, asset_document, client_over, failure_of, found, model_document
from tests.support.faulty_upstream import Upstream, answer
from tests.support.upstream_client import CASTLE, FOUND, NOT_THE_API, client_of

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=[]), max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*asset_document(), *asset_document()["metadata"], "x", "\ud800"]), inner, max_size=5
        )
    ),
    max_leaves=10,
)


async def test_every_documented_field_of_a_page_of_assets_is_read() -> None:
    documents = [asset_document(), {**asset_document(), "id": "asset_2"}]
    paging = {"limit": 3, "offset": 5, "estimatedTotalHits": 7, "hitsPerPage": 9, "page": 11, "totalHits": 13}
    page = await found({"hits": documents, **paging, "totalPages": 17})
    assert page.model_dump(by_alias=True, mode="json", exclude_none=True) == {
        "hits": documents,
        **paging,
        "totalPages": 17,
    }
    assert page.dropped == 0


async def test_every_documented_field_of_a_page_of_models_is_read() -> None:
    answer = {"hits": [model_document()], "limit": 3, "offset": 5, "estimatedTotalHits": 7}
    page = await answering(answer).client().search_models(ModelSearch(query="x").resolve())
    assert page.model_dump(by_alias=True, mode="json", exclude_none=True) == answer


@pytest.mark.parametrize(
    ("hit", "expected"),
    [
        ({"id": "a"}, Asset(id="a")),
        ({"id": 5}, Asset(id="5")),
        ({"id": "a", "metadata": None, "tags": None}, Asset(id="a")),
        ({"id": "a", "tags": "x", "privacy": "public"}, Asset(id="a", privacy="public")),
        ({"id": "a", "tags": ["x", None], "nsfw": ["y"]}, Asset(id="a", nsfw=("y",))),
        ({"id": "a", "metadata": []}, Asset(id="a")),
        (
            {"id": "a", "metadata": {"width": "wide", "kind": "image"}},
            Asset(id="a", metadata=AssetMetadata(kind="image")),
        ),
        (
            {"id": "a", "metadata": {"thumbnail": {"url": 1.5, "assetId": []}, "seed": 7}},
            Asset(id="a", metadata=AssetMetadata(thumbnail=Thumbnail(url="1.5"), seed="7")),
        ),
        ({"id": "a", "score": {}, "url": {}, "thumbnail": "x", "createdAt": True}, Asset(id="a")),
        (
            {"id": "a", "\ud800": 1, "description": "x\ud800y", "metadata": {"kind": "image"}},
            Asset(id="a", metadata=AssetMetadata(kind="image"), description="xy"),
        ),
        ({"id": "a", "metadata": {"kind": "image", "\ud800": 1}}, Asset(id="a", metadata=AssetMetadata(kind="image"))),
        ({}, None),
        ({"id": None}, None),
        ({"id": True}, None),
        ({"id": ["a"]}, None),
        ({"ID": "a"}, None),
        (None, None),
        ("a", None),
        ([], None),
    ],
    ids=ascii,
)
async def test_an_odd_hit_costs_no_more_than_what_is_odd_in_it(hit: Any, expected: Asset | None) -> None:
    page = await found({"hits": [{"id": "first"}, hit, {"id": "last"}], "limit": 3})
    kept = (Asset(id="first"), expected, Asset(id="last"))
    assert page.hits == tuple(asset for asset in kept if asset)
    assert (page.dropped, page.limit) == (kept.count(None), 3)


async def test_odd_paging_figures_are_left_out() -> None:
    page = await found({"hits": [{"id": "a"}], "limit": "many", "offset": 2.5, "totalHits": [], "page": 2, "new": 1})
    assert page.model_dump(exclude_none=True) == {"hits": ({"id": "a"},), "page": 2, "new": 1}


@pytest.mark.promise(number=1)
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<!DOCTYPE html><title>Sign in</title>",
        b"null",
        b"[]",
        b"[{}]",
        b'"hits"',
        b"{}",
        b'{"hits": null}',
        b'{"hits": {"id": "a"}}',
        b'{"hits": "none"}',
        b'{"hits": [{"id": "a"}]',
        b'{"hits": [{"id": "\xff\xfe"}]}',
        b'{"hits": ' + b"[" * 100_000,
        b'{"hits": [], "x": ' + b"[" * 90_000 + b"]" * 90_000,
        b'{"asset": {"id": "a"}}',
        b"\x00",
    ],
    ids=lambda content: ascii(content[:40]),
)
async def test_an_answer_that_is_not_the_apis_is_no_empty_page(content: bytes) -> None:
    error = await failure_of(answering(content))
    assert (type(error), error.told(to_operator=True)) == (Unavailable, NOT_THE_API)


@pytest.mark.parametrize(
    "document", [{}, [], {"asset": None}, {"asset": []}, {"asset": {"name": "x"}}, {"model": {"id": "a"}}, b"<html>"]
)
async def test_an_answer_without_the_document_is_not_the_apis(document: Any) -> None:
    client = client_over(answering(document), SETTINGS, tries=1)
    with pytest.raises(Unavailable) as refused:
        await client.get_asset("a")
    assert refused.value.told(to_operator=True) == NOT_THE_API


@pytest.mark.promise(number=1)
async def test_odd_fields_of_a_document_are_left_out() -> None:
    document = {"asset": {"id": "a", "tags": 5, "metadata": {"seed": 7}, "new": [1]}}
    asset = await answering(document).client().get_asset("a")
    assert asset.model_dump(by_alias=True, exclude_none=True) == {"id": "a", "metadata": {"seed": "7"}, "new": [1]}


@given(
    hits=st.lists(JSON_VALUES, max_size=4), rest=st.dictionaries(st.sampled_from(["limit", "page", "x"]), JSON_VALUES)
)
def test_any_list_of_hits_is_a_page_with_every_hit_counted(hits: list[Any], rest: dict[str, Any]) -> None:
    async def search() -> SearchPage[Asset]:
        return await found(json.dumps({"hits": hits, **rest}).encode())

    page = anyio.run(search)
    assert len(page.hits) + page.dropped == len(hits)


@pytest.mark.parametrize(
    ("hit", "expected"),
    [
        (b'{"id": "a", "score": NaN, "privacy": "public"}', {"privacy": "public"}),
        (b'{"id": "a", "tags": 5, "score": NaN, "new": -Infinity}', {}),
        (b'{"id": "a", "new": ' + b"[" * 500 + b"]" * 500 + b', "privacy": "public"}', {"privacy": "public"}),
        (b'{"id": "a", "privacy": "\\ud800x", "\\udfff": 1}', {"privacy": "x"}),
        (b'{"id": "a", "score": 1e400, "authorId": 12345678901234567890123}', {"authorId": "12345678901234567890123"}),
        (b'{"id": "a", "new": ' + b"[" * 40_000 + b"]" * 40_000 + b', "privacy": "public"}', {"privacy": "public"}),
        (b'{"id": "a", "new": ' + b'{"a":' * 9_000 + b"1" + b"}" * 9_000 + b', "privacy": "p"}', {"privacy": "p"}),
        (b'{"id": "a", "score": -' + b"9" * 100_000 + b', "privacy": "public"}', {"privacy": "public"}),
        (b'{"id": "a", "new": [' + b"9" * 9_000 + b'], "privacy": "\\ud800x"}', {"privacy": "x"}),
    ],
    ids=[
        "NaN",
        "NaN beside an odd field",
        "500 deep",
        "lone surrogates",
        "huge numbers",
        "40,000 deep",
        "objects 9,000 deep",
        "100,000 digits",
        "9,000 digits beside a lone surrogate",
    ],
)
async def test_json_that_nobody_could_pass_on_leaves_a_hit_that_can_be(hit: bytes, expected: dict[str, str]) -> None:
    async with Upstream(answer(b'{"hits": [' + hit + b"]}")) as upstream, client_of(upstream) as client:
        (asset,) = (await client.search_assets(CASTLE)).hits
    written = json.loads(asset.model_dump_json(by_alias=True, exclude_none=True))
    known = {name: value for name, value in written.items() if value is not None and name != "new"}
    assert known == {"id": "a", **expected}


@pytest.mark.parametrize(
    ("content", "found", "dropped"),
    [
        (b'{"hits": [{"id": "b", "tags": [' + b"[]," * (MAX_VALUES // 2 - 10) + b'1]}, {"id": "a"}]}', FOUND, 1),
        (b'{"hits": [' + b"{}," * (MAX_DOCUMENTS - 1) + b'{"id": "a"}]}', FOUND, MAX_DOCUMENTS - 1),
    ],
    ids=["odd tags", "odd hits"],
)
async def test_as_many_odd_values_as_are_let_in_take_little_memory(
    content: bytes, found: tuple[Asset, ...], dropped: int
) -> None:
    async with Upstream(answer(content)) as upstream, client_of(upstream) as client:
        tracemalloc.start()
        try:
            page = await client.search_assets(CASTLE)
            assert (page.hits, page.dropped) == (found, dropped)
            assert tracemalloc.get_traced_memory()[1] < 60_000_000
        finally:
            tracemalloc.stop()


@pytest.mark.promise(number=12)
async def test_more_documents_than_can_be_asked_for_are_not_the_apis() -> None:
    many = answer({"assets": [{"id": "a"}] * (MAX_DOCUMENTS + 1)})
    async with Upstream(many) as upstream, client_of(upstream) as client:
        with pytest.raises(Unavailable) as refused:
            await client.get_assets(["a"])
    assert refused.value.told(to_operator=True) == NOT_THE_API


@pytest.mark.promise(number=12)
async def test_a_long_text_is_no_crowd_of_values() -> None:
    text = 'a, [b] "{c}", ' * 40_000
    behaviour = answer({"hits": [{"id": "a", "description": text}]})
    async with Upstream(behaviour) as upstream, client_of(upstream) as client:
        assert (await client.search_assets(CASTLE)).hits == (Asset(id="a", description=text),)


@pytest.mark.promise(number=1)
async def test_numbers_as_text_and_unknown_fields_cost_no_hit() -> None:
    hits = [{"id": 5, "metadata": {"width": "wide", "kind": "image", "newer": 1}}, {"name": "no id"}, 7]
    async with Upstream(answer({"hits": hits})) as upstream, client_of(upstream) as client:
        page = await client.search_assets(CASTLE)
    metadata = AssetMetadata.model_validate({"kind": "image", "newer": 1})
    assert (page.hits, page.dropped) == ((Asset(id="5", metadata=metadata),), 2)


@pytest.mark.promise(number=12)
@pytest.mark.parametrize("is_bulk", [True, False])
async def test_an_answer_of_very_many_values_is_not_read(is_bulk: bool) -> None:  # noqa: FBT001  # a case
    document = {"id": "a", "x": [1] * (MAX_VALUES + 1)}
    client = answering({"assets": [document]} if is_bulk else {"asset": document}).client()
    with pytest.raises(Unavailable) as refused:
        await (client.get_assets(["a"]) if is_bulk else client.get_asset("a"))
    assert refused.value.told(to_operator=True) == (
        "Scenario's answer holds more than 100,000 values and was not read. Ask for a smaller limit."
    )
