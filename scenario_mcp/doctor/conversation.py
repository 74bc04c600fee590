"""A short conversation with a server over stdio: started, asked for its name and its tools, and ended."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import anyio
import anyio.abc
from anyio.streams.buffered import BufferedByteReceiveStream

from scenario_mcp.doctor.launching import Start

START_SECONDS = 20.0
"""From the start of the program to its list of tools."""
END_SECONDS = 2.0
"""How long a server that answered may take to end by itself."""
CUT_SECONDS = 0.3
"""The same for one that did not answer, and where somebody wants the end now."""
LAST_ERRORS_SECONDS = 0.5
PROTOCOL_VERSION = "2025-06-18"
MAX_MESSAGE_BYTES = 4_000_000
MAX_OTHER_LINES = 200
MAX_ERROR_BYTES = 20_000
MAX_FIRST_LINE_BYTES = 1_000
_OWN_MESSAGE = re.compile(r"(?m)^scenario-mcp: (.+)$")
_MISSING_MODULE = re.compile(r"No module named '?([\w.]+)")


@dataclass(frozen=True, slots=True)
class Answered:
    """A server that works."""

    seconds: float
    version: str
    tools: tuple[str, ...]
    is_noisy: bool = False
    """Whether it wrote something else than messages to its output."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A server that does not; `reason` completes the sentence "It ..."."""

    reason: str
    message: str = ""
    """What this server itself said of it: a sentence for people, without secrets."""


async def converse(start: Start, seconds: float | None = None) -> Answered | Failed:
    """Start a server, list its tools, and end it with all that it has started."""
    seconds = START_SECONDS if seconds is None else seconds
    outcome: Answered | Failed = Failed(f"does not list its tools within {seconds:g} s")
    begin = monotonic()
    try:
        with anyio.move_on_after(seconds):
            async with _started(start) as (process, errors):
                outcome = await _talk(process, errors, begin)
    except FileNotFoundError:
        return Failed(f"cannot be started: {_what_is_missing(start.program)}")
    except OSError as error:
        return Failed(f"cannot be started: {error.strerror}")
    return outcome


def _what_is_missing(program: str) -> str:
    """Say what is not there to start a program: itself, or what its first line names, such as an old Python."""
    try:
        with Path(program).open("rb") as file:
            first = file.readline(MAX_FIRST_LINE_BYTES)
    except OSError:
        return "its program is gone"
    if not first.startswith(b"#!"):
        return "a part of it is missing"
    interpreter = first[2:].split()[0].decode("utf-8", "replace") if first[2:].split() else "nothing"
    return f"its first line names {interpreter}, which is gone"


async def _talk(process: anyio.abc.Process, errors: "_Errors", begin: float) -> Answered | Failed:
    assert process.stdin is not None  # noqa: S101  # it is piped
    assert process.stdout is not None  # noqa: S101  # it is piped
    try:
        return await _ask(process.stdin, BufferedByteReceiveStream(process.stdout), begin)
    except (anyio.EndOfStream, anyio.IncompleteRead, anyio.BrokenResourceError, anyio.ClosedResourceError):
        code = await process.wait()
        with anyio.move_on_after(LAST_ERRORS_SECONDS):
            await errors.is_whole.wait()
        return _ended(code, errors.text)
    except (anyio.DelimiterNotFound, ValueError, KeyError, TypeError):
        return Failed("answers with something else than MCP")


async def _ask(stdin: anyio.abc.ByteSendStream, stdout: BufferedByteReceiveStream, begin: float) -> Answered:
    noise = 0

    async def request(number: int, method: str, params: dict[str, Any]) -> dict[str, Any]:
        nonlocal noise
        await _send(stdin, {"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        while noise <= MAX_OTHER_LINES:
            line = await stdout.receive_until(b"\n", MAX_MESSAGE_BYTES)
            message = _message(line)
            if message is None:
                noise += bool(line.strip())
            elif message.get("id") == number and isinstance(message.get("result"), dict):
                result: dict[str, Any] = message["result"]
                return result
            elif message.get("id") == number:
                raise ValueError("an error in place of a result")
        raise ValueError("too many other lines")

    about = {"protocolVersion": PROTOCOL_VERSION, "capabilities": {}, "clientInfo": {"name": "doctor", "version": "1"}}
    answer = await request(1, "initialize", about)
    await _send(stdin, {"jsonrpc": "2.0", "method": "notifications/initialized"})
    listed = await request(2, "tools/list", {})
    names = tuple(str(tool["name"]) for tool in listed["tools"])
    info = answer.get("serverInfo")
    version = str(info.get("version", "")) if isinstance(info, dict) else ""
    return Answered(monotonic() - begin, version, names, is_noisy=noise > 0)


async def _send(stdin: anyio.abc.ByteSendStream, message: dict[str, Any]) -> None:
    await stdin.send(json.dumps(message).encode() + b"\n")


def _message(line: bytes) -> dict[str, Any] | None:
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return message if isinstance(message, dict) and message.get("jsonrpc") == "2.0" else None


@asynccontextmanager
async def _started(start: Start) -> AsyncIterator[tuple[anyio.abc.Process, "_Errors"]]:
    """Start the program in a session of its own, so that it ends with all that it starts."""
    with anyio.CancelScope(shield=True):  # one that is half started could not be ended
        process = await anyio.open_process(
            [start.program, *start.arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(start.environment),
            cwd=start.folder,
            start_new_session=sys.platform != "win32",
        )
    errors = _Errors()
    patience = CUT_SECONDS
    try:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(errors.read, process)
            yield process, errors
            patience = END_SECONDS
            tasks.cancel_scope.cancel()
    finally:
        with anyio.CancelScope(shield=True):
            await _end(process, patience)


class _Errors:
    """What a program writes to its standard error, the end of it."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self.is_whole = anyio.Event()

    @property
    def text(self) -> str:
        return self._bytes.decode("utf-8", "replace")

    async def read(self, process: anyio.abc.Process) -> None:
        assert process.stderr is not None  # noqa: S101  # it is piped
        with suppress(anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError):
            while True:
                self._bytes += await process.stderr.receive()
                del self._bytes[:-MAX_ERROR_BYTES]
        self.is_whole.set()


async def _end(process: anyio.abc.Process, patience: float) -> None:
    """Close its input, which ends a server; end by force what is left of it."""
    with suppress(OSError, anyio.BrokenResourceError, anyio.ClosedResourceError):
        if process.stdin is not None:
            await process.stdin.aclose()
    with anyio.move_on_after(patience):
        await process.wait()
    if sys.platform == "win32":
        with suppress(OSError):
            process.kill()
    else:
        with suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
    with anyio.move_on_after(END_SECONDS):
        await process.wait()
    with suppress(OSError, anyio.BrokenResourceError, anyio.ClosedResourceError), anyio.move_on_after(END_SECONDS):
        await process.aclose()


def _ended(code: int, errors: str) -> Failed:
    """Explain an end without an answer; only this server's own sentences are passed on."""
    own = _OWN_MESSAGE.findall(errors)
    if own:
        return Failed("ends at once", own[-1])
    if missing := _MISSING_MODULE.search(errors):
        return Failed(f"ends at once: the Python that it names has no module {missing[1]}")
    ending = f"by signal {-code}" if code < 0 else f"with code {code}"
    return Failed(f"ends at once, {ending}, without an answer")
