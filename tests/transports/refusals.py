"""What the server answers to a line that is not a message, and a server of our own with handlers that misbehave."""

import sys
from pathlib import Path
from typing import Any

from tests.support.raw_stdio import Server, ping

NOT_JSON = {"code": -32700, "message": "That is not JSON."}
NOT_UTF8 = {"code": -32700, "message": "That is not UTF-8."}
NOT_PLAIN = {"code": -32700, "message": "That is not JSON, or not plain UTF-8."}
NO_MESSAGE = {"code": -32600, "message": "That is JSON, but not a JSON-RPC 2.0 message."}
A_BATCH = {"code": -32600, "message": "Batches of messages are not taken: send each by itself."}
BEYOND_BOUNDS = {"code": -32600, "message": "That is nested too deeply, or a number in it is too long."}
BAD_ID = {"code": -32600, "message": "An id must be a string of Unicode characters or a whole number."}
TOO_LONG = {"code": -32600, "message": "A message may have 16777216 bytes."}

_OWN_SERVER = """
import sys
import anyio, mcp_types as types
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError
from scenario_mcp.transports import stdio

async def list_tools(context, params):
    print("a stray print")
    sys.stdout.write("and a stray write\\n")
    assert sys.stdin.read() == ""
    return types.ListToolsResult(tools=[])

async def call_tool(context, params):
    await context.session.report_progress(1, 2, "half of \\ud83d")
    if params.name == "fails":
        raise MCPError(-32603, "It failed at \\udcff.", data={"\\ud800": ["\\udfff", 1]})
    content = [types.TextContent(text="caf\\u00e9 \\ud800 \\U0001f600")]
    return types.CallToolResult(content=content, structured_content={"text": "\\udc00"})

anyio.run(stdio.serve, Server("own", on_list_tools=list_tools, on_call_tool=call_tool))
"""
OWN_SERVER = (sys.executable, "-c", _OWN_SERVER)
"""Its handlers print to stdout and answer with half characters."""


async def check_refusals(server: Server, *cases: tuple[bytes, Any, dict[str, Any]]) -> None:
    """Send each line; it is refused so, and a good request after it is answered."""
    for line, request_id, error in cases:
        expected = {"jsonrpc": "2.0", "id": request_id, "error": error}
        assert await server.ask(line) == expected, line[:200]
        assert await server.ask(ping("next")) == {"jsonrpc": "2.0", "id": "next", "result": {}}


def peak_megabytes(server: Server) -> float:
    """Return the most that it has had in memory: some 56 MB before any message, and twice a message as it grows."""
    status = Path(f"/proc/{server.process.pid}/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024
