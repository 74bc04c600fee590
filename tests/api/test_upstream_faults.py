"""Whatever answers in the API's place, a call ends in time with a sentence of ours, and the next one works."""

import asyncio
import email.utils
import gzip
import json
import logging
import ssl
import sys
import time
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import anyio
import httpx
import pytest

from scenario_mcp.api.circuit_breaker import FAILURES_TO_OPEN, PROBE_SECONDS, CircuitBreaker
from scenario_mcp.api.client import ScenarioClient
from scenario_mcp.api.parsing import MAX_DOCUMENTS, MAX_VALUES
from scenario_mcp.api.replies import Asset, AssetMetadata
from scenario_mcp.api.requests import AssetSearch
from scenario_mcp.api.retries import MAX_REQUESTS, QUOTA
from scenario_mcp.backend import open_scenario
from scenario_mcp.errors import (
    NotAuthorized,
    NotFound,
    QuotaExceeded,
    RateLimited,
    ScenarioError,
    SearchRefused,
    Unavailable,
)
from scenario_mcp.http_server.aiohttp_transport import AiohttpTransport
from scenario_mcp.net.bounded_body import MAX_ANSWER_BYTES, MAX_PROBLEM_BYTES
from scenario_mcp.settings import Settings
from tests.support.fakes import client_over
from tests.support.faulty_upstream import (
    Behaviour,
    Exchange,
    StoppedTime,
    Upstream,
    answer,
    bomb,
    dripping,
    head,
    pouring,
    raw,
    then_reset,
    then_silent,
)

KEY, SECRET = "api_4kQ7key", "9fT2vXsecret"
CASTLE = AssetSearch(query="castle")
FINE = answer({"hits": [{"id": "a"}], "limit": 20})
FOUND = (Asset(id="a"),)
SIGNED = "https://cdn.cloud.scenario.com/assets/a?Policy=p&Signature=s&Key-Pair-Id=k"

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Nobody needs one on these sockets, and httpx takes a tenth of a second to make its own."""

NOT_THE_API = "The answer does not come from Scenario's API. Check SCENARIO_BASE_URL, or try again in a minute."
BROKEN = "The connection to Scenario broke before the answer was complete. Try again."
TOO_LARGE = "Scenario's answer is larger than 8 MB and was not read. Ask for less at a time, such as a smaller limit."


def unreachable(upstream: Upstream) -> str:
    host = upstream.base_url.split("/")[2]
    return f"Scenario could not be reached at {host}. Check the network, a proxy, and SCENARIO_BASE_URL."


def too_late(seconds: float) -> str:
    return (
        f"Scenario did not answer within {seconds:g} seconds. Try again, perhaps with a smaller limit; "
        "SCENARIO_MCP_TIMEOUT_SECONDS sets how long to wait."
    )


def own_problem(status: int, wait: str = "a minute") -> str:
    return f"Scenario has a problem of its own ({status}). Try again in {wait}."


WAYS: dict[str, Callable[[], httpx.AsyncBaseTransport]] = {
    "over stdio": lambda: httpx.AsyncHTTPTransport(verify=NO_TLS),
    "over HTTP": lambda: AiohttpTransport(NO_TLS, 64),
}
open_way = WAYS["over stdio"]


@pytest.fixture(autouse=True, params=WAYS)
def _every_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every fault be met on the way to the API of either server."""
    monkeypatch.setattr(sys.modules[__name__], "open_way", WAYS[request.param])


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

    settings = Settings(api_key=KEY, api_secret=SECRET, base_url=upstream.base_url, timeout_seconds=seconds)
    async with open_way() as http:
        yield client_over(http, settings, clock=at.clock, sleep=at.sleep, random=draw)


async def failure(client: ScenarioClient) -> ScenarioError:
    """Search; return the error, which may take as long as the longest exchange."""
    with anyio.fail_after(20), pytest.raises(ScenarioError) as refused:
        await client.search_assets(CASTLE)
    assert (refused.value.__cause__, refused.value.__context__) == (None, None)
    return refused.value


