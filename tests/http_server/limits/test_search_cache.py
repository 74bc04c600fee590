"""The same search of the same caller within seconds asks Scenario once; of anybody else, or later, it asks again."""

import asyncio
import base64
import json
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import httpx
import pytest

from scenario_mcp.api.circuit_breaker import FAILURES_TO_OPEN
from scenario_mcp.api.client import ScenarioClient
from scenario_mcp.api.parsing import read_answer, read_page
from scenario_mcp.api.replies import Asset, SearchPage
from scenario_mcp.api.requests import AssetSearch
from scenario_mcp.api.retries import RetryTransport, Try
from scenario_mcp.errors import RateLimited, Unavailable
from scenario_mcp.http_server.limits.search_cache import (
    ENTRY_BYTES,
    MAX_ANSWER_BYTES,
    SearchCache,
    SearchCacheTransport,
)
from scenario_mcp.http_server.shared_store.redis_link import RedisLink
from tests.support.fakes import SETTINGS, Network, no_wait
from tests.support.redis_server import RedisServer, needs_redis

ANNA, BERT = "a" * 32, "b" * 32
DRAGONS, CASTLES = b'{"query":"dragon"}', b'{"query":"castle"}'
ADDRESS = "https://api.cloud.scenario.com/v1/search/assets"
READ = partial(read_page, SearchPage[Asset], Asset)


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def search(body: bytes = DRAGONS, read: Callable[[bytes], Any] = READ, address: str = ADDRESS) -> httpx.Request:
    return httpx.Request("POST", address, content=body, extensions={"read": read})


def signed(usable_seconds: float) -> str:
    """Return an address that is usable for so long: its policy ends later by the reader's margin."""
    condition = {"DateLessThan": {"AWS:EpochTime": int(time.time() + usable_seconds + 60)}}
    policy = base64.b64encode(json.dumps(condition).encode()).decode().translate(str.maketrans("+=/", "-_~"))
    return f"https://cdn.cloud.scenario.com/a?Policy={policy}&Signature=s&Key-Pair-Id=k"


class Scenario(httpx.AsyncBaseTransport):
    """Answers with a total that grows, or with an error; at once, unless it is held."""

    def __init__(self, *, usable_seconds: tuple[float, ...] = (), padding: int = 0) -> None:
        self.urls = [signed(seconds) for seconds in usable_seconds]
        self.padding = padding
        self.asked = 0
        self.error: Exception | None = None
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        await self.may_answer.wait()
        if self.error is not None:
            raise self.error
        assert request.url.path.startswith("/v1/")
        hits = [{"id": f"a{number}", "url": url} for number, url in enumerate(self.urls)]
        body = json.dumps({"hits": hits, "totalHits": self.asked}).encode() + b" " * self.padding
        response = read_answer(httpx.Request("POST", ADDRESS, extensions={"read": READ}), body)
        assert response is not None
        return response


class Replica:
    """A cache, and the sources of the answers that came through it."""

    def __init__(
        self,
        seconds: float = 15,
        shared: RedisLink | None = None,
        *,
        max_bytes: int = 32_000_000,
        clock: Clock | None = None,
    ) -> None:
        self.sources: Counter[str] = Counter()
        self.cache = SearchCache(seconds, shared, max_bytes=max_bytes, on_search=self.count, clock=clock or Clock())

    def count(self, source: str) -> None:
        self.sources[source] += 1

    async def ask(self, scenario: Scenario, caller: str = ANNA, request: httpx.Request | None = None) -> int:
        """Send a request of this caller; return the total in its answer."""
        transport = SearchCacheTransport(scenario, self.cache, caller)
        response = await transport.handle_async_request(request or search())
        assert response.extensions["answer"] == READ(response.extensions["body"])
        total = response.extensions["answer"].total_hits
        assert isinstance(total, int)
        return total


async def test_within_its_seconds_an_answer_is_given_again_to_the_same_caller_alone() -> None:
    clock, scenario = Clock(), Scenario()
    replica = Replica(15, clock=clock)
    assert await replica.ask(scenario) == 1
    clock.now += 14.9
    assert await replica.ask(scenario) == 1
    assert await replica.ask(scenario, BERT) == 2
    assert await replica.ask(scenario, request=search(CASTLES)) == 3
    clock.now += 0.1
    assert await replica.ask(scenario) == 4
    assert replica.sources == {"miss": 4, "hit": 1}


