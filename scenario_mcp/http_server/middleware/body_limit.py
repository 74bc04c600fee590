"""Body limit: reads request bodies whole, within bounds of size and time, each for itself and all together."""

import asyncio
from contextlib import suppress
from http import HTTPStatus

from starlette.types import ASGIApp, Receive, Scope, Send

from scenario_mcp.http_server.inbound_headers import InboundHeaders
from scenario_mcp.http_server.inbound_request import ClientDisconnected, RequestRejected, inbound

MAX_INBOUND_BYTES = 16 * 1024 * 1024
"""As over stdio: the API takes searches of 10 MB, and what is somewhat longer gets a better error from the tool."""
MAX_TOTAL_BYTES = 128 * 1024 * 1024
"""Of all large bodies that are being read or answered at a time."""
SMALL_BODY_BYTES = 256 * 1024
"""A body up to this size does not count towards the total."""
BODY_SECONDS = 15.0
"""How long a body may take to arrive: 16 MB at 10 Mbit/s."""
DISCARDED_BYTES = 64 * 1024 * 1024
DISCARD_SECONDS = 5.0
"""How much more of a body that is refused may arrive, and for how long, before the answer and the connection's end."""
_MAX_DIGITS = 12
_CLOSE = ("Connection", "close")
"""The rest of the body is not read, so nothing can follow it on this connection."""


class BodyLimit:
    """Sets the request's `body`, or rejects it with 408, 413 or 503."""

    def __init__(
        self, app: ASGIApp, *, max_total_bytes: int = MAX_TOTAL_BYTES, body_seconds: float = BODY_SECONDS
    ) -> None:
        self._app = app
        self._max_total_bytes = max_total_bytes
        self._body_seconds = body_seconds
        self._held_bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; a large body counts towards the total until it is answered."""
        request = inbound(scope)
        await _check_declared(request.headers, receive)
        size = held = 0
        has_more = True
        chunks: list[bytes] = []
        try:
            try:
                async with asyncio.timeout(self._body_seconds):
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
                            if self._held_bytes > self._max_total_bytes:
                                raise _too_many_at_once()
                        chunks.append(chunk)
            except TimeoutError:
                raise _too_slow(self._body_seconds) from None
            except RequestRejected:
                chunks.clear()
                self._held_bytes -= held
                held = 0
                if has_more:
                    await _discard_rest(receive)
                raise
            request.body = chunks[0] if len(chunks) == 1 else b"".join(chunks)
            await self._app(scope, receive, send)
        finally:
            self._held_bytes -= held


async def _check_declared(headers: InboundHeaders, receive: Receive) -> None:
    """Refuse a body that says itself that it is too large."""
    declared = headers.fields.get("content-length", "")
    if declared.isascii() and declared.isdecimal() and int(declared[:_MAX_DIGITS]) > MAX_INBOUND_BYTES:
        if "expect" not in headers.fields:  # else the client waits to be told whether to begin
            await _discard_rest(receive)
        raise _too_large()


async def _discard_rest(receive: Receive) -> None:
    """Let the rest of a body arrive, within bounds: a connection that ends in the middle of one is reset.

    Clients that write before they read would then see the reset instead of the answer, as `fetch` of Node does.
    """
    left = DISCARDED_BYTES
    with suppress(TimeoutError):
        async with asyncio.timeout(DISCARD_SECONDS):
            while left > 0:
                message = await receive()
                if message["type"] != "http.request":
                    raise ClientDisconnected
                if not message.get("more_body", False):
                    return
                left -= len(message.get("body", b""))


def _too_large() -> RequestRejected:
    message = f"The request is larger than {MAX_INBOUND_BYTES // 2**20} MiB, so it was not read. Send smaller pictures."
    return RequestRejected(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, message, reason="body", headers=(_CLOSE,))


def _too_many_at_once() -> RequestRejected:
    message = "Too many large requests are under way. Send yours again in a second."
    headers = (_CLOSE, ("Retry-After", "1"))
    return RequestRejected(HTTPStatus.SERVICE_UNAVAILABLE, message, reason="body", headers=headers)


def _too_slow(seconds: float) -> RequestRejected:
    message = f"The request did not arrive within {seconds:g} seconds. Send it again."
    return RequestRejected(HTTPStatus.REQUEST_TIMEOUT, message, reason="body", headers=(_CLOSE,))
