"""What is wrong with the parameters of a request, and where: the SDK says no more than that something is.

Arguments of tools are none of this: `server.arguments` reads them.
"""

from collections.abc import Mapping
from typing import Any

import mcp_types as types
from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.shared.exceptions import MCPError
from pydantic import ValidationError

from scenario_mcp.backend import Backend
from scenario_mcp.server.context import echo

_WANTED = {"missing": "is missing", "model_type": "should be an object", "dict_type": "should be an object"}
"""By pydantic's kind of mistake, in place of its words, which may name a class."""


async def name_what_is_wrong(ctx: ServerRequestContext[Backend], call_next: CallNext) -> HandlerResult:
    """Answer a request; a middleware of the SDK's server."""
    try:
        return await call_next(ctx)
    except ValidationError as error:
        raise MCPError(types.INVALID_PARAMS, _explain(error, ctx.params)) from None


def _explain(error: ValidationError, params: Mapping[str, Any] | None) -> str:
    """Say where the first mistake is, and what is wanted there, without what stands there."""
    first = error.errors(include_url=False, include_input=False)[0]
    place = ["params"]
    value: Any = params
    for part in first["loc"][1:] if first["loc"][:1] == ("params",) else first["loc"]:
        is_there = isinstance(value, Mapping) and part in value
        if is_there or first["type"] == "missing":
            place.append(str(part))
        value = value[part] if is_there and isinstance(value, Mapping) else None
    wanted = _WANTED.get(first["type"]) or first["msg"].replace("Input should", "should", 1)
    return f"Invalid request parameters: {echo('.'.join(place))} {wanted}."
