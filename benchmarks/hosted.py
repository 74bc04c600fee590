"""What the server over HTTP costs behind nginx with Redis, and what it keeps up.

    python -m benchmarks.hosted [--calls 3000] [--rounds 3] [--strays 10000] [--only ROW ...]

The row with company needs nginx and redis-server. The upstream is one canned page of 20 hits, every search is another
one. Rounds alternate, so that the machine's other load falls on all alike; read the ratios. What it costs beside other
servers, `python -m benchmarks.compare` measures.
"""

import argparse
import base64
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil

from benchmarks.compare.over_http import load, running
from benchmarks.upstream import reply_of_the_api, upstream
from tests.cluster.cluster import nginx_command
from tests.cluster.programs import Program
from tests.support.ports import free_ports

ROWS = ("company", "open", "memory")
KEY = {"SCENARIO_SDK_API_KEY": "benchmark-key", "SCENARIO_SDK_API_SECRET": "benchmark-secret"}
NO_LIMIT = {"SCENARIO_MCP_CALLS_PER_MINUTE": "0", "SCENARIO_MCP_CONCURRENT_CALLS_PER_CALLER": "1000"}
OURS = [sys.executable, "-m", "scenario_mcp", "--http", "--port"]
AS_A_CALLER = ("--authorization", "Basic " + base64.b64encode(b"a-callers-key:a-callers-secret").decode())
"""Behind nginx nobody is on their own machine."""


def company(environ: dict[str, str], folder: Path, calls: int, rounds: int) -> None:
    """Compare the CPU a call through nginx and with Redis with that of the process alone."""
    if not (shutil.which("nginx") and shutil.which("redis-server")):
        print("nginx or redis-server is not installed: the row with both is left out")
        return
    environ = {**environ, "SCENARIO_MCP_CALLS_PER_MINUTE": "1000000"}
    costs: dict[str, list[float]] = {"alone": [], "behind": []}
    for _ in range(rounds):
        with running(OURS, environ, folder, "alone") as server:
            costs["alone"].append(load(server, server.port, calls, *AS_A_CALLER).cpu_microseconds)
        with ExitStack() as stack:
            command = ["redis-server", "--save", "", "--dir", str(folder), "--port"]
            redis = stack.enter_context(running(command, {}, folder, "redis"))
            shared = {**environ, "SCENARIO_MCP_REDIS_URL": f"redis://127.0.0.1:{redis.port}/0"}
            server = stack.enter_context(running(OURS, shared, folder, "behind"))
            nginx = stack.enter_context(_nginx(server.port, folder))
            costs["behind"].append(load(server, nginx.port, calls, *AS_A_CALLER).cpu_microseconds)
    alone, behind = (statistics.median(each) for each in costs.values())
    ratios = ", ".join(f"{b / a:.2f}" for a, b in zip(costs["alone"], costs["behind"], strict=True))
    print(
        f"CPU a call: alone {alone:.0f} us, through nginx with Redis {behind:.0f} us, ratio {behind / alone:.2f} "
        f"(rounds {ratios}; at most 1.3)"
    )


@contextmanager
def _nginx(replica: int, folder: Path) -> Iterator[Program]:
    """Run nginx with the deployed configuration before one replica."""
    (port,) = free_ports(1)
    program = Program("nginx", nginx_command(folder, port, [replica]), port, folder)
    program.start()
    try:
        yield program
    finally:
        program.stop()


def open_connections(environ: dict[str, str], folder: Path, calls: int) -> None:
    """Keep 1,000 connections open of which 200 are busy."""
    with running(OURS, environ, folder, "open") as server:
        seen = load(server, server.port, max(calls, 2000), "--connections", "200", "--idle", "800").seen
    print(
        f"1,000 connections, 200 busy: {seen['calls']:.0f} calls, wrong {seen['wrong']:.0f}, p50 {seen['p50']:.2f} s, "
        f"p99 {seen['p99']:.2f} s (under 5), longest {seen['longest']:.2f} s, {seen['per_second']:.0f} calls/s"
    )


def memory(environ: dict[str, str], folder: Path, strays: int) -> None:
    """See what stray GETs, `initialize` and calls leave behind."""
    with running(OURS, environ, folder, "memory") as server:
        process = psutil.Process(server.process_id)
        for kind in ("get", "initialize", "search"):
            load(server, server.port, strays // 50, "--kind", kind)
        before = process.memory_info().rss
        grown = []
        for kind in ("get", "initialize", "search"):
            load(server, server.port, strays, "--kind", kind)
            grown.append(f"{kind} {(process.memory_info().rss - before) / 2**20:+.1f}")
    print(
        f"memory after {strays:,} of each, in MB beside that after a fiftieth of them: {', '.join(grown)} (at most 10)"
    )


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--strays", type=int, default=10_000)
    parser.add_argument("--only", nargs="+", choices=ROWS, default=ROWS)
    options = parser.parse_args()
    with upstream(reply_of_the_api()) as canned, tempfile.TemporaryDirectory() as name:
        environ = {"SCENARIO_BASE_URL": canned.base_url, **KEY, **NO_LIMIT}
        rows: dict[str, Callable[[Path], None]] = {
            "company": lambda folder: company(environ, folder, options.calls, options.rounds),
            "open": lambda folder: open_connections(environ, folder, options.calls),
            "memory": lambda folder: memory(environ, folder, options.strays),
        }
        for number, row in enumerate(options.only):
            folder = Path(name) / str(number)
            folder.mkdir()
            rows[row](folder)


if __name__ == "__main__":
    main()
