"""What the gallery looks like on narrow and wide hosts, and to those who cannot see it."""

from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.gallery.host import HERE, Host, Server, blob, open_host
from tests.gallery.results import asset, document, found, picture

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

LONG = {
    "an unbroken name": "W" * 300,
    "Arabic": "فارس يحمل سيفا " * 12,
    "emoji": "🧙‍♂️🏰🐉" * 60,
    "zalgo": "k̷̢̛n̸̨̛i̵͜g̶h̴t̷" + "̷̛̖̗̘̙̜̝" * 90,
    "a path": "assets/characters/knights/" * 12,
}
PALETTES = {
    "light": {"--color-background-primary": "#faf9f5", "--color-text-primary": "#141413"},
    "dark": {"--color-background-primary": "#262624", "--color-text-primary": "#faf9f5"},
}
VIOLATIONS = """async () => {
    const { violations } = await axe.run(document, { resultTypes: ["violations"] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
}"""


def read(params: Any) -> Any:
    return blob(picture()) if params["uri"].endswith("/image") else document({"metadata": {"prompt": "a knight"}})


async def widths(host: Host) -> tuple[int, int]:
    """Return how wide the page's content and its widest element are."""
    measured = """[
        document.scrollingElement.scrollWidth,
        Math.ceil(Math.max(...[...document.querySelectorAll("body *")]
            .filter((element) => !element.matches(".unseen"))
            .map((element) => element.getBoundingClientRect().right))),
    ]"""
    content, widest = await host.frame.evaluate(measured)
    return content, widest


@pytest.mark.parametrize("width", [320, 800])
async def test_no_text_makes_the_page_wider_than_its_host(browser: Browser, server: Server, width: int) -> None:
    async with open_host(browser, server, width) as host:
        host.fakes["resources/read"] = read
        await host.open()
        for name, text in LONG.items():
            card = asset(0, kind=text, prompt=text, model=text, width=12345678, height=12345678, createdAt=text) | {
                "name": text,
                "tags": [text, text],
                "nsfw": [text],
            }
            await host.deliver(found([card, card | {"id": "asset_1", "nsfw": []}], note=text), {"query": text})
            await expect(host.find(".name").first).to_contain_text(text[:10])
            await host.wait_for("document.querySelector('.card img')?.naturalWidth")
            assert max(await widths(host)) <= width, name
            await host.find(".open").first.click()
            await expect(host.find("#facts")).to_contain_text("a knight")
            assert max(await widths(host)) <= width, name
            assert await host.frame.evaluate("document.body.offsetHeight") <= 500, name
            await host.button("Close").click()


async def test_two_columns_fit_on_the_narrowest_host_and_five_on_a_usual_one(browser: Browser, server: Server) -> None:
    async with open_host(browser, server, 320) as host:
        host.fakes["resources/read"] = read
        await host.open()
        await host.deliver(found([asset(number) for number in range(20)]))
        assert await host.frame.evaluate("columns()") == 2
        await host.page.set_viewport_size({"width": 720, "height": 700})
        await host.wait_for("columns() === 5")


async def test_arabic_names_run_from_right_to_left(host: Host) -> None:
    await host.open()
    await host.deliver(found([{"id": "asset_0", "name": "فارس", "prompt": "a knight"}]))
    directions = await host.find(".name").evaluate_all("names => names.map((name) => name.matches(':dir(rtl)'))")
    assert directions == [True]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("palette", ["own", "host"])
async def test_axe_finds_nothing_to_complain_about(host: Host, theme: str, palette: str) -> None:
    host.fakes["resources/read"] = read
    variables = PALETTES[theme] if palette == "host" else {}
    await host.open(context={"theme": theme, "styles": {"variables": variables}})
    await host.frame.evaluate((HERE / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8"))
    assert await host.frame.evaluate(VIOLATIONS) == []
    cards = [asset(number, kind="video", width=640, height=480, tags=["a", "b"], model="flux") for number in range(20)]
    cards += [asset(20, nsfw=["Violence"]), asset(21)]
    await host.deliver(
        found(cards, next={"offset": 22, "limit": 22}, note="These are the nearest, perhaps not matches.")
    )
    await host.wait_for("document.querySelector('.card img')?.naturalWidth")
    assert await host.frame.evaluate(VIOLATIONS) == []
    await host.find(".open").first.click()
    await expect(host.find("#facts")).to_contain_text("a knight")
    await host.frame.evaluate("setText('alert', 'Scenario does not answer. Try again in a minute.')")
    assert await host.frame.evaluate(VIOLATIONS) == []
    await host.deliver(found([], note="No hits. Try other words."))
    await expect(host.find("#message")).to_be_visible()
    assert await host.frame.evaluate(VIOLATIONS) == []
