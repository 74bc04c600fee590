"""MCP over this process's standard input and output.

The SDK's own transport moves every line through worker threads, which adds half to the cost of a call; it drops a line
that it cannot parse without an answer, and does not end on SIGINT. This module reads and writes pipes and sockets, with
which every host on POSIX starts a server, on the event loop itself. For files, terminals and Windows, `stdio_threads`
has one thread that reads and one that writes.
"""

import asyncio
import codecs
import os
import stat
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self

import anyio
import mcp_types as types
from mcp.server.lowlevel import Server
from mcp.shared.dispatcher import coerce_request_id

from scenario_mcp.transports import dispatch, jsonrpc
from scenario_mcp.transports.process_end import ProcessEnd
from scenario_mcp.transports.stdio_threads import ReadingThread, WritingThread

MAX_LINE_BYTES = 16 * 1024 * 1024
"""Longest message that is read: the API takes requests of 10 MB, and a somewhat longer one gets a better refusal."""
LAST_ANSWERS_SECONDS = 1.0
"""How long calls in flight may take once a client has closed its end; calls from a file may take as long as any."""

_LAST_BYTES_SECONDS = 0.5
_SKIPPED_AT_ONCE = 2**20


async def serve(server: Server[Any]) -> None:
    """Serve one client until its end of input, SIGINT or SIGTERM.

    The process ends with it: it does not wait for a thread that still decodes a picture or resolves a name.
    """
    if sys.__stdin__ is None or sys.__stdout__ is None:
        return  # closed before the start: there is no client
    end = ProcessEnd()
    async with anyio.create_task_group() as tasks:
        end.begin_on_signals(tasks.cancel_scope.cancel)
        async with _open_streams(end) as (incoming, outgoing):
            while incoming.begin():
                await dispatch.serve(server, incoming, outgoing)
        tasks.cancel_scope.cancel()


def _are_pipes() -> bool:
    """Whether both streams are pipes or sockets; only these can be read and written without a thread."""
    if sys.platform == "win32":
        return False
    modes = [os.fstat(stream.fileno()).st_mode for stream in (sys.stdin, sys.stdout)]
    # With one socket for both ways, the event loop would take incoming bytes for the end of the outgoing stream.
    return all(stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) for mode in modes) and not os.path.sameopenfile(0, 1)


@asynccontextmanager
async def _open_streams(end: ProcessEnd) -> AsyncIterator[tuple["_Incoming", "_Outgoing"]]:
    """Reserve the two streams for the protocol: a stray print goes to stderr, a stray read finds the end of input."""
    loop = asyncio.get_running_loop()
    are_pipes = _are_pipes()
    # A stream that a thread may be blocked on stays open to the end of the process.
    stdin = os.fdopen(os.dup(0), "rb", buffering=0, closefd=are_pipes)
    stdout = os.fdopen(os.dup(1), "wb", buffering=0, closefd=are_pipes)
    # The end of a file comes at once, and is no sign that a client has gone.
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
    """Begins the end in time after the end of the input, even if the client no longer reads answers."""

    def __init__(self, reader: asyncio.StreamReader, end: ProcessEnd, seconds: float | None) -> None:
        super().__init__(reader)
        self._end = end
        self._seconds = seconds

    def eof_received(self) -> bool | None:
        if self._seconds is not None:
            asyncio.get_running_loop().call_later(self._seconds, self._end.begin)
        return super().eof_received()


