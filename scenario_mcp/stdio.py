"""MCP over this process's standard input and output.

The SDK's own transport moves every line through worker threads, which makes a call cost half as much again, drops a
line that it cannot parse without an answer, and does not end on SIGINT. On POSIX pipes and sockets, which is how every
host starts a server, this module reads and writes on the event loop itself. Elsewhere (Windows, files, terminals) the
SDK serves.
"""

import asyncio
import json
import os
import signal
import stat
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self

import anyio
import anyio.abc
import mcp_types as types
from mcp.server.lowlevel import Server
from mcp.shared.message import SessionMessage
from pydantic import ValidationError
from pydantic_core import PydanticSerializationError

MAX_LINE_BYTES = 32 * 1024 * 1024
"""Longest message that is read: several reference pictures of the largest size fit."""
LAST_ANSWERS_SECONDS = 1.5
"""How long the calls in flight may still take when the client has closed its end."""


async def serve(server: Server[Any]) -> None:
    """Serve one client until its end of input, SIGINT or SIGTERM."""
    async with anyio.create_task_group() as tasks:
        if sys.platform != "win32":
            await tasks.start(_stop_on_signal, tasks.cancel_scope)
        if _are_pipes():
            async with _open_pipes() as (incoming, outgoing):
                while incoming.begin():
                    await server.run(incoming, outgoing, server.create_initialization_options())
        else:
            from mcp.server.stdio import stdio_server  # noqa: PLC0415  # only where the event loop has no pipes

            async with stdio_server() as (read_stream, write_stream):
                await server.run(read_stream, write_stream, server.create_initialization_options())
        tasks.cancel_scope.cancel()


async def _stop_on_signal(scope: anyio.CancelScope, *, task_status: anyio.abc.TaskStatus[None]) -> None:
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        task_status.started()
        async for _ in signals:
            scope.cancel()


def _are_pipes() -> bool:
    """Whether both streams are pipes or sockets; only these can be read and written without a thread."""
    if sys.platform == "win32":
        return False
    modes = [os.fstat(stream.fileno()).st_mode for stream in (sys.stdin, sys.stdout)]
    return all(stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) for mode in modes)


@asynccontextmanager
async def _open_pipes() -> AsyncIterator[tuple["_Incoming", "_Outgoing"]]:
    """Take the two streams for the protocol alone: a stray print goes to stderr, a stray read finds nothing."""
    loop = asyncio.get_running_loop()
    stdin, stdout = os.fdopen(os.dup(0), "rb", buffering=0), os.fdopen(os.dup(1), "wb", buffering=0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    reader = asyncio.StreamReader(limit=MAX_LINE_BYTES)
    reading, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), stdin)
    writing, flow = await loop.connect_write_pipe(_Flow, stdout)
    outgoing = _Outgoing(writing, flow)
    try:
        yield _Incoming(reader, outgoing), outgoing
    finally:
        reading.close()
        writing.close()
        with anyio.move_on_after(1, shield=True):
            await flow.closed.wait()


class _Flow(asyncio.Protocol):
    """Tells a writer when the client is slow to read, and when it is gone."""

    def __init__(self) -> None:
        self.writable = asyncio.Event()
        self.writable.set()
        self.closed = asyncio.Event()

    def pause_writing(self) -> None:
        self.writable.clear()

    def resume_writing(self) -> None:
        self.writable.set()

    def connection_lost(self, _error: Exception | None) -> None:
        self.writable.set()
        self.closed.set()


