"""The demonstration: starts this server on the sandbox and calls its tools over stdio, as any MCP client would."""

import base64
import json
import logging
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
from rich.text import Text

from scenario_mcp import interruption, standard_streams
from scenario_mcp.ids import ResourceType
from scenario_mcp.terminal.contact_sheet import contact_sheet
from scenario_mcp.terminal.hit_list import rendered
from scenario_mcp.terminal.pictures import PictureTerminal, find_picture_terminal
from scenario_mcp.terminal.sheet_file import SheetFile
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
MAX_SENTENCE_CHARACTERS = 1500
PATIENCE_SECONDS = 120
"""How long the whole conversation may take."""
_CORRECTION = "Write: "


def run(folder: Path | None, console: Console | None = None, program: str = "scenario-mcp", by_hand: str = "") -> int:
    """Make the calls, print the hits of each and their pictures, and then how to go on.

    If the terminal cannot show pictures, or a folder is given, save them all as one contact sheet. `program` is how
    this program is called from a shell, at any later time; `by_hand` is what to paste into the settings of a host.
    Return 1 if the server fails, 2 if the pictures cannot be saved, else 0. However it ends, it says how to go on.
    """
    console = console or Console(highlight=False)
    terminal = find_picture_terminal(console, os.environ)
    sheet = SheetFile.open(folder) if terminal is None or folder is not None else None
    if sheet is not None and sheet.problem:
        _say(console, f"{sheet.problem}\n")
    demonstration = Demonstration(console, terminal)
    code = 0
    try:
        interruption.run(_bounded, demonstration)
    except* Exception:  # noqa: BLE001  # whatever ends the conversation: what to do next is the same
        sys.stderr.write(
            f"scenario-mcp: The server that the demo started has failed. To see why: {program} --sandbox\n"
        )
        code = 1
    if demonstration.pictures and sheet is not None and standard_streams.is_read(console.file):
        pictures = demonstration.pictures.values()
        code = code or _save(sheet, [*pictures], console)
    _say(console, _next_steps(program, by_hand))
    return code


async def _bounded(demonstration: "Demonstration") -> None:
    logger = logging.getLogger("mcp")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)  # of a server that fails one sentence says enough
    try:
        with anyio.fail_after(PATIENCE_SECONDS):
            await demonstration.run()
    finally:
        logger.setLevel(level)


def _save(sheet: SheetFile, pictures: list[tuple[str, bytes]], console: Console) -> int:
    path = sheet.write(contact_sheet(pictures))
    if path is None:
        _say(console, f"{sheet.problem}\n")
        return 2
    _say(console, f"The {len(pictures)} pictures of these hits are saved on one contact sheet:\n{path}\n")
    return 0


def _say(console: Console, text: str) -> None:
    """Print a text as it is; if nobody reads what is printed any more, to stderr, since it says what to do."""
    if standard_streams.is_read(console.file):
        console.print(text, markup=False, soft_wrap=True)
    else:
        sys.stderr.write(f"{text}\n")


def _next_steps(program: str, by_hand: str) -> str:
    lines = [
        "To search like this from Claude Desktop:",
        f"  {program} install claude-desktop --sandbox",
        "In your Scenario project; it asks for the API key:",
        f"  {program} install claude-desktop",
        "In a folder of your own pictures, without an account:",
        f"  {program} install claude-desktop --catalogue DIR",
        "In place of claude-desktop: cursor, vscode, codex and others, which docs/hosts.md lists.",
    ]
    return "\n".join([*lines, *([f"By hand, in the settings of a host:\n{by_hand}"] if by_hand else [])])


