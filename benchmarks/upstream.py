"""A process that answers every HTTP request with one canned page of hits, as cheaply as Python can."""

import asyncio
import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple


class Upstream(NamedTuple):
    """The running process."""

    base_url: str
    process_id: int


class CannedReply(asyncio.Protocol):
    """Answers each complete request on a kept-alive connection with the same bytes."""

    reply = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin a connection."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  # a TCP server's transports are
        self._transport = transport
        self._received = b""

    def data_received(self, data: bytes) -> None:
        """Answer when the body is complete."""
        self._received += data
        head, separator, body = self._received.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0] or 0)
        if separator and len(body) >= length:
            self._received = body[length:]
            self._transport.write(self.reply)


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
def upstream(reply: bytes) -> Iterator[Upstream]:
    """Run the upstream in a process of its own."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        file.write(reply)
        file.flush()
        with subprocess.Popen(  # noqa: S603  # our own script
            [sys.executable, str(Path(__file__)), file.name], stdout=subprocess.PIPE, text=True
        ) as process:
            try:
                assert process.stdout  # noqa: S101  # opened as a pipe
                yield Upstream(f"http://127.0.0.1:{process.stdout.readline().strip()}/v1", process.pid)
            finally:
                process.kill()


async def _serve(body: bytes) -> None:
    CannedReply.reply = (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    )
    server = await asyncio.get_running_loop().create_server(CannedReply, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]).read_bytes()))