# --- every fault: a sentence, at most three requests, and the next call works -----------------------------------------

PAGE = b'{"hits": [{"id": "a"}], "limit": 20}'
GZIP, ZLIB, BARE = zlib.MAX_WBITS | 16, zlib.MAX_WBITS, -zlib.MAX_WBITS

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
    "a number of a million digits": answer(b'{"hits": [], "limit": ' + b"9" * 1_000_000 + b"}"),
    "more values than any page": answer(b'{"hits": [{"id": "a", "x": [' + b"1," * MAX_VALUES + b"1]}]}"),
    "more hits than any page": answer(b'{"hits": [' + b"{}," * MAX_DOCUMENTS + b"{}]}"),
    "empty gzip": answer(gzip.compress(b""), content_encoding="gzip"),
}
HTML = b"<!DOCTYPE html><title>Sign in to the hotel's network</title>"
ONE_TRY: dict[str, tuple[Behaviour, str]] = {
    "sign-in page": (answer(HTML, content_type="text/html"), NOT_THE_API),
    "sign-in page, packed": (answer(gzip.compress(b"\n " + HTML), content_encoding="gzip"), NOT_THE_API),
    "50 MB": (pouring(head(content_length=50_000_000), b" " * 100_000, 500), TOO_LARGE),
    "50 MB, unannounced": (pouring(b"HTTP/1.0 200 OK\r\n\r\n", b" " * 100_000, 500), TOO_LARGE),
    "a length of nineteen digits": (raw(head(content_length="9" * 19)), TOO_LARGE),
    "gzip bomb": (answer(bomb(400, wraps=GZIP), content_encoding="gzip"), TOO_LARGE),
    "gzip bomb, otherwise spelt": (answer(bomb(400, wraps=GZIP), content_encoding=" X-GZIP"), TOO_LARGE),
    "deflate bomb": (answer(bomb(400, wraps=ZLIB), content_encoding="deflate"), TOO_LARGE),
    "bare deflate bomb": (answer(bomb(400, wraps=BARE), content_encoding="deflate"), TOO_LARGE),
    "packed nothings": (
        pouring(
            head(content_encoding="gzip", transfer_encoding="chunked") + b"a\r\n" + gzip.compress(b"")[:10] + b"\r\n",
            b"2710\r\n" + b"\x00\x00\x00\xff\xff" * 2000 + b"\r\n",
            5000,
        ),
        TOO_LARGE,
    ),
}


async def _fails_and_recovers(behaviour: Behaviour, sentence: str, tries: int) -> None:
    async with Upstream(*[behaviour] * tries, FINE) as upstream, client_of(upstream) as client:
        error = await failure(client)
        assert (type(error), error.message) == (Unavailable, sentence)
        assert len(upstream.received) == tries
        assert (await client.search_assets(CASTLE)).hits == FOUND


@pytest.mark.parametrize("fault", BROKEN_TRIED_AGAIN)
async def test_a_broken_answer_is_tried_three_times_and_put_into_words(fault: str) -> None:
    await _fails_and_recovers(BROKEN_TRIED_AGAIN[fault], BROKEN, 3)


@pytest.mark.parametrize("fault", NOT_THE_API_TRIED_AGAIN)
async def test_an_answer_that_is_not_the_apis_is_tried_three_times_and_put_into_words(fault: str) -> None:
    await _fails_and_recovers(NOT_THE_API_TRIED_AGAIN[fault], NOT_THE_API, 3)


@pytest.mark.parametrize("fault", ONE_TRY)
async def test_what_would_come_again_is_not_tried_again(fault: str) -> None:
    behaviour, sentence = ONE_TRY[fault]
    await _fails_and_recovers(behaviour, sentence, 1)


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
        assert (type(error), error.message) == (Unavailable, unreachable(upstream))
        assert at.slept == [0.25, 0.5]
        await upstream.open()
        assert (await client.search_assets(CASTLE)).hits == FOUND


# --- good answers in odd clothes --------------------------------------------------------------------------------------

