"""A tree is written so that it is read again as the same tree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_mcp.filters.notation import fold, fold_to_send, write
from scenario_mcp.filters.syntax import parse_tree
from scenario_mcp.filters.tree import (
    And,
    Between,
    Comparison,
    Condition,
    Exists,
    IsEmpty,
    IsNull,
    Not,
    OneOf,
    Or,
    StartsWith,
    Tree,
)

TEXTS = st.text(alphabet=st.sampled_from('abZ9_-.:"\\ é[],()'), min_size=1, max_size=6) | st.sampled_from(
    ["NOT", "AND", "TO", "EXISTS"]
)
CONDITIONS: st.SearchStrategy[Condition] = st.one_of(
    st.builds(Comparison, TEXTS, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), TEXTS),
    st.builds(Between, TEXTS, TEXTS, TEXTS),
    st.builds(OneOf, TEXTS, st.lists(TEXTS, max_size=3).map(tuple)),
    st.builds(StartsWith, TEXTS, TEXTS),
    st.builds(Exists, TEXTS),
    st.builds(IsNull, TEXTS),
    st.builds(IsEmpty, TEXTS),
)


def trees(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    negated = inner.filter(lambda tree: not isinstance(tree, Not)).map(Not)
    return st.builds(And, several) | st.builds(Or, several) | negated


@given(st.recursive(CONDITIONS, trees, max_leaves=6))
def test_a_written_tree_is_read_with_the_same_conditions_in_the_same_order(tree: Tree) -> None:
    text = write(tree)
    again = parse_tree(text)
    assert again is not None
    assert write(again) == text


@pytest.mark.parametrize(
    "text",
    [
        'kind = image AND (tags = a OR NOT (width > 5 AND width < 9)) AND tags NOT IN [a, "b c"]',
        'name STARTS WITH "a \\"b\\"" OR nsfw IS NOT EMPTY OR seed NOT EXISTS OR text IS NOT NULL OR kind != x',
        'createdAt 2026-01-01 TO 2026-02-01 AND tags = "NOT" AND name = "é"',
    ],
)
def test_a_plain_expression_is_written_as_it_was(text: str) -> None:
    tree = parse_tree(text)
    assert tree is not None
    assert write(tree) == text


def test_texts_are_folded_as_the_engine_keeps_them() -> None:
    assert fold("  Éclair 2026-11-20T10:00:00Z ") == "e\u0301clair 2026-11-20t10:00:00z"


def test_a_text_whose_folding_begins_with_a_blank_is_left_to_the_engine() -> None:
    assert fold_to_send(" ÉCLAIR ") == "e\u0301clair"
    assert fold_to_send("\u00b4Beacon") == "\u00b4beacon"  # NFKD makes a blank and an accent of the first sign


@given(st.text())
def test_what_is_sent_folded_is_sent_the_same_when_it_is_read_again(text: str) -> None:
    assert fold_to_send(fold_to_send(text)) == fold_to_send(text)
