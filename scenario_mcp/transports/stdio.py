"""MCP over this process's standard input and output.

The SDK's own transport moves every line through worker threads, which makes a call cost half as much again, drops a
line that it cannot parse without an answer, and does not end on SIGINT. On POSIX pipes and sockets, which is how every
host starts a server, this module reads and writes on the event loop itself. Elsewhere (Windows, files, terminals) a
thread each reads and writes for it.
"""

import asyncio
import codecs
import os
import signal
import stat
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self

import anyio
import mcp_types as types
from mcp.server.lowlevel import Server
from mcp.shared.dispatcher import coerce_request_id
from mcp.shared.message import SessionMessage

from scenario_mcp.transports import jsonrpc
from scenario_mcp.transports.stdio_threads import ReadingThread, WritingThread

MAX_LINE_BYTES = 16 * 1024 * 1024
"""Longest message that is read: the API takes requests of 10 MB, and what is somewhat longer gets a better refusal."""
LAST_ANSWERS_SECONDS = 1.0
"""How long the calls in flight may still take when the client has closed its end; those of a file take their time."""
END_SECONDS = 0.8
"""How long the process may take to end from then on, or from a signal."""

_LAST_BYTES_SECONDS = 0.5
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_SKIPPED_AT_ONCE = 2**20


async def serve(server: Server[Any]) -> None:
    """Serve one client until its end of input, SIGINT or SIGTERM.

    The process ends with it: a thread that still unpacks a picture or waits for a name server holds nothing up.
    """
    if sys.stdin is None or sys.stdout is None:
        return  # they were closed before the start: there is no client
    end = _End()
    async with anyio.create_task_group() as tasks:
        _begin_on_signal(end, tasks.cancel_scope)
        async with _open_streams(end) as (incoming, outgoing):
            while incoming.begin():
                await server.run(incoming, outgoing, server.create_initialization_options())
        tasks.cancel_scope.cancel()


class _End:
    """The end of the process: it begins once and comes in time, whatever still runs."""

    def __init__(self) -> None:
        self.has_begun = False

    def begin(self) -> None:
        if self.has_begun:
            return
        self.has_begun = True
        for number in _SIGNALS:
            # A second one finds nobody who handles it. (With SIG_IGN, Python complains of one that comes just now.)
            signal.signal(number, lambda *_: None)
        # Python waits for worker threads before it exits.
        watchdog = threading.Timer(END_SECONDS, os._exit, (0,))
        watchdog.daemon = True
        watchdog.start()


def _begin_on_signal(end: _End, scope: anyio.CancelScope) -> None:
    """Let SIGINT and SIGTERM begin the end.

    The event loop's own way gives them back to their defaults when the loop closes, with a while to go.
    """
    loop = asyncio.get_running_loop()

    def stop() -> None:
        end.begin()
        scope.cancel()

    for number in _SIGNALS:
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop))


def _are_pipes() -> bool:
    """Whether both streams are pipes or sockets; only these can be read and written without a thread."""
    if sys.platform == "win32":
        return False
    modes = [os.fstat(stream.fileno()).st_mode for stream in (sys.stdin, sys.stdout)]
    # Of one socket for both ways the event loop would take what comes in for the end of what goes out.
    return all(stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) for mode in modes) and not os.path.sameopenfile(0, 1)


@asynccontextmanager
async def _open_streams(end: _End) -> AsyncIterator[tuple["_Incoming", "_Outgoing"]]:
    """Take the two streams for the protocol alone: a stray print goes to stderr, a stray read finds nothing."""
    loop = asyncio.get_running_loop()
    are_pipes = _are_pipes()
    # What a thread is stuck in stays open to the end of the process.
    stdin = os.fdopen(os.dup(0), "rb", buffering=0, closefd=are_pipes)
    stdout = os.fdopen(os.dup(1), "wb", buffering=0, closefd=are_pipes)
    # A file ends at once, which says nothing about how long its calls may take.
    seconds = None if stat.S_ISREG(os.fstat(0).st_mode) else LAST_ANSWERS_SECONDS
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    reader = asyncio.StreamReader(limit=MAX_LINE_BYTES)
    protocol = _Input(reader, end, seconds)
    flow = _Flow()
    reading: asyncio.ReadTransport
    writing: asyncio.WriteTransport
    if are_pipes:
        reading, _ = await loop.connect_read_pipe(lambda: protocol, stdin)
        writing, _ = await loop.connect_write_pipe(lambda: flow, stdout)
    else:
        reading, writing = ReadingThread(stdin, protocol), WritingThread(stdout, flow)
    outgoing = _Outgoing(writing, flow, end, seconds)
    try:
        yield _Incoming(reader, outgoing, end), outgoing
    finally:
        reading.close()
        writing.close()
        with anyio.move_on_after(_LAST_BYTES_SECONDS, shield=True):
            await flow.closed.wait()
        if not flow.closed.is_set():
            writing.abort()


