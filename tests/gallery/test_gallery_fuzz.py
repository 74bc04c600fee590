"""Hostile results: whatever strangers wrote, no script runs, nothing is requested, and the page works on."""

import random
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.gallery.host import CAPABILITIES, CDN, Server, blob, open_host
from tests.gallery.results import KEY, document, picture

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

TEXTS = [
    "<script>window.hacked=1;alert(1)</script>",
    "<img src=x onerror='window.hacked=1;alert(1)'>",
    "<svg onload=window.hacked=1>",
    "\"><iframe srcdoc='<script>parent.hacked=1</script>'>",
    "' onfocus='window.hacked=1' autofocus tabindex=1 x='",
    "javascript:window.hacked=1//",
    "data:text/html,<script>window.hacked=1</script>",
    "</style><style>*{background:url(https://elsewhere.test/css)}</style>",
    "red;background:url(https://elsewhere.test/css2)",
    "</script><script>window.hacked=1</script>",
    "{{constructor.constructor('window.hacked=1')()}}",
    "${window.hacked=1}",
    "\u202egnp.exe\u202c \u2066x\u2069 \u200f",
    "\x00\x07\x1b[31m\r\n\t",
    "https://elsewhere.test/link",
    "\ud83d",
    "",
    " ",
    "__proto__",
    "%0d%0aSet-Cookie:a=b",
    "../../../../etc/passwd",
]
LONG = ["W" * 10_000, "k" + "\u0337\u0322\u031b" * 3_000, "👩‍👩‍👧‍👦" * 2_000, "فارس" * 2_000]
OTHERS: list[Any] = [
    None,
    True,
    0,
    -1,
    7,
    1e308,
    2**60,
    [],
    {},
    [[[[]]]],
    {"toString": 1, "valueOf": None},
    {"__proto__": {"hacked": 1}},
    {"constructor": {"prototype": {"hacked": 1}}},
    [None, 7, {"toString": "x"}, TEXTS[0], TEXTS[13]],
    {"length": 4, "0": TEXTS[1]},
]
ADDRESSES = [
    *TEXTS,
    "https://elsewhere.test/picture.png",
    "https://cdn.cloud.scenario.com@elsewhere.test/a.png",
    f"{CDN}.elsewhere.test/a.png",
    "http://169.254.169.254/latest/meta-data",
    "http://10.0.0.1/a.png",
    "file:///etc/passwd",
    "blob:null/0",
    "//elsewhere.test/a.png",
    "data:image/svg+xml,<svg onload=hacked=1>",
    f"{CDN}/a.png",
]
FIELDS = [
    "name",
    "kind",
    "width",
    "height",
    "tags",
    "model",
    "prompt",
    "createdAt",
    "nsfw",
    "about",
    "like",
    "image",
    "uri",
    "metadata",
    "src",
    "url",
    "onclick",
    "innerHTML",
    "style",
    "__proto__",
    "constructor",
    "toString",
]
CLEAN = """() => ({
    hacked: [window.hacked, Object.prototype.hacked, parent === window],
    handlers: document.querySelectorAll("[onerror], [onload], [onfocus]").length,
    strangers: [...document.querySelectorAll("#grid *, #detail *")]
        .map((element) => element.localName)
        .filter((name) => !"li button span img div h1 dl dt dd".split(" ").includes(name)),
    sources: [...document.images].map((img) => img.src).filter((src) => !/^data:image.png;base64,/.test(src)),
})"""
NOTHING = {"hacked": [None, None, False], "handlers": 0, "strangers": [], "sources": []}


def anything(chance: random.Random) -> Any:
    if chance.random() < 0.03:
        return chance.choice(LONG)
    if chance.random() < 0.6:
        return chance.choice(TEXTS)
    if chance.random() < 0.3:
        return [chance.choice([*TEXTS, *OTHERS]) for _ in range(chance.randrange(12))]
    return chance.choice(OTHERS)


def hostile(chance: random.Random, number: int) -> dict[str, Any]:
    card = {field: anything(chance) for field in FIELDS if chance.random() < 0.8}
    sound_id = f"asset_{number}"
    card["id"] = sound_id if chance.random() < 0.7 else chance.choice([*TEXTS, *OTHERS])
    card["picture"] = chance.choice([*ADDRESSES, *OTHERS])
    return card


