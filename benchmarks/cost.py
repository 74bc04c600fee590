"""What the server costs beside a bare `MCPServer` that passes the same search through, measured in one run.

    python benchmarks/cost.py [--starts 10] [--searches 1000]

CPU and wall time from process start to the answer of `tools/list`, CPU for searches one by one, resident memory.
The machine's other load falls on both alike, as rounds alternate; read the ratios.
"""

import argparse
import asyncio
import base64
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import psutil

HERE = Path(__file__).resolve().parent
OURS = [sys.executable, "-m", "scenario_mcp"]
BARE = [sys.executable, str(HERE / "bare_server.py")]
OPENING = (
    {
        "method": "initialize",
        "id": 0,
        "params": {
            "protocolVersion": "2025-11-25",
            "capabilities": {},
            "clientInfo": {"name": "cost", "version": "1"},
        },
    },
    {"method": "notifications/initialized"},
)
"""What every client sends first."""


class Server(NamedTuple):
    """A server under measurement, spoken to line by line: no client library's cost falls on it."""

    process: asyncio.subprocess.Process

    async def ask(self, **message: Any) -> dict[str, Any]:
        """Send one message; return the answer to a request."""
        assert self.process.stdin  # noqa: S101  # opened as a pipe
        assert self.process.stdout  # noqa: S101  # opened as a pipe
        self.process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")
        if "id" not in message:
            return {}
        answer: dict[str, Any] = json.loads(await asyncio.wait_for(self.process.stdout.readline(), 30))
        if "result" not in answer or answer["result"].get("isError"):
            raise SystemExit(f"Not an answer: {str(answer)[:500]}")
        return answer

    def cpu_seconds(self) -> float:
        """Return the CPU time that the process has used so far, its threads' included."""
        times = psutil.Process(self.process.pid).cpu_times()
        return float(times.user + times.system)

    def resident_megabytes(self) -> float:
        """Return the resident memory."""
        return float(psutil.Process(self.process.pid).memory_info().rss / 2**20)


@contextlib.asynccontextmanager
async def started(command: list[str], environ: dict[str, str]) -> AsyncIterator[Server]:
    """Start a server and see it through its end."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environ,
        limit=2**24,
    )
    try:
        yield Server(process)
    finally:
        process.kill()
        await process.wait()


class Start(NamedTuple):
    """What it took to the answer of `tools/list`."""

    cpu_seconds: float
    wall_seconds: float


async def measure_start(command: list[str], environ: dict[str, str]) -> Start:
    """Start a server, ask for its tools, and read the meters."""
    begin = time.perf_counter()
    async with started(command, environ) as server:
        for message in OPENING:
            await server.ask(**message)
        await server.ask(method="tools/list", id=1)
        return Start(server.cpu_seconds(), time.perf_counter() - begin)


class Searches(NamedTuple):
    """What searches took."""

    cpu_seconds: float
    megabytes: float


async def measure_searches(command: list[str], environ: dict[str, str], count: int) -> Searches:
    """Search one by one after a warm-up of a twentieth."""
    async with started(command, environ) as server:
        for message in OPENING:
            await server.ask(**message)
        begin = 0.0
        for number in range(-count // 20, count):
            if number == 0:
                begin = server.cpu_seconds()
            arguments = {"query": f"knight {number}", "filter": "kind = image", "limit": 20, "offset": 0}
            await server.ask(
                method="tools/call", id=100_000 + number, params={"name": "search_assets", "arguments": arguments}
            )
        return Searches(server.cpu_seconds() - begin, server.resident_megabytes())


def reply_of_the_api() -> bytes:
    """Take a page of 20 hits from the sandbox, as the API would send it."""
    import anyio
    import httpx

    from scenario_mcp.sandbox.app import create_app
    from scenario_mcp.sandbox.catalogue import Catalogue

    async def search() -> bytes:
        transport = httpx.ASGITransport(create_app(Catalogue.load()))
        async with httpx.AsyncClient(
            transport=transport, base_url="http://localhost", auth=("sandbox", "sandbox")
        ) as http:
            reply = await http.post("/v1/search/assets", json={"filter": "kind = image", "limit": 20, "offset": 0})
            reply.raise_for_status()
            return reply.content

    return anyio.run(search)


@contextlib.contextmanager
def upstream(reply: bytes) -> Iterator[str]:
    """Run the upstream in a process of its own; yield its base URL."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        file.write(reply)
        file.flush()
        with subprocess.Popen(  # noqa: S603  # our own script
            [sys.executable, str(HERE / "upstream.py"), file.name], stdout=subprocess.PIPE, text=True
        ) as process:
            try:
                assert process.stdout  # noqa: S101  # opened as a pipe
                yield f"http://127.0.0.1:{process.stdout.readline().strip()}/v1"
            finally:
                process.kill()


async def compare(base_url: str, starts: int, searches: int) -> None:
    """Measure both, in turn, and print the table."""
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith("SCENARIO_")},
        "SCENARIO_BASE_URL": base_url,
        "SCENARIO_SDK_API_KEY": "key",
        "SCENARIO_SDK_API_SECRET": base64.b64encode(b"secret").decode(),
    }
    begun: dict[str, list[Start]] = {"ours": [], "bare": []}
    searched: dict[str, list[Searches]] = {"ours": [], "bare": []}
    commands = {"ours": OURS, "bare": BARE}
    for number in range(starts + 1):
        for name, command in commands.items():
            start = await measure_start(command, environ)
            if number:  # the first round warms the disk's cache
                begun[name].append(start)
    for _ in range(3):
        for name, command in commands.items():
            searched[name].append(await measure_searches(command, environ, searches))

    cpu, wall, searches_cpu, memory = (
        {name: statistics.median(values) for name, values in each.items()}
        for each in (
            {name: [start.cpu_seconds * 1000 for start in begun[name]] for name in commands},
            {name: [start.wall_seconds * 1000 for start in begun[name]] for name in commands},
            {name: [run.cpu_seconds * 1e6 / searches for run in searched[name]] for name in commands},
            {name: [run.megabytes for run in searched[name]] for name in commands},
        )
    )
    print(f"{'':42}{'ours':>10}{'bare':>10}{'':4}{'ratio':>8}   at most")
    for label, unit, values, bound in (
        ("CPU to the answer of tools/list", "ms", cpu, "0.95"),
        ("wall time to the answer of tools/list", "ms", wall, ""),
        ("CPU for 1,000 searches", "ms", searches_cpu, "0.70"),
        ("resident memory after them", "MB", memory, f"10 MB more (is {memory['ours'] - memory['bare']:+.1f})"),
    ):
        ours, bare = values["ours"], values["bare"]
        print(f"{label:42}{ours:10.1f}{bare:10.1f} {unit:3}{ours / bare:8.2f}   {bound}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--starts", type=int, default=10)
    parser.add_argument("--searches", type=int, default=1000)
    options = parser.parse_args()
    with upstream(reply_of_the_api()) as address:
        asyncio.run(compare(address, options.starts, options.searches))
