"""The comparison with other servers: its table, and the page that shows it."""

import re
from pathlib import Path

import pytest

from benchmarks import page
from benchmarks.compare import table
from benchmarks.compare.__main__ import main
from benchmarks.compare.measurement import Measured
from benchmarks.compare.program import LeftOut
from benchmarks.compare.rows import BASELINE, ROWS

OPTIONS = "--rounds=1 --starts=1 --calls=3 --http-rounds=1 --http-calls=40 --rows httpx floor"


@pytest.mark.processes
def test_two_rows_are_measured_over_both_transports(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    results = tmp_path / "results.json"
    main([*OPTIONS.split(), "--workdir", str(tmp_path), "--json", str(results), "--markdown"])
    printed = capsys.readouterr()
    lines = printed.out.splitlines()
    assert [line.split(" | ")[0] for line in lines] == [
        "| Over stdio",
        "|---|---|---|---|---|---|---|---|---|---|",
        "| MCP by hand, upstream with `httpx`",
        "| the floor: all by hand",
        "",
        "| Over HTTP, 32 connections",
        "|---|---|---|---|---|---|---|---|",
        "| MCP by hand, upstream with `httpx`",
        "| the floor: all by hand",
        "",
        lines[-1],
    ]
    assert re.sub(r"Run of .* before it\. ", "", lines[-1]) == (
        "Starts: 2; rounds over stdio: 1, of 3 calls; rounds over HTTP: 1, of 40 calls with protocol 2025-11-25."
    )
    found, run = table.from_json(results.read_text("utf-8"))
    cut_off = {name: row._replace(values={**row.values, "start_cpu_ms": [1.0]}) for name, row in found.items()}
    assert "Starts: 1; rounds over stdio: 1, of 3 calls;" in table.as_markdown(cut_off, run)
    assert [line.count("|") for line in lines] == [11, 11, 11, 11, 0, 9, 9, 9, 9, 0, 0]
    assert {name: len(values) for name, values in found["floor"].values.items()}["start_cpu_ms"] == 2
    assert all(value > 0 for row in found.values() for values in row.values.values() for value in values)
    assert found["floor"].median("start_cpu_ms") < found["httpx"].median("start_cpu_ms")
    assert found["floor"].values["page_bytes"] == found["httpx"].values["page_bytes"]
    assert "HTTP, round 1 of 1" in printed.err


def test_ratios_are_those_of_medians_and_of_the_best_rounds() -> None:
    values = {column.name: [1.0] for _, columns in table.TABLES for column in columns}
    found = {
        "floor": Measured("floor", "", {**values, "start_cpu_ms": [50, 10, 30], "http_calls_per_second": [900, 400]}),
        BASELINE: Measured("`base`", "", {**values, "start_cpu_ms": [60, 90, 40], "http_calls_per_second": [200, 300]}),
        "fastmcp": Measured("FastMCP", "there is no network", {}),
    }
    stdio, http = table.tables(found)
    assert [cells[1] for cells in stdio] == [
        "Start",
        "0.50 (0.25) 30 ms",
        "1.00 (1.00) 60 ms",
        "left out: there is no network",
    ]
    assert [cells[1] for cells in http[:3]] == ["Calls a second", "2.60 (3.00) 650", "1.00 (1.00) 250"]
    assert "FastMCP     left out: there is no network" in table.as_text(found).splitlines()


def test_a_row_that_cannot_be_installed_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    row = next(row for row in ROWS if row.name == "typescript-1")
    with pytest.raises(LeftOut, match=r"^Node and npm are not installed$"):
        row.program(tmp_path)


def test_the_page_has_a_line_for_each_row() -> None:
    titles = [line.split(" | ")[0].removeprefix("| ") for line in page.read(table.MARK).splitlines()]
    missing = [
        row.title
        for row in ROWS
        if not any(re.fullmatch(re.escape(row.title).replace(r"\{version\}", r"[\d.x]+"), title) for title in titles)
    ]
    assert missing == [], "Run `python -m benchmarks.compare --page` and commit the change."
