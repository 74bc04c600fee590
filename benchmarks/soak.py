"""Whether memory grows: thousands of calls of every kind against the sandbox, one after another.

    python -m benchmarks.soak [--calls 10000] [--callers 0]

Resident memory of the server process, handles and threads at each tenth; the first one fills the caches. With
`--callers`, over HTTP, and so many take turns, each with a key: the caches are full once each has made 16 calls.
Exits with 1 if it grew by more than promised since then.
"""

import argparse
import asyncio
import base64
import itertools
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple, Protocol

import psutil

from benchmarks.http_answers import answer
from tests.support.ports import free_ports

COMMAND = [sys.executable, "-m", "scenario_mcp", "--sandbox"]
MAX_GROWTH_MEGABYTES = 10.0
PARTS = 10
WARM_UP_PARTS = 1
WARM_UP_CALLS_OF_A_CALLER = 16
IDS_SEEN = 50
OPENING = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "soak", "version": "1"}}


class Reading(NamedTuple):
    """The server's meters after so many calls."""

    calls: int
    megabytes: float
    handles: int
    threads: int
    seconds: float


class Server(Protocol):
    """A server process."""

    meters: psutil.Process

    async def ask(self, line: bytes) -> dict[str, Any]:
        """Send a message; return what is answered."""


class StdioServer:
    """A server process, spoken to line by line."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.meters = psutil.Process(process.pid)

    async def ask(self, line: bytes) -> dict[str, Any]:
        """Send a line; return what is answered."""
        assert self._process.stdin  # noqa: S101  # opened as a pipe
        assert self._process.stdout  # noqa: S101  # opened as a pipe
        self._process.stdin.write(line + b"\n")
        read: dict[str, Any] = json.loads(await asyncio.wait_for(self._process.stdout.readline(), 60))
        return read


class HttpServer:
    """A server process, spoken to over HTTP; each call is another caller's than the last."""

    def __init__(self, process_id: int, port: int, callers: int) -> None:
        self.meters = psutil.Process(process_id)
        self._port = port
        self._turns = itertools.cycle(range(callers))
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, line: bytes) -> dict[str, Any]:
        """Post a message on a kept connection."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        key = base64.b64encode(b"key-%d:secret" % next(self._turns))
        head = (
            b"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\n"
            b"Accept: application/json, text/event-stream\r\nAuthorization: Basic %b\r\n"
            b"MCP-Protocol-Version: 2025-11-25\r\nContent-Length: %d\r\n\r\n"
        )
        writer.write(head % (self._port, key, len(line)) + line)
        _, body = await asyncio.wait_for(answer(reader), 60)
        read: dict[str, Any] = json.loads(body)
        return read


@asynccontextmanager
async def started(callers: int) -> AsyncIterator[Server]:
    """Run a server over stdio, or for callers over HTTP."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("SCENARIO_")}
    environ["SCENARIO_MCP_CALLS_PER_MINUTE"] = "0"
    (port,) = free_ports(1)
    over_http = ("--http", "--port", str(port)) if callers else ()
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        *over_http,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environ,
        limit=2**26,
    )
    try:
        if callers:
            await _until_it_listens(port)
            yield HttpServer(process.pid, port, callers)
        else:
            yield StdioServer(process)
    finally:
        process.kill()
        await process.wait()


async def _until_it_listens(port: int) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.1)
            else:
                writer.close()
                return


def request(number: int, method: str, **params: Any) -> bytes:
    """Return a request as a line."""
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}).encode()


def call(number: int, tool: str, **arguments: Any) -> bytes:
    """Return a call of a tool as a line."""
    return request(number, "tools/call", name=tool, arguments=arguments)


