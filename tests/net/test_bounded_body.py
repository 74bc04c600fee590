"""The body of a response is read whole, in whatever encoding, and never past its bound."""

import gzip
import tracemalloc
import zlib

import anyio
import pytest

from scenario_mcp.api.requests import AssetSearch
from scenario_mcp.errors import NotAuthorized, SearchRefused
from scenario_mcp.net.bounded_body import MAX_ANSWER_BYTES, MAX_PROBLEM_BYTES
from tests.support.fakes import answering
from tests.support.faulty_upstream import Behaviour, Exchange, Upstream, answer, bomb, head, pouring, raw, then_reset
from tests.support.upstream_client import (
    BARE,
    CASTLE,
    FINE,
    FOUND,
    GZIP,
    NOT_THE_API,
    PAGE,
    TOO_LARGE,
    ZLIB,
    client_of,
    fails_and_recovers,
    failure,
)

UNEXPLAINED = (
    "Scenario refused the request (400). It does not say why: check the filter and the other arguments, or leave some "
    "of them out."
)

CHUNKED = head(transfer_encoding="chunked") + b"10;x=y\r\n" + PAGE[:16] + b"\r\n14\r\n" + PAGE[16:36] + b"\r\n0\r\n\r\n"
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


@pytest.mark.promise(number=3)
@pytest.mark.promise(number=12)
@pytest.mark.parametrize("fault", ONE_TRY)
async def test_what_would_come_again_is_not_tried_again(fault: str) -> None:
    behaviour, sentence = ONE_TRY[fault]
    await fails_and_recovers(behaviour, sentence, 1)


@pytest.mark.promise(number=12)
@pytest.mark.parametrize("fault", ["50 MB", "50 MB, unannounced", "gzip bomb", "deflate bomb", "bare deflate bomb"])
async def test_a_body_without_measure_takes_little_memory(fault: str) -> None:
    behaviour, sentence = ONE_TRY[fault]
    async with Upstream(behaviour) as upstream, client_of(upstream) as client:
        tracemalloc.start()
        try:
            assert (await failure(client)).told(to_operator=True) == sentence
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
        assert (await failure(client)).told(to_operator=True) == TOO_LARGE
        with anyio.fail_after(30):
            await upstream.dropped.wait()
    assert sent < 4 * MAX_ANSWER_BYTES  # what the buffers of both sides hold is sent as well


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


@pytest.mark.promise(number=12)
async def test_an_error_body_without_measure_is_not_read() -> None:
    client = answering({"padding": "x" * MAX_PROBLEM_BYTES, "reason": "It is behind it."}, 400).client()
    with pytest.raises(SearchRefused) as refused:
        await client.search_assets(AssetSearch(query="castle").resolve())
    assert refused.value.told(to_operator=True) == UNEXPLAINED
