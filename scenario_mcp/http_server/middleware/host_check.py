"""Host check: a request must name this server, against DNS rebinding."""

from collections.abc import Iterable
from http import HTTPStatus

from starlette.types import ASGIApp, Receive, Scope, Send

from scenario_mcp.http_server.allow_list import AllowList
from scenario_mcp.http_server.inbound_request import RequestRejected, inbound, shown


class HostCheck:
    """Rejects with 421 a request whose Host header is missing, repeated or not on the allow-list."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str]) -> None:
        self._app = app
        self._hosts = AllowList(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        headers = inbound(scope).headers
        if headers.fields.get("host", "") not in self._hosts or headers.count("host") != 1:
            raise RequestRejected(
                HTTPStatus.MISDIRECTED_REQUEST,
                "The Host header does not name this server. Use the address that its operator gave you.",
                reason="host",
                for_operator=(
                    f"The Host header is {shown(headers.fields.get('host', ''))}, which SCENARIO_MCP_ALLOWED_HOSTS "
                    "does not list. Add it there if it is a name of this server."
                ),
            )
        await self._app(scope, receive, send)
