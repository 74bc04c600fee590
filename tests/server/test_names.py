"""Names in a filter: read as ids, or refused with what they may have meant."""

from typing import Any

import httpx
import pytest
from mcp.client import Client
from mcp.types import TextContent

from scenario_mcp.net import connections
from scenario_mcp.server.app import build_server
from scenario_mcp.settings import Sandbox, Settings
from tests.support.fakes import SETTINGS, Network

SANDBOX = Settings(upstream=Sandbox())
HEROES = "collection_UH0i9usy5vhduyxqBNexjo"
PIXEL_QUEST = "model_vh5usoTlfsE3Hxlk9YzQyt"


async def note_of(filter_text: str, tool: str = "search_assets", **arguments: Any) -> str:
    """Search the samples; return the note without what it says of further pages."""
    async with Client(build_server(SANDBOX)) as client:
        result = await client.call_tool(tool, {"filter": filter_text, "limit": 1, **arguments})
    assert not result.is_error, result.content
    assert result.structured_content
    return str(result.structured_content.get("note", "")).removesuffix("There may be more: repeat with next.").strip()


async def refusal(filter_text: str, settings: Settings = SANDBOX) -> str:
    async with Client(build_server(settings)) as client:
        result = await client.call_tool("search_assets", {"filter": filter_text})
    (text,) = result.content
    assert isinstance(text, TextContent)
    assert result.is_error, text.text
    return text.text


@pytest.mark.parametrize(
    ("filter_text", "note"),
    [
        ("collectionIds = heroes", f'collectionIds "heroes" is {HEROES}.'),
        (
            'collectionIds = "concept ART"',
            'collectionIds "concept ART" is collection_iu8pd7E5VHun5HzVB7134G.',
        ),
        ('modelId = "pixel quest"', f'modelId "pixel quest" is {PIXEL_QUEST}.'),
        ("modelId = INKWELL", 'modelId "INKWELL" is model_dCDYJ9yCWPBphVXPzvJXJm.'),
        ('baseModelId = "FLUX.1 [dev]"', 'baseModelId "FLUX.1 [dev]" is model_bfl-flux-1-dev.'),
        (f"modelId = {PIXEL_QUEST} AND collectionIds != heroes", f'collectionIds "heroes" is {HEROES}.'),
    ],
)
async def test_a_name_that_one_alone_has_is_read_as_its_id_and_said(filter_text: str, note: str) -> None:
    assert await note_of(filter_text) == note


async def test_a_parent_and_a_part_of_a_model_are_named_too() -> None:
    note = await note_of('parentModelId = "Qwen Image"', "search_models")
    assert note == 'parentModelId "Qwen Image" is model_qwen-image.'
    note = await note_of('concepts = "oil & ember"', "search_models")
    assert note == 'concepts "oil & ember" is model_vMCQf1xUtVyw0XD3qYkGnv.'


async def test_a_name_that_none_has_is_refused_with_the_nearest() -> None:
    assert await refusal("collectionIds = hero") == (
        f'filter: no collection is named "hero". Nearest: "Heroes" ({HEROES}). list_tags_and_collections lists all of '
        "them."
    )
    assert await refusal('modelId = "Pixel Quests"') == (
        f'filter: no model is named "Pixel Quests". Nearest: "Pixel Quest" ({PIXEL_QUEST}). search_models finds others.'
    )
    assert await refusal('modelId = "zzyzx qqq"') == (
        'filter: no model is named "zzyzx qqq". search_models finds others.'
    )


def _library(monkeypatch: pytest.MonkeyPatch, **answers: Any) -> Network:
    """Answer each path by its last part; what is not given finds nothing."""

    def answer(request: httpx.Request) -> httpx.Response:
        last = request.url.path.rpartition("/")[2]
        if last == "get-bulk":
            return httpx.Response(200, json={"models": answers.get("by_id", [])})
        if last in {"tags", "collections"}:
            return httpx.Response(200, json={last: answers.get(last, [])})
        return httpx.Response(200, json={"hits": answers.get("models", []) if last == "models" else []})

    network = Network(answer)
    monkeypatch.setattr(connections.Network, "transport", lambda *_, **__: network)
    return network


