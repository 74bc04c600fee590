"""How the server over HTTP grows: CPU a call by hits and by callers, and what replicas share.

    python -m benchmarks.growth [--calls 300] [--rounds 5] [--only hits callers replicas]

All servers of a row run at once and are asked in turn, round by round, so that the machine's other load falls on all
alike; read the ratios of the least. Every search is another one. The row of replicas needs nginx and redis-server; on a
quiet machine with four cores its calls a second say whether a replica adds its whole rate.
"""

import argparse
import asyncio
import base64
import itertools
import json
import socket
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.compare.meters import cpu_seconds, resident_megabytes
from benchmarks.compare.over_http import running
from benchmarks.hosted import NO_LIMIT, OURS
from benchmarks.http_answers import answer
from benchmarks.upstream import reply_of_the_api, upstream
from tests.cluster.cluster import nginx_command
from tests.cluster.programs import Program
from tests.support.ports import free_ports

HITS = (1, 10, 20, 100, 500)
MOST_ASKED_FOR = 100
"""More hits than that no search asks for; an upstream may send them all the same."""
CALLERS = (1, 10, 100, 1_000, 10_000)
REPLICAS = (1, 2)
CONNECTIONS = 16
WARM_UP_CALLS = 100
COUNTED = {"SCENARIO_MCP_CALLS_PER_MINUTE": "1000000"}


class Round(NamedTuple):
    """CPU of the measured processes a call, and calls a second."""

    microseconds: float
    per_second: float


