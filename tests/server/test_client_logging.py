"""A client that asks for it is told how its requests were answered, and how far they are."""

import warnings
from typing import Any

import pytest
from mcp.client import Client
from mcp.types import LoggingLevel, LoggingMessageNotificationParams

from scenario_mcp.server.app import build_server
from scenario_mcp.settings import Sandbox, Settings


async def told(
    mode: Any, level: LoggingLevel | None, calls: list[dict[str, Any]], meta: Any = None
) -> list[tuple[str, Any]]:
    """Call search_assets with a level set; return what the client was told of the log."""
    heard: list[tuple[str, Any]] = []

    async def hear(params: LoggingMessageNotificationParams) -> None:
        if params.data["method"] == "tools/call":
            heard.append((params.level, params.data))

    async with Client(build_server(Settings(upstream=Sandbox())), mode=mode, logging_callback=hear) as client:
        if level is not None:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # newer protocols do without it
                await client.set_logging_level(level)
        for arguments in calls:
            await client.call_tool("search_assets", arguments, meta=meta)
        await client.list_tools()
    return heard


CALLS: list[dict[str, Any]] = [{"query": "castle"}, {"query": "castle", "limit": 0}]


async def test_a_client_that_sets_a_level_is_told_how_its_requests_were_answered() -> None:
    assert await told("legacy", None, CALLS) == []
    answered, refused = await told("legacy", "info", CALLS)
    assert (answered[0], answered[1]["tool"], answered[1]["outcome"]) == ("info", "search_assets", "ok")
    assert (answered[1]["upstream_status"], answered[1]["tries"]) == ("200", 1)
    assert (refused[0], refused[1]["outcome"], refused[1]["error"]) == ("notice", "error", "SearchRefused")
    assert [level for level, _ in await told("legacy", "notice", CALLS)] == ["notice"]
    assert await told("legacy", "warning", CALLS) == []


async def test_on_newer_protocols_it_is_asked_for_with_each_request() -> None:
    assert await told("auto", None, CALLS) == []
    heard = await told("auto", None, CALLS, {"io.modelcontextprotocol/logLevel": "info"})
    assert [(level, data["outcome"]) for level, data in heard] == [("info", "ok"), ("notice", "error")]


@pytest.mark.parametrize("mode", ["legacy", "auto"])
async def test_progress_is_told_where_it_is_asked_for(mode: Any) -> None:
    heard: list[tuple[float, float | None]] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        assert message is None
        heard.append((progress, total))

    async with Client(build_server(Settings(upstream=Sandbox())), mode=mode) as client:
        await client.call_tool("search_assets", {"query": "castle"})
        assert heard == []
        await client.call_tool("search_assets", {"query": "castle"}, progress_callback=hear)
    assert heard == [(0, 1), (1, 1)]
