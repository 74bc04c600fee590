"""Host check: a request must name this server, against DNS rebinding."""

from collections.abc import Iterable
from http import HTTPStatus

from starlette.types import ASGIApp, Receive, Scope, Send

from scenario_mcp.http_server.allow_list import AllowList
from scenario_mcp.http_server.inbound_request import RequestRejected, inbound


class HostCheck:
    """Rejects with 421 a request whose Host header is missing, repeated or not on the allow-list."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str]) -> None:
        self._app = app
        self._hosts = AllowList(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        headers = inbound(scope).headers
        if headers.fields.get("host", "") not in self._hosts or headers.count("host") != 1:
            message = "The Host header does not name this server. SCENARIO_MCP_ALLOWED_HOSTS lists its names."
            raise RequestRejected(HTTPStatus.MISDIRECTED_REQUEST, message, reason="host")
        await self._app(scope, receive, send)
