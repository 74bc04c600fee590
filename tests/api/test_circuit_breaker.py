"""An API that is down is left alone until it is back."""

import asyncio

import anyio
import pytest

from scenario_mcp.api.circuit_breaker import FAILURES_TO_OPEN, PROBE_SECONDS, CircuitBreaker
from scenario_mcp.backend import open_scenario
from scenario_mcp.credentials import Credentials
from scenario_mcp.errors import RateLimited, Unavailable
from scenario_mcp.settings import Live, Settings
from tests.support.faulty_upstream import StoppedTime, Upstream, answer
from tests.support.upstream_client import CASTLE, FINE, FOUND, KEY, SECRET, client_of, failure, outcomes, unreachable


def down(what: str, wait: str) -> str:
    return (
        f"Scenario was not asked, because the last requests failed. It can be asked again in {wait}. "
        f"The last error was: {what}."
    )


@pytest.mark.promise(number=3)
@pytest.mark.promise(number=5)
async def test_an_api_that_is_down_is_left_alone_until_it_is_back() -> None:
    at = StoppedTime()
    host = "Scenario could not be reached at {}. Check the network, the proxy, and SCENARIO_BASE_URL"
    async with Upstream(FINE) as upstream, client_of(upstream, at=at, chances=[1.0]) as client:
        await upstream.close()
        assert (await failure(client)).told(to_operator=True) == unreachable(upstream)
        assert (await failure(client)).told(to_operator=True) == unreachable(upstream)  # this one opens the breaker
        what = host.format(upstream.base_url.split("/")[2])
        assert (await failure(client)).told(to_operator=True) == down(what, "5 seconds")
        at.now += PROBE_SECONDS - 0.75
        assert (await failure(client)).told(to_operator=True) == down(what, "a second")
        at.now += 0.75
        assert (await failure(client)).told(to_operator=True) == unreachable(upstream)  # the probe, tried once
        assert (await failure(client)).told(to_operator=True) == down(what, "5 seconds")
        await upstream.open()
        at.now += PROBE_SECONDS
        for _ in range(3):
            assert (await client.search_assets(CASTLE)).hits == FOUND


@pytest.mark.promise(number=3)
async def test_only_one_call_of_many_asks_whether_the_api_is_back() -> None:
    at = StoppedTime()
    async with Upstream(answer(b"", 503)) as upstream, client_of(upstream, at=at, chances=[1.0]) as client:
        await failure(client)
        await failure(client)
        upstream.received = []
        assert set(await outcomes(client, 50)) == {
            down("Scenario has a problem of its own (503). Try again in a minute", "5 seconds")
        }
        assert upstream.received == []
        at.now += PROBE_SECONDS
        messages = await outcomes(client, 50)
        assert (len(messages), len(upstream.received)) == (50, 1)


async def test_an_api_that_only_refuses_is_not_down() -> None:
    at = StoppedTime()
    async with Upstream(answer(b"", 429)) as upstream, client_of(upstream, at=at, chances=[1.0]) as client:
        for number in range(1, 3 * FAILURES_TO_OPEN):
            assert type(await failure(client)) is RateLimited
            assert len(upstream.received) == 3 * number


@pytest.mark.promise(number=5)
def test_failures_far_apart_do_not_add_up() -> None:
    at = StoppedTime()
    breaker = CircuitBreaker(at.clock)
    for _ in range(3 * FAILURES_TO_OPEN):
        breaker.fail()
        at.now += 61
    assert not breaker.is_open


def test_a_success_ends_the_row_of_failures() -> None:
    at = StoppedTime()
    breaker = CircuitBreaker(at.clock)
    for _ in range(3 * FAILURES_TO_OPEN):
        breaker.fail()
        at.now += 1
        if not breaker.is_open:
            breaker.succeed()
    assert not breaker.is_open


async def test_what_the_server_opens_is_back_at_work_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scenario_mcp.api.circuit_breaker.PROBE_SECONDS", 0.3)
    async with Upstream(FINE) as upstream:
        settings = Settings(Credentials(KEY, SECRET), Live(upstream.base_url))
        async with open_scenario(settings) as scenario:
            await upstream.close()
            with anyio.fail_after(20):
                while "was not asked" not in (await failure(scenario.client)).told(to_operator=True):
                    pass
            await upstream.open()
            with anyio.fail_after(10):
                while True:
                    try:
                        await scenario.client.search_assets(CASTLE)
                    except Unavailable:
                        await asyncio.sleep(0.05)  # a caller's pace
                    else:
                        break
