"""MCP in one HTTP exchange: a POST is one request, its answer one JSON body, and nothing is kept between two.

The SDK's own stateless transport makes a task group, four streams and a session for each request, which costs more CPU
than the search, and holds a newer protocol's request up with a listing of all tools. This one asks the SDK's kernel
(`ServerRunner`) itself. Sources: MCP's specification of 2025-11-25 and 2026-07-28, Streamable HTTP.
"""

import codecs
from collections.abc import Callable, Mapping
from functools import cached_property
from http import HTTPStatus
from typing import Any

import anyio
import mcp_types as types
from mcp.server.connection import Connection
from mcp.server.lowlevel import Server
from mcp.server.runner import ServerRunner, modern_error_data
from mcp.shared.dispatcher import CallOptions
from mcp.shared.exceptions import NoBackChannelError
from mcp.shared.inbound import (
    ERROR_CODE_HTTP_STATUS,
    MCP_PROTOCOL_VERSION_HEADER,
    InboundLadderRejection,
    classify_inbound_request,
    find_duplicated_routing_header,
    unsupported_protocol_version_rejection,
)
from mcp.shared.transport_context import TransportContext
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from scenario_mcp import logs
from scenario_mcp.backend import Backend
from scenario_mcp.http_server.auth.authenticator import Caller
from scenario_mcp.http_server.inbound_headers import InboundHeaders
from scenario_mcp.http_server.inbound_request import inbound
from scenario_mcp.http_server.responses import json_response
from scenario_mcp.http_server.telemetry.metrics import METHODS
from scenario_mcp.transports import jsonrpc

PROTOCOL_VERSION_WHEN_SILENT = "2025-03-26"
"""What a client speaks that names no version, by the specification of 2025-06-18."""

_TRANSPORT = TransportContext(kind="streamable-http", can_send_request=False)


class McpEndpoint:
    """The ASGI app inside all middlewares: answers one message for the caller whom they have found."""

    def __init__(self, server: Server[Backend], backend_of: Callable[[Caller], Backend]) -> None:
        self._server = server
        self._backend_of = backend_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        request = inbound(scope)
        backend = self._backend_of(request.caller)
        response = await answer_post(self._server, backend, request.headers, request.body)
        await response(scope, receive, send)


class _PostContext:
    """The SDK's `DispatchContext` of a request whose client hears nothing before the answer."""

    transport = _TRANSPORT
    message_metadata = None
    can_send_request = False

    def __init__(self, request_id: types.RequestId) -> None:
        self.request_id = request_id

    @cached_property
    def cancel_requested(self) -> anyio.Event:
        """Never set: whoever gives up closes the connection. Made when somebody asks, since nobody does."""
        return anyio.Event()

    async def send_raw_request(
        self, method: str, _params: Mapping[str, Any] | None, _opts: CallOptions | None = None
    ) -> dict[str, Any]:
        raise NoBackChannelError(method)

    async def notify(self, method: str, params: Mapping[str, Any] | None, opts: CallOptions | None = None) -> None:
        """Drop it: there is no stream that it could travel on."""

    async def progress(self, progress: float, total: float | None = None, message: str | None = None) -> None:
        """Drop it, as above."""


async def answer_post(server: Server[Backend], backend: Backend, headers: InboundHeaders, body: bytes) -> Response:
    """Return the response to one message for the caller whose backend this is; errors are responses, too."""
    version = headers.fields.get(MCP_PROTOCOL_VERSION_HEADER) or None
    is_stateless = version is not None and version not in HANDSHAKE_PROTOCOL_VERSIONS
    message = jsonrpc.parse(body.removeprefix(codecs.BOM_UTF8))
    if isinstance(message, bytes):
        return json_response(HTTPStatus.BAD_REQUEST, message)
    if isinstance(message, types.JSONRPCRequest):
        if is_stateless:
            return await _answer_stateless(server, backend, headers, message)
        connection = Connection.from_envelope(version or PROTOCOL_VERSION_WHEN_SILENT, None, None)
        return json_response(HTTPStatus.OK, _line(message, await _dispatch(server, backend, connection, message)))
    if is_stateless and isinstance(message, types.JSONRPCNotification):
        rejection = unsupported_protocol_version_rejection(version or "")
        if rejection is not None:
            return _rejected(rejection, None)
    elif is_stateless:
        line = jsonrpc.serialize_error(
            None, types.INVALID_REQUEST, "This server sends no requests, so it takes no answers."
        )
        return json_response(HTTPStatus.BAD_REQUEST, line)
    logs.note(outcome="ok")
    return Response(b"", HTTPStatus.ACCEPTED)  # nothing is under way that a notification could be about


async def _answer_stateless(
    server: Server[Backend], backend: Backend, headers: InboundHeaders, request: types.JSONRPCRequest
) -> Response:
    """Answer a request that says of itself, in its body and its headers, what it is."""
    duplicated = find_duplicated_routing_header(headers.items())
    if duplicated is not None:
        message = f"The header {duplicated} comes more than once."
        return _rejected(InboundLadderRejection(code=types.HEADER_MISMATCH, message=message), request.id)
    if not (request.params and "_meta" in request.params):  # of an older protocol, but of a version that is none
        unsupported = unsupported_protocol_version_rejection(headers.fields[MCP_PROTOCOL_VERSION_HEADER])
        if unsupported is not None:
            return _rejected(unsupported, request.id)
    raw = {"jsonrpc": "2.0", "id": request.id, "method": request.method}
    route = classify_inbound_request(
        {**raw, "params": request.params} if request.params is not None else raw, headers=headers.fields
    )
    if isinstance(route, InboundLadderRejection):
        return _rejected(route, request.id)
    connection = Connection.from_envelope(route.protocol_version, route.client_info, route.client_capabilities)
    answer = await _dispatch(server, backend, connection, request)
    code = answer.error.code if isinstance(answer, types.JSONRPCError) else 0
    return json_response(ERROR_CODE_HTTP_STATUS.get(code, HTTPStatus.OK), _line(request, answer))


async def _dispatch(
    server: Server[Backend], backend: Backend, connection: Connection, request: types.JSONRPCRequest
) -> dict[str, Any] | types.JSONRPCError:
    context = _PostContext(request.id)
    # What the SDK answers by itself passes no handler that would note these.
    with logs.call(method=request.method if request.method in METHODS else "other") as known:
        try:
            # Without `serve_one`, which then closes what handlers have put on the connection's stack: ours put nothing.
            result = await ServerRunner(server, connection, backend).on_request(context, request.method, request.params)
        except Exception as error:  # noqa: BLE001  # the SDK knows what of it may be said, and logs the rest
            known.setdefault("outcome", "refused")
            return types.JSONRPCError(jsonrpc="2.0", id=request.id, error=modern_error_data(error))
        known.setdefault("outcome", "ok")
    return result


def _line(request: types.JSONRPCRequest, answer: dict[str, Any] | types.JSONRPCError) -> bytes:
    if isinstance(answer, types.JSONRPCError):
        return jsonrpc.serialize(answer)
    return jsonrpc.serialize_result(request.id, answer)


def _rejected(rejection: InboundLadderRejection, request_id: types.RequestId | None) -> Response:
    error = types.ErrorData(code=rejection.code, message=rejection.message, data=rejection.data)
    line = jsonrpc.serialize(types.JSONRPCError(jsonrpc="2.0", id=request_id, error=error))
    return json_response(ERROR_CODE_HTTP_STATUS.get(rejection.code, HTTPStatus.BAD_REQUEST), line)
