"""A server under measurement over stdio, spoken to line by line: no client library's cost falls on it."""

import contextlib
import json
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any, NamedTuple

from benchmarks.compare.meters import cpu_seconds, resident_megabytes
from benchmarks.compare.program import NotAnswered

PATIENCE_SECONDS = 120.0
"""A server that has not done its round by then is ended."""
AT_ONCE = 32
_OPENING = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "compare", "version": "1"}}


class Start(NamedTuple):
    """What a process needed to the answer of `tools/list`."""

    start_cpu_ms: float
    start_ms: float
    """Wall time."""


class Round(NamedTuple):
    """What one process needed: from its start to its last call."""

    start_cpu_ms: float
    start_ms: float
    call_cpu_ms: float
    """One by one."""
    busy_call_cpu_ms: float
    """With `AT_ONCE` in flight."""
    p50_ms: float
    p95_ms: float
    """Wall time of calls one by one."""
    megabytes: float
    """Resident memory after them all."""
    tools: int
    tools_bytes: int
    """The list of tools as compact JSON."""
    page_bytes: int
    """The text of a page of hits, as a model gets it."""


def measure(command: Sequence[str], environ: Mapping[str, str], calls: int, warm_up: int) -> Round:
    """Start a server, list its tools, search one by one, then with many in flight.

    Raises:
        NotAnswered: with what came instead of an answer.

    """
    began = time.perf_counter()
    with started(command, environ) as server:
        tools = server.list_tools()
        start = Start(server.cpu_seconds() * 1000, (time.perf_counter() - began) * 1000)
        for number in range(warm_up):
            server.search(number)
        page: dict[str, Any] = {}
        took = []
        meter = server.cpu_seconds()
        for number in range(warm_up, warm_up + calls):
            begin = time.perf_counter()
            page = server.search(number)
            took.append(time.perf_counter() - begin)
        one_by_one = server.cpu_seconds() - meter
        server.search_at_once(range(warm_up + calls, warm_up + calls + AT_ONCE))
        meter = server.cpu_seconds()
        server.search_at_once(range(warm_up + calls + AT_ONCE, warm_up + 2 * calls + AT_ONCE))
        at_once = server.cpu_seconds() - meter
        took.sort()
        return Round(
            *start,
            call_cpu_ms=one_by_one * 1000 / calls,
            busy_call_cpu_ms=at_once * 1000 / calls,
            p50_ms=took[calls // 2] * 1000,
            p95_ms=took[int(calls * 0.95)] * 1000,
            megabytes=resident_megabytes(server.process.pid),
            tools=len(tools),
            tools_bytes=len(json.dumps(tools, ensure_ascii=False, separators=(",", ":")).encode()),
            page_bytes=sum(len(block["text"].encode()) for block in page["content"] if block["type"] == "text"),
        )


def measure_start(command: Sequence[str], environ: Mapping[str, str]) -> Start:
    """Start a server and list its tools."""
    began = time.perf_counter()
    with started(command, environ) as server:
        server.list_tools()
        return Start(server.cpu_seconds() * 1000, (time.perf_counter() - began) * 1000)


class Server(NamedTuple):
    """A running server; its answers are read one at a time."""

    process: subprocess.Popen[bytes]

    def send(self, message: dict[str, Any]) -> None:
        """Send a request or a notification."""
        assert self.process.stdin  # noqa: S101  # opened as a pipe
        self.process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")
        self.process.stdin.flush()

    def receive(self) -> dict[str, Any]:
        """Return the next answer; notifications are passed over."""
        assert self.process.stdout  # noqa: S101  # opened as a pipe
        while True:
            line = self.process.stdout.readline()
            if not line:
                raise NotAnswered(f"ended with {self.process.wait()}")
            answer: dict[str, Any] = json.loads(line)
            if "method" in answer:
                continue
            if "result" not in answer or answer["result"].get("isError"):
                raise NotAnswered(f"not an answer: {str(answer)[:300]}")
            return answer

    def ask(self, number: int, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """Return the result of a request."""
        self.send({"id": number, "method": method, "params": params})
        result: dict[str, Any] = self.receive()["result"]
        return result

    def list_tools(self) -> list[dict[str, Any]]:
        """Do what every client does first."""
        self.ask(0, "initialize", _OPENING)
        self.send({"method": "notifications/initialized"})
        tools: list[dict[str, Any]] = self.ask(1, "tools/list", {})["tools"]
        return tools

    def search(self, number: int) -> dict[str, Any]:
        """Return the result of one search."""
        return self.ask(number + 2, "tools/call", search(number))

    def search_at_once(self, numbers: range) -> None:
        """Keep `AT_ONCE` searches in flight; their answers may come in any order."""
        waiting = set()
        for number in numbers:
            waiting.add(number + 2)
            self.send({"id": number + 2, "method": "tools/call", "params": search(number)})
            if len(waiting) == AT_ONCE:
                waiting.remove(self.receive()["id"])
        while waiting:
            waiting.remove(self.receive()["id"])

    def cpu_seconds(self) -> float:
        """Return what the server has used so far."""
        return cpu_seconds(self.process.pid)


def search(number: int) -> dict[str, Any]:
    """Return the parameters of one call; no two are alike, so that no memory can answer them."""
    arguments = {"query": f"knight {number}", "filter": "kind = image", "limit": 20, "offset": 0}
    return {"name": "search_assets", "arguments": arguments}


@contextlib.contextmanager
def started(
    command: Sequence[str], environ: Mapping[str, str], stderr: IO[bytes] | int = subprocess.DEVNULL
) -> Iterator[Server]:
    """Start a server and end it."""
    with subprocess.Popen(  # noqa: S603  # a row's own command
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr, env=environ
    ) as process:
        watch = threading.Timer(PATIENCE_SECONDS, process.kill)
        watch.start()
        try:
            yield Server(process)
        finally:
            watch.cancel()
            process.kill()
