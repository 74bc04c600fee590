"""One card in detail: its facts, and what the person can do with it."""

from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.gallery.host import CAPABILITIES, Host, Refusal, Server, blob, open_host
from tests.gallery.results import asset, document, found, picture, said

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

FACTS = "rows => rows.map((row) => `${row.textContent}: ${row.nextSibling.textContent}`)"
KNIGHT = {
    "id": "asset_0",
    "createdAt": "2026-11-20T08:07:59.429Z",
    "tags": ["knight", "papercut"],
    "mimeType": "image/png",
    "metadata": {
        "prompt": "a knight\nof paper",
        "negativePrompt": "blurry",
        "modelId": "model_paper",
        "seed": "1302056505",
        "width": 768.0,
        "height": 1024.0,
        "size": 1191576.0,
        "kind": "image",
    },
}


def answering(facts: Any) -> Any:
    """Answer reads of pictures with a picture and all others with these facts."""
    return lambda params: blob(picture()) if params["uri"].endswith("/image") else document(facts)


async def test_a_click_shows_all_facts_and_close_returns_to_the_card(host: Host) -> None:
    host.fakes["resources/read"] = answering(KNIGHT)
    await host.open()
    await host.deliver(found([asset(number) for number in range(3)]))
    await host.find(".open").first.click()
    await expect(host.find("#facts dt")).to_have_count(11)
    assert await host.find("#facts dt").evaluate_all(FACTS) == [
        "Prompt: a knight of paper",
        "Negative prompt: blurry",
        "Kind: image",
        "Size: 768 × 1024",  # noqa: RUF001  # the page's own sign
        "File: 1,191,576 bytes",
        "Format: image/png",
        "Model: model_paper",
        "Seed: 1302056505",
        "Created: 2026-11-20 08:07 UTC",
        "Tags: knight, papercut",
        "Id: asset_0",
    ]
    await host.wait_for("document.querySelector('#large img')?.naturalWidth")
    await expect(host.find("#results")).to_be_hidden()
    await host.button("Close").click()
    await expect(host.find("#detail")).to_be_hidden()
    assert await host.find(":focus").get_attribute("title") == "Asset 0"


async def test_the_sandbox_tells_prompt_model_seed_and_size(host: Host) -> None:
    await host.open()
    await host.call("search_assets", query="knight portrait")
    await host.find(".open").first.click()
    await expect(host.find("#facts")).to_contain_text("Seed")
    rows = dict(row.split(": ", 1) for row in await host.find("#facts dt").evaluate_all(FACTS))
    assert {"Prompt", "Model", "Base model", "Seed", "Size", "Created", "Tags", "Id"} <= set(rows)


async def test_the_keyboard_moves_through_the_grid_opens_and_closes(host: Host) -> None:
    host.fakes["resources/read"] = answering(KNIGHT)
    await host.open()
    await host.deliver(found([asset(number) for number in range(12)], next={"offset": 12, "limit": 12}))
    await host.button("Next page").focus()
    await host.page.keyboard.press("Tab")
    focused = host.find(":focus")
    columns = await host.frame.evaluate("columns()")
    assert columns == 5
    place = 0
    for key, step in [("ArrowRight", 1), ("ArrowDown", columns), ("ArrowLeft", -1), ("ArrowUp", -columns)]:
        await host.page.keyboard.press(key)
        place += step
        await expect(focused).to_have_attribute("title", f"Asset {place}")
    await host.page.keyboard.press("ArrowLeft")
    await expect(focused).to_have_attribute("title", "Asset 0")
    await host.page.keyboard.press("End")
    await expect(focused).to_have_attribute("title", "Asset 11")
    await expect(focused).to_be_in_viewport()
    await host.page.keyboard.press("Home")
    await host.page.keyboard.press("ArrowRight")
    await host.page.keyboard.press("Enter")
    await expect(host.find("#detail")).to_be_visible()
    await expect(focused).to_have_text("Close")
    await host.page.keyboard.press("Escape")
    await expect(host.find("#detail")).to_be_hidden()
    await expect(focused).to_have_attribute("title", "Asset 1")


