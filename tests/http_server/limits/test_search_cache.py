"""The same search of the same caller within seconds asks Scenario once; of anybody else, or later, it asks again."""

import asyncio
from collections import Counter
from collections.abc import Callable

import pytest

from scenario_mcp.errors import RateLimited, Unavailable
from scenario_mcp.http_server.limits.search_cache import ENTRY_BYTES, MAX_ANSWER_BYTES, SearchMemory
from scenario_mcp.http_server.shared_store.redis_link import RedisLink
from tests.support.redis_server import RedisServer, needs_redis

ANNA, BERT = "a" * 32, "b" * 32
DRAGONS, CASTLES = b'["/search/assets",{},{"query":"dragon"}]', b'["/search/assets",{},{"query":"castle"}]'
LONGEST_SECONDS = 10.0


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Scenario:
    """Answers with a number that grows, or with an error; at once, unless it is held."""

    def __init__(self, *, usable_seconds: float = float("inf"), padding: int = 0) -> None:
        self.usable_seconds = usable_seconds
        self.padding = padding
        self.asked = 0
        self.error: Exception | None = None
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def ask(self) -> tuple[bytes, int]:
        self.asked += 1
        await self.may_answer.wait()
        if self.error is not None:
            raise self.error
        return b"%d" % self.asked + b" " * self.padding, self.asked


class Replica:
    """A memory and what came of each recall."""

    def __init__(
        self,
        seconds: float = 15,
        shared: RedisLink | None = None,
        *,
        max_bytes: int = 32_000_000,
        clock: Clock | None = None,
    ) -> None:
        self.outcomes: Counter[str] = Counter()
        self.memory = SearchMemory(seconds, shared, max_bytes=max_bytes, on_recall=self.count, clock=clock or Clock())

    def count(self, outcome: str) -> None:
        self.outcomes[outcome] += 1

    async def recall(
        self,
        scenario: Scenario,
        caller: str = ANNA,
        request: bytes = DRAGONS,
        read: Callable[[bytes], int | None] = int,
    ) -> int:
        return await self.memory.recall(
            caller,
            request,
            read=read,
            ask=scenario.ask,
            keep_seconds=lambda _answer: scenario.usable_seconds,
            usable_seconds=lambda _answer: scenario.usable_seconds,
        )


async def test_within_its_seconds_an_answer_is_given_again_to_the_same_caller_alone() -> None:
    clock, scenario = Clock(), Scenario()
    replica = Replica(15, clock=clock)
    assert await replica.recall(scenario) == 1
    clock.now += 14.9
    assert await replica.recall(scenario) == 1
    assert await replica.recall(scenario, BERT) == 2
    assert await replica.recall(scenario, ANNA, CASTLES) == 3
    clock.now += 0.1
    assert await replica.recall(scenario) == 4
    assert replica.outcomes == {"miss": 4, "hit": 1}


async def test_zero_seconds_are_no_memory() -> None:
    scenario, replica = Scenario(), Replica(0)
    assert await asyncio.gather(*(replica.recall(scenario) for _ in range(3))) == [1, 2, 3]
    assert replica.outcomes == {}


async def test_searches_that_arrive_at_once_are_one_request() -> None:
    scenario, replica = Scenario(), Replica()
    scenario.may_answer.clear()
    recalls = [asyncio.create_task(replica.recall(scenario)) for _ in range(10)]
    await asyncio.sleep(0.01)
    recalls[0].cancel()
    scenario.may_answer.set()
    answers = await asyncio.gather(*recalls, return_exceptions=True)
    assert isinstance(answers[0], asyncio.CancelledError)
    assert answers[1:] == [1] * 9
    assert scenario.asked == 1
    assert replica.outcomes == {"miss": 1, "joined": 9}


async def test_an_error_is_told_to_everyone_and_kept_for_nobody() -> None:
    scenario, replica = Scenario(), Replica()
    scenario.error = RateLimited("Too many requests. Wait 3 seconds.", wait_seconds=3)
    errors = await asyncio.gather(*(replica.recall(scenario) for _ in range(3)), return_exceptions=True)
    assert [(type(error), str(error)) for error in errors] == [(RateLimited, "Too many requests. Wait 3 seconds.")] * 3
    assert scenario.asked == 1
    assert replica.outcomes == {"miss": 1}
    scenario.error = Unavailable("Scenario could not be reached.")
    with pytest.raises(Unavailable, match=r"^Scenario could not be reached\.$"):
        await replica.recall(scenario)
    scenario.error = None
    assert await replica.recall(scenario) == 3