def server_environ(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of the demo's server: without this project's settings, which could change its answers."""
    return {name: value for name, value in environ.items() if not name.startswith("SCENARIO_")}


class Demonstration:
    """A conversation with the server, printed as it happens, until nobody reads it any more.

    `pictures` holds those of all hits: by URI, the caption and the bytes of each.
    """

    def __init__(self, console: Console, terminal: PictureTerminal | None) -> None:
        self.pictures: dict[str, tuple[str, bytes]] = {}
        self._console = console
        self._terminal = terminal

    async def run(self) -> None:
        """Start the server, make the calls and show their results."""
        parameters = StdioServerParameters(command=sys.executable, args=SERVER, env=server_environ(os.environ))
        self._console.print("Starting scenario-mcp --sandbox, as a client would: no account, no network.\n")
        async with Client(stdio_client(parameters)) as client:
            tools = await client.list_tools()
            self._console.print(f"It offers {', '.join(tool.name for tool in tools.tools)}.\n")
            found: list[dict[str, Any]] = []
            for call in CALLS:
                found += await self._show(client, call)
            if found:
                await self._look(client, found[0])
                await self._show_similar(client, found[0])

    async def _show(self, client: Client, call: ExampleCall, without: str = "") -> list[dict[str, Any]]:
        """Make one call, show its hits but for one, or its error; return the hits.

        An error that says what to write instead is followed by that call.
        """
        if not standard_streams.is_read(self._console.file):
            return []
        result = await client.call_tool(call.tool, call.arguments)
        self._show_call(call)
        if result.is_error or result.structured_content is None:
            sentence = " ".join(block.text for block in result.content if isinstance(block, types.TextContent))
            self._console.print(Text(clean(sentence, MAX_SENTENCE_CHARACTERS) + "\n"))
            arguments = _correction(sentence)
            if arguments is None:
                return []
            return await self._show(client, ExampleCall("The same, as it says", call.tool, {**arguments, "limit": 5}))
        page = result.structured_content
        hits = [hit for hit in page["hits"] if hit["id"] != without]
        self._show_hits(hits, call.tool)
        if note := str(page.get("note", "")).removeprefix(f"{without} is the reference itself. "):
            self._console.print(Text(clean(note, MAX_SENTENCE_CHARACTERS)))
        await self._show_pictures(client, hits)
        self._console.print()
        return hits

    async def _look(self, client: Client, hit: dict[str, Any]) -> None:
        """Show what a model reads that looks at a picture; the picture itself stands below its search."""
        call = ExampleCall("Look at the first one", "view_assets", {"assetIds": [hit["id"]]})
        if not standard_streams.is_read(self._console.file):
            return
        result = await client.call_tool(call.tool, call.arguments)
        self._show_call(call)
        for block in result.content:
            if isinstance(block, types.ImageContent):
                size = len(base64.b64decode(block.data))
                self._console.print(f"<picture: {block.mime_type}, {size:,} bytes>", markup=False)
            elif isinstance(block, types.TextContent):
                self._console.print(Text(clean(block.text, MAX_SENTENCE_CHARACTERS)))
        self._console.print()

    async def _show_similar(self, client: Client, hit: dict[str, Any]) -> None:
        """Show look-alikes: a reference picture comes first among its own hits, and is left out here."""
        arguments = {"images": {"like": [hit["id"]]}, "limit": 6, "offset": 0}
        await self._show(client, ExampleCall("More like the first one", "search_assets", arguments), hit["id"])

    def _show_call(self, call: ExampleCall) -> None:
        self._console.print(call.question, style="bold")
        self._console.print(f"{call.tool} {json.dumps(call.arguments)}", markup=False, style="dim", soft_wrap=True)

    def _show_hits(self, hits: list[dict[str, Any]], tool: str) -> None:
        resource_type: ResourceType = "models" if tool == "search_models" else "assets"
        self._console.print(rendered(hits, resource_type, self._console.width))

    async def _show_pictures(self, client: Client, hits: list[dict[str, Any]]) -> None:
        pictures: dict[str, tuple[str, bytes]] = {}

        async def read(hit: dict[str, Any]) -> None:
            pictures[hit["uri"]] = (hit.get("name", hit["id"]), await _read_picture(client, hit["uri"]))

        async with anyio.create_task_group() as group:
            for hit in hits:
                group.start_soon(read, hit)
        in_order = {hit["uri"]: pictures[hit["uri"]] for hit in hits}
        self.pictures |= {uri: (caption, data) for uri, (caption, data) in in_order.items() if data}
        if self._terminal is not None:
            self._terminal.show([*in_order.values()])


def _correction(sentence: str) -> dict[str, Any] | None:
    """Return the call that an error says to write; None if it says none."""
    _, _, text = sentence.partition(_CORRECTION)
    try:
        arguments = json.JSONDecoder().raw_decode(text)[0]
    except ValueError:
        return None
    return arguments if isinstance(arguments, dict) else None


async def _read_picture(client: Client, uri: str) -> bytes:
    """Return the bytes of the picture; empty if the server has no picture."""
    try:
        contents = (await client.read_resource(uri)).contents
    except MCPError:
        return b""
    return b"".join(base64.b64decode(part.blob) for part in contents if isinstance(part, types.BlobResourceContents))
