"""The HTTP protocol of uvicorn's servers: each answer leaves in one piece, as far as it fits into one segment."""

import asyncio
from typing import Any

try:
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol as Protocol
except ImportError:  # no httptools on this platform
    from uvicorn.protocols.http.h11_impl import H11Protocol as Protocol  # type: ignore[assignment]


class CoalescedWrites:
    """A transport that sends in one piece what is written within one turn of the event loop.

    uvicorn writes the head of an answer and its body one after the other. A process that is killed in between leaves a
    balancer with half an answer, which it cannot get from another replica any more. And where TCP_NODELAY is not set,
    the body waits until the client has acknowledged the head, some 40 ms.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._pending: list[bytes] = []

    def write(self, data: bytes) -> None:
        """Send this, with what comes right after it."""
        if not self._pending:
            asyncio.get_running_loop().call_soon(self._flush)
        self._pending.append(data)

    def close(self) -> None:
        """Close the connection, once everything is sent."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        pending, self._pending = self._pending, []
        if pending:
            self._transport.write(b"".join(pending))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class OnePieceProtocol(Protocol):
    """Writes head and body of an answer together."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn itself
        """Begin a connection."""
        super().connection_made(CoalescedWrites(transport))  # type: ignore[arg-type]  # a transport in all that is used
