"""Pages of results: first, next and back, and what stands where there are none."""

import asyncio
import json
from typing import Any

import pytest
from playwright.async_api import expect

from tests.gallery.host import Host
from tests.gallery.results import KEY, asset, found, said

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def names(host: Host) -> list[str]:
    shown: list[str] = await host.find(".name").all_text_contents()
    return shown


async def test_next_page_and_back_walk_through_the_sandbox(host: Host) -> None:
    await host.open()
    first = await host.call("search_assets", query="a", limit=8)
    expected = [hit["id"] for hit in first["structuredContent"]["hits"]]
    await expect(host.find(".card")).to_have_count(8)
    before = await names(host)
    await host.button("Next page").click()
    await expect(host.find("#range")).to_have_text("9–16")  # noqa: RUF001  # the page's own sign
    assert host.calls()[-1] == {"name": "search_assets", "arguments": {"query": "a", "limit": 8, "offset": 8}}
    assert await names(host) != before
    assert not set(expected) & set(await host.frame.evaluate("page.cards.map((card) => card.id)"))
    await host.button("Next page").click()
    await expect(host.find("#range")).to_have_text("17–24")  # noqa: RUF001  # the page's own sign
    await host.button("Back").click()
    await expect(host.find("#range")).to_have_text("9–16")  # noqa: RUF001  # the page's own sign
    await host.button("Back").click()
    await expect(host.find("#range")).to_have_text("8 assets")
    assert await names(host) == before
    await expect(host.button("Back")).to_have_count(0)
    assert len(host.calls()) == 3


@pytest.mark.parametrize(
    ("arguments", "following", "sent"),
    [
        (
            {"query": "x", "page": 1, "hitsPerPage": 5, "limit": 3},
            {"offset": 3, "limit": 3},
            {"query": "x", "offset": 3, "limit": 3},
        ),
        (
            {"query": "x", "offset": 4, "limit": 3},
            {"page": 2, "hitsPerPage": 5},
            {"query": "x", "page": 2, "hitsPerPage": 5},
        ),
        (
            {"filter": "kind = image"},
            {"offset": 20, "limit": 20, "query": "not theirs to change", "page": "x"},
            {"filter": "kind = image", "offset": 20, "limit": 20},
        ),
    ],
)
async def test_the_next_page_changes_only_how_to_page(host: Host, arguments: Any, following: Any, sent: Any) -> None:
    host.fakes["tools/call"] = lambda _: found([asset(9)])
    await host.open()
    await host.deliver(found([asset(0)], next=following), arguments)
    await host.button("Next page").click()
    await expect(host.find(".name")).to_have_text("Asset 9")
    assert host.calls() == [{"name": "search_assets", "arguments": sent}]


async def test_a_total_is_told_with_the_place_in_it(host: Host) -> None:
    await host.open()
    cards = [asset(number) for number in range(5)]
    await host.deliver(found(cards, total=134), {"query": "knight", "page": 3, "hitsPerPage": 5})
    await expect(host.find("header")).to_contain_text("knight11–15 of 134")  # noqa: RUF001  # the page's own sign


async def test_a_page_that_fails_is_told_and_the_old_one_stays(host: Host) -> None:
    host.fakes["tools/call"] = lambda _: said("Too many requests. Try again in 3 seconds.", is_error=True)
    await host.open()
    await host.deliver(found([asset(0)], next={"offset": 1, "limit": 1}))
    await host.button("Next page").click()
    await expect(host.find("#alert")).to_have_text("Too many requests. Try again in 3 seconds.")
    assert await names(host) == ["Asset 0"]
    host.fakes["tools/call"] = lambda _: found([asset(1)])
    await host.button("Next page").click()
    await expect(host.find(".name")).to_have_text("Asset 1")
    await expect(host.find("#alert")).to_be_hidden()


async def test_while_a_page_is_under_way_no_second_one_is_asked_for(host: Host) -> None:
    release = asyncio.Event()

    async def call(_params: Any) -> Any:
        await asyncio.wait_for(release.wait(), 10)
        return found([asset(1)])

    host.fakes["tools/call"] = call
    await host.open()
    await host.deliver(found([asset(0)], next={"offset": 1, "limit": 1}))
    await host.button("Next page").click()
    await expect(host.find("#status")).to_have_text("Searching…")
    await expect(host.find("#results")).to_have_attribute("aria-busy", "true")
    await expect(host.button("Next page")).to_have_attribute("aria-disabled", "true")
    await host.button("Next page").click(force=True)
    release.set()
    await expect(host.find(".name")).to_have_text("Asset 1")
    await expect(host.find("#results")).to_have_attribute("aria-busy", "false")
    assert len(host.calls()) == 1


async def test_a_new_result_of_the_host_replaces_all_that_was_there(host: Host) -> None:
    host.fakes["tools/call"] = lambda _: found([asset(1)])
    await host.open()
    await host.deliver(found([asset(0)], next={"offset": 1, "limit": 1}))
    await host.button("Next page").click()
    await expect(host.button("Back")).to_be_visible()
    await host.deliver(found([asset(5)]), {"query": "tower"})
    await expect(host.find("#title")).to_have_text("tower")
    assert await names(host) == ["Asset 5"]
    await expect(host.button("Back")).to_have_count(0)


