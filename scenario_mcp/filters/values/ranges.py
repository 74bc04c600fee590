"""A range that stands in one value, such as `width = 512-1024`, as a range of the filter language."""

import re
from collections.abc import Callable

from scenario_mcp.filters.tree import Between, Comparison, Condition, Not, OneOf, Tree

_MAX_CHARACTERS = 80
_AROUND = " \t\r\n[](){}"
_BEGIN = re.compile(r"(?:between|from)\s+", re.IGNORECASE)
_SEPARATOR = re.compile(r"\s*(?:\.{2,3}|\b(?:to|till|until|through|and)\b|[\u2013\u2014/]|-)\s*", re.IGNORECASE)
_UNIT = re.compile(r"\s*[A-Za-z]+\.?$")


def range_in(condition: Condition, is_bound: Callable[[str], bool]) -> Tree | None:
    """Return the range that the one value of a condition holds; None if its parts are no bounds, or it holds none."""
    match condition:
        case Comparison(_, "=" | "!=", value) | OneOf(_, (value,)):
            bounds = _bounds(value, is_bound)
        case _:
            return None
    if bounds is None:
        return None
    found = Between(condition.field, *bounds)
    return Not(found) if isinstance(condition, Comparison) and condition.operator == "!=" else found


def _bounds(value: str, is_bound: Callable[[str], bool]) -> tuple[str, str] | None:
    text = _BEGIN.sub("", value.strip(_AROUND), count=1)
    if len(text) > _MAX_CHARACTERS:
        return None
    for separator in _SEPARATOR.finditer(text):
        low, high = text[: separator.start()], text[separator.end() :]
        unit = _UNIT.search(high)
        if low[-1:].isdigit() and unit and is_bound(f"{low}{unit[0]}"):  # of 10-20 MB both are megabytes
            low = f"{low}{unit[0]}"
        if low and high and is_bound(low) and is_bound(high):
            return low, high
    return None
