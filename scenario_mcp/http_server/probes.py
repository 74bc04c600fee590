"""Pages for load balancers, meters and OAuth clients: /livez, /readyz, /metrics and documents that never change."""

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scenario_mcp.http_server.drain import Drain
from scenario_mcp.http_server.responses import JSON
from scenario_mcp.http_server.telemetry.metrics import CONTENT_TYPE, Metrics

Page = tuple[int, str, bytes]
"""Status, content type, body."""


def probe_routes(metrics: Metrics, drain: Drain, redis_state: Callable[[], str]) -> list[Route]:
    """Return the routes of the pages that tell how this process is."""

    def readiness() -> Page:
        state = {"status": "draining" if drain.has_begun else "ready", "redis": redis_state()}
        status = HTTPStatus.SERVICE_UNAVAILABLE if drain.has_begun else HTTPStatus.OK
        return status, JSON, json.dumps(state).encode()

    return [
        _route("/livez", lambda: (HTTPStatus.OK, JSON, b'{"status":"alive"}')),
        _route("/readyz", readiness),
        _route("/metrics", lambda: (HTTPStatus.OK, CONTENT_TYPE, metrics.render())),
    ]


def document_routes(documents: Mapping[str, Mapping[str, Any]]) -> list[Route]:
    """Return the routes of JSON documents by path."""
    pages = {path: json.dumps(document).encode() for path, document in documents.items()}
    return [_route(path, lambda body=body: (HTTPStatus.OK, JSON, body)) for path, body in pages.items()]  # type: ignore[misc]  # mypy cannot tell a default's type


def _route(path: str, page: Callable[[], Page]) -> Route:
    async def respond(_request: Request) -> Response:
        status, content_type, body = page()
        return Response(body, status, {"content-type": content_type, "cache-control": "no-store"})

    return Route(path, respond)
