"""No filter is sent that can match nothing, or everything, whatever a library holds."""

import math
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario_mcp.api.filter_fields import ASSET_FILTER_FIELDS, MODEL_FILTER_FIELDS
from scenario_mcp.filters import EVERYTHING
from scenario_mcp.filters.check import FilterProblem, check
from scenario_mcp.filters.field_types import AspectRatio, FilterField, FilterFields, Number, Time
from scenario_mcp.filters.notation import fold
from scenario_mcp.filters.syntax import parse_tree
from scenario_mcp.filters.tree import (
    And,
    Between,
    Comparison,
    Exists,
    IsEmpty,
    IsNull,
    Not,
    OneOf,
    Or,
    StartsWith,
    Tree,
    quote,
)
from tests.support.examples import examples

FIELDS = {"assets": ASSET_FILTER_FIELDS, "models": MODEL_FILTER_FIELDS}
NOW = datetime(2026, 11, 29, 2, 40, tzinfo=UTC)
DAYS = ["2026-11-20", "2026-11", "2026", "20 Nov 2026", "01.11.2026", "11/01/2024", "last week", "0001-01-01", "30d"]
TIMES = ["2026-11-20T10:00:00Z", "2026-11-20 10:00", "2026-11-20T09:30:00.5+02:00", "9999-12-31", "1764000000", "now"]
NUMBERS = ["0", "1", "-1", "1024", "1024.5", "1,024", "1MB", "1024px", "1e3", "4k", "7.5", "1_000", "1e999", "nan"]
WORDS = ["", " ", "image", "Pictures", "kinght", "false", "true", "none", "a, b", "dragon*", "16:9", "16/9", "1.78"]
MORE = ["landscape", "é", "width", "null", "[]", "NOT", "private", "secret", "model_a", "asset_b", "Pixel Quest", "5"]
VALUES = st.sampled_from([*DAYS, *TIMES, *NUMBERS, *WORDS, *MORE]) | st.text(max_size=5)
COMPARISONS = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])


@st.composite
def conditions(draw: st.DrawFn, fields: FilterFields) -> str:
    name = draw(st.sampled_from([*fields, "newField"]))
    value = VALUES.map(quote)
    match draw(st.integers(0, 7)):
        case 0 | 1 | 2:
            return f"{name} {draw(COMPARISONS)} {draw(value)}"
        case 3:
            return f"{name} {draw(value)} TO {draw(value)}"
        case 4 | 5:
            return f"{name} {draw(st.sampled_from(['IN', 'NOT IN']))} [{', '.join(draw(st.lists(value, max_size=3)))}]"
        case 6:
            return f"{name} {draw(st.sampled_from(['EXISTS', 'NOT EXISTS', 'IS NULL', 'IS EMPTY', 'IS NOT EMPTY']))}"
        case _:
            return f"{name} {draw(st.sampled_from(['STARTS WITH', 'CONTAINS']))} {draw(value)}"


@st.composite
def filters(draw: st.DrawFn, fields: FilterFields) -> str:
    first = conditions(fields)
    parts = [f"{'NOT ' * draw(st.booleans())}{draw(first)}" for _ in range(draw(st.integers(1, 2)))]
    if len(parts) > 1 and draw(st.booleans()):
        # The same field again: only so can two conditions exclude each other, or hold for all.
        parts[1] = f"{parts[0].removeprefix('NOT ').split()[0]} {parts[1].removeprefix('NOT ').split(' ', 1)[1]}"
    return draw(st.sampled_from([" AND ", " OR "])).join(parts)


class Document(dict[str, object]):
    """Values by field, as the search engine keeps them: texts folded, numbers, lists, None."""


def meets(document: Document, tree: Tree) -> bool:
    """Judge as the search engine does, one document at a time."""
    match tree:
        case And(operands):
            return all(meets(document, each) for each in operands)
        case Or(operands):
            return any(meets(document, each) for each in operands)
        case Not(operand):
            return not meets(document, operand)
        case Comparison(field, "!=", value):
            return not meets(document, Comparison(field, "=", value))
        case Exists(field):
            return field in document
        case IsNull(field):
            return field in document and document[field] is None
        case IsEmpty(field):
            return document.get(field, 0) in ("", [])
        case condition:
            held = document.get(condition.field)
            return any(holds(value, condition) for value in (held if isinstance(held, list) else [held]))


def holds(value: object, condition: Tree) -> bool:
    if value is None or value == "":
        return False

    def order(operand: str) -> int | None:
        if isinstance(value, str):
            return (value > fold(operand)) - (value < fold(operand))
        try:
            number = float(operand)
        except ValueError:
            return None
        assert isinstance(value, float)
        return (value > number) - (value < number)

    match condition:
        case Comparison(_, operator, operand):
            signs = {"=": {0}, "<": {-1}, "<=": {-1, 0}, ">": {1}, ">=": {0, 1}}
            return order(operand) in signs[operator]
        case Between(_, low, high):
            return order(low) in {0, 1} and order(high) in {-1, 0}
        case OneOf(_, values):
            return any(order(each) == 0 for each in values)
        case StartsWith(_, prefix):
            return isinstance(value, str) and value.startswith(fold(prefix))
        case _:
            return False


def documents(sent: str, fields: FilterFields) -> Iterator[Document]:
    """Yield documents that there may be, with values at and beside those of the filter."""
    names = [name for name in [*fields, "newField"] if re.search(rf"(?<![\w.]){re.escape(name)}(?![\w.])", sent)]
    values = {name: [*values_of(fields.get(name), sent), None] for name in names}
    yield Document()
    for first in names:
        for value in values[first]:
            yield Document({first: value})
            for second in names:
                if second != first:
                    for other in values[second]:
                        yield Document({first: value, second: other})


