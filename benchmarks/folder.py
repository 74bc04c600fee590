"""How a folder of real pictures is read: what is found, how soon, and what it costs.

    python -m benchmarks.folder_files DIR
    python -m benchmarks.folder DIR [--sample 2000]

Starts `scenario-mcp --catalogue DIR` with an empty index. Reads how long the first search takes from the start, how
long the whole index, and the largest resident memory meanwhile; then looks for pictures by a word of their prompt, by
their seed and by their model, and prints what was not found. A second start shows what an unchanged folder costs.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

BOUND_FIRST_SECONDS, BOUND_INDEX_SECONDS, BOUND_MEGABYTES = 1.0, 180.0, 250.0
_PAGE = 100
_MOST_SHOWN = 5
_LOOK_EVERY_SECONDS = 0.25
_MODEL_PAGES = 10
_INITIALIZE = {
    "protocolVersion": "2025-11-25",
    "capabilities": {},
    "clientInfo": {"name": "folder", "version": "1"},
}


class Server:
    """A server over stdio that is spoken to line by line, and its largest memory."""

    def __init__(self, folder: Path, cache: str) -> None:
        self.started = time.perf_counter()
        environ = {**os.environ, "XDG_CACHE_HOME": cache}
        self._process = subprocess.Popen(  # noqa: S603  # our own server
            [sys.executable, "-m", "scenario_mcp", "--catalogue", str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(Path(cache) / "log").open("ab"),
            env=environ,
            text=True,
        )
        self._number = 0
        self.megabytes = 0.0
        self._seen = psutil.Process(self._process.pid)
        threading.Thread(target=self._watch, daemon=True).start()
        self._ask("initialize", _INITIALIZE)

    def _watch(self) -> None:
        while self._process.poll() is None:
            try:
                family = [self._seen, *self._seen.children(recursive=True)]
                self.megabytes = max(self.megabytes, sum(each.memory_info().rss for each in family) / 1e6)
            except psutil.Error:
                return
            time.sleep(_LOOK_EVERY_SECONDS)

    def _ask(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        assert self._process.stdin  # noqa: S101  # opened as a pipe
        assert self._process.stdout  # noqa: S101  # opened as a pipe
        self._number += 1
        request = {"jsonrpc": "2.0", "id": self._number, "method": method, "params": params}
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        while True:
            answer: dict[str, Any] = json.loads(self._process.stdout.readline())
            if answer.get("id") == self._number:
                return answer["result"]  # type: ignore[no-any-return]  # an object, by MCP

    def search(self, **arguments: Any) -> dict[str, Any]:
        """Return a page of assets; its hits and its notes."""
        result = self._ask("tools/call", {"name": "search_assets", "arguments": arguments})
        if result.get("isError"):
            raise SystemExit(f"Refused: {result}")
        page: dict[str, Any] = result["structuredContent"]
        return page

    def cpu_seconds(self) -> float:
        """Return the CPU time so far."""
        times = self._seen.cpu_times()
        return float(times.user + times.system)

    def close(self) -> None:
        """End it as a host does."""
        assert self._process.stdin  # noqa: S101  # opened as a pipe
        self._process.stdin.close()
        self._process.wait(30)


@contextmanager
def started(folder: Path, cache: str) -> Iterator[Server]:
    """Start a server and see it through its end."""
    server = Server(folder, cache)
    try:
        yield server
    finally:
        server.close()


def _until_read(server: Server) -> dict[str, Any]:
    """Search until no note says that the catalogue is still being read."""
    while True:
        page = server.search(filter="createdAt >= 1900-01-01", limit=1)
        if "still being read" not in json.dumps(page):
            return page
        time.sleep(_LOOK_EVERY_SECONDS)


def _start(folder: Path, cache: str, expected: list[dict[str, Any]], sample: int) -> None:
    with started(folder, cache) as server:
        page = server.search(query="knight", limit=20)
        first = time.perf_counter() - server.started
        print(f"first search after {first:.2f} s (bound {BOUND_FIRST_SECONDS}): {len(page['hits'])} hits")
        print(f"  {page.get('notes') or page.get('note')}")
        _until_read(server)
        seconds = time.perf_counter() - server.started
        print(
            f"whole index after {seconds:.1f} s (bound {BOUND_INDEX_SECONDS:.0f}), {server.cpu_seconds():.1f} s of CPU"
        )
        if sample:
            _look_for(server, expected, sample)
        print(f"largest memory {server.megabytes:.0f} MB (bound {BOUND_MEGABYTES:.0f})")


def _look_for(server: Server, expected: list[dict[str, Any]], sample: int) -> None:
    good = [each for each in expected if each["word"]]
    chosen = random.Random(1).sample(good, min(sample, len(good)))  # noqa: S311  # which ones does not matter
    missing: dict[str, list[str]] = {"word": [], "seed": [], "model": []}
    for each in chosen:
        for name in ("word", "seed"):
            if each[name] and each["path"] not in _found(server, query=each[name], limit=20):
                missing[name].append(each["path"])
    by_model: dict[str, set[str]] = {}
    for each in chosen:
        if each["model"]:
            if each["model"] not in by_model:
                by_model[each["model"]] = _pages(server, each["model"])
            if each["path"] not in by_model[each["model"]]:
                missing["model"].append(each["path"])
    for name, paths in missing.items():
        total = sum(1 for each in chosen if each[name])
        print(f"by {name}: {total - len(paths)} of {total}", *paths[:_MOST_SHOWN], sep="\n  ")
        print("  ", Counter(path.rpartition(".")[2] for path in paths))


def _pages(server: Server, query: str) -> set[str]:
    found: set[str] = set()
    for number in range(_MODEL_PAGES):
        page = _found(server, query=query, limit=_PAGE, offset=number * _PAGE)
        found |= page
        if len(page) < _PAGE:
            break
    return found


def _found(server: Server, **arguments: Any) -> set[str]:
    return {str(hit.get("file")) for hit in server.search(**arguments)["hits"]}


def main() -> None:
    """Measure the folder that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sample", type=int, default=2_000)
    arguments = parser.parse_args()
    lines = arguments.folder.with_suffix(".expected.jsonl").read_text(encoding="utf-8").splitlines()
    expected = [json.loads(line) for line in lines]
    print(f"{len(expected):,} files, {sum(each['is_odd'] for each in expected)} of them odd")
    with tempfile.TemporaryDirectory() as cache:
        _start(arguments.folder, cache, expected, arguments.sample)
        print("a second start:")
        _start(arguments.folder, cache, expected, 0)
        print((Path(cache) / "log").read_text(encoding="utf-8", errors="replace")[-3000:])


if __name__ == "__main__":
    main()
