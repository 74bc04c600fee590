"""Uvicorn's HTTP protocol with a timeout and a size limit for request heads, which uvicorn itself lacks."""

import asyncio
from typing import Any

from scenario_mcp.http_protocol import OnePieceProtocol

MAX_HEAD_BYTES = 64 * 1024
MAX_REST_BYTES = 64 * 1024 * 1024
"""Of a body that was answered before it came, so that a sender who writes all of it first gets to read the answer.

As much as of one that is refused for its size. It is kept nowhere, and has as long as a head may take.
"""


class HeadTimeoutProtocol(OnePieceProtocol):
    """Closes a connection on which the head of a request does not arrive in time or is too large."""

    head_seconds = 10.0
    """How long the request line and headers may take, from the connection or their first byte on."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn itself
        """Start the timer of the first head."""
        super().connection_made(transport)
        self._answered: Any = None
        self._head_bytes = 0
        self._is_in_body = self._has_ended = False
        self._timer: asyncio.TimerHandle | None = self._start_timer()

    def _start_timer(self) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(self.head_seconds, self._close)

    def data_received(self, data: bytes) -> None:
        """Parse; a new cycle means that a head was complete."""
        cycle: Any = self.cycle  # None before the first head, whatever its type says
        is_idle = cycle is None or cycle.response_complete
        self._head_bytes += len(data) if is_idle else 0
        self._has_ended = False
        super().data_received(data)
        if self.cycle is not self._answered:
            self._answered, self._head_bytes = self.cycle, 0
            self._stop_timer()
            return
        if is_idle and self._timer is None and not self._has_ended:  # most heads come whole, and need none
            self._timer = self._start_timer()
        if self._head_bytes > (MAX_REST_BYTES if self._is_in_body else MAX_HEAD_BYTES):
            self._close()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Strip the white space around a value (RFC 9110, 5.5), some of which httptools leaves."""
        super().on_header(name, value.strip(b" \t"))

    def on_headers_complete(self) -> None:
        """Note that a body is to come, unless the message ends here."""
        self._is_in_body = True
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Note that the next head begins here; bytes of this message that came after its answer are not part of it."""
        self._is_in_body, self._has_ended, self._head_bytes = False, True, 0
        self._stop_timer()
        super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timer."""
        self._stop_timer()
        super().connection_lost(exc)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _close(self) -> None:
        self._stop_timer()
        self.transport.close()
