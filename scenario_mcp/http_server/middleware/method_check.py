"""Method check: MCP's endpoint takes POST alone."""

from http import HTTPStatus

from starlette.types import ASGIApp, Receive, Scope, Send

from scenario_mcp.http_server.inbound_request import RequestRejected


class MethodCheck:
    """Rejects every method but POST with 405, before it looks at anything else."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["method"] != "POST":
            message = "Send MCP messages by POST: this server keeps no sessions and sends nothing by itself."
            raise RequestRejected(HTTPStatus.METHOD_NOT_ALLOWED, message, reason="method", headers=(("Allow", "POST"),))
        await self._app(scope, receive, send)
