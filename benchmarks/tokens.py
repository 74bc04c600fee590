"""What a language model pays to read: tokens (o200k) of the tool list, of hits and of pages, on the sample catalogue.

    python benchmarks/tokens.py

Of the tool list only what a model sees is counted: names, descriptions, input schemas. `tests/rendering/test_budget.py`
holds the bounds.
"""

import json
from functools import cache
from typing import Any, NamedTuple

import anyio
from mcp.client import Client

from scenario_mcp.server.app import build_server
from scenario_mcp.settings import Sandbox, Settings

MAX_TOOL_LIST, MAX_MEAN_HIT, MAX_PAGE_OF_20 = 1_750, 110, 2_400
EVERYTHING = "createdAt >= 0001-01-01"


class Cost(NamedTuple):
    """Tokens of one tool's answers: the mean hit over all pages, the first page of 20, and how many hits there are."""

    hits: int
    mean_hit: float
    page_of_20: int


def tokens(value: Any) -> int:
    """Count the tokens of a text, or of a value as compact JSON."""
    text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return len(_encoding().encode(text))


@cache
def _encoding() -> Any:
    """Return the encoder: asking the library for it costs far more than a text."""
    import bpe_openai  # reads its tables for a second or two, and those who only import this module count nothing

    return bpe_openai.get_encoding("o200k_base")


async def cost_of_the_tools(client: Client) -> dict[str, int]:
    """Return each tool's tokens, as a model is shown it."""
    tools = (await client.list_tools()).tools
    return {
        tool.name: tokens({"name": tool.name, "description": tool.description, "input_schema": tool.input_schema})
        for tool in tools
    }


async def cost_of_hits(client: Client, tool: str, **arguments: Any) -> Cost:
    """List everything that a tool finds, page by page."""
    asked: dict[str, Any] = {"filter": EVERYTHING, "limit": 20, "offset": 0, **arguments}
    hits: list[Any] = []
    first_page = 0
    while True:
        result = await client.call_tool(tool, asked)
        page = result.structured_content
        first_page = first_page or tokens(page)
        hits += page["hits"]
        if "next" not in page:
            return Cost(len(hits), sum(map(tokens, hits)) / len(hits), first_page)
        asked |= page["next"]


async def _print() -> None:
    async with Client(build_server(Settings(upstream=Sandbox()))) as client:
        tools = await cost_of_the_tools(client)
        for name, count in tools.items():
            print(f"{name:24}{count:8} tokens")
        print(f"{'all tools':24}{sum(tools.values()):8} tokens, at most {MAX_TOOL_LIST}")
        print(f"{'instructions':24}{tokens(client.instructions or ''):8} tokens\n")
        print(f"{'':32}{'hits':>6}{'mean hit':>10}{'page of 20':>12}")
        for tool in ("search_assets", "search_models"):
            for public in (False, True):
                cost = await cost_of_hits(client, tool, public=public)
                label = f"{tool}{' public' if public else ''}"
                print(f"{label:32}{cost.hits:6}{cost.mean_hit:10.1f}{cost.page_of_20:12}")
        print(f"{'at most':32}{'':6}{MAX_MEAN_HIT:10}{MAX_PAGE_OF_20:12}")


if __name__ == "__main__":
    anyio.run(_print)
