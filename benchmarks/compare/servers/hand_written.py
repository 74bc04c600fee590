"""The floor: MCP by hand, as little as answers these messages; nothing is validated, trimmed or survived.

`--httpx` asks upstream with `httpx` in place of a bare socket, to show what the upstream request alone costs.
"""

import asyncio
import base64
import json
import os
import sys
from collections.abc import Awaitable, Callable

ASK = Callable[[bytes], Awaitable[bytes]]
TOOLS = b'{"tools":[{"name":"search_assets","description":"Search assets.","inputSchema":{"type":"object"}}]}'
BASE_URL = os.environ["SCENARIO_BASE_URL"]
KEY = os.environ["SCENARIO_SDK_API_KEY"], os.environ["SCENARIO_SDK_API_SECRET"]


class Connection(asyncio.Protocol):
    """A connection to the upstream with one request at a time on it."""

    def __init__(self) -> None:
        self.answer: asyncio.Future[bytes] | None = None
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  # TCP
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer when the body is complete."""
        self._received += data
        head, separator, body = self._received.partition(b"\r\n\r\n")
        if separator and len(body) >= int(head.partition(b"ontent-Length: ")[2].partition(b"\r\n")[0]):
            assert self.answer  # noqa: S101  # somebody asked
            self.answer.set_result(body)
            self._received = b""


def by_socket() -> ASK:
    """Return what asks upstream over bare sockets."""
    address, _, path = BASE_URL.removeprefix("http://").partition("/")
    host, _, port = address.partition(":")
    authorization = base64.b64encode(":".join(KEY).encode()).decode()
    head = (
        f"POST /{path}/search/assets HTTP/1.1\r\nHost: {address}\r\nAuthorization: Basic {authorization}\r\n"
        "Content-Type: application/json\r\nContent-Length: "
    ).encode()
    idle: list[Connection] = []
    loop = asyncio.get_running_loop()

    async def ask(body: bytes) -> bytes:
        connection = idle.pop() if idle else (await loop.create_connection(Connection, host, int(port)))[1]
        connection.answer = loop.create_future()
        connection.transport.write(head + b"%d\r\n\r\n" % len(body) + body)
        reply = await connection.answer
        idle.append(connection)
        return reply

    return ask


def by_httpx() -> ASK:
    """Return what asks upstream with httpx."""
    import httpx

    client = httpx.AsyncClient(base_url=BASE_URL, auth=KEY)

    async def ask(body: bytes) -> bytes:
        reply = await client.post("/search/assets", content=body, headers={"Content-Type": "application/json"})
        reply.raise_for_status()
        return reply.content

    return ask


async def answer(ask: ASK, line: bytes, write: Callable[[bytes], None]) -> None:
    """Write the answer to one message."""
    message = json.loads(line)
    if message["method"] == "tools/call":
        page = await ask(json.dumps(message["params"]["arguments"]).encode())
        text = json.dumps(page.decode(), ensure_ascii=False).encode()
        result = b'{"content":[{"type":"text","text":%b}],"structuredContent":%b}' % (text, page)
    elif message["method"] == "tools/list":
        result = TOOLS
    else:
        result = b'{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"","version":""}}'
    write(b'{"jsonrpc":"2.0","id":%d,"result":%b}\n' % (message["id"], result))


class Lines(asyncio.Protocol):
    """Answers the lines of stdin on stdout."""

    def __init__(self, ask: ASK, write: Callable[[bytes], None]) -> None:
        self._ask, self._write = ask, write
        self._received = b""
        self._tasks: set[asyncio.Task[None]] = set()

    def data_received(self, data: bytes) -> None:
        """Answer the lines that are complete."""
        *lines, self._received = (self._received + data).split(b"\n")
        for line in lines:
            if b'"id"' in line:  # a notification has none
                task = asyncio.ensure_future(answer(self._ask, line, self._write))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    def connection_lost(self, _error: Exception | None) -> None:
        """End with stdin."""
        asyncio.get_running_loop().stop()


class Http(asyncio.Protocol):
    """Answers one POST at a time on a kept connection."""

    def __init__(self, ask: ASK) -> None:
        self._ask = ask
        self._received = b""
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  # TCP
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer a request that is complete."""
        self._received += data
        head, separator, body = self._received.partition(b"\r\n\r\n")
        if separator and len(body) >= int(head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0]):
            self._received = b""
            self._task = asyncio.ensure_future(answer(self._ask, body, self._reply))

    def _reply(self, body: bytes) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
        self._transport.write(head + body)


async def main(arguments: list[str]) -> None:
    """Serve over stdio or HTTP."""
    loop = asyncio.get_running_loop()
    ask = by_httpx() if "--httpx" in arguments else by_socket()
    if "--http" in arguments:
        server = await loop.create_server(lambda: Http(ask), "127.0.0.1", int(arguments[-1]))
        await server.serve_forever()
    out, _ = await loop.connect_write_pipe(asyncio.BaseProtocol, sys.stdout.buffer)
    await loop.connect_read_pipe(lambda: Lines(ask, out.write), sys.stdin.buffer)
    await loop.create_future()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
