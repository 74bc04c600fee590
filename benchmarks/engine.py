"""How fast the sandbox's engine indexes and searches, beside plain SQLite FTS5 over the same documents.

    python -m benchmarks.engine [--sizes 10000 100000] [--seed 1] [--searches 100]

Each search goes from a request to the page's documents: first here, then there, so that the machine's other load falls
on both. CPU is of this process, user and system. No search comes twice, so words are read from the file where they
were not met before. A ratio is that of all searches of a kind together. FTS5 knows no typos and drops no words, so
it often finds a document or none where the engine finds a page: the last column is of searches where it fills a page.
"""

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import psutil

from benchmarks.engine_corpus import PROJECT, Words, documents
from benchmarks.engine_searches import Search, Searches
from benchmarks.plain_sqlite import PlainSqlite
from scenario_mcp.sandbox.catalogue import Catalogue
from scenario_mcp.sandbox.engine.storage import Store
from scenario_mcp.sandbox.requests import SearchRequest
from scenario_mcp.sandbox.search import SearchIndex
from scenario_mcp.sandbox.similarity.visual.catalogue import CatalogueLooks

BATCH = 10_000
PAGE = 20
BOUNDS = {"keyword": 3, "filter": 2, "filter and sort": 2}
"""What the ratios may be: to FTS5, and to a table without indexes."""
LEAST_RATE = 8000
"""Documents a second."""


class Timings(NamedTuple):
    """CPU of the searches of one kind, in milliseconds."""

    total: float
    median: float
    p95: float
    first: float

    @classmethod
    def of(cls, took: Sequence[float]) -> "Timings":
        """Sum up."""
        return cls(sum(took), statistics.median(took), statistics.quantiles(took, n=20)[-1], took[0])


class Comparison(NamedTuple):
    """The same searches here, over plain tables, and over tables with an index for each field."""

    engine: Timings
    plain: Timings
    indexed: Timings | None
    full: Sequence[tuple[float, float]]
    """What each search took in the first two ways, if both fill a page."""

    @classmethod
    def of(cls, asked: Sequence[Search], engine: SearchIndex, plain: PlainSqlite, indexed: PlainSqlite) -> "Comparison":
        """Run searches one by one, each in all ways."""
        ways: list[Callable[[Search], Sequence[object]]] = [
            lambda search: engine.search(search.request, PROJECT).hits,
            plain.search,
        ]
        if not asked[0].match:
            ways.append(indexed.search)
        took: list[list[float]] = [[] for _ in ways]
        full: list[tuple[float, float]] = []
        for search in asked:
            found = []
            for way, spent in zip(ways, took, strict=True):
                begin = time.process_time()
                found.append(len(way(search)))
                spent.append((time.process_time() - begin) * 1000)
            if min(found) == PAGE:
                full.append((took[0][-1], took[1][-1]))
        timings = [Timings.of(spent) for spent in took]
        return cls(timings[0], timings[1], timings[2] if len(timings) > len(("engine", "plain")) else None, full)


def measure(size: int, seed: int, count: int) -> None:
    """Index and search so many documents; print a table."""
    chance = random.Random(seed)  # noqa: S311  # made-up data
    words = Words(chance)
    made = list(documents(size, words, chance))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "catalogue.sqlite"
        begin = time.process_time()
        with Store.open(path) as store:
            for start in range(0, size, BATCH):
                with store.writing() as batch:
                    for document in made[start : start + BATCH]:
                        batch.put("assets", document)
            seconds = time.process_time() - begin
            store.join_words()
            joined_seconds = time.process_time() - begin - seconds
        megabytes = sum(file.stat().st_size for file in Path(folder).iterdir()) / 2**20
        plain, indexed = (PlainSqlite(Path(folder) / name) for name in ("plain.sqlite", "indexed.sqlite"))
        begin = time.process_time()
        for start in range(0, size, BATCH):
            plain.put(made[start : start + BATCH], start)
        plain_seconds = time.process_time() - begin
        for start in range(0, size, BATCH):
            indexed.put(made[start : start + BATCH], start)
        indexed.index_fields()
        del made
        print(f"\n{size:,} assets: indexed in {seconds:.1f} s of CPU, {size / seconds:,.0f} a second", end="")
        print(f" (at least {LEAST_RATE:,}; SQLite {size / plain_seconds:,.0f}),", end="")
        print(f" words joined in {joined_seconds * 1000:.0f} ms more; {megabytes:.0f} MB on disk")
        process = psutil.Process()
        before = process.memory_info().rss
        begin = time.process_time()
        with Store.open(path) as store:
            catalogue = Catalogue.of_store(store, Path(folder))
            index = SearchIndex(catalogue, "assets", CatalogueLooks(catalogue))
            print(f"opened in {(time.process_time() - begin) * 1000:.1f} ms")
            print_searches(Searches(words, chance), count, index, plain, indexed)
            with store.writing() as batch:
                batch.put("assets", {"id": "asset_new", "ownerId": PROJECT})
            begin = time.process_time()
            index.search(SearchRequest(query="castle"), PROJECT)
            print(f"first search after a change: {(time.process_time() - begin) * 1000:.1f} ms")
        print(f"memory for searching, with SQLite's beside it: {(process.memory_info().rss - before) / 2**20:.0f} MB")
        for each in (plain, indexed):
            each.close()


def print_searches(
    searches: Searches, count: int, engine: SearchIndex, plain: PlainSqlite, indexed: PlainSqlite
) -> None:
    """Print the table: milliseconds of CPU here and in plain SQLite, and their ratios."""
    print(f"{'':20}{'engine, ms of CPU':>27}{'plain SQLite':>18}{'with indexes':>18}{'ratio':>8}")
    print(f"{'':20}{'first':>9}{'p50':>9}{'p95':>9}" + f"{'p50':>9}{'p95':>9}" * 2, end="")
    print(f"{'':8}   at most   where SQLite fills a page")
    for name, draw in searches.kinds().items():
        compared = Comparison.of([draw() for _ in range(count)], engine, plain, indexed)
        ours, theirs = compared.engine, compared.plain
        best = f"{compared.indexed.median:9.2f}{compared.indexed.p95:9.2f}" if compared.indexed else " " * 18
        print(
            f"{name:20}{ours.first:9.2f}{ours.median:9.2f}{ours.p95:9.2f}{theirs.median:9.2f}{theirs.p95:9.2f}{best}"
            f"{ours.total / theirs.total:8.2f}   {BOUNDS.get(name, ''):<10}{_of_full(compared.full)}"
        )


def _of_full(full: Sequence[tuple[float, float]]) -> str:
    """Tell the ratio of the searches that fill a page in both ways, and how many they are."""
    if not full:
        return "none"
    return f"{sum(ours for ours, _ in full) / sum(theirs for _, theirs in full):.2f} ({len(full)} searches)"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure each size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--searches", type=int, default=100)
    options = parser.parse_args(arguments)
    for size in options.sizes:
        measure(size, options.seed, options.searches)


if __name__ == "__main__":
    main()
