"""What a person picks and fills in, and the ids that are offered for the blanks."""

import re

import pytest
from mcp.client import Client
from mcp.shared.exceptions import MCPError
from mcp.types import INVALID_PARAMS, PromptReference, ResourceTemplateReference, TextContent

from scenario_mcp.net import connections
from scenario_mcp.recent_ids import MAX_REMEMBERED, RecentIds
from scenario_mcp.server import prompts
from scenario_mcp.server.app import build_server
from scenario_mcp.server.completions import MAX_COMPLETIONS
from scenario_mcp.server.prompts import PROMPTS, PromptRefused, fill_in, find
from scenario_mcp.settings import Sandbox, Settings
from tests.support.fakes import API_SECRET, SETTINGS, SIGNED_URL, answering

SANDBOX = Settings(upstream=Sandbox())
ASSET = ResourceTemplateReference(uri="scenario://assets/{assetId}")


async def filled(name: str, arguments: dict[str, str]) -> str:
    async with Client(build_server(SANDBOX)) as client:
        (message,) = (await client.get_prompt(name, arguments)).messages
    assert message.role == "user"
    assert isinstance(message.content, TextContent)
    return message.content.text


async def refused(name: str, arguments: dict[str, str] | None) -> str:
    async with Client(build_server(SANDBOX)) as client:
        with pytest.raises(MCPError) as error:
            await client.get_prompt(name, arguments)
    assert error.value.code == INVALID_PARAMS
    return error.value.message


async def completed(reference: PromptReference | ResourceTemplateReference, argument: str, beginning: str) -> list[str]:
    """Search for castles and for ink, then complete; the client is a new one."""
    async with Client(build_server(SANDBOX)) as client:
        await client.call_tool("search_assets", {"query": "castle", "limit": 3})
        await client.call_tool("search_models", {"query": "ink", "limit": 3})
        result = await client.complete(reference, {"name": argument, "value": beginning})
    completion = result.completion
    assert completion.total == len(completion.values)
    assert not completion.has_more
    return completion.values


async def test_a_blank_that_is_left_empty_takes_its_line_with_it() -> None:
    text = await filled("find_assets", {"description": "a knight at dusk"})
    assert text == (
        "Find assets in Scenario that fit this description: a knight at dusk\n"
        "Search with search_assets. If words find too little, search by meaning (querySemanticRatio 0.7). Look at the "
        "best four with view_assets, then tell me which fit and why, with their ids."
    )
    with_conditions = await filled("find_assets", {"description": "a knight", "conditions": "16:9, last week"})
    assert "\nThey must also meet these conditions, written as a filter: 16:9, last week\n" in with_conditions


@pytest.mark.promise(number=18)
async def test_what_a_person_writes_stays_on_its_line_and_is_not_a_template() -> None:
    text = await filled("mood_board", {"brief": "a {count} {0} of\nislands\u202e\x1b[31m"})
    first, second = text.split("\n")
    assert first == "Make a mood board from assets in Scenario for this brief: a {count} {0} of islands[31m"
    assert second.startswith("Break the brief into")


@pytest.mark.parametrize("prompt", PROMPTS, ids=lambda prompt: prompt.name)
def test_every_blank_stands_in_the_request_and_every_tool_that_it_names_is_there(prompt: prompts.Prompt) -> None:
    values = {argument.name: f"<{argument.name}>" for argument in prompt.arguments}
    text = fill_in(prompt, values)
    assert all(value in text for value in values.values())
    assert set(re.findall(r"\b(?:search|view|get|list)_[a-z_]+", text)) <= {
        "search_assets",
        "search_models",
        "view_assets",
        "get_models",
        "list_tags_and_collections",
    }
    assert prompt.description
    assert all(argument.description for argument in prompt.arguments)


async def test_a_required_blank_that_is_missing_is_named() -> None:
    expected = "choose_model needs style: The style or task: flat vector icons, dark fantasy portraits."
    assert await refused("choose_model", None) == expected
    assert await refused("choose_model", {"style": " \u200b"}) == expected


async def test_an_unknown_prompt_and_an_unknown_blank_are_refused_with_what_there_is() -> None:
    assert await refused("draw\nme", {}) == (
        'There is no prompt "draw me". The prompts are find_assets, more_like_this, mood_board, choose_model.'
    )
    assert await refused("choose_model", {"style": "ink", "stlye": "x"}) == (
        'choose_model has no argument "stlye". Its arguments are style, reference.'
    )
    with pytest.raises(PromptRefused):
        find("")


async def test_ids_of_recent_hits_are_offered_by_their_beginning_and_by_name() -> None:
    everything = await completed(ASSET, "assetId", "")
    assert len(everything) == 3
    assert await completed(ASSET, "assetId", everything[1][:12]) == [everything[1]]
    assert set(await completed(ASSET, "assetId", "Castle")) <= set(everything)
    assert await completed(ASSET, "assetId", "castle")
    assert await completed(ASSET, "assetId", "no such") == []


