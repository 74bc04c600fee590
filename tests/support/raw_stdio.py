"""The server as a process, spoken to in raw lines: no client library mends or hides anything; every wait is bounded."""

import asyncio
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from tests.support.forked import Forked

SECONDS = 60.0
"""How long an answer may take on a busy machine; what is promised is measured apart from it."""
NOISE_SECONDS = 3.0
"""What a busy machine may add to what is promised: it starts and ends processes late."""
PIPE_BYTES = 32_768
"""With so much in it a pipe fills: it holds twice that, but leaves a part of a page empty after each write."""
SANDBOX = (sys.executable, "-m", "scenario_mcp", "--sandbox")
LIVE = (sys.executable, "-m", "scenario_mcp")
PROGRAM = (sys.executable, "-c")
HANDSHAKE = {
    "jsonrpc": "2.0",
    "id": 0,
    "method": "initialize",
    "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}
INITIALIZED = {"jsonrpc": "2.0", "method": "notifications/initialized"}
ENVELOPE = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
    "io.modelcontextprotocol/clientCapabilities": {},
}
"""What every request of the stateless protocol carries in its `_meta`."""

Message = dict[str, Any]


def request(request_id: Any, method: str, **params: Any) -> Message:
    return {"jsonrpc": "2.0", "id": request_id, "method": method, "params": params}


def call(request_id: Any, tool: str, **arguments: Any) -> Message:
    return request(request_id, "tools/call", name=tool, arguments=arguments)


def ping(request_id: Any) -> Message:
    return request(request_id, "ping")


def cancel(request_id: Any) -> Message:
    return {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": request_id}}


def stateless(message: Message) -> Message:
    """Put a request into the stateless protocol's envelope."""
    return {**message, "params": {**message["params"], "_meta": ENVELOPE}}


def live(base_url: str) -> dict[str, str]:
    """Settings for an API at this address."""
    return {"SCENARIO_BASE_URL": base_url, "SCENARIO_SDK_API_KEY": "key", "SCENARIO_SDK_API_SECRET": "secret"}


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what only looking tells, such as the state of another process."""
    async with asyncio.timeout(SECONDS):
        while not condition():  # noqa: ASYNC110  # another process sets no event here
            await asyncio.sleep(0)


class Ends(NamedTuple):
    """Descriptors of a server's input and output: those for the server, and the other ends."""

    theirs_in: int
    theirs_out: int
    ours_in: int
    ours_out: int


def pipes() -> Ends:
    theirs_in, ours_out = os.pipe()
    ours_in, theirs_out = os.pipe()
    return Ends(theirs_in, theirs_out, ours_in, ours_out)


def terminal() -> Ends:
    """A terminal that does not echo; END_OF_INPUT at the start of a line ends the server's input."""
    ours, theirs = os.openpty()
    attributes = termios.tcgetattr(theirs)
    attributes[3] &= ~termios.ECHO
    termios.tcsetattr(theirs, termios.TCSANOW, attributes)
    return Ends(theirs, os.dup(theirs), ours, os.dup(ours))


END_OF_INPUT = b"\x04"


def one_socket() -> Ends:
    """One socket for both ways, in which no read or write waits."""
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    both = ours.detach()
    return Ends(os.dup(theirs.fileno()), theirs.detach(), both, both)


async def run_on_files(
    folder: Path, lines: bytes, command: Sequence[str] = SANDBOX, environ: Mapping[str, str] | None = None
) -> tuple[list[Message], str]:
    """Serve a file to its end, with exit code 0; return the answers in a file, and what went to stderr."""
    (folder / "calls").write_bytes(lines)
    with tempfile.TemporaryFile() as stderr:
        with (folder / "calls").open("rb") as calls, (folder / "answers").open("wb") as answers:
            process = _begin(command, calls.fileno(), answers.fileno(), stderr.fileno(), environ)
        try:
            code = await asyncio.to_thread(process.wait, SECONDS)
        finally:
            process.kill()
            await asyncio.to_thread(process.wait)
        stderr.seek(0)
        complaints = stderr.read().decode()
    assert code == 0, complaints
    return [json.loads(line) for line in (folder / "answers").read_bytes().splitlines()], complaints


async def _open_ours(
    ours_in: int, ours_out: int
) -> tuple[tuple[asyncio.StreamReader, asyncio.ReadTransport], asyncio.StreamWriter]:
    loop = asyncio.get_running_loop()
    if ours_in == ours_out:
        both_reader, writer = await asyncio.open_connection(sock=socket.socket(fileno=ours_in), limit=2**26)
        assert isinstance(writer.transport, asyncio.Transport)
        return (both_reader, writer.transport), writer
    reader = asyncio.StreamReader(limit=2**26)
    incoming, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(ours_in, "rb", buffering=0)
    )
    outgoing, flow = await loop.connect_write_pipe(
        asyncio.streams.FlowControlMixin, os.fdopen(ours_out, "wb", buffering=0)
    )
    return (reader, incoming), asyncio.StreamWriter(outgoing, flow, None, loop)