class _Outgoing:
    """The SDK's write stream: one message, one line."""

    def __init__(self, transport: asyncio.WriteTransport, flow: _Flow) -> None:
        self._transport = transport
        self._flow = flow
        self.unanswered: set[types.RequestId] = set()
        self.all_answered = asyncio.Event()

    async def send(self, item: SessionMessage, /) -> None:
        message = item.message
        try:
            line = message.model_dump_json(by_alias=True, exclude_unset=True).encode()
        except (PydanticSerializationError, UnicodeEncodeError):
            if not isinstance(message, types.JSONRPCResponse):
                return
            line = _error_line(message.id, types.INTERNAL_ERROR, "The answer held text that is not Unicode.")
        await self.write(line)
        if isinstance(message, types.JSONRPCResponse | types.JSONRPCError):
            self.settle(message.id)

    async def write(self, line: bytes) -> None:
        if not self._flow.closed.is_set():
            self._transport.write(line + b"\n")
            await self._flow.writable.wait()

    def settle(self, request_id: Any) -> None:
        self.unanswered.discard(request_id)
        if not self.unanswered:
            self.all_answered.set()

    async def aclose(self) -> None:
        """Keep the pipe: a client may start over on it."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


class _Incoming:
    """The SDK's read stream: a line, a message; what is no message is answered here."""

    def __init__(self, reader: asyncio.StreamReader, outgoing: _Outgoing) -> None:
        self._reader = reader
        self._outgoing = outgoing
        self._opening_method: str | None = None
        self._held: SessionMessage | None = None
        self._has_begun = False

    def begin(self) -> bool:
        """Start over for the next protocol era; whether there is one."""
        is_first, self._has_begun = not self._has_begun, True
        self._opening_method = None
        return is_first or self._held is not None

    async def receive(self) -> SessionMessage | Exception:
        try:
            return await self.__anext__()
        except StopAsyncIteration:
            raise anyio.EndOfStream from None

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> SessionMessage | Exception:
        if self._held is not None:
            item, self._held = self._held, None
        else:
            item = await self._next_message()
        message = item.message
        if isinstance(message, types.JSONRPCRequest):
            if message.method == "initialize" and self._opening_method == "server/discover":
                # The SDK fixes a connection's protocol era by its first request. A client that asked for the modern
                # one, did not wait for the answer and falls back to the handshake gets a fresh start on the same pipe.
                self._held = item
                await self._last_answers()
                raise StopAsyncIteration
            self._opening_method = self._opening_method or message.method
            self._outgoing.unanswered.add(message.id)
        elif isinstance(message, types.JSONRPCNotification) and message.method == "notifications/cancelled":
            self._outgoing.settle((message.params or {}).get("requestId"))
        return item

    async def _next_message(self) -> SessionMessage:
        while True:
            line = await self._next_line()
            try:
                return SessionMessage(types.jsonrpc_message_adapter.validate_json(line, by_name=False))
            except ValidationError:
                await self._outgoing.write(_refusal(line))

    async def _next_line(self) -> bytes:
        """Return the next line that is not blank; the end of the input ends the iteration."""
        while True:
            try:
                line = await self._reader.readuntil()
            except asyncio.IncompleteReadError as error:
                line = error.partial
                if not line.strip():
                    await self._last_answers()
                    raise StopAsyncIteration from None
            except asyncio.LimitOverrunError:
                await self._skip_line()
                await self._outgoing.write(
                    _error_line(None, types.INVALID_REQUEST, f"A message may have {MAX_LINE_BYTES} bytes.")
                )
                continue
            if line.strip():
                return line

    async def _skip_line(self) -> None:
        while True:
            try:
                await self._reader.readuntil()
            except asyncio.LimitOverrunError as error:
                await self._reader.readexactly(error.consumed)
            except asyncio.IncompleteReadError:
                return
            else:
                return

    async def _last_answers(self) -> None:
        """Let the calls in flight finish: the SDK cancels them when the stream ends."""
        if self._outgoing.unanswered:
            self._outgoing.all_answered.clear()
            with anyio.move_on_after(LAST_ANSWERS_SECONDS):
                await self._outgoing.all_answered.wait()

    async def aclose(self) -> None:
        """Keep the pipe: a client may start over on it."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


def _refusal(line: bytes) -> bytes:
    """Answer a line that is no message, under its own id where it has one."""
    try:
        raw = json.loads(line)
    except (ValueError, RecursionError):
        return _error_line(None, types.PARSE_ERROR, "That line is not JSON.")
    request_id = raw.get("id") if isinstance(raw, dict) else None
    if isinstance(request_id, bool) or not isinstance(request_id, str | int):
        request_id = None
    return _error_line(request_id, types.INVALID_REQUEST, "That line is JSON, but not a JSON-RPC 2.0 message.")


def _error_line(request_id: str | int | None, code: int, message: str) -> bytes:
    error = {"code": code, "message": message}
    return json.dumps({"jsonrpc": "2.0", "id": request_id, "error": error}, separators=(",", ":")).encode()
