"""What a search that found nothing says of the tags, collections and models that it named."""

from typing import Any

import httpx
import pytest
from mcp.client import Client

from scenario_mcp.net import connections
from scenario_mcp.server.app import build_server
from scenario_mcp.settings import Sandbox, Settings
from tests.support.fakes import SETTINGS, Network

SANDBOX = Settings(upstream=Sandbox())
NO_HITS = "No hits. Try a looser filter, or public true for the public library."
TAGS = [{"tagName": "knight", "itemCount": 12}, {"tagName": "castle", "itemCount": 3}]


async def note_of(filter_text: str, settings: Settings = SANDBOX, **arguments: Any) -> str:
    async with Client(build_server(settings)) as client:
        result = await client.call_tool("search_assets", {"filter": filter_text, **arguments})
    assert not result.is_error, result.content
    assert result.structured_content
    assert result.structured_content["hits"] == []
    return str(result.structured_content["note"])


@pytest.mark.parametrize(
    ("filter_text", "sentence"),
    [
        ("tags = kinght", 'There is no tag "kinght"; nearest: knight (11).'),
        ("tags = zzzz OR tags IN [knight, qqqq] AND kind = 3d", 'There is no tag "zzzz". There is no tag "qqqq".'),
        ("tags = Knight AND kind = audio", ""),
        ("tags != kinght AND kind = audio AND width > 1", ""),
        ("NOT tags = kinght AND kind = audio AND width > 1", ""),
        ("collectionIds = collection_1b1G62jy6eRg", 'There is no collection "collection_1b1G62jy6eRg".'),
        ("modelId = model_none", 'There is no model "model_none".'),
        ("modelId = Qwen-Imge", 'There is no model "Qwen-Imge"; nearest: "Qwen Image" (model_qwen-image).'),
        ("modelId = model_7B3TkWH5oqRYsuMy3n6Haj AND kind = audio", ""),
    ],
)
async def test_what_does_not_exist_is_told_with_the_nearest_that_does(filter_text: str, sentence: str) -> None:
    advice = "No hits. Try a looser filter." if "collectionIds" in filter_text else NO_HITS
    assert await note_of(filter_text) == f"{sentence} {advice}".strip()


async def test_a_name_that_looks_like_an_id_is_searched_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/get-bulk"):
            return httpx.Response(200, json={"models": []})
        if request.url.path.endswith("/models"):
            return httpx.Response(200, json={"hits": [{"id": "model_7", "name": "Retro-2"}]})
        hits = [{"id": "asset_1"}] if b"model_7" in request.content else []
        return httpx.Response(200, json={"hits": hits})

    monkeypatch.setattr(connections.Network, "transport", lambda *_, **__: Network(answer))
    async with Client(build_server(SETTINGS)) as client:
        result = await client.call_tool("search_assets", {"filter": "modelId = retro-2"})
    assert result.structured_content
    assert result.structured_content["note"] == 'modelId "retro-2" is model_7.'
    assert [hit["id"] for hit in result.structured_content["hits"]] == ["asset_1"]


def _library(monkeypatch: pytest.MonkeyPatch, tags: httpx.Response) -> Network:
    """Answer a list of tags with a response; searches find nothing."""
    network = Network(
        lambda request: tags if request.url.path.endswith("/tags") else httpx.Response(200, json={"hits": []})
    )
    monkeypatch.setattr(connections.Network, "transport", lambda *_, **__: network)
    return network


async def test_it_costs_one_request_which_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    network = _library(monkeypatch, httpx.Response(200, json={"tags": TAGS}))
    async with Client(build_server(SETTINGS)) as client:
        for wanted in ("kinght", "castel"):
            await client.call_tool("search_assets", {"filter": f"tags = {wanted}"})
    assert [request.url.path.removeprefix("/v1/") for request in network.requests] == [
        "search/assets",
        "tags",
        "search/assets",
    ]


@pytest.mark.parametrize("arguments", [{"public": True}, {"offset": 20}, {"page": 2}], ids=str)
async def test_the_public_library_and_later_pages_are_not_explained(
    monkeypatch: pytest.MonkeyPatch, arguments: dict[str, Any]
) -> None:
    network = _library(monkeypatch, httpx.Response(200, json={"tags": TAGS}))
    assert "no tag" not in await note_of("tags = kinght", SETTINGS, **arguments)
    assert len(network.requests) == 1


@pytest.mark.parametrize(
    "tags",
    [httpx.Response(403), httpx.Response(400), httpx.Response(200, json={"tags": [], "nextPaginationToken": "x"})],
    ids=["forbidden", "refused", "cut"],
)
async def test_an_explanation_that_cannot_be_had_spoils_nothing(
    monkeypatch: pytest.MonkeyPatch, tags: httpx.Response
) -> None:
    tokens = iter(range(99))

    def answer(request: httpx.Request) -> httpx.Response:
        if not request.url.path.endswith("/tags"):
            return httpx.Response(200, json={"hits": []})
        endless = httpx.Response(200, json={"tags": [], "nextPaginationToken": str(next(tokens))})
        return endless if tags.is_success else tags

    monkeypatch.setattr(connections.Network, "transport", lambda *_, **__: Network(answer))
    assert await note_of("tags = kinght", SETTINGS) == NO_HITS
