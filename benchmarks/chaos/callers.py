"""Callers that make the planned calls over many connections, and note what came back for each."""

import asyncio
import base64
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from benchmarks.chaos.issuer import Mint
from benchmarks.chaos.plan import MEMBERS, Call
from benchmarks.chaos.upstream import KEY, SECRET, marks

PATIENCE_SECONDS = 60.0
"""Longer than nginx waits for any replica."""
PAUSE_SECONDS = 0.1
"""After an error; a model would think for longer."""
MODERN = "2026-07-28"
_LATEST_WITH_HANDSHAKE = "2025-11-25"
_ENVELOPE = {
    f"io.modelcontextprotocol/{name}": value
    for name, value in (
        ("protocolVersion", MODERN),
        ("clientCapabilities", {}),
        ("clientInfo", {"name": "chaos", "version": "1"}),
    )
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for a call. Times are those of the machine's monotonic clock."""

    call: Call
    begin: float
    end: float
    status: int
    """0 if the connection broke."""
    body: bytes

    @property
    def document(self) -> dict[str, Any]:
        """Return the JSON of the body; nothing if it is none."""
        try:
            document = json.loads(self.body)
        except ValueError:
            return {}
        return document if isinstance(document, dict) else {}


def arguments_of(call: Call) -> tuple[str, dict[str, Any]]:
    """Return the tool and the arguments of a call."""
    match call.kind:
        case "facts":
            return "view_assets", {"asset_ids": [marks(call.payer, call.query, 1)[0]], "details": True}
        case "mistake":
            return "search_assets", {"query": call.query, "limt": call.limit}
        case _:
            return "search_assets", {"query": call.query, "limit": call.limit}


def request(call: Call, port: int, token: str = "") -> bytes:
    """Return a whole HTTP request, with the token or else the caller's own key."""
    tool, arguments = arguments_of(call)
    params: dict[str, Any] = {"name": tool, "arguments": arguments}
    version = MODERN if call.is_modern else _LATEST_WITH_HANDSHAKE
    headers = [f"MCP-Protocol-Version: {version}"]
    if call.is_modern:
        params["_meta"] = _ENVELOPE
        headers += ["Mcp-Method: tools/call", f"Mcp-Name: {tool}"]
    key, secret = KEY.format(call.caller), SECRET.format(call.caller)
    if token:
        headers.append(f"Authorization: Bearer {token}")
    elif call.number % 2:
        headers.append("Authorization: Basic " + base64.b64encode(f"{key}:{secret}".encode()).decode())
    else:
        headers += [f"X-Scenario-Api-Key: {key}", f"X-Scenario-Api-Secret: {secret}"]
    message = {"jsonrpc": "2.0", "id": call.number, "method": "tools/call", "params": params}
    body = json.dumps(message).encode()
    lines = [
        "POST /mcp HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Content-Type: application/json",
        "Accept: application/json, text/event-stream",
        *headers,
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


class Connection:
    """A connection to nginx, opened again whenever it has broken."""

    def __init__(self, port: int, mint: Mint | None = None) -> None:
        self._port = port
        self._mint = mint
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def make(self, call: Call) -> Answer | None:
        """Make a call; return nothing if it was abandoned."""
        begin = time.monotonic()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                if self._streams is None:
                    self._streams = await asyncio.open_connection("127.0.0.1", self._port)
                reader, writer = self._streams
                flaw = call.faults[0] if call.kind == "stranger" else ""
                token = self._mint.token(call.caller, flaw) if self._mint else ""
                writer.write(request(call, self._port, token))
                await writer.drain()
                if call.kind == "abandoned":
                    self.close()
                    return None
                status, body = await self._read(reader)
        except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
            self.close()
            return Answer(call, begin, time.monotonic(), 0, repr(error).encode())
        return Answer(call, begin, time.monotonic(), status, body)

    def close(self) -> None:
        """Close it, if it is open."""
        if self._streams is not None:
            self._streams[1].close()
        self._streams = None

    async def _read(self, reader: asyncio.StreamReader) -> tuple[int, bytes]:
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        body = await reader.readexactly(length)
        if b"\r\nconnection: close" in head:
            self.close()
        return int(head[9:12]), body


class Callers:
    """Everybody who calls, and the answers to them."""

    def __init__(self, port: int, gate: int, mint: Mint, connections: int) -> None:
        self._port = port
        self._gate = gate
        self._mint = mint
        self._connections = connections
        self._one_more = asyncio.Condition()
        self.begun: list[tuple[Call, float]] = []
        self.answers: list[Answer] = []
        self.done = 0
        """Calls that were answered or abandoned."""

    async def make(self, calls: Iterator[Call]) -> None:
        """Make these calls."""
        async with asyncio.TaskGroup() as group:
            for _ in range(self._connections):
                group.create_task(self._make_some(calls))

    async def reached(self, calls: int) -> None:
        """Wait until so many calls are done."""
        async with self._one_more:
            await self._one_more.wait_for(lambda: self.done >= calls)

    async def _make_some(self, calls: Iterator[Call]) -> None:
        to_replicas, to_gates = Connection(self._port), Connection(self._gate, self._mint)
        for call in calls:
            self.begun.append((call, time.monotonic()))
            answer = await (to_gates if call.caller in MEMBERS else to_replicas).make(call)
            if answer is not None:
                self.answers.append(answer)
                if b'"hits":[' not in answer.body:
                    await asyncio.sleep(PAUSE_SECONDS)
            async with self._one_more:
                self.done += 1
                self._one_more.notify_all()
        to_replicas.close()
        to_gates.close()
