"""Rejections: answers a rejected request with a JSON-RPC error, and counts it."""

from starlette.types import ASGIApp, Receive, Scope, Send

from scenario_mcp.http_server.inbound_request import ClientDisconnected, RequestRejected
from scenario_mcp.http_server.responses import error_response
from scenario_mcp.http_server.telemetry.metrics import Metrics


class Rejections:
    """Turns `RequestRejected` into its response; after `ClientDisconnected` nothing is sent."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        try:
            await self._app(scope, receive, send)
        except RequestRejected as rejected:
            self._metrics.record_rejection(rejected.reason)
            response = error_response(rejected.status, rejected.message, dict(rejected.headers))
            await response(scope, receive, send)
        except ClientDisconnected:
            pass