async def test_models_and_blanks_of_prompts_are_completed_too() -> None:
    models = await completed(ResourceTemplateReference(uri="scenario://models/{modelId}/image"), "modelId", "")
    assert len(models) == 2
    assert all(each.startswith("model_") for each in models)
    assert len(await completed(PromptReference(name="more_like_this"), "like", "")) == 3


async def test_tags_and_collections_are_offered_by_the_words_in_their_names() -> None:
    prompt = PromptReference(name="find_assets")
    assert await completed(prompt, "tags", "pixel a") == ["pixel-art"]
    assert (await completed(prompt, "tags", "knight, kni")) == ["knight, knight"]
    assert (await completed(prompt, "tags", ""))[:2] == ["fantasy", "approved"]
    assert await completed(prompt, "collection", "ART") == ["Concept art"]
    assert await completed(prompt, "collection", "no such") == []


async def test_collections_of_one_name_are_offered_by_their_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = [{"id": "c1", "name": "Twin"}, {"id": "c2", "name": "Twin"}, {"id": "c3", "name": "Hidden\u202e"}]
    network = answering({"collections": listed})
    monkeypatch.setattr(connections.Network, "transport", lambda *_, **__: network)
    async with Client(build_server(SETTINGS)) as client:
        for _ in range(2):
            offered = await client.complete(PromptReference(name="find_assets"), {"name": "collection", "value": ""})
            assert offered.completion.values == ["c1", "c2"]
    assert len(network.requests) == 1


@pytest.mark.promise(number=17)
@pytest.mark.parametrize("kind", ["tags", "collection"])
async def test_no_name_with_an_address_or_a_secret_is_offered(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    names = ["plain", SIGNED_URL, SIGNED_URL.removeprefix("https://"), f"x {API_SECRET}", "https://example.com/", ""]
    listed = {
        "tags": [{"tagName": name} for name in names],
        "collections": [{"id": f"c{number}", "name": name} for number, name in enumerate(names)],
    }
    monkeypatch.setattr(connections.Network, "transport", lambda *_, **__: answering(listed))
    async with Client(build_server(SETTINGS)) as client:
        offered = await client.complete(PromptReference(name="find_assets"), {"name": kind, "value": ""})
    without_name = ["c5"] if kind == "collection" else []
    assert sorted(offered.completion.values) == [*without_name, "plain"]


async def test_a_scenario_that_has_no_answer_offers_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    network = answering({"reason": "no"}, status=403)
    monkeypatch.setattr(connections.Network, "transport", lambda *_, **__: network)
    async with Client(build_server(SETTINGS)) as client:
        offered = await client.complete(PromptReference(name="find_assets"), {"name": "tags", "value": "k"})
    assert offered.completion.values == []


@pytest.mark.parametrize(
    ("reference", "argument"),
    [
        (ASSET, "modelId"),
        (ASSET, "other"),
        (ResourceTemplateReference(uri="scenario://other/{assetId}"), "assetId"),
        (ResourceTemplateReference(uri="test://static"), "x"),
        (PromptReference(name="none"), "like"),
        (PromptReference(name="more_like_this"), "description"),
        (PromptReference(name="more_like_this"), "none"),
    ],
)
async def test_nothing_is_offered_for_what_is_not_known(
    reference: PromptReference | ResourceTemplateReference, argument: str
) -> None:
    assert await completed(reference, argument, "") == []


@pytest.mark.promise(number=12)
def test_the_newest_hits_come_first_and_the_oldest_are_forgotten() -> None:
    recent = RecentIds()
    recent.add("assets", [(f"asset_{number}", None) for number in range(MAX_REMEMBERED)])
    recent.add("assets", [("asset_7", "Seven"), ("asset_new", "New")])
    offered = recent.complete("assets", "")
    assert offered[:4] == ["asset_7", "asset_new", "asset_0", "asset_1"]
    assert len(offered) == MAX_REMEMBERED
    assert f"asset_{MAX_REMEMBERED - 1}" not in offered
    assert recent.complete("assets", " SEVEN ") == ["asset_7"]
    assert recent.complete("models", "") == []


async def test_a_completion_holds_as_many_values_as_the_protocol_allows() -> None:
    async with Client(build_server(SANDBOX)) as client:
        for offset in (0, 100):
            await client.call_tool(
                "search_assets", {"filter": "createdAt >= 0001-01-01", "limit": 100, "offset": offset}
            )
        completion = (await client.complete(ASSET, {"name": "assetId", "value": ""})).completion
    assert len(completion.values) == MAX_COMPLETIONS
    assert completion.has_more
    assert completion.total
    assert completion.total > MAX_COMPLETIONS
