"""Filters: the documents that meet an expression, with the meaning that Meilisearch gives it."""

import math
from functools import reduce
from operator import and_
from typing import TypeAlias

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
)
from scenario_mcp.sandbox.engine import bitsets
from scenario_mcp.sandbox.engine.columns import Column, Columns
from scenario_mcp.sandbox.engine.errors import InvalidFilter
from scenario_mcp.sandbox.engine.indexes import IndexSettings, listed
from scenario_mcp.sandbox.engine.values import fold

_Condition: TypeAlias = Comparison | Between | OneOf | StartsWith | Exists | IsNull | IsEmpty


def find(text: str, universe: int, columns: Columns, settings: IndexSettings) -> int:
    """Return the documents of a universe that fit an expression; all of them fit a blank one.

    Raises:
        InvalidFilter: a syntax error with its place, as Meilisearch writes it (first character:end expression), or an
            attribute that is not filterable, with those that are.

    """
    try:
        tree = parse_tree(text)
    except ParseError as error:
        start = error.state.position
        raise InvalidFilter(
            f"Invalid syntax for the filter parameter: was not expecting `{text[start : start + 40]}`.\n"
            f"{start + 1}:{len(text) + 1} {text}"
        ) from error
    return universe if tree is None else _find(tree, universe, columns, settings)


def _find(node: Tree, universe: int, columns: Columns, settings: IndexSettings) -> int:
    match node:
        case And(operands):
            return reduce(and_, [_find(operand, universe, columns, settings) for operand in operands])
        case Or(operands):
            return bitsets.union([_find(operand, universe, columns, settings) for operand in operands])
        case Not(operand):
            return bitsets.without(universe, _find(operand, universe, columns, settings))
        case Comparison(field, "!=", value):
            return bitsets.without(universe, _find(Comparison(field, "=", value), universe, columns, settings))
        case Contains():
            raise InvalidFilter("`CONTAINS` requires the experimental feature `contains filter`, which is not enabled")
        case _:
            return universe & _meeting(node, columns.column(_filter_path(node.field, settings)))


def _meeting(node: _Condition, column: Column) -> int:
    match node:
        case Exists():
            return column.existing
        case IsNull():
            return column.null
        case IsEmpty():
            return column.empty
        case Comparison(_, "=", value):
            return _equal(column, value)
        case Comparison(_, symbol, value):
            return _ordered(column, symbol, value)
        case Between(_, low, high):
            return _between(column, low, high)
        case OneOf(_, values):
            return bitsets.union(_equal(column, value) for value in values)
        case StartsWith(_, value):
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
