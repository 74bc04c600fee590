"""A range or a bound that stands in one value, such as `width = 512-1024` or `width = "at least 512"`."""

import re
from collections.abc import Callable
from typing import TypeAlias

from scenario_mcp.filters.repairs.sentences import BOUNDS, TO
from scenario_mcp.filters.repairs.word_tests import ORDER_TESTS, is_length
from scenario_mcp.filters.tree import Between, Comparison, Condition, Not, OneOf, Operator, Tree
from scenario_mcp.filters.values.misfits import Misfit

_MAX_CHARACTERS = 80
_AROUND = " \t\r\n[](){}"
_BEGIN = re.compile(r"(between|from)\s+", re.IGNORECASE)
_SEPARATOR = re.compile(
    r"\s*(?:\.{2,3}|\b(?:to|till|until|through|(?P<sum>and))\b|[\u2013\u2014-]|(?:(?<=-\d\d)|(?<=z))/)\s*",
    re.IGNORECASE,
)
"""A slash only as in ISO 8601, behind a day or a moment: a number before it is divided."""
_Read: TypeAlias = Callable[[str, str, Callable[[str], bool]], Tree | None]
_ORDERS: dict[str, Operator] = {"<": "<", "<=": "<=", ">": ">", ">=": ">="}
_SIGN = re.compile(r"(<=|>=|<|>)\s*")
_BEHIND = re.compile(
    r"\s*(?:(?P<more>\+|(?:or|and)\s+(?:more|up|above|later|newer|larger|higher|over))"
    r"|(?:or|and)\s+(?:less|fewer|below|earlier|older|smaller|lower|under))\s*$",
    re.IGNORECASE,
)
_TIMELY = re.compile("later|newer|earlier|older", re.IGNORECASE)
_UNIT = re.compile(r"\s*[A-Za-z]+\.?$")


def range_in(condition: Condition, is_bound: Callable[[str], bool]) -> Misfit | None:
    """Return the refusal of a value that holds a range, with that range; None if it holds none."""
    return _misfit(condition, TO, _range, is_bound)


def bound_in(condition: Condition, is_bound: Callable[[str], bool]) -> Misfit | None:
    """Return the refusal of a value that holds a bound, with that bound; None if it holds none."""
    return _misfit(condition, BOUNDS, _bound, is_bound)


def _misfit(condition: Condition, sentence: str, read: _Read, is_bound: Callable[[str], bool]) -> Misfit | None:
    match condition:
        case Comparison(name, "=" | "!=", value) | OneOf(name, (value,)) if len(value) <= _MAX_CHARACTERS:
            found = read(name, value, is_bound)
        case _:
            return None
    if found is None:
        return None
    is_negated = isinstance(condition, Comparison) and condition.operator == "!="
    return Misfit(sentence, Not(found) if is_negated else found)


def _bound(name: str, value: str, is_bound: Callable[[str], bool]) -> Tree | None:
    text = value.strip(_AROUND)
    for pattern, operator, _ in ORDER_TESTS:
        if (word := pattern.match(text)) and operator in _ORDERS and is_bound(text[word.end() :]):
            return Comparison(name, _ORDERS[operator], text[word.end() :])
    if (sign := _SIGN.match(text)) and is_bound(text[sign.end() :]):
        return Comparison(name, _ORDERS[sign[1]], text[sign.end() :])
    if (behind := _BEHIND.search(text)) and is_bound(text[: behind.start()]):
        is_age = is_length(text[: behind.start()]) and not _TIMELY.search(behind[0])  # the older, the earlier
        return Comparison(name, ">=" if bool(behind["more"]) is not is_age else "<=", text[: behind.start()])
    return None


def _range(name: str, value: str, is_bound: Callable[[str], bool]) -> Tree | None:
    text = value.strip(_AROUND)
    begin = _BEGIN.match(text)
    text = text[begin.end() :] if begin else text
    for separator in _SEPARATOR.finditer(text):
        if separator["sum"] and not begin:
            continue  # both of them, and nothing between
        low, high = text[: separator.start()], text[separator.end() :]
        unit = _UNIT.search(high)
        if low[-1:].isdigit() and unit and is_bound(f"{low}{unit[0]}"):  # of 10-20 MB both are megabytes
            low = f"{low}{unit[0]}"
        if low and high and is_bound(low) and is_bound(high):
            return Between(name, low, high)
    return None
