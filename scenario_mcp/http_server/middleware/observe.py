"""Observation of MCP requests: metrics, the fields of log lines, and the trace that a caller has begun."""

import time

from starlette.types import ASGIApp, Receive, Scope, Send

from scenario_mcp import logs
from scenario_mcp.http_server.inbound_request import inbound
from scenario_mcp.http_server.telemetry import tracing
from scenario_mcp.http_server.telemetry.metrics import Metrics


class Observe:
    """Records a request from when its body has arrived until it is answered or dropped."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        request = inbound(scope)
        started = time.perf_counter()
        self._metrics.request_started()
        with logs.call(request=request.request_id, caller=request.caller.logged_name) as known:
            try:
                with tracing.continue_trace(request.headers):
                    await self._app(scope, receive, send)
            finally:
                self._metrics.request_ended()
                self._metrics.record_request(known, time.perf_counter() - started)
