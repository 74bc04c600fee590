"""Filter expressions over documents, with the meaning that Meilisearch gives them."""

import math
import operator
from collections.abc import Callable, Mapping
from typing import TypeAlias

from scenario_mcp import filters
from scenario_mcp.sandbox.catalogue import Document
from scenario_mcp.sandbox.indexes import IndexSettings, listed
from scenario_mcp.sandbox.refusals import invalid_filter
from scenario_mcp.sandbox.values import fold, leaves_at, values_at

Predicate: TypeAlias = Callable[[Document], bool]
_Test: TypeAlias = Callable[[str | float], bool]
_ValueCondition: TypeAlias = filters.Comparison | filters.Between | filters.OneOf | filters.StartsWith
_Condition: TypeAlias = _ValueCondition | filters.Exists | filters.IsNull | filters.IsEmpty

_ORDERINGS: Mapping[str, Callable[[str | float, str | float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def compile_filter(text: str, settings: IndexSettings) -> Predicate:
    """Turn an expression into a test of a document; a blank one lets everything through.

    Raises:
        Refused: a syntax error with its place, written as Meilisearch does (first character:end expression), or an
            attribute that is not filterable, with those that are.

    """
    try:
        tree = filters.parse(text)
    except filters.FilterProblem as problem:
        start = problem.position
        raise invalid_filter(
            f"Invalid syntax for the filter parameter: was not expecting `{text[start : start + 40]}`.\n"
            f"{start + 1}:{len(text) + 1} {text}"
        ) from problem
    return (lambda _: True) if tree is None else _compile(tree, settings)


def _compile(node: filters.Filter, settings: IndexSettings) -> Predicate:
    match node:
        case filters.And(operands):
            tests = [_compile(operand, settings) for operand in operands]
            return lambda document: all(test(document) for test in tests)
        case filters.Or(operands):
            tests = [_compile(operand, settings) for operand in operands]
            return lambda document: any(test(document) for test in tests)
        case filters.Not(operand):
            return _negate(_compile(operand, settings))
        case filters.Comparison(field, "!=", value):
            return _negate(_compile(filters.Comparison(field, "=", value), settings))
        case filters.Contains():
            raise invalid_filter("`CONTAINS` requires the experimental feature `contains filter`, which is not enabled")
        case _:
            return _compile_condition(node, _filter_path(node.field, settings))


def _compile_condition(node: _Condition, path: str) -> Predicate:
    match node:
        case filters.Exists():
            return lambda document: any(True for _ in values_at(document, path))
        case filters.IsNull():
            return lambda document: any(value is None for value in values_at(document, path))
        case filters.IsEmpty():
            return lambda document: any(value in ("", [], {}) for value in values_at(document, path))
        case _:
            test = _test_of_leaf(node)
            return lambda document: any(test(leaf) for leaf in leaves_at(document, path))


def _test_of_leaf(node: _ValueCondition) -> _Test:
    match node:
        case filters.Comparison(_, "=", value):
            return _equal_to(value)
        case filters.Comparison(_, symbol, value):
            return _ordered(symbol, value)
        case filters.Between(_, low, high):
            from_low, to_high = _ordered(">=", low), _ordered("<=", high)
            return lambda leaf: from_low(leaf) and to_high(leaf)
        case filters.OneOf(_, values):
            tests = [_equal_to(value) for value in values]
            return lambda leaf: any(test(leaf) for test in tests)
        case filters.StartsWith(_, value):
            start = fold(value)
            return lambda leaf: isinstance(leaf, str) and leaf.startswith(start)


def _filter_path(field: str, settings: IndexSettings) -> str:
    path = settings.filter_path(field)
    if path is None:
        raise invalid_filter(
            f"Attribute `{field}` is not filterable. Available filterable attributes are: {listed(settings.filterable)}"
        )
    return path


def _negate(test: Predicate) -> Predicate:
    return lambda document: not test(document)


def _equal_to(operand: str) -> _Test:
    text, number = fold(operand), _number(operand)
    return lambda leaf: leaf == (text if isinstance(leaf, str) else number)


def _ordered(symbol: str, operand: str) -> _Test:
    """Compare text with text and numbers with numbers, never one with the other."""
    holds, text, number = _ORDERINGS[symbol], fold(operand), _number(operand)

    def test(leaf: str | float) -> bool:
        if isinstance(leaf, str):
            return holds(leaf, text)
        return number is not None and holds(leaf, number)

    return test


def _number(operand: str) -> float | None:
    try:
        number = float(operand)
    except ValueError:
        return None
    return number if math.isfinite(number) and "_" not in operand else None
