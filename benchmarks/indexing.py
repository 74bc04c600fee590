"""How fast the sandbox indexes a folder, what its memory grows to, and what meaning costs, beside plain SQLite FTS5.

    python -m benchmarks.indexing [--sizes 20000 100000] [--seed 1] [--searches 1000] [--rounds 3]

The assets are made up (`benchmarks.engine_corpus`), without pictures, and lie as `assets.jsonl` in a folder. Each
figure is taken in a process of its own, in CPU seconds, and the two sides alternate. Read the figures as ratios: the
speed of machines swings.
"""

import argparse
import itertools
import json
import os
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import psutil

from benchmarks.engine_corpus import PROJECT, Words, documents
from benchmarks.engine_searches import Searches
from scenario_mcp.sandbox.catalogue import Catalogue
from scenario_mcp.sandbox.engine.indexes import OWN_INDEX_SETTINGS
from scenario_mcp.sandbox.engine.storage import Store
from scenario_mcp.sandbox.engine.tokens import words_of
from scenario_mcp.sandbox.own_catalogue.background import BackgroundIngest
from scenario_mcp.sandbox.requests import NumberedPaging, SearchRequest
from scenario_mcp.sandbox.search import SearchIndex
from scenario_mcp.sandbox.similarity.visual.catalogue import CatalogueLooks

LEAST_RATE = 8000
"""Documents a CPU second."""
MOST_MEGABYTES = 150
MOST_SEMANTIC_MS = {20_000: 30}
REPORTED_SEARCHES = 250
PLAIN_FIELDS = ("name", "tags", "prompt", "description")
MEBIBYTE = 2**20


AskedT = TypeVar("AskedT")


class Case(NamedTuple):
    """What a process measures: where the folder lies, how many documents it has, and the searches."""

    folder: Path
    size: int
    seed: int
    searches: int

    def chance(self) -> random.Random:
        """Return the numbers that the searches are made of."""
        return random.Random(self.seed)  # noqa: S311  # made-up data


def requests(words: Words, chance: random.Random, count: int) -> dict[str, list[SearchRequest]]:
    """Make up searches of three kinds."""
    kinds = Searches(words, chance).kinds()
    return {
        kind: [kinds[kind]().request for _ in range(count)]
        for kind in ("keyword", "keyword and filter", "filter and sort")
    }


def index_ours(case: Case) -> dict[str, float]:
    """Read the folder as the server does, until keywords are searchable, then until all is described."""
    begin = time.process_time()
    with BackgroundIngest(case.folder, is_logged=False) as ingest:
        while not ingest.wait(60):
            pass
        read = time.process_time() - begin
        while not ingest.is_described():
            time.sleep(0.1)
        described = time.process_time() - begin
        count = ingest.catalogue.store.count("assets")
    return {"documents": count, "read": read, "described": described}


def index_plain(case: Case) -> dict[str, float]:
    """Index the same lines with FTS5, and keep the documents beside it."""
    begin = time.process_time()
    connection = sqlite3.connect(_plain_path(case))
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"CREATE VIRTUAL TABLE words USING fts5({', '.join(PLAIN_FIELDS)}, content='')")
    connection.execute("CREATE TABLE documents (number INTEGER PRIMARY KEY, id TEXT UNIQUE, body TEXT)")
    count = 0
    with (case.folder / "assets.jsonl").open(encoding="utf-8") as lines:
        while batch := list(itertools.islice(lines, 2048)):
            rows = list(enumerate(map(json.loads, batch), count))
            with connection:
                connection.executemany(
                    "INSERT INTO words (rowid, name, tags, prompt, description) VALUES (?, ?, ?, ?, ?)",
                    [
                        (
                            n,
                            each["metadata"]["name"],
                            " ".join(each["tags"]),
                            each["metadata"]["prompt"],
                            each["description"],
                        )
                        for n, each in rows
                    ],
                )
                connection.executemany(
                    "INSERT INTO documents VALUES (?, ?, ?)",
                    [(n, each["id"], line) for (n, each), line in zip(rows, batch, strict=True)],
                )
            count += len(batch)
    connection.close()
    return {"documents": count, "read": time.process_time() - begin}


def memory_ours(case: Case) -> dict[str, Any]:
    """Run searches of all kinds, one after the other, over an index that is there."""
    empty = Catalogue.of_store(Store.open(), case.folder)
    SearchIndex(empty, "assets", CatalogueLooks(empty)).search(SearchRequest(query="a", query_semantic_ratio=0.5), "p")
    with _opened(case) as (catalogue, index):
        return _memory(_mixed(case), lambda request: _run(catalogue, index, request))


