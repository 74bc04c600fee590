"""Contract with the MCP SDK: what `transports/` and `server/` use of its inner parts. An upgrade may break it.

Then adapt the module that is named, and move the bounds of `mcp` in pyproject.toml.
"""

import dataclasses
import inspect

from mcp.server import connection
from mcp.server.caching import CacheHint
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.runner import ServerRunner
from mcp.shared.dispatcher import DispatchContext, Outbound, coerce_request_id
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

from scenario_mcp.transports import dispatch

ADVICE = "has changed. Adapt it, then move the bounds of mcp in pyproject.toml."
HANDLERS = (
    *("on_list_tools", "on_call_tool", "on_list_resources", "on_list_resource_templates", "on_read_resource"),
    *("on_list_prompts", "on_get_prompt", "on_completion"),
)


def test_a_server_takes_the_handlers_that_ours_has() -> None:
    parameters = set(inspect.signature(Server).parameters)
    wanted = {"version", "title", "description", "instructions", "cache_hints", "lifespan", *HANDLERS}
    assert wanted <= parameters, f"server/app.py passes {sorted(wanted - parameters)} to Server, which {ADVICE}"
    assert set(inspect.signature(CacheHint).parameters) >= {"ttl_ms", "scope"}, f"server/app.py: CacheHint {ADVICE}"


def test_a_server_has_a_kernel_that_answers_one_message_at_a_time() -> None:
    where = "transports/dispatch.py:"
    parameters = [*inspect.signature(ServerRunner).parameters]
    assert parameters[:3] == ["server", "connection", "lifespan_state"], f"{where} ServerRunner {ADVICE}"
    server = Server[None]("x")
    runner = ServerRunner(server, connection.Connection.from_envelope("2025-11-25", None, None), None)
    for handle in (runner.on_request, runner.on_notify):
        assert [*inspect.signature(handle).parameters] == ["dctx", "method", "params"], f"{where} ServerRunner {ADVICE}"
    assert callable(server.lifespan), f"{where} Server.lifespan {ADVICE}"


def test_what_the_kernel_asks_of_a_message_is_what_ours_have() -> None:
    names = {name for name in (*vars(DispatchContext), *vars(Outbound)) if not name.startswith("_")}
    ours = {*dir(dispatch.MessageContext), "request_id"}
    assert names <= ours, f"transports/dispatch.py: DispatchContext {ADVICE} It lacks {sorted(names - ours)}."


def test_a_server_takes_a_handler_for_the_level_of_the_log() -> None:
    parameters = [*inspect.signature(Server.add_request_handler).parameters]
    assert len(parameters) >= 4, f"server/client_logging.py: Server.add_request_handler {ADVICE}"
    assert callable(connection.allowed_log_levels), f"server/client_logging.py: allowed_log_levels {ADVICE}"
    assert "2026-07-28" in MODERN_PROTOCOL_VERSIONS, f"server/client_logging.py: MODERN_PROTOCOL_VERSIONS {ADVICE}"


def test_a_server_has_middlewares_that_see_a_request_and_its_result() -> None:
    server = Server[None]("x")
    assert isinstance(server.middleware, list), f"server/tool_calls.py: Server.middleware {ADVICE}"
    assert dataclasses.is_dataclass(ServerRequestContext), f"server/tool_calls.py: ServerRequestContext {ADVICE}"


def test_ids_are_told_apart_as_the_sdk_does() -> None:
    assert (coerce_request_id("7"), coerce_request_id(7), coerce_request_id("a")) == (7, 7, "a"), (
        f"transports/dispatch.py: coerce_request_id {ADVICE}"
    )


def test_a_handler_can_tell_who_asks_and_in_which_protocol() -> None:
    names = {*ServerRequestContext.__annotations__, *dir(ServerRequestContext)}
    names |= {name for base in ServerRequestContext.__mro__ for name in getattr(base, "__annotations__", {})}
    wanted = {"session", "lifespan_context", "request_id", "protocol_version", "method"}
    assert wanted <= names, f"server/context.py: ServerRequestContext lost {sorted(wanted - names)} and {ADVICE}"
