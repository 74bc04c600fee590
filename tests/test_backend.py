"""What opens behind the tools: the live API or the sandbox, once, when first asked for."""

import anyio
import pytest

from scenario_mcp.backend import Backend, open_scenario
from scenario_mcp.errors import NotAuthorized
from scenario_mcp.settings import Settings
from scenario_mcp.wire import AssetSearch


async def test_the_sandbox_answers_through_the_same_client() -> None:
    async with open_scenario(Settings(sandbox=True)) as scenario:
        page = await scenario.client.search_assets(AssetSearch(query="castle"))
    assert page.hits


async def test_the_live_api_is_opened_without_asking_it_anything() -> None:
    async with open_scenario(Settings(api_key="key", api_secret="secret")) as scenario:
        assert scenario.client


async def test_without_either_it_names_both_ways_out() -> None:
    with pytest.raises(NotAuthorized, match=r"SCENARIO_SDK_API_KEY .* SCENARIO_MCP_SANDBOX=1"):
        async with open_scenario(Settings()):
            raise AssertionError


async def test_many_first_calls_at_once_open_it_once() -> None:
    opened = []
    async with Backend(Settings(sandbox=True)) as backend:

        async def ask() -> None:
            opened.append(await backend.scenario())

        async with anyio.create_task_group() as tasks:
            for _ in range(20):
                tasks.start_soon(ask)
    assert len(opened) == 20
    assert len({id(scenario) for scenario in opened}) == 1