def result(chance: random.Random) -> dict[str, Any]:
    cards: list[Any] = [hostile(chance, number) for number in range(200)]
    answer: dict[str, Any] = {field: anything(chance) for field in ("note", "total", "returned")}
    answer["next"] = {"offset": 20, "limit": 20, "__proto__": 1, TEXTS[0]: TEXTS[0], "page": TEXTS[5]}
    answer["hits"] = [hostile(chance, number) for number in range(60)] + OTHERS
    return {
        "content": [{"type": "text", "text": chance.choice(TEXTS)}],
        "structuredContent": answer,
        "_meta": {KEY: {"resourceType": anything(chance), "cards": cards + OTHERS}},
    }


@pytest.mark.parametrize("names_approved", [True, False], ids=["told the approved hosts", "not told them"])
@pytest.mark.parametrize(("seed", "width"), [(1, 320), (2, 800), (3, 320), (4, 800)])
async def test_no_stranger_gets_through(
    browser: Browser,
    server: Server,
    seed: int,
    width: int,
    names_approved: bool,  # noqa: FBT001  # pytest passes it by name
) -> None:
    chance = random.Random(seed)  # noqa: S311  # a failure can be repeated

    def read(params: Any) -> Any:
        if params["uri"].endswith("/image"):
            if chance.random() < 0.8:
                return blob(picture())
            return {"contents": [{"uri": "x", "mimeType": chance.choice(TEXTS), "blob": chance.choice(TEXTS)}]}
        facts = {field: anything(chance) for field in FIELDS}
        facts["metadata"] = {field: anything(chance) for field in [*FIELDS, "seed", "size", "negativePrompt"]}
        return document(facts)

    async with open_host(browser, server, width) as host:
        host.fakes["resources/read"] = read
        host.fakes["tools/call"] = lambda _: result(chance)
        host.cdn = {"/a.png": picture()}
        await host.open(capabilities=host.with_sandbox() if names_approved else CAPABILITIES)
        arguments = {"query": chance.choice(TEXTS), "offset": chance.choice(OTHERS), "__proto__": {"hacked": 1}}
        await host.deliver(result(chance), arguments)
        await host.wait_for("document.querySelector('.card img, .card .box:not(.veil) .words')")
        assert await host.find(".card").count() > 100

        async def check() -> None:
            found = await host.frame.evaluate(CLEAN)
            found["sources"] = [source for source in found["sources"] if source != f"{CDN}/a.png"]
            assert found == NOTHING
            assert await host.frame.evaluate("document.scrollingElement.scrollWidth") <= width
            assert await host.frame.evaluate("document.querySelector('#results').scrollWidth") <= width
            assert await host.frame.evaluate("document.body.offsetHeight") <= 500

        await check()
        await host.find(".open").first.focus()
        for key in ("End", "ArrowUp", "Home", "ArrowRight", "ArrowDown", "ArrowRight"):
            await host.page.keyboard.press(key)
        for _ in range(8):
            await host.page.keyboard.press("ArrowRight")
            place = await host.frame.evaluate("current")
            await host.page.keyboard.press("Enter")
            await expect(host.find("#detail")).to_be_visible()
            await expect(host.find("#facts dt").last).to_have_text("Id")
            await check()
            await host.page.keyboard.press("Escape")
            assert await host.find(".card").nth(place).locator(":focus").count() == 1
        await host.find(".show").evaluate_all("buttons => buttons.forEach((button) => button.click())")
        await host.wait_for("!document.querySelector('.show') && !queue.length && !reading")
        await check()
        await host.button("Next page").click()
        await expect(host.button("Back")).to_be_visible()
        await host.wait_for("document.querySelector('.card img, .card .box:not(.veil) .words')")
        await check()
        assert await host.page.evaluate("window.hacked") is None
        stopped = await host.violations()
        assert [violation for violation in stopped if not violation.startswith("img-src")] == []
        assert set(host.fetched) <= {"/a.png"}
        if names_approved:
            assert stopped == []
        host.assert_clean()
