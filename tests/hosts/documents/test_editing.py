"""Edits of whole documents: a large file takes longer in proportion to its size, and no more."""

import json
import time

import pytest

from scenario_mcp.hosts.documents.editing import Change, Document, Format


def _json(size: int) -> str:
    return json.dumps({"history": [{"text": "one, two", "numbers": [1, 2]} for _ in range(size)]}, indent=2)


def _toml(size: int) -> str:
    return "".join(f'[projects."/home/me/{number}"]\ntrust_level = "trusted"\n\n' for number in range(size))


def _seconds(text: str, format_: Format) -> float:
    change = Change(("servers", "scenario"), {"command": "a"})
    start = time.process_time()
    edited = Document(text, format_).with_change(change)
    assert edited.without_change(change).value(change.path) is None
    return time.process_time() - start


@pytest.mark.processes
@pytest.mark.parametrize(
    ("format_", "small", "large"),
    [("JSON with comments", _json(1000), _json(8000)), ("TOML", _toml(60), _toml(480))],
    ids=["JSON with comments", "TOML"],
)
def test_a_file_of_eight_times_the_size_takes_about_eight_times_as_long(
    format_: Format, small: str, large: str
) -> None:
    _seconds(small, format_)  # the first one also imports the format
    assert _seconds(large, format_) < 20 * min(_seconds(small, format_) for _ in range(3))
