"""How fast the sandbox indexes and searches, over made-up assets in Scenario's shape.

    python benchmarks/engine.py [--sizes 10000 100000] [--seed 1] [--searches 300]

The vocabulary is that of the samples, then made-up words, by Zipf's law; the searches draw from the same words. Each
search is measured as the app runs it, from a request to the page's documents. The machine's other load falls on the
figures: read them as ratios.
"""

import argparse
import random
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from scenario_mcp.sandbox.catalogue import Catalogue
from scenario_mcp.sandbox.engine.storage import Store
from scenario_mcp.sandbox.engine.tokens import words_of
from scenario_mcp.sandbox.engine.values import searched_text
from scenario_mcp.sandbox.requests import SearchRequest
from scenario_mcp.sandbox.search import SearchIndex
from scenario_mcp.sandbox.similarity.visual.catalogue import CatalogueLooks

PROJECT = "proj_sandbox"
VOCABULARY = 30_000
BATCH = 10_000
BOUNDS_MS = {10_000: {"keyword": 15, "filter and sort": 5}, 100_000: {"keyword": 100, "filter and sort": 20}}
"""What the medians may be."""
LEAST_RATE = 2000
"""Documents a second."""
MISSPELT, UNFINISHED, QUOTED = 0.15, 0.2, 0.05
"""Shares of the queries."""
SYLLABLES = ("ka", "lo", "mi", "ren", "tor", "vas", "el", "dra", "shi", "mon", "gar", "the", "ly", "os", "una", "pri")


