"""Contract with the MCP SDK: the inner parts that `mcp_post` and `compose` use. A changing upgrade fails here.

Then adapt that module, and move the bounds of `mcp` in pyproject.toml.
"""

import inspect
from collections.abc import Callable
from typing import Any

import mcp_types as types
import pytest
from mcp.server import runner
from mcp.server.connection import Connection
from mcp.server.lowlevel import Server
from mcp.shared import inbound
from mcp.shared.exceptions import MCPError
from mcp.shared.transport_context import TransportContext

ADVICE = "has changed; scenario_mcp/http_server/mcp_post.py calls it so, and has to follow. Then move mcp's bounds."


@pytest.mark.parametrize(
    ("function", "arguments", "named"),
    [
        (runner.ServerRunner, ("server", "connection", "lifespan state"), {}),
        (runner.modern_error_data, (ValueError(),), {}),
        (Connection.from_envelope, ("2025-11-25", None, None), {}),
        (TransportContext, (), {"kind": "streamable-http", "can_send_request": False}),
        (inbound.classify_inbound_request, ({},), {"headers": {}}),
        (inbound.find_duplicated_routing_header, ([],), {}),
        (inbound.unsupported_protocol_version_rejection, ("",), {}),
        (inbound.InboundLadderRejection, (), {"code": 1, "message": ""}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_part_of_the_sdk_is_called_as_before(
    function: Callable[..., Any], arguments: tuple[Any, ...], named: dict[str, Any]
) -> None:
    try:
        inspect.signature(function).bind(*arguments, **named)
    except TypeError as error:
        pytest.fail(f"{function.__qualname__} {ADVICE} ({error})")


def test_the_sdk_s_errors_have_their_codes_and_what_it_classifies_its_fields() -> None:
    on_request = runner.ServerRunner(Server("any"), Connection.from_envelope("2025-11-25", None, None), None).on_request
    assert inspect.signature(on_request).bind("context", "method", None).args, f"ServerRunner.on_request {ADVICE}"
    assert runner.modern_error_data(MCPError(-1, "a")).code == -1, f"modern_error_data {ADVICE}"
    rejection = inbound.classify_inbound_request({"jsonrpc": "2.0", "id": 1, "method": "ping"}, headers={})
    assert isinstance(rejection, inbound.InboundLadderRejection), f"classify_inbound_request {ADVICE}"
    assert {"code", "message", "data"} <= set(dir(rejection)), f"InboundLadderRejection {ADVICE}"
    assert inbound.ERROR_CODE_HTTP_STATUS[types.HEADER_MISMATCH] == 400, f"ERROR_CODE_HTTP_STATUS {ADVICE}"
    assert inbound.MCP_PROTOCOL_VERSION_HEADER == "mcp-protocol-version", f"MCP_PROTOCOL_VERSION_HEADER {ADVICE}"


def test_the_sdk_s_own_tracing_is_the_only_middleware_that_is_replaced() -> None:
    names = [f"{type(each).__module__}.{type(each).__qualname__}" for each in Server("any").middleware]
    assert len(names) == 1, (
        f"compose.py empties Server.middleware of the SDK's tracing; now it holds {names}. Keep others."
    )
    assert "otel" in names[0].lower() or "telemetry" in names[0].lower(), (
        f"compose.py takes out {names[0]}: is it tracing?"
    )
