"""Origin check: web pages of other origins may not call, whatever their browser lets them send."""

from collections.abc import Iterable
from http import HTTPStatus

from starlette.types import ASGIApp, Receive, Scope, Send

from scenario_mcp.http_server.allow_list import AllowList
from scenario_mcp.http_server.inbound_request import MAX_SHOWN_CHARACTERS, RequestRejected, inbound, shown
from scenario_mcp.text import clean


class OriginCheck:
    """Rejects with 403 a request whose Origin header is not on the allow-list."""

    def __init__(self, app: ASGIApp, origins: Iterable[str]) -> None:
        self._app = app
        self._origins = AllowList(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        origin = inbound(scope).headers.fields.get("origin")
        if origin is not None and origin not in self._origins:
            raise RequestRejected(
                HTTPStatus.FORBIDDEN,
                "Pages of this origin may not call this server. Ask its operator to allow the origin.",
                reason="origin",
                for_operator=(
                    f"A page of the origin {_without_link(origin)} called, which SCENARIO_MCP_ALLOWED_ORIGINS does not "
                    "list. Add it there if its pages may call."
                ),
            )
        await self._app(scope, receive, send)


def _without_link(origin: str) -> str:
    """Return an origin as the log shows it, which takes every address out."""
    scheme, separator, host = origin.partition("://")
    return f"{shown(host)} ({clean(scheme, MAX_SHOWN_CHARACTERS)})" if separator else shown(origin)