async def test_one_card_at_a_time_is_in_the_tab_order_with_its_veils_button(host: Host) -> None:
    await host.open(capabilities={})
    await host.deliver(found([asset(0), asset(1, nsfw=["Violence"]), asset(2)]))
    await host.find(".open").first.focus()
    await host.page.keyboard.press("ArrowRight")
    await expect(host.find("[tabindex='0'].open")).to_have_count(1)
    await host.page.keyboard.press("Tab")
    await expect(host.find(":focus")).to_have_attribute("aria-label", "Show Asset 1")


async def test_the_cards_own_facts_are_shown_when_the_server_has_none(host: Host) -> None:
    def read(params: Any) -> Any:
        if not params["uri"].endswith("/image"):
            raise Refusal("Scenario did not answer.")
        return blob(picture())

    host.fakes["resources/read"] = read
    await host.open()
    card = asset(
        0, prompt="a lantern", width=640, height=480, model="model_lamps", createdAt="2026-11-16", tags=["prop"]
    )
    await host.deliver(found([card]))
    await host.find(".open").click()
    await host.wait_for("document.querySelector('#large img')?.naturalWidth")
    assert await host.find("#facts dt").evaluate_all(FACTS) == [
        "Prompt: a lantern",
        "Kind: image",
        "Size: 640 × 480",  # noqa: RUF001  # the page's own sign
        "Model: model_lamps",
        "Created: 2026-11-16",
        "Tags: prop",
        "Id: asset_0",
    ]


async def test_more_like_this_searches_by_the_asset_and_back_returns(host: Host) -> None:
    host.fakes["tools/call"] = lambda _: found([asset(number) for number in (7, 8)])
    await host.open()
    await host.deliver(found([asset(0), asset(1)]), {"query": "knight"})
    await host.find(".open").nth(1).click()
    await host.button("More like this").click()
    await expect(host.find("#title")).to_have_text("Like Asset 1")
    assert host.calls() == [{"name": "search_assets", "arguments": {"images": {"like": ["scenario://assets/asset_1"]}}}]
    assert await host.find(".name").all_text_contents() == ["Asset 7", "Asset 8"]
    await expect(host.find(":focus")).to_have_attribute("title", "Asset 7")
    await host.button("Back").click()
    await expect(host.find("#title")).to_have_text("knight")
    assert await host.find(".name").all_text_contents() == ["Asset 0", "Asset 1"]
    await expect(host.find(":focus")).to_have_attribute("title", "Asset 1")


async def test_more_like_this_stays_in_the_public_library(host: Host) -> None:
    host.fakes["tools/call"] = lambda _: found([asset(7)])
    await host.open()
    await host.deliver(found([asset(0)]), {"query": "knight", "public": True, "filter": "kind = image"})
    for liked in (0, 7):
        await host.find(".open").first.click()
        await host.button("More like this").click()
        await expect(host.find("#title")).to_have_text(f"Like Asset {liked}")
    assert host.calls() == [
        {"name": "search_assets", "arguments": {"public": True, "images": {"like": [f"scenario://assets/{liked}"]}}}
        for liked in ("asset_0", "asset_7")
    ]


@pytest.mark.parametrize("public", [False, "true", None])
async def test_more_like_this_stays_in_the_project(host: Host, public: Any) -> None:
    host.fakes["tools/call"] = lambda _: found([asset(7)])
    await host.open()
    await host.deliver(found([asset(0)]), {"public": public})
    await host.find(".open").first.click()
    await host.button("More like this").click()
    await expect(host.find("#title")).to_have_text("Like Asset 0")
    assert host.calls() == [{"name": "search_assets", "arguments": {"images": {"like": ["scenario://assets/asset_0"]}}}]


