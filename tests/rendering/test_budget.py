"""What a language model pays to read stays small: measured in o200k tokens on the sample catalogue."""

import pytest
from mcp.client import Client

from benchmarks.tokens import MAX_MEAN_HIT, MAX_PAGE_OF_20, MAX_TOOL_LIST, cost_of_hits, cost_of_the_tools
from scenario_mcp.server.app import build_server
from scenario_mcp.settings import Sandbox, Settings

SANDBOX = Settings(upstream=Sandbox())


async def test_the_whole_tool_list_costs_seventeen_hundred_and_fifty() -> None:
    async with Client(build_server(SANDBOX)) as client:
        assert sum((await cost_of_the_tools(client)).values()) <= MAX_TOOL_LIST


@pytest.mark.parametrize("public", [False, True])
@pytest.mark.parametrize("tool", ["search_assets", "search_models"])
async def test_a_hit_costs_a_hundred_and_ten_tokens_and_a_page_of_twenty_2400(tool: str, public: bool) -> None:  # noqa: FBT001  # a parameter of the test
    async with Client(build_server(SANDBOX)) as client:
        cost = await cost_of_hits(client, tool, public=public)
    assert cost.hits > 10
    assert cost.mean_hit <= MAX_MEAN_HIT
    assert cost.page_of_20 <= MAX_PAGE_OF_20
