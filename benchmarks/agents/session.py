"""The server as an MCP host sees it: what it passes on to a model of instructions, tools and results."""

import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import mcp_types as types
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.shared.exceptions import MCPError

CALL_SECONDS = 60.0


@dataclass(frozen=True)
class Result:
    """The result of one call: its text, with a placeholder for each picture; structured content is not told twice."""

    text: str
    is_error: bool = False
    pictures: int = 0
    page: Mapping[str, Any] | None = None

    @cached_property
    def hit_ids(self) -> tuple[str, ...]:
        """The ids of the hits in their order."""
        return tuple(str(hit["id"]) for hit in (self.page or {}).get("hits", ()))

    @property
    def total(self) -> int | None:
        """How many matches there are in all, if the answer says so or shows them all."""
        page = self.page or {}
        if page.get("total") is not None:
            return int(page["total"])
        return len(self.hit_ids) if "hits" in page and "next" not in page else None


class Session:
    """A connection to the server, and what it offers."""

    def __init__(self, client: Client, tools: list[dict[str, Any]]) -> None:
        self._client = client
        self.instructions = client.instructions or ""
        self.tools = tools
        """Name, description and input schema of each tool: what hosts give a model."""

    @classmethod
    async def of(cls, client: Client) -> "Session":
        """Ask a connected client for its tools."""
        listed = (await client.list_tools()).tools
        tools = [
            {"name": tool.name, "description": tool.description, "input_schema": tool.input_schema} for tool in listed
        ]
        return cls(client, tools)

    async def call(self, tool: str, arguments: Mapping[str, Any]) -> Result:
        """Call a tool; what is refused is a result, too."""
        try:
            result = await self._client.call_tool(tool, dict(arguments), read_timeout_seconds=CALL_SECONDS)
        except MCPError as error:
            return Result(error.message, is_error=True)
        blocks = [_told(block) for block in result.content]
        return Result(
            "\n".join(blocks),
            is_error=bool(result.is_error),
            pictures=sum(isinstance(block, types.ImageContent) for block in result.content),
            page=result.structured_content,
        )


@asynccontextmanager
async def sandbox_session() -> AsyncIterator[Session]:
    """Start `scenario-mcp --sandbox` as hosts do, and connect to it over stdio."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("SCENARIO_")}
    arguments = ["-m", "scenario_mcp", "--sandbox"]
    parameters = StdioServerParameters(command=sys.executable, args=arguments, env=environ)
    async with Client(stdio_client(parameters)) as client:
        yield await Session.of(client)


def _told(block: types.ContentBlock) -> str:
    if isinstance(block, types.TextContent):
        return block.text
    if isinstance(block, types.ImageContent):
        return f"[picture: {block.mime_type}]"
    return f"[{block.type}]"
