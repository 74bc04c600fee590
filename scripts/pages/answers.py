"""What the sandbox answers to the examples on the pages: searches as JSON, and filters in tables.

A search is a block of JSON below `<!-- call: TOOL -->`; the line that begins with `→` below it says what it finds. A
table below `<!-- filters: TOOL -->` has the filter in its second column, and what comes of it in its third.
"""

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

from mcp.client import Client
from mcp_types import TextContent

from scenario_mcp.server.app import build_server
from scenario_mcp.settings import Sandbox, Settings

EXAMPLES = ("docs/searching.md", "docs/filters.md", "docs/pictures.md")
"""Pages with examples."""
SHOWN_HITS = 4
_CALL = re.compile(r"(?s)<!-- call: (\w+) -->\n```json\n(.*?)\n```\n\n→[^\n]*\n")
_TABLE = re.compile(r"<!-- filters: (\w+) -->\n((?:\|[^\n]*\n)+)")
_ROW = re.compile(r"(?m)^\| ([^|]*) \| `([^`]*)` \| [^|]* \|$")


async def answered(text: str) -> str:
    """Return a page with the answers of today."""
    async with Client(build_server(Settings(upstream=Sandbox()))) as client:

        async def call(found: re.Match[str]) -> str:
            tool, arguments = found[1], json.loads(found[2])
            return f"<!-- call: {tool} -->\n```json\n{found[2]}\n```\n\n→ {await _found(client, tool, arguments)}\n"

        async def table(found: re.Match[str]) -> str:
            tool = found[1]

            async def row(cells: re.Match[str]) -> str:
                return f"| {cells[1]} | `{cells[2]}` | {await _counted(client, tool, cells[2])} |"

            return f"<!-- filters: {tool} -->\n{await _replaced(_ROW, found[2], row)}"

        return await _replaced(_TABLE, await _replaced(_CALL, text, call), table)


async def _replaced(pattern: re.Pattern[str], text: str, new: Callable[[re.Match[str]], Awaitable[str]]) -> str:
    parts, end = [], 0
    for found in pattern.finditer(text):
        parts += [text[end : found.start()], await new(found)]
        end = found.end()
    return "".join([*parts, text[end:]])


async def _found(client: Client, tool: str, arguments: dict[str, Any]) -> str:
    """Name the first hits, with the note of the page."""
    page, refusal = await _answer(client, tool, arguments)
    if page is None:
        return refusal
    names = [hit.get("name") or hit["id"] for hit in page["hits"]]
    more = f", and {len(names) - SHOWN_HITS} more" if len(names) > SHOWN_HITS else ""
    note = page.get("note", "").replace("There may be more: repeat with next.", "").strip()
    return f"{', '.join(f'*{name}*' for name in names[:SHOWN_HITS])}{more}.{f' {note}' if note else ''}"


async def _counted(client: Client, tool: str, text: str) -> str:
    """Count the hits, with how the filter was read."""
    page, refusal = await _answer(client, tool, {"filter": text, "page": 1, "hitsPerPage": 1})
    if page is None:
        _, refusal = await _answer(client, tool, {"filter": text})  # without what only counts
        return refusal.removeprefix("filter: ")
    what = tool.removeprefix("search_")
    note = page.get("note", "").replace("There may be more: repeat with next.", "").strip()
    return f"{page['total']} {what if page['total'] != 1 else what[:-1]}{f'. {note}' if note else ''}"


async def _answer(client: Client, tool: str, arguments: dict[str, Any]) -> tuple[dict[str, Any] | None, str]:
    result = await client.call_tool(tool, arguments)
    if result.is_error or result.structured_content is None:
        return None, " ".join(block.text for block in result.content if isinstance(block, TextContent))
    return result.structured_content, ""
