"""What the API's client costs beside the one of an earlier commit, both in one run.

    python -m benchmarks.overhead [--before COMMIT] [--rounds 7] [--searches 1000]

CPU per 1,000 successful searches over loopback, each client in processes of its own that take turns, so that the
machine's other load falls on both alike; read the ratio.
"""

import argparse
import io
import os
import statistics
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from benchmarks.cost import reply_of_the_api, upstream

HERE = Path(__file__).resolve().parent
AT_MOST = 1.10

CHILD = """
import asyncio, sys, time
from scenario_mcp.credentials import Credentials
from scenario_mcp.backend import open_scenario
from scenario_mcp.settings import Live, Settings
from scenario_mcp.api.requests import AssetSearch

async def main(base_url, count):
    async with open_scenario(Settings(Credentials("key", "secret"), Live(base_url))) as scenario:
        client = scenario.client
        for number in range(-count // 10, count):
            if number == 0:
                begin = time.process_time()
            page = await client.search_assets(AssetSearch(query=f"knight {number}", limit=20, offset=0).resolve())
            assert len(page.hits) == 20
        print((time.process_time() - begin) * 1e6 / count)

asyncio.run(main(sys.argv[1], int(sys.argv[2])))
"""


def check_out(commit: str, folder: str) -> None:
    """Put the package as it was at a commit into a folder."""
    archive = subprocess.run(  # noqa: S603  # our own command
        ["git", "archive", commit, "scenario_mcp"],  # noqa: S607  # git is where the system has it
        cwd=HERE.parent,
        capture_output=True,
        check=True,
    ).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(folder, filter="data")


def measure(folder: str, base_url: str, searches: int) -> float:
    """Return the CPU milliseconds of 1,000 searches by the client in this folder."""
    finished = subprocess.run(  # noqa: S603  # our own code
        [sys.executable, "-P", "-c", CHILD, base_url, str(searches)],
        env={**os.environ, "PYTHONPATH": folder},
        capture_output=True,
        text=True,
        check=True,
    )
    return float(finished.stdout)


def main() -> None:
    """Measure both, in turn, and print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--before", default="HEAD", help="a commit")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--searches", type=int, default=1000)
    options = parser.parse_args()
    before: list[float] = []
    now: list[float] = []
    with tempfile.TemporaryDirectory() as folder, upstream(reply_of_the_api()) as base_url:
        check_out(options.before, folder)
        for _ in range(options.rounds):
            before.append(measure(folder, base_url, options.searches))
            now.append(measure(str(HERE.parent), base_url, options.searches))
    ratio = statistics.median(after / earlier for after, earlier in zip(now, before, strict=True))
    medians = statistics.median(before), statistics.median(now)
    print(f"CPU for 1,000 searches: {options.before} {medians[0]:.0f} ms, now {medians[1]:.0f} ms")
    print(f"ratio {ratio:.2f}, at most {AT_MOST:.2f}")


if __name__ == "__main__":
    main()
