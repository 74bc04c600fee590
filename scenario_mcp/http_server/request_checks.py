"""What a request must be before anything looks at it: from a known page, to a known name, of bounded size, and soon."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from http import HTTPStatus

from starlette.types import Receive

MAX_INBOUND_BYTES = 16 * 1024 * 1024
"""As much as over stdio: the API takes searches of 10 MB, and what is somewhat longer gets a better refusal."""
MAX_BODIES_BYTES = 128 * 1024 * 1024
"""All large bodies that are being read or answered at a time."""
SMALL_BODY_BYTES = 256 * 1024
"""So much is read without counting it."""
BODY_SECONDS = 15.0
"""How long a body may take to arrive: 16 MB at 10 Mbit/s."""
_MAX_DIGITS = 12


class AllowList:
    """An allow-list of values of the Host or the Origin header: exact, `name:*` for any port, `*` for all."""

    def __init__(self, allowed: Iterable[str]) -> None:
        names = frozenset(allowed)
        self._allows_all = "*" in names
        self._exact = names
        self._any_port = frozenset(name[:-2] for name in names if name.endswith(":*"))

    def __contains__(self, value: str) -> bool:
        value = value.lower()
        if self._allows_all or value in self._exact:
            return True
        name, colon, port = value.rpartition(":")
        return bool(colon) and port.isdecimal() and port.isascii() and name in self._any_port


def cors_origins(allowed: Iterable[str]) -> tuple[list[str], str | None]:
    """Return the same list as the CORS middleware takes it: exact origins, and a pattern for those of any port."""
    origins = [*allowed]
    exact = [origin for origin in origins if not origin.endswith(":*")]
    patterns = [re.escape(origin[:-2]) + r":\d{1,5}" for origin in origins if origin.endswith(":*")]
    return exact, "|".join(patterns) or None


class RequestRejected(Exception):
    """The request is answered with a status of HTTP and goes no further. The message is safe to show."""

    def __init__(self, status: int, message: str, *, reason: str, headers: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.reason = reason
        """In a word, for what is counted."""
        self.headers = headers


class ClientDisconnected(Exception):
    """Whoever sent the request has left."""


class BodyReader:
    """Reads bodies whole, within bounds of size and time, each for itself and all together."""

    def __init__(self) -> None:
        self._held_bytes = 0

    @asynccontextmanager
    async def read(self, declared: str, receive: Receive) -> AsyncIterator[bytes]:
        """Yield the body, whose Content-Length is `declared` if it has one; as long as it is held it counts.

        Raises:
            RequestRejected: it is too long, comes too slowly, or so many long ones are held that it has to come again.
            ClientDisconnected: it will not come.

        """
        if declared.isascii() and declared.isdecimal() and int(declared[:_MAX_DIGITS]) > MAX_INBOUND_BYTES:
            raise _too_large()
        size = held = 0
        chunks: list[bytes] = []
        try:
            try:
                async with asyncio.timeout(BODY_SECONDS):
                    has_more = True
                    while has_more:
                        message = await receive()
                        if message["type"] != "http.request":
                            raise ClientDisconnected
                        chunk = message.get("body", b"")
                        has_more = message.get("more_body", False)
                        size += len(chunk)
                        if size > MAX_INBOUND_BYTES:
                            raise _too_large()
                        if size > SMALL_BODY_BYTES:
                            self._held_bytes += size - held
                            held = size
                            if self._held_bytes > MAX_BODIES_BYTES:
                                raise _too_much()
                        chunks.append(chunk)
            except TimeoutError:
                raise _too_slow() from None
            yield chunks[0] if len(chunks) == 1 else b"".join(chunks)
        finally:
            self._held_bytes -= held


_HANG_UP = ("Connection", "close")
"""What is left of the body is not read."""


def _too_large() -> RequestRejected:
    message = f"The request is larger than {MAX_INBOUND_BYTES // 2**20} MiB, so it was not read. Send smaller pictures."
    return RequestRejected(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, message, reason="body", headers=(_HANG_UP,))


def _too_much() -> RequestRejected:
    message = "Too many large requests are under way. Send it again in a second."
    return RequestRejected(
        HTTPStatus.SERVICE_UNAVAILABLE, message, reason="body", headers=(_HANG_UP, ("Retry-After", "1"))
    )


def _too_slow() -> RequestRejected:
    message = f"The request did not arrive within {BODY_SECONDS:g} seconds. Send it again."
    return RequestRejected(HTTPStatus.REQUEST_TIMEOUT, message, reason="body", headers=(_HANG_UP,))
