"""Comparisons with days and times: read as they were meant, and written so that their text sorts as their time does."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

from scenario_mcp.filters.field_types import FilterField
from scenario_mcp.filters.notation import fold, write
from scenario_mcp.filters.tree import (
    And,
    Between,
    Comparison,
    Condition,
    Contains,
    Exists,
    IsEmpty,
    Not,
    OneOf,
    Operator,
    Or,
    StartsWith,
    Tree,
)
from scenario_mcp.filters.values.misfits import Mended, Misfit, values_of, with_values
from scenario_mcp.filters.values.relative_conditions import in_words
from scenario_mcp.filters.values.times import Stretch, UnreadableTime, day_text, moment_text, read_time

_WITH_THE_LAST_DAY: dict[Operator, Operator] = {"<": "<=", ">=": ">"}
_LAST = "9999-12-31t23:59:59.999z"
_OWN_FORM = re.compile(r"\s*\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z)?\s*", re.IGNORECASE)
"""A value of this form is what it says: no word is lost on it."""


def mend(condition: Condition, field: FilterField, now: datetime) -> Mended:
    """Return a condition with its days and times in the API's own form.

    Raises:
        Misfit: a text is no day or time, may be two of them, or is reckoned from today.

    """
    if isinstance(condition, IsEmpty):
        return Mended(Not(Exists(field.name)))
    if isinstance(condition, Contains | StartsWith):
        condition = Comparison(field.name, "=", condition.value.strip("%* "))
    written = values_of(condition)
    stretches = [each for place in range(len(written)) if (each := _read_or_refuse(condition, place)) is not None]
    if len(stretches) < len(written):
        raise in_words(condition, field, now)
    readings = []
    values = tuple(
        value if value.strip().upper() == stretch.text() else stretch.text()
        for value, stretch in zip(written, stretches, strict=True)
    )
    if any(value != old and not _OWN_FORM.fullmatch(old) for value, old in zip(values, written, strict=True)):
        readings.append(f"{write(condition)}: {', '.join(values)}")
    if isinstance(condition, Between) and _is_over(stretches[1], stretches[0]):
        values = (values[1], values[0])
        readings.append(f"{field.name}: the earlier one first")
    mended = with_values(condition, values) if values != written else condition
    return Mended(mended, (*readings, *_of_days(mended)), _of_future(mended, stretches, now))


def _of_future(condition: Condition, stretches: list[Stretch], now: datetime) -> tuple[str, ...]:
    """Warn of a condition that only times to come meet."""
    is_bound = isinstance(condition, Comparison) and condition.operator in {">", ">=", "="}
    if not (is_bound or isinstance(condition, Between)) or stretches[0].start < now + timedelta(days=1):
        return ()
    return (f"{write(condition)} lies in the future: today is {now:%Y-%m-%d}.",)


def _of_days(condition: Condition) -> tuple[str, ...]:
    """Say that a day, month or year counts as a whole, where that is not plain."""
    match condition:
        case Comparison(_, "=" | "!=" | "<=" | ">", value) | Between(_, _, value) | OneOf(_, (value, *_)):
            stretch = read_time(value)
        case _:
            return ()
    if stretch is None or not stretch.is_days:
        return ()
    if isinstance(condition, Comparison) and condition.operator == ">":
        return (f"{write(condition)}: after that {stretch.unit}, UTC",)
    is_bound = isinstance(condition, Between) or (isinstance(condition, Comparison) and condition.operator == "<=")
    return (f"{write(condition)}: {'with ' * is_bound}that whole {stretch.unit}, UTC",)


def _is_over(stretch: Stretch, other: Stretch) -> bool:
    """Whether a stretch ends before another begins."""
    return stretch.end is not None and stretch.end <= other.start


def _read_or_refuse(condition: Condition, place: int) -> Stretch | None:
    """Return the time at a place of a condition, None for one in words; raise `Misfit` for one that no calendar has."""
    try:
        return read_time(values_of(condition)[place])
    except UnreadableTime as error:
        # Days written alike are meant alike: all with the month first, or all with the day first.
        count = len(error.readings)
        readings = [(value, _readings(value)) for value in values_of(condition)]
        choices = tuple(
            with_values(condition, tuple(each[number] if len(each) == count else value for value, each in readings))
            for number in range(count)
        )
        if len(choices) > 1:
            raise Misfit(error.sentence, choices=choices, question="order of day and month") from None
        meant = choices[0] if choices else None
        if isinstance(meant, Comparison) and error.is_past_its_month:  # before the 31st of June is up to the 30th
            meant = replace(meant, operator=_WITH_THE_LAST_DAY.get(meant.operator, meant.operator))
        raise Misfit(error.sentence, meant) from None


def _readings(value: str) -> tuple[str, ...]:
    try:
        read_time(value)
    except UnreadableTime as error:
        return error.readings or (value,)
    return (value,)


def engine_form(condition: Condition) -> Tree:
    """Return a condition on days and times as text bounds that hold for every time in them."""
    field = condition.field
    match condition:
        case Comparison(_, operator, value):
            return _compared(field, operator, _read(value), value)
        case Between(_, low, high):
            upper = _at_most(field, _read(high))
            lower = _bound(_read(low))
            if upper.operator == "<=":
                return Between(field, lower, upper.value)
            return And((Comparison(field, ">=", lower), upper))
        case OneOf(_, values):
            trees = [_equal(field, _read(value), value) for value in values]
            if all(isinstance(tree, Comparison) for tree in trees):
                return OneOf(field, tuple(map(fold, values)))
            return trees[0] if len(trees) == 1 else Or(tuple(trees))
        case _:
            return condition


def _compared(field: str, operator: Operator, stretch: Stretch, value: str) -> Tree:
    match operator:
        case "=":
            return _equal(field, stretch, value)
        case "!=":
            return Comparison(field, "!=", value) if stretch.unit == "instant" else Not(_equal(field, stretch, value))
        case "<=":
            return _at_most(field, stretch)
        case ">" if stretch.is_days:
            return (
                Comparison(field, ">", _LAST) if stretch.end is None else Comparison(field, ">=", day_text(stretch.end))
            )
        case _:
            return Comparison(field, operator, _bound(stretch))


def _read(value: str) -> Stretch:
    stretch = read_time(value)
    assert stretch is not None, "mended values are days and times"  # noqa: S101  # `mend` has seen to it
    return stretch


def _equal(field: str, stretch: Stretch, value: str) -> Tree:
    if stretch.unit == "instant":
        return Comparison(field, "=", value)
    return And((Comparison(field, ">=", _bound(stretch)), _before_end(field, stretch)))


def _at_most(field: str, stretch: Stretch) -> Comparison:
    return _before_end(field, stretch) if stretch.is_days else Comparison(field, "<=", _bound(stretch))


def _before_end(field: str, stretch: Stretch) -> Comparison:
    if stretch.end is None:
        return Comparison(field, "<=", _LAST)
    return Comparison(field, "<", day_text(stretch.end) if stretch.is_days else fold(moment_text(stretch.end)))


def _bound(stretch: Stretch) -> str:
    return day_text(stretch.start) if stretch.is_days else fold(moment_text(stretch.start))
