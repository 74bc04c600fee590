"""What the store keeps as JSON is read back as it was."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from scenario_mcp.sandbox.engine.json_texts import written

TEXTS = st.text(st.characters(exclude_categories=[]), max_size=5)  # lone surrogates, too
SINGLE = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
VALUES = st.recursive(SINGLE, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3))


@given(value=VALUES)
def test_a_value_is_read_back_as_it_was(value: Any) -> None:
    read = json.loads(written(value))
    assert repr(read) == repr(value)


def test_it_takes_no_room_for_blanks() -> None:
    assert written({"tags": ["a", "é"], "score": 0.5}) == '{"tags":["a","é"],"score":0.5}'
