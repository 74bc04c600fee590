"""A mistake of ours is an answer without its text, and no call outlives its deadline."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import anyio
import httpx
import pytest
from mcp.client import Client
from mcp.shared.exceptions import MCPError

from scenario_mcp.api.client import ScenarioClient
from scenario_mcp.server import guide
from scenario_mcp.server.app import build_server
from scenario_mcp.server.tools import search
from tests.server.test_app import ERAS, SANDBOX, _connected, _text
from tests.support.fakes import SETTINGS, Network

pytestmark = pytest.mark.parametrize("mode", ERAS)


@pytest.mark.promise(number=7)
async def test_a_mistake_of_ours_is_logged_and_answered_without_its_text(
    mode: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(guide, "text", lambda: 1 / 0)
    async with Client(build_server(SANDBOX), mode=mode) as client:
        with pytest.raises(MCPError) as caught:
            await client.read_resource("scenario://guide/search")
        assert caught.value.code == -32603
        assert caught.value.message == "The server made a mistake, which it has logged. Try another request."
        assert len((await client.list_tools()).tools) == 5
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.promise(number=2)
async def test_a_whole_call_has_one_deadline(mode: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = replace(SETTINGS, timeout_seconds=0.2)

    class Stuck(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            await anyio.sleep_forever()
            yield b""

    async def never(*_: object) -> None:
        await anyio.sleep_forever()

    _connected(monkeypatch, Network(lambda _: httpx.Response(200, stream=Stuck())), settings)
    monkeypatch.setattr(ScenarioClient, "get_assets", never)
    monkeypatch.setattr(ScenarioClient, "get_asset", never)
    late = (
        "The answer was not complete within 0.2 seconds. Ask for less at a time. Set SCENARIO_MCP_TIMEOUT_SECONDS to "
        "wait longer."
    )
    async with Client(build_server(settings), mode=mode) as client:
        with anyio.fail_after(30):
            result = await client.call_tool("view_assets", {"assetIds": ["a"]})
            with pytest.raises(MCPError, match="was not complete within"):
                await client.read_resource("scenario://assets/a")
    assert result.is_error
    assert _text(result) == late


@pytest.mark.promise(number=7)
async def test_a_tool_that_fails_by_a_mistake_of_ours_is_an_error_result(
    mode: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(search, "trim_assets", lambda *_, **__: 1 / 0)
    async with Client(build_server(SANDBOX), mode=mode) as client:
        result = await client.call_tool("search_assets", {"query": "castle"})
    assert result.is_error
    assert _text(result) == "The server made a mistake, which it has logged. Try another request."
    assert "ZeroDivisionError" in caplog.text
