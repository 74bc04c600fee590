"""The parser reads what the engine reads, as the same tree."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_mcp.filters.syntax import ParseError, parse_tree
from scenario_mcp.filters.tree import (
    And,
    Between,
    Comparison,
    Contains,
    Exists,
    IsEmpty,
    IsNull,
    Not,
    OneOf,
    Or,
    StartsWith,
    Tree,
    quote,
)

FIXTURE = json.loads((Path(__file__).parents[1] / "vectors" / "filters.json").read_text(encoding="utf-8"))
VECTORS: list[dict[str, Any]] = FIXTURE["vectors"]
GRAMMATICAL = [vector for vector in VECTORS if "ast" in vector and vector["ast"][0] != "other"]
PLAIN_TEXT = st.text(st.characters(exclude_categories=["Cs"]))


def written(tree: Tree) -> list[Any]:  # noqa: C901  one case for each kind of node
    """Return the tree in the form of the vectors."""
    match tree:
        case Comparison(field, operator, value):
            return [operator, field, value]
        case Between(field, low, high):
            return ["to", field, low, high]
        case OneOf(field, values):
            return ["in", field, list(values)]
        case Exists(field):
            return ["exists", field]
        case IsNull(field):
            return ["null", field]
        case IsEmpty(field):
            return ["empty", field]
        case Contains(field, value):
            return ["contains", field, value]
        case StartsWith(field, value):
            return ["starts", field, value]
        case Not(operand):
            return ["not", written(operand)]
        case And(operands):
            return ["and", [written(each) for each in operands]]
        case Or(operands):
            return ["or", [written(each) for each in operands]]


def tree_of(text: str) -> list[Any]:
    tree = parse_tree(text)
    assert tree is not None
    return written(tree)


@pytest.mark.parametrize("vector", GRAMMATICAL, ids=lambda vector: vector["expression"])
def test_the_tree_is_the_engines(vector: dict[str, Any]) -> None:
    assert tree_of(vector["expression"]) == vector["ast"]


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("NOT(a=1)", ["not", ["=", "a", "1"]]),
        ("a='1'AND b=2", ["and", [["=", "a", "1"], ["=", "b", "2"]]]),
        ("a=1 AND(b=2)", ["and", [["=", "a", "1"], ["=", "b", "2"]]]),
        ("NOT NOT a = 1", ["=", "a", "1"]),
        ("NOT a IS NOT NULL", ["null", "a"]),
        ("(a = 1 AND b = 2) AND c = 3", ["and", [["and", [["=", "a", "1"], ["=", "b", "2"]]], ["=", "c", "3"]]]),
        ("a = 1 OR b = 2 AND c = 3", ["or", [["=", "a", "1"], ["and", [["=", "b", "2"], ["=", "c", "3"]]]]]),
        ("a\r\n NOT\tIN\n[ 'x' , y , ] ", ["not", ["in", "a", ["x", "y"]]]),
        ("\u00a0a =\u3000b", ["=", "a", "b"]),
        ("a IS \n NOT\tEMPTY", ["not", ["empty", "a"]]),
        ("(a EXISTS )", ["exists", "a"]),
        ("a 'x' TO\t'y'", ["to", "a", "x", "y"]),
        ("'a b' CONTAINS'x'", ["contains", "a b", "x"]),
        ("a NOT STARTS WITH b", ["not", ["starts", "a", "b"]]),
        ("a=-1.5.x", ["=", "a", "-1.5.x"]),
        ("a = TOAST", ["=", "a", "TOAST"]),
        ("ANDY = NOTHING", ["=", "ANDY", "NOTHING"]),
        ('a = ""', ["=", "a", ""]),
    ],
)
def test_space_and_precedence_are_the_grammars(text: str, tree: list[Any]) -> None:
    assert tree_of(text) == tree


@pytest.mark.parametrize(
    "text",
    [
        "a=1AND b=2",
        "a = 1 ANDb = 2",
        "a IN []AND",
        "a\u00a0= 1",
        "a = 1\u00a0AND b = 2",
        "a = 1 AND\u00a0(b = 2)",
        "a 1 TO'2'",
        "a STARTS  WITH b",
        "a IS\u00a0NULL",
        "a EXISTS ",
        "a IS NULL\n",
        "a IN [,]",
        "a IN [b,,c]",
        "a IN [b c]",
        "a IN [IN]",
        "a = b c",
        "IN = 1",
        "a = 1 OR",
        "(a = 1",
        "a = 1)",
        "a =\x1fb",
    ],
)
def test_what_the_grammar_lacks_is_refused(text: str) -> None:
    with pytest.raises(ParseError):
        parse_tree(text)


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        (r"\\ \/ \b \f \n \r \t \' \"", "\\ / \b \f \n \r \t ' \""),
        (r"\u00e9\u{1F600}\x41\101\0\7", "é\U0001f600AA\0\a"),
        (r"\1011\48\3777", "A1\x048ÿ7"),
        ("two\nlines", "two\nlines"),
    ],
)
def test_escapes_mean_what_the_engine_takes_them_for(literal: str, value: str) -> None:
    assert tree_of(f'a = "{literal}"') == ["=", "a", value]
    assert tree_of(f"a = '{literal}'") == ["=", "a", value]


def test_the_parser_tells_where_it_stopped_and_what_it_expected_there() -> None:
    with pytest.raises(ParseError) as caught:
        parse_tree("kind == image")
    state = caught.value.state
    assert (state.position, state.expected, state.before, state.rest) == (6, "value", "kind =", "= image")


@given(PLAIN_TEXT)
def test_a_quoted_text_means_itself_wherever_it_stands(value: str) -> None:
    literal = quote(value)
    assert parse_tree(f"a = {literal}") == Comparison("a", "=", value)
    assert parse_tree(f"{literal} IN [{literal},{literal}]") == OneOf(value, (value, value))
