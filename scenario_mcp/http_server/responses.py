"""Responses of the HTTP server: JSON bytes as they are, and errors in the form of JSON-RPC."""

from collections.abc import Mapping

import mcp_types as types
from starlette.responses import Response

from scenario_mcp.transports import jsonrpc

JSON = "application/json"


def json_response(status: int, body: bytes, headers: Mapping[str, str] | None = None) -> Response:
    """Return a response with a body that is JSON already."""
    return Response(body, status, headers, JSON)


def error_response(status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return a rejection as JSON-RPC clients read it: an error without the id of a request."""
    return json_response(status, jsonrpc.serialize_error(None, types.INVALID_REQUEST, message), headers)