async def test_a_search_in_another_project_or_of_models_is_another_search() -> None:
    scenario, replica = Scenario(), Replica()
    addresses = [ADDRESS, f"{ADDRESS}?projectId=p1", f"{ADDRESS}?projectId=p2", ADDRESS.replace("assets", "models")]
    assert [await replica.ask(scenario, request=search(address=each)) for each in addresses] == [1, 2, 3, 4]
    assert [await replica.ask(scenario, request=search(address=each)) for each in addresses] == [1, 2, 3, 4]


async def test_what_is_no_search_is_asked_for_each_time() -> None:
    scenario, replica = Scenario(), Replica()
    bulk = search(address="https://api.cloud.scenario.com/v1/assets/get-bulk")
    one = httpx.Request("GET", "https://api.cloud.scenario.com/v1/assets/a", extensions={"read": READ})
    assert [await replica.ask(scenario, request=each) for each in (bulk, bulk, one, one)] == [1, 2, 3, 4]
    assert replica.sources == {}


async def test_zero_seconds_are_no_cache() -> None:
    scenario, replica = Scenario(), Replica(0)
    assert await asyncio.gather(*(replica.ask(scenario) for _ in range(3))) == [1, 2, 3]
    assert replica.sources == {}


async def test_searches_that_arrive_at_once_are_one_request() -> None:
    scenario, replica = Scenario(), Replica()
    scenario.may_answer.clear()
    searches = [asyncio.create_task(replica.ask(scenario)) for _ in range(10)]
    await asyncio.sleep(0.01)
    searches[0].cancel()
    scenario.may_answer.set()
    answers = await asyncio.gather(*searches, return_exceptions=True)
    assert isinstance(answers[0], asyncio.CancelledError)
    assert answers[1:] == [1] * 9
    assert scenario.asked == 1
    assert replica.sources == {"miss": 1, "joined": 9}


async def test_an_error_is_told_to_everyone_and_kept_for_nobody() -> None:
    scenario, replica = Scenario(), Replica()
    scenario.error = RateLimited("Too many requests. Wait 3 seconds.", wait_seconds=3)
    errors = await asyncio.gather(*(replica.ask(scenario) for _ in range(3)), return_exceptions=True)
    assert [(type(error), str(error)) for error in errors] == [(RateLimited, "Too many requests. Wait 3 seconds.")] * 3
    assert scenario.asked == 1
    assert replica.sources == {"miss": 1}
    scenario.error = Unavailable("Scenario could not be reached.")
    with pytest.raises(Unavailable, match=r"^Scenario could not be reached\.$"):
        await replica.ask(scenario)
    scenario.error = None
    assert await replica.ask(scenario) == 3


@pytest.mark.parametrize(("usable_seconds", "kept_seconds"), [(4.5, 4), (1e9, 15), (0.0, 0), (-1.0, 0)])
async def test_nothing_outlives_its_signed_addresses(usable_seconds: float, kept_seconds: float) -> None:
    clock, scenario = Clock(), Scenario(usable_seconds=(usable_seconds,))
    replica = Replica(15, clock=clock)
    await replica.ask(scenario)
    clock.now += max(kept_seconds - 0.9, 0)
    assert await replica.ask(scenario) == (1 if kept_seconds else 2)
    clock.now += 1.4
    assert await replica.ask(scenario) == (2 if kept_seconds else 3)


async def test_one_address_that_can_no_longer_be_used_is_enough_to_ask_again() -> None:
    scenario, replica = Scenario(usable_seconds=(100, 100, -2)), Replica()
    assert await replica.ask(scenario) == 1
    assert await replica.ask(scenario) == 2
    assert replica.sources == {"miss": 2}


async def test_what_is_stored_is_bounded_in_bytes() -> None:
    scenario = Scenario(padding=10_000)
    replica = Replica(max_bytes=10 * (10_030 + ENTRY_BYTES))
    for number in range(100):
        await replica.ask(scenario, request=search(b"%d" % number))
    assert replica.sources == {"miss": 100}
    for number in range(99, -1, -1):
        await replica.ask(scenario, request=search(b"%d" % number))
    assert replica.sources["hit"] in {9, 10}  # a number of three digits takes a byte more