@dataclass
class Point:
    """A way of asking, and what it cost in each round."""

    label: str
    port: int
    measured: Sequence[int]
    """Processes whose CPU counts."""
    callers: int = 1
    limit: int = 20
    rounds: list[Round] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(time.time_ns()))

    async def ask(self, count: int) -> Round:
        """Make so many calls from some connections; the callers take turns, and go on where the last round ended."""
        begun, began = self._cpu_seconds(), time.perf_counter()
        numbers = itertools.islice(self._numbers, count)
        await asyncio.gather(*(self._ask_on_one_connection(numbers) for _ in range(CONNECTIONS)))
        seconds = time.perf_counter() - began
        return Round((self._cpu_seconds() - begun) * 1e6 / count, count / seconds)

    async def _ask_on_one_connection(self, numbers: Iterator[int]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        for number in numbers:
            writer.write(self._request(number))
            status, body = await answer(reader)
            if status != 200 or b'"hits":[' not in body:  # noqa: PLR2004  # HTTP's own
                raise SystemExit(f"{self.label}: status {status}, {body[:500]!r}")
        writer.close()

    def _request(self, number: int) -> bytes:
        key = base64.b64encode(b"key-%d:secret" % (number % self.callers)).decode()
        arguments = {"query": f"knight {number}", "filter": "kind = image", "limit": self.limit, "offset": 0}
        message = {"jsonrpc": "2.0", "id": number, "method": "tools/call"}
        body = json.dumps({**message, "params": {"name": "search_assets", "arguments": arguments}}).encode()
        head = (
            f"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nContent-Type: application/json\r\n"
            f"Accept: application/json, text/event-stream\r\nAuthorization: Basic {key}\r\n"
            f"MCP-Protocol-Version: 2025-11-25\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def _cpu_seconds(self) -> float:
        return sum(map(cpu_seconds, self.measured))

    @property
    def megabytes(self) -> float:
        """Resident memory of the measured processes."""
        return sum(map(resident_megabytes, self.measured))


def compare(title: str, points: Sequence[Point], calls: int, rounds: int) -> None:
    """Ask in turn, then print the curve."""

    async def ask() -> None:
        for point in points:
            await point.ask(max(WARM_UP_CALLS, point.callers))
        for _, point in itertools.product(range(rounds), points):
            point.rounds.append(await point.ask(calls))

    asyncio.run(ask())
    print(f"{title:34}{'least us':>9}{'ratio':>7}{'median us':>11}{'ratio':>7}{'calls/s':>9}{'MB':>7}")
    costs = [[each.microseconds for each in point.rounds] for point in points]
    for point, cost in zip(points, costs, strict=True):
        least, median = min(cost), statistics.median(cost)
        print(
            f"{point.label:34}{least:9.0f}{least / min(costs[0]):7.2f}{median:11.0f}"
            f"{median / statistics.median(costs[0]):7.2f}{max(each.per_second for each in point.rounds):9.0f}"
            f"{point.megabytes:7.0f}",
            flush=True,
        )


def page_of(hits: int) -> bytes:
    """Return a page of so many hits as the API would send it."""
    page = json.loads(reply_of_the_api())
    documents = itertools.islice(itertools.cycle(page["hits"]), hits)
    page["hits"] = [{**each, "id": f"asset_{number:022}"} for number, each in enumerate(documents)]
    return json.dumps(page, separators=(",", ":")).encode()


def by_hits(folder: Path, calls: int, rounds: int) -> None:
    """Compare pages of one hit with larger ones, and with one that holds more than was asked for."""
    with ExitStack() as stack:
        points = []
        for hits in HITS:
            environ = {"SCENARIO_BASE_URL": stack.enter_context(upstream(page_of(hits))).base_url, **NO_LIMIT}
            server = stack.enter_context(running(OURS, environ, folder, f"hits-{hits}"))
            limit = min(hits, MOST_ASKED_FOR)
            label = f"{hits} upstream, {limit} asked for"
            points.append(Point(label, server.port, (server.process_id,), limit=limit))
        compare("hits", points, calls, rounds)


def by_callers(folder: Path, calls: int, rounds: int) -> None:
    """Compare one caller with many, each with a key of its own."""
    with ExitStack() as stack:
        environ = {"SCENARIO_BASE_URL": stack.enter_context(upstream(page_of(20))).base_url, **NO_LIMIT}
        points = []
        for callers in CALLERS:
            server = stack.enter_context(running(OURS, environ, folder, f"callers-{callers}"))
            points.append(Point(f"{callers:,}", server.port, (server.process_id,), callers))
        compare("callers", points, calls, rounds)


def by_replicas(folder: Path, calls: int, rounds: int) -> None:
    """Compare a process alone with replicas behind nginx that share Redis; count what goes to Redis."""
    with ExitStack() as stack:
        environ = {"SCENARIO_BASE_URL": stack.enter_context(upstream(page_of(20))).base_url, **NO_LIMIT, **COUNTED}
        command = ["redis-server", "--save", "", "--dir", str(folder), "--port"]
        redis = stack.enter_context(running(command, {}, folder, "redis"))
        shared = {**environ, "SCENARIO_MCP_REDIS_URL": f"redis://127.0.0.1:{redis.port}/0"}
        alone = stack.enter_context(running(OURS, environ, folder, "alone"))
        points = [Point("alone, no nginx, no Redis", alone.port, (alone.process_id,))]
        with_redis = stack.enter_context(running(OURS, shared, folder, "with-redis"))
        points.append(Point("alone, with Redis", with_redis.port, (with_redis.process_id,)))
        for count in REPLICAS:
            replicas = [stack.enter_context(running(OURS, shared, folder, f"{count}-{n}")) for n in range(count)]
            front = stack.enter_context(nginx(folder / str(count), [each.port for each in replicas]))
            measured = [each.process_id for each in replicas]
            points.append(Point(f"{count} behind nginx, with Redis", front.port, measured))
        compare("replicas", points, calls, rounds)
        _count_redis(redis.port, points[1], calls)


def _count_redis(port: int, point: Point, calls: int) -> None:
    """Print what one call is for Redis, with the probes that go on beside it, one a replica and second."""
    before = _redis_stats(port)
    asyncio.run(point.ask(calls))
    spent = [(after - first) / calls for first, after in zip(before, _redis_stats(port), strict=True)]
    commands, received, sent, cpu_seconds = spent
    print(
        f"Redis, a call: {commands:.1f} commands, those of scripts too, {cpu_seconds * 1e6:.0f} us of its CPU, ", end=""
    )
    print(f"{received:,.0f} bytes in and {sent:,.0f} out")


def _redis_stats(port: int) -> list[float]:
    with socket.create_connection(("127.0.0.1", port)) as connection, connection.makefile("rb") as reader:
        connection.sendall(b"INFO everything\r\n")
        text = reader.read(int(reader.readline()[1:])).decode()
    fields = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
    names = ("total_commands_processed", "total_net_input_bytes", "total_net_output_bytes")
    cpu_seconds = float(fields["used_cpu_user"]) + float(fields["used_cpu_sys"])
    return [*(float(fields[name]) for name in names), cpu_seconds]


@contextmanager
def nginx(folder: Path, replicas: Iterable[int]) -> Iterator[Program]:
    """Run nginx with the deployed configuration before replicas."""
    folder.mkdir()
    (port,) = free_ports(1)
    program = Program("nginx", nginx_command(folder, port, replicas), port, folder)
    program.start()
    try:
        yield program
    finally:
        program.stop()


ROWS: dict[str, Callable[[Path, int, int], Any]] = {"hits": by_hits, "callers": by_callers, "replicas": by_replicas}


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="+", choices=ROWS, default=ROWS)
    options = parser.parse_args()
    for name in options.only:
        with tempfile.TemporaryDirectory() as folder:
            ROWS[name](Path(folder), options.calls, options.rounds)


if __name__ == "__main__":
    main()
