"""A pass-through on the SDK's `lowlevel.Server`, as one who has read its documentation writes it."""

import json
import logging
import os
import sys
from typing import Any

import anyio
import httpx
import mcp_types as types
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

SEARCH_ASSETS = types.Tool(
    name="search_assets",
    description="Search assets.",
    input_schema={
        "type": "object",
        "properties": {
            "query": {"type": "string"},
            "filter": {"type": "string"},
            "limit": {"type": "integer"},
            "offset": {"type": "integer"},
        },
    },
)
client = httpx.AsyncClient(
    base_url=os.environ["SCENARIO_BASE_URL"],
    auth=(os.environ["SCENARIO_SDK_API_KEY"], os.environ["SCENARIO_SDK_API_SECRET"]),
)


async def list_tools(_context: Any, _params: types.PaginatedRequestParams | None) -> types.ListToolsResult:
    """List the one tool."""
    return types.ListToolsResult(tools=[SEARCH_ASSETS])


async def call_tool(_context: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
    """Pass the search through."""
    reply = await client.post("/search/assets", json=params.arguments)
    reply.raise_for_status()
    answer = reply.json()
    text = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
    return types.CallToolResult(content=[types.TextContent(type="text", text=text)], structured_content=answer)


server = Server("lowlevel", on_list_tools=list_tools, on_call_tool=call_tool)


async def serve() -> None:
    """Serve over stdio."""
    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    if sys.argv[1:2] == ["--http"]:
        import uvicorn

        app = server.streamable_http_app(stateless_http=True, json_response=True)
        uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), log_level="error", access_log=False)
    else:
        anyio.run(serve)
