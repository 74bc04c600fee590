"""Clients of other versions, each in an environment of its own: run with `pytest -m compat`."""

import json
import subprocess
import sys
import venv
from pathlib import Path

import pytest

CLIENT_OF_THE_1_LINE = """
import asyncio, base64, json, sys
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

async def main():
    parameters = StdioServerParameters(command=sys.argv[1], args=["-m", "scenario_mcp", "--sandbox"])
    async with stdio_client(parameters) as streams, ClientSession(*streams) as session:
        protocol = (await session.initialize()).protocolVersion
        tools = [tool.name for tool in (await session.list_tools()).tools]
        seen = {"protocol": protocol, "tools": tools, "pictures": []}
        for tool, query in (("search_assets", "knight"), ("search_models", "pixel")):
            result = await session.call_tool(tool, {"query": query})
            assert json.loads(result.content[0].text) == result.structuredContent
            (contents,) = (await session.read_resource(result.structuredContent["hits"][0]["uri"])).contents
            seen["pictures"].append([contents.mimeType, base64.b64decode(contents.blob)[8:12].decode()])
        found = await session.call_tool("search_assets", {"query": "castle", "limit": 1})
        looked = await session.call_tool("view_assets", {"assetIds": [found.structuredContent["hits"][0]["id"]]})
        seen["looked"] = [block.type for block in looked.content]
        refused = await session.call_tool("search_assets", {})
        seen["refused"] = refused.isError
        print(json.dumps(seen))

asyncio.run(main())
"""


@pytest.mark.compat
@pytest.mark.parametrize("version", ["1.30.0"])
def test_a_client_of_the_1_line_lists_calls_and_reads(tmp_path: Path, version: str) -> None:
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", f"mcp=={version}"], check=True, timeout=300)  # noqa: S603  # our own command
    script = tmp_path / "client.py"
    script.write_text(CLIENT_OF_THE_1_LINE, "utf-8")
    finished = subprocess.run(  # noqa: S603  # our own command
        [python, script, sys.executable], capture_output=True, text=True, check=True, timeout=60
    )
    seen = json.loads(finished.stdout)
    assert seen == {
        "protocol": seen["protocol"],
        "tools": ["search_assets", "search_models", "view_assets", "get_models", "list_tags_and_collections"],
        "pictures": [["image/webp", "WEBP"], ["image/webp", "WEBP"]],
        "looked": ["text", "image"],
        "refused": True,
    }
    assert seen["protocol"] in {"2025-06-18", "2025-11-25"}
