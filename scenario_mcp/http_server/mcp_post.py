"""MCP in one HTTP exchange: a POST is one request, its answer one JSON body, and nothing is kept between two.

The SDK's own stateless transport makes a task group, four streams and a session for each request, which costs more CPU
than the search, and holds a newer protocol's request up with a listing of all tools. This one asks the SDK's kernel
(`serve_one`) itself. Sources: MCP's specification of 2025-11-25 and 2026-07-28, Streamable HTTP.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, NamedTuple

import anyio
import mcp_types as types
from mcp.server.connection import Connection
from mcp.server.lowlevel import Server
from mcp.server.runner import modern_error_data, serve_one
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
from pydantic_core import PydanticSerializationError, to_json
from starlette.datastructures import Headers

from scenario_mcp import logs
from scenario_mcp.backend import Backend
from scenario_mcp.http_server.telemetry.metrics import METHODS
from scenario_mcp.transports import jsonrpc

PROTOCOL_VERSION_WHEN_SILENT = "2025-03-26"
"""What a client speaks that names no version, by the specification of 2025-06-18."""

_TRANSPORT = TransportContext(kind="streamable-http", can_send_request=False)


class Reply(NamedTuple):
    """A status and a JSON body, empty where there is nothing to answer."""

    status: int
    body: bytes = b""


class _Exchange:
    """The SDK's `DispatchContext` of a request whose client hears nothing before the answer."""

    transport = _TRANSPORT
    message_metadata = None
    can_send_request = False

    def __init__(self, request_id: types.RequestId) -> None:
        self.request_id = request_id
        self.cancel_requested = anyio.Event()

    async def send_raw_request(
        self, method: str, _params: Mapping[str, Any] | None, _opts: CallOptions | None = None
    ) -> dict[str, Any]:
        raise NoBackChannelError(method)

    async def notify(self, method: str, params: Mapping[str, Any] | None, opts: CallOptions | None = None) -> None:
        """Drop it: there is no stream that it could travel on."""

    async def progress(self, progress: float, total: float | None = None, message: str | None = None) -> None:
        """Drop it, as above."""


async def exchange(server: Server[Backend], backend: Backend, headers: Headers, body: bytes) -> Reply:
    """Answer one message for the caller whose backend this is; none of what goes wrong is raised."""
    version = headers.get(MCP_PROTOCOL_VERSION_HEADER)
    is_modern = version is not None and version not in HANDSHAKE_PROTOCOL_VERSIONS
    message = jsonrpc.parse(body)
    if isinstance(message, bytes):
        return Reply(HTTPStatus.BAD_REQUEST, message)
    if isinstance(message, types.JSONRPCRequest):
        if is_modern:
            return await _answer_modern(server, backend, headers, message)
        connection = Connection.from_envelope(version or PROTOCOL_VERSION_WHEN_SILENT, None, None)
        return Reply(HTTPStatus.OK, _line(message, await _answer(server, backend, connection, message)))
    if is_modern and isinstance(message, types.JSONRPCNotification):
        rejection = unsupported_protocol_version_rejection(version or "")
        if rejection is not None:
            return _rejected(rejection, None)
    elif is_modern:
        line = jsonrpc.serialize_error(
            None, types.INVALID_REQUEST, "The server asks nothing, so there is nothing to answer."
        )
        return Reply(HTTPStatus.BAD_REQUEST, line)
    logs.note(outcome="ok")
    return Reply(HTTPStatus.ACCEPTED)  # nothing is under way that a notification could be about


async def _answer_modern(
    server: Server[Backend], backend: Backend, headers: Headers, request: types.JSONRPCRequest
) -> Reply:
    """Answer a request that says of itself, in its body and its headers, what it is."""
    items = headers.items()
    fields = dict(items)  # `dict(headers)` would search all of them for each
    duplicated = find_duplicated_routing_header(items)
    if duplicated is not None:
        message = f"The header {duplicated} comes more than once."
        return _rejected(InboundLadderRejection(code=types.HEADER_MISMATCH, message=message), request.id)
    raw = {"jsonrpc": "2.0", "id": request.id, "method": request.method}
    route = classify_inbound_request(
        {**raw, "params": request.params} if request.params is not None else raw, headers=fields
    )
    if isinstance(route, InboundLadderRejection):
        return _rejected(route, request.id)
    connection = Connection.from_envelope(route.protocol_version, route.client_info, route.client_capabilities)
    answer = await _answer(server, backend, connection, request)
    code = answer.error.code if isinstance(answer, types.JSONRPCError) else 0
    return Reply(ERROR_CODE_HTTP_STATUS.get(code, HTTPStatus.OK), _line(request, answer))


async def _answer(
    server: Server[Backend], backend: Backend, connection: Connection, request: types.JSONRPCRequest
) -> dict[str, Any] | types.JSONRPCError:
    context = _Exchange(request.id)
    # What the SDK answers by itself passes no handler that would note these.
    with logs.call(method=request.method if request.method in METHODS else "other") as known:
        try:
            result = await serve_one(
                server, context, request.method, request.params, connection=connection, lifespan_state=backend
            )
        except Exception as error:  # noqa: BLE001  # the SDK knows what of it may be said, and logs the rest
            known.setdefault("outcome", "refused")
            return types.JSONRPCError(jsonrpc="2.0", id=request.id, error=modern_error_data(error))
        known.setdefault("outcome", "ok")
    return result


def _line(request: types.JSONRPCRequest, answer: dict[str, Any] | types.JSONRPCError) -> bytes:
    if isinstance(answer, types.JSONRPCError):
        return jsonrpc.serialize(answer)
    try:
        return to_json({"jsonrpc": "2.0", "id": request.id, "result": answer})
    except PydanticSerializationError:  # a character that is none
        return jsonrpc.serialize(types.JSONRPCResponse(jsonrpc="2.0", id=request.id, result=answer))


def _rejected(rejection: InboundLadderRejection, request_id: types.RequestId | None) -> Reply:
    error = types.ErrorData(code=rejection.code, message=rejection.message, data=rejection.data)
    line = jsonrpc.serialize(types.JSONRPCError(jsonrpc="2.0", id=request_id, error=error))
    return Reply(ERROR_CODE_HTTP_STATUS.get(rejection.code, HTTPStatus.BAD_REQUEST), line)
