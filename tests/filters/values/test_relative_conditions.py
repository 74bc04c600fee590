"""Times in words come back as the days that each comparison means, wherever it stands; else nothing is suggested."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from scenario_mcp.api.filter_fields import ASSET_FILTER_FIELDS
from scenario_mcp.filters.check import FilterProblem, check
from scenario_mcp.filters.syntax import parse_tree
from scenario_mcp.filters.tree import And, Between, Comparison, Not, OneOf, Or, Tree

NOW = datetime(2026, 11, 29, 2, 40, tzinfo=UTC)
FORMS = {
    # what stands for days: the first and the last of them
    "yesterday": ("2026-11-28", "2026-11-28"),
    "3 days ago": ("2026-11-26", "2026-11-26"),
    "monday": ("2026-11-23", "2026-11-23"),
    "20 Nov": ("2026-11-20", "2026-11-20"),
    "last week": ("2026-11-16", "2026-11-22"),
    "last month": ("2026-10-01", "2026-10-31"),
    "december": ("2025-12-01", "2025-12-31"),
    "2026-Q1": ("2026-01-01", "2026-03-31"),
    "the last 7 days": ("2026-11-22", "2026-11-29"),
    "2026-11-10": ("2026-11-10", "2026-11-10"),
    "2026-09": ("2026-09-01", "2026-09-30"),
}
WORDS = [form for form in FORMS if not form.startswith("2026-1") and form != "2026-09"]
STEP = timedelta(days=1)
DAYS = sorted(
    {
        f"{datetime.fromisoformat(day) + step:%Y-%m-%d}"
        for days in FORMS.values()
        for day in days
        for step in (-STEP, STEP * 0, STEP)
    }
)
AROUND: dict[str, Callable[[bool, bool], bool]] = {
    # where a condition stands: whether the whole holds if it does, of an image or another kind
    "{}": lambda holds, _: holds,
    "NOT {}": lambda holds, _: not holds,
    "kind = image AND {}": lambda holds, is_image: is_image and holds,
    "kind = image OR NOT ({} AND kind = video)": lambda holds, is_image: is_image or not holds,
}


def told(text: str) -> list[str]:
    """Return the filters that a refusal offers."""
    with pytest.raises(FilterProblem) as caught:
        check(text, ASSET_FILTER_FIELDS, NOW)
    offered = caught.value.message.partition(" Write: ")[2]
    return offered.split(" or: ") if offered else []


def holds(tree: Tree, moment: str, kind: str) -> bool:
    """Whether a document of a kind, made at a moment, meets a filter as it is sent: times are compared as texts."""
    match tree:
        case And(operands):
            return all(holds(each, moment, kind) for each in operands)
        case Or(operands):
            return any(holds(each, moment, kind) for each in operands)
        case Not(operand):
            return not holds(operand, moment, kind)
        case Between(_, low, high):
            return low <= moment <= high
        case Comparison("kind", "=", value):
            return kind == value
        case Comparison(_, operator, value):
            order = (moment > value) - (moment < value)
            return order in {"=": {0}, "<": {-1}, "<=": {-1, 0}, ">": {1}, ">=": {0, 1}}[operator]
        case OneOf(_, values):
            return moment in values
        case _:
            raise AssertionError(tree)


def days_of(filter_text: str, kind: str) -> list[str]:
    """Return the days of which a filter finds documents of a kind."""
    tree = parse_tree(check(filter_text, ASSET_FILTER_FIELDS, NOW).text)
    assert tree is not None
    return [day for day in DAYS if holds(tree, f"{day}t12:00:00.000z", kind)]


def assert_means(condition: str, meant: set[str]) -> None:
    """Hold that what is offered for a condition finds the days that it means, wherever it stands."""
    for around, combine in AROUND.items():
        offered = told(around.format(condition))
        assert len(offered) == 1, (condition, offered)
        for kind in ("image", "video"):
            expected = [day for day in DAYS if combine(day in meant, kind == "image")]
            assert days_of(offered[0], kind) == expected, (around.format(condition), offered)


def within(*forms: str) -> set[str]:
    return {day for form in forms for day in DAYS if FORMS[form][0] <= day <= FORMS[form][1]}


@pytest.mark.parametrize("form", WORDS)
def test_a_comparison_comes_back_as_the_days_that_it_means(form: str) -> None:
    first, last = FORMS[form]
    assert_means(f'createdAt = "{form}"', within(form))
    assert_means(f'createdAt != "{form}"', {*DAYS} - within(form))
    assert_means(f'createdAt < "{form}"', {day for day in DAYS if day < first})
    assert_means(f'createdAt >= "{form}"', {day for day in DAYS if day >= first})
    if form != "the last 7 days":
        assert_means(f'createdAt <= "{form}"', {day for day in DAYS if day <= last})
    if first == last:
        assert_means(f'createdAt > "{form}"', {day for day in DAYS if day > last})


@pytest.mark.parametrize("form", WORDS)
def test_a_list_comes_back_with_all_of_its_days(form: str) -> None:
    for other in FORMS:
        meant = within(form, other)
        assert_means(f'createdAt IN ["{form}", "{other}"]', meant)
        assert_means(f'createdAt NOT IN ["{other}", "{form}"]', {*DAYS} - meant)
        assert_means(f'createdAt IN ["{other}", 2026-11-10, "{form}", 2026-11-10]', meant | within("2026-11-10"))


@pytest.mark.parametrize("form", WORDS)
def test_a_range_reaches_from_the_first_day_of_the_earlier_to_the_last_of_the_later(form: str) -> None:
    recurring = {"monday", "20 Nov", "december"}
    for low, high in (*product([form], FORMS), *product(FORMS, [form])):
        is_backwards = FORMS[high][1] < FORMS[low][0]
        first, last = (FORMS[high][0], FORMS[low][1]) if is_backwards else (FORMS[low][0], FORMS[high][1])
        if is_backwards and {low, high} & recurring:
            continue
        if high == "the last 7 days" and FORMS[low][0] > FORMS[high][0]:
            assert told(f'createdAt "{low}" TO "{high}"') == []
            continue
        assert_means(f'createdAt "{low}" TO "{high}"', {day for day in DAYS if first <= day <= last})


OFFERED = {
    "createdAt 2026-01-01 TO december": ["createdAt 2026-01-01 TO 2026-12-31"],
    "createdAt 2026-01-15 TO january": ["createdAt 2026-01-15 TO 2026-01-31"],
    "createdAt 2027-12-15 TO december": ["createdAt 2027-12-15 TO 2027-12-31"],
    "createdAt 2026-11-30 TO december": ["createdAt 2026-11-30 TO 2026-12-31"],
    "createdAt december TO 2020-01-05": ["createdAt 2019-12-01 TO 2020-01-05"],
    "createdAt october TO march": ["createdAt 2025-10-01 TO 2026-03-31", "createdAt 2026-10-01 TO 2027-03-31"],
    "createdAt friday TO monday": ["createdAt 2026-11-20 TO 2026-11-23", "createdAt 2026-11-27 TO 2026-11-30"],
    "createdAt monday TO friday": ["createdAt 2026-11-23 TO 2026-11-27"],
    "createdAt tomorrow TO monday": ["createdAt 2026-11-30 TO 2026-11-30"],
    "createdAt now TO '2 hours ago'": [],
    "createdAt '2 hours ago' TO now": ['createdAt "2026-11-29T00:40:00.000Z" TO 2026-11-29'],
    "createdAt 9999-12-31 TO monday": [],
    "createdAt december TO 0001": [],
    "createdAt IN [yesterday, soonish]": [],
    'createdAt IN ["2 hours ago", 2026-11-20]': ['createdAt >= "2026-11-29T00:40:00.000Z" OR createdAt = 2026-11-20'],
    'createdAt > "last week"': ["createdAt >= 2026-11-16", "createdAt > 2026-11-22"],
    'NOT createdAt > "last week"': ["NOT createdAt >= 2026-11-16", "NOT createdAt > 2026-11-22"],
    'kind = image AND createdAt > "last week"': [
        "kind = image AND createdAt >= 2026-11-16",
        "kind = image AND createdAt > 2026-11-22",
    ],
    # only one of the two readings can match
    'createdAt > "last week" AND createdAt < 2026-11-20': ["createdAt >= 2026-11-16 AND createdAt < 2026-11-20"],
    # days written alike are meant alike
    "createdAt 5/6/2026 TO 7/8/2026": ["createdAt 2026-05-06 TO 2026-07-08", "createdAt 2026-06-05 TO 2026-08-07"],
    'createdAt > "5/6/2026" AND createdAt < "7/8/2026"': [
        "createdAt > 2026-05-06 AND createdAt < 2026-07-08",
        "createdAt > 2026-06-05 AND createdAt < 2026-08-07",
    ],
    "createdAt december TO '5/6/2020'": ["createdAt 2019-12-01 TO 2020-05-06", "createdAt 2019-12-01 TO 2020-06-05"],
    # before a day beyond the end of its month is up to that end
    "createdAt < 2026-06-31": ["createdAt <= 2026-06-30"],
    "createdAt >= 2026-06-31": ["createdAt > 2026-06-30"],
    "createdAt <= 2026-06-31": ["createdAt <= 2026-06-30"],
    "createdAt < 2026-13-05": ["createdAt < 2026-05-13"],
}


@pytest.mark.parametrize("text", OFFERED)
def test_what_may_mean_several_days_is_offered_whole_or_not_at_all(text: str) -> None:
    offered = told(text)
    assert offered == OFFERED[text]
    for each in offered:
        assert check(each, ASSET_FILTER_FIELDS, NOW).text


def test_a_question_that_is_open_twice_and_one_without_an_answer_are_told() -> None:
    text = "createdAt october TO march AND updatedAt now TO '2 hours ago'"
    assert told(text) == []


def test_what_may_mean_two_beside_words_for_the_query_is_not_written_out() -> None:
    assert told('prompt CONTAINS dragon AND createdAt > "last week"') == []