CHUNKED = head(transfer_encoding="chunked") + b"10;x=y\r\n" + PAGE[:16] + b"\r\n14\r\n" + PAGE[16:36] + b"\r\n0\r\n\r\n"


@pytest.mark.parametrize(
    "behaviour",
    [
        raw(CHUNKED, closes=False),
        raw(b"HTTP/1.0 200 OK\r\n\r\n" + PAGE),
        raw(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 50 + head(content_length=len(PAGE)) + PAGE, closes=False),
        answer(gzip.compress(PAGE), content_encoding="gzip"),
        answer(gzip.compress(PAGE), content_encoding="GZip "),
        answer(gzip.compress(PAGE) + b"\x00" * 1000, content_encoding="gzip"),
        answer(zlib.compress(PAGE), content_encoding="deflate"),
        answer(zlib.compress(PAGE)[2:-4], content_encoding="deflate"),
        answer(PAGE, content_encoding="identity"),
        answer(PAGE, content_type="text/plain; charset=nonsense"),
        answer(PAGE, set_cookie="a=b; Domain=evil.example.com"),
        answer(b'{"hits": [{"id": "b", "id": "a"}], "hits": [{"id": "a"}]}'),
        answer(b" " * (MAX_ANSWER_BYTES - len(PAGE)) + PAGE),
        answer(gzip.compress(b" " * (MAX_ANSWER_BYTES - len(PAGE)) + PAGE, 1), content_encoding="gzip"),
        answer({"hits": [{"id": "a"}], "new": {"x": [1]}, "limit": "many", "offset": 1e300}),
    ],
)
async def test_a_good_answer_is_taken_in_any_clothes(behaviour: Behaviour) -> None:
    async with Upstream(behaviour) as upstream, client_of(upstream) as client:
        assert [asset.id for asset in (await client.search_assets(CASTLE)).hits] == ["a"]
        assert len(upstream.received) == 1


@pytest.mark.parametrize(
    ("hit", "expected"),
    [
        (b'{"id": "a", "score": NaN, "privacy": "public"}', {"privacy": "public"}),
        (b'{"id": "a", "tags": 5, "score": NaN, "new": -Infinity}', {}),
        (b'{"id": "a", "new": ' + b"[" * 500 + b"]" * 500 + b', "privacy": "public"}', {"privacy": "public"}),
        (b'{"id": "a", "privacy": "\\ud800x", "\\udfff": 1}', {"privacy": "x"}),
        (b'{"id": "a", "score": 1e400, "authorId": 12345678901234567890123}', {"authorId": "12345678901234567890123"}),
    ],
    ids=["NaN", "NaN beside an odd field", "500 deep", "lone surrogates", "huge numbers"],
)
async def test_json_that_nobody_could_pass_on_leaves_a_hit_that_can_be(hit: bytes, expected: dict[str, str]) -> None:
    async with Upstream(answer(b'{"hits": [' + hit + b"]}")) as upstream, client_of(upstream) as client:
        (asset,) = (await client.search_assets(CASTLE)).hits
    written = json.loads(asset.model_dump_json(by_alias=True, exclude_none=True))
    known = {name: value for name, value in written.items() if value is not None and name != "new"}
    assert known == {"id": "a", **expected}


