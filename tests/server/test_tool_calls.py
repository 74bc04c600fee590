"""A tool's result is sent as it was written, and is what the SDK itself would send."""

import json
from dataclasses import replace
from typing import Any

import pytest
from mcp.client import Client
from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp_types import methods

from scenario_mcp.server.app import build_server
from scenario_mcp.settings import Sandbox, Settings
from scenario_mcp.transports import jsonrpc

CALLS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("search_assets", {"query": "knight", "limit": 3}),
    ("search_models", {"query": "pixel"}),
    ("view_assets", {"assetIds": ["none"]}),
    ("get_models", {"modelIds": ["none"]}),
    ("list_tags_and_collections", {}),
    ("search_assets", {}),
)


@pytest.mark.parametrize("mode", ["legacy", "auto"])
async def test_the_sdk_would_change_nothing_of_a_result(mode: Any) -> None:
    server = build_server(replace(Settings(upstream=Sandbox()), resource_links=True))
    seen: list[tuple[str, dict[str, Any]]] = []

    async def watch(ctx: ServerRequestContext[Any], call_next: CallNext) -> HandlerResult:
        result = await call_next(ctx)
        if ctx.method == "tools/call":
            assert isinstance(result, dict)
            seen.append((ctx.protocol_version, result))
        return result

    server.middleware.insert(0, watch)
    async with Client(server, mode=mode) as client:
        for tool, arguments in CALLS:
            await client.call_tool(tool, arguments)
    assert len(seen) == len(CALLS)
    for version, result in seen:
        assert methods.serialize_server_result("tools/call", version, result) == result
        assert json.loads(jsonrpc.serialize_result(1, result)) == {"jsonrpc": "2.0", "id": 1, "result": result}
