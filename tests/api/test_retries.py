"""A request is tried again when that may help, in time and not too often, and every try is noted."""

import asyncio
import email.utils
import logging
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import anyio
import httpx
import pytest

from scenario_mcp.api.requests import AssetSearch
from scenario_mcp.api.retries import MAX_REQUESTS, RETRY_BUDGET
from scenario_mcp.backend import open_scenario
from scenario_mcp.credentials import Credentials
from scenario_mcp.errors import QuotaExceeded, RateLimited, Unavailable
from scenario_mcp.settings import Live, Settings
from tests.support.fakes import API_KEY, API_SECRET, SETTINGS, client_over
from tests.support.faulty_upstream import (
    Behaviour,
    Exchange,
    StoppedTime,
    Upstream,
    answer,
    dripping,
    head,
    pouring,
    then_reset,
    then_silent,
)
from tests.support.upstream_client import (
    CASTLE,
    FINE,
    FOUND,
    KEY,
    PAGE,
    SECRET,
    SIGNED,
    client_of,
    failure,
    open_transport,
    outcomes,
    own_problem,
    too_late,
)

SLOW: dict[str, Behaviour] = {
    "silent": then_silent(b""),
    "silent within headers": then_silent(b"HTTP/1.1 200 OK\r\n"),
    "silent within the body": then_silent(head(content_length=50) + PAGE[:20]),
    "dripping headers": dripping(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
    "dripping status": dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "dripping body": dripping(head(content_length=10**6), b" "),
    "dripping chunks": dripping(head(transfer_encoding="chunked"), b"1\r\nx\r\n"),
    "flood of 1xx": pouring(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 100, 10**6),
}
NO_SECONDS: list[Any] = [[], {}, None, -3, True]


@pytest.mark.parametrize("fault", SLOW)
async def test_no_call_outlives_its_deadline_however_slow_the_answer(fault: str) -> None:
    seconds = 0.3
    async with Upstream(SLOW[fault]) as upstream:
        settings = Settings(Credentials(KEY, SECRET), Live(upstream.base_url), timeout_seconds=seconds)
        async with open_scenario(settings) as scenario:
            begin = time.monotonic()
            error = await failure(scenario.client)
            assert time.monotonic() - begin < seconds + 10  # the answer would take twenty
            assert error.told(to_operator=True) == too_late(seconds)


@pytest.mark.promise(number=2)
@pytest.mark.parametrize("fault", SLOW)
async def test_a_connection_that_hangs_leaves_time_for_another(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scenario_mcp.api.retries.FIRST_TRY_SHARE", 0.04)
    async with Upstream(SLOW[fault], FINE) as upstream, open_transport() as http:
        settings = Settings(Credentials(KEY, SECRET), Live(upstream.base_url), timeout_seconds=12)
        client = client_over(http, settings, random=lambda: 0.0)
        assert (await client.search_assets(CASTLE)).hits == FOUND
        assert len(upstream.received) == 2


async def test_a_call_cancelled_while_it_sleeps_asks_no_more() -> None:
    asleep = asyncio.Event()

    async def sleep(_seconds: float) -> None:
        asleep.set()
        await anyio.sleep_forever()

    async with Upstream(answer(b"", 503)) as upstream, open_transport() as http:
        settings = Settings(Credentials(KEY, SECRET), Live(upstream.base_url))
        call = asyncio.create_task(client_over(http, settings, sleep=sleep).search_assets(CASTLE))
        async with asyncio.timeout(30):
            await asleep.wait()
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
        assert len(upstream.received) == 1


@pytest.mark.promise(number=3)
async def test_the_waits_between_tries_grow_and_are_spread() -> None:
    at = StoppedTime()
    async with Upstream(answer(b"", 503)) as upstream, client_of(upstream, at=at, chances=[1.0, 0.25]) as client:
        assert (await failure(client)).told(to_operator=True) == own_problem(503)
    assert at.slept == [0.5, 0.25]


@pytest.mark.promise(number=4)
@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("headers", "problem", "slept"),
    [
        ({"retry_after_ms": 2500, "retry_after": 9}, {"remainingSeconds": 8}, 2.5),
        ({"retry_after": "7"}, {"remainingSeconds": 8}, 7),
        ({"retry_after": "0.125"}, {}, 0.125),
        ({}, {"remainingSeconds": 8}, 8),
        ({"retry_after": 15}, {}, 15),
        *(
            ({"retry_after": nonsense, "retry_after_ms": nonsense}, {"remainingSeconds": nonsense}, 0.25)
            for nonsense in ("-5", "NaN", "1e999", "soon", "0", "-1e999", "Thu, 01 Jan 1970 00:00:00 GMT")
        ),
        *(({}, {"remainingSeconds": value}, 0.25) for value in NO_SECONDS),
    ],
    ids=str,
)
async def test_the_wait_is_what_the_api_asks_for(
    status: int, headers: dict[str, str | int], problem: dict[str, Any], slept: float
) -> None:
    at = StoppedTime()
    refusal = answer(problem, status, **headers)
    async with Upstream(refusal, FINE) as upstream, client_of(upstream, at=at, seconds=30) as client:
        assert (await client.search_assets(CASTLE)).hits == FOUND
    assert at.slept == [slept]


@pytest.mark.promise(number=4)
async def test_the_wait_may_end_at_a_time_of_day() -> None:
    at = StoppedTime()
    refusal = answer(b"", 503, retry_after=_date(14))
    async with Upstream(refusal, FINE) as upstream, client_of(upstream, at=at, seconds=30) as client:
        assert (await client.search_assets(CASTLE)).hits == FOUND
    (slept,) = at.slept
    assert 5 < slept <= 14


@pytest.mark.promise(number=2)
@pytest.mark.promise(number=4)
@pytest.mark.parametrize(
    ("status", "asked", "seconds", "sentence"),
    [
        (429, 15.5, 30, "Scenario's rate limit is reached (429). Wait 16 seconds, then try again."),
        (503, 3600, 30, own_problem(503, "60 minutes")),
        (503, 12, 10, own_problem(503, "12 seconds")),
    ],
    ids=["too long to sleep", "an hour", "past the deadline"],
)
async def test_a_long_wait_is_told_in_place_of_slept(status: int, asked: float, seconds: float, sentence: str) -> None:
    at = StoppedTime()
    refusal = answer(b"", status, retry_after=str(asked))
    async with Upstream(refusal) as upstream, client_of(upstream, at=at, seconds=seconds) as client:
        error = await failure(client)
        assert (error.told(to_operator=True), at.slept, len(upstream.received)) == (sentence, [], 1)
        assert not isinstance(error, RateLimited) or error.wait_seconds == asked


def _date(seconds: float) -> str:
    return email.utils.formatdate(time.time() + seconds, usegmt=True)


@pytest.mark.promise(number=3)
@pytest.mark.parametrize(
    ("status", "told", "tries"),
    [(503, "false", 1), (429, "False", 1), (400, "true", 3), (404, "true", 3), (503, "maybe", 3), (400, "", 1)],
)
async def test_the_api_has_the_last_word_on_trying_again(status: int, told: str, tries: int) -> None:
    async with Upstream(answer(b"", status, x_should_retry=told)) as upstream, client_of(upstream) as client:
        await failure(client)
        assert len(upstream.received) == tries


@pytest.mark.promise(number=3)
async def test_a_used_up_quota_is_not_tried_again_whatever_a_header_says() -> None:
    problem = {"error": "Quota exceeded for search", "code": "QUOTA_EXCEEDED"}
    async with Upstream(answer(problem, 429, x_should_retry="true")) as upstream, client_of(upstream) as client:
        assert type(await failure(client)) is QuotaExceeded
        assert len(upstream.received) == 1


@pytest.mark.promise(number=2)
async def test_who_waits_too_long_for_a_slot_is_told_so() -> None:
    seconds_a_look = 0.0
    now = 0.0

    def clock() -> float:
        nonlocal now
        now += seconds_a_look
        return now

    async with Upstream(then_silent(b"")) as upstream, open_transport() as http:
        settings = Settings(Credentials(KEY, SECRET), Live(upstream.base_url))
        client = client_over(http, settings, clock=clock)
        async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
            calls = [tasks.create_task(client.search_assets(CASTLE)) for _ in range(MAX_REQUESTS)]
            while len(upstream.received) < MAX_REQUESTS:
                upstream.arrived.clear()
                await upstream.arrived.wait()
            seconds_a_look = 28.0  # a busy loop: when it looks again, the time for a turn is over
            error = await failure(client)
            for call in calls:
                call.cancel()
    assert error.told(to_operator=True) == (
        "20 other requests to Scenario were in progress for 30 seconds, so this one was not sent. Try again, with "
        "fewer calls at a time."
    )
    assert len(upstream.received) == MAX_REQUESTS


async def test_a_dead_api_is_asked_at_most_three_times_a_call() -> None:
    at = StoppedTime()
    async with Upstream(answer(b"", 503)) as upstream, client_of(upstream, at=at, chances=[0.0]) as client:
        messages = await outcomes(client, 20)  # nobody waits, so the time that it takes to open never passes
        assert (set(messages), len(upstream.received)) == ({own_problem(503)}, 60)


@pytest.mark.promise(number=3)
async def test_a_long_outage_uses_up_the_retries_and_success_brings_them_back() -> None:
    at = StoppedTime()
    calls = int(RETRY_BUDGET)
    async with Upstream(answer(b"", 503)) as upstream, client_of(upstream, at=at, chances=[0.0]) as client:
        await outcomes(client, calls)
        assert len(upstream.received) == calls + RETRY_BUDGET
        upstream.behaviours, upstream.received = [FINE], []
        for _ in range(5):
            await client.search_assets(CASTLE)
        upstream.behaviours, upstream.received = [answer(b"", 503)], []
        await failure(client)
        assert len(upstream.received) == 2


@pytest.mark.promise(number=3)
async def test_a_retry_that_succeeds_is_given_back() -> None:
    async with Upstream(FINE) as upstream, client_of(upstream, chances=[0.0]) as client:
        for _ in range(2 * int(RETRY_BUDGET)):
            upstream.received, upstream.behaviours = [], [answer(b"", 503), FINE]
            assert (await client.search_assets(CASTLE)).hits == FOUND


async def test_each_try_is_one_line_with_its_fields_and_nothing_of_a_strangers(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, "scenario_mcp")
    stranger = answer({"reason": f"{SIGNED} {SECRET}"}, 503)
    async with Upstream(stranger, then_reset(b""), FINE) as upstream, client_of(upstream) as client:
        await client.search_assets(CASTLE)
    records = [record for record in caplog.records if record.name == "scenario_mcp.api.retries"]
    assert [
        (record.levelname, record.getMessage(), record.__dict__["upstream_status"], record.__dict__["tries"])
        for record in records
    ] == [
        ("INFO", "Scenario gave no answer", "503", 1),
        ("INFO", "Scenario gave no answer", "ReadError", 2),
        ("DEBUG", "Scenario answered", "200", 3),
    ]
    assert all(record.__dict__["duration_ms"] >= 0 for record in records)
    for secret in (KEY, SECRET, "Signature", "castle", "Authorization"):
        assert all(secret not in str(record.__dict__) for record in records)


class Silent(httpx.AsyncBaseTransport):
    """A peer that takes the request and never answers."""

    async def handle_async_request(self, _request: httpx.Request) -> httpx.Response:
        await anyio.sleep_forever()
        raise AssertionError  # pragma: no cover  # it never wakes up


class Drip(httpx.AsyncByteStream):
    """A body that never ends, each byte of it in time."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await anyio.lowlevel.checkpoint()


class Dripping(httpx.AsyncBaseTransport):
    async def handle_async_request(self, _request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=Drip())


@pytest.mark.promise(number=2)
@pytest.mark.parametrize("transport", [Silent(), Dripping()], ids=["silent", "dripping"])
async def test_no_call_outlives_its_deadline(transport: httpx.AsyncBaseTransport) -> None:
    settings = replace(SETTINGS, timeout_seconds=0.05)
    client = client_over(transport, settings)  # three tries as always
    with anyio.fail_after(30), pytest.raises(Unavailable) as refused:
        await client.search_assets(CASTLE)
    assert refused.value.told(to_operator=True) == (
        "Scenario did not answer within 0.05 seconds. Try again, perhaps with a smaller limit. "
        "Set SCENARIO_MCP_TIMEOUT_SECONDS to wait longer."
    )


@pytest.mark.promise(number=2)
async def test_all_tries_together_have_one_deadline() -> None:
    at = StoppedTime()
    async with (
        Upstream(answer(b"", 503, retry_after="9.9"), then_silent(b"")) as upstream,
        httpx.AsyncHTTPTransport() as http,
    ):
        settings = Settings(Credentials(API_KEY, API_SECRET), Live(upstream.base_url), timeout_seconds=10)
        client = client_over(http, settings, clock=at.clock, sleep=at.sleep, random=lambda: 1.0)
        begin = time.monotonic()
        with pytest.raises(Unavailable):
            await client.search_assets(AssetSearch(query="castle").resolve())
        assert time.monotonic() - begin < 5  # the second try has a tenth of a second left, and not ten
        assert (at.slept, len(upstream.received)) == ([9.9], 2)


@pytest.mark.promise(number=13)
async def test_twenty_requests_are_in_flight_at_a_time_and_no_more() -> None:
    full = asyncio.Event()

    async def hold(exchange: Exchange) -> None:
        if upstream.in_flight >= MAX_REQUESTS:
            full.set()
        await full.wait()
        await asyncio.sleep(0.01)  # a peer's pace, not a wait for anything
        await answer({"hits": []})(exchange)

    async with Upstream(hold) as upstream, httpx.AsyncHTTPTransport(limits=httpx.Limits(max_connections=None)) as http:
        settings = Settings(Credentials(API_KEY, API_SECRET), Live(upstream.base_url))
        client = client_over(http, settings)
        with anyio.fail_after(30):
            await asyncio.gather(
                *(client.search_assets(AssetSearch(query="castle").resolve()) for _ in range(5 * MAX_REQUESTS))
            )
        assert upstream.most_in_flight == MAX_REQUESTS
