"""Filters: the documents that meet an expression, with the meaning that Meilisearch gives it."""

import math
from functools import reduce
from operator import and_
from typing import TypeAlias

from scenario_mcp.filters import check
from scenario_mcp.sandbox.engine import bitsets
from scenario_mcp.sandbox.engine.columns import Column, Columns
from scenario_mcp.sandbox.engine.errors import InvalidFilter
from scenario_mcp.sandbox.engine.indexes import IndexSettings, listed
from scenario_mcp.sandbox.engine.values import fold

_Condition: TypeAlias = (
    check.Comparison | check.Between | check.OneOf | check.StartsWith | check.Exists | check.IsNull | check.IsEmpty
)


def find(text: str, universe: int, columns: Columns, settings: IndexSettings) -> int:
    """Return the documents of a universe that fit an expression; all of them fit a blank one.

    Raises:
        InvalidFilter: a syntax error with its place, as Meilisearch writes it (first character:end expression), or an
            attribute that is not filterable, with those that are.

    """
    try:
        tree = check.parse(text)
    except check.FilterProblem as problem:
        start = problem.position
        raise InvalidFilter(
            f"Invalid syntax for the filter parameter: was not expecting `{text[start : start + 40]}`.\n"
            f"{start + 1}:{len(text) + 1} {text}"
        ) from problem
    return universe if tree is None else _find(tree, universe, columns, settings)


def _find(node: check.Filter, universe: int, columns: Columns, settings: IndexSettings) -> int:
    match node:
        case check.And(operands):
            return reduce(and_, [_find(operand, universe, columns, settings) for operand in operands])
        case check.Or(operands):
            return bitsets.union([_find(operand, universe, columns, settings) for operand in operands])
        case check.Not(operand):
            return bitsets.without(universe, _find(operand, universe, columns, settings))
        case check.Comparison(field, "!=", value):
            return bitsets.without(universe, _find(check.Comparison(field, "=", value), universe, columns, settings))
        case check.Contains():
            raise InvalidFilter("`CONTAINS` requires the experimental feature `contains filter`, which is not enabled")
        case _:
            return universe & _meeting(node, columns.column(_filter_path(node.field, settings)))


def _meeting(node: _Condition, column: Column) -> int:
    match node:
        case check.Exists():
            return column.existing
        case check.IsNull():
            return column.null
        case check.IsEmpty():
            return column.empty
        case check.Comparison(_, "=", value):
            return _equal(column, value)
        case check.Comparison(_, symbol, value):
            return _ordered(column, symbol, value)
        case check.Between(_, low, high):
            return _between(column, low, high)
        case check.OneOf(_, values):
            return bitsets.union(_equal(column, value) for value in values)
        case check.StartsWith(_, value):
            return column.starting_with(fold(value))


def _filter_path(field: str, settings: IndexSettings) -> str:
    path = settings.filter_path(field)
    if path is None:
        raise InvalidFilter(
            f"Attribute `{field}` is not filterable. Available filterable attributes are: {listed(settings.filterable)}"
        )
    return path


def _equal(column: Column, operand: str) -> int:
    number = _number(operand)
    return column.texts.equal_to(fold(operand)) | (0 if number is None else column.numbers.equal_to(number))


def _ordered(column: Column, symbol: str, operand: str) -> int:
    """Compare text with text and numbers with numbers, never one with the other."""
    text, number = fold(operand), _number(operand)
    including = symbol.endswith("=")
    if symbol.startswith("<"):
        found = column.texts.below(text, including=including)
        return found if number is None else found | column.numbers.below(number, including=including)
    found = column.texts.above(text, including=including)
    return found if number is None else found | column.numbers.above(number, including=including)


def _between(column: Column, low: str, high: str) -> int:
    lowest, highest = _number(low), _number(high)
    found = column.texts.within(fold(low), fold(high))
    return found if lowest is None or highest is None else found | column.numbers.within(lowest, highest)


def _number(operand: str) -> float | None:
    try:
        number = float(operand)
    except ValueError:
        return None
    return number if math.isfinite(number) and "_" not in operand else None
