"""What was measured, as text for a terminal, as Markdown for the documentation, and as JSON."""

import json
import os
import platform
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from benchmarks.compare.measurement import Counts, Measured
from benchmarks.compare.rows import BASELINE

MARK = "compare"


class Column(NamedTuple):
    """One column: which values, and how they are shown."""

    title: str
    name: str
    form: str
    is_ratio: bool = False
    is_more_better: bool = False


TABLES = (
    (
        "Over stdio",
        (
            Column("Start", "start_cpu_ms", "{:.0f} ms", is_ratio=True),
            Column("A call, one by one", "call_cpu_ms", "{:.2f} ms", is_ratio=True),
            Column("A call, 32 at once", "busy_call_cpu_ms", "{:.2f} ms", is_ratio=True),
            Column("p50", "p50_ms", "{:.1f} ms"),
            Column("p95", "p95_ms", "{:.1f} ms"),
            Column("Memory", "megabytes", "{:.0f} MB"),
            Column("Page", "page_bytes", "{:,.0f} B"),
            Column("Tools", "tools", "{:.0f}"),
            Column("Their list", "tools_bytes", "{:,.0f} B"),
        ),
    ),
    (
        "Over HTTP, 32 connections",
        (
            Column("Calls a second", "http_calls_per_second", "{:,.0f}", is_ratio=True, is_more_better=True),
            Column("A call", "http_call_cpu_ms", "{:.2f} ms", is_ratio=True),
            Column("p50", "http_p50_ms", "{:.1f} ms"),
            Column("p95", "http_p95_ms", "{:.1f} ms"),
            Column("Memory", "http_megabytes", "{:.0f} MB"),
            Column("Load", "http_load_cores", "{:.0%}"),
            Column("Upstream", "http_upstream_cores", "{:.0%}"),
        ),
    ),
)


def tables(found: Mapping[str, Measured]) -> Iterator[list[list[str]]]:
    """Yield each table as lines of cells, the first line being the header."""
    there = {name: row for name, row in found.items() if row.values}
    base = there.get(BASELINE) or next(iter(there.values()), None)
    for title, columns in TABLES:
        lines = [[title, *(column.title for column in columns)]]
        for row in found.values():
            if row.left_out:
                lines.append([row.title, f"left out: {row.left_out}", *[""] * (len(columns) - 1)])
            elif base and columns[0].name in row.values:
                lines.append([row.title, *(_cell(row, base, column) for column in columns)])
        yield lines


def _cell(row: Measured, base: Measured, column: Column) -> str:
    value = row.median(column.name)
    shown = column.form.format(value)
    if not column.is_ratio or column.name not in base.values:
        return shown
    best = max if column.is_more_better else min
    bests = best(row.values[column.name]) / best(base.values[column.name])
    return f"{value / base.median(column.name):.2f} ({bests:.2f}) {shown}"


def as_markdown(found: Mapping[str, Measured], run: Mapping[str, Any]) -> str:
    """Return the tables in Markdown, and a sentence on the run."""
    return "\n\n".join([*("\n".join(_markdown_lines(lines)) for lines in tables(found)), _about(found, run)]) + "\n"


def _about(found: Mapping[str, Measured], run: Mapping[str, Any]) -> str:
    """Say how the values were taken; the rounds are those that were finished."""
    starts, rounds, http_rounds = (
        max((len(row.values.get(name, ())) for row in found.values()), default=0)
        for name in ("start_cpu_ms", "call_cpu_ms", "http_call_cpu_ms")
    )
    return (
        f"Run of {run['date']} with Python {run['python']} on {run['cores']} cores, with a load average of "
        f"{run['load']:.1f} before it. Starts: {starts}; rounds over stdio: {rounds}, of {run['calls']:,} calls; "
        f"rounds over HTTP: {http_rounds}, of {run['http_calls']:,} calls with protocol {run['protocol']}."
    )


def _markdown_lines(lines: Sequence[Sequence[str]]) -> Iterator[str]:
    for number, cells in enumerate(lines):
        yield "| " + " | ".join(cells) + " |"
        if not number:
            yield "|" + "---|" * len(cells)


def as_text(found: Mapping[str, Measured]) -> str:
    """Return the tables for a terminal."""
    parts = []
    for marked in tables(found):
        lines = [[cell.replace("**", "").replace("`", "") for cell in cells] for cells in marked]
        wide = [lines[0], *(cells for cells in lines[1:] if not cells[1].startswith("left out"))]
        widths = [max(map(len, column)) for column in zip(*wide, strict=True)]
        parts.append("\n".join(_text_line(cells, widths) for cells in lines))
    return "\n\n".join(parts) + "\n"


def _text_line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first = cells[0].ljust(widths[0])
    if cells[1].startswith("left out"):
        return f"{first}  {cells[1]}"
    return "  ".join([first, *(cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True))])


def as_json(found: Mapping[str, Measured], run: Mapping[str, Any]) -> str:
    """Return every value of every round, with what the run was."""
    rows = {name: row._asdict() for name, row in found.items()}
    return json.dumps({"run": run, "rows": rows}, indent=1, ensure_ascii=False) + "\n"


def from_json(text: str) -> tuple[dict[str, Measured], dict[str, Any]]:
    """Read what `as_json` wrote: the rows, and what the run was."""
    results = json.loads(text)
    return {name: Measured(**row) for name, row in results["rows"].items()}, results["run"]


def this_run(counts: Counts) -> dict[str, Any]:
    """Say when, where and how much is measured, before it begins."""
    machine = {"machine": platform.platform(), "python": platform.python_version(), "cores": os.cpu_count()}
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0  # Windows has none
    return {"date": time.strftime("%F"), **machine, "load": load, **counts._asdict()}
