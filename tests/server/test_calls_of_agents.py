"""Calls as agents, hosts and people's notes have them are answered as the same call by the right names."""

import json
from typing import Any

from mcp.client import Client
from mcp.types import CallToolResult, ImageContent, TextContent

from scenario_mcp.server.app import build_server
from scenario_mcp.settings import Sandbox, Settings

PLAIN = {"query": "knight", "filter": "kind = image AND tags = portrait", "limit": 3}
FORMS: list[dict[str, Any]] = [
    {**PLAIN, "toolCallId": "call_x", "sessionId": "s-1", "action": "sendMessage", "chatInput": "hi"},
    {**PLAIN, "image": "null", "sortBy": ["None"], "offset": "undefined"},
    {"query": "knight", "filter": ["kind = image", "tags = portrait"], "limit": 3},
    {"query": "knight", "filter": {"kind": "image", "tags": ["portrait"]}, "limit": 3},
    {"query": "knight", "kind": "image", "tags": ["portrait"], "limit": 3},
    {"target": "assets", "query": "knight", "filters": {"kind": "image", "tags": ["portrait"]}, "n": 3},
    {"arguments": PLAIN},
    {"kwargs": json.dumps(PLAIN)},
    {"q": "knight", "where": "{'kind': 'image', 'tags': 'portrait'}", "top_k": "3.0"},
]


def connect() -> Client:
    return Client(build_server(Settings(upstream=Sandbox())))


def said(result: CallToolResult) -> str:
    return "\n".join(block.text for block in result.content if isinstance(block, TextContent))


async def test_every_form_of_a_search_has_the_hits_of_the_plain_one() -> None:
    async with connect() as client:
        plain = (await client.call_tool("search_assets", PLAIN)).structured_content
        assert plain
        assert len(plain["hits"]) == 3
        for form in FORMS:
            assert (await client.call_tool("search_assets", form)).structured_content == plain, form


async def test_the_other_target_s_call_that_is_written_out_finds_something() -> None:
    async with connect() as client:
        refused = await client.call_tool("search_assets", {"target": "models", "query": "pixel", "limit": 1})
        assert refused.is_error
        tool, _, call = said(refused).partition("Call ")[2].partition(" with ")
        found = await client.call_tool(tool, json.loads(call))
        assert found.structured_content
        assert len(found.structured_content["hits"]) == 1


async def test_what_was_read_into_a_filter_stands_in_the_note() -> None:
    async with connect() as client:
        result = await client.call_tool(
            "search_assets", {"created_after": "2026-01-01", "tags": ["portrait", "knight"]}
        )
        assert result.structured_content
        note = result.structured_content["note"]
        assert "created_after as createdAt >= 2026-01-01" in note
        assert "tags as any of 2 (all: tags = portrait AND tags = knight)" in note


async def test_an_address_of_the_web_app_is_an_id_wherever_one_is_taken() -> None:
    async with connect() as client:
        plain = await client.call_tool("search_assets", {"query": "knight", "limit": 1})
        assert plain.structured_content
        asset = plain.structured_content["hits"][0]["id"]
        address = f"https://app.scenario.com/assets?openAssetId={asset}"
        for form in (address, f"<{address}>", f"https://app.scenario.com/assets/{asset}"):
            by_id = await client.call_tool("search_assets", {"image": asset, "limit": 3})
            by_address = await client.call_tool("search_assets", {"image": form, "limit": 3})
            assert by_address.structured_content == by_id.structured_content
            shown = await client.call_tool("view_assets", {"assetIds": [form]})
            assert shown.content == (await client.call_tool("view_assets", {"assetIds": [asset]})).content
        models = await client.call_tool("search_models", {"query": "pixel", "limit": 1})
        assert models.structured_content
        model = models.structured_content["hits"][0]["id"]
        told = await client.call_tool("get_models", {"modelIds": [f"https://app.scenario.com/models/{model}"]})
        assert told.content == (await client.call_tool("get_models", {"modelIds": [model]})).content


async def test_a_picture_in_base64_alone_finds_its_asset() -> None:
    async with connect() as client:
        plain = await client.call_tool("search_assets", {"query": "knight", "limit": 1})
        assert plain.structured_content
        asset = plain.structured_content["hits"][0]["id"]
        shown = await client.call_tool("view_assets", {"assetIds": [asset]})
        (picture,) = (block for block in shown.content if isinstance(block, ImageContent))
        for image in (
            picture.data,
            f"data:;base64,{picture.data}",
            f"data:image/png;charset=utf-8;base64,{picture.data}",
        ):
            found = await client.call_tool("search_assets", {"image": image, "imageSemanticRatio": 0, "limit": 1})
            assert found.structured_content
            assert found.structured_content["hits"][0]["id"] == asset
