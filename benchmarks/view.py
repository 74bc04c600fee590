"""How long `view_assets` takes on the sandbox, and how long it keeps the event loop waiting.

    python benchmarks/view.py [--rounds 10]

Each round looks at four pictures that were not looked at before. A task ticks every millisecond meanwhile and keeps the
largest gap; the idle gap beside it is the machine's.
"""

import argparse
import statistics
import time
from typing import Any

import anyio
import anyio.abc
from mcp.client import Client

from scenario_mcp.server.app import build_server
from scenario_mcp.settings import Sandbox, Settings

PICTURES = 4
BOUND_MILLISECONDS, BOUND_GAP_MILLISECONDS = 200, 20
SHOWN = "kind = image AND nsfw IS EMPTY"


async def _largest_gap(*, task_status: anyio.abc.TaskStatus[list[float]]) -> None:
    gaps: list[float] = [0.0]
    task_status.started(gaps)
    last = time.perf_counter()
    while True:
        await anyio.sleep(0.001)
        now = time.perf_counter()
        gaps[0] = max(gaps[0], (now - last) * 1000)
        last = now


async def _timed(client: Client, arguments: dict[str, Any] | None) -> tuple[float, float]:
    """Return milliseconds of a call, or of a tenth of a second at rest, and of the largest gap meanwhile."""
    async with anyio.create_task_group() as tasks:
        gaps = await tasks.start(_largest_gap)
        started = time.perf_counter()
        if arguments is None:
            await anyio.sleep(0.1)
        else:
            result = await client.call_tool("view_assets", arguments)
            assert not result.is_error  # noqa: S101  # a benchmark of errors would mislead
        wall = (time.perf_counter() - started) * 1000
        tasks.cancel_scope.cancel()
    return wall, gaps[0]


async def _print(rounds: int) -> None:
    async with Client(build_server(Settings(upstream=Sandbox()))) as client:
        found = await client.call_tool("search_assets", {"filter": SHOWN, "limit": 100})
        ids = [hit["id"] for hit in (found.structured_content or {})["hits"]]
        first = await _timed(client, {"assetIds": ids[:PICTURES]})
        calls, rests = [], []
        for start in range(PICTURES, PICTURES * (rounds + 1), PICTURES):
            calls.append(await _timed(client, {"assetIds": ids[start : start + PICTURES]}))
            rests.append(await _timed(client, None))
    walls, gaps = zip(*calls, strict=True)
    print(f"{'':28}{'wall ms':>10}{'gap ms':>10}")
    print(f"{'first call (loads Pillow)':28}{first[0]:10.1f}{first[1]:10.1f}")
    print(f"{'median':28}{statistics.median(walls):10.1f}{statistics.median(gaps):10.1f}")
    print(f"{'largest':28}{max(walls):10.1f}{max(gaps):10.1f}")
    print(f"{'at rest, largest':28}{'':10}{max(gap for _, gap in rests):10.1f}")
    print(f"{'at most':28}{BOUND_MILLISECONDS:10}{BOUND_GAP_MILLISECONDS:10}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=10)
    anyio.run(_print, parser.parse_args().rounds)
