"""Take the screenshots in docs/images: `python -m scripts.screenshots`.

It shows the gallery in headless Chromium in front of a real server over the samples, as the tests of the gallery do;
tests/gallery/README.md says what that needs. A change of the gallery or of the samples shows as changed pictures.
"""

import asyncio
import io
import sys
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser

from tests.gallery.host import CAPABILITIES, Host, Server, open_browser, open_host, open_server

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
WIDTH, HEIGHT = 720, 500
SEARCH = {"query": "knight"}
READY = "document.querySelectorAll('.card img').length > 4 && !queue.length && !reading"
OPENED = 3
"""The card that is opened, counted from 0."""


async def take() -> None:
    """Take all of them."""
    async with open_server() as server, open_browser() as browser:
        await _gallery(browser, server, "light", "gallery.png")
        await _gallery(browser, server, "dark", "gallery-dark.png")
        async with open_host(browser, server, WIDTH, color_scheme="light") as host:
            await _show(host, "light")
            await host.find(".card").nth(OPENED).locator("button").first.click()
            await host.wait_for(
                "document.querySelector('#large img')?.naturalWidth && document.querySelector('#facts dt')"
            )
            await _save(host, "gallery-details.png")


async def _gallery(browser: Browser, server: Server, scheme: str, name: str) -> None:
    async with open_host(browser, server, WIDTH, color_scheme=scheme) as host:
        await _show(host, scheme)
        await _save(host, name)


async def _show(host: Host, scheme: str) -> None:
    await host.open(capabilities=CAPABILITIES, context={"theme": scheme})
    await host.call("search_assets", **SEARCH)
    await host.wait_for(READY)


async def _save(host: Host, name: str) -> None:
    shot = await host.page.screenshot(clip={"x": 0, "y": 0, "width": WIDTH, "height": HEIGHT}, full_page=True)
    with Image.open(io.BytesIO(shot)) as image:
        image.convert("RGB").quantize(256).save(IMAGES / name, optimize=True)
    print(f"{name}: {(IMAGES / name).stat().st_size} bytes")


if __name__ == "__main__":
    sys.exit(asyncio.run(take()))
