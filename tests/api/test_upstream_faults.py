"""Whatever answers in the API's place, a call ends in time with a sentence of ours, and the next one works."""

import asyncio
import gzip
import json

import anyio
import pytest

from scenario_mcp.api.circuit_breaker import FAILURES_TO_OPEN
from scenario_mcp.api.parsing import MAX_DOCUMENTS, MAX_VALUES
from scenario_mcp.api.requests import AssetSearch
from scenario_mcp.api.retries import MAX_REQUESTS
from scenario_mcp.credentials import Credentials
from scenario_mcp.errors import Unavailable
from scenario_mcp.settings import Live, Settings
from tests.support.fakes import client_over
from tests.support.faulty_upstream import (
    Behaviour,
    Exchange,
    StoppedTime,
    Upstream,
    answer,
    head,
    pouring,
    raw,
    then_reset,
    then_silent,
)
from tests.support.upstream_client import (
    BROKEN,
    CASTLE,
    FINE,
    FOUND,
    KEY,
    NOT_THE_API,
    PAGE,
    SECRET,
    client_of,
    fails_and_recovers,
    failure,
    open_transport,
    outcomes,
    unreachable,
)

TOO_MUCH = "Scenario's answer holds more than 100,000 values and was not read. Ask for a smaller limit."

BROKEN_TRIED_AGAIN: dict[str, Behaviour] = {
    "reset before headers": then_reset(b""),
    "closed before headers": raw(b""),
    "reset within headers": then_reset(b"HTTP/1.1 200 OK\r\nContent-Le"),
    "closed within headers": raw(b"HTTP/1.1 200 OK\r\nContent-Le"),
    "reset within the body": then_reset(head(content_length=50) + PAGE[:20]),
    "short body": raw(head(content_length=50) + PAGE),
    "chunk cut": raw(head(transfer_encoding="chunked") + b"40\r\n" + PAGE),
    "chunk without a size": raw(head(transfer_encoding="chunked") + b"zz\r\n" + PAGE),
    "chunks without an end": raw(head(transfer_encoding="chunked") + b"5\r\n{'a':\r\n"),
    "no HTTP": raw(b"\x16\x03\x01\x00garbage\x00\xff" * 10),
    "no HTTP, but lines": raw(b"220 mail.example.com ESMTP\r\n\r\n"),
    "endless headers": pouring(b"HTTP/1.1 200 OK\r\n", b"X-Header: " + b"x" * 1000 + b"\r\n", 10_000),
    "an endless header": pouring(b"HTTP/1.1 200 OK\r\nX: ", b"x" * 100_000, 100),
    "two lengths": raw(head(content_length=5).replace(b"\r\n\r\n", b"\r\nContent-Length: 6\r\n\r\n") + PAGE),
    "negative length": raw(head(content_length=-5) + PAGE),
    "status of four digits": raw(b"HTTP/1.1 2000 OK\r\n\r\n"),
    "cut gzip": answer(gzip.compress(PAGE)[:-12], content_encoding="gzip"),
    "gzip that is none": answer(PAGE, content_encoding="gzip"),
    "damaged gzip": answer(gzip.compress(PAGE)[:20] + b"\xff" * 20, content_encoding="gzip"),
    "deflate that is none": answer(PAGE, content_encoding="deflate"),
    "encoding not asked for": answer(PAGE, content_encoding="br"),
    "unknown encoding": answer(PAGE, content_encoding="aws-chunked"),
    "nested encoding": answer(gzip.compress(gzip.compress(PAGE)), content_encoding="gzip, gzip"),
}
NOT_THE_API_TRIED_AGAIN: dict[str, Behaviour] = {
    "empty body": answer(b""),
    "no length, no body": raw(head()),
    "half a page": answer(PAGE[:-10]),
    "HTTP/1.0, cut": raw(b"HTTP/1.0 200 OK\r\n\r\n" + PAGE[:-10]),
    "invalid UTF-8": answer(b'{"hits": [{"id": "\xff\xfe"}]}'),
    "no hits": answer({"results": []}),
    "hits of another type": answer({"hits": "none"}),
    "a list": answer([]),
    "deeper than Python": answer(b'{"hits": ' + b"[" * 100_000),
    "more hits than any page": answer(b'{"hits": [' + b"{}," * MAX_DOCUMENTS + b"{}]}"),
    "empty gzip": answer(gzip.compress(b""), content_encoding="gzip"),
}


@pytest.mark.promise(number=3)
@pytest.mark.parametrize("fault", BROKEN_TRIED_AGAIN)
async def test_a_broken_answer_is_tried_three_times_and_put_into_words(fault: str) -> None:
    await fails_and_recovers(BROKEN_TRIED_AGAIN[fault], BROKEN, 3)


@pytest.mark.promise(number=12)
@pytest.mark.parametrize("fault", NOT_THE_API_TRIED_AGAIN)
async def test_an_answer_that_is_not_the_apis_is_tried_three_times_and_put_into_words(fault: str) -> None:
    await fails_and_recovers(NOT_THE_API_TRIED_AGAIN[fault], NOT_THE_API, 3)


