"""Content-Type check: a message must be JSON, which no web page can send without a preflight request."""

from http import HTTPStatus

from starlette.types import ASGIApp, Receive, Scope, Send

from scenario_mcp.http_server.inbound_request import RequestRejected, inbound
from scenario_mcp.http_server.responses import JSON


class ContentTypeCheck:
    """Rejects with 415 a request whose Content-Type is not JSON."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if inbound(scope).headers.fields.get("content-type", "").partition(";")[0].strip().lower() != JSON:
            message = "Send MCP messages with Content-Type: application/json."
            raise RequestRejected(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, message, reason="content type")
        await self._app(scope, receive, send)
