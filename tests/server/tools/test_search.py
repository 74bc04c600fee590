"""A search is answered as a page, as structure and as text, and a wrong one with what to change."""

import json
from typing import Any

import jsonschema
import pytest
from mcp.client import Client
from mcp.types import CallToolResult, ResourceLink, TextContent

from scenario_mcp.server.app import build_server
from scenario_mcp.settings import Sandbox, Settings
from tests.server.test_app import ERAS, SANDBOX, _text

pytestmark = pytest.mark.parametrize("mode", ERAS)


async def _call(mode: Any, tool: str, arguments: dict[str, Any], settings: Settings = SANDBOX) -> CallToolResult:
    async with Client(build_server(settings), mode=mode) as client:
        return await client.call_tool(tool, arguments)


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("search_assets", {"query": "knight portrait", "limit": 5, "offset": 0}),
        ("search_assets", {"filter": "kind = image AND tags = pixel-art", "sortBy": ["createdAt:desc"]}),
        ("search_assets", {"query": "castle", "page": 1, "hitsPerPage": 3, "public": True}),
        ("search_assets", {"query": "dragon", "querySemanticRatio": 0.7}),
        ("search_assets", {"filter": "kind = image", "limit": 60}),
        ("search_models", {"query": "pixel"}),
        ("search_models", {"filter": "capabilities = txt2img", "page": 1}),
    ],
)
async def test_a_search_answers_the_same_page_as_structure_and_as_text(
    mode: Any, tool: str, arguments: dict[str, Any]
) -> None:
    async with Client(build_server(SANDBOX), mode=mode) as client:
        schema = next(each.output_schema for each in (await client.list_tools()).tools if each.name == tool)
        result = await client.call_tool(tool, arguments)
    page = result.structured_content
    assert not result.is_error
    assert json.loads(_text(result)) == page
    jsonschema.validate(page, schema or {})
    assert page["returned"] == len(page["hits"]) > 0
    kind = tool.removeprefix("search_")
    assert all(hit["uri"].removesuffix("/image") == f"scenario://{kind}/{hit['id']}" for hit in page["hits"])
    assert "http" not in _text(result)


async def test_pages_follow_each_other_to_the_end(mode: Any) -> None:
    seen: list[str] = []
    async with Client(build_server(SANDBOX), mode=mode) as client:
        arguments: dict[str, Any] = {"filter": "kind = image", "limit": 30, "offset": 0}
        while True:
            page = (await client.call_tool("search_assets", arguments)).structured_content
            seen += [hit["id"] for hit in page["hits"]]
            if "next" not in page:
                break
            assert page["note"] == "There may be more: repeat with next."
            arguments |= page["next"]
        counted = (
            await client.call_tool("search_assets", {"filter": "kind = image", "page": 1, "hitsPerPage": 1})
        ).structured_content
    assert len(seen) == len(set(seen)) == counted["total"]


async def test_more_like_this_and_less_like_that_finds_neighbours(mode: Any) -> None:
    async with Client(build_server(SANDBOX), mode=mode) as client:
        knights = (await client.call_tool("search_assets", {"query": "knight"})).structured_content["hits"]
        images = {"like": [knights[0]["id"]], "unlike": [knights[1]["uri"]]}
        page = (await client.call_tool("search_assets", {"images": images, "limit": 3, "offset": 0})).structured_content
    assert page["returned"] == 3
    assert page["note"] == f"{knights[0]['id']} is the reference itself. There may be more: repeat with next."


async def test_a_field_the_api_refuses_comes_back_with_the_fields_that_exist(mode: Any) -> None:
    result = await _call(mode, "search_assets", {"filter": "flavour = red"})
    assert result.is_error
    assert "flavour" in _text(result)
    assert "collectionIds" in _text(result)


async def test_links_to_the_resources_come_only_when_asked_for(mode: Any) -> None:
    settings = Settings(upstream=Sandbox(), resource_links=True)
    result = await _call(mode, "search_assets", {"query": "knight", "limit": 2, "offset": 0}, settings)
    text, *links = result.content
    assert isinstance(text, TextContent)
    assert [link.uri for link in links if isinstance(link, ResourceLink)] == [
        hit["uri"] for hit in result.structured_content["hits"]
    ]
    assert len(links) == 2


async def test_a_field_that_scenario_refuses_is_told_with_its_nearest_documented_one(mode: Any) -> None:
    async with Client(build_server(SANDBOX), mode=mode) as client:
        result = await client.call_tool("search_assets", {"filter": "tagz = knight"})
    assert result.is_error
    assert _text(result).endswith(' Correct what it names. Filter field "tagz" is not documented; did you mean tags?')
