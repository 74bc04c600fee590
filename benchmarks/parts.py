"""Where the CPU time of a start and of a call goes, in percent, by part.

    python -m benchmarks.parts [--starts 5] [--calls 1000] [--page]

Starts by `-X importtime`, in wall time: what each package takes to import, without the packages that it imports. Calls
by cProfile, one by one over stdio; built-in functions count as part of their callers, waiting does not count.
"""

import argparse
import pstats
import re
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from benchmarks import page
from benchmarks.compare.measurement import environment
from benchmarks.compare.over_stdio import started
from benchmarks.upstream import reply_of_the_api, upstream

ROOT = Path(__file__).resolve().parent.parent
AT_LEAST_PERCENT = 2.0
"""Smaller parts are added up."""
_IMPORT = re.compile(rb"import time:\s+(\d+) \|\s+\d+ \|\s+([\w.]+)")
_PROFILED = """\
import cProfile, os, runpy, signal
profile = cProfile.Profile()

def finish(*_):
    profile.disable()
    profile.dump_stats(os.environ["PROFILE"])

signal.signal(signal.SIGUSR1, lambda *_: profile.enable())
signal.signal(signal.SIGUSR2, finish)
runpy.run_module("scenario_mcp", run_name="__main__", alter_sys=True)
"""
"""The server, profiled between two signals."""
MARK = "parts"


def part_of_module(name: str) -> str:
    """Name the part that a module belongs to."""
    package = name.partition(".")[0]
    if package == "scenario_mcp":
        return "this package"
    if package in {"mcp", "mcp_types"}:
        return f"the SDK's `{package}`"
    if package.startswith(("pydantic", "annotated_types", "typing_inspection")):
        return "`pydantic`"
    if package in sys.stdlib_module_names or package.startswith("_"):
        return "Python's own library"
    return f"`{package}`"


def part_of_file(path: str) -> str:
    """Name the part that a file belongs to; rooms of this package are parts of their own."""
    names = Path(path).with_suffix("").parts
    if "scenario_mcp" in names:
        rest = names[names.index("scenario_mcp") + 1 :]
        return f"this package: `{rest[0]}`"
    if "site-packages" in names:
        return part_of_module(names[names.index("site-packages") + 1])
    package = names[-2] if len(names) > 1 and names[-2] in sys.stdlib_module_names else names[-1]
    return f"Python's own `{package}`"


def parts_of_a_start(environ: Mapping[str, str], starts: int) -> Counter[str]:
    """Return microseconds by part, from the start of the process to the answer of `tools/list`."""
    parts: Counter[str] = Counter()
    command = [sys.executable, "-P", "-X", "importtime", "-m", "scenario_mcp"]
    for _ in range(starts):
        with tempfile.TemporaryFile() as log:
            began = time.perf_counter()
            with started(command, environ, log) as server:
                server.list_tools()
                whole = (time.perf_counter() - began) * 1e6
            log.seek(0)
            imports = Counter[str]()
            for microseconds, name in _IMPORT.findall(log.read()):
                imports[f"import of {part_of_module(name.decode())}"] += int(microseconds)
        parts += imports
        parts["the interpreter, building the server, answering"] += round(whole) - imports.total()
    return parts


def parts_of_a_call(environ: Mapping[str, str], calls: int) -> Counter[str]:
    """Return microseconds by part, of searches one by one."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "profile"
        own = {**environ, "PROFILE": str(file)}
        with started([sys.executable, "-P", "-c", _PROFILED], own) as server:
            server.list_tools()
            for number in range(calls // 4):
                server.search(number)
            server.process.send_signal(signal.SIGUSR1)
            for number in range(calls // 4, calls + calls // 4):
                server.search(number)
            server.process.send_signal(signal.SIGUSR2)
            server.search(0)  # the signal is taken before it is answered
        stats: dict[tuple[str, int, str], tuple[int, int, float, float, dict[tuple[str, int, str], tuple[float, ...]]]]
        stats = vars(pstats.Stats(str(file)))["stats"]
    parts: Counter[str] = Counter()
    for (path, _, name), (_, _, own_seconds, _, callers) in stats.items():
        if path != "~":
            parts[part_of_file(path)] += round(own_seconds * 1e6)
        elif "poll" not in name:  # waiting
            for (caller, _, _), values in callers.items():
                if caller != "~":
                    parts[part_of_file(caller)] += round(values[2] * 1e6)
    return parts


def as_markdown(title: str, parts: Counter[str]) -> str:
    """Return a table, the largest part first."""
    whole = parts.total()
    shown = {name: value * 100 / whole for name, value in parts.most_common()}
    lines = [f"| {title} | |", "|---|---|"]
    lines += [f"| {name} | {percent:.0f} % |" for name, percent in shown.items() if percent >= AT_LEAST_PERCENT]
    rest = sum(percent for percent in shown.values() if percent < AT_LEAST_PERCENT)
    return "\n".join([*lines, f"| smaller parts | {rest:.0f} % |"])


def main() -> None:
    """Measure both, and print or write the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument("--calls", type=int, default=1000)
    parser.add_argument("--page", action="store_true", help="put the tables into docs/performance.md")
    options = parser.parse_args()
    with upstream(reply_of_the_api()) as canned:
        environ = {**environment(canned), "PYTHONPATH": str(ROOT)}
        start = as_markdown("A start", parts_of_a_start(environ, options.starts))
        call = as_markdown("A call over stdio", parts_of_a_call(environ, options.calls))
    text = f"{start}\n\n{call}\n"
    print(text, end="")
    if options.page:
        page.write(MARK, text)


if __name__ == "__main__":
    main()
