"""Bodies come whole, within bounds of size and time, each for itself and all together."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from http.client import HTTPConnection
from typing import Any

import pytest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from scenario_mcp.http_server.inbound_headers import InboundHeaders
from scenario_mcp.http_server.inbound_request import (
    ClientDisconnected,
    InboundRequest,
    RequestRejected,
    attach,
    inbound,
)
from scenario_mcp.http_server.middleware import body_limit
from scenario_mcp.http_server.middleware.body_limit import BodyLimit
from tests.support.hosted import POST_HEADERS, json_bytes, process, refusal, serving
from tests.support.raw_stdio import SECONDS, ping

PONG = {"jsonrpc": "2.0", "id": 1, "result": {}}
TOO_LARGE = "The request is larger than 16 MiB, so it was not read. Send smaller pictures."
TOO_MUCH = "Too many large requests are under way. Send yours again in a second."
MIB = 2**20


class Inside:
    """The app inside: keeps the bodies that reach it, and answers when it is let."""

    def __init__(self, *, answers: bool = True) -> None:
        self.bodies: list[bytes] = []
        self.arrived = asyncio.Event()
        self.goes_on = asyncio.Event()
        if answers:
            self.goes_on.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.bodies.append(inbound(scope).body)
        self.arrived.set()
        await self.goes_on.wait()
        await Response(b"")(scope, receive, send)


async def pass_body(limit: BodyLimit, receive: Receive, declared: int | None = None, **headers: str) -> None:
    """Send a request through the limit whose body is received in this way."""
    raw = [] if declared is None else [(b"content-length", str(declared).encode())]
    raw += [(name.encode(), value.encode()) for name, value in headers.items()]
    scope: dict[str, Any] = {"type": "http", "headers": raw}
    attach(scope, InboundRequest(InboundHeaders(raw), "id"))

    async def send(_message: Any) -> None:
        pass

    await limit(scope, receive, send)


def coming(*chunks: bytes) -> Receive:
    """Return an ASGI `receive` of a body in these pieces."""
    messages: list[dict[str, Any]] = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    messages[-1]["more_body"] = False

    async def receive() -> dict[str, Any]:
        return messages.pop(0)

    return receive


async def read(*chunks: bytes, declared: int | None = None) -> bytes:
    """Return the body that reaches the app."""
    app = Inside()
    await pass_body(BodyLimit(app), coming(*chunks), declared)
    return app.bodies[0]


async def asked_for() -> dict[str, Any]:
    raise AssertionError("to ask for the body is to tell the client to send it")


async def never() -> dict[str, Any]:
    await asyncio.Event().wait()
    raise AssertionError


async def test_a_body_of_sixteen_mebibytes_is_read() -> None:
    assert await read(*[b"x" * MIB] * 16, declared=16 * MIB) == b"x" * 16 * MIB


@pytest.mark.parametrize("declared", [16 * MIB + 1, 10**30])
async def test_a_body_that_says_it_is_larger_is_refused_whether_it_comes_or_not(
    monkeypatch: pytest.MonkeyPatch, declared: int
) -> None:
    monkeypatch.setattr(body_limit, "DISCARD_SECONDS", 0.01)
    with pytest.raises(RequestRejected) as caught:
        await asyncio.wait_for(pass_body(BodyLimit(Inside()), never, declared), SECONDS)
    assert (caught.value.status, caught.value.message) == (413, TOO_LARGE)


async def test_a_client_that_asks_whether_to_send_a_larger_body_is_told_at_once() -> None:
    with pytest.raises(RequestRejected) as caught:
        await asyncio.wait_for(pass_body(BodyLimit(Inside()), asked_for, 16 * MIB + 1, expect="100-continue"), SECONDS)
    assert (caught.value.status, caught.value.message) == (413, TOO_LARGE)


@pytest.mark.promise(number=20)
@pytest.mark.parametrize("declared", [None, 10**9])
async def test_the_rest_of_a_body_that_is_refused_may_arrive_within_bounds(declared: int | None) -> None:
    """A connection that ends in the middle of a body is reset, and its client may never see the answer."""
    received = 0

    async def endless() -> dict[str, Any]:
        nonlocal received
        received += MIB
        return {"type": "http.request", "body": b" " * MIB, "more_body": True}

    with pytest.raises(RequestRejected, match="larger than 16 MiB"):
        await pass_body(BodyLimit(Inside()), endless, declared)
    assert received == (64 if declared else 17 + 64) * MIB

    messages = [{"type": "http.request", "body": b" " * MIB, "more_body": number < 19} for number in range(20)]

    async def ending() -> dict[str, Any]:
        return messages.pop(0)

    with pytest.raises(RequestRejected, match="larger than 16 MiB"):
        await pass_body(BodyLimit(Inside()), ending, declared)
    assert messages == []


async def test_a_client_that_leaves_while_its_body_is_refused_gets_no_answer() -> None:
    messages: list[dict[str, Any]] = [
        {"type": "http.request", "body": b" " * 17 * MIB, "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> dict[str, Any]:
        return messages.pop(0)

    with pytest.raises(ClientDisconnected):
        await pass_body(BodyLimit(Inside()), receive)


@pytest.mark.processes
def test_a_client_that_writes_all_before_it_reads_gets_the_refusal() -> None:
    body = b" " * 20 * MIB
    with process("--sandbox") as server:
        client = HTTPConnection(server.address.removeprefix("http://"), timeout=SECONDS)
        with closing(client):
            client.request("POST", "/mcp", body, {"Content-Type": "application/json"})
            answer = client.getresponse()
            assert (answer.status, json.loads(answer.read())) == (413, refusal(TOO_LARGE))


@pytest.mark.promise(number=20)
async def test_a_body_that_turns_out_larger_is_given_up() -> None:
    with pytest.raises(RequestRejected) as caught:
        await read(*[b"x" * MIB] * 16, b"x")
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


@pytest.mark.promise(number=20)
async def test_a_body_that_does_not_come_is_given_up() -> None:
    with pytest.raises(RequestRejected) as caught:
        await pass_body(BodyLimit(Inside(), body_seconds=0.05), never)
    assert (caught.value.status, caught.value.message, caught.value.headers) == (
        408,
        "The request did not arrive within 0.05 seconds. Send it again.",
        (("Connection", "close"),),
    )


async def test_what_takes_long_with_a_body_that_came_is_not_its_slowness() -> None:
    app = Inside(answers=False)
    asyncio.get_running_loop().call_later(0.05, app.goes_on.set)  # longer than a body may take
    await pass_body(BodyLimit(app, body_seconds=0.01), coming(b"x"))
    assert app.bodies == [b"x"]


async def test_a_client_that_leaves_in_the_middle_of_a_body_gets_no_answer() -> None:
    messages: list[dict[str, Any]] = [
        {"type": "http.request", "body": b"{", "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> dict[str, Any]:
        return messages.pop(0)

    app = Inside()
    with pytest.raises(ClientDisconnected):
        await pass_body(BodyLimit(app), receive)
    assert app.bodies == []


@asynccontextmanager
async def held(limit: BodyLimit, app: Inside, body: bytes) -> AsyncIterator[None]:
    """Let a request whose body is read wait for its answer."""
    app.arrived.clear()
    task = asyncio.create_task(pass_body(limit, coming(body)))
    await asyncio.wait_for(app.arrived.wait(), SECONDS)
    yield
    app.goes_on.set()
    await asyncio.wait_for(task, SECONDS)


@pytest.mark.promise(number=20)
async def test_only_so_many_large_bodies_are_held_at_a_time() -> None:
    app = Inside(answers=False)
    limit = BodyLimit(app)
    large = b"x" * 16 * MIB
    async with AsyncExitStack() as stack:
        for _ in range(8):
            await stack.enter_async_context(held(limit, app, large))
        with pytest.raises(RequestRejected) as caught:
            await pass_body(limit, coming(b"x" * MIB))
        assert (caught.value.status, caught.value.message) == (503, TOO_MUCH)
        assert caught.value.headers == (("Connection", "close"), ("Retry-After", "1"))
        async with held(limit, app, b"x" * 256 * 1024):  # a small one always
            pass
    assert [len(body) for body in app.bodies] == [16 * MIB] * 8 + [256 * 1024]
    for _ in range(9):  # none of those that were held or refused counts any more
        await pass_body(limit, coming(large))
    assert len(app.bodies) == 8 + 1 + 9


async def test_many_large_bodies_at_once_are_asked_to_come_again() -> None:
    app = Inside()
    limit = BodyLimit(app, max_total_bytes=4 * MIB)
    half, goes_on, arrived = b"x" * 2 * MIB, asyncio.Event(), asyncio.Event()
    messages: list[Callable[[], dict[str, Any]]] = [
        lambda: {"type": "http.request", "body": half, "more_body": True},
        lambda: {"type": "http.request", "body": half, "more_body": False},
    ]

    async def slowly() -> dict[str, Any]:
        if len(messages) == 1:
            arrived.set()
            await goes_on.wait()
        return messages.pop(0)()

    async with asyncio.timeout(SECONDS):
        first = asyncio.create_task(pass_body(limit, slowly))
        await arrived.wait()
        with pytest.raises(RequestRejected) as caught:
            await pass_body(limit, coming(half, half))
        goes_on.set()
        await first
        await pass_body(limit, coming(half, half))
    assert (caught.value.status, caught.value.message) == (503, TOO_MUCH)
    assert [len(body) for body in app.bodies] == [4 * MIB] * 2
