"""Origin check: web pages of other origins may not call, whatever their browser lets them send."""

from collections.abc import Iterable
from http import HTTPStatus

from starlette.types import ASGIApp, Receive, Scope, Send

from scenario_mcp.http_server.allow_list import AllowList
from scenario_mcp.http_server.inbound_request import RequestRejected, inbound


class OriginCheck:
    """Rejects with 403 a request whose Origin header is not on the allow-list."""

    def __init__(self, app: ASGIApp, origins: Iterable[str]) -> None:
        self._app = app
        self._origins = AllowList(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        origin = inbound(scope).headers.fields.get("origin")
        if origin is not None and origin not in self._origins:
            message = (
                "Pages of this origin may not call this server. SCENARIO_MCP_ALLOWED_ORIGINS lists those that may."
            )
            raise RequestRejected(HTTPStatus.FORBIDDEN, message, reason="origin")
        await self._app(scope, receive, send)
