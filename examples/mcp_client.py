# /// script
# requires-python = ">=3.11"
# dependencies = ["mcp>=2.3,<3"]
# ///
"""A plain MCP client: searches with a filter, looks at the pictures, finds more like the first.

Run: uv run examples/mcp_client.py (once before: uv tool install .)
"""

import base64
from typing import Any

import anyio
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp_types import CallToolResult

SERVER = StdioServerParameters(command="scenario-mcp", args=["--sandbox"])


async def main() -> None:
    """Search, look, and search by a picture."""
    async with Client(stdio_client(SERVER)) as scenario:
        knights = await search(scenario, query="knight", filter="kind = image AND tags = pixel-art", limit=4)
        print("Pixel-art knights:", *map(described, knights), sep="\n  - ")

        seen = await call(scenario, "view_assets", assetIds=[knight["id"] for knight in knights], size=256)
        print("\nWhat a model is given to look at:")
        for block in seen.content:
            if block.type == "text":
                print("  text:", block.text.splitlines()[0][:100])
            elif block.type == "image":
                print(f"  picture: {block.mime_type}, {len(base64.b64decode(block.data)):,} bytes")

        first = knights[0]["id"]
        alike = await search(scenario, images={"like": [first]}, filter="NOT tags = pixel-art", limit=4)
        print("\nLike the first, in other styles:", *map(described, alike), sep="\n  - ")


async def search(scenario: Client, **arguments: Any) -> list[dict[str, Any]]:
    """Return the hits of one page."""
    result = await call(scenario, "search_assets", **arguments)
    return (result.structured_content or {})["hits"]


async def call(scenario: Client, tool: str, **arguments: Any) -> CallToolResult:
    """Call a tool; the text of its error says what to do."""
    result = await scenario.call_tool(tool, arguments)
    if result.is_error:
        raise SystemExit(result.content[0].text)
    return result


def described(hit: dict[str, Any]) -> str:
    """Say in a line what was found."""
    return f"{hit['name']} ({hit['width']} x {hit['height']})"


anyio.run(main)
