"""All rows measured in turns, so that the machine's other load falls on all alike."""

import base64
import os
import statistics
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.compare import over_http, over_stdio
from benchmarks.compare.program import LeftOut, NotAnswered, Program
from benchmarks.compare.rows import BEFORE, Row
from benchmarks.upstream import Upstream

_KEY = {
    "SCENARIO_SDK_API_KEY": "key",
    "SCENARIO_SDK_API_SECRET": base64.b64encode(b"secret").decode(),
}
_NO_LIMIT = {"SCENARIO_MCP_CALLS_PER_MINUTE": "0", "SCENARIO_MCP_CONCURRENT_CALLS_PER_CALLER": "1000"}


class Counts(NamedTuple):
    """How much is measured."""

    rounds: int
    starts: int
    """More rounds, of starts alone."""
    calls: int
    """A round over stdio, one by one and again with many in flight."""
    http_rounds: int
    http_calls: int
    protocol: str = "2025-11-25"
    """MCP's revision, over HTTP."""


class Measured(NamedTuple):
    """What was measured of one row."""

    title: str
    left_out: str
    """Why it was not measured, if so."""
    values: dict[str, list[float]]
    """By the name of a field of a round: one value a round."""

    def median(self, name: str) -> float:
        """Return the median of the rounds."""
        return statistics.median(self.values[name])

    def least(self, name: str) -> float:
        """Return the best of the rounds."""
        return min(self.values[name])


def measure(
    rows: Sequence[Row], counts: Counts, upstream: Upstream, workdir: Path, tell: Callable[[str], object]
) -> Iterator[dict[str, Measured]]:
    """Measure the rows; yield after each round what was found so far, by their names, in their order."""
    with tempfile.TemporaryDirectory() as folder:
        found: dict[str, Measured] = {}
        programs: dict[str, Program] = {}
        for row in rows:
            try:
                program = row.program((Path(folder) if row.name == BEFORE else workdir) / row.name)
            except LeftOut as error:
                found[row.name] = _left_out(row, error)
                tell(f"{row.name} is left out: {error}")
            else:
                programs[row.name] = program
                found[row.name] = Measured(row.title.format(version=program.version), "", {})
        there = [row for row in rows if row.name in programs]
        for number, (title, take) in enumerate(_rounds(counts, upstream, Path(folder))):
            tell(title)
            for row in _turned(there, number):
                try:
                    _add(found[row.name], take(row, programs[row.name]))
                except NotAnswered as error:
                    found[row.name] = _left_out(row, error)
                    there.remove(row)
                    tell(f"{row.name} is left out: {error}")
            yield found


def _rounds(
    counts: Counts, upstream: Upstream, folder: Path
) -> Iterator[tuple[str, Callable[[Row, Program], Mapping[str, float]]]]:
    """Yield each round: what it is called, and what measures one row."""
    environ = environment(upstream)

    def warm(_row: Row, program: Program) -> Mapping[str, float]:
        over_stdio.measure(*_of(program, environ), calls=1, warm_up=0)
        return {}

    def calls(_row: Row, program: Program) -> Mapping[str, float]:
        return over_stdio.measure(*_of(program, environ), calls=counts.calls, warm_up=counts.calls)._asdict()

    def start(_row: Row, program: Program) -> Mapping[str, float]:
        return over_stdio.measure_start(*_of(program, environ))._asdict()

    def http(row: Row, program: Program) -> Mapping[str, float]:
        command, own = _of(program, {**environ, **_NO_LIMIT})
        server = over_http.HttpServer(row.name, [*command, *row.http], own, folder)
        seen = over_http.measure(server, upstream.process_id, counts.http_calls, counts.protocol)
        return {f"http_{name}": value for name, value in seen._asdict().items()}

    yield "once, to warm the disk's cache", warm
    kinds = (("stdio", calls, counts.rounds), ("starts", start, counts.starts), ("HTTP", http, counts.http_rounds))
    for number in range(max(count for _, _, count in kinds)):
        for title, take, count in kinds:
            if number < count:
                yield f"{title}, round {number + 1} of {count}", take


def _left_out(row: Row, error: Exception) -> Measured:
    return Measured(row.title.format(version=row.release), " ".join(str(error).split()), {})


def _turned(rows: Sequence[Row], number: int) -> list[Row]:
    """Begin with another row each round, so that none always follows the same one."""
    at = number % max(1, len(rows))
    return [*rows[at:], *rows[:at]]


def environment(upstream: Upstream) -> dict[str, str]:
    """Return the environment of a server under measurement, without anything that the user has set for this one."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("SCENARIO_", "PYTHON"))}
    return {**own, **_KEY, "SCENARIO_BASE_URL": upstream.base_url}


def _of(program: Program, environ: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    return program.command, {**environ, "PYTHONPATH": program.python_path}


def _add(measured: Measured, values: Mapping[str, float]) -> None:
    for name, value in values.items():
        measured.values.setdefault(name, []).append(value)
