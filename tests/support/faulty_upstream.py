"""An API on a loopback port that answers as badly as a test wants; and a clock that only sleeping moves."""

import asyncio
import contextlib
import json
import socket
import struct
import zlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import anyio.lowlevel

LONGEST_SECONDS = 20.0
"""No exchange goes on for longer, whatever a test forgets."""


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it arrived."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Exchange:
    """A request and the way back to who sent it."""

    received: Received
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    goes_on: bool = field(default=True)
    """Whether another request may come over this connection."""

    async def write(self, content: bytes) -> None:
        self.writer.write(content)
        await self.writer.drain()

    async def until_dropped(self) -> None:
        """Wait until the other side closes the connection."""
        self.goes_on = False
        while await self.reader.read(1024):
            pass

    def reset(self) -> None:
        """Close the connection at once, with RST."""
        self.goes_on = False
        peer: socket.socket = self.writer.get_extra_info("socket")
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Behaviour = Callable[[Exchange], Awaitable[None]]


class Upstream:
    """Answers the first request by the first behaviour and so on; the last one stays. Opens at its `async with`."""

    def __init__(self, *behaviours: Behaviour) -> None:
        self.behaviours: Sequence[Behaviour] = behaviours
        self.received: list[Received] = []
        self.in_flight = 0
        self.most_in_flight = 0
        self.arrived = asyncio.Event()
        """Set when a request has arrived."""
        self.dropped = asyncio.Event()
        """Set when an exchange has ended because the other side closed the connection."""
        self._port = 0
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._port}/v1"

    async def open(self) -> None:
        """Listen, on the port of before if there was one."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port, limit=2**24, backlog=500)
        self._port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Stop listening and drop every connection."""
        if self._server is not None:
            self._server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                while (received := await receive(reader)) is not None:
                    exchange = Exchange(received, reader, writer)
                    behave = self.behaviours[min(len(self.received), len(self.behaviours) - 1)]
                    self.received.append(received)
                    self.arrived.set()
                    self.in_flight += 1
                    self.most_in_flight = max(self.most_in_flight, self.in_flight)
                    try:
                        await behave(exchange)
                        if not exchange.goes_on:
                            return
                    finally:
                        self.in_flight -= 1
        except (ConnectionError, asyncio.IncompleteReadError):
            self.dropped.set()
        except asyncio.CancelledError:
            return  # the test is over: a task of asyncio's server that ends as cancelled is an error there
        finally:
            self._connections.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()


async def answer_all(behave: Behaviour, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer the requests of a connection, one after the other, until either side closes it."""
    try:
        while (received := await receive(reader)) is not None:
            exchange = Exchange(received, reader, writer)
            await behave(exchange)
            if not exchange.goes_on:
                return
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


async def receive(reader: asyncio.StreamReader) -> Received | None:
    """Read a request; None at the end of the connection."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    line, *rest = head.decode("latin-1").strip().split("\r\n")
    headers = {name.lower(): value for name, _, value in (text.partition(": ") for text in rest)}
    return Received(line, headers, await reader.readexactly(int(headers.get("content-length", "0"))))


# --- behaviours -----------------------------------------------------------------------------------------------------


def head(status: int = 200, **headers: str | int) -> bytes:
    """Make the lines before a body; `content_length=3` is a header."""
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} X\r\n{lines}\r\n".encode("latin-1")


def answer(document: Any, status: int = 200, **headers: str | int) -> Behaviour:
    """Answer well-formed HTTP: this JSON, or these bytes as they are."""
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    return raw(head(status, content_length=len(content), **headers) + content, closes=False)


def raw(content: bytes, *, closes: bool = True) -> Behaviour:
    """Answer these bytes, headers and all."""

    async def behave(exchange: Exchange) -> None:
        exchange.goes_on = not closes
        await exchange.write(content)

    return behave


def then_silent(content: bytes) -> Behaviour:
    """Answer these bytes and nothing more, over an open connection."""

    async def behave(exchange: Exchange) -> None:
        await exchange.write(content)
        await exchange.until_dropped()
        raise ConnectionResetError

    return behave


def then_reset(content: bytes) -> Behaviour:
    """Answer these bytes, then reset the connection."""

    async def behave(exchange: Exchange) -> None:
        await exchange.write(content)
        exchange.reset()

    return behave


def dripping(content: bytes, drops: bytes) -> Behaviour:
    """Answer these bytes, then the drops one by one, over and over."""

    async def behave(exchange: Exchange) -> None:
        await exchange.write(content)
        while True:
            for drop in drops:
                await exchange.write(bytes([drop]))
                await asyncio.sleep(0.001)  # a peer's pace, not a wait for anything

    return behave


def pouring(content: bytes, piece: bytes, times: int) -> Behaviour:
    """Answer these bytes, then a piece so many times; what is not taken is not kept here either."""

    async def behave(exchange: Exchange) -> None:
        exchange.goes_on = False
        exchange.writer.transport.set_write_buffer_limits(high=2**16)
        await exchange.write(content)
        for _ in range(times):
            await exchange.write(piece)

    return behave


def bomb(megabytes: int, *, wraps: int) -> bytes:
    """Pack so many megabytes of blanks into a thousandth; `wraps` are zlib's window bits, which choose the wrapping."""
    packer = zlib.compressobj(9, zlib.DEFLATED, wraps)
    start = packer.compress(b" ") + packer.flush(zlib.Z_FULL_FLUSH)
    # After a full flush a block stands for itself, so the same bytes may come again.
    block = packer.compress(b" " * 1_000_000) + packer.flush(zlib.Z_FULL_FLUSH)
    return start + block * megabytes


# --- time -----------------------------------------------------------------------------------------------------------


class StoppedTime:
    """A clock that moves by what is slept, at once; `slept` holds each sleep in seconds."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await anyio.lowlevel.checkpoint()
