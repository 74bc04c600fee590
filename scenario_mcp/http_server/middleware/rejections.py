"""Rejections: answers a rejected request with a JSON-RPC error, counts it, and logs it within bounds."""

import logging

from starlette.types import ASGIApp, Receive, Scope, Send

from scenario_mcp.http_server.auth.authenticator import Caller
from scenario_mcp.http_server.inbound_request import ClientDisconnected, RequestRejected, inbound
from scenario_mcp.http_server.responses import error_response
from scenario_mcp.http_server.telemetry.metrics import Metrics
from scenario_mcp.logs import BoundedLog

LEVELS = {"method": logging.DEBUG, "content type": logging.INFO, "body": logging.INFO}
"""Of the reasons that a client has to deal with; those that concern the operator are warnings."""


class Rejections:
    """Turns `RequestRejected` into its response; after `ClientDisconnected` nothing is sent."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics
        self._log = BoundedLog(logging.getLogger(__name__))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        try:
            await self._app(scope, receive, send)
        except RequestRejected as rejected:
            self._metrics.record_rejection(rejected.reason)
            caller: Caller | None = getattr(inbound(scope), "caller", None)  # unset before it is known
            self._log.write(
                LEVELS.get(rejected.reason, logging.WARNING),
                rejected.reason,
                f"Request refused ({rejected.status}). {rejected.for_operator}",
                request=inbound(scope).request_id,
                reason=rejected.reason,
                address=scope["client"][0] if scope["client"] else "",
                **({"caller": caller.logged_name} if caller else {}),
            )
            response = error_response(rejected.status, rejected.message, dict(rejected.headers))
            await response(scope, receive, send)
        except ClientDisconnected:
            pass