def _environ(more: Mapping[str, str] | None) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SCENARIO_")}
    return {**inherited, **(more or {})}


class Server:
    """A server process."""

    def __init__(
        self,
        process: "subprocess.Popen[bytes] | Forked",
        reading: tuple[asyncio.StreamReader, asyncio.ReadTransport],
        writer: asyncio.StreamWriter,
        stderr: BinaryIO,
    ) -> None:
        self.process = process
        self._reader, self._incoming = reading
        self._writer = writer
        self._stderr = stderr

    async def send(self, *messages: Message | bytes) -> None:
        """Send messages, or bytes as they are, with the end of a line."""
        for message in messages:
            self._writer.write((message if isinstance(message, bytes) else json.dumps(message).encode()) + b"\n")
        await asyncio.wait_for(self._writer.drain(), SECONDS)

    async def send_part(self, part: bytes) -> None:
        """Send bytes without the end of a line."""
        self._writer.write(part)
        await asyncio.wait_for(self._writer.drain(), SECONDS)

    async def receive(self) -> Message:
        """Return the next line, which must be UTF-8 and JSON-RPC."""
        line = await asyncio.wait_for(self._reader.readline(), SECONDS)
        assert line, f"the server ended: {self.complaints()}"
        answer: Message = json.loads(line.decode("utf-8"))
        assert answer["jsonrpc"] == "2.0"
        assert json.dumps(answer, ensure_ascii=False).encode("utf-8")  # no half of a character in it either
        return answer

    async def ask(self, message: Message | bytes) -> Message:
        await self.send(message)
        return await self.receive()

    async def shake_hands(self) -> None:
        assert "result" in await self.ask(HANDSHAKE)
        await self.send(INITIALIZED)

    def stop_reading(self) -> None:
        """Leave what it writes in the pipe."""
        self._incoming.pause_reading()

    async def until_the_pipe_fills(self) -> None:
        """Wait until what it writes fills the pipe."""
        descriptor = self._incoming.get_extra_info("pipe").fileno()

        def fills() -> bool:
            waiting = fcntl.ioctl(descriptor, termios.FIONREAD, bytes(4))
            return int.from_bytes(waiting, sys.byteorder) >= PIPE_BYTES

        await until(fills)

    def read_on(self) -> None:
        self._incoming.resume_reading()

    def close_input(self) -> None:
        self._writer.close()

    async def rest(self) -> list[Message]:
        """Return what it still writes until it closes its output."""
        return [json.loads(line) for line in (await asyncio.wait_for(self._reader.read(), SECONDS)).splitlines()]

    async def seconds_to_exit(self, since: float) -> float:
        """Wait for its exit with code 0; return how long that took since a moment of `time.monotonic`."""
        code = await asyncio.to_thread(self.process.wait, SECONDS)
        seconds = time.monotonic() - since
        assert code == 0, self.complaints()
        return seconds

    async def seconds_to_end(self, number: signal.Signals, times: int = 1) -> float:
        """Send it a signal and wait for its exit."""
        begin = time.monotonic()
        for _ in range(times):
            self.process.send_signal(number)
        return await self.seconds_to_exit(begin)

    def complaints(self) -> str:
        """Return what it has written to stderr."""
        self._stderr.seek(0)
        return self._stderr.read().decode("utf-8", "replace")


def _begin(
    command: Sequence[str], stdin: int, stdout: int, stderr: int, environ: Mapping[str, str] | None
) -> "subprocess.Popen[bytes] | Forked":
    """Fork the server or program if nothing but settings is added to its environment; start other commands."""
    is_ours = tuple(command[:3]) == LIVE or tuple(command[:2]) == PROGRAM
    if is_ours and all(name.startswith("SCENARIO_") for name in environ or {}):
        arguments = command[3:] if tuple(command[:3]) == LIVE else command[1:]
        return Forked(arguments, stdin=stdin, stdout=stdout, stderr=stderr, environ=_environ(environ))
    return subprocess.Popen(command, stdin=stdin, stdout=stdout, stderr=stderr, env=_environ(environ))  # noqa: S603  # our own commands


@asynccontextmanager
async def started(
    command: Sequence[str] = SANDBOX,
    environ: Mapping[str, str] | None = None,
    connect: Callable[[], Ends] = pipes,
) -> AsyncIterator[Server]:
    """Start a server; kill it in the end if it still runs."""
    theirs_in, theirs_out, ours_in, ours_out = connect()
    with tempfile.TemporaryFile() as stderr:
        process = _begin(command, theirs_in, theirs_out, stderr.fileno(), environ)
        os.close(theirs_in)
        os.close(theirs_out)
        reading, writer = await _open_ours(ours_in, ours_out)
        try:
            yield Server(process, reading, writer, stderr)
        finally:
            process.kill()
            await asyncio.to_thread(process.wait)
            reading[1].close()
            if not writer.transport.is_closing():
                writer.transport.abort()
            await asyncio.sleep(0)  # a round of the event loop, in which both close
