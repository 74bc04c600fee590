"""JSON in notes: which is read, and what memory the rest costs."""

import json
import tracemalloc

import pytest

from scenario_mcp.sandbox.own_catalogue.generators import json_notes
from scenario_mcp.sandbox.own_catalogue.generators.json_notes import read_json
from tests.support import comfy_graphs as graphs
from tests.support.recipes import Recipe

SHARE = 5
"""The part of a whole note, and of all its values, that these tests read: watching memory takes long."""
MOST_BYTES = (8 << 20) // SHARE
"""Of a note."""
MAX_VALUES = json_notes.MAX_VALUES // SHARE


@pytest.fixture(autouse=True)
def part_of_the_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_notes, "MAX_VALUES", MAX_VALUES)


def filled(begin: str, item: str, end: str, most: int = MOST_BYTES) -> str:
    return begin + item * ((most - len(begin) - len(end)) // len(item)) + end


def read_measured(text: str) -> tuple[object, int]:
    """Return the value, and the bytes of memory that reading took at most."""
    tracemalloc.start()
    try:
        return read_json(text), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "text",
    [
        filled('{"nodes": [', '{"a":1},', "1]}"),
        filled("[", '{"a":' * 100 + "1" + "}" * 100 + ",", "1]"),
        filled("{", '"a":1,', '"b":1}'),
        filled("[", '"", ', "1]"),
        filled("{", '"":[],', '"b":1}'),
        filled("[", "{},", "1]"),
        json.dumps(filled("[", "{},", "1]", MOST_BYTES - 2)),
        json.dumps(filled("[", '{"":1},', "1]", MOST_BYTES * 3 // 4)),
    ],
    ids=lambda text: text[:20],
)
def test_a_note_of_too_many_values_costs_little_more_memory_than_its_text(text: str) -> None:
    value, peak = read_measured(text)
    assert value is None
    assert peak < 40_000_000 // SHARE


def test_as_many_values_as_are_read_take_bounded_memory() -> None:
    nested = ",".join(
        "".join(f'{{"{number:x}":' for number in range(first, first + 300)) + "1.5" + "}" * 300
        for first in range(0, MAX_VALUES - 2_000, 300)
    )
    value, peak = read_measured(f"[{nested}]")
    assert isinstance(value, list)
    assert peak < 150_000_000 // SHARE


def test_workflows_of_megabytes_are_read() -> None:
    workflow = graphs.editor(Recipe())
    large = {**workflow, "nodes": workflow["nodes"] * (1_800 // SHARE), "links": workflow["links"] * (1_800 // SHARE)}
    text = json.dumps(large)
    assert len(text) > 3_500_000 // SHARE
    assert read_json(text) == large
