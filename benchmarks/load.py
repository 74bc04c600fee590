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


def request(port: int, number: int, kind: str, protocol: str, authorization: str) -> bytes:
    """Return a whole HTTP request."""
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


async def answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Read one answer: its status and body."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
    return int(head[9:12]), await reader.readexactly(length)


async def call(options: argparse.Namespace, numbers: Iterator[int], took: list[float]) -> int:
    """Send requests one after the other on one connection while there are numbers; return how many went wrong."""
    port, kind = options.port, options.kind
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    wanted = 405 if kind == "get" else 200
    wrong = 0
    for number in numbers:
        begin = time.perf_counter()
        writer.write(request(port, number, kind, options.protocol, options.authorization))
        status, body = await answer(reader)
        took.append(time.perf_counter() - begin)
        wrong += status != wanted or (kind == "search" and (_IS_ERROR in body or b'"hits":[' not in body))
    writer.close()
    return wrong


async def load(options: argparse.Namespace) -> dict[str, float]:
    """Warm up with a twentieth, then call; return what was seen."""
    idle = [await asyncio.open_connection("127.0.0.1", options.port) for _ in range(options.idle)]
    for _, writer in idle:  # each has asked once, and stays
        writer.write(f"GET /livez HTTP/1.1\r\nHost: 127.0.0.1:{options.port}\r\n\r\n".encode())
    for reader, _ in idle:
        await answer(reader)
    first = time.time_ns()
    took: list[float] = []
    seconds, wrong = 0.0, 0
    for is_warm, count in enumerate((max(options.connections, options.count // 20), options.count)):
        if is_warm:
            print("warm", flush=True)  # who measures the server reads its meter now
        took.clear()
        numbers = itertools.islice(itertools.count(first), count)
        first += count
        begin = time.perf_counter()
        wrong += sum(await asyncio.gather(*(call(options, numbers, took) for _ in range(options.connections))))
        seconds = time.perf_counter() - begin
    for _, writer in idle:
        writer.close()
    took.sort()
    return {
        "calls": len(took),
        "wrong": wrong,
        "per_second": len(took) / seconds,
        "p50": took[len(took) // 2],
        "p99": took[int(len(took) * 0.99)],
        "longest": took[-1],
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("port", type=int)
    parser.add_argument("count", type=int)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--idle", type=int, default=0, help="connections that stay open beside them")
    parser.add_argument("--protocol", default="2025-11-25")
    parser.add_argument("--authorization", default="", help="value of the header")
    parser.add_argument("--kind", choices=KINDS, default="search")
    print(json.dumps(asyncio.run(load(parser.parse_args()))))
