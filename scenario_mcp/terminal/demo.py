"""The demonstration: starts this server on the sandbox and calls its tools over stdio, as any MCP client would."""

import base64
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import anyio
import mcp_types as types
from mcp import MCPError
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from rich.console import Console
from rich.table import Table
from rich.text import Text

from scenario_mcp import interruption
from scenario_mcp.errors import SettingsRefused
from scenario_mcp.terminal.contact_sheet import contact_sheet
from scenario_mcp.terminal.pictures import PictureTerminal, find_picture_terminal
from scenario_mcp.text import clean


class ExampleCall(NamedTuple):
    """One call to show: what a person asks for, and the tool call that a model turns it into."""

    question: str
    tool: str
    arguments: dict[str, Any]


CALLS = (
    ExampleCall("Find knight portraits", "search_assets", {"query": "knight portrait", "limit": 5, "offset": 0}),
    ExampleCall(
        "The newest pixel art, safe for work",
        "search_assets",
        {
            "filter": "kind = image AND tags = pixel-art AND nsfw IS EMPTY",
            "sortBy": ["createdAt:desc"],
            "limit": 5,
            "offset": 0,
        },
    ),
    ExampleCall("Which models draw in ink?", "search_models", {"query": "ink", "limit": 3, "offset": 0}),
    ExampleCall("A filter as models often write it", "search_assets", {"filter": "prompt:dragon and kind == image"}),
)
SERVER = ["-m", "scenario_mcp", "--sandbox"]
COLUMNS = ("id", "name", "kind", "type", "createdAt", "tags", "about")
MAX_CELL_CHARACTERS = 60
MAX_SENTENCE_CHARACTERS = 1500


def run(folder: Path, console: Console | None = None, program: str = "scenario-mcp") -> int:
    """Make the calls, print the hits of each as a table and their pictures; return 1 if the server fails, else 0.

    If the terminal cannot show pictures, save them all as one contact sheet in `folder`. `program` is how this program
    is called from a shell, at any later time.

    Raises:
        SettingsRefused: the contact sheet cannot be saved there.

    """
    console = console or Console(highlight=False)
    demonstration = Demonstration(console, find_picture_terminal(console, os.environ))
    has_failed = False
    try:
        interruption.run(demonstration.run)
    except* MCPError:
        has_failed = True
    if has_failed:
        sys.stderr.write(f"scenario-mcp: The server that the demo started has failed. To see why, run: {_command()}\n")
        return 1
    if demonstration.unseen:
        path = folder / "scenario-mcp-demo.png"
        try:
            path.write_bytes(contact_sheet([*demonstration.unseen.values()]))
        except OSError as error:
            raise SettingsRefused(
                f"The pictures cannot be saved in {folder}: {error.strerror}. Try --save-to."
            ) from error
        console.print(f"The {len(demonstration.unseen)} pictures of these hits are saved on one contact sheet:")
        console.print(f"{path.resolve()}\n", markup=False, soft_wrap=True)
    console.print("To search like this from Claude Desktop:")
    console.print(f"{program} install claude-desktop --sandbox", markup=False, soft_wrap=True)
    console.print(
        "In its place cursor, vscode, codex or another host; without --sandbox it searches your Scenario project."
    )
    return 0


def _command() -> str:
    return f"{sys.executable} {' '.join(SERVER)}"


def server_environ(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of the demo's server: without this project's settings, which could change its answers."""
    return {name: value for name, value in environ.items() if not name.startswith("SCENARIO_")}


class Demonstration:
    """A conversation with the server, printed as it happens.

    `unseen` holds the pictures that the terminal cannot show: by URI, the caption and the bytes of each.
    """

    def __init__(self, console: Console, terminal: PictureTerminal | None) -> None:
        self.unseen: dict[str, tuple[str, bytes]] = {}
        self._console = console
        self._terminal = terminal

    async def run(self) -> None:
        """Start the server, make the calls and show their results."""
        parameters = StdioServerParameters(command=sys.executable, args=SERVER, env=server_environ(os.environ))
        self._console.print("Starting scenario-mcp --sandbox, as a client would: no account, no network.\n")
        async with Client(stdio_client(parameters)) as client:
            tools = await client.list_tools()
            self._console.print(f"It offers {', '.join(tool.name for tool in tools.tools)}.\n")
            found = [hit for call in CALLS for hit in await self._show(client, call)]
            if found:
                arguments = {"images": {"like": [found[0]["id"]]}, "limit": 5, "offset": 0}
                await self._show(client, ExampleCall("More like the first one", "search_assets", arguments))

    async def _show(self, client: Client, call: ExampleCall) -> list[dict[str, Any]]:
        """Make one call, show its hits or its error, return the hits."""
        result = await client.call_tool(call.tool, call.arguments)
        self._console.print(call.question, style="bold")
        self._console.print(f"{call.tool} {json.dumps(call.arguments)}", markup=False, style="dim", soft_wrap=True)
        if result.is_error or result.structured_content is None:
            for block in result.content:
                if isinstance(block, types.TextContent):
                    self._console.print(Text(clean(block.text, MAX_SENTENCE_CHARACTERS) + "\n"))
            return []
        page = result.structured_content
        self._console.print(hit_table(page["hits"]))
        if "note" in page:
            self._console.print(Text(clean(page["note"], MAX_SENTENCE_CHARACTERS)))
        await self._show_pictures(client, page["hits"])
        self._console.print()
        return list(page["hits"])

    async def _show_pictures(self, client: Client, hits: list[dict[str, Any]]) -> None:
        pictures: dict[str, tuple[str, bytes]] = {}

        async def read(hit: dict[str, Any]) -> None:
            pictures[hit["uri"]] = (hit.get("name", hit["id"]), await _read_picture(client, hit["uri"]))

        async with anyio.create_task_group() as group:
            for hit in hits:
                group.start_soon(read, hit)
        in_order = {hit["uri"]: pictures[hit["uri"]] for hit in hits}
        if self._terminal is None:
            self.unseen |= {uri: (caption, data) for uri, (caption, data) in in_order.items() if data}
        else:
            self._terminal.show([*in_order.values()])


async def _read_picture(client: Client, uri: str) -> bytes:
    """Return the bytes of the picture; empty if the server has no picture."""
    try:
        contents = (await client.read_resource(uri)).contents
    except MCPError:
        return b""
    return b"".join(base64.b64decode(part.blob) for part in contents if isinstance(part, types.BlobResourceContents))


def hit_table(hits: list[dict[str, Any]]) -> Table:
    """Make a table of hits: strangers' text in it is cleaned, and never read as markup."""
    names = [name for name in COLUMNS if any(name in hit for hit in hits)]
    table = Table()
    for name in names:
        table.add_column(name, no_wrap=name == "id")
    for hit in hits:
        table.add_row(*(Text(clean(str(hit.get(name, "")), MAX_CELL_CHARACTERS)) for name in names))
    return table