def memory_plain(case: Case) -> dict[str, Any]:
    """Run the same searches with FTS5, as far as it has them."""
    connection = sqlite3.connect(_plain_path(case))
    connection.execute("SELECT 1").fetchone()
    return _memory(_mixed(case), lambda request: _run_plain(connection, request))


def semantic_ours(case: Case) -> dict[str, Any]:
    """Search by meaning, by words and meaning, and by words, one after the other."""
    with _opened(case) as (_, index):
        queries = [request.query for request in requests(Words(case.chance()), case.chance(), 120)["keyword"]]
        for ratio in (0.0, 0.5, 1.0):
            index.search(SearchRequest(query="castle", query_semantic_ratio=ratio), PROJECT)
        return {
            f"ratio {ratio}": _median(
                [SearchRequest(query=each, query_semantic_ratio=ratio) for each in queries],
                lambda request: index.search(request, PROJECT),
            )
            for ratio in (0.0, 0.5, 1.0)
        }


def semantic_plain(case: Case) -> dict[str, Any]:
    """Search by words with FTS5."""
    connection = sqlite3.connect(_plain_path(case))
    asked = requests(Words(case.chance()), case.chance(), 120)["keyword"]
    return {"words": _median(asked, lambda request: _run_plain(connection, request))}


def beside(case: Case) -> dict[str, Any]:
    """Look up by id and filter while the vectors are being made, and after that: CPU of the asking thread."""
    with BackgroundIngest(case.folder, is_logged=False) as ingest:
        while not ingest.wait(60):
            pass
        catalogue = ingest.catalogue
        index = SearchIndex(catalogue, "assets", CatalogueLooks(catalogue))
        asked: list[SearchRequest | str] = [*requests(Words(case.chance()), case.chance(), 60)["filter and sort"]]
        asked += [f"asset_{number * 7:022}" for number in range(60)]
        busy: list[float] = []
        while not ingest.is_described() and len(busy) < 20 * len(asked):
            busy.append(_median(asked[len(busy) % len(asked) :][:1], lambda request: _run(catalogue, index, request)))
            time.sleep(0.01)
        while not ingest.is_described():
            time.sleep(0.1)
        quiet = [_median([each], lambda request: _run(catalogue, index, request)) for each in asked * 2]
    return {
        "busy": statistics.median(busy or [0]),
        "mean busy": statistics.fmean(busy or [0]),
        "count": len(busy),
        "quiet": statistics.median(quiet),
        "mean quiet": statistics.fmean(quiet),
    }


PARTS: dict[str, Callable[[Case], dict[str, Any]]] = {
    each.__name__: each
    for each in (index_ours, index_plain, memory_ours, memory_plain, semantic_ours, semantic_plain, beside)
}


@contextmanager
def _opened(case: Case) -> Iterator[tuple[Catalogue, SearchIndex]]:
    """Open an index that is there already, in a process that only searches."""
    [path] = Path(os.environ["XDG_CACHE_HOME"]).rglob("*.sqlite")
    with Store.open(path, OWN_INDEX_SETTINGS) as store:
        catalogue = Catalogue.of_store(store, case.folder)
        yield catalogue, SearchIndex(catalogue, "assets", CatalogueLooks(catalogue))


def _plain_path(case: Case) -> Path:
    return Path(os.environ["XDG_CACHE_HOME"]) / f"plain-{case.size}.db"


