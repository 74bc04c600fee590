"""A process that answers every HTTP request with one canned page of hits: too simple to be the bottleneck."""

import asyncio
import sys
from pathlib import Path


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
        length = next(
            (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
        )
        if separator and len(body) >= length:
            self._received = body[length:]
            self._transport.write(self.reply)


async def _serve(body: bytes) -> None:
    CannedReply.reply = (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    )
    server = await asyncio.get_running_loop().create_server(CannedReply, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]).read_bytes()))