class Words:
    """A vocabulary and how often its words come."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        samples = Catalogue.load()
        counted = Counter(
            word
            for asset in samples.assets.values()
            for path in ("metadata.name", "tags", "metadata.prompt", "description")
            for _, word in words_of(searched_text(asset, path))
        )
        made = {word: None for word, _ in counted.most_common()}
        while len(made) < VOCABULARY:
            made["".join(chance.choices(SYLLABLES, k=chance.choice((2, 3, 3, 4))))] = None
        self._words = tuple(made)
        self._weights: list[float] = []
        total = 0.0
        for rank in range(len(self._words)):
            total += 1 / (rank + 3)
            self._weights.append(total)

    def draw(self, count: int) -> list[str]:
        """Return words as a text would have them."""
        return self._chance.choices(self._words, cum_weights=self._weights, k=count)

    def telling(self) -> str:
        """Return a word that someone would search for: not one of the most frequent, nor of the rarest."""
        return self._chance.choice(self._words[30:2000])


def documents(count: int, words: Words, chance: random.Random) -> Iterator[dict[str, Any]]:
    """Make up assets."""
    owners = [f"user_{number:03}" for number in range(50)]
    collections = [f"collection_{number:03}" for number in range(80)]
    for number in range(count):
        kind, mime_type = chance.choices(
            [("image", "image/png"), ("image", "image/jpeg"), ("video", "video/mp4"), ("3d", "model/gltf-binary")],
            weights=(70, 15, 10, 5),
        )[0]
        made = 1_600_000_000 + chance.randrange(160_000_000)
        yield {
            "id": f"asset_{number:022}",
            "authorId": chance.choice(owners),
            "collectionIds": chance.sample(collections, chance.choice((0, 0, 1, 2))),
            "createdAt": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(made)),
            "updatedAt": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(made + chance.randrange(10**6))),
            "metadata": {
                "kind": kind,
                "type": chance.choice(("inference-txt2img", "inference-img2img", "upscale", "uploaded", "canvas")),
                "width": chance.choice((512, 768, 1024, 1536, 2048)),
                "height": chance.choice((512, 768, 1024, 1536, 2048)),
                "name": " ".join(words.draw(chance.choice((1, 2, 3)))),
                "prompt": ", ".join(" ".join(words.draw(chance.choice((2, 4, 6)))) for _ in range(6)),
                "modelId": f"model_{chance.randrange(300):04}",
                "guidance": chance.choice((3.5, 5, 7.5)),
                "numInferenceSteps": chance.choice((20, 28, 40)),
                "seed": str(chance.randrange(2**32)),
                "size": chance.randrange(10**4, 10**7),
            },
            "mimeType": mime_type,
            "nsfw": [],
            "ownerId": PROJECT,
            "privacy": chance.choice(("private", "private", "private", "public")),
            "tags": words.draw(chance.choice((2, 3, 4, 5))),
            "teamId": "team_sandbox",
            "description": " ".join(words.draw(18)) + ".",
            "score": round(chance.random(), 4),
        }


def requests(words: Words, chance: random.Random, count: int) -> dict[str, list[SearchRequest]]:
    """Make up searches of each sort."""

    def query() -> str:
        asked = [words.telling() for _ in range(chance.choice((1, 1, 2, 2, 3, 4)))]
        place = chance.randrange(len(asked))
        if chance.random() < MISSPELT:
            asked[place] = asked[place][:2] + asked[place][3:4] + asked[place][2:3] + asked[place][4:]
        if chance.random() < UNFINISHED:
            asked[-1] = asked[-1][: max(3, len(asked[-1]) - 2)]
        return '"' + " ".join(asked) + '"' if chance.random() < QUOTED else " ".join(asked)

    def expression() -> str:
        return chance.choice(
            (
                "kind = image AND width >= 1024",
                f"tags = {words.telling()}",
                f"createdAt > '2023-{chance.randint(1, 12):02}-01' AND mimeType = 'image/png'",
                f"modelId IN [model_{chance.randrange(300):04}, model_{chance.randrange(300):04}] OR kind = 3d",
                f"authorId = user_{chance.randrange(50):03} AND NOT privacy = public",
                f"collectionIds = collection_{chance.randrange(80):03}",
                "width 512 TO 1024 AND kind != video",
            )
        )

    orders = ("createdAt:desc", "updatedAt:desc", "createdAt:asc", "width:desc", "score:desc")
    return {
        "keyword": [SearchRequest(query=query()) for _ in range(count)],
        "keyword and filter": [SearchRequest(query=query(), filter=expression()) for _ in range(count)],
        "filter and sort": [SearchRequest(filter=expression(), sort_by=(chance.choice(orders),)) for _ in range(count)],
    }


class Timings(NamedTuple):
    """Milliseconds of one sort of search."""

    median: float
    p95: float
    first: float

    @classmethod
    def of(cls, run: Callable[[SearchRequest], object], asked: Iterable[SearchRequest]) -> "Timings":
        """Run searches one by one."""
        took = []
        for request in asked:
            begin = time.perf_counter()
            run(request)
            took.append((time.perf_counter() - begin) * 1000)
        return cls(statistics.median(took), statistics.quantiles(took, n=20)[-1], took[0])


def measure(size: int, seed: int, count: int) -> None:
    """Index and search so many documents; print a table."""
    chance = random.Random(seed)  # noqa: S311  # made-up data
    words = Words(chance)
    made = list(documents(size, words, chance))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "catalogue.sqlite"
        begin = time.perf_counter()
        with Store.open(path) as store:
            for start in range(0, size, BATCH):
                with store.writing() as batch:
                    for document in made[start : start + BATCH]:
                        batch.put("assets", document)
        seconds = time.perf_counter() - begin
        del made
        megabytes = sum(file.stat().st_size for file in Path(folder).iterdir()) / 2**20
        print(f"\n{size:,} assets: indexed in {seconds:.1f} s, {size / seconds:,.0f} a second", end="")
        print(f" (at least {LEAST_RATE:,}); {megabytes:.0f} MB on disk")
        process = psutil.Process()
        before = process.memory_info().rss
        begin = time.perf_counter()
        with Store.open(path) as store:
            catalogue = Catalogue.of_store(store, Path(folder))
            index = SearchIndex(catalogue, "assets", CatalogueLooks(catalogue))
            print(f"opened in {(time.perf_counter() - begin) * 1000:.1f} ms")
            print(f"{'':22}{'first':>10}{'p50':>10}{'p95':>10}   p50 at most, in ms")
            for name, asked in requests(words, chance, count).items():
                timings = Timings.of(lambda request: index.search(request, PROJECT), asked)
                print_row(name, timings, BOUNDS_MS.get(size, {}).get(name))
            with store.writing() as batch:
                batch.put("assets", {"id": "asset_new", "ownerId": PROJECT})
            changed = Timings.of(lambda request: index.search(request, PROJECT), [SearchRequest(query="castle")] * 2)
            print(f"first search after a change: {changed.first:.1f} ms")
        print(f"memory for searching: {(process.memory_info().rss - before) / 2**20:.0f} MB")


def print_row(name: str, timings: Timings, bound: int | None) -> None:
    """Print a line of the table."""
    print(f"{name:22}{timings.first:10.1f}{timings.median:10.1f}{timings.p95:10.1f}   {bound or ''}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure each size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--searches", type=int, default=300)
    options = parser.parse_args(arguments)
    for size in options.sizes:
        measure(size, options.seed, options.searches)


if __name__ == "__main__":
    main()
