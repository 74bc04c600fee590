"""Filters: the documents that meet an expression, with the meaning that Meilisearch gives it."""

import math
from collections.abc import Callable
from dataclasses import dataclass
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


def find(text: str, universe: int, columns: Columns, settings: IndexSettings, *, folds_bounds: bool = True) -> int:
    """Return the documents of a universe that fit an expression; all of them fit a blank one.

    Without `folds_bounds`, values of `<`, `<=`, `>`, `>=`, `TO` and `IN` are compared as written with stored texts that
    are folded, as up to Meilisearch 1.42.1 (meilisearch#6335).

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
    return (
        universe if tree is None else _Matching(universe, columns, settings, fold if folds_bounds else str).find(tree)
    )


@dataclass(frozen=True, slots=True)
class _Matching:
    """Reads one filter over one universe; `bound` is what its bounds and values of lists count as."""

    universe: int
    columns: Columns
    settings: IndexSettings
    bound: Callable[[str], str]

    def find(self, node: Tree) -> int:
        match node:
            case And(operands):
                return reduce(and_, map(self.find, operands))
            case Or(operands):
                return bitsets.union(map(self.find, operands))
            case Not(operand):
                return bitsets.without(self.universe, self.find(operand))
            case Comparison(field, "!=", value):
                return bitsets.without(self.universe, self.find(Comparison(field, "=", value)))
            case Contains():
                raise InvalidFilter(
                    "`CONTAINS` requires the experimental feature `contains filter`, which is not enabled"
                )
            case _:
                return self.universe & self._meeting(node, self.columns.column(_filter_path(node.field, self.settings)))

    def _meeting(self, node: _Condition, column: Column) -> int:
        match node:
            case Exists():
                return column.existing
            case IsNull():
                return column.null
            case IsEmpty():
                return column.empty
            case Comparison(_, "=", value):
                return _equal(column, value, fold(value))
            case Comparison(_, symbol, value):
                return _ordered(column, symbol, value, self.bound(value))
            case Between(_, low, high):
                return _between(column, (low, self.bound(low)), (high, self.bound(high)))
            case OneOf(_, values):
                return bitsets.union(_equal(column, value, self.bound(value)) for value in values)
            case StartsWith(_, value):
                return column.starting_with(fold(value))


def _filter_path(field: str, settings: IndexSettings) -> str:
    path = settings.filter_path(field)
    if path is None:
        raise InvalidFilter(
            f"Attribute `{field}` is not filterable. Available filterable attributes are: {listed(settings.filterable)}"
        )
    return path


def _equal(column: Column, operand: str, text: str) -> int:
    number = _number(operand)
    return column.texts.equal_to(text) | (0 if number is None else column.numbers.equal_to(number))


def _ordered(column: Column, symbol: str, operand: str, text: str) -> int:
    """Compare text with text and numbers with numbers, never one with the other."""
    number = _number(operand)
    including = symbol.endswith("=")
    if symbol.startswith("<"):
        found = column.texts.below(text, including=including)
        return found if number is None else found | column.numbers.below(number, including=including)
    found = column.texts.above(text, including=including)
    return found if number is None else found | column.numbers.above(number, including=including)


def _between(column: Column, low: tuple[str, str], high: tuple[str, str]) -> int:
    """Return the documents between two bounds, each as it was written and as text."""
    lowest, highest = _number(low[0]), _number(high[0])
    found = column.texts.within(low[1], high[1])
    return found if lowest is None or highest is None else found | column.numbers.within(lowest, highest)


def _number(operand: str) -> float | None:
    try:
        number = float(operand)
    except ValueError:
        return None
    return number if math.isfinite(number) and "_" not in operand else None
