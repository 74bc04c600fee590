"""Damaged picture files, read one by one: nothing but `BadFile` may come of one, and little time and memory be spent.

    python -m benchmarks.odd_files [--files 200000] [--seed 1]

Prints how many files were read and how many were refused, what else was raised, the slowest file, and how far the
memory of the process grew. Files over a bound, and those that raise anything else, are kept in a folder.
"""

import argparse
import io
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from scenario_mcp.sandbox.file_kinds import kind_of_file
from scenario_mcp.sandbox.own_catalogue.file_documents import document_of_file
from scenario_mcp.sandbox.own_catalogue.walk import BadFile, FoundFile
from tests.support.odd_files import mutated, seed_files

BOUND_SECONDS, BOUND_MEGABYTES = 2.0, 200.0


def main() -> None:
    """Run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    kept = Path(tempfile.mkdtemp(prefix="odd-files-"))
    seeds = seed_files()
    for name, data in seeds.items():  # loads every reader, so that memory is compared with them
        _read(name, data)
    chance = random.Random(options.seed)  # noqa: S311  # damage needs no cryptographic randomness
    outcomes: Counter[str] = Counter()
    slowest, started, first_megabytes = 0.0, time.perf_counter(), _megabytes()
    for number in range(options.files):
        name = chance.choice(list(seeds))
        data = mutated(seeds[name], chance)
        begin, before = time.process_time(), _megabytes()
        outcome = _read(name, data)
        seconds, megabytes = time.process_time() - begin, _megabytes() - before
        slowest = max(slowest, seconds)
        outcomes[outcome] += 1
        if outcome not in {"read", "refused"} or seconds > BOUND_SECONDS or megabytes > BOUND_MEGABYTES:
            (kept / f"{number}-{name}").write_bytes(data)
            print(f"{number} {name}: {outcome}, {seconds:.2f} s, {megabytes:.0f} MB", flush=True)
        if number % 20_000 == 0:
            print(f"{number} files, {time.perf_counter() - started:.0f} s, {dict(outcomes)}", flush=True)
    print(dict(outcomes), f"slowest {slowest:.3f} s, memory grew by {_megabytes() - first_megabytes:.0f} MB", kept)


def _read(name: str, data: bytes) -> str:
    kind = kind_of_file(name)
    if kind is None:
        return "no kind"
    try:
        document_of_file(FoundFile(name, len(data), 0), kind, io.BytesIO(data))
    except BadFile:
        return "refused"
    except Exception as error:  # noqa: BLE001  # it is what is looked for
        return repr(error)
    return "read"


def _megabytes() -> float:
    """Return the largest resident memory so far."""
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


if __name__ == "__main__":
    main()