class _Flow(asyncio.Protocol):
    """Tells the writer when the client is slow to read, and when the stream is closed."""

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
    """What goes to the client: one message, one line."""

    def __init__(self, transport: asyncio.WriteTransport, flow: _Flow, end: ProcessEnd, seconds: float | None) -> None:
        self._transport = transport
        self._flow = flow
        self._end = end
        self._seconds = seconds
        self._unanswered: set[types.RequestId] = set()
        self._all_answered = asyncio.Event()

    async def write(self, line: bytes) -> None:
        """Write a line; wait while the client is slow to read, but not at the end."""
        if not self._flow.closed.is_set():
            self._transport.write(line + b"\n")
            if not self._end.has_begun:
                await self._flow.writable.wait()

    def expect(self, request_id: types.RequestId) -> None:
        """Note a request that waits for its answer."""
        self._unanswered.add(coerce_request_id(request_id))

    def settle(self, request_id: Any) -> None:
        """Note a request that is answered, or cancelled."""
        if isinstance(request_id, str | int):
            self._unanswered.discard(coerce_request_id(request_id))
        if not self._unanswered:
            self._all_answered.set()

    async def last_answers(self) -> None:
        """Let the calls in flight finish: they are dropped when the messages end."""
        if self._unanswered:
            self._all_answered.clear()
            with anyio.move_on_after(self._seconds):
                await self._all_answered.wait()


class _Incoming:
    """What comes from the client: one line, one message; a line that is not a message is answered here.

    A connection's protocol era is fixed by its first request, in one run of the server over this stream. A client
    that asks for the modern era (`server/discover`), does not wait for the answer and falls back to the handshake
    (`initialize`) gets a second run on the same pipe:

        state     event                              next state
        idle      begin(), which returns True        opening
        opening   a request                          fixed, by that request's method
        fixed     initialize after server/discover   held: calls in flight finish, the iteration ends
        held      begin(), which returns True        opening, with the held request as the first
        any       the end of the input               ended: the next begin() returns False
    """

    def __init__(self, reader: asyncio.StreamReader, outgoing: _Outgoing, end: ProcessEnd) -> None:
        self._reader = reader
        self._outgoing = outgoing
        self._end = end
        self._opening_method: str | None = None
        self._held: types.JSONRPCMessage | None = None
        self._has_begun = False

    def begin(self) -> bool:
        """Enter the next run; return whether there is one: the first, or one for a held request."""
        is_first, self._has_begun = not self._has_begun, True
        self._opening_method = None
        return is_first or self._held is not None

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> types.JSONRPCMessage:
        if self._held is not None:
            message, self._held = self._held, None
        else:
            message = await self._next_message()
        if isinstance(message, types.JSONRPCRequest):
            if message.method == "initialize" and self._opening_method == "server/discover":
                self._held = message
                await self._outgoing.last_answers()
                raise StopAsyncIteration
            self._opening_method = self._opening_method or message.method
            self._outgoing.expect(message.id)
        elif isinstance(message, types.JSONRPCNotification) and message.method == "notifications/cancelled":
            self._outgoing.settle((message.params or {}).get("requestId"))
        return message

    async def _next_message(self) -> types.JSONRPCMessage:
        while True:
            message = jsonrpc.parse(await self._next_line())
            if not isinstance(message, bytes):
                return message
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
                    jsonrpc.serialize_error(
                        request_id, types.INVALID_REQUEST, f"A message may have {MAX_LINE_BYTES} bytes."
                    )
                )
                continue
            line = line.removeprefix(codecs.BOM_UTF8)
            if line.strip():
                return line

    async def _skip_line(self, byte_count: int) -> types.RequestId | None:
        """Skip the rest of a line that has at least so many bytes; return its id if it stands at either end."""
        start = rest = b""
        while byte_count:
            while byte_count:
                rest += await self._reader.readexactly(min(byte_count, _SKIPPED_AT_ONCE))
                byte_count -= min(byte_count, _SKIPPED_AT_ONCE)
                start, rest = start or rest[: jsonrpc.ID_SEARCH_BYTES], rest[-jsonrpc.ID_SEARCH_BYTES :]
            try:
                rest += await self._reader.readuntil()
            except asyncio.LimitOverrunError as error:
                byte_count = error.consumed
            except asyncio.IncompleteReadError as error:
                rest += error.partial
        return jsonrpc.extract_id_leniently(start, rest)
