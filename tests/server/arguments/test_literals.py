"""Text that spells a list or an object is read, in JSON, Python's or JavaScript's spelling."""

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_mcp.server.arguments import literals
from scenario_mcp.server.arguments.literals import MAX_VALUES, read_literal

LITERALS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="ascii", categories=["L", "N", "P", "Zs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3),
    max_leaves=6,
)


@given(value=LITERALS)
def test_json_and_python_s_spelling_of_a_value_are_read_as_the_value(value: Any) -> None:
    assert read_literal(json.dumps(value)) == value
    assert read_literal(repr([value])) == [value]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{kind: image, tags: [castle, 'old wall'],}", {"kind": "image", "tags": ["castle", "old wall"]}),
        ("('a', 'b')", ["a", "b"]),
        ("{'it': 'it\\'s', \"b\": undefined}", {"it": "it's", "b": None}),
        ("[True, None, 1.5]", [True, None, 1.5]),
        ('{"kind": "image" /* only, these */}', {"kind": "image"}),
        ("{kind: 'image' // and, not 'video'\n}", {"kind": "image"}),
        ('{"url": "https://a/*b*/"}', {"url": "https://a/*b*/"}),
        ('```json\n{"kind": "image"}\n```', {"kind": "image"}),
        (" ```\n['a']\n``` ", ["a"]),
    ],
)
def test_near_json_is_read(text: str, value: object) -> None:
    assert read_literal(text) == value


@pytest.mark.parametrize(
    "text",
    [
        *("", "[", "{broken", "[a = b]", "(kind = image)", "[" * 100_000, "[]," * 100_000, "'" * 50_000, "a" * 10**6),
        *("/*" * 9_000, "{" + "/*" * 9_000, "```" + "\n" * 19_000, "```json\n" + "a" * 19_000, "``` " * 4_000),
        "```json```",
    ],
)
def test_what_spells_nothing_or_far_too_much_is_refused_at_once(text: str) -> None:
    begin = time.process_time()
    with pytest.raises(ValueError, match=r"too many|nested too deeply|Expecting|Unterminated|Extra data|delimiter"):
        read_literal(text)
    assert time.process_time() - begin < 0.5
    assert MAX_VALUES < 100_000


@pytest.mark.parametrize("text", ["['" + "\\'" * 40_000, '["' + '\\"' * 40_000, "{'a': \"" + "\\\"x'y'" * 20_000])
def test_a_quotation_without_an_end_is_looked_through_once(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(literals, "_MAX_LOOSE_CHARACTERS", 200_000)
    begin = time.process_time()
    with pytest.raises(ValueError, match="Unterminated"):
        read_literal(text)
    assert time.process_time() - begin < 0.5
