"""What a request must be before anything looks at it: method, name, page, kind, size and time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from typing import Any

import httpx
import pytest
import uvicorn

from scenario_mcp.http_server import request_checks, uvicorn_protocol
from scenario_mcp.http_server.request_checks import (
    AllowList,
    BodyReader,
    ClientDisconnected,
    RequestRejected,
    cors_origins,
)
from tests.support.hosted import POST_HEADERS, Service, exchanged, json_bytes, refusal, serving
from tests.support.raw_stdio import SECONDS, call, ping

PONG = {"jsonrpc": "2.0", "id": 1, "result": {}}
BY_POST = "Send MCP messages by POST: this server keeps no sessions and sends nothing by itself."
WRONG_HOST = "The Host header does not name this server. SCENARIO_MCP_ALLOWED_HOSTS lists its names."
WRONG_PAGE = "Pages of this origin may not call this server. SCENARIO_MCP_ALLOWED_ORIGINS lists those that may."
WRONG_KIND = "Send MCP messages with Content-Type: application/json."
TOO_LARGE = "The request is larger than 16 MiB, so it was not read. Send smaller pictures."
TOO_MUCH = "Too many large requests are under way. Send it again in a second."
MIB = 2**20


async def ask(service: Service, headers: dict[str, str], method: str = "POST") -> httpx.Response:
    async with service.client() as client:
        return await client.request(method, "/mcp", headers=headers, content=json_bytes(ping(1)))


# --- method ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS"])
async def test_what_is_no_post_is_refused_before_anything_else_of_it_is_looked_at(method: str) -> None:
    wrong = {"host": "evil.example", "content-type": "text/plain", "authorization": "Basic !"}
    async with serving(HTTP_AUTH="access-tokens", ACCESS_TOKENS=f"a:{'0' * 64}") as service:
        answer = await ask(service, wrong, method)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert answer.content == b"" if method == "HEAD" else answer.json() == refusal(BY_POST)


@pytest.mark.parametrize("method", ["POST", "DELETE", "PUT"])
async def test_what_balancers_read_can_only_be_read(method: str) -> None:
    async with serving() as service, service.client() as client:
        answers = [await client.request(method, path) for path in ("/livez", "/readyz", "/metrics")]
    assert [(each.status_code, each.headers["allow"], each.content) for each in answers] == [
        (405, "GET, HEAD", b"")
    ] * 3


# --- Accept ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "accept", [None, "", "*/*", "application/json", "text/event-stream", "text/html", "nonsense;;"]
)
@pytest.mark.parametrize("version", ["2025-11-25", "2026-07-28"])
async def test_whatever_a_client_says_it_accepts_it_gets_json(accept: str | None, version: str) -> None:
    async with serving() as service:
        if accept is not None:
            answer = await service.post(call(1, "get_models", modelIds=["model_none"]), version, accept=accept)
        else:
            headers = {"content-type": "application/json", "mcp-protocol-version": "2025-11-25"}
            answer = await ask(service, headers)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json()["id"] == 1


# --- Host -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:1", "localhost:65535", "LOCALHOST", "[::1]:8000", "[::1]"])
async def test_this_machine_is_named_in_several_ways(host: str) -> None:
    async with serving() as service:
        answer = await ask(service, {**POST_HEADERS, "host": host})
    assert (answer.status_code, answer.json()) == (200, PONG)


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "localhost.", "127.0.0.1:", "localhost:80x", "localhost:٣", "", "::1"],
)
async def test_another_name_is_refused(host: str) -> None:
    async with serving() as service:
        answer = await ask(service, {**POST_HEADERS, "host": host.encode()})  # type: ignore[dict-item]  # httpx takes bytes
    assert (answer.status_code, answer.json()) == (421, refusal(WRONG_HOST))


async def test_the_names_that_are_set_are_the_ones_that_count() -> None:
    async with serving(ALLOWED_HOSTS="mcp.example.com, b.example:8443") as service:
        hosts = ("mcp.example.com", "MCP.Example.com", "b.example:8443", "b.example", "mcp.example.com:1", "127.0.0.1")
        statuses = [(await ask(service, {**POST_HEADERS, "host": host})).status_code for host in hosts]
    assert statuses == [200, 200, 200, 421, 421, 421]


async def test_every_name_may_be_allowed() -> None:
    async with serving(ALLOWED_HOSTS="*") as service:
        answer = await ask(service, {**POST_HEADERS, "host": "whatever.example:1"})
    assert answer.status_code == 200


def test_a_list_of_names_is_exact_or_for_any_port_or_for_all() -> None:
    names = AllowList(["a.example", "b.example:*", "c.example:80"])
    assert [
        name in names for name in ("a.example", "a.example:80", "b.example:1", "b.example", "c.example:80", "c.example")
    ] == [
        True,
        False,
        True,
        False,
        True,
        False,
    ]
    assert "" not in AllowList([])
    assert "" in AllowList(["*"])


# --- Origin and CORS ------------------------------------------------------------------------------------------------

PAGE = "https://chat.example.com"


async def preflight(
    service: Service, origin: str, headers: str = "content-type, mcp-protocol-version"
) -> httpx.Response:
    asked = {
        "origin": origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": headers,
    }
    async with service.client() as client:
        return await client.options("/mcp", headers=asked)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://chat.example.com", f"{PAGE}:8443", ""])
async def test_a_foreign_page_may_neither_ask_nor_call(origin: str) -> None:
    async with serving(ALLOWED_ORIGINS=PAGE) as service:
        asked = await preflight(service, origin)
        called = await ask(service, {**POST_HEADERS, "origin": origin})
    assert asked.status_code == 400
    assert "access-control-allow-origin" not in asked.headers
    assert (called.status_code, called.json()) == (403, refusal(WRONG_PAGE))
    assert "access-control-allow-origin" not in called.headers


async def test_a_page_that_is_allowed_may_ask_and_call() -> None:
    every = (
        "authorization, content-type, last-event-id, mcp-method, mcp-name, mcp-protocol-version, mcp-session-id, "
        "traceparent, x-request-id, x-scenario-api-key, x-scenario-api-secret, x-scenario-project-id"
    )
    async with serving(ALLOWED_ORIGINS=PAGE) as service:
        asked = await preflight(service, PAGE, every)
        called = await ask(service, {**POST_HEADERS, "origin": PAGE})
        foreign_header = await preflight(service, PAGE, "x-unknown")
    assert asked.status_code == 200
    assert asked.headers["access-control-allow-origin"] == PAGE
    assert asked.headers["access-control-max-age"] == "3600"
    assert set(asked.headers["access-control-allow-methods"].split(", ")) == {"POST", "GET"}
    assert set(every.split(", ")) <= set(asked.headers["access-control-allow-headers"].lower().split(", "))
    assert "access-control-allow-credentials" not in asked.headers
    assert (called.status_code, called.json()) == (200, PONG)
    assert called.headers["access-control-allow-origin"] == PAGE
    exposed = "mcp-protocol-version, mcp-session-id, retry-after, www-authenticate, x-request-id"
    assert called.headers["access-control-expose-headers"] == exposed
    assert foreign_header.status_code == 400


async def test_a_page_that_is_allowed_can_read_why_it_was_refused() -> None:
    async with serving(HTTP_AUTH="access-tokens", ACCESS_TOKENS=f"a:{'0' * 64}", ALLOWED_ORIGINS=PAGE) as service:
        answer = await ask(service, {**POST_HEADERS, "origin": PAGE})
    assert answer.status_code == 401
    assert answer.headers["access-control-allow-origin"] == PAGE


@pytest.mark.parametrize(
    "origin", ["http://localhost:6274", "http://127.0.0.1:1", "http://[::1]:3000", "http://localhost"]
)
async def test_pages_of_this_machine_may_call_where_only_it_is_listened_to(origin: str) -> None:
    async with serving() as service:
        asked = await preflight(service, origin)
        called = await ask(service, {**POST_HEADERS, "origin": origin})
    assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (200, origin)
    assert (called.status_code, called.headers["access-control-allow-origin"]) == (200, origin)


def test_browsers_are_told_the_same_list_that_calls_are_held_against() -> None:
    assert cors_origins(["https://a.example", "http://b.example:*", "http://[::1]:*"]) == (
        ["https://a.example"],
        r"http://b\.example:\d{1,5}|http://\[::1\]:\d{1,5}",
    )
    assert cors_origins([]) == ([], None)


# --- kind -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind", ["application/json", "application/json; charset=utf-8", "Application/JSON", " application/json ;x"]
)
async def test_json_is_taken_in_whatever_way_it_is_named(kind: str) -> None:
    async with serving() as service:
        answer = await ask(service, {"content-type": kind})
    assert (answer.status_code, answer.json()) == (200, PONG)


@pytest.mark.parametrize("kind", [None, "", "text/plain", "application/jsonp", "application/x-www-form-urlencoded"])
async def test_another_kind_is_refused_such_as_pages_can_send_unasked(kind: str | None) -> None:
    async with serving() as service:
        answer = await ask(service, {} if kind is None else {"content-type": kind})
    assert (answer.status_code, answer.json()) == (415, refusal(WRONG_KIND))


# --- bodies ---------------------------------------------------------------------------------------------------------


async def read(reader: BodyReader, chunks: list[bytes], declared: int | None = None) -> bytes:
    """Read a body that comes in these pieces, and is never ended if the last is None."""
    messages: list[dict[str, Any]] = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    messages[-1]["more_body"] = False

    async def receive() -> dict[str, Any]:
        return messages.pop(0)

    async with reader.read("" if declared is None else str(declared), receive) as body:
        return body


async def test_a_body_of_sixteen_mebibytes_is_read() -> None:
    assert await read(BodyReader(), [b"x" * MIB] * 16, 16 * MIB) == b"x" * 16 * MIB


@pytest.mark.parametrize("declared", [16 * MIB + 1, 10**30])
async def test_a_body_that_says_it_is_larger_is_not_even_begun(declared: int) -> None:
    async def receive() -> dict[str, Any]:
        raise AssertionError("nothing is to be read")

    with pytest.raises(RequestRejected) as caught:
        async with BodyReader().read(str(declared), receive):
            pass
    assert (caught.value.status, caught.value.message) == (413, TOO_LARGE)


async def test_a_body_that_turns_out_larger_is_given_up() -> None:
    with pytest.raises(RequestRejected) as caught:
        await read(BodyReader(), [b"x" * MIB] * 16 + [b"x"])
    assert (caught.value.status, caught.value.message) == (413, TOO_LARGE)


async def test_a_body_that_is_too_large_is_refused_over_http_and_the_connection_ended() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(17):
            yield b" " * MIB

    async with serving() as service, service.client() as client:
        declared = await client.post("/mcp", headers=POST_HEADERS, content=b" " * (16 * MIB + 1))
        chunked = await client.post("/mcp", headers=POST_HEADERS, content=pieces())
        after = await client.post("/mcp", headers=POST_HEADERS, content=json_bytes(ping(1)))
    for answer in (declared, chunked):
        assert (answer.status_code, answer.json()) == (413, refusal(TOO_LARGE))
        assert answer.headers["connection"] == "close"
    assert after.json() == PONG


async def test_a_body_that_does_not_come_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_checks, "BODY_SECONDS", 0.05)

    async def receive() -> dict[str, Any]:
        await asyncio.Event().wait()
        raise AssertionError

    with pytest.raises(RequestRejected) as caught:
        async with BodyReader().read("", receive):
            pass
    assert (caught.value.status, caught.value.message, caught.value.headers) == (
        408,
        "The request did not arrive within 0.05 seconds. Send it again.",
        (("Connection", "close"),),
    )


async def test_what_takes_long_with_a_body_that_came_is_not_its_slowness(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_checks, "BODY_SECONDS", 0.01)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"x"}

    async with BodyReader().read("", receive) as body:
        await asyncio.sleep(0.05)  # what is done with it
    assert body == b"x"


async def test_a_client_that_leaves_in_the_middle_of_a_body_gets_no_answer() -> None:
    messages: list[dict[str, Any]] = [
        {"type": "http.request", "body": b"{", "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> dict[str, Any]:
        return messages.pop(0)

    with pytest.raises(ClientDisconnected):
        async with BodyReader().read("", receive):
            pass


async def test_only_so_many_large_bodies_are_held_at_a_time() -> None:
    reader = BodyReader()

    async def body(size: int) -> bytes:
        return await read(reader, [b"x" * size])

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"x" * 16 * MIB}

    async with AsyncExitStack() as held:
        for _ in range(8):
            await held.enter_async_context(reader.read("", receive))
        with pytest.raises(RequestRejected) as caught:
            await body(MIB)
        assert (caught.value.status, caught.value.message) == (503, TOO_MUCH)
        assert caught.value.headers == (("Connection", "close"), ("Retry-After", "1"))
        assert len(await body(256 * 1024)) == 256 * 1024  # a small one always
    for _ in range(9):  # none of those that were held or refused counts any more
        assert len(await body(16 * MIB)) == 16 * MIB


async def test_many_large_bodies_at_once_are_asked_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_checks, "MAX_BODIES_BYTES", 4 * MIB)
    large = json_bytes(call(1, "search_assets", query="x" * 3 * MIB))
    goes_on = asyncio.Event()
    arrived = asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield large[: 2 * MIB]
        arrived.set()
        await goes_on.wait()
        yield large[2 * MIB :]

    async with serving() as service, service.client() as client, asyncio.timeout(SECONDS):
        first = asyncio.create_task(client.post("/mcp", headers=POST_HEADERS, content=slowly()))
        await arrived.wait()
        second = await client.post("/mcp", headers=POST_HEADERS, content=large)
        goes_on.set()
        third = (await first, await client.post("/mcp", headers=POST_HEADERS, content=large))
    assert (second.status_code, second.headers["retry-after"], second.json()) == (503, "1", refusal(TOO_MUCH))
    assert [answer.status_code for answer in third] == [200, 200]


# --- heads ----------------------------------------------------------------------------------------------------------


class Listening:
    """An app behind `HeadTimeoutProtocol` on a real socket."""

    def __init__(self, *, reads: bool = True) -> None:
        self._reads = reads

    async def __aenter__(self) -> str:
        config = uvicorn.Config(
            self._app,
            http=uvicorn_protocol.HeadTimeoutProtocol,
            lifespan="off",
            ws="none",
            interface="asgi3",
            log_config=None,
            port=0,
        )
        config.load()
        self._server = uvicorn.Server(config)
        self._server.lifespan = config.lifespan_class(config)
        await self._server.startup()
        port = self._server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    async def __aexit__(self, *_: object) -> None:
        self._server.force_exit = True
        await self._server.shutdown()

    async def _app(self, _scope: Any, receive: Any, send: Any) -> None:
        size, more = 0, self._reads
        while more:
            message = await receive()
            size, more = size + len(message.get("body", b"")), message.get("more_body", False)
        body = str(size).encode()
        headers = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


REQUEST = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"


@pytest.mark.parametrize("start", [b"", b"P", b"POST / HTTP/1.1\r\n", REQUEST[:-5]])
async def test_a_head_that_does_not_come_or_end_costs_the_connection(
    monkeypatch: pytest.MonkeyPatch, start: bytes
) -> None:
    monkeypatch.setattr(uvicorn_protocol, "HEAD_SECONDS", 0.05)
    async with Listening() as address:
        assert await exchanged(address, start) == b""


async def test_the_head_of_a_later_request_has_to_end_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uvicorn_protocol, "HEAD_SECONDS", 0.1)
    async with Listening() as address:
        host, _, port = address.removeprefix("http://").rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        async with asyncio.timeout(SECONDS):
            writer.write(REQUEST)
            assert b"200 OK" in await reader.readuntil(b"\r\n\r\n3")
            await asyncio.sleep(0.2)  # longer than a head may take: an idle connection is none
            writer.write(REQUEST)
            assert b"200 OK" in await reader.readuntil(b"\r\n\r\n3")
            writer.write(b"POST / HT")
            assert await reader.read() == b""
        writer.close()


async def test_a_body_may_take_longer_than_a_head(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uvicorn_protocol, "HEAD_SECONDS", 0.05)
    async with Listening() as address:
        host, _, port = address.removeprefix("http://").rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        async with asyncio.timeout(SECONDS):
            writer.write(REQUEST[:-3])
            await asyncio.sleep(0.15)  # longer than a head may take
            writer.write(REQUEST[-3:])
            assert b"200 OK" in await reader.readuntil(b"\r\n\r\n3")
        writer.close()


async def test_an_endless_head_costs_the_connection() -> None:
    async with Listening() as address, asyncio.timeout(SECONDS):
        host, _, port = address.removeprefix("http://").rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"POST / HTTP/1.1\r\nHost: a\r\n")
        line = b"X: " + b"y" * 1000 + b"\r\n"
        sent = 0
        with suppress(ConnectionError):
            while sent < 10 * MIB:
                writer.write(line)
                sent += len(line)
                await writer.drain()
        answer = b""
        with suppress(ConnectionError):
            answer = await reader.read()
        writer.transport.abort()
    assert sent < 10 * MIB
    assert b"200" not in answer


async def test_large_bodies_are_not_taken_for_endless_heads() -> None:
    body = b"x" * 4 * MIB
    content = b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body)
    async with Listening() as address:
        answer = await exchanged(address, content + body)
    assert answer.endswith(b"\r\n\r\n%d" % len(body))


async def test_a_connection_goes_on_after_an_answer_that_did_not_wait_for_the_body() -> None:
    body = b"x" * MIB
    async with Listening(reads=False) as address, asyncio.timeout(SECONDS):
        host, _, port = address.removeprefix("http://").rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body))
        early = await reader.readuntil(b"\r\n\r\n0")
        with suppress(ConnectionError):
            writer.write(body)
            await writer.drain()
        writer.write(REQUEST)
        late = await reader.read(20)
        writer.transport.abort()
    assert b"200 OK" in early
    assert late.startswith(b"HTTP/1.1 200 OK")