@pytest.mark.parametrize(("usable_seconds", "kept_seconds"), [(4.0, 4.0), (1e9, 15.0), (0.0, 0.0), (-1.0, 0.0)])
async def test_nothing_outlives_its_signed_addresses(usable_seconds: float, kept_seconds: float) -> None:
    clock, scenario = Clock(), Scenario(usable_seconds=usable_seconds)
    replica = Replica(15, clock=clock)
    await replica.recall(scenario)
    clock.now += max(kept_seconds - 0.1, 0)
    assert await replica.recall(scenario) == (1 if kept_seconds else 2)
    clock.now += 0.2
    assert await replica.recall(scenario) == (2 if kept_seconds else 3)


async def test_what_is_kept_is_bounded_in_bytes() -> None:
    scenario = Scenario(padding=10_000)
    replica = Replica(max_bytes=10 * (10_001 + ENTRY_BYTES))
    for number in range(100):
        await replica.recall(scenario, request=b"%d" % number, read=len)
    assert replica.outcomes == {"miss": 100}
    for number in range(99, -1, -1):
        await replica.recall(scenario, request=b"%d" % number)
    assert replica.outcomes["hit"] in {9, 10}  # a number of three digits takes a byte more


@pytest.mark.parametrize(("padding", "is_kept"), [(MAX_ANSWER_BYTES - 1, True), (MAX_ANSWER_BYTES, False)])
async def test_a_very_large_answer_is_not_kept(padding: int, *, is_kept: bool) -> None:
    scenario, replica = Scenario(padding=padding), Replica()
    assert await replica.recall(scenario) == 1
    assert await replica.recall(scenario) == (1 if is_kept else 2)


async def test_a_kept_answer_that_cannot_be_read_is_asked_for_again() -> None:
    scenario, replica = Scenario(), Replica()
    assert await replica.recall(scenario) == 1
    assert await replica.recall(scenario, read=lambda _body: None) == 2
    assert replica.outcomes == {"miss": 2}


@needs_redis
async def test_what_one_replica_was_answered_another_gives_again() -> None:
    with RedisServer() as server:
        async with RedisLink(server.url) as here, RedisLink(server.url) as there:
            scenario, one, other = Scenario(), Replica(15, here), Replica(15, there)
            assert await one.recall(scenario) == 1
            await here.get("search:")  # comes after what was kept
            assert await other.recall(scenario) == 1
            assert await other.recall(scenario, BERT) == 2
            assert await other.recall(scenario, read=lambda _body: None) == 3
            assert one.outcomes == {"miss": 1}
            assert other.outcomes == {"shared hit": 1, "miss": 2}
            await there.get("search:")
            with server.client() as client:
                keys = client.keys("scenario-mcp:search:*")
                assert len(keys) == 2
                assert all(14_000 < client.pttl(key) <= 15_000 for key in keys)
                assert not any(word in key for key in keys for word in (b"aaaa", b"bbbb", b"dragon"))


@needs_redis
async def test_in_redis_too_nothing_outlives_its_signed_addresses() -> None:
    with RedisServer() as server:
        async with RedisLink(server.url) as shared:
            replica = Replica(15, shared)
            await replica.recall(Scenario(usable_seconds=4))
            await replica.recall(Scenario(usable_seconds=0), BERT)
            await shared.get("search:")
            with server.client() as client:
                (key,) = client.keys("scenario-mcp:search:*")
                assert 3_000 < client.pttl(key) <= 4_000


@needs_redis
async def test_a_lost_redis_keeps_no_search_from_its_answer() -> None:
    with RedisServer() as server:
        async with RedisLink(server.url) as shared:
            scenario, replica = Scenario(), Replica(15, shared)
            server.pause()
            async with asyncio.timeout(1):
                answers = await asyncio.gather(*(replica.recall(scenario, request=b"%d" % n) for n in range(20)))
                assert sorted(answers) == [*range(1, 21)]
                assert await replica.recall(scenario, request=b"0") == answers[0]
            assert replica.outcomes == {"miss": 20, "hit": 1}
            server.go_on()
