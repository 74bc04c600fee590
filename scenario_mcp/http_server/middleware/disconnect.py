"""Disconnects: cancels a call whose client has closed the connection."""

import asyncio

from starlette.types import ASGIApp, Receive, Scope, Send

from scenario_mcp.http_server.inbound_request import ClientDisconnected

FIRST_LOOK_SECONDS = 1.0
"""Nobody looks earlier whether the client is still there: most calls are over by then."""


class CancelOnDisconnect:
    """Cancels what is inside it and raises `ClientDisconnected`, if the client leaves before the answer."""

    def __init__(self, app: ASGIApp, *, first_look_seconds: float = FIRST_LOOK_SECONDS) -> None:
        self._app = app
        self._first_look_seconds = first_look_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, whose body has been read."""
        call = asyncio.current_task()
        assert call is not None  # noqa: S101  # a coroutine runs in a task
        watch = _Watch(receive, call, self._first_look_seconds)
        try:
            await self._app(scope, receive, send)
        except asyncio.CancelledError:
            if watch.has_cancelled and call.uncancel() == 0:  # nobody else has
                raise ClientDisconnected from None
            raise
        finally:
            watch.end()


class _Watch:
    """Waits for the client to disconnect, from `first_look_seconds` on."""

    def __init__(self, receive: Receive, call: asyncio.Task[object], first_look_seconds: float) -> None:
        self._receive = receive
        self._call = call
        self.has_cancelled = False
        self._task: asyncio.Task[None] | None = None
        self._timer = asyncio.get_running_loop().call_later(first_look_seconds, self._begin)

    def _begin(self) -> None:
        self._task = asyncio.create_task(self._wait())

    async def _wait(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self.has_cancelled = True
        self._call.cancel()

    def end(self) -> None:
        """Stop waiting."""
        self._timer.cancel()
        if self._task:
            self._task.cancel()