def lines(ids: list[str]) -> Iterator[bytes]:
    """Make lines of every kind without end; no two searches are alike, and what is viewed changes."""
    for number in itertools.count(1):
        seen = ids[number % len(ids)]
        yield call(number, "search_assets", query=f"knight {number}", limit=20, offset=0)
        yield call(number, "search_models", query="ink", filter=f"name != x{number}", limit=5)
        yield call(number, "search_assets", filter=f"kind = image AND width > {number % 900}", limit=50, offset=0)
        yield call(number, "search_assets", query="castle", images={"like": [seen]}, limit=3, offset=0)
        yield call(number, "search_assets", no_such_argument=f"{number}" * 50)
        yield call(number, "search_assets", filter=f"no_such_field = {number} AND (")
        yield call(number, "view_assets", assetIds=[seen, ids[(number * 7) % len(ids)]])
        yield call(number, "view_assets", assetIds=[f"asset_{number:024}"])
        yield call(number, f"no_such_tool_{number}")
        yield request(number, "resources/read", uri=f"scenario://assets/{seen}/image")
        yield request(number, "resources/read", uri=f"scenario://assets/{seen}")
        yield request(number, "resources/read", uri=f"scenario://no/such/{number}")
        yield request(number, "tools/list")
        yield request(number, "resources/templates/list")
        yield call(number, "list_tags_and_collections")
        yield call(number, "search_assets", query="castle", hitsPerPage=1 + number % 100, sortBy=["createdAt:desc"])
        name = {"name": "assetId", "value": seen[: number % 12]}
        template = {"type": "ref/resource", "uri": "scenario://assets/{assetId}"}
        yield request(number, "completion/complete", ref=template, argument=name)
        yield request(number, f"no/such/{number}")
        yield b"no JSON %d" % number
        yield b'{"id": %d}' % number
        yield b'{"jsonrpc": "2.0", "id": null, "method": "%d"}' % number


async def soak(count: int, callers: int) -> tuple[list[Reading], Counter[str]]:
    """Make so many calls; return a reading for each tenth of them, the first one before any, and what was answered."""
    async with started(callers) as server:
        await server.ask(request(0, "initialize", **OPENING))
        found = await server.ask(call(0, "search_assets", filter="kind = image", limit=IDS_SEEN, offset=0))
        ids = [hit["id"] for hit in found["result"]["structuredContent"]["hits"]]
        begin = time.perf_counter()
        readings = [_read(server, 0, begin)]
        kinds: Counter[str] = Counter()
        for number, line in enumerate(itertools.islice(lines(ids), count), start=1):
            kinds[_kind(await server.ask(line))] += 1
            if number % (count // PARTS) == 0:
                readings.append(_read(server, number, begin))
        return readings, kinds


def _kind(answer: dict[str, Any]) -> str:
    if "error" in answer:
        return f"error {answer['error']['code']}"
    return "refusal" if answer["result"].get("isError") else "result"


def _read(server: Server, calls: int, begin: float) -> Reading:
    meters = server.meters
    megabytes = meters.memory_info().rss / 2**20
    return Reading(calls, megabytes, meters.num_fds(), meters.num_threads(), time.perf_counter() - begin)


def main() -> int:
    """Soak, print the table, and judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--callers", type=int, default=0, help="over HTTP, so many")
    options = parser.parse_args()
    if (warm_up := options.callers * WARM_UP_CALLS_OF_A_CALLER) > options.calls // 2:
        parser.error(
            f"{options.callers} callers fill their caches with {warm_up:,} calls: ask for twice as many --calls"
        )
    readings, kinds = asyncio.run(soak(options.calls, options.callers))
    print(f"{'calls':>8}{'MB':>9}{'handles':>9}{'threads':>9}{'seconds':>9}")
    for each in readings:
        print(f"{each.calls:8}{each.megabytes:9.1f}{each.handles:9}{each.threads:9}{each.seconds:9.1f}")
    print(", ".join(f"{count} of {kind}" for kind, count in sorted(kinds.items())))
    warm_up = max(options.calls * WARM_UP_PARTS // PARTS, warm_up)
    warm = next((each for each in readings if each.calls >= warm_up), readings[-1])
    growth = readings[-1].megabytes - warm.megabytes
    highest = max(each.megabytes for each in readings)
    print(f"highest reading {highest:.1f} MB")
    print(f"grown by {growth:.1f} MB since call {warm.calls:,}, at most {MAX_GROWTH_MEGABYTES:g}")
    return 0 if growth <= MAX_GROWTH_MEGABYTES else 1


if __name__ == "__main__":
    sys.exit(main())
