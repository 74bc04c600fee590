"""The server as clients see it: in this process over both protocol eras, on the sandbox."""

import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from mcp.client import Client, advertise
from mcp.shared.exceptions import MCPError
from mcp.types import BlobResourceContents, CallToolResult, TextContent, TextResourceContents

from scenario_mcp import backend
from scenario_mcp.backend import Scenario
from scenario_mcp.picture_formats import BY_MIME_TYPE, detect_format
from scenario_mcp.recent_ids import RecentIds
from scenario_mcp.server.app import build_server
from scenario_mcp.server.gallery import EXTENSION, META_KEY, MIME_TYPE
from scenario_mcp.settings import Sandbox, Settings
from tests.support.fakes import SETTINGS, Network

SANDBOX = Settings(upstream=Sandbox())
ERAS = ["legacy", "auto"]
"""The handshake of 2025-11-25 and before, and the stateless protocol of 2026-07-28."""

pytestmark = pytest.mark.parametrize("mode", ERAS)


def _text(result: CallToolResult) -> str:
    (block,) = result.content
    assert isinstance(block, TextContent)
    return block.text


async def test_a_wrong_call_says_what_to_change_and_the_server_goes_on(mode: Any) -> None:
    async with Client(build_server(SANDBOX), mode=mode) as client:
        refused = await client.call_tool("search_assets", {"filter": "prompt:dragon"})
        assert refused.is_error
        assert refused.structured_content is None
        assert '{"query": "dragon"}' in _text(refused)
        assert not (await client.call_tool("search_assets", {"query": "dragon"})).is_error


async def test_without_credentials_every_call_names_both_ways_out(mode: Any) -> None:
    async with Client(build_server(Settings()), mode=mode) as client:
        assert len((await client.list_tools()).tools) == 5
        for tool, arguments in (("search_assets", {"query": "x"}), ("search_models", {}), ("view_assets", {})):
            result = await client.call_tool(tool, arguments)
            assert result.is_error
            assert _text(result) == (
                "There are no credentials for Scenario. Set SCENARIO_SDK_API_KEY and SCENARIO_SDK_API_SECRET to an "
                "API key of your Scenario project, or set SCENARIO_MCP_SANDBOX=1 to search the built-in sample "
                "catalogue without an account."
            )


async def test_an_unknown_tool_is_a_protocol_error_that_names_the_tools(mode: Any) -> None:
    async with Client(build_server(SANDBOX), mode=mode) as client:
        with pytest.raises(MCPError) as caught:
            await client.call_tool("search\u202e_asset", {})
    assert caught.value.code == -32602
    assert caught.value.message == (
        "There is no tool search_asset. The tools are search_assets, search_models, view_assets, get_models, "
        "list_tags_and_collections."
    )


async def test_both_kinds_of_picture_are_read_as_what_they_are(mode: Any) -> None:
    async with Client(build_server(SANDBOX), mode=mode) as client:
        for tool, query in (("search_assets", "knight"), ("search_models", "pixel")):
            page = (await client.call_tool(tool, {"query": query})).structured_content
            (contents,) = (await client.read_resource(page["hits"][0]["uri"])).contents
            assert isinstance(contents, BlobResourceContents)
            assert BY_MIME_TYPE[contents.mime_type or ""] is detect_format(base64.b64decode(contents.blob))


async def test_an_asset_is_read_in_full_without_any_address(mode: Any) -> None:
    async with Client(build_server(SANDBOX), mode=mode) as client:
        page = (await client.call_tool("search_assets", {"filter": "kind = video"})).structured_content
        asset_id = page["hits"][0]["id"]
        (contents,) = (await client.read_resource(f"scenario://assets/{asset_id}")).contents
    assert isinstance(contents, TextResourceContents)
    asset = json.loads(contents.text)
    assert (asset["id"], asset["metadata"]["kind"]) == (asset_id, "video")
    assert "url" not in asset["thumbnail"]
    assert "://" not in contents.text


@pytest.mark.parametrize(
    "uri",
    [
        "scenario://assets/asset_doesNotExist",
        "scenario://assets/asset_doesNotExist/image",
        "scenario://models/model_doesNotExist",
        "scenario://assets/../models/x",
        "scenario://assets/%2e%2e%2fmodels",
        "scenario://assets/",
        "file:///etc/passwd",
        "scenario://elsewhere/x",
    ],
)
async def test_an_unknown_resource_is_refused_with_its_uri(mode: Any, uri: str) -> None:
    async with Client(build_server(SANDBOX), mode=mode) as client:
        with pytest.raises(MCPError) as caught:
            await client.read_resource(uri)
    assert caught.value.code == -32602
    assert caught.value.data == {"uri": uri}


def _connected(monkeypatch: pytest.MonkeyPatch, network: Network, settings: Settings = SETTINGS) -> None:
    """Let a server built from now on ask this network."""

    @asynccontextmanager
    async def opened(_settings: Settings, _recent: RecentIds) -> AsyncIterator[Scenario]:
        yield network.scenario(settings)

    monkeypatch.setattr(backend, "open_scenario", opened)


@pytest.mark.promise(number=17)
async def test_the_key_is_in_no_answer_even_if_a_hit_holds_it(mode: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    leaks = SETTINGS.credentials.secrets
    document = {"id": "a", "tags": [*leaks], "x": f"Authorization: Basic {leaks[-1]}", leaks[0]: 1}
    answers = {
        "/v1/search/assets": {"hits": [document]},
        "/v1/search/models": {"hits": [{**document, "name": leaks[1]}]},
    }
    bulk = {"/v1/assets/get-bulk": {"assets": [document]}, "/v1/models/get-bulk": {"models": [document]}}
    labels = {
        "/v1/tags": {"tags": [{"tagName": leaks[1], "itemCount": 1}]},
        "/v1/collections": {"collections": [{"id": "c", "name": leaks[-1]}]},
    }
    known: dict[str, Any] = {**answers, **bulk, **labels, "/v1/assets/a": {"asset": document}}
    _connected(monkeypatch, Network(lambda request: httpx.Response(200, json=known[request.url.path])))
    shows_pages = advertise(EXTENSION, {"mimeTypes": [MIME_TYPE]})
    async with Client(build_server(SETTINGS), mode=mode, extensions=[shows_pages]) as client:
        said = [
            (await client.call_tool("search_assets", {"query": "x"})).model_dump_json(),
            (await client.call_tool("search_models", {"query": "x"})).model_dump_json(),
            (await client.call_tool("view_assets", {"assetIds": ["a"]})).model_dump_json(),
            (await client.call_tool("view_assets", {"assetIds": ["a"], "details": True})).model_dump_json(),
            (await client.call_tool("get_models", {"modelIds": ["a"]})).model_dump_json(),
            (await client.call_tool("list_tags_and_collections", {})).model_dump_json(),
            (await client.read_resource("scenario://assets/a")).model_dump_json(),
        ]
    assert [leak for leak in leaks for text in said if leak in text] == []
    assert all("[secret removed]" in text for text in said[:1] + said[2:])
    assert all(META_KEY in text for text in said[:2])


async def test_an_address_that_is_none_is_refused_before_anything_is_opened(mode: Any) -> None:
    async with Client(build_server(Settings()), mode=mode) as client:
        with pytest.raises(MCPError) as caught:
            await client.read_resource("file:///etc/passwd")
    assert caught.value.code == -32602