def _mixed(case: Case) -> Iterator[SearchRequest | str]:
    """Yield searches of all kinds in turn; a text is an id."""
    chance = case.chance()
    made = requests(Words(chance), chance, case.searches // 6 + 1)
    for number in range(case.searches // 6 + 1):
        keyword, filtered, ordered = (made[kind][number] for kind in made)
        yield keyword
        yield filtered
        yield ordered
        yield SearchRequest(query=keyword.query, query_semantic_ratio=chance.choice((0.3, 0.5, 1.0)))
        yield f"asset_{chance.randrange(case.size):022}"
        yield SearchRequest(query=filtered.query, paging=NumberedPaging(chance.randint(1, 30)))


def _run(catalogue: Catalogue, index: SearchIndex, request: SearchRequest | str) -> object:
    return catalogue.assets.get(request) if isinstance(request, str) else index.search(request, PROJECT)


def _run_plain(connection: sqlite3.Connection, request: SearchRequest | str) -> object:
    if isinstance(request, str):
        return connection.execute("SELECT body FROM documents WHERE id = ?", (request,)).fetchone()
    words = [word for _, word in words_of(request.query)]
    if not words:
        return connection.execute("SELECT body FROM documents ORDER BY number DESC LIMIT 20").fetchall()
    match = " ".join(f'"{word}"' for word in words)
    rows = connection.execute("SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank LIMIT 20", (match,)).fetchall()
    return [connection.execute("SELECT body FROM documents WHERE number = ?", row).fetchone() for row in rows]


def _memory(asked: Iterator[SearchRequest | str], run: Callable[[SearchRequest | str], object]) -> dict[str, Any]:
    process = psutil.Process()
    before = process.memory_full_info()
    begin = time.process_time()
    grown = []
    for number, request in enumerate(asked, start=1):
        run(request)
        if number % REPORTED_SEARCHES == 0:
            now = process.memory_full_info()
            grown.append([round((now.rss - before.rss) / MEBIBYTE), round((now.uss - before.uss) / MEBIBYTE)])
    return {"empty": round(before.rss / MEBIBYTE), "grown": grown, "seconds": time.process_time() - begin}


def _median(asked: Sequence[AskedT], run: Callable[[AskedT], object]) -> float:
    """Return the median CPU of a search in milliseconds."""
    took = []
    for request in asked:
        begin = time.thread_time()
        run(request)
        took.append((time.thread_time() - begin) * 1000)
    return statistics.median(took)


def _in_process(part: str, case: Case, cache: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.indexing", "--part", part, "--folder", str(case.folder)]
    command += ["--sizes", str(case.size), "--seed", str(case.seed), "--searches", str(case.searches)]
    environment = os.environ | {"XDG_CACHE_HOME": str(cache)}
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)  # noqa: S603  # this file
    read: dict[str, Any] = json.loads(done.stdout)
    return read


def measure(size: int, seed: int, searches: int, rounds: int) -> None:
    """Measure one size; print lines."""
    with tempfile.TemporaryDirectory() as name:
        case = Case(Path(name) / "folder", size, seed, searches)
        case.folder.mkdir()
        chance = case.chance()
        with (case.folder / "assets.jsonl").open("w", encoding="utf-8") as lines:
            for document in documents(size, Words(chance), chance):
                lines.write(json.dumps(document) + "\n")
        rates: dict[str, list[float]] = {"index_ours": [], "index_plain": []}
        described = []
        cache = Path(name)
        for number in range(rounds):
            cache = Path(name) / f"cache-{number}"
            cache.mkdir()
            for part, found in rates.items():
                told = _in_process(part, case, cache)
                found.append(told["documents"] / told["read"])
                described += [told["described"] - told["read"]] if "described" in told else []
        ours, plain = map(statistics.median, rates.values())
        print(
            f"\n{size:,} assets: {ours:,.0f} indexed a CPU second (at least {LEAST_RATE:,}; FTS5 {plain:,.0f})", end=""
        )
        print(f", best {max(rates['index_ours']):,.0f} (FTS5 {max(rates['index_plain']):,.0f});", end="")
        print(f" vectors after that {min(described):.1f} CPU s", flush=True)
        for side in ("ours", "plain"):
            told = _in_process(f"memory_{side}", case, cache)
            print(
                f"  {side}: {told['empty']} MB, then after each {REPORTED_SEARCHES} searches (RSS, USS) {told['grown']}"
                f" MB more (at most {MOST_MEGABYTES}); {told['seconds']:.1f} CPU s",
                flush=True,
            )
        for _ in range(rounds):
            print(
                f"  CPU ms (by meaning at most {MOST_SEMANTIC_MS.get(size, '-')}):",
                _shown(_in_process("semantic_ours", case, cache)),
                end="; ",
            )
            print("FTS5", _shown(_in_process("semantic_plain", case, cache)), flush=True)
        cache = Path(name) / "cache-beside"
        print("  CPU ms by id and filter beside vectors:", _shown(_in_process("beside", case, cache)), flush=True)


def _shown(told: dict[str, float]) -> str:
    return ", ".join(f"{name} {number:.2f}" for name, number in told.items())


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure each size, or one part in this process."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[20_000, 100_000])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--searches", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.part:
        case = Case(options.folder, options.sizes[0], options.seed, options.searches)
        print(json.dumps(PARTS[options.part](case)))
        return
    for size in options.sizes:
        measure(size, options.seed, options.searches, options.rounds)


if __name__ == "__main__":
    main()
