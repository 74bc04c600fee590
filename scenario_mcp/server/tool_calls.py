"""A tool's call, whose result is sent as the tool wrote it.

The SDK checks every value of a result against its models, copies it and has it written anew, which costs more than to
make it. So it gets an empty result to complete for the client's protocol, and `send_as_written` puts the real one in.
"""

from dataclasses import dataclass
from typing import Any

from mcp.server.context import CallNext, HandlerResult, ServerRequestContext

from scenario_mcp.backend import Backend


@dataclass(kw_only=True)
class ToolCall(ServerRequestContext[Backend]):
    """A request for a tool, and its result in MCP's words."""

    result: dict[str, Any] | None = None

    def finish(self, result: dict[str, Any]) -> dict[str, Any]:
        """Keep the result; return what the SDK is told of it."""
        self.result = result
        return {"content": [], "isError": False, "resultType": "complete"}


async def send_as_written(ctx: ServerRequestContext[Backend], call_next: CallNext) -> HandlerResult:
    """Answer a request; a middleware of the SDK's server."""
    if ctx.method != "tools/call":
        return await call_next(ctx)
    call = ToolCall(**vars(ctx))
    completed = await call_next(call)
    if call.result is None or not isinstance(completed, dict):
        return completed
    result = {**completed, **call.result}
    if "_meta" in completed and "_meta" in call.result:
        result["_meta"] = {**call.result["_meta"], **completed["_meta"]}
    return result
