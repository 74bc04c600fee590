"""The SDK's own client over HTTP: a server process on this machine, in both eras of the protocol."""

import base64
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from mcp.types import (
    BlobResourceContents,
    ImageContent,
    PromptReference,
    ResourceTemplateReference,
    TextContent,
    TextResourceContents,
)

from scenario_mcp.http_server.auth.access_tokens import make_token
from scenario_mcp.picture_formats import BY_MIME_TYPE, detect_format
from scenario_mcp.server import guide
from scenario_mcp.server.app import build_server
from tests.support.hosted import SANDBOX, Process, process
from tests.support.raw_stdio import SECONDS

ERAS = ["legacy", "auto"]
"""The handshake of 2025-11-25 and before, and the stateless protocol of 2026-07-28."""
TOKEN, ENTRY = make_token("editor")


@pytest.fixture(scope="module")
def server() -> Iterator[Process]:
    environ = {"SCENARIO_MCP_HTTP_AUTH": "access-tokens", "SCENARIO_MCP_ACCESS_TOKENS": ENTRY}
    with process("--sandbox", environ=environ) as server:
        yield server


@asynccontextmanager
async def connected(server: Process, mode: Any) -> AsyncIterator[Client]:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with (
        httpx2.AsyncClient(headers=headers, trust_env=False, timeout=SECONDS) as http,
        Client(streamable_http_client(f"{server.address}/mcp", http_client=http), mode=mode) as client,
    ):
        yield client


@pytest.mark.parametrize("mode", ERAS)
async def test_what_is_offered_is_what_is_offered_in_one_process(server: Process, mode: Any) -> None:
    async with connected(server, mode) as over_http, Client(build_server(SANDBOX), mode=mode) as in_memory:
        for client in (over_http, in_memory):
            assert client.server_info is not None
            assert client.server_info.name == "scenario-mcp"
        assert over_http.protocol_version == in_memory.protocol_version
        assert over_http.instructions == in_memory.instructions
        assert over_http.server_capabilities == in_memory.server_capabilities
        assert await over_http.list_tools() == await in_memory.list_tools()
        assert await over_http.list_resources() == await in_memory.list_resources()
        assert await over_http.list_resource_templates() == await in_memory.list_resource_templates()
        assert await over_http.list_prompts() == await in_memory.list_prompts()


@pytest.mark.parametrize("mode", ERAS)
async def test_a_session_of_searching_looking_reading_and_completing(server: Process, mode: Any) -> None:
    async with connected(server, mode) as client:
        found = await client.call_tool("search_assets", {"query": "knight", "limit": 3})
        (text,) = found.content
        assert isinstance(text, TextContent)
        assert json.loads(text.text) == found.structured_content
        hits = (found.structured_content or {})["hits"]
        ids = [hit["id"] for hit in hits]

        looked = await client.call_tool("view_assets", {"assetIds": ids[:2]})
        pictures = [block for block in looked.content if isinstance(block, ImageContent)]
        assert [detect_format(base64.b64decode(each.data)) for each in pictures] == [
            BY_MIME_TYPE[each.mime_type] for each in pictures
        ]
        assert pictures

        (image,) = (await client.read_resource(hits[0]["uri"])).contents
        assert isinstance(image, BlobResourceContents)
        assert BY_MIME_TYPE[image.mime_type or ""] is detect_format(base64.b64decode(image.blob))
        (page,) = (await client.read_resource(guide.URI)).contents
        assert isinstance(page, TextResourceContents)
        assert page.text == guide.text()

        prompt = await client.get_prompt("more_like_this", {"like": ids[0]})
        (message,) = prompt.messages
        assert isinstance(message.content, TextContent)
        assert ids[0] in message.content.text

        template = ResourceTemplateReference(uri="scenario://assets/{assetId}")
        completed = await client.complete(template, {"name": "assetId", "value": ids[1]})
        assert completed.completion.values == [ids[1]]
        completed = await client.complete(PromptReference(name="more_like_this"), {"name": "like", "value": "asset_"})
        assert set(ids) <= set(completed.completion.values)


@pytest.mark.parametrize("mode", ERAS)
async def test_what_is_wrong_is_an_error_of_the_right_kind(server: Process, mode: Any) -> None:
    async with connected(server, mode) as client:
        refused = await client.call_tool("search_assets", {"filter": "prompt:dragon"})
        assert refused.is_error
        with pytest.raises(MCPError) as no_tool:
            await client.call_tool("search_asset", {})
        with pytest.raises(MCPError) as no_resource:
            await client.read_resource("scenario://assets/asset_none")
        assert not (await client.call_tool("search_models", {"query": "pixel"})).is_error
    assert (no_tool.value.code, no_tool.value.message) == (
        -32602,
        (
            "There is no tool search_asset. The tools are search_assets, search_models, view_assets, get_models, "
            "list_tags_and_collections."
        ),
    )
    assert (no_resource.value.code, no_resource.value.error.data) == (-32602, {"uri": "scenario://assets/asset_none"})
