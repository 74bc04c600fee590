"""Only a caller that makes too many calls is rejected, and is told how long to wait."""

import asyncio
import sys
import time
from collections import Counter

import pytest

from scenario_mcp.http_server.limits import rate_limits as module
from scenario_mcp.http_server.limits.quotas import QuotaCache
from scenario_mcp.http_server.limits.rate_limits import FloodGuard, OverLimit, RateLimiter
from scenario_mcp.http_server.shared_store.redis_link import RedisLink
from tests.support.redis_server import RedisServer, needs_redis

ANNA, BERT = "a" * 32, "b" * 32
LONGEST_SECONDS = 30.0
TWO_AT_ONCE = (
    "2 of your calls are still being answered, as many as this server allows at once. Wait for one of them, then try "
    "again in 2 seconds."
)


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def make(
    per_minute: int,
    at_once: int = 1_000,
    in_all: int = 1_000,
    *,
    redis: RedisLink | None = None,
    clock: Clock | None = None,
) -> RateLimiter:
    return RateLimiter(per_minute, at_once, in_all, QuotaCache(redis), redis, clock or time.monotonic)


async def call(limiter: RateLimiter, caller: str = ANNA) -> OverLimit | None:
    try:
        async with limiter.admit(caller, caller):
            return None
    except OverLimit as over:
        return over


async def test_calls_within_a_minute_are_counted_by_a_window_that_moves() -> None:
    clock = Clock()
    limiter = make(3, clock=clock)
    assert await call(limiter) is None
    clock.now += 20
    assert [await call(limiter), await call(limiter)] == [None, None]
    clock.now += 17.5
    over = await call(limiter)
    assert over is not None
    assert (over.limit, over.wait_seconds, over.message) == (
        "calls per minute",
        23,
        "You have made 3 calls within a minute, as many as this server allows. Wait 23 seconds, then try again.",
    )
    assert await call(limiter, BERT) is None
    clock.now += 22.5
    assert await call(limiter) is None  # a minute after the first
    assert await call(limiter) is not None
    clock.now += 20
    assert [await call(limiter), await call(limiter)] == [None, None]
    assert limiter._in_flight == 0


async def test_a_refused_call_does_not_count() -> None:
    clock = Clock()
    limiter = make(1, clock=clock)
    over = await call(limiter)
    assert over is None
    for _ in range(5):
        clock.now += 11.9
        over = await call(limiter)
    assert over is not None
    assert over.message == (
        "You have made 1 call within a minute, as many as this server allows. Wait 1 second, then try again."
    )
    clock.now += 0.5
    assert await call(limiter) is None


async def test_no_limit_by_the_minute_is_none() -> None:
    limiter = make(0)
    assert [await call(limiter) for _ in range(5_000)] == [None] * 5_000


async def test_calls_at_once_are_counted_for_each_caller() -> None:
    limiter = make(0, at_once=2, in_all=10)
    async with limiter.admit(ANNA, ANNA):
        async with limiter.admit(ANNA, ANNA):
            over = await call(limiter)
            assert over is not None
            assert (over.limit, over.wait_seconds, over.message) == (
                "calls at once",
                2,
                TWO_AT_ONCE,
            )
            assert await call(limiter, BERT) is None
            assert limiter._in_flight == 2
        assert await call(limiter) is None
    assert limiter._in_flight == 0


async def test_calls_at_once_are_counted_for_all_callers() -> None:
    limiter = make(0, at_once=2, in_all=2)
    async with limiter.admit(ANNA, ANNA), limiter.admit(BERT, BERT):
        over = await call(limiter, "c" * 32)
        assert over is not None
        assert (over.limit, over.wait_seconds, over.message) == (
            "calls at once in all",
            2,
            "2 calls of all users are being answered, as many as this server takes at once. Try again in 2 seconds.",
        )
    assert await call(limiter, "c" * 32) is None


