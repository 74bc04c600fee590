"""What a language model pays to read stays small: measured in o200k tokens on the sample catalogue."""

import pytest
from mcp.client import Client

from benchmarks.tokens import cost_of_hits, cost_of_the_tools
from scenario_mcp.server.app import build_server
from scenario_mcp.settings import Sandbox, Settings

SANDBOX = Settings(upstream=Sandbox())


async def test_the_whole_tool_list_costs_seventeen_hundred_and_fifty() -> None:
    async with Client(build_server(SANDBOX)) as client:
        assert sum((await cost_of_the_tools(client)).values()) <= 1_750


@pytest.mark.parametrize("public", [False, True])
@pytest.mark.parametrize("tool", ["search_assets", "search_models"])
async def test_a_hit_costs_sixty_tokens_and_a_page_of_twenty_fifteen_hundred(tool: str, public: bool) -> None:  # noqa: FBT001  # a parameter of the test
    async with Client(build_server(SANDBOX)) as client:
        cost = await cost_of_hits(client, tool, public=public)
    assert cost.hits > 10
    assert cost.mean_hit <= 60
    assert cost.page_of_20 <= 1_500