@pytest.mark.promise(number=12)
async def test_more_values_than_are_read_are_told_as_such_and_no_outage() -> None:
    too_much = answer(b'{"hits": [{"id": "a", "x": [' + b"1," * MAX_VALUES + b"1]}]}")
    async with Upstream(too_much) as upstream, client_of(upstream) as client:
        for number in range(FAILURES_TO_OPEN + 1):
            error = await failure(client)
            assert (type(error), error.told(to_operator=True)) == (Unavailable, TOO_MUCH)
            assert len(upstream.received) == number + 1


@pytest.mark.parametrize("fault", BROKEN_TRIED_AGAIN | NOT_THE_API_TRIED_AGAIN)
async def test_a_fault_that_goes_away_is_never_seen(fault: str) -> None:
    behaviour = (BROKEN_TRIED_AGAIN | NOT_THE_API_TRIED_AGAIN)[fault]
    at = StoppedTime()
    async with Upstream(behaviour, FINE) as upstream, client_of(upstream, at=at) as client:
        assert (await client.search_assets(CASTLE)).hits == FOUND
        assert (len(upstream.received), at.slept) == (2, [0.25])


async def test_nothing_that_listens_is_put_into_words_after_three_tries() -> None:
    at = StoppedTime()
    async with Upstream(FINE) as upstream, client_of(upstream, at=at) as client:
        await upstream.close()
        error = await failure(client)
        assert (type(error), error.told(to_operator=True)) == (Unavailable, unreachable(upstream))
        assert at.slept == [0.25, 0.5]
        await upstream.open()
        assert (await client.search_assets(CASTLE)).hits == FOUND


@pytest.mark.promise(number=17)
async def test_a_redirect_is_never_followed_and_no_credential_with_it() -> None:
    async with Upstream(FINE) as elsewhere:
        for status in (301, 302, 303, 307, 308):  # each of which would be followed in its way
            redirect = answer(b"", status, location=elsewhere.base_url)
            async with Upstream(redirect) as upstream, client_of(upstream) as client:
                assert isinstance(await failure(client), Unavailable)
        assert elsewhere.received == []


async def test_a_cancelled_call_drops_its_request_and_counts_for_nothing() -> None:
    at = StoppedTime()
    silent = then_silent(b"")
    async with Upstream(silent) as upstream, client_of(upstream, at=at) as client:
        for _ in range(MAX_REQUESTS + FAILURES_TO_OPEN):  # slots that were kept would run out
            upstream.arrived.clear()
            upstream.dropped.clear()
            call = asyncio.create_task(client.search_assets(CASTLE))
            async with asyncio.timeout(30):
                await upstream.arrived.wait()
                call.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await call
            async with asyncio.timeout(30):
                await upstream.dropped.wait()
            at.now += 1
        upstream.behaviours = [FINE]
        assert (await client.search_assets(CASTLE)).hits == FOUND


async def test_a_kept_connection_that_the_other_side_has_reset_is_replaced() -> None:
    async def reset_when_asked_again(exchange: Exchange) -> None:
        await FINE(exchange)
        await exchange.reader.readuntil(b"}")  # the next request, which gets no answer
        exchange.reset()

    async with Upstream(reset_when_asked_again, FINE) as upstream, client_of(upstream) as client:
        for _ in range(2):
            assert (await client.search_assets(CASTLE)).hits == FOUND
        assert len(upstream.received) == 2


@pytest.mark.promise(number=1)
async def test_two_hundred_calls_at_once_get_their_own_answers_a_few_at_a_time() -> None:
    async def echo(exchange: Exchange) -> None:
        await answer({"hits": [{"id": json.loads(exchange.received.body)["query"]}]})(exchange)

    found: dict[str, str] = {}
    async with Upstream(echo) as upstream, client_of(upstream) as client:

        async def search(query: str) -> None:
            (hit,) = (await client.search_assets(AssetSearch(query=query).resolve())).hits
            found[query] = hit.id

        with anyio.fail_after(10):
            async with anyio.create_task_group() as tasks:
                for number in range(200):
                    tasks.start_soon(search, f"q{number}")
        assert upstream.most_in_flight <= MAX_REQUESTS
    assert found == {f"q{number}": f"q{number}" for number in range(200)}


async def test_a_restart_that_breaks_every_connection_at_once_is_never_seen() -> None:
    at = StoppedTime()
    resets = [then_reset(b"")] * MAX_REQUESTS
    async with Upstream(*resets, FINE) as upstream, client_of(upstream, at=at, chances=[0.01]) as client:
        assert await outcomes(client, MAX_REQUESTS) == []


@pytest.mark.promise(number=12)
async def test_no_cookie_is_kept_or_sent() -> None:
    crumbs = answer({"hits": []}, set_cookie="a=" + "b" * 4000)
    async with Upstream(crumbs) as upstream, open_transport() as http:
        client = client_over(http, Settings(Credentials(KEY, SECRET), Live(upstream.base_url)))
        for _ in range(2):
            await client.search_assets(CASTLE)
    assert all("cookie" not in received.headers for received in upstream.received)


async def test_no_representation_shows_a_credential() -> None:
    async with Upstream(FINE) as upstream, client_of(upstream) as client:
        await client.search_assets(CASTLE)
        (received,) = upstream.received
        sent = received.headers["authorization"].removeprefix("Basic ")
        shown = repr(client) + "".join(map(repr, vars(client).values()))
        assert all(secret not in shown for secret in (KEY, SECRET, sent))
