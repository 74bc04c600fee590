"""The API's client over real sockets to a faulty upstream, and the sentences that its errors are made of."""

import zlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import anyio
import httpx
import pytest

from scenario_mcp.api.client import ScenarioClient
from scenario_mcp.api.replies import Asset
from scenario_mcp.api.requests import AssetSearch
from scenario_mcp.credentials import Credentials
from scenario_mcp.errors import ScenarioError, Unavailable
from scenario_mcp.net.aiohttp_transport import AiohttpTransport
from scenario_mcp.settings import Live, Settings
from tests.support.fakes import client_over
from tests.support.faulty_upstream import Behaviour, StoppedTime, Upstream, answer
from tests.support.local_http import NO_TLS

KEY, SECRET = "api_4kQ7key", "9fT2vXsecret"
CASTLE = AssetSearch(query="castle").resolve()
FINE = answer({"hits": [{"id": "a"}], "limit": 20})
FOUND = (Asset(id="a"),)
SIGNED = "https://cdn.cloud.scenario.com/assets/a?Policy=p&Signature=s&Key-Pair-Id=k"
PAGE = b'{"hits": [{"id": "a"}], "limit": 20}'
GZIP, ZLIB, BARE = zlib.MAX_WBITS | 16, zlib.MAX_WBITS, -zlib.MAX_WBITS

NOT_THE_API = "The answer does not come from Scenario's API. Try again in a minute. Check SCENARIO_BASE_URL."
BROKEN = "The connection to Scenario broke before the answer was complete. Try again."
TOO_LARGE = "Scenario's answer is larger than 8 MB and was not read. Ask for less at a time, such as a smaller limit."


def unreachable(upstream: Upstream) -> str:
    host = upstream.base_url.split("/")[2]
    return f"Scenario could not be reached at {host}. Check the network, the proxy, and SCENARIO_BASE_URL."


def too_late(seconds: float) -> str:
    return (
        f"Scenario did not answer within {seconds:g} seconds. Try again, perhaps with a smaller limit. "
        "Set SCENARIO_MCP_TIMEOUT_SECONDS to wait longer."
    )


def own_problem(status: int, wait: str = "a minute") -> str:
    return f"Scenario has a problem of its own ({status}). Try again in {wait}."


def open_transport() -> httpx.AsyncBaseTransport:
    """Make the transport to the API."""
    return AiohttpTransport(NO_TLS, at_once=64)


@asynccontextmanager
async def client_of(
    upstream: Upstream,
    *,
    at: StoppedTime | None = None,
    seconds: float = 10,
    chances: Sequence[float] = (0.5,),
) -> AsyncIterator[ScenarioClient]:
    """Open the API's client over real sockets; it sleeps on a clock of its own, `at`, and draws `chances` by turns."""
    at = at or StoppedTime()
    drawn = 0

    def draw() -> float:
        nonlocal drawn
        drawn += 1
        return chances[(drawn - 1) % len(chances)]

    settings = Settings(Credentials(KEY, SECRET), Live(upstream.base_url), timeout_seconds=seconds)
    async with open_transport() as http:
        yield client_over(http, settings, clock=at.clock, sleep=at.sleep, random=draw)


async def failure(client: ScenarioClient) -> ScenarioError:
    """Search; return the error, which may take as long as the longest exchange."""
    with anyio.fail_after(20), pytest.raises(ScenarioError) as refused:
        await client.search_assets(CASTLE)
    assert (refused.value.__cause__, refused.value.__context__) == (None, None)
    return refused.value


async def fails_and_recovers(behaviour: Behaviour, sentence: str, tries: int) -> None:
    async with Upstream(*[behaviour] * tries, FINE) as upstream, client_of(upstream) as client:
        error = await failure(client)
        assert (type(error), error.told(to_operator=True)) == (Unavailable, sentence)
        assert len(upstream.received) == tries
        assert (await client.search_assets(CASTLE)).hits == FOUND


async def outcomes(client: ScenarioClient, calls: int) -> list[str]:
    """Search so often at once; return the messages of the calls that failed."""
    messages: list[str] = []

    async def search() -> None:
        try:
            await client.search_assets(CASTLE)
        except ScenarioError as error:
            messages.append(error.told(to_operator=True))

    with anyio.fail_after(20):
        async with anyio.create_task_group() as tasks:
            for _ in range(calls):
                tasks.start_soon(search)
    return messages
