"""What the store keeps as JSON is read back as it was."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from scenario_mcp.sandbox.engine.json_texts import read, written

TEXTS = st.text(st.characters(exclude_categories=[]), max_size=5)  # lone surrogates, too
SINGLE = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
VALUES = st.recursive(SINGLE, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3))


@given(value=VALUES)
def test_a_value_is_read_back_as_it_was(value: Any) -> None:
    text = written(value)
    assert repr(json.loads(text)) == repr(value)
    assert repr(read(text)) == repr(value)


def test_what_is_nested_deeply_is_read() -> None:
    text = "[" * 500 + "]" * 500
    assert read(text) == json.loads(text)


def test_numbers_are_read_as_python_reads_them() -> None:
    text = "[1e400, -1e400, 1e-400, NaN, Infinity, 123456789012345678901234567890, 0.1, -0.0, 1E5]"
    assert repr(read(text)) == repr(json.loads(text))


def test_it_takes_no_room_for_blanks() -> None:
    assert written({"tags": ["a", "é"], "score": 0.5}) == '{"tags":["a","é"],"score":0.5}'