def values_of(field: FilterField | None, sent: str) -> list[object]:
    """Return values that a document may have there, at and beside those of the filter."""
    literals = re.findall(r'"((?:[^"\\]|\\.)*)"|([\w.-]+)', sent)
    texts = [re.sub(r"\\(.)", r"\1", quoted) or word for quoted, word in literals]
    if field is not None and isinstance(field.type, Number):
        return numbers_beside(texts, is_whole=field.type.is_whole)
    if field is not None and isinstance(field.type, Time):
        return times_beside(texts)
    folded = sorted({fold(text) for text in texts} - {""})
    around: list[object] = [*folded, *(f"{text}!" for text in folded), "!", "image"]
    if field is None or field.is_list:
        numbers = numbers_beside(texts, is_whole=False) if field is None else []
        return [*([text] for text in around), [], around, *numbers]
    return around if isinstance(field.type, AspectRatio) else [*around, ""]


def numbers_beside(texts: list[str], *, is_whole: bool) -> list[object]:
    found = {0.0, 7.0}
    for text in texts:
        if re.fullmatch(r"-?\d+(\.\d+)?(e\d)?", text):
            found |= {float(text), *(math.floor(float(text)) + step for step in (-1.0, -0.5, 0.0, 0.5, 1.0, 2.0))}
    return [each for each in sorted(found) if each >= 0 and (each.is_integer() or not is_whole)]


def times_beside(texts: list[str]) -> list[object]:
    moments = {datetime(1904, 1, 1, tzinfo=UTC), datetime(2026, 11, 20, 8, 7, 59, 429_000, tzinfo=UTC)}
    for text in texts:
        if re.fullmatch(r"\d{4}-\d\d-\d\d(t\S+)?", text, re.IGNORECASE):
            moment = datetime.fromisoformat(text.upper()).replace(tzinfo=UTC)
            moments.add(moment)
            if moment.year not in {1, 9999}:
                moments |= {moment - timedelta(milliseconds=1), moment + timedelta(milliseconds=1)}
    return [f"{each.year:04d}-{each:%m-%dt%H:%M:%S}.{each.microsecond // 1000:03d}z" for each in sorted(moments)]


@pytest.mark.parametrize("kind", FIELDS)
@settings(max_examples=examples(100), deadline=None)
@given(data=st.data())
def test_what_is_sent_can_match_something_and_miss_something(kind: str, data: st.DataObject) -> None:
    fields = FIELDS[kind]
    text = data.draw(filters(fields))
    try:
        sent = check(text, fields, NOW).text
    except FilterProblem as problem:
        if problem.suggestion is None:
            return
        sent = check(problem.suggestion, fields, NOW).text
    tree = parse_tree(sent)
    assert tree is not None
    verdicts = {meets(document, tree) for document in documents(sent, fields)}
    assert verdicts == {True, False}, sent


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("width > 10 AND width < 5", "Nothing can match width > 10 AND width < 5."),
        ("width > 10 AND width < 11", "Nothing can match width > 10 AND width < 11."),
        ("height < 0", "Nothing can match height < 0."),
        (
            "kind = image AND kind = video",
            "Nothing can match kind = image AND kind = video. Write: kind IN [image, video]",
        ),
        (
            "tags = a AND kind = image AND kind = video",
            "Nothing can match kind = image AND kind = video. Write: kind IN [image, video] AND tags = a",
        ),
        ("tags = a AND NOT tags = A", "Nothing can match tags = a AND tags != A."),
        ("seed EXISTS AND seed NOT EXISTS", "Nothing can match seed EXISTS AND seed NOT EXISTS."),
        ("createdAt > 9999-12-31", 'Nothing can match createdAt > "9999-12-31t23:59:59.999z".'),
        ("newField = 1 AND newField != 1", "Nothing can match newField = 1 AND newField != 1."),
        (
            "createdAt >= 2026-11-20 AND createdAt <= 2026-11-10",
            "Nothing can match createdAt >= 2026-11-20 AND createdAt < 2026-11-11.",
        ),
        (
            "kind = image OR kind != image",
            f"Everything matches; leave the filter out, or list all. Example: {EVERYTHING}",
        ),
        ("width < 5 OR NOT width < 5", f"Everything matches; leave the filter out, or list all. Example: {EVERYTHING}"),
        (
            "NOT (kind = a AND kind = b)",
            f"Everything matches; leave the filter out, or list all. Example: {EVERYTHING}",
        ),
    ],
)
def test_the_reason_is_told(text: str, sentence: str) -> None:
    with pytest.raises(FilterProblem) as caught:
        check(text, ASSET_FILTER_FIELDS, NOW)
    assert caught.value.message.partition("): ")[2] == sentence


@pytest.mark.parametrize(
    "text",
    [
        EVERYTHING,
        "createdAt EXISTS",
        "tags = a AND tags = b",
        "tags > m AND tags < c",
        "kind = image AND kind != video",
        "width >= 1024 AND width <= 1024",
        "guidance > 7 AND guidance < 8",
        "seed NOT EXISTS OR seed = 5",
        " AND ".join(f"(kind = a{n} OR tags = b{n})" for n in range(40)),  # too many clauses to be judged
    ],
)
def test_what_can_match_some_is_sent(text: str) -> None:
    assert check(text, ASSET_FILTER_FIELDS, NOW).text == text
