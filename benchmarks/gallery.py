"""How soon the gallery shows the pictures of a 20-hit page, after its host has handed it the result.

    python benchmarks/gallery.py [--rounds 5]

On the sandbox, in headless Chromium with the official host side; tests/gallery/README.md says what that needs.
"""

import argparse
import asyncio
import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.gallery.host import open_browser, open_host, open_server

HITS = 20
LOADED = """count => {
    const loaded = [...document.querySelectorAll(".card img")].filter((img) => img.complete && img.naturalWidth);
    return loaded.length >= count && Date.now();
}"""


async def measure(rounds: int) -> list[tuple[float, float]]:
    """Return ms to the first and to the last picture, each round with a server and a page of its own."""
    times = []
    async with open_browser() as browser:
        for _ in range(rounds):
            async with open_server() as server, open_host(browser, server) as host:
                await host.open()
                result = await host.call("search_assets", filter="kind = image AND nsfw IS EMPTY", limit=HITS)
                if len(result["structuredContent"]["hits"]) != HITS:
                    raise SystemExit(f"The sandbox did not find {HITS} pictures.")
                first, last = [
                    await (await host.frame.wait_for_function(LOADED, arg=count)).json_value() for count in (1, HITS)
                ]
                start = await host.page.evaluate("deliveredAt")
                times.append((first - start, last - start))
    return times


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description="How soon the gallery shows its pictures.")
    parser.add_argument("--rounds", type=int, default=5)
    times = asyncio.run(measure(parser.parse_args().rounds))
    print(f"{'ms after the result':<22}{'best':>8}{'median':>8}{'worst':>8}")
    for label, column in zip(("first picture", f"all {HITS} pictures"), zip(*times, strict=True), strict=True):
        print(f"{label:<22}{min(column):>8.0f}{statistics.median(column):>8.0f}{max(column):>8.0f}")


if __name__ == "__main__":
    main()