async def test_before_the_result_the_page_waits(host: Host) -> None:
    await host.open()
    await expect(host.find("#status")).to_have_text("Waiting for results…")
    await expect(host.find(".waits")).to_have_count(5)
    await host.deliver(found([asset(0)]))
    await expect(host.find("#status")).to_have_text("1 asset shown.")


async def test_an_error_is_shown_as_its_sentence(host: Host) -> None:
    await host.open()
    result = await host.call("search_assets", filter="kind = = image")
    assert result["isError"]
    await expect(host.find("#message")).to_have_text(result["content"][0]["text"].replace("\n", " "))
    await expect(host.find(".card")).to_have_count(0)


async def test_an_empty_page_shows_the_note(host: Host) -> None:
    await host.open()
    result = await host.call("search_assets", query="zzzzqqqq")
    assert result["structuredContent"]["hits"] == []
    await expect(host.find("#message")).to_have_text(result["structuredContent"]["note"])
    await expect(host.find("#status")).to_have_text(result["structuredContent"]["note"])


async def test_a_note_stands_below_the_hits_without_what_a_button_says(host: Host) -> None:
    await host.open()
    note = "These are the nearest, perhaps not matches. There may be more: repeat with next."
    await host.deliver(found([asset(0)], note=note, next={"offset": 1, "limit": 1}))
    await expect(host.find("#note")).to_have_text("These are the nearest, perhaps not matches.")


async def test_hits_are_shown_without_meta(host: Host) -> None:
    uri = "scenario://assets/asset_1/image"
    hits = [{"id": "asset_1", "name": "Knight", "kind": "video", "tags": "painted, fantasy", "uri": uri}]
    await host.open(capabilities={})
    await host.deliver({"content": [], "structuredContent": {"returned": 1, "hits": hits}})
    await expect(host.find(".badge")).to_have_text("▶ video")
    await expect(host.find(".name")).to_have_text("Knight")
    await expect(host.find(".tags")).to_have_text("painted, fantasy")


async def test_hits_are_shown_without_structured_content(host: Host) -> None:
    answer = {
        "returned": 1,
        "hits": [{"id": "model_1", "name": "Pixel Quest", "uri": "scenario://models/model_1/image"}],
    }
    await host.open(tool=None)
    await host.deliver(said(json.dumps(answer)))
    await expect(host.find(".name")).to_have_text("Pixel Quest")
    await expect(host.find("#title")).to_have_text("Models")


async def test_what_meta_says_wins(host: Host) -> None:
    await host.open()
    result = found([asset(0, width=64, height=32)])
    result["structuredContent"]["hits"][0] |= {"name": "Cut na…", "tags": "kept"}
    await host.deliver(result)
    await expect(host.find(".name")).to_have_text("Asset 0")
    await expect(host.find(".facts")).to_have_text("64 × 32")  # noqa: RUF001  # the page's own sign
    await expect(host.find(".tags")).to_have_text("kept")


async def test_a_cancelled_search_is_told(host: Host) -> None:
    await host.open()
    await host.page.evaluate("bridge.sendToolCancelled({})")
    await expect(host.find("#message")).to_have_text("The search was cancelled.")


GOOD = {"id": "asset_1", "name": "Knight", "width": "64", "height": 32, "tags": "a"}


@pytest.mark.parametrize(
    "result",
    [
        {
            "structuredContent": {"hits": [GOOD]},
            "_meta": {KEY: {"cards": "x", "hits": 7, "note": {}, "resourceType": []}},
        },
        {"structuredContent": {"hits": {"0": GOOD}}, "_meta": {KEY: {"hits": [GOOD]}}},
        {"structuredContent": {}, "content": [{"type": "text", "text": json.dumps({"hits": [GOOD]})}]},
        {"structuredContent": [GOOD], "content": {"0": 1}, "_meta": {KEY: {"cards": [GOOD, 7, None, [GOOD]]}}},
        {"structuredContent": {"hits": [GOOD, {"id": 7}]}, "isError": "false"},
        {"structuredContent": {"hits": "x", "assets": [GOOD | {"model": {}, "nsfw": 7, "image": "0", "uri": 1}]}},
    ],
)
async def test_of_data_of_wrong_types_what_can_be_shown_is(host: Host, result: Any) -> None:
    await host.open()
    await host.deliver({"content": [], **result})
    await expect(host.find(".name")).to_have_text("Knight")
    await expect(host.find(".facts")).to_have_text("64 × 32")  # noqa: RUF001  # the page's own sign


@pytest.mark.parametrize(
    "result",
    [
        {"content": []},
        {"content": [], "structuredContent": {}},
        {"content": [], "structuredContent": {"hits": {"length": 3}}},
        {"content": [], "structuredContent": {"hits": [None, 3, "x", []]}},
        {"content": [], "_meta": {"scenario-mcp/gallery": [1]}},
    ],
)
async def test_a_result_of_nothing_says_so(host: Host, result: Any) -> None:
    await host.open()
    await host.deliver(result)
    await expect(host.find("#message")).to_have_text("No results.")
