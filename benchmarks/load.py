"""Calls a server over HTTP from many connections at once, as cheaply as it can; prints what it saw as JSON.

    python -m benchmarks.load PORT COUNT [--connections 32] [--idle 0] [--protocol 2025-11-25] [--kind search]

Every search is another one, so that no memory can answer it.
"""

import argparse
import asyncio
import itertools
import json
import time
from collections.abc import Iterator
from typing import Any

KINDS = ("search", "initialize", "get")
MODERN = "2026-07-28"
_IS_ERROR = b'"isError":true'
_HITS = b'"hits":'
_END_OF_HEAD = b"\r\n\r\n"
_LONGEST_ANSWER = 2**18


def requests(options: argparse.Namespace, first: int) -> Iterator[bytes]:
    """Yield whole HTTP requests without end, each with another number of as many digits."""
    pattern = _request(options.port, first, options.kind, options.protocol, options.authorization)
    written = b"%d" % first
    return (pattern.replace(written, b"%d" % number) for number in itertools.count(first))


def _request(port: int, number: int, kind: str, protocol: str, authorization: str) -> bytes:
    if kind == "get":
        return f"GET /mcp HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: text/event-stream\r\n\r\n".encode()
    headers = f"MCP-Protocol-Version: {protocol}\r\n"
    if authorization:
        headers += f"Authorization: {authorization}\r\n"
    params: dict[str, Any] = {
        "name": "search_assets",
        "arguments": {"query": f"knight {number}", "filter": "kind = image", "limit": 20, "offset": 0},
    }
    method = "tools/call"
    if kind == "initialize":
        method = "initialize"
        params = {"protocolVersion": protocol, "capabilities": {}, "clientInfo": {"name": "load", "version": "1"}}
    elif protocol == MODERN:
        prefix = "io.modelcontextprotocol"
        params["_meta"] = {f"{prefix}/protocolVersion": protocol, f"{prefix}/clientCapabilities": {}}
        headers += "Mcp-Method: tools/call\r\nMcp-Name: search_assets\r\n"
    body = json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}).encode()
    head = (
        f"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        f"Accept: application/json, text/event-stream\r\n{headers}Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Caller(asyncio.BufferedProtocol):
    """Sends requests one after the other on one connection while there are numbers."""

    def __init__(self, options: argparse.Namespace, requests: Iterator[bytes], took: list[float]) -> None:
        self._is_search = options.kind == "search"
        self._wanted = b"405" if options.kind == "get" else b"200"
        self._requests, self._took = requests, took
        self._buffer = bytearray(_LONGEST_ANSWER)
        self._is_waiting = False
        self.wrong = 0
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first request."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  # TCP
        self._transport = transport
        self._next()

    def _next(self) -> None:
        self._received = self._size = 0
        request = next(self._requests, None)
        self._is_waiting = request is not None
        if request is None:
            self._transport.close()
            return
        self._began = time.perf_counter()
        self._transport.write(request)

    def get_buffer(self, _size: int) -> memoryview:
        """Return where the next bytes belong."""
        return memoryview(self._buffer)[self._received :]

    def buffer_updated(self, size: int) -> None:
        """Look at an answer that is complete, and send the next request."""
        self._received += size
        if not self._size:
            end_of_head = self._buffer.find(_END_OF_HEAD, 0, self._received)
            if end_of_head < 0:
                return
            head = bytes(self._buffer[: end_of_head + 2]).lower()
            length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
            if not length:
                raise SystemExit(f"An answer without a length: {head!r}")
            self._size = end_of_head + len(_END_OF_HEAD) + int(length)
        if self._received >= self._size:
            self._took.append(time.perf_counter() - self._began)
            self.wrong += not self._is_right()
            self._next()

    def _is_right(self) -> bool:
        if self._buffer[9:12] != self._wanted:
            return False
        return not self._is_search or (
            self._buffer.find(_IS_ERROR, 0, self._size) < 0 < self._buffer.find(_HITS, 0, self._size)
        )

    def connection_lost(self, error: Exception | None) -> None:
        """Tell that no number is left, or that the server closed the connection."""
        if self._is_waiting:
            self.done.set_exception(error or ConnectionError("The server closed a connection before its answer."))
        else:
            self.done.set_result(None)


async def _call(options: argparse.Namespace, requests: Iterator[bytes], took: list[float]) -> int:
    loop = asyncio.get_running_loop()
    _, caller = await loop.create_connection(lambda: Caller(options, requests, took), "127.0.0.1", options.port)
    await caller.done
    return caller.wrong


async def _stay(port: int) -> asyncio.StreamWriter:
    """Open a connection that has asked once, and stays."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET /livez HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
    head = (await reader.readuntil(_END_OF_HEAD)).lower()
    await reader.readexactly(int(head.partition(b"content-length:")[2].partition(b"\r\n")[0]))
    return writer


async def load(options: argparse.Namespace) -> dict[str, float]:
    """Warm up, then call; return what was seen."""
    idle = [await _stay(options.port) for _ in range(options.idle)]
    first = time.time_ns() // 1000  # an id that JavaScript counts exactly
    took: list[float] = []
    seconds, cpu, wrong = 0.0, 0.0, 0
    for is_warm, count in enumerate((options.warm_up or max(options.connections, options.count // 20), options.count)):
        if is_warm:
            print("warm", flush=True)  # who measures the server reads its meter now
        took.clear()
        numbered = itertools.islice(requests(options, first), count)
        first += count
        begin, meter = time.perf_counter(), time.process_time()
        wrong += sum(await asyncio.gather(*(_call(options, numbered, took) for _ in range(options.connections))))
        seconds, cpu = time.perf_counter() - begin, time.process_time() - meter
    for writer in idle:
        writer.close()
    took.sort()
    return {
        "calls": len(took),
        "wrong": wrong,
        "per_second": len(took) / seconds,
        "seconds": seconds,
        "cpu_seconds": cpu,
        "p50": took[len(took) // 2],
        "p95": took[int(len(took) * 0.95)],
        "p99": took[int(len(took) * 0.99)],
        "longest": took[-1],
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("port", type=int)
    parser.add_argument("count", type=int)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--warm-up", type=int, default=0, help="calls before; a twentieth if not given")
    parser.add_argument("--idle", type=int, default=0, help="connections that stay open beside them")
    parser.add_argument("--protocol", default="2025-11-25")
    parser.add_argument("--authorization", default="", help="value of the header")
    parser.add_argument("--kind", choices=KINDS, default="search")
    print(json.dumps(asyncio.run(load(parser.parse_args()))))
