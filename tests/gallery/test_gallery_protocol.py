"""The page towards its host: life, looks that the host sets, and height."""

import pytest
from playwright.async_api import Browser, expect

from tests.gallery.host import Host, Server, open_host
from tests.gallery.results import asset, found

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

BACKGROUND = "getComputedStyle(document.body).backgroundColor"
LIGHT, DARK = "rgb(255, 255, 255)", "rgb(22, 24, 28)"


async def test_the_page_answers_ping_and_teardown_and_is_quiet_afterwards(host: Host) -> None:
    await host.open()
    await host.deliver(found([asset(0)]))
    await expect(host.find(".name")).to_have_text("Asset 0")
    assert await host.page.evaluate("ask('ping')") == {}
    assert await host.page.evaluate("ask('ui/resource-teardown')") == {}
    await host.deliver(found([asset(1)]))
    assert await host.page.evaluate("ask('ping')") == {}
    await expect(host.find(".name")).to_have_text("Asset 0")


async def test_an_unknown_request_is_refused(host: Host) -> None:
    await host.open()
    answer = """new Promise((resolve) => {
        addEventListener("message", ({ data }) => data.id === "odd" && resolve(data));
        frames[0].postMessage({ jsonrpc: "2.0", id: "odd", method: "__proto__" }, "*");
    })"""
    assert await host.page.evaluate(answer) == {
        "jsonrpc": "2.0",
        "id": "odd",
        "error": {"code": -32601, "message": "This page has no such method."},
    }


async def test_messages_of_others_than_the_host_are_not_heard(host: Host) -> None:
    await host.open()
    await host.deliver(found([asset(0)]))
    forged = {"jsonrpc": "2.0", "method": "ui/notifications/tool-result", "params": found([asset(9)])}
    await host.frame.evaluate("message => window.postMessage(message, '*')", forged)
    assert await host.page.evaluate("ask('ping')") == {}
    await expect(host.find(".name")).to_have_text("Asset 0")


async def test_the_host_says_how_tall_the_page_is_and_it_is_at_most_500_pixels(host: Host) -> None:
    await host.open()
    await host.deliver(found([asset(number) for number in range(100)]))
    await host.page.wait_for_function("() => log.sizes.at(-1)?.height === 500")
    await host.deliver(found([asset(0)]))
    await host.page.wait_for_function("() => log.sizes.at(-1)?.height < 300")
    assert max(size["height"] for size in (await host.log())["sizes"]) == 500
    assert (await host.log())["errors"] == []


async def test_the_page_obeys_a_lower_limit_of_the_host_and_fills_a_given_height(host: Host) -> None:
    await host.open(context={"containerDimensions": {"maxHeight": 320}})
    await host.deliver(found([asset(number) for number in range(100)]))
    await host.page.wait_for_function("() => log.sizes.at(-1)?.height === 320")
    await host.page.evaluate("document.querySelector('iframe').style.height = '640px'")
    await host.change_context(containerDimensions={"height": 640})
    await host.wait_for("document.body.offsetHeight === 640")


async def test_the_theme_follows_the_host(host: Host) -> None:
    await host.open(context={"theme": "dark"})
    await host.wait_for(f"{BACKGROUND} === '{DARK}'")
    await host.change_context(theme="light")
    await host.wait_for(f"{BACKGROUND} === '{LIGHT}'")


@pytest.mark.parametrize(("scheme", "colour"), [("light", LIGHT), ("dark", DARK)])
async def test_without_a_theme_the_persons_own_preference_counts(
    browser: Browser, server: Server, scheme: str, colour: str
) -> None:
    async with open_host(browser, server, color_scheme=scheme) as host:
        await host.open()
        await host.wait_for(f"{BACKGROUND} === '{colour}'")


async def test_known_style_variables_with_sound_values_are_used(host: Host) -> None:
    variables = {
        "--color-background-primary": "rgb(1 2 3)",
        "--border-radius-md": "3px",
        "--font-sans": "Georgia, serif",
        "--color-text-primary": "red; background: url(https://elsewhere.test/a)",
        "--color-text-secondary": "var(--font-sans)",
        "--color-background-secondary": "url(https://elsewhere.test/b)",
    }
    await host.open(context={"styles": {"variables": variables}})
    await host.wait_for(f"{BACKGROUND} === 'rgb(1, 2, 3)'")
    style = await host.find("html").get_attribute("style")
    assert style == "--color-background-primary: rgb(1 2 3); --border-radius-md: 3px; --font-sans: Georgia, serif;"
    await host.change_context(styles={"variables": {}})
    await host.wait_for(f"{BACKGROUND} === '{LIGHT}'")


async def test_motion_is_left_out_for_those_who_want_none(browser: Browser, server: Server) -> None:
    async with open_host(browser, server, reduced_motion="reduce") as host:
        await host.open()
        await expect(host.find(".waits")).to_have_count(5)
        assert await host.frame.evaluate("document.getAnimations().length") == 0


async def test_the_page_is_one_file_of_less_than_30_kilobytes(host: Host) -> None:
    assert len(host.html.encode()) < 30_000
    for word in ("innerHTML", "outerHTML", "insertAdjacent", "eval(", "document.write", "import(", "src=", "href="):
        assert word not in host.html
