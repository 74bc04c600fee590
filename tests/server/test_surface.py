"""What the server publishes: frozen in snapshots, and what must hold for all of it."""

import json
from typing import Any

import pytest
from mcp.client import Client
from mcp.shared.exceptions import MCPError
from mcp.types import INVALID_PARAMS, ToolAnnotations

from scenario_mcp import __version__
from scenario_mcp.server.app import INSTRUCTIONS, build_server
from scenario_mcp.settings import Sandbox, Settings
from tests.conftest import Snapshot

pytestmark = pytest.mark.smoke
SANDBOX = Settings(upstream=Sandbox())


async def _published() -> dict[str, Any]:
    async with Client(build_server(SANDBOX)) as client:
        tools = (await client.list_tools()).tools
        return {
            "tools": [tool.model_dump(by_alias=True, exclude_none=True, mode="json") for tool in tools],
            "resources": (await client.list_resources()).model_dump(by_alias=True, exclude_none=True, mode="json"),
            "templates": (await client.list_resource_templates()).model_dump(
                by_alias=True, exclude_none=True, mode="json"
            ),
            "prompts": (await client.list_prompts()).model_dump(by_alias=True, exclude_none=True, mode="json"),
            "instructions": client.instructions,
        }


async def test_each_tool_is_published_as_its_snapshot_says(snapshot: Snapshot) -> None:
    for tool in (await _published())["tools"]:
        snapshot(tool["name"], tool)


async def test_resources_and_instructions_are_published_as_their_snapshot_says(snapshot: Snapshot) -> None:
    published = await _published()
    del published["tools"]
    # A release changes nothing but the version.
    text = json.dumps(published).replace(f'"version": "{__version__}"', '"version": "of the source"')
    snapshot("surface", json.loads(text))


async def test_every_tool_has_a_title_hints_and_its_schemas() -> None:
    async with Client(build_server(SANDBOX)) as client:
        tools = (await client.list_tools()).tools
    assert [tool.name for tool in tools] == [
        "search_assets",
        "search_models",
        "view_assets",
        "get_models",
        "list_tags_and_collections",
    ]
    for tool in tools:
        assert tool.annotations == ToolAnnotations(
            title=tool.title,
            read_only_hint=True,
            destructive_hint=False,
            idempotent_hint=True,
            open_world_hint=True,
        )
        assert tool.title
        assert tool.input_schema["type"] == "object"
        if tool.name.startswith("search"):
            assert tool.output_schema
            assert tool.output_schema["required"] == ["returned", "hits"]
        elif tool.name.startswith("list"):
            assert tool.output_schema
            assert tool.output_schema["required"] == ["tags", "collections", "totalTags", "totalCollections"]
        else:  # beside structured content some clients lose pictures
            assert tool.output_schema is None


async def test_what_a_model_reads_first_is_short() -> None:
    """Hosts cut tool descriptions and instructions at 2 KB."""
    published = await _published()
    assert len(INSTRUCTIONS) < 1_000
    assert published["instructions"] == INSTRUCTIONS
    assert all(len(tool["description"]) < 1_000 for tool in published["tools"])


async def test_the_lists_may_be_cached_by_everybody_and_a_reading_by_its_caller() -> None:
    async with Client(build_server(SANDBOX)) as client:
        for listing in (
            await client.list_tools(),
            await client.list_resources(),
            await client.list_resource_templates(),
            await client.list_prompts(),
        ):
            assert (listing.ttl_ms, listing.cache_scope) == (300_000, "public")
        reading = await client.read_resource("scenario://guide/search")
        assert (reading.ttl_ms, reading.cache_scope) == (60_000, "private")


async def test_a_cursor_that_was_never_given_is_refused() -> None:
    async with Client(build_server(SANDBOX)) as client:
        for list_ in (
            client.list_tools,
            client.list_resources,
            client.list_resource_templates,
            client.list_prompts,
        ):
            with pytest.raises(MCPError, match=r"There are no further pages: ask without a cursor\.") as refused:
                await list_(cursor="garbage")
            assert refused.value.code == INVALID_PARAMS
            assert await list_(cursor="") == await list_()


@pytest.mark.parametrize("uri", ["scenario://guide/search"])
async def test_every_listed_resource_can_be_read(uri: str) -> None:
    async with Client(build_server(SANDBOX)) as client:
        assert [resource.uri for resource in (await client.list_resources()).resources] == [uri]
        (contents,) = (await client.read_resource(uri)).contents
    assert contents.mime_type == "text/markdown"
