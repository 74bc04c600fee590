"""MCP's logging: a client that asks for it is told how each of its requests was answered.

Up to protocol 2025-11-25 a client sets a level for its connection; from then on it names one with each request.
"""

from collections.abc import Mapping
from typing import Any

import mcp_types as types
from mcp.server.connection import allowed_log_levels
from mcp.server.lowlevel import Server
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

from scenario_mcp.backend import Backend
from scenario_mcp.errors import NotFound, SearchRefused
from scenario_mcp.server.context import Context

LEVELS: tuple[types.LoggingLevel, ...] = (
    "debug",
    "info",
    "notice",
    "warning",
    "error",
    "critical",
    "alert",
    "emergency",
)
_CLIENTS_MISTAKES = frozenset({SearchRefused.__name__, NotFound.__name__})
LEVEL_OF_OUTCOME: Mapping[str, types.LoggingLevel] = {"ok": "info", "refused": "notice", "error": "warning"}


def serve_levels(server: Server[Backend]) -> None:
    """Let a client set its level; `Server` has a parameter for that, but it warns of deprecation."""
    server.add_request_handler("logging/setLevel", types.SetLevelRequestParams, _set_level)


async def _set_level(context: Context, params: types.SetLevelRequestParams) -> types.EmptyResult:
    context.lifespan_context.client_log_level = params.level
    return types.EmptyResult()


async def notify(context: Context, known: Mapping[str, Any]) -> None:
    """Send a client the logged facts of its request, if its level asks for such an outcome."""
    level = LEVEL_OF_OUTCOME.get(known["outcome"], "error")
    if known.get("error") in _CLIENTS_MISTAKES:
        level = "notice"
    if context.protocol_version in MODERN_PROTOCOL_VERSIONS:
        is_wanted = level in allowed_log_levels(context.protocol_version, context.meta)
    else:
        least = context.lifespan_context.client_log_level
        is_wanted = least is not None and LEVELS.index(level) >= LEVELS.index(least)
    if is_wanted:
        params = types.LoggingMessageNotificationParams(level=level, logger="scenario-mcp", data=dict(known))
        await context.session.send_notification(
            types.LoggingMessageNotification(params=params), related_request_id=context.request_id
        )