@pytest.mark.parametrize("given", ["a", "0._-.png", "knight.v2.final.webp", "x" * 128])
async def test_an_id_may_hold_dots(host: Host, given: str) -> None:
    host.fakes["tools/call"] = lambda _: found([asset(7)])
    await host.open()
    await host.deliver(found([asset(0, id=given)]))
    await host.find(".open").first.click()
    await host.button("More like this").click()
    await expect(host.find("#title")).to_have_text("Like Asset 0")
    assert host.calls() == [
        {"name": "search_assets", "arguments": {"images": {"like": [f"scenario://assets/{given}"]}}}
    ]


@pytest.mark.parametrize("given", ["", ".a", "_a", "-a", "../a", "a/b", "a b", "x" * 129])
async def test_what_is_no_id_is_not_shown(host: Host, given: str) -> None:
    await host.open()
    await host.deliver(found([asset(0, id=given), asset(1)]))
    await expect(host.find("#note")).to_have_text("1 could not be shown.")
    assert await host.find(".name").all_text_contents() == ["Asset 1"]


async def test_more_like_this_works_on_the_sandbox(host: Host) -> None:
    await host.open()
    await host.call("search_assets", query="knight", limit=3)
    first = await host.find(".name").first.text_content()
    await host.find(".open").first.click()
    await host.button("More like this").click()
    await expect(host.find("#title")).to_have_text(f"Like {first}")
    await expect(host.find("#alert")).to_be_hidden()
    assert await host.find(".card").count() > 1


async def test_models_are_searched_by_the_asset_that_stands_for_them(host: Host) -> None:
    host.fakes["tools/call"] = lambda _: found([{"id": "model_9"}], "models")
    await host.open("search_models")
    models = [{"id": "model_0", "name": "Pixel Quest", "like": "asset_5"}, {"id": "model_1", "name": "Faceless"}]
    await host.deliver(found(models, "models"))
    await host.find(".open").nth(1).click()
    await expect(host.button("More like this")).to_have_count(0)
    await host.button("Close").click()
    await host.find(".open").first.click()
    await host.button("More like this").click()
    await expect(host.find("#title")).to_have_text("Like Pixel Quest")
    assert host.calls() == [{"name": "search_models", "arguments": {"images": {"like": ["scenario://assets/asset_5"]}}}]


async def test_a_search_that_fails_is_told_and_the_detail_stays(host: Host) -> None:
    host.fakes["tools/call"] = lambda _: said("Scenario does not answer. Try again in a minute.", is_error=True)
    await host.open()
    await host.deliver(found([asset(0)]))
    await host.find(".open").click()
    await host.button("More like this").click()
    await expect(host.find("#alert")).to_have_text("Scenario does not answer. Try again in a minute.")
    await expect(host.find("#detail")).to_be_visible()


@pytest.mark.parametrize("allow", ["clipboard-write", None])
async def test_copy_id_copies_and_says_so(browser: Browser, server: Server, allow: str | None) -> None:
    async with open_host(browser, server, permissions=["clipboard-read"]) as host:
        await host.open(allow=allow)
        await host.deliver(found([asset(3)]))
        await host.find(".open").click()
        await host.button("Copy id").click()
        await expect(host.button("Copied")).to_be_focused()
        await expect(host.find("#status")).to_have_text("Copied asset_3.")
        await host.page.evaluate("document.querySelector('iframe').blur(); window.focus()")
        assert await host.page.evaluate("navigator.clipboard.readText()") == "asset_3"


