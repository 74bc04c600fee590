"""Flood guard: rejects callers and addresses that send far more requests of any kind than a client needs."""

from http import HTTPStatus

from starlette.types import ASGIApp, Receive, Scope, Send

from scenario_mcp.http_server.auth.authenticator import Caller, Hasher
from scenario_mcp.http_server.inbound_request import NotAuthenticated, RequestRejected, inbound
from scenario_mcp.http_server.limits.rate_limits import FloodGuard

FLOOD_FACTOR = 5
"""Times as many requests of any kind as calls are allowed."""
MAX_NEW_CALLERS_PER_MINUTE = 600
"""From one address: enough for a studio, too few for somebody who makes up keys."""


class FloodLimits:
    """Counters of one process, which both middlewares below share."""

    def __init__(self, calls_per_minute: int, hasher: Hasher) -> None:
        self._requests = FloodGuard(FLOOD_FACTOR * calls_per_minute)
        self._new_callers = FloodGuard(min(MAX_NEW_CALLERS_PER_MINUTE, FLOOD_FACTOR * calls_per_minute))
        self._hasher = hasher

    def count_rejected(self, scope: Scope) -> None:
        """Count a request that was not authenticated, by its address."""
        _count(self._requests, self._address_key(scope))

    def count_caller(self, scope: Scope, caller: Caller) -> None:
        """Count a request of a caller; one who is new here counts for the address, too, if anybody can make one up."""
        if not caller.is_vouched_for and not self._requests.knows(caller.key):
            _count(self._new_callers, self._address_key(scope))
        _count(self._requests, caller.key)

    def _address_key(self, scope: Scope) -> str:
        return self._hasher.of("address", scope["client"][0] if scope["client"] else "")


class RejectedFloodGuard:
    """Outside `Authenticate`: 429 in place of 401 for an address that sends too many wrong credentials."""

    def __init__(self, app: ASGIApp, limits: FloodLimits) -> None:
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        try:
            await self._app(scope, receive, send)
        except NotAuthenticated:
            self._limits.count_rejected(scope)
            raise


class CallerFloodGuard:
    """Inside `Authenticate`: 429 for a caller who sends too many requests, or an address with too many new callers."""

    def __init__(self, app: ASGIApp, limits: FloodLimits) -> None:
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        self._limits.count_caller(scope, inbound(scope).caller)
        await self._app(scope, receive, send)


def _count(guard: FloodGuard, key: str) -> None:
    """Count a request under this key; reject it if there were too many."""
    wait_seconds = guard.wait_seconds(key)
    if wait_seconds:
        message = f"Too many requests. Wait {wait_seconds} seconds, then go on more slowly."
        headers = (("Retry-After", str(wait_seconds)),)
        raise RequestRejected(HTTPStatus.TOO_MANY_REQUESTS, message, reason="flood", headers=headers)