@pytest.mark.parametrize(
    ("content", "found", "dropped"),
    [
        (b'{"hits": [{"id": "b", "tags": [' + b"[]," * (MAX_VALUES // 2 - 10) + b'1]}, {"id": "a"}]}', FOUND, 1),
        (b'{"hits": [' + b"{}," * (MAX_DOCUMENTS - 1) + b'{"id": "a"}]}', FOUND, MAX_DOCUMENTS - 1),
    ],
    ids=["odd tags", "odd hits"],
)
async def test_as_many_odd_values_as_are_let_in_take_little_memory(
    content: bytes, found: tuple[Asset, ...], dropped: int
) -> None:
    async with Upstream(answer(content)) as upstream, client_of(upstream) as client:
        tracemalloc.start()
        try:
            page = await client.search_assets(CASTLE)
            assert (page.hits, page.dropped) == (found, dropped)
            assert tracemalloc.get_traced_memory()[1] < 60_000_000
        finally:
            tracemalloc.stop()


async def test_more_documents_than_can_be_asked_for_are_not_the_apis() -> None:
    many = answer({"assets": [{"id": "a"}] * (MAX_DOCUMENTS + 1)})
    async with Upstream(many) as upstream, client_of(upstream) as client:
        with pytest.raises(Unavailable) as refused:
            await client.get_assets(["a"])
    assert refused.value.message == NOT_THE_API


async def test_a_long_text_is_no_crowd_of_values() -> None:
    text = 'a, [b] "{c}", ' * 40_000
    behaviour = answer({"hits": [{"id": "a", "description": text}]})
    async with Upstream(behaviour) as upstream, client_of(upstream) as client:
        assert (await client.search_assets(CASTLE)).hits == (Asset(id="a", description=text),)


async def test_numbers_as_text_and_unknown_fields_cost_no_hit() -> None:
    hits = [{"id": 5, "metadata": {"width": "wide", "kind": "image", "newer": 1}}, {"name": "no id"}, 7]
    async with Upstream(answer({"hits": hits})) as upstream, client_of(upstream) as client:
        page = await client.search_assets(CASTLE)
    metadata = AssetMetadata.model_validate({"kind": "image", "newer": 1})
    assert (page.hits, page.dropped) == ((Asset(id="5", metadata=metadata),), 2)


# --- memory -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["50 MB", "50 MB, unannounced", "gzip bomb", "deflate bomb", "bare deflate bomb"])
async def test_a_body_without_measure_takes_little_memory(fault: str) -> None:
    behaviour, sentence = ONE_TRY[fault]
    async with Upstream(behaviour) as upstream, client_of(upstream) as client:
        tracemalloc.start()
        try:
            assert (await failure(client)).message == sentence
            assert tracemalloc.get_traced_memory()[1] < 3 * MAX_ANSWER_BYTES
        finally:
            tracemalloc.stop()


async def test_the_rest_of_a_body_that_is_too_large_is_not_fetched() -> None:
    sent = 0

    async def endless(exchange: Exchange) -> None:
        nonlocal sent
        exchange.writer.transport.set_write_buffer_limits(high=2**16)
        await exchange.write(b"HTTP/1.0 200 OK\r\n\r\n")
        while True:
            await exchange.write(b" " * 100_000)
            sent += 100_000

    async with Upstream(endless) as upstream, client_of(upstream) as client:
        assert (await failure(client)).message == TOO_LARGE
        with anyio.fail_after(5):
            await upstream.dropped.wait()
    assert sent < 4 * MAX_ANSWER_BYTES  # what the buffers of both sides hold is sent as well


async def test_no_cookie_is_kept_or_sent() -> None:
    crumbs = answer({"hits": []}, set_cookie="a=" + "b" * 4000)
    async with Upstream(crumbs) as upstream, open_way() as http:
        client = client_over(http, Settings(api_key=KEY, api_secret=SECRET, base_url=upstream.base_url))
        for _ in range(2):
            await client.search_assets(CASTLE)
    assert all("cookie" not in received.headers for received in upstream.received)


# --- what is refused --------------------------------------------------------------------------------------------------

REASONS: dict[str, tuple[bytes, str]] = {
    "reason": (b'{"reason": "No such field."}', ': "No such field".'),
    "message": (b'{"message": "No such field", "code": "X", "trace_id": "t"}', ': "No such field".'),
    "error": (b'{"error": {"message": "No such field"}}', ': "No such field".'),
    "detail": (b'{"detail": "No such field"}', ': "No such field".'),
    "apiError and errors": (b'{"apiError": "", "errors": [{"message": "No such field"}]}', ': "No such field".'),
    "HTML": (b"<html><h1>Bad Gateway</h1></html>", "."),
    "nothing": (b"", "."),
    "signed URL": (f'{{"reason": "at {SIGNED} {SECRET}"}}'.encode(), ': "at [address removed] [secret removed]".'),
    "too long to read": (b'{"reason": "' + b"x" * MAX_PROBLEM_BYTES + b'"}', "."),
}
STATUSES = [*range(300, 310), *range(400, 432), 444, 451, 460, 499, *range(500, 512), *range(520, 531), 561, 598, 599]


def _expected(status: int, reason: str, host: str) -> tuple[type[ScenarioError], str, int]:
    """Say what a status comes to: the error, its sentence, and how many requests it takes."""
    match status:
        case 400 | 422:
            sentence = f"Scenario refused the request ({status}){reason} Correct what it names."
            return SearchRefused, sentence, 1
        case 401:
            sentence = (
                "Scenario did not accept the credentials (401). Check SCENARIO_SDK_API_KEY and "
                "SCENARIO_SDK_API_SECRET, or SCENARIO_SDK_JWT, and restart the server."
            )
            return NotAuthorized, sentence, 1
        case 403:
            sentence = (
                f"Scenario accepts the key but does not allow this (403){reason} The key's scope, its project or the "
                "plan forbids it; SCENARIO_PROJECT_ID names another project."
            )
            return NotAuthorized, sentence, 1
        case 404:
            return NotFound, f"Scenario knows nothing at this address (404){reason} Check the id.", 1
        case 413:
            sentence = "The request is too large for Scenario (413). Give fewer or smaller pictures."
            return SearchRefused, sentence, 1
        case 429:
            sentence = "Scenario limits how often it may be asked (429). Wait a moment, then try again."
            return RateLimited, sentence, 3
        case 408 | 409:
            return Unavailable, own_problem(status), 3
        case _ if status < 400:
            return Unavailable, f"{host} answered with a redirect ({status}). Check SCENARIO_BASE_URL.", 1
        case _ if status < 500:
            return SearchRefused, f"Scenario refused the request ({status}){reason} Try a simpler search.", 1
        case _:
            return Unavailable, own_problem(status), 3


@pytest.mark.parametrize("status", STATUSES)
async def test_every_status_has_its_sentence_and_its_number_of_tries(status: int) -> None:
    # By HTTP a 304 has no body; what follows it would be the next answer.
    for content, reason in [(b"", ".")] if status == 304 else REASONS.values():
        refusal = answer(content, status, location="http://127.0.0.1:1/elsewhere")
        async with Upstream(refusal) as upstream, client_of(upstream) as client:
            error = await failure(client)
            expected = _expected(status, reason, upstream.base_url.split("/")[2])
            assert (type(error), error.message, len(upstream.received)) == expected


async def test_an_error_whose_body_never_ends_is_told_by_its_status_at_once() -> None:
    for behaviour in (
        pouring(head(401, content_length=50_000_000), b" " * 100_000, 500),
        pouring(head(401, transfer_encoding="chunked"), b"186a0\r\n" + b" " * 100_000 + b"\r\n", 500),
        answer(bomb(400, wraps=GZIP), 401, content_encoding="gzip"),
        answer(b"damaged", 401, content_encoding="gzip"),
        then_reset(head(401, content_length=100) + b"{"),
    ):
        async with Upstream(behaviour, FINE) as upstream, client_of(upstream) as client:
            assert type(await failure(client)) is NotAuthorized
            assert (await client.search_assets(CASTLE)).hits == FOUND


async def test_the_body_of_an_error_is_waited_for_no_longer_than_it_is_worth(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scenario_mcp.api.retries.PROBLEM_SECONDS", 0.05)
    for behaviour in (
        then_silent(head(403, content_length=100) + b'{"reason": "'),
        dripping(head(403, transfer_encoding="chunked"), b"1\r\nx\r\n"),
    ):
        async with Upstream(behaviour) as upstream, client_of(upstream) as client:
            error = await failure(client)
            assert error.message == _expected(403, ".", "")[1]


async def test_a_redirect_is_never_followed_and_no_credential_with_it() -> None:
    async with Upstream(FINE) as elsewhere:
        for status in (301, 302, 303, 307, 308):  # each of which would be followed in its way
            redirect = answer(b"", status, location=elsewhere.base_url)
            async with Upstream(redirect) as upstream, client_of(upstream) as client:
                assert isinstance(await failure(client), Unavailable)
        assert elsewhere.received == []


# --- time -------------------------------------------------------------------------------------------------------------

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


@pytest.mark.parametrize("fault", SLOW)
async def test_no_call_outlives_its_deadline_however_slow_the_answer(fault: str) -> None:
    seconds = 0.3
    async with Upstream(SLOW[fault]) as upstream:
        settings = Settings(api_key=KEY, api_secret=SECRET, base_url=upstream.base_url, timeout_seconds=seconds)
        async with open_scenario(settings) as scenario:
            begin = time.monotonic()
            error = await failure(scenario.client)
            assert time.monotonic() - begin < seconds + 2
            assert error.message == too_late(seconds)


@pytest.mark.parametrize("fault", SLOW)
async def test_a_connection_that_hangs_leaves_time_for_another(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scenario_mcp.api.retries.FIRST_TRY_SHARE", 0.04)
    async with Upstream(SLOW[fault], FINE) as upstream, open_way() as http:
        settings = Settings(api_key=KEY, api_secret=SECRET, base_url=upstream.base_url, timeout_seconds=5)
        client = client_over(http, settings, random=lambda: 0.0)
        assert (await client.search_assets(CASTLE)).hits == FOUND
        assert len(upstream.received) == 2


async def test_a_cancelled_call_drops_its_request_and_counts_for_nothing() -> None:
    at = StoppedTime()
    silent = then_silent(b"")
    async with Upstream(silent) as upstream, client_of(upstream, at=at) as client:
        for _ in range(MAX_REQUESTS + FAILURES_TO_OPEN):  # slots that were kept would run out
            upstream.arrived.clear()
            upstream.dropped.clear()
            call = asyncio.create_task(client.search_assets(CASTLE))
            async with asyncio.timeout(5):
                await upstream.arrived.wait()
                call.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await call
            async with asyncio.timeout(1):
                await upstream.dropped.wait()
            at.now += 1
        upstream.behaviours = [FINE]
        assert (await client.search_assets(CASTLE)).hits == FOUND


async def test_a_call_cancelled_while_it_sleeps_asks_no_more() -> None:
    asleep = asyncio.Event()

    async def sleep(_seconds: float) -> None:
        asleep.set()
        await anyio.sleep_forever()

    async with Upstream(answer(b"", 503)) as upstream, open_way() as http:
        settings = Settings(api_key=KEY, api_secret=SECRET, base_url=upstream.base_url)
        call = asyncio.create_task(client_over(http, settings, sleep=sleep).search_assets(CASTLE))
        async with asyncio.timeout(5):
            await asleep.wait()
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
        assert len(upstream.received) == 1


# --- when to try again ------------------------------------------------------------------------------------------------


async def test_the_waits_between_tries_grow_and_are_spread() -> None:
    at = StoppedTime()
    async with Upstream(answer(b"", 503)) as upstream, client_of(upstream, at=at, chances=[1.0, 0.25]) as client:
        assert (await failure(client)).message == own_problem(503)
    assert at.slept == [0.5, 0.25]


NO_SECONDS: list[Any] = [[], {}, None, -3, True]


def _date(seconds: float) -> str:
    return email.utils.formatdate(time.time() + seconds, usegmt=True)


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


async def test_the_wait_may_end_at_a_time_of_day() -> None:
    at = StoppedTime()
    refusal = answer(b"", 503, retry_after=_date(10))
    async with Upstream(refusal, FINE) as upstream, client_of(upstream, at=at, seconds=30) as client:
        assert (await client.search_assets(CASTLE)).hits == FOUND
    (slept,) = at.slept
    assert 8 < slept <= 10


@pytest.mark.parametrize(
    ("status", "asked", "seconds", "sentence"),
    [
        (429, 15.5, 30, "Scenario limits how often it may be asked (429). Wait 16 seconds, then try again."),
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
        assert (error.message, at.slept, len(upstream.received)) == (sentence, [], 1)
        assert not isinstance(error, RateLimited) or error.wait_seconds == asked


@pytest.mark.parametrize(
    ("status", "told", "tries"),
    [(503, "false", 1), (429, "False", 1), (400, "true", 3), (404, "true", 3), (503, "maybe", 3), (400, "", 1)],
)
async def test_the_api_has_the_last_word_on_trying_again(status: int, told: str, tries: int) -> None:
    async with Upstream(answer(b"", status, x_should_retry=told)) as upstream, client_of(upstream) as client:
        await failure(client)
        assert len(upstream.received) == tries


async def test_a_used_up_quota_is_not_tried_again_whatever_a_header_says() -> None:
    problem = {"error": "Quota exceeded for search", "code": "QUOTA_EXCEEDED"}
    async with Upstream(answer(problem, 429, x_should_retry="true")) as upstream, client_of(upstream) as client:
        assert type(await failure(client)) is QuotaExceeded
        assert len(upstream.received) == 1


async def test_a_kept_connection_that_the_other_side_has_reset_is_replaced() -> None:
    async def reset_when_asked_again(exchange: Exchange) -> None:
        await FINE(exchange)
        await exchange.reader.readuntil(b"}")  # the next request, which gets no answer
        exchange.reset()

    async with Upstream(reset_when_asked_again, FINE) as upstream, client_of(upstream) as client:
        for _ in range(2):
            assert (await client.search_assets(CASTLE)).hits == FOUND
        assert len(upstream.received) == 2


# --- many calls, long outages -----------------------------------------------------------------------------------------


async def _outcomes(client: ScenarioClient, calls: int) -> list[str]:
    """Search so often at once; return the messages of the calls that failed."""
    messages: list[str] = []

    async def search() -> None:
        try:
            await client.search_assets(CASTLE)
        except ScenarioError as error:
            messages.append(error.message)

    with anyio.fail_after(20):
        async with anyio.create_task_group() as tasks:
            for _ in range(calls):
                tasks.start_soon(search)
    return messages


async def test_two_hundred_calls_at_once_get_their_own_answers_a_few_at_a_time() -> None:
    async def echo(exchange: Exchange) -> None:
        await answer({"hits": [{"id": json.loads(exchange.received.body)["query"]}]})(exchange)

    found: dict[str, str] = {}
    async with Upstream(echo) as upstream, client_of(upstream) as client:

        async def search(query: str) -> None:
            (hit,) = (await client.search_assets(AssetSearch(query=query))).hits
            found[query] = hit.id

        with anyio.fail_after(10):
            async with anyio.create_task_group() as tasks:
                for number in range(200):
                    tasks.start_soon(search, f"q{number}")
        assert upstream.most_in_flight <= MAX_REQUESTS
    assert found == {f"q{number}": f"q{number}" for number in range(200)}


async def test_who_waits_too_long_for_a_turn_is_told_so() -> None:
    seconds_a_look = 0.0
    now = 0.0

    def clock() -> float:
        nonlocal now
        now += seconds_a_look
        return now

    async with Upstream(then_silent(b"")) as upstream, open_way() as http:
        settings = Settings(api_key=KEY, api_secret=SECRET, base_url=upstream.base_url)
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
    assert error.message == (
        "20 other requests to Scenario were in progress for 30 seconds, so this one was not sent. Try again, with "
        "fewer calls at a time."
    )
    assert len(upstream.received) == MAX_REQUESTS


async def test_a_restart_that_breaks_every_connection_at_once_is_never_seen() -> None:
    at = StoppedTime()
    resets = [then_reset(b"")] * MAX_REQUESTS
    async with Upstream(*resets, FINE) as upstream, client_of(upstream, at=at, chances=[0.01]) as client:
        assert await _outcomes(client, MAX_REQUESTS) == []


async def test_a_dead_api_is_asked_at_most_three_times_a_call() -> None:
    at = StoppedTime()
    async with Upstream(answer(b"", 503)) as upstream, client_of(upstream, at=at, chances=[0.0]) as client:
        messages = await _outcomes(client, 20)  # nobody waits, so the time that it takes to open never passes
        assert (set(messages), len(upstream.received)) == ({own_problem(503)}, 60)


async def test_a_long_outage_uses_up_the_retries_and_success_brings_them_back() -> None:
    at = StoppedTime()
    calls = int(QUOTA)
    async with Upstream(answer(b"", 503)) as upstream, client_of(upstream, at=at, chances=[0.0]) as client:
        await _outcomes(client, calls)
        assert len(upstream.received) == calls + QUOTA
        upstream.behaviours, upstream.received = [FINE], []
        for _ in range(5):
            await client.search_assets(CASTLE)
        upstream.behaviours, upstream.received = [answer(b"", 503)], []
        await failure(client)
        assert len(upstream.received) == 2


async def test_a_retry_that_succeeds_is_given_back() -> None:
    async with Upstream(FINE) as upstream, client_of(upstream, chances=[0.0]) as client:
        for _ in range(2 * int(QUOTA)):
            upstream.received, upstream.behaviours = [], [answer(b"", 503), FINE]
            assert (await client.search_assets(CASTLE)).hits == FOUND


def down(what: str, wait: str) -> str:
    return (
        f"Scenario was not asked, because the last requests failed. It can be asked again in {wait}. "
        f"The last error was: {what}."
    )


async def test_an_api_that_is_down_is_left_alone_until_it_is_back() -> None:
    at = StoppedTime()
    host = "Scenario could not be reached at {}. Check the network, a proxy, and SCENARIO_BASE_URL"
    async with Upstream(FINE) as upstream, client_of(upstream, at=at, chances=[1.0]) as client:
        await upstream.close()
        assert (await failure(client)).message == unreachable(upstream)
        assert (await failure(client)).message == unreachable(upstream)  # this one opens the breaker
        what = host.format(upstream.base_url.split("/")[2])
        assert (await failure(client)).message == down(what, "5 seconds")
        at.now += PROBE_SECONDS - 0.75
        assert (await failure(client)).message == down(what, "a second")
        at.now += 0.75
        assert (await failure(client)).message == unreachable(upstream)  # the probe, tried once
        assert (await failure(client)).message == down(what, "5 seconds")
        await upstream.open()
        at.now += PROBE_SECONDS
        for _ in range(3):
            assert (await client.search_assets(CASTLE)).hits == FOUND


async def test_only_one_call_of_many_asks_whether_the_api_is_back() -> None:
    at = StoppedTime()
    async with Upstream(answer(b"", 503)) as upstream, client_of(upstream, at=at, chances=[1.0]) as client:
        await failure(client)
        await failure(client)
        upstream.received = []
        assert set(await _outcomes(client, 50)) == {
            down("Scenario has a problem of its own (503). Try again in a minute", "5 seconds")
        }
        assert upstream.received == []
        at.now += PROBE_SECONDS
        messages = await _outcomes(client, 50)
        assert (len(messages), len(upstream.received)) == (50, 1)


async def test_an_api_that_only_refuses_is_not_down() -> None:
    at = StoppedTime()
    async with Upstream(answer(b"", 429)) as upstream, client_of(upstream, at=at, chances=[1.0]) as client:
        for number in range(1, 3 * FAILURES_TO_OPEN):
            assert type(await failure(client)) is RateLimited
            assert len(upstream.received) == 3 * number


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
        settings = Settings(api_key=KEY, api_secret=SECRET, base_url=upstream.base_url)
        async with open_scenario(settings) as scenario:
            await upstream.close()
            with anyio.fail_after(20):
                while "was not asked" not in (await failure(scenario.client)).message:
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


# --- what is written down ---------------------------------------------------------------------------------------------


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


async def test_no_representation_shows_a_credential() -> None:
    async with Upstream(FINE) as upstream, client_of(upstream) as client:
        await client.search_assets(CASTLE)
        (received,) = upstream.received
        sent = received.headers["authorization"].removeprefix("Basic ")
        shown = repr(client) + "".join(map(repr, vars(client).values()))
        assert all(secret not in shown for secret in (KEY, SECRET, sent))
