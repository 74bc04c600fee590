"""Values of a correction that are no values, but syntax of another language that a rule has taken for one."""

import re
import unicodedata
from collections.abc import Collection

from scenario_mcp.filters.field_types import FilterField, FilterFields, OneOf
from scenario_mcp.filters.names import conditions
from scenario_mcp.filters.repairs.edit import spelling
from scenario_mcp.filters.repairs.quotes import ANY_QUOTE
from scenario_mcp.filters.tree import Condition, Tree
from scenario_mcp.filters.values.choices import meaning
from scenario_mcp.filters.values.misfits import values_of

_SIGNS = frozenset("[({<>=|&")
_BRACKETS = (("(", ")"), ("[", "]"), ("{", "}"))
_FOREIGN = re.compile(
    r"%[0-9A-Fa-f]{2}|^/.+/\w*$|^@>|^[A-Z]{2,}\s*[\[(]|\b(?:XOR|NAND|NOR|SELECT|INSERT|DELETE|DROP|UNION|WHERE|HAVING)\b"
)
"""Escapes of addresses, a regular expression, an operator or a function with what it is given, words of SQL."""
_CHOICE = re.compile(r"[\w.:/+-]*\w")
_TESTED = re.compile(r"(\w+)\s*(?:[:=<>]|\s(?:eq|ne|gte?|lte?|ge|le)\s)")
"""A name before an operator."""
_MAX_CHARACTERS = 1_000
"""Of a value that is looked at: whole texts hold every sign."""


def holds_syntax(tree: Tree, text: str, fields: FilterFields) -> bool:
    """Whether a correction of a text compares with what was syntax there: it would match nothing, without a word.

    What stood in quotes was meant as it is.
    """
    spellings = {spelling(name) for name in fields}
    return any(
        _is_syntax(condition, value, text, spellings) or _is_no_choice(value, text, fields.get(condition.field))
        for condition in conditions(tree)
        for value in values_of(condition)
    )


def _is_syntax(condition: Condition, value: str, text: str, spellings: Collection[str]) -> bool:
    if not value or len(value) > _MAX_CHARACTERS or _is_quoted(value, text):
        return False
    if spelling(condition.field) not in spellings and spelling(value) in spellings:
        return True  # field and value stand the wrong way round
    words = _TESTED.findall(value)
    return (
        value[0] in _SIGNS
        or _is_sign(value[0])
        or _is_sign(value[-1])
        or _FOREIGN.search(value) is not None
        or any(value.count(opening) != value.count(closing) for opening, closing in _BRACKETS)
        or any(spelling(word) in spellings for word in words)
    )


def _is_no_choice(value: str, text: str, field: FilterField | None) -> bool:
    """Whether a value of a field with choices is none, and not even one word as they are."""
    if field is None or not isinstance(field.type, OneOf) or _CHOICE.fullmatch(value) or _is_quoted(value, text):
        return False
    return meaning(value, field, field.type) is None


def _is_quoted(value: str, text: str) -> bool:
    return re.search(rf"[{ANY_QUOTE}]\s*{re.escape(value)}", text) is not None


def _is_sign(character: str) -> bool:
    """Whether a character is a sign of mathematics beyond those of a keyboard, such as ∧."""
    return not character.isascii() and unicodedata.category(character) == "Sm"
