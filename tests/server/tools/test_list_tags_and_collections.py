"""`list_tags_and_collections`: what is there, by page or by words."""

import json
from typing import Any

import httpx
import pytest
from mcp.client import Client
from mcp.types import TextContent

from benchmarks.tokens import cost_of_the_tools, tokens
from scenario_mcp.net import connections
from scenario_mcp.server.app import build_server
from scenario_mcp.settings import Sandbox, Settings
from tests.support.fakes import SETTINGS, Network, answering

SANDBOX = Settings(upstream=Sandbox())
TOOL = "list_tags_and_collections"


async def listed(settings: Settings = SANDBOX, **arguments: Any) -> dict[str, Any]:
    async with Client(build_server(settings)) as client:
        result = await client.call_tool(TOOL, arguments)
    (text,) = result.content
    assert isinstance(text, TextContent)
    assert not result.is_error, text.text
    assert json.loads(text.text) == result.structured_content
    return dict(result.structured_content or {})


async def test_all_are_listed_the_most_used_first_a_page_at_a_time() -> None:
    first = await listed(limit=5)
    assert [*first["tags"].items()][:2] == [("fantasy", 49), ("approved", 32)]
    assert first["collections"][0] == {
        "id": "collection_EXf42Ud4DKDpJ7SkUWIXOw",
        "name": "Props",
        "assets": 27,
        "models": 2,
    }
    assert (len(first["tags"]), len(first["collections"])) == (5, 5)
    assert first["next"] == {"limit": 5, "offset": 5}
    second = await listed(**first["next"])
    assert [each["name"] for each in second["collections"]] == ["Creatures"]
    seen = {**first["tags"], **second["tags"]}
    while "next" in second:
        second = await listed(**second["next"])
        seen.update(second["tags"])
    assert len(seen) == first["totalTags"] == 77
    assert second["collections"] == []


async def test_words_choose_by_name_whatever_its_case_and_hyphens() -> None:
    assert await listed(query="Pixel ART") == {
        "tags": {"pixel-art": 27},
        "collections": [],
        "totalTags": 1,
        "totalCollections": 0,
    }
    assert [each["name"] for each in (await listed(query="art"))["collections"]] == ["Concept art"]


async def test_words_that_nothing_has_are_answered_with_the_nearest() -> None:
    assert await listed(query="knigt") == {
        "tags": {},
        "collections": [],
        "totalTags": 0,
        "totalCollections": 0,
        "note": "No tag or collection has these words. Nearest: knight (11).",
    }


async def test_a_full_page_costs_a_model_little() -> None:
    async with Client(build_server(SANDBOX)) as client:
        assert (await cost_of_the_tools(client))[TOOL] <= 150
    assert tokens(await listed()) <= 500


@pytest.mark.promise(number=18)
async def test_two_calls_ask_for_each_list_once_and_say_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    network = answering({"tags": [{"tagName": "a\u202e\nb"}], "collections": [], "nextPaginationToken": "x"})
    monkeypatch.setattr(connections.Network, "transport", lambda *_, **__: network)
    async with Client(build_server(SETTINGS)) as client:
        first, result = [await client.call_tool(TOOL, {}) for _ in range(2)]
    assert first == result
    assert result.structured_content == {
        "tags": {"a b": 0},
        "collections": [],
        "totalTags": 1,
        "totalCollections": 0,
        "note": "There are more tags: only 1 were read. There are more collections: only 0 were read.",
    }
    assert [request.url.path for request in network.requests] == ["/v1/tags"] * 2 + ["/v1/collections"] * 2


async def test_a_list_without_end_says_that_there_are_more(monkeypatch: pytest.MonkeyPatch) -> None:
    endless = iter(range(10**6))

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"tags": [], "collections": [], "nextPaginationToken": str(next(endless))})

    monkeypatch.setattr(connections.Network, "transport", lambda *_, **__: Network(answer))
    assert (await listed(SETTINGS))["note"] == (
        "There are more tags: only 0 were read. There are more collections: only 0 were read."
    )


@pytest.mark.promise(number=11)
@pytest.mark.parametrize(
    "token", [7, ["a"], {"a": 1}, "x" * 5_000, True], ids=["number", "list", "object", "long", "true"]
)
@pytest.mark.parametrize("label", ["tags", "collections"])
async def test_a_list_whose_next_page_cannot_be_asked_for_says_that_there_are_more(
    monkeypatch: pytest.MonkeyPatch, label: str, token: object
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        more = {"nextPaginationToken": token} if request.url.path.endswith(label) else {}
        return httpx.Response(200, json={"tags": [], "collections": [], **more})

    monkeypatch.setattr(connections.Network, "transport", lambda *_, **__: Network(answer))
    assert (await listed(SETTINGS))["note"] == f"There are more {label}: only 0 were read."


@pytest.mark.parametrize(
    ("listing", "note"),
    [
        ({"tags": [{"tagName": "a"}, {"name": "b"}], "collections": []}, "There are more tags: only 1 were read."),
        ({"tags": [None], "collections": []}, "There are more tags: only 0 were read."),
        ({"tags": [], "collections": [{"id": "a b"}]}, "There are more collections: only 0 were read."),
        ({"tags": [], "collections": [{"name": "a"}]}, "There are more collections: only 0 were read."),
        (
            {"tags": [{"tagName": "x" * 100 + end} for end in "abc"], "collections": []},
            "Tags that are written alike here are listed once: 2 more are not shown.",
        ),
        (
            {"tags": [{"tagName": "\u200b"}, {"tagName": " "}], "collections": []},
            "Tags that are written alike here are listed once: 1 more are not shown.",
        ),
    ],
)
async def test_what_is_left_out_of_a_list_is_told(
    monkeypatch: pytest.MonkeyPatch, listing: dict[str, Any], note: str
) -> None:
    monkeypatch.setattr(connections.Network, "transport", lambda *_, **__: answering(listing))
    assert (await listed(SETTINGS))["note"] == note