async def test_a_file_is_shown_by_its_path_which_can_be_copied(browser: Browser, server: Server) -> None:
    below = ["a/image.png", "b/image.png", "c/d/courier.webp"]
    async with open_host(browser, server, permissions=["clipboard-read"]) as host:
        host.fakes["resources/read"] = answering(
            {"id": "asset_2", "file": below[2], "path": "/home/me/c/d/courier.webp"}
        )
        await host.open(allow="clipboard-write")
        files = [{**asset(number), "file": file} for number, file in enumerate(below)]
        await host.deliver(found([files[0], files[1], {**files[2], "name": ""}]))
        assert await host.find(".name").all_text_contents() == ["Asset 0", "Asset 1", "courier.webp"]
        facts = await host.find(".open .facts").all_text_contents()
        assert [line.partition(" · ")[0] for line in facts] == ["a/image.png", "b/image.png", "d/courier.webp"]
        await host.find(".open").nth(2).click()
        await expect(host.find("#facts dd").filter(has_text="/home/me/c/d/courier.webp")).to_be_visible()
        await host.button("Copy path").click()
        await expect(host.button("Copied")).to_be_focused()
        await expect(host.find("#status")).to_have_text("Copied /home/me/c/d/courier.webp.")
        await host.page.evaluate("document.querySelector('iframe').blur(); window.focus()")
        assert await host.page.evaluate("navigator.clipboard.readText()") == "/home/me/c/d/courier.webp"


async def test_without_the_place_on_this_machine_the_path_below_the_folder_is_copied(host: Host) -> None:
    host.fakes["resources/read"] = answering({"id": "asset_0", "file": "knights/hero.png"})
    await host.open()
    await host.deliver(found([{**asset(0), "file": "knights/hero.png"}, asset(1)]))
    await host.frame.evaluate(
        "navigator.clipboard.writeText = () => Promise.reject(); document.execCommand = () => false"
    )
    await host.find(".open").first.click()
    await host.button("Copy path").click()
    await expect(host.find("#alert")).to_have_text("The client does not allow copying. The path is knights/hero.png")
    await host.button("Close").click()
    await host.find(".open").nth(1).click()
    await expect(host.button("Copy id")).to_be_visible()
    await expect(host.button("Copy path")).to_be_hidden()


async def test_what_cannot_be_copied_is_shown_to_be_copied_by_hand(host: Host) -> None:
    await host.open()
    await host.deliver(found([asset(3)]))
    await host.frame.evaluate(
        "navigator.clipboard.writeText = () => Promise.reject(); document.execCommand = () => false"
    )
    await host.find(".open").click()
    await host.button("Copy id").click()
    await expect(host.find("#alert")).to_have_text("The client does not allow copying. The id is asset_3")


@pytest.mark.parametrize(
    ("resource_type", "card_id", "url"),
    [
        ("assets", "asset_3", "https://app.scenario.com/assets?openAssetId=asset_3"),
        ("models", "model_3", "https://app.scenario.com/models/model_3"),
    ],
)
async def test_open_in_browser_asks_the_host(host: Host, resource_type: str, card_id: str, url: str) -> None:
    await host.open(f"search_{resource_type}")
    await host.deliver(found([{"id": card_id}], resource_type))
    await host.find(".open").click()
    await host.button("Open in browser").click()
    await expect(host.find("#status")).to_have_text("Opened in the browser.")
    assert (await host.log())["links"] == [url]


async def test_a_link_that_the_host_refuses_is_told(host: Host) -> None:
    await host.open()
    await host.deliver(found([{"id": "asset_refused"}]))
    await host.find(".open").click()
    await host.button("Open in browser").click()
    await expect(host.find("#alert")).to_have_text("The client did not open the link.")


async def test_what_the_host_cannot_do_is_not_offered(host: Host) -> None:
    await host.open(capabilities={})
    await host.deliver(found([asset(0)], next={"offset": 20, "limit": 20}))
    await expect(host.button("Next page")).to_have_count(0)
    await host.find(".open").click()
    await expect(host.button("Copy id")).to_be_visible()
    for name in ("More like this", "Open in browser"):
        await expect(host.button(name)).to_have_count(0)


async def test_every_offer_is_there_when_the_host_can_do_all(host: Host) -> None:
    await host.open(capabilities=CAPABILITIES)
    await host.deliver(found([asset(0)]))
    await host.find(".open").click()
    for name in ("More like this", "Copy id", "Open in browser", "Close"):
        await expect(host.button(name)).to_be_visible()