async def test_a_call_that_fails_is_over() -> None:
    limiter = make(0, at_once=1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            async with limiter.admit(ANNA, ANNA):
                raise ZeroDivisionError
    assert limiter._in_flight == 0


async def test_callers_that_stopped_calling_are_forgotten() -> None:
    clock = Clock()
    limiter = make(5, clock=clock)
    async with limiter.admit("busy", "busy"):
        for number in range(1_000):
            await call(limiter, str(number))
        clock.now += 61
        for _ in range(1_000):
            await call(limiter, "new")
        assert sorted(limiter._callers) == ["busy", "new"]
    clock.now += 61
    await call(limiter, ANNA)
    await call(limiter, ANNA)
    assert list(limiter._callers) == [ANNA]


async def test_no_more_callers_are_known_than_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_CALLERS", 100)
    limiter = make(5, clock=Clock())
    for number in range(500):
        await call(limiter, str(number))
    assert len(limiter._callers) <= 101


@needs_redis
@pytest.mark.parametrize("per_minute", [1, 100])
async def test_a_limit_holds_over_three_replicas(per_minute: int) -> None:
    with RedisServer() as server:
        async with RedisLink(server.url) as one, RedisLink(server.url) as two, RedisLink(server.url) as three:
            replicas = [make(per_minute, redis=redis) for redis in (one, two, three)]
            outcomes = await asyncio.gather(*(call(replica) for _ in range(100) for replica in replicas))
            admitted = [over for over in outcomes if over is None]
            assert len(admitted) == per_minute
            assert Counter(over.limit for over in outcomes if over) == {"calls per minute": 300 - per_minute}
            assert all(58 <= (over.wait_seconds or 0) <= 60 for over in outcomes if over)
            assert await call(replicas[0], BERT) is None
            with server.client() as client:
                assert 50_000 < client.pttl(f"scenario-mcp:calls:{ANNA}") <= 60_000
                assert client.llen(f"scenario-mcp:calls:{ANNA}") == per_minute


@needs_redis
async def test_the_shared_window_moves() -> None:
    with RedisServer() as server, server.client() as client:
        async with RedisLink(server.url) as redis:
            key, now = f"scenario-mcp:calls:{ANNA}", int(client.time()[0]) * 1_000
            client.rpush(key, now - 10_000, now - 30_000)
            over = await call(make(2, redis=redis))
            assert over is not None
            assert over.wait_seconds in {29, 30}
            client.delete(key)
            client.rpush(key, now - 10_000, now - 60_001)
            assert await call(make(2, redis=redis)) is None
            assert client.llen(key) == 2
            assert await call(make(2, redis=redis)) is not None


@needs_redis
async def test_a_clock_that_was_set_back_locks_nobody_out() -> None:
    with RedisServer() as server, server.client() as client:
        async with RedisLink(server.url) as redis:
            key, now = f"scenario-mcp:calls:{ANNA}", int(client.time()[0]) * 1_000
            client.rpush(key, now + 3_600_000, now + 3_600_000)
            assert await call(make(2, redis=redis)) is None
            assert client.llen(key) == 1


@needs_redis
async def test_when_redis_is_lost_this_process_goes_on_from_what_it_has_admitted() -> None:
    with RedisServer() as server:
        async with RedisLink(server.url) as redis:
            limiter = make(10, redis=redis)
            assert [await call(limiter) for _ in range(6)] == [None] * 6
            server.pause()
            async with asyncio.timeout(5):  # one after the other they would take eight seconds
                outcomes = await asyncio.gather(*(call(limiter) for _ in range(40)))
            assert outcomes.count(None) == 4
            assert redis.state == "down"
            assert await call(limiter, BERT) is None
            assert limiter._in_flight == 0
            server.go_on()


@needs_redis
async def test_who_used_up_everything_here_is_refused_without_asking() -> None:
    with RedisServer() as server:
        async with RedisLink(server.url) as redis:
            limiter = make(2, redis=redis)
            assert [await call(limiter) for _ in range(2)] == [None] * 2
            with server.client() as client:
                before = client.info("commandstats").get("cmdstat_lindex")
                assert await call(limiter) is not None
                assert client.info("commandstats").get("cmdstat_lindex") == before


@needs_redis
async def test_a_call_that_is_cancelled_at_the_door_is_over() -> None:
    with RedisServer() as server:
        async with RedisLink(server.url) as redis:
            limiter = make(2, redis=redis)
            task = asyncio.create_task(call(limiter))
            await asyncio.sleep(0)
            assert limiter._in_flight == 1
            task.cancel()
            await asyncio.wait([task], timeout=LONGEST_SECONDS)
            assert task.cancelled()
            assert limiter._in_flight == 0


def test_a_flood_is_told_when_the_minute_is_over() -> None:
    clock = Clock()
    floods = FloodGuard(3, clock=clock)
    assert [floods.wait_seconds("10.0.0.1") for _ in range(4)] == [0, 0, 0, 60]
    clock.now += 17.5
    assert floods.wait_seconds("10.0.0.1") == 43
    assert floods.wait_seconds("10.0.0.2") == 0
    clock.now += 42.5
    assert [floods.wait_seconds("10.0.0.1") for _ in range(4)] == [0, 0, 0, 60]


def test_no_limit_for_floods_is_none() -> None:
    floods = FloodGuard(0)
    assert {floods.wait_seconds("10.0.0.1") for _ in range(10_000)} == {0}


def test_a_flood_from_many_places_takes_bounded_memory_and_forgets_no_flooder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_FLOOD_KEYS", 100)
    floods = FloodGuard(3, clock=Clock())
    for number in range(10_000):
        assert floods.wait_seconds(f"10.0.{number >> 8}.{number & 255}") == 0
        waits = floods.wait_seconds("192.0.2.1")
        assert waits == (0 if number < 3 else 60)
    assert len(floods._minutes) == 100
    assert sys.getsizeof(floods._minutes) < 100_000
