"""The server over HTTP as an ASGI app: its pages, and the middlewares that a request to MCP's endpoint passes."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from mcp.server.lowlevel import Server
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Lifespan, Receive, Scope, Send

from scenario_mcp.backend import Backend
from scenario_mcp.http_server.access_lists import programs_pages
from scenario_mcp.http_server.auth.authenticator import Authenticator, Hasher
from scenario_mcp.http_server.backends import Backends
from scenario_mcp.http_server.drain import Drain
from scenario_mcp.http_server.mcp_post import McpEndpoint
from scenario_mcp.http_server.middleware.authenticate import Authenticate
from scenario_mcp.http_server.middleware.body_limit import BodyLimit
from scenario_mcp.http_server.middleware.content_type_check import ContentTypeCheck
from scenario_mcp.http_server.middleware.cors import Cors
from scenario_mcp.http_server.middleware.disconnect import CancelOnDisconnect
from scenario_mcp.http_server.middleware.flood_guard import CallerFloodGuard, FloodLimits, RejectedFloodGuard
from scenario_mcp.http_server.middleware.host_check import HostCheck
from scenario_mcp.http_server.middleware.method_check import MethodCheck
from scenario_mcp.http_server.middleware.observe import Observe
from scenario_mcp.http_server.middleware.origin_check import OriginCheck
from scenario_mcp.http_server.middleware.rejections import Rejections
from scenario_mcp.http_server.middleware.request_context import RequestContext
from scenario_mcp.http_server.middleware.usual_paths import UsualPaths
from scenario_mcp.http_server.probes import document_routes, probe_routes
from scenario_mcp.http_server.responses import error_response
from scenario_mcp.http_server.settings import MCP_PATH, HttpSettings
from scenario_mcp.http_server.telemetry.metrics import Metrics


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of one server process."""

    server: Server[Backend]
    authenticator: Authenticator
    backends: Backends
    hasher: Hasher
    metrics: Metrics
    drain: Drain
    redis_state: Callable[[], str]
    documents: Mapping[str, Mapping[str, Any]]
    """JSON objects by path that tell OAuth clients how to sign in."""
    resources: tuple[AbstractAsyncContextManager[Any], ...]

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Open what has to be closed, in the order of `resources`, and close it in the end."""
        async with AsyncExitStack() as stack:
            for resource in self.resources:
                await stack.enter_async_context(resource)
            yield


def build_app(parts: Parts, http: HttpSettings, lifespan: Lifespan[Starlette] | None = None) -> ASGIApp:
    """Return the app of one process; its parts have to be open while it serves."""
    floods = FloodLimits(http.calls_per_minute, parts.hasher)
    endpoint = _within(
        McpEndpoint(parts.server, parts.backends.of),
        Middleware(RequestContext, lambda: parts.drain.has_begun),
        Middleware(Rejections, parts.metrics),
        Middleware(MethodCheck),
        Middleware(HostCheck, http.allowed_hosts),
        Middleware(OriginCheck, http.allowed_origins),
        Middleware(ContentTypeCheck),
        Middleware(RejectedFloodGuard, floods),
        Middleware(
            Authenticate,
            parts.authenticator,
            listens_on_loopback=http.is_loopback,
            programs_pages=programs_pages(http.allowed_origins),
        ),
        Middleware(CallerFloodGuard, floods),
        Middleware(BodyLimit),
        Middleware(Observe, parts.metrics),
        Middleware(CancelOnDisconnect),
    )
    pages = Starlette(
        routes=[
            *probe_routes(parts.metrics, parts.drain, parts.redis_state),
            *document_routes(parts.documents),
        ],
        exception_handlers={HTTPStatus.NOT_FOUND: _not_found, HTTPStatus.METHOD_NOT_ALLOWED: _method_not_allowed},
        lifespan=lifespan,
    )
    pages.router.redirect_slashes = False
    return _within(
        _McpFirst(endpoint, pages),
        Middleware(Cors, http.allowed_origins),
        Middleware(UsualPaths, (MCP_PATH, *parts.documents)),
    )


def _within(app: ASGIApp, *middlewares: Middleware) -> ASGIApp:
    """Return the app inside middlewares, the outermost first."""
    for each in reversed(middlewares):
        app = each.cls(app, *each.args, **each.kwargs)
    return app


class _McpFirst:
    """Leads to MCP's endpoint or to the pages, whose routing would take longer than all middlewares of the endpoint."""

    def __init__(self, endpoint: ASGIApp, pages: ASGIApp) -> None:
        self._endpoint = endpoint
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_of_mcp = scope["type"] == "http" and scope["path"] == MCP_PATH
        await (self._endpoint if is_of_mcp else self._pages)(scope, receive, send)


async def _not_found(_request: Request, _error: Exception) -> Response:
    return error_response(HTTPStatus.NOT_FOUND, f"There is nothing here. MCP is at {MCP_PATH}.")


async def _method_not_allowed(_request: Request, _error: Exception) -> Response:
    """Answer 405 for the pages; Starlette itself would list their methods in any order."""
    return Response(b"", HTTPStatus.METHOD_NOT_ALLOWED, {"allow": "GET, HEAD"})
