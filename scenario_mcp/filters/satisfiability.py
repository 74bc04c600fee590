"""Whether a filter can match nothing, or everything, whatever a library holds.

A tree is taken apart into clauses, each a list of conditions that must all hold. A clause holds for some document when
each of its fields has a value for it; the values that are tried stand at, beside and between those in the conditions.
Trees with too many clauses are not judged.
"""

import math
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from scenario_mcp.filters.field_types import Anything, AspectRatio, FilterField, FilterFields, Number, Text, Time
from scenario_mcp.filters.notation import fold
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
)
from scenario_mcp.filters.values.misfits import values_of
from scenario_mcp.filters.values.times import UnreadableTime, moment_text, read_time

_MILLISECOND = timedelta(milliseconds=1)
_MAX_CLAUSES = 64
_MAX_LITERALS = 256
_FIRST_TEXT, _BEHIND = "!", "\x01"
_FIRST_TIME, _LAST_TIME = "0001-01-01t00:00:00.000z", "9999-12-31t23:59:59.999z"
_UNKNOWN = FilterField("", Anything(), "", is_list=True)

Value: TypeAlias = str | float


class Literal(NamedTuple):
    """A condition that must hold, or must not."""

    condition: Condition
    holds: bool


Clause: TypeAlias = tuple[Literal, ...]


def contradiction(tree: Tree, fields: FilterFields) -> tuple[Literal, ...]:
    """Return conditions on one field of which no document can meet all, when the tree can match nothing; else none."""
    clauses = _clauses(tree, holds=True)
    found: tuple[Literal, ...] = ()
    for clause in clauses or ():
        excluded = _excluded(clause, fields)
        if not excluded:
            return ()
        found = found or excluded
    return found


def matches_everything(tree: Tree, fields: FilterFields) -> bool:
    """Return whether a tree matches all documents that there can be."""
    clauses = _clauses(tree, holds=False)
    return clauses is not None and all(_excluded(clause, fields) for clause in clauses)


def _clauses(tree: Tree, *, holds: bool) -> list[Clause] | None:
    """Return the clauses of which one must hold; None when there are too many."""
    match tree:
        case Not(operand):
            return _clauses(operand, holds=not holds)
        case And(operands) | Or(operands):
            parts = []
            if len(operands) > _MAX_LITERALS:
                return None
            for operand in operands:
                if (part := _clauses(operand, holds=holds)) is None:
                    return None
                parts.append(part)
            return _joined(parts) if isinstance(tree, And) == holds else _either(parts)
        case Comparison(field, "!=", value):
            return [(Literal(Comparison(field, "=", value), not holds),)]
        case condition:
            return [(Literal(condition, holds),)]


def _either(parts: list[list[Clause]]) -> list[Clause] | None:
    found = [clause for part in parts for clause in part]
    return found if len(found) <= _MAX_CLAUSES else None


def _joined(parts: list[list[Clause]]) -> list[Clause] | None:
    found: list[Clause] = [()]
    for part in parts:
        found = [(*first, *second) for first in found for second in part]
        if len(found) > _MAX_CLAUSES or sum(map(len, found)) > _MAX_LITERALS:
            return None
    return found


def _excluded(clause: Clause, fields: FilterFields) -> tuple[Literal, ...]:
    """Return the conditions of a clause on the first field that has no value for them."""
    by_field: dict[str, list[Literal]] = {}
    for literal in clause:
        by_field.setdefault(literal.condition.field, []).append(literal)
    for name, literals in by_field.items():
        field = fields.get(name, _UNKNOWN)
        if len(literals) == 1 and _is_surely_possible(literals[0], field):
            continue
        if not (_without_value(literals, field) or _with_value(literals, field)):
            return tuple(literals)
    return ()


def _is_surely_possible(literal: Literal, field: FilterField) -> bool:
    """Return whether a condition alone holds for some text: most do, and need no values to be tried."""
    match literal.condition:
        case Comparison(_, "=", value):
            return not isinstance(field.type, Number | Time) and bool(value.strip())
        case _:
            return False


def _without_value(literals: Iterable[Literal], field: FilterField) -> bool:
    """Return whether a document may have no value there: the field is missing, null or empty."""
    states: list[tuple[type[Condition], ...]] = [(), (Exists, IsNull)]
    if field.is_list or isinstance(field.type, Text | Anything):
        states.append((Exists, IsEmpty))
    return any(all(isinstance(each.condition, state) == each.holds for each in literals) for state in states)


