"""Connections: the head of a request has to come, to end, and to be small."""

import asyncio
from contextlib import closing, suppress
from http.client import HTTPConnection
from typing import Any

import pytest
import uvicorn

from scenario_mcp.http_server.uvicorn_protocol import HeadTimeoutProtocol
from tests.support.hosted import exchanged, process
from tests.support.raw_stdio import SECONDS

MIB = 2**20


class Listening:
    """An app behind `HeadTimeoutProtocol` on a real socket."""

    def __init__(self, *, reads: bool = True, head_seconds: float = HeadTimeoutProtocol.head_seconds) -> None:
        self._reads = reads
        self._protocol = type("Protocol", (HeadTimeoutProtocol,), {"head_seconds": head_seconds})

    async def __aenter__(self) -> str:
        config = uvicorn.Config(
            self._app,
            http=self._protocol,
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
async def test_a_head_that_does_not_come_or_end_costs_the_connection(start: bytes) -> None:
    async with Listening(head_seconds=0.05) as address:
        assert await exchanged(address, start) == b""


async def test_the_head_of_a_later_request_has_to_end_too() -> None:
    async with Listening(head_seconds=0.5) as address:
        host, _, port = address.removeprefix("http://").rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        async with asyncio.timeout(SECONDS):
            writer.write(REQUEST)
            assert b"200 OK" in await reader.readuntil(b"\r\n\r\n3")
            await asyncio.sleep(0.7)  # longer than a head may take: an idle connection is none
            writer.write(REQUEST)
            assert b"200 OK" in await reader.readuntil(b"\r\n\r\n3")
            writer.write(b"POST / HT")
            assert await reader.read() == b""
        writer.close()


async def test_a_body_may_take_longer_than_a_head() -> None:
    async with Listening(head_seconds=0.5) as address:
        host, _, port = address.removeprefix("http://").rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        async with asyncio.timeout(SECONDS):
            writer.write(REQUEST[:-3])
            await asyncio.sleep(0.7)  # longer than a head may take
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


@pytest.mark.processes
def test_who_writes_a_large_body_before_it_reads_gets_the_refusal_of_its_head() -> None:
    environ = {"SCENARIO_MCP_HTTP_AUTH": "access-tokens", "SCENARIO_MCP_ACCESS_TOKENS": f"anna:{'0' * 64}"}
    with process("--sandbox", environ=environ) as server:
        client = HTTPConnection(server.address.removeprefix("http://"), timeout=SECONDS)
        with closing(client):
            client.request("POST", "/mcp", b" " * 40 * MIB, {"Content-Type": "application/json"})
            assert client.getresponse().status == 401


@pytest.mark.promise(number=20)
async def test_a_body_without_end_that_was_answered_already_costs_the_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("scenario_mcp.http_server.uvicorn_protocol.MAX_REST_BYTES", MIB)
    sent = 0
    async with Listening(reads=False) as address, asyncio.timeout(SECONDS):
        host, _, port = address.removeprefix("http://").rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % 10**12)
        assert b"200 OK" in await reader.readuntil(b"\r\n\r\n0")
        with suppress(ConnectionError):
            while sent < 100 * MIB:
                writer.write(b"x" * 100_000)
                sent += 100_000
                await writer.drain()
        writer.transport.abort()
    assert sent < 100 * MIB


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
