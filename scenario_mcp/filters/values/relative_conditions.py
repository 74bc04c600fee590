"""Comparisons with times that are named from today, as comparisons with days of the calendar."""

from datetime import datetime, timedelta
from functools import partial

from scenario_mcp.filters.field_types import FilterField
from scenario_mcp.filters.tree import Between, Comparison, Condition, Not, OneOf, Operator, Or, Tree
from scenario_mcp.filters.values.misfits import Misfit, values_of
from scenario_mcp.filters.values.ranges import bound_in, range_in
from scenario_mcp.filters.values.relative_times import Days, read_relative
from scenario_mcp.filters.values.times import UnreadableTime, read_time
from scenario_mcp.text import shown


def in_words(condition: Condition, field: FilterField, now: datetime) -> Misfit:
    """Return the refusal of a condition with times in words, among others that calendars have, and what it may mean."""
    today, values, is_time = f"{now:%Y-%m-%d}", values_of(condition), partial(_is_time, now=now)
    if problem := bound_in(condition, is_time):  # the word before a day counts
        return problem
    days = [Days(stretch.text(), stretch.text()) if (stretch := read_time(value)) else None for value in values]
    words = values[days.index(None)]
    is_bounded = any(bound_in(Comparison(field.name, "=", value), is_time) for value in values)
    if is_bounded and isinstance(condition, OneOf | Between):
        return Misfit(f"{field.name} takes days and times here, and no bound as {shown(words)}.")
    for place, value in enumerate(values):
        days[place] = days[place] or read_relative(value, now)
        if days[place] is None:
            # A length of time may be taken off what stands before it: 2026-11-20 - 7 days.
            if problem := range_in(condition, lambda text: is_time(text) and read_relative(f"-{text}", now) is None):
                return problem
            sentence = f"{field.name} takes a UTC day or time such as {today}, not {shown(value)}."
            return Misfit(f"{sentence} Example: {field.name} >= {today}")
    sentence = f"{field.name} takes days and times, not {shown(words)}; today is {today} (UTC)."
    choices = _meant(condition, [each for each in days if each is not None], now)
    if len(choices) == 1:
        return Misfit(sentence, choices[0])
    operator = condition.operator if isinstance(condition, Comparison) else "TO"
    return Misfit(sentence, choices=choices, question=f"times in words after {operator}")


def _is_time(text: str, now: datetime) -> bool:
    try:
        return read_time(text) is not None or read_relative(text, now) is not None
    except UnreadableTime:  # the next look at it says what is meant
        return True


def _meant(condition: Condition, days: list[Days], now: datetime) -> tuple[Tree, ...]:
    """Return what a condition may mean whose values are these days: more than one, or none, if nobody can tell."""
    values = values_of(condition)
    match condition:
        case Comparison(name, operator):
            return _compared(name, operator, days[0], f"{now:%Y-%m-%d}")
        case Between(name):
            return tuple(Between(name, low, high) for low, high in _bounds(values, *days))
        case _:
            return (_listed(condition.field, values, days),)


def _compared(name: str, operator: Operator, days: Days, today: str) -> tuple[Tree, ...]:
    since, spans = Comparison(name, ">=", days.first), days.first != days.last
    match operator:
        case "=":
            return (_within(name, days),)
        case "!=":
            return (_outside(name, days),)
        case ">" if spans and days.last < today:  # since it began, or since it was over
            return since, Comparison(name, ">", days.last)
        case ">" if spans:
            return (since,)
        case "<=" if days.are_up_to_now:  # an age of so much at most, or at least
            return since, Comparison(name, "<=", days.first)
        case "<=":
            return (Comparison(name, "<=", days.last),)
        case _:
            return (Comparison(name, operator, days.first),)


def _within(name: str, days: Days) -> Tree:
    if days.first != days.last:
        return Between(name, days.first, days.last)
    return Comparison(name, ">=" if _is_moment(days) else "=", days.first)


def _outside(name: str, days: Days) -> Tree:
    if days.first != days.last:
        return Not(Between(name, days.first, days.last))
    return Comparison(name, "<" if _is_moment(days) else "!=", days.first)


def _is_moment(days: Days) -> bool:
    """Whether this is a moment, of which nothing is: what is asked for is of the time since."""
    return "T" in days.first


def _listed(name: str, values: tuple[str, ...], days: list[Days]) -> Tree:
    """Return a list with single days in it, and beside it whatever is longer."""
    inside, beside = [], []
    for value, each in zip(values, days, strict=True):
        tree = _within(name, each)
        if read_time(value) is not None:
            inside.append(value)
        elif isinstance(tree, Comparison) and tree.operator == "=":
            inside.append(tree.value)
        elif tree not in beside:
            beside.append(tree)
    if len(inside) == 1 and beside:
        beside.append(Comparison(name, "=", inside[0]))
    elif inside:
        beside.append(OneOf(name, tuple(inside)))
    return beside[0] if len(beside) == 1 else Or(tuple(beside))


def _bounds(values: tuple[str, ...], low: Days, high: Days) -> list[tuple[str, str]]:
    """Return the bounds that a range may have: more than one, or none, if nobody can tell."""
    if not _is_over(high, low):
        is_backwards = high.are_up_to_now and low.first > high.first  # from today to the last seven days
        is_of_one_day = read_time(values[0]) is None and high.last.startswith(
            f"{low.first}T"
        )  # from now to an hour ago
        return [] if is_backwards or is_of_one_day else [(low.first, high.last)]
    if low.recur_in_days is None and high.recur_in_days is None:
        return [(high.first, low.last)]
    bounds = []
    if low.recur_in_days and (earlier := read_relative(values[0], _start(high.last))):
        bounds.append((earlier.first, high.last))
    if later := _first_after(values[1], low, high.recur_in_days):
        bounds.append((low.first, later.last))
    return bounds


def _first_after(text: str, low: Days, recur_in_days: int | None) -> Days | None:
    """Return the first days of this name that are not over when others begin: December, from a day in January on."""
    if recur_in_days is None:
        return None
    start = _start(low.first)
    try:
        found = (read_relative(text, moment) for moment in (start, start + timedelta(days=recur_in_days)))
    except OverflowError:  # beyond the year 9999
        return None
    return next((days for days in found if days and not _is_over(days, low)), None)


def _is_over(days: Days, others: Days) -> bool:
    """Whether days end before others begin; texts of months and years count as their last day."""
    return days.last < others.first[: len(days.last)]


def _start(text: str) -> datetime:
    stretch = read_time(text)
    assert stretch is not None, "days are written as the calendar has them"  # noqa: S101  # `Days` are made so
    return stretch.start
