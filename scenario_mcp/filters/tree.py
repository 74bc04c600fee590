"""A filter expression as a tree."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Operator = Literal["=", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Comparison:
    """`field = value`; the value is text as written, quotes and escapes undone."""

    field: str
    operator: Operator
    value: str


@dataclass(frozen=True, slots=True)
class Between:
    """`field low TO high`, both ends included."""

    field: str
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class OneOf:
    """`field IN [values]`; the list may be empty."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exists:
    """`field EXISTS`, also when it holds null or an empty list."""

    field: str


@dataclass(frozen=True, slots=True)
class IsNull:
    """`field IS NULL`: a null at the field itself."""

    field: str


@dataclass(frozen=True, slots=True)
class IsEmpty:
    """`field IS EMPTY`: an empty text, list or object."""

    field: str


@dataclass(frozen=True, slots=True)
class Contains:
    """`field CONTAINS value`: in the grammar, but the API refuses it, and so does `check`."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class StartsWith:
    """`field STARTS WITH value`."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Not:
    """Everything that the operand, never itself a `Not`, does not match."""

    operand: "Tree"


@dataclass(frozen=True, slots=True)
class And:
    """At least two operands, in the order written."""

    operands: "tuple[Tree, ...]"


@dataclass(frozen=True, slots=True)
class Or:
    """At least two operands, in the order written."""

    operands: "tuple[Tree, ...]"


Condition: TypeAlias = Comparison | Between | OneOf | Exists | IsNull | IsEmpty | Contains | StartsWith
Tree: TypeAlias = Condition | Not | And | Or


def fields(tree: Tree) -> tuple[str, ...]:
    """Return the distinct field names in order of appearance."""
    found: dict[str, None] = {}
    waiting = [tree]
    while waiting:
        match waiting.pop():
            case And(operands) | Or(operands):
                waiting.extend(reversed(operands))
            case Not(operand):
                waiting.append(operand)
            case condition:
                found[condition.field] = None
    return tuple(found)


def quote(value: str) -> str:
    """Return the value as a double-quoted literal that means exactly this text."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