def _with_value(literals: Iterable[Literal], field: FilterField) -> bool:
    tests = []
    for literal in literals:
        if isinstance(literal.condition, Exists | IsNull | IsEmpty):
            if isinstance(literal.condition, Exists) != literal.holds:
                return False
        else:
            tests.append(literal)
    if not tests:
        return True
    values = _values(tests, field)
    if not field.is_list:
        return any(all(_meets(value, each.condition) == each.holds for each in tests) for value in values)
    allowed = [value for value in values if not any(_meets(value, each.condition) for each in tests if not each.holds)]
    return bool(allowed) and all(
        any(_meets(value, each.condition) for value in allowed) for each in tests if each.holds
    )


def _values(tests: Iterable[Literal], field: FilterField) -> list[Value]:
    """Return values that a document may have: at least one of each kind that the conditions can tell apart."""
    operands = list(dict.fromkeys(operand for test in tests for operand in values_of(test.condition)))
    numbers = [number for operand in operands if (number := _number(operand)) is not None]
    match field.type:
        case Number(is_whole=is_whole):
            return _numbers(numbers, is_whole=is_whole)
        case Time():
            return _times(operands)
        case AspectRatio():
            return [*map(fold, operands), "1:1", "16:9"]
        case _:
            texts = sorted({fold(operand) for operand in operands} - {""})
            found: list[Value] = [_FIRST_TEXT, *texts, *(text + _BEHIND for text in texts)]
            return [*found, *_numbers(numbers, is_whole=False)] if isinstance(field.type, Anything) else found


def _numbers(operands: list[float], *, is_whole: bool) -> list[Value]:
    if is_whole:
        around = {
            step
            for each in operands
            for step in (math.floor(each) - 1, math.floor(each), math.ceil(each), math.ceil(each) + 1)
        }
        return [float(each) for each in sorted(around | {0}) if each >= 0]
    steps = {
        step for each in operands for step in (math.nextafter(each, -math.inf), each, math.nextafter(each, math.inf))
    }
    between = {(low + high) / 2 for low, high in pairwise(sorted(operands))}
    return [each for each in sorted(steps | between | {0.0}) if each >= 0]


def _times(operands: list[str]) -> list[Value]:
    return [*sorted({_FIRST_TIME, _LAST_TIME}.union(*map(_times_beside, operands)))]


@lru_cache(256)
def _times_beside(operand: str) -> tuple[str, ...]:
    """Return a moment as text, with those a millisecond before and after it."""
    try:
        stretch = read_time(operand)
    except UnreadableTime:
        return ()
    if stretch is None:
        return ()
    found = [fold(moment_text(stretch.start))]
    for step in (-_MILLISECOND, _MILLISECOND):
        with suppress(OverflowError):  # the first moment of all
            found.append(fold(moment_text(stretch.start + step)))
    return tuple(found)


def _meets(value: Value, condition: Condition) -> bool:  # one answer a condition
    match condition:
        case Comparison(_, "=", operand):
            return _comparable(value, operand) == value
        case Comparison(_, operator, operand):
            return _is_ordered(value, operator, operand)
        case Between(_, low, high):
            return _is_ordered(value, ">=", low) and _is_ordered(value, "<=", high)
        case OneOf(_, operands):
            return any(_comparable(value, operand) == value for operand in operands)
        case StartsWith(_, operand):
            return isinstance(value, str) and value.startswith(fold(operand))
        case Contains(_, operand):
            return isinstance(value, str) and fold(operand) in value
        case _:
            return False


def _is_ordered(value: Value, operator: str, operand: str) -> bool:
    other = _comparable(value, operand)
    if isinstance(value, str):
        order = value > str(other), value < str(other)
    elif other is None:
        return False
    else:
        order = value > float(other), value < float(other)
    return operator.endswith("=") if order == (False, False) else order[operator[0] == "<"]


def _comparable(value: Value, operand: str) -> Value | None:
    return fold(operand) if isinstance(value, str) else _number(operand)


def _number(operand: str) -> float | None:
    try:
        number = float(operand)
    except ValueError:
        return None
    return number if math.isfinite(number) and "_" not in operand else None
