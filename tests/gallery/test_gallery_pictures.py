"""Where the gallery's pictures come from, and when they are fetched."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from playwright.async_api import expect

from tests.gallery.host import CAPABILITIES, CDN, WAIT_MS, Host, Refusal, blob
from tests.gallery.results import KEY, asset, document, found, image_block, picture, said

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

LOADED = "[...document.querySelectorAll('.card img')].filter((img) => img.complete && img.naturalWidth).length"


def refuse(_params: Any) -> None:
    raise Refusal("The picture host did not answer. Try again.")


async def _until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110  # what a browser does sets no event here
        await asyncio.sleep(0)


async def test_a_search_of_the_sandbox_shows_twenty_pictures_that_the_server_read(host: Host) -> None:
    await host.open()
    result = await host.call("search_assets", filter="kind = image AND nsfw IS EMPTY")
    await host.wait_for(f"{LOADED} === 20")
    assert sorted(host.reads()) == sorted(hit["uri"] for hit in result["structuredContent"]["hits"])
    assert await host.violations() == []


async def test_pictures_come_from_the_picture_host_without_the_server(host: Host) -> None:
    cards = [asset(number, picture=f"{CDN}/{number}.png?Signature=a~b") for number in range(8)]
    host.cdn = {f"/{number}.png?Signature=a~b": picture() for number in range(8)}
    await host.open()
    await host.deliver(found(cards))
    await host.wait_for(f"{LOADED} === 8")
    assert sorted(host.fetched) == sorted(host.cdn)
    assert host.reads() == []


async def test_a_picture_that_its_host_refuses_is_read_from_the_server_and_else_told_in_words(host: Host) -> None:
    cards = [asset(0, picture=f"{CDN}/0.png"), asset(1, picture=f"{CDN}/1.png", prompt="a lantern in the mist")]
    host.fakes["resources/read"] = lambda params: blob(picture()) if "asset_0" in params["uri"] else refuse(params)
    await host.open()
    await host.deliver(found(cards))
    await host.wait_for(f"{LOADED} === 1")
    await expect(host.find(".card .words")).to_have_text("a lantern in the mist")
    assert sorted(host.fetched) == ["/0.png", "/1.png"]
    assert sorted(host.reads()) == ["scenario://assets/asset_0/image", "scenario://assets/asset_1/image"]
    await expect(host.find(".waits")).to_have_count(0)


async def test_a_picture_whose_host_hangs_is_read_from_the_server_and_else_told_in_words(host: Host) -> None:
    cards = [
        asset(0, picture=f"{CDN}/0.png"),
        asset(1, picture=f"{CDN}/1.png", prompt="a lantern in the mist"),
        asset(2, picture=f"{CDN}/2.png"),
    ]
    host.hanging = {"/0.png", "/1.png"}
    host.cdn = {"/2.png": picture()}
    host.fakes["resources/read"] = lambda params: blob(picture()) if "asset_0" in params["uri"] else refuse(params)
    await host.context.clock.install()
    await host.open()
    await host.deliver(found(cards))
    await host.wait_for(f"{LOADED} === 1")
    await asyncio.wait_for(_until(lambda: len(host.fetched) == 3), WAIT_MS / 1000)
    await expect(host.find(".waits")).to_have_count(2)
    assert host.reads() == []
    await host.context.clock.fast_forward(8_000)
    await host.wait_for(f"{LOADED} === 2")
    await expect(host.find(".card .words")).to_have_text("a lantern in the mist")
    await expect(host.find(".waits")).to_have_count(0)
    assert sorted(host.reads()) == ["scenario://assets/asset_0/image", "scenario://assets/asset_1/image"]


ELSEWHERE: list[Any] = [
    "https://elsewhere.test/a.png",
    "http://cdn.cloud.scenario.com/a.png",
    "https://user:word@cdn.cloud.scenario.com/a.png",
    "https://cdn.cloud.scenario.com.elsewhere.test/a.png",
    "javascript:hacked=1",
    "data:text/html,<script>hacked=1</script>",
    "//cdn.cloud.scenario.com/a.png",
    ["https://cdn.cloud.scenario.com/a.png"],
    7,
]


@pytest.mark.promise(number=17)
async def test_a_picture_that_lies_elsewhere_is_not_even_tried(host: Host) -> None:
    host.fakes["resources/read"] = lambda _: blob(picture())
    await host.open(capabilities=host.with_sandbox())
    await host.deliver(found([asset(number, picture=address) for number, address in enumerate(ELSEWHERE)]))
    await host.wait_for(f"{LOADED} === {len(ELSEWHERE)}")
    assert host.fetched == []
    assert sorted(host.reads()) == [f"scenario://assets/asset_{number}/image" for number in range(len(ELSEWHERE))]
    assert await host.violations() == []


@pytest.mark.promise(number=17)
@pytest.mark.parametrize("told", [{}, {"sandbox": {"csp": {"resourceDomains": "any"}}}], ids=["untold", "told oddly"])
async def test_without_a_policy_of_the_host_the_page_has_its_own(host: Host, told: dict[str, Any]) -> None:
    host.fakes["resources/read"] = lambda _: blob(picture())
    host.cdn = {"/0.png": picture()}
    addresses = [
        f"{CDN}/0.png",
        "https://elsewhere.test/1.png",
        f"{CDN}.elsewhere.test/2.png",
        "http://127.0.0.1:9/3.png",
    ]
    await host.open(capabilities=CAPABILITIES | told, domains=None)
    await host.deliver(found([asset(number, picture=address) for number, address in enumerate(addresses)]))
    await host.wait_for(f"{LOADED} === 4")
    assert host.fetched == ["/0.png"]
    assert sorted(host.reads()) == [f"scenario://assets/asset_{number}/image" for number in (1, 2, 3)]
    smuggled = """() => {
        for (const tag of ["img", "script", "iframe", "link"]) {
            const element = document.createElement(tag);
            element.rel = "stylesheet";
            element.src = element.href = `https://elsewhere.test/${tag}`;
            document.body.append(element);
        }
    }"""
    await host.frame.evaluate(smuggled)
    await host.wait_for("violations.length >= 4")
    await host.page.wait_for_timeout(200)  # what was let through would stray by then
    assert host.strays == []
    assert len(await host.violations()) == 4


async def test_a_policy_that_stops_the_picture_host_leads_to_the_server(host: Host) -> None:
    host.fakes["resources/read"] = lambda _: blob(picture())
    await host.open(domains=["data:"])
    await host.deliver(found([asset(0, picture=f"{CDN}/0.png")]))
    await host.wait_for(f"{LOADED} === 1")
    assert (host.fetched, host.reads()) == ([], ["scenario://assets/asset_0/image"])


async def test_a_loopback_picture_host_may_speak_plain_http(host: Host) -> None:
    host.cdn_at = "http://127.0.0.1:8099"
    host.cdn = {"/0.png": picture()}
    source = "http://127.0.0.1:*"
    host.allow_pictures_from(source)
    await host.open(domains=[source, "data:"], capabilities=host.with_sandbox([source]))
    await host.deliver(found([asset(0, picture="http://127.0.0.1:8099/0.png")]))
    await host.wait_for(f"{LOADED} === 1")
    assert (host.fetched, host.reads()) == (["/0.png"], [])


async def test_the_pictures_of_view_assets_are_those_in_its_result(host: Host) -> None:
    page = await host.ask("search_assets", query="knight", limit=3)
    ids = [hit["id"] for hit in page["structuredContent"]["hits"]]
    await host.open("view_assets")
    result = await host.call("view_assets", assetIds=ids)
    shown = [result["content"][card["image"]]["data"] for card in result["_meta"][KEY]["cards"]]
    await host.wait_for(f"{LOADED} === 3")
    sources = await host.find(".card img").evaluate_all("imgs => imgs.map((img) => img.src.split(',')[1])")
    assert sources == shown
    assert host.reads() == []


async def test_pictures_without_cards_are_shown_under_numbers(host: Host) -> None:
    await host.open("view_assets")
    await host.deliver({"content": [*said("Two pictures.")["content"], image_block(picture()), image_block(picture())]})
    await host.wait_for(f"{LOADED} === 2")
    assert await host.find(".name").all_text_contents() == ["Picture 1", "Picture 2"]
    await host.find(".open").first.click()
    await expect(host.button("Close")).to_be_visible()
    for name in ("More like this", "Copy id", "Open in browser"):
        await expect(host.button(name)).to_have_count(0)


async def test_details_asked_of_view_assets_are_shown_as_cards(host: Host) -> None:
    page = await host.ask("search_assets", query="knight", limit=2)
    ids = [hit["id"] for hit in page["structuredContent"]["hits"]]
    await host.open("view_assets")
    await host.call("view_assets", assetIds=ids, details=True)
    await host.wait_for(f"{LOADED} === 2")
    assert await host.find(".name").all_text_contents() == [hit["name"] for hit in page["structuredContent"]["hits"]]


async def test_no_more_than_six_pictures_are_read_at_a_time_and_the_visible_come_first(host: Host) -> None:
    under_way: list[str] = []
    most: list[int] = []
    six = asyncio.Event()

    async def read(params: Any) -> Any:
        under_way.append(params["uri"])
        most.append(len(under_way))
        if len(under_way) == 6:
            six.set()
        await asyncio.wait_for(six.wait(), 10)
        await asyncio.sleep(0)
        under_way.remove(params["uri"])
        return blob(picture())

    host.fakes["resources/read"] = read
    await host.open()
    await host.deliver(found([asset(number) for number in range(20)]))
    await host.wait_for(f"{LOADED} === 20")
    assert max(most) == 6
    visible = await host.find(".card").evaluate_all(
        "cards => cards.filter((card) => card.getBoundingClientRect().top < innerHeight).length"
    )
    expected = {f"scenario://assets/asset_{number}/image" for number in range(visible)}
    assert set(host.reads()[:visible]) == expected


async def test_pictures_far_below_are_read_only_when_the_person_comes_near(host: Host) -> None:
    host.fakes["resources/read"] = lambda _: blob(picture())
    await host.open()
    await host.deliver(found([asset(number) for number in range(200)]))
    await host.wait_for(f"{LOADED} >= 15")
    last = "scenario://assets/asset_199/image"
    assert last not in host.reads()
    await host.find(".card").last.scroll_into_view_if_needed()
    await host.wait_for("document.querySelector('.card:last-child img')?.naturalWidth")
    assert last in host.reads()
    assert len(host.reads()) < 150


async def test_what_is_marked_nsfw_is_not_even_fetched_until_the_person_asks(host: Host) -> None:
    host.cdn = {"/0.png": picture()}
    await host.open()
    labels = ["Explicit Nudity", "Violence"]
    await host.deliver(found([asset(0, nsfw=labels, picture=f"{CDN}/0.png"), asset(1)]))
    host.fakes["resources/read"] = lambda _: blob(picture())
    await expect(host.find(".veil .words")).to_have_text("Hidden: Explicit Nudity, Violence")
    await host.find(".open").nth(1).click()
    await host.button("Close").click()
    assert host.fetched == []
    await host.button("Show Asset 0").click()
    await host.wait_for("document.querySelector('.card:first-child img')?.naturalWidth")
    assert host.fetched == ["/0.png"]
    await expect(host.find(".veil")).to_have_count(0)
    assert await host.find(":focus").get_attribute("title") == "Asset 0"


async def test_the_labels_of_a_hit_veil_it_as_well(host: Host) -> None:
    await host.open()
    result = found([asset(0)])
    result["structuredContent"]["hits"][0]["nsfw"] = "Suggestive, Violence"
    del result["_meta"]
    await host.deliver(result)
    await expect(host.find(".veil .words")).to_have_text("Hidden: Suggestive, Violence")
    assert host.reads() == []


async def test_a_veil_lifted_in_the_detail_stays_lifted_in_the_grid(host: Host) -> None:
    host.fakes["resources/read"] = lambda params: (
        blob(picture()) if params["uri"].endswith("/image") else document({"id": "asset_0"})
    )
    await host.open()
    await host.deliver(found([asset(0, nsfw=["Violence"])]))
    await host.find(".open").click()
    await expect(host.find("#large .words")).to_have_text("Hidden: Violence")
    assert host.reads() == ["scenario://assets/asset_0"]
    await host.button("Show Asset 0").click()
    await host.wait_for("document.querySelector('#large img')?.naturalWidth")
    await host.button("Close").click()
    await host.wait_for(f"{LOADED} === 1")
    assert host.reads() == ["scenario://assets/asset_0", "scenario://assets/asset_0/image"]


NO_PICTURES: list[dict[str, Any]] = [
    {
        "mimeType": "image/svg+xml",
        "blob": "PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHdpZHRoPSI5IiBoZWlnaHQ9IjkiLz4=",
    },
    {"mimeType": "image/png", "blob": 'x" onerror="hacked=1'},
    {"mimeType": "text/html", "text": "<script>hacked=1</script>"},
    {"mimeType": {"toString": 1}, "blob": "AAAA"},
    {"text": ""},
]


@pytest.mark.promise(number=18)
async def test_only_pictures_become_pictures(host: Host) -> None:
    contents = {f"scenario://assets/asset_{number}/image": each for number, each in enumerate(NO_PICTURES)}
    host.fakes["resources/read"] = lambda params: {"contents": [{"uri": "scenario://", **contents[params["uri"]]}]}
    await host.open()
    await host.deliver(found([asset(number) for number in range(len(NO_PICTURES))]))
    await expect(host.find(".card .words")).to_have_text([f"Asset {number}" for number in range(len(NO_PICTURES))])
    await expect(host.find("img")).to_have_count(0)


async def test_small_pixel_art_is_enlarged_without_blur(host: Host) -> None:
    host.fakes["resources/read"] = lambda _: blob(picture(32, 32))
    await host.open()
    await host.deliver(found([asset(0, tags=["pixel-art"]), asset(1, tags=["painted"])]))
    await host.wait_for(f"{LOADED} === 2")
    rendering = await host.find("img").evaluate_all("imgs => imgs.map((img) => getComputedStyle(img).imageRendering)")
    assert rendering == ["pixelated", "auto"]


async def test_a_host_without_resources_is_not_asked_for_any(host: Host) -> None:
    await host.open(capabilities={"serverTools": {}})
    await host.deliver(found([asset(0, prompt="a castle")]))
    await expect(host.find(".card .words")).to_have_text("a castle")
    await host.find(".open").click()
    await expect(host.find("#facts")).to_contain_text("a castle")
    assert host.reads() == []
