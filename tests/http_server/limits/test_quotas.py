"""A quota that is used up is not asked for again, by any replica."""

import pytest

from scenario_mcp.api.client import ScenarioClient
from scenario_mcp.api.requests import AssetSearch
from scenario_mcp.api.retries import RetryTransport
from scenario_mcp.errors import QuotaExceeded
from scenario_mcp.http_server.limits.quotas import MAX_CALLERS, QuotaCache, QuotaTransport
from scenario_mcp.http_server.limits.rate_limits import RateLimiter
from scenario_mcp.http_server.shared_store.redis_link import RedisLink
from tests.support.fakes import SETTINGS, answering
from tests.support.redis_server import RedisServer, needs_redis

ANNA, BERT = "a" * 32, "b" * 32


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("said", "seconds"),
    [(30.0, 30.0), (None, 600.0), (1e9, 86_400.0), (float("inf"), 86_400.0), (0.0, 0.0), (-1.0, 0.0)],
)
async def test_a_quota_that_is_used_up_is_remembered_as_long_as_scenario_said(
    said: float | None, seconds: float
) -> None:
    clock = Clock()
    quotas = QuotaCache(None, clock=clock)
    assert quotas.remaining_seconds(ANNA) == 0
    quotas.set(ANNA, said)
    assert quotas.remaining_seconds(ANNA) == seconds
    assert quotas.remaining_seconds(BERT) == 0
    clock.now += max(seconds - 1, 0)
    assert quotas.remaining_seconds(ANNA) == min(seconds, 1)
    clock.now += 1
    assert quotas.remaining_seconds(ANNA) == 0


async def test_only_the_last_callers_are_remembered() -> None:
    quotas = QuotaCache(None)
    for number in range(MAX_CALLERS + 1):
        quotas.set(str(number), None)
    remembered = [quotas.remaining_seconds(str(number)) > 0 for number in range(MAX_CALLERS + 1)]
    assert remembered == [False] + [True] * MAX_CALLERS


async def test_a_search_is_not_sent_while_the_quota_of_its_payer_is_used_up() -> None:
    network = answering({"code": "QUOTA_EXCEEDED", "remainingSeconds": 900, "asset": {"id": "a"}}, 429)
    quotas = QuotaCache(None)
    anna, bert = (
        ScenarioClient(
            QuotaTransport(RetryTransport(network, SETTINGS, SETTINGS.credentials), quotas, payer),
            SETTINGS.upstream.base_url,
            SETTINGS.credentials,
        )
        for payer in (ANNA, BERT)
    )
    messages = []
    for client in (anna, anna, bert):
        with pytest.raises(QuotaExceeded) as refused:
            await client.search_assets(AssetSearch(query="dragon").resolve())
        messages.append((refused.value.message.partition(" Waiting")[0], refused.value.wait_seconds))
    used_up = ("The plan's quota for searches is used up (429).", 900)
    assert [messages[0], messages[2]] == [used_up, used_up]
    assert messages[1][0] == (
        "The plan's quota for searches was used up at the last request (429), so Scenario was not asked again. It is "
        "asked again in 15 minutes; a larger plan raises the quota."
    )
    with pytest.raises(QuotaExceeded):
        await anna.get_asset("a")  # which may be answered without the quota, so it is sent
    assert [request.method for request in network.requests] == ["POST", "POST", "GET"]


@needs_redis
async def test_every_replica_learns_it_with_the_next_call() -> None:
    with RedisServer() as server:
        async with RedisLink(server.url) as one, RedisLink(server.url) as other:
            quotas, others = QuotaCache(one), QuotaCache(other)
            rate_limiter = RateLimiter(0, 10, 10, others, other)
            quotas.set(ANNA, 60)
            assert await one.get(quotas.name(ANNA)) == b"1"  # what was asked for after it comes after it
            assert others.remaining_seconds(ANNA) == 0
            async with rate_limiter.admit(ANNA, ANNA), rate_limiter.admit(BERT, BERT):
                assert 58 < others.remaining_seconds(ANNA) <= 60
                assert others.remaining_seconds(BERT) == 0
            with server.client() as client:
                assert 58_000 < client.pttl(f"scenario-mcp:quota:{ANNA}") <= 60_000
                assert client.keys("scenario-mcp:calls:*") == []


@needs_redis
async def test_without_redis_it_is_remembered_all_the_same() -> None:
    with RedisServer() as server:
        async with RedisLink(server.url) as shared:
            server.kill()
            quotas = QuotaCache(shared)
            quotas.set(ANNA, 60)
            assert 58 < quotas.remaining_seconds(ANNA) <= 60