async def test_a_name_that_several_have_is_refused_with_their_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    twins = [{"id": "c1", "name": "Castle set"}, {"id": "c2", "name": "castle SET"}]
    _library(monkeypatch, collections=twins, models=[{"id": "m1", "name": "Ink"}, {"id": "m2", "name": "ink"}])
    assert await refusal('collectionIds = "Castle set"', SETTINGS) == (
        'filter: "Castle set" is the name of 2 collections: c1, c2. Give one of these ids.'
    )
    assert await refusal("modelId = Ink", SETTINGS) == (
        'filter: "Ink" is the name of 2 models: m1, m2. Give one of these ids.'
    )


async def test_more_models_than_are_looked_up_are_asked_for_by_id(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"Model {letter}" for letter in "abcdef"]
    network = Network(_namesake)
    monkeypatch.setattr(connections.Network, "transport", lambda *_, **__: network)
    listed = ", ".join(f'"{name}"' for name in names)
    assert await refusal(f"modelId IN [{listed}]", SETTINGS) == (
        "filter: names more than 5 models. Give their ids, as search_models does."
    )


def _namesake(request: httpx.Request) -> httpx.Response:
    name = request.content.decode().partition('name = \\"')[2].partition('\\"')[0]
    return httpx.Response(200, json={"hits": [{"id": "model_1", "name": name}]})


@pytest.mark.parametrize(
    "filter_text",
    [
        "kind = image AND tags = knight",
        f"modelId = {PIXEL_QUEST} AND collectionIds = {HEROES}",
        "baseModelId = flux.1-dev AND modelId = 51lKho3vRpxC118ervbNgO",
        "collectionIds IN [dcf121faaa1a0a0bbbd9ca1b73d62aea]",
    ],
)
async def test_an_ordinary_search_is_one_request(monkeypatch: pytest.MonkeyPatch, filter_text: str) -> None:
    network = Network(lambda _: httpx.Response(200, json={"hits": [{"id": "asset_1"}]}))
    monkeypatch.setattr(connections.Network, "transport", lambda *_, **__: network)
    async with Client(build_server(SETTINGS)) as client:
        assert not (await client.call_tool("search_assets", {"filter": filter_text})).is_error
    assert [request.url.path for request in network.requests] == ["/v1/search/assets"]


async def test_a_name_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    network = _library(monkeypatch, collections=[{"id": "col_9", "name": "Castle set"}])
    async with Client(build_server(SETTINGS)) as client:
        for page in (2, 3):
            await client.call_tool("search_assets", {"filter": 'collectionIds = "castle set"', "page": page})
    sent = [(request.url.path, request.content) for request in network.requests]
    assert [path for path, _ in sent] == ["/v1/collections", "/v1/search/assets", "/v1/search/assets"]
    assert b'"filter":"collectionIds = col_9"' in sent[1][1]


async def test_an_id_of_a_collection_that_is_listed_is_no_name(monkeypatch: pytest.MonkeyPatch) -> None:
    network = _library(monkeypatch, collections=[{"id": "castle", "name": "Heroes"}, {"id": "b", "name": "castle"}])
    async with Client(build_server(SETTINGS)) as client:
        await client.call_tool("search_assets", {"filter": "collectionIds = castle", "page": 2})
    assert b'"filter":"collectionIds = castle"' in network.requests[1].content


async def test_a_word_is_left_as_it_is_where_collections_may_not_be_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        is_list = request.url.path.endswith("/collections")
        return httpx.Response(403) if is_list else httpx.Response(200, json={"hits": [{"id": "asset_1"}]})

    network = Network(answer)
    monkeypatch.setattr(connections.Network, "transport", lambda *_, **__: network)
    async with Client(build_server(SETTINGS)) as client:
        assert not (await client.call_tool("search_assets", {"filter": "collectionIds = castle"})).is_error
    assert b'"filter":"collectionIds = castle"' in network.requests[-1].content
    assert (await refusal('collectionIds = "castle set"', SETTINGS)).startswith("Scenario accepts the key but does not")
