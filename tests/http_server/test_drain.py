"""The server ends as it was told to: it drains, finishes what it has begun, and hangs on nothing."""

import asyncio
import signal
import time

import httpx
import pytest

from tests.http_server.test_service import SEARCH, SECOND_LINE
from tests.support.faulty_upstream import Behaviour, Exchange, Upstream, answer
from tests.support.hosted import (
    Process,
    process,
    result_of,
)
from tests.support.raw_stdio import SECONDS, call, live

pytestmark = pytest.mark.processes

FOUND = {"hits": [], "total": 0}


async def status(server: Process, path: str) -> int:
    return (await asyncio.to_thread(server.get, path)).status_code


async def until_draining(server: Process) -> None:
    async with asyncio.timeout(SECONDS):
        while await status(server, "/readyz") == 200:
            pass  # it was told, and asked again


class Slow:
    """A behaviour of an API: answers when it is let."""

    def __init__(self) -> None:
        self.goes_on = asyncio.Event()

    async def __call__(self, exchange: Exchange) -> None:
        await self.goes_on.wait()
        await answer(FOUND)(exchange)


async def test_on_sigterm_the_balancer_is_told_first_and_new_calls_are_still_served() -> None:
    slow = Slow()
    behaviours: list[Behaviour] = [slow, answer(FOUND)]
    async with Upstream(*behaviours) as upstream:
        with process(environ={**live(upstream.base_url), "SCENARIO_MCP_DRAIN_SECONDS": "6"}) as server:
            first = asyncio.create_task(asyncio.to_thread(server.post, SEARCH))
            await asyncio.wait_for(upstream.arrived.wait(), SECONDS)
            begin = time.monotonic()
            server.tell(signal.SIGTERM)
            await until_draining(server)
            drains = await asyncio.to_thread(server.get, "/readyz")
            late = await asyncio.to_thread(server.post, call(1, "search_assets", query="late"))
            lives, metered = await status(server, "/livez"), (await asyncio.to_thread(server.get, "/metrics")).text
            assert server.process.poll() is None
            ends = asyncio.create_task(server.code())
            await asyncio.sleep(max(0.0, 6.2 - (time.monotonic() - begin)))  # the promise: six seconds
            assert not ends.done(), "a call is in flight"
            slow.goes_on.set()
            assert await ends == 0
            assert result_of(await first)["structuredContent"]["hits"] == []
            assert "Traceback" not in server.said()
    assert (drains.status_code, drains.json()) == (503, {"status": "draining", "redis": "off"})
    assert (late.status_code, late.headers["connection"]) == (200, "close")
    assert not result_of(late).get("isError")
    assert lives == 200
    assert "\nscenario_mcp_draining 1.0\n" in metered


async def test_without_time_to_drain_sigterm_ends_it_after_the_calls_in_flight() -> None:
    slow = Slow()
    async with Upstream(slow) as upstream:
        with process(environ=live(upstream.base_url)) as server:
            first = asyncio.create_task(asyncio.to_thread(server.post, SEARCH))
            await asyncio.wait_for(upstream.arrived.wait(), SECONDS)
            server.tell(signal.SIGTERM)
            async with asyncio.timeout(SECONDS):
                while True:  # until it takes no new connection
                    try:
                        await status(server, "/livez")
                    except httpx.TransportError:
                        break
            assert server.process.poll() is None
            slow.goes_on.set()
            assert not result_of(await first).get("isError")
            assert await server.code() == 0


def test_idle_it_ends_as_soon_as_it_has_drained() -> None:
    with process("--sandbox", environ={"SCENARIO_MCP_DRAIN_SECONDS": "1"}) as server:
        begin = time.monotonic()
        server.tell(signal.SIGTERM)
        assert server.exit_code() == 0
        assert 1 <= time.monotonic() - begin < 10  # it would give calls 25 seconds


def test_a_second_sigterm_ends_the_wait() -> None:
    with process("--sandbox", environ={"SCENARIO_MCP_DRAIN_SECONDS": "60"}) as server:
        server.tell(signal.SIGTERM)
        end = time.monotonic() + SECONDS
        while server.get("/readyz").status_code == 200:
            assert time.monotonic() < end
        server.tell(signal.SIGTERM)
        assert server.exit_code() == 0


async def test_sigint_ends_it_with_a_call_in_flight() -> None:
    slow = Slow()
    async with Upstream(slow) as upstream:
        with process(environ={**live(upstream.base_url), "SCENARIO_MCP_DRAIN_SECONDS": "60"}) as server:
            first = asyncio.create_task(asyncio.to_thread(server.post, SEARCH))
            await asyncio.wait_for(upstream.arrived.wait(), SECONDS)
            server.tell(signal.SIGINT)
            slow.goes_on.set()
            assert await server.code() == 0
            assert not result_of(await first).get("isError")
            first_line, *others = server.said().splitlines()
            assert first_line.endswith("(callers bring their own Scenario key, or use this server's on this machine)")
            assert others == [SECOND_LINE]


async def test_sigint_does_not_wait_for_a_call_that_hangs() -> None:
    slow = Slow()
    async with Upstream(slow) as upstream:
        with process(environ=live(upstream.base_url)) as server:
            hanging = asyncio.create_task(asyncio.to_thread(server.post, SEARCH))
            await asyncio.wait_for(upstream.arrived.wait(), SECONDS)
            begin = time.monotonic()
            server.tell(signal.SIGINT)
            assert await server.code() == 0
            assert time.monotonic() - begin < 10  # the call would hang on for 25 seconds
            slow.goes_on.set()
            await asyncio.wait([hanging])
            hanging.exception()  # whatever its client was told
            assert server.said().splitlines()[1:] == [SECOND_LINE]
