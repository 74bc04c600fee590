"""A filter tree written in the filter language, and texts as the search engine compares them."""

import re
import unicodedata

from scenario_mcp.filters.syntax import KEYWORDS
from scenario_mcp.filters.tree import (
    And,
    Between,
    Comparison,
    Condition,
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

_PLAIN = re.compile(r"[\w.-]+")


def fold(text: str) -> str:
    """Make text comparable as the search engine does: trimmed, NFKD, lower case; accents stay."""
    text = text.strip()
    return (text if text.isascii() else unicodedata.normalize("NFKD", text)).lower()


def fold_to_send(text: str) -> str:
    """Return a bound or an item of a list as engines of all ages compare it rightly.

    A few signs (such as the acute accent alone) decompose into a blank and another, which the engine would trim away:
    such texts are left to the engine.
    """
    folded = fold(text)
    return folded if folded == folded.strip() else text.strip().lower()


def write(tree: Tree) -> str:
    """Return a tree as an expression that means the same."""
    match tree:
        case And(operands):
            return " AND ".join(_grouped(each) if isinstance(each, Or) else write(each) for each in operands)
        case Or(operands):
            return " OR ".join(map(write, operands))
        case Not(operand):
            return _write_negated(operand)
        case condition:
            return f"{write_value(condition.field)} {_write_test(condition)}"


def write_value(value: str) -> str:
    """Return a field name or a value as it stands in an expression, in quotes where it needs them."""
    is_plain = _PLAIN.fullmatch(value) and value.isascii() and value not in KEYWORDS
    return value if is_plain and value.lower() != "null" else quote(value)  # without quotes null is a mistake


def _write_test(condition: Condition) -> str:
    match condition:
        case Comparison(_, operator, value):
            return f"{operator} {write_value(value)}"
        case Between(_, low, high):
            return f"{write_value(low)} TO {write_value(high)}"
        case OneOf(_, values):
            return f"IN {_write_list(values)}"
        case Exists():
            return "EXISTS"
        case IsNull():
            return "IS NULL"
        case IsEmpty():
            return "IS EMPTY"
        case Contains(_, value):
            return f"CONTAINS {write_value(value)}"
        case StartsWith(_, value):
            return f"STARTS WITH {write_value(value)}"


def _write_negated(operand: Tree) -> str:
    match operand:
        case Comparison(field, "=", value):
            return f"{write_value(field)} != {write_value(value)}"
        case OneOf(field, values):
            return f"{write_value(field)} NOT IN {_write_list(values)}"
        case Exists(field):
            return f"{write_value(field)} NOT EXISTS"
        case IsNull(field):
            return f"{write_value(field)} IS NOT NULL"
        case IsEmpty(field):
            return f"{write_value(field)} IS NOT EMPTY"
        case And() | Or():
            return f"NOT {_grouped(operand)}"
        case _:
            return f"NOT {write(operand)}"


def _write_list(values: tuple[str, ...]) -> str:
    return f"[{', '.join(map(write_value, values))}]"


def _grouped(tree: Tree) -> str:
    return f"({write(tree)})"
