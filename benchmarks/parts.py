"""Where the CPU time of a start and of a call goes, in percent, by part.

    python -m benchmarks.parts [--starts 5] [--calls 8000] [--page]

Starts by `-X importtime`, in wall time: what each package takes to import, without the packages that it imports. Calls
one by one over stdio by samples of the stack (`benchmarks.sampled`), in CPU time: by what they do, and by whose code it
is. Waiting does not count.
"""

import argparse
import json
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from benchmarks import page, sampled
from benchmarks.compare.measurement import environment
from benchmarks.compare.over_stdio import started
from benchmarks.upstream import reply_of_the_api, upstream

ROOT = Path(__file__).resolve().parent.parent
AT_LEAST_PERCENT = 2.0
"""Smaller parts are added up."""
STEPS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "a message read": (("transports/stdio.py", "_Incoming."), ("asyncio/unix_events.py", "_UnixReadPipeTransport.")),
    "arguments read": (("server/tools/tool.py", "Tool.read"),),
    "the request to the API made": (
        ("api/client.py", "ScenarioClient._request"),
        ("api/requests.py", "ResolvedSearch"),
    ),
    "sent and received": (
        ("net/aiohttp_transport.py", ""),
        ("net/bounded_body.py", ""),
        ("/aiohttp/", ""),
        ("asyncio/selector_events.py", "_SelectorSocketTransport."),
    ),
    "slots, retries, time limits": (("api/retries.py", ""), ("api/circuit_breaker.py", "")),
    "the answer read": (("api/parsing.py", ""),),
    "hits trimmed": (("rendering/hits.py", "trim_"),),
    "names and addresses kept": (("recent_ids.py", ""), ("pictures/reader.py", "PictureReader.remember")),
    "the result made and written": (
        ("server/results.py", ""),
        ("server/gallery.py", ""),
        ("transports/jsonrpc.py", "serialize"),
        ("transports/stdio.py", "_Outgoing.write"),
    ),
    "the rest of the search": (("server/tools/search.py", ""), ("api/client.py", "")),
    "guards, log, deadline": (("server/guard.py", ""), ("server/app.py", "")),
    "dispatch and the SDK's kernel": (("transports/dispatch.py", ""), ("mcp/server/runner.py", "")),
}
"""Functions by a part of their file's path and how their name begins. What one calls belongs to it, unless that has a
step of its own."""
REST = "the event loop"
_IMPORT = re.compile(rb"import time:\s+(\d+) \|\s+\d+ \|\s+([\w.]+)")
MARK = "parts"

Stack = Sequence[sampled.Function]


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


def samples_of_calls(environ: Mapping[str, str], calls: int) -> list[tuple[Stack, int]]:
    """Return the stacks of a server that searches one by one, and how often each was seen."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "samples"
        own = {**environ, "SAMPLES": str(file)}
        with started([sys.executable, "-P", "-m", "benchmarks.sampled"], own) as server:
            server.list_tools()
            for number in range(calls // 4):
                server.search(number)
            server.process.send_signal(sampled.BEGIN)
            for number in range(calls // 4, calls + calls // 4):
                server.search(number)
            server.process.send_signal(sampled.END)
            server.search(0)  # the signal is taken before it is answered
        stacks: list[tuple[Stack, int]] = json.loads(file.read_text("utf-8"))
    return stacks


def parts_of_calls(samples: Iterable[tuple[Stack, int]]) -> Counter[str]:
    """Return how often each part was at work."""
    parts: Counter[str] = Counter()
    for stack, count in samples:
        parts[part_of_file(stack[0][0])] += count
    return parts


def steps_of_calls(samples: Iterable[tuple[Stack, int]]) -> Counter[str]:
    """Return how often each step was under way."""
    steps: Counter[str] = Counter()
    for stack, count in samples:
        steps[step_of(stack)] += count
    return steps


def step_of(stack: Stack) -> str:
    """Name the step to which the innermost function belongs that is one of any step."""
    for path, function in stack:
        for step, places in STEPS.items():
            if any(file in path and function.startswith(name) for file, name in places):
                return step
    return REST


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
    parser.add_argument("--calls", type=int, default=8000)
    parser.add_argument("--page", action="store_true", help="put the tables into docs/performance.md")
    options = parser.parse_args()
    with upstream(reply_of_the_api()) as canned:
        environ = {**environment(canned), "PYTHONPATH": str(ROOT)}
        start = as_markdown("A start", parts_of_a_start(environ, options.starts))
        samples = samples_of_calls(environ, options.calls)
    steps = as_markdown("A call over stdio, by what it does", steps_of_calls(samples))
    call = as_markdown("A call over stdio, by whose code it is", parts_of_calls(samples))
    text = f"{start}\n\n{steps}\n\n{call}\n"
    print(text, end="")
    if options.page:
        page.write(MARK, text)


if __name__ == "__main__":
    main()