@pytest.mark.parametrize(("bytes_more", "is_kept"), [(0, True), (1, False)])
async def test_a_very_large_answer_is_not_stored(bytes_more: int, *, is_kept: bool) -> None:
    scenario, replica = (
        Scenario(padding=MAX_ANSWER_BYTES - len(b'{"hits": [], "totalHits": 1}') + bytes_more),
        Replica(),
    )
    assert await replica.ask(scenario) == 1
    assert await replica.ask(scenario) == (1 if is_kept else 2)


def unreadable_once() -> Callable[[bytes], Any]:
    """Return what cannot read the first body that it is given."""
    bodies: list[bytes] = []

    def read(body: bytes) -> Any:
        bodies.append(body)
        return None if len(bodies) == 1 else READ(body)

    return read


async def test_a_stored_answer_that_cannot_be_read_is_asked_for_again() -> None:
    scenario, replica = Scenario(), Replica()
    assert await replica.ask(scenario) == 1
    assert await replica.ask(scenario, request=search(read=unreadable_once())) == 2
    assert replica.sources == {"miss": 2}


async def test_searches_at_once_share_the_tries_of_one_request() -> None:
    network = Network(lambda _: httpx.Response(503 if len(network.requests) < 3 else 200, json={"hits": []}))
    cache = SearchCache(15, None)
    tries = RetryTransport(network, SETTINGS, SETTINGS.credentials, sleep=no_wait)
    client = ScenarioClient(SearchCacheTransport(tries, cache, ANNA), SETTINGS.upstream.base_url, SETTINGS.credentials)
    pages = await asyncio.gather(*(client.search_assets(AssetSearch(query="dragon").resolve()) for _ in range(5)))
    assert [page.hits for page in pages] == [()] * 5
    assert len(network.requests) == 3


async def test_a_stored_search_is_answered_while_the_api_is_down() -> None:
    is_down = False
    network = Network(lambda _: httpx.Response(503 if is_down else 200, json={"hits": []}))
    clock = Clock()
    tries: list[Try] = []
    retrying = RetryTransport(network, SETTINGS, SETTINGS.credentials, tries=1, clock=clock, on_try=tries.append)
    client = ScenarioClient(
        SearchCacheTransport(retrying, SearchCache(15, None), ANNA), SETTINGS.upstream.base_url, SETTINGS.credentials
    )
    await client.search_assets(AssetSearch(query="dragon").resolve())
    is_down = True
    for _ in range(FAILURES_TO_OPEN):
        with pytest.raises(Unavailable):
            await client.search_assets(AssetSearch(query="castle").resolve())
        clock.now += 1
    with pytest.raises(Unavailable, match=r"^Scenario was not asked, because the last requests failed\. "):
        await client.search_assets(AssetSearch(query="castle").resolve())
    assert (await client.search_assets(AssetSearch(query="dragon").resolve())).hits == ()
    assert [each.cause for each in tries] == ["200"] + ["503"] * FAILURES_TO_OPEN


@needs_redis
async def test_what_one_replica_was_answered_another_gives_again() -> None:
    with RedisServer() as server:
        async with RedisLink(server.url) as here, RedisLink(server.url) as there:
            scenario, one, other = Scenario(), Replica(15, here), Replica(15, there)
            assert await one.ask(scenario) == 1
            await here.get("search:")  # comes after what was stored
            assert await other.ask(scenario) == 1
            assert await other.ask(scenario, BERT) == 2
            assert await other.ask(scenario, request=search(read=unreadable_once())) == 3
            assert one.sources == {"miss": 1}
            assert other.sources == {"shared hit": 1, "miss": 2}
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
            await replica.ask(Scenario(usable_seconds=(4.9,)))
            await replica.ask(Scenario(usable_seconds=(0,)), BERT)
            await shared.get("search:")
            with server.client() as client:
                (key,) = client.keys("scenario-mcp:search:*")
                assert 3_000 < client.pttl(key) <= 5_000


@needs_redis
async def test_a_lost_redis_keeps_no_search_from_its_answer() -> None:
    with RedisServer() as server:
        async with RedisLink(server.url) as shared:
            scenario, replica = Scenario(), Replica(15, shared)
            server.pause()
            async with asyncio.timeout(3):  # one after the other they would take four seconds
                answers = await asyncio.gather(
                    *(replica.ask(scenario, request=search(b"%d" % number)) for number in range(20))
                )
                assert sorted(answers) == [*range(1, 21)]
                assert await replica.ask(scenario, request=search(b"0")) == answers[0]
            assert replica.sources == {"miss": 20, "hit": 1}
            server.go_on()