class _Input(asyncio.StreamReaderProtocol):
    """Lets the end begin in time when the input ends, though the client may not read the answers before that."""

    def __init__(self, reader: asyncio.StreamReader, end: _End, seconds: float | None) -> None:
        super().__init__(reader)
        self._end = end
        self._seconds = seconds

    def eof_received(self) -> bool | None:
        if self._seconds is not None:
            asyncio.get_running_loop().call_later(self._seconds, self._end.begin)
        return super().eof_received()


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

    def __init__(self, transport: asyncio.WriteTransport, flow: _Flow, end: _End, seconds: float | None) -> None:
        self._transport = transport
        self._flow = flow
        self._end = end
        self._seconds = seconds
        self._unanswered: set[types.RequestId] = set()
        self._all_answered = asyncio.Event()

    async def send(self, item: SessionMessage, /) -> None:
        message = item.message
        await self.write(jsonrpc.line(message))
        if isinstance(message, types.JSONRPCResponse | types.JSONRPCError):
            self.settle(message.id)

    async def write(self, line: bytes) -> None:
        """Write a line; wait while the client is slow to read, but not at the end."""
        if not self._flow.closed.is_set():
            self._transport.write(line + b"\n")
            if not self._end.has_begun:
                await self._flow.writable.wait()

    def expect(self, request_id: types.RequestId) -> None:
        """Note that this request is to be answered."""
        self._unanswered.add(coerce_request_id(request_id))

    def settle(self, request_id: Any) -> None:
        """Note that this request is answered, or need not be."""
        if isinstance(request_id, str | int):
            self._unanswered.discard(coerce_request_id(request_id))
        if not self._unanswered:
            self._all_answered.set()

    async def last_answers(self) -> None:
        """Let the calls in flight finish: the SDK cancels them when the stream ends."""
        if self._unanswered:
            self._all_answered.clear()
            with anyio.move_on_after(self._seconds):
                await self._all_answered.wait()

    async def aclose(self) -> None:
        """Keep the pipe: a client may start over on it."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


class _Incoming:
    """The SDK's read stream: a line, a message; what is no message is answered here."""

    def __init__(self, reader: asyncio.StreamReader, outgoing: _Outgoing, end: _End) -> None:
        self._reader = reader
        self._outgoing = outgoing
        self._end = end
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
                await self._outgoing.last_answers()
                raise StopAsyncIteration
            self._opening_method = self._opening_method or message.method
            self._outgoing.expect(message.id)
        elif isinstance(message, types.JSONRPCNotification) and message.method == "notifications/cancelled":
            self._outgoing.settle((message.params or {}).get("requestId"))
        return item

    async def _next_message(self) -> SessionMessage:
        while True:
            message = jsonrpc.read(await self._next_line())
            if not isinstance(message, bytes):
                return SessionMessage(message)
            await self._outgoing.write(message)

    async def _next_line(self) -> bytes:
        """Return the next line that is not blank; the end of the input ends the iteration."""
        while True:
            try:
                line = await self._reader.readuntil()
            except asyncio.IncompleteReadError as error:
                line = error.partial
                if not line.strip():
                    await self._outgoing.last_answers()
                    self._end.begin()
                    raise StopAsyncIteration from None
            except asyncio.LimitOverrunError as error:
                request_id = await self._skip_line(error.consumed)
                await self._outgoing.write(
                    jsonrpc.error_line(request_id, types.INVALID_REQUEST, f"A message may have {MAX_LINE_BYTES} bytes.")
                )
                continue
            line = line.removeprefix(codecs.BOM_UTF8)
            if line.strip():
                return line

    async def _skip_line(self, byte_count: int) -> types.RequestId | None:
        """Read on to the end of a line that has at least so many bytes; return its id if it shows at either end."""
        start = rest = b""
        while byte_count:
            while byte_count:
                rest += await self._reader.readexactly(min(byte_count, _SKIPPED_AT_ONCE))
                byte_count -= min(byte_count, _SKIPPED_AT_ONCE)
                start, rest = start or rest[: jsonrpc.GLIMPSE_BYTES], rest[-jsonrpc.GLIMPSE_BYTES :]
            try:
                rest += await self._reader.readuntil()
            except asyncio.LimitOverrunError as error:
                byte_count = error.consumed
            except asyncio.IncompleteReadError as error:
                rest += error.partial
        return jsonrpc.glimpsed_id(start, rest)

    async def aclose(self) -> None:
        """Keep the pipe: a client may start over on it."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()
