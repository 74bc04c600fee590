"""The demonstration: this server on the sandbox, started and asked over stdio as any MCP client would."""

import base64
import json
import os
import sys
from pathlib import Path
from typing import Any, NamedTuple

import anyio
import mcp_types as types
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from rich.console import Console
from rich.table import Table

from scenario_mcp.errors import SettingsRefused


class Search(NamedTuple):
    """One search to show: what a person would ask, and the call that a model makes of it."""

    wish: str
    tool: str
    arguments: dict[str, Any]


SEARCHES = (
    Search("Find knight portraits", "search_assets", {"query": "knight portrait", "limit": 5, "offset": 0}),
    Search(
        "The newest pixel art, safe for work",
        "search_assets",
        {
            "filter": "kind = image AND tags = pixel-art AND nsfw IS EMPTY",
            "sortBy": ["createdAt:desc"],
            "limit": 5,
            "offset": 0,
        },
    ),
    Search("Which models draw in ink?", "search_models", {"query": "ink", "limit": 3, "offset": 0}),
    Search("A filter as models often write it", "search_assets", {"filter": "prompt:dragon and kind == image"}),
)
SERVER = ["-m", "scenario_mcp", "--sandbox"]
COLUMNS = ("id", "name", "kind", "tags", "about")


def run(folder: Path, console: Console | None = None) -> int:
    """Run the searches, print each as a table, save one picture into `folder`; return the exit code.

    Raises:
        SettingsRefused: the picture cannot be saved there.

    """
    console = console or Console(highlight=False)
    picture_uri, data, mime_type = anyio.run(_search, console)
    path = folder / f"scenario-mcp-demo.{mime_type.rpartition('/')[2]}"
    try:
        path.write_bytes(data)
    except OSError as error:
        raise SettingsRefused(f"The picture cannot be saved in {folder}: {error.strerror}. Try --save-to.") from error
    console.print(f"Read {picture_uri}\nand saved the picture as {path.resolve()}\n", soft_wrap=True)
    console.print("To search like this from Claude Desktop or another MCP client, give it this command:")
    console.print(f"{sys.executable} {' '.join(SERVER)}", soft_wrap=True)
    return 0


async def _search(console: Console) -> tuple[str, bytes, str]:
    """Return the picture of the first hit: its URI, bytes and MIME type."""
    parameters = StdioServerParameters(command=sys.executable, args=SERVER, env=dict(os.environ))
    console.print("Starting scenario-mcp --sandbox, as a client would: no account, no network.\n")
    async with Client(stdio_client(parameters)) as client:
        tools = await client.list_tools()
        console.print(f"It offers {', '.join(tool.name for tool in tools.tools)}.\n")
        picture_uri = ""
        for search in SEARCHES:
            result = await client.call_tool(search.tool, search.arguments)
            _print_result(console, search, result)
            if not picture_uri and result.structured_content:
                picture_uri = result.structured_content["hits"][0]["uri"]
        more = Search(
            "More like the first one",
            "search_assets",
            {"images": {"like": [picture_uri.split("/")[3]]}, "limit": 5, "offset": 0},
        )
        _print_result(console, more, await client.call_tool(more.tool, more.arguments))
        (contents,) = (await client.read_resource(picture_uri)).contents
    if not isinstance(contents, types.BlobResourceContents):  # pragma: no cover  # a picture is a blob
        raise TypeError(contents)
    return picture_uri, base64.b64decode(contents.blob), contents.mime_type or ""


def _print_result(console: Console, search: Search, result: types.CallToolResult) -> None:
    console.print(f"[bold]{search.wish}[/bold]", highlight=False)
    console.print(f"{search.tool} {json.dumps(search.arguments)}", markup=False, style="dim", soft_wrap=True)
    if result.is_error or result.structured_content is None:
        for block in result.content:
            if isinstance(block, types.TextContent):
                console.print(f"{block.text}\n", markup=False)
        return
    page = result.structured_content
    names = [name for name in COLUMNS if any(name in hit for hit in page["hits"])]
    table = Table()
    for name in names:
        table.add_column(name, no_wrap=name == "id")
    for hit in page["hits"]:
        table.add_row(*(str(hit.get(name, "")) for name in names))
    console.print(table)
    if "note" in page:
        console.print(page["note"], markup=False)
    console.print()
