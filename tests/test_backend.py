"""What opens behind the tools: the live API or the sandbox, once, when first asked for."""

from typing import Any

import anyio
import pytest

from scenario_mcp.api.requests import AssetSearch
from scenario_mcp.backend import open_scenario, own_backend
from scenario_mcp.credentials import Credentials
from scenario_mcp.errors import NotAuthorized, Unavailable
from scenario_mcp.ids import Subject
from scenario_mcp.settings import Live, Sandbox, Settings
from tests.support.fakes import API_KEY, API_SECRET, picture
from tests.support.faulty_upstream import Exchange, Upstream, answer


async def test_the_sandbox_answers_through_the_same_client() -> None:
    async with open_scenario(Settings(upstream=Sandbox())) as scenario:
        page = await scenario.client.search_assets(AssetSearch(query="castle").resolve())
    assert page.hits


async def test_the_live_api_is_asked_where_the_settings_say() -> None:
    settings = Settings(Credentials("key", "secret"), Live("http://127.0.0.1:9/v1"))
    async with open_scenario(settings) as scenario:
        with pytest.raises(Unavailable, match=r"could not be reached at 127\.0\.0\.1:9"):
            await scenario.client.search_assets(AssetSearch(query="castle").resolve())


async def test_without_either_it_names_both_ways_out() -> None:
    with pytest.raises(NotAuthorized, match=r"SCENARIO_SDK_API_KEY .* SCENARIO_MCP_SANDBOX=1"):
        async with open_scenario(Settings()):
            raise AssertionError


async def test_many_first_calls_at_once_open_it_once() -> None:
    opened = []
    async with own_backend(Settings(upstream=Sandbox())) as backend:

        async def ask() -> None:
            opened.append(await backend.scenario())

        async with anyio.create_task_group() as tasks:
            for _ in range(20):
                tasks.start_soon(ask)
    assert len(opened) == 20
    assert len({id(scenario) for scenario in opened}) == 1


@pytest.mark.promise(number=17)
async def test_no_connection_that_carried_a_credential_fetches_a_picture() -> None:
    peers: list[Any] = []

    async def behave(exchange: Exchange) -> None:
        peers.append(exchange.writer.get_extra_info("peername"))
        is_search = exchange.received.line.startswith("POST /v1/search/assets ")
        await answer({"hits": [{"id": "a"}]} if is_search else picture())(exchange)

    async with Upstream(behave) as upstream:
        origin = upstream.base_url.removesuffix("/v1")
        settings = Settings(Credentials(API_KEY, API_SECRET), Live(upstream.base_url), cdn_hosts=("127.0.0.1",))
        async with open_scenario(settings) as scenario:
            await scenario.client.search_assets(AssetSearch(query="castle").resolve())
            scenario.pictures.remember([(Subject("assets", "a"), f"{origin}/a.png")])
            assert (await scenario.pictures.read(Subject("assets", "a"))).data == picture()
    assert ["authorization" in each.headers for each in upstream.received] == [True, False]
    assert peers[0] != peers[1]
