"""The tools as they are published are those of the models."""

from mcp.client import Client

from scenario_mcp.server import published, results
from scenario_mcp.server.app import build_server
from scenario_mcp.server.tools import TOOLS
from scenario_mcp.server.tools.search import OF_OWN_FILES
from scenario_mcp.settings import Sandbox, Settings
from scripts.published.__main__ import PATH, text


def test_what_is_published_of_the_tools_is_what_their_models_say() -> None:
    assert PATH.read_text("utf-8") == text(), "Run `python -m scripts.published`, and look at what has changed."


async def test_a_client_is_told_what_is_published() -> None:
    async with Client(build_server(Settings(upstream=Sandbox()))) as client:
        listed = (await client.list_tools()).tools
    assert listed == [results.listed_tool(tool) for tool in TOOLS.values()]


def test_only_the_search_of_assets_says_more_where_files_of_ones_own_are_searched() -> None:
    pairs = zip(published.tools(of_own_files=False), published.tools(of_own_files=True), strict=True)
    told = {own["name"]: own["description"].removeprefix(tool["description"]) for tool, own in pairs}
    assert told == {**dict.fromkeys(TOOLS, ""), "search_assets": f" {OF_OWN_FILES}"}
