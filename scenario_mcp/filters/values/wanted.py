"""Fields that do not exist but are wanted: what to ask instead, by another field or by an argument."""

import re
from collections.abc import Mapping

from scenario_mcp.filters.field_types import AspectRatio, FilterField, FilterFields, Id, Number, Time
from scenario_mcp.filters.field_types import OneOf as Choice
from scenario_mcp.filters.repairs.edit import spelling
from scenario_mcp.filters.repairs.sentences import CONDITIONS_ONLY
from scenario_mcp.filters.syntax import ParseError, parse_tree
from scenario_mcp.filters.tree import (
    And,
    Between,
    Comparison,
    Condition,
    Contains,
    Not,
    OneOf,
    Operator,
    StartsWith,
    Tree,
)
from scenario_mcp.filters.values import aspect_ratios, choices
from scenario_mcp.filters.values.misfits import Misfit, values_of
from scenario_mcp.filters.values.times import UnreadableTime, read_time

_FLIPPED: Mapping[Operator, Operator] = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_SHAPES = frozenset(
    {"orientation", "layout", "islandscape", "isportrait", "issquare", "landscape", "portrait", "square", "shape"}
)
_SIZES = frozenset({"resolution", "dimensions", "dimension", "imagesize", "pixels"})
_WORDS = frozenset(
    {"description", "caption", "content", "transcription", "keywords", "query", "search", "q", "subject", "summary",
     "shortdescription", "color", "colour", "style", "theme"}
)  # fmt: skip
_PUBLIC = frozenset({"community", "public", "ispublic", "shared", "iscommunity", "library", "scope"})
_IDS = frozenset({"id", "assetid", "assetids", "ids", "uuid"})
_SORTED = frozenset({"score", "popularity", "likes", "views", "downloads", "relevance", "rating"})
_ARGUMENTS = {
    **dict.fromkeys(("sort", "sortby", "orderby", "order"), "sortBy"),
    **{name.lower(): name for name in ("limit", "offset", "page", "hitsPerPage", "image", "images", "originalAssets")},
}
_FILTERS = frozenset({"filter", "filters", "where"})
_NO = frozenset({"false", "no", "0", "null", "none"})


def look_for(condition: Condition, fields: FilterFields) -> Condition | None:
    """Return None for a field that may be new, or the condition with field and value the right way round.

    Raises:
        Misfit: the field does not exist, but it is known what is wanted.

    """
    name = spelling(condition.field)
    if turned := _turned(condition, fields):
        raise Misfit("The field stands first.", turned)
    if (name in _SHAPES or name in _SIZES) and (found := _by_size(name, condition, fields)):
        raise found
    for field in fields.values():
        if name in map(spelling, field.also):
            raise _of_another_name(condition, field)
    if name in _PUBLIC:
        wants = not (values_of(condition)[:1] and values_of(condition)[0].lower() in _NO | {"private", "project"})
        raise Misfit("The public library is asked by the argument public.", arguments={"public": True} if wants else {})
    if name in _WORDS and (words := values_of(condition)):
        raise Misfit("Words are for the argument query.", arguments={"query": " ".join(words).strip("%* ")})
    if name in _IDS:
        raise Misfit("Ids cannot be filtered on: give them to view_assets or get_models.")
    if name in _SORTED:
        raise Misfit(f'{condition.field} cannot be filtered on. Example: sortBy ["score:desc"] for popular ones first.')
    _refuse_argument(name, condition)
    return None


def _refuse_argument(name: str, condition: Condition) -> None:
    if name in _ARGUMENTS:
        raise Misfit(f"{_ARGUMENTS[name]} is an argument beside filter, not a field.")
    if name in _FILTERS and isinstance(condition, Comparison) and condition.operator == "=":
        raise Misfit(CONDITIONS_ONLY, _inner(condition.value))


def _inner(text: str) -> Tree | None:
    """Return the filter that a value spells, such as that of `filter = "kind = image"`."""
    try:
        return parse_tree(text)
    except ParseError:
        return None


def _of_another_name(condition: Condition, field: FilterField) -> Misfit:
    """Return the refusal of another name for a field; values that it cannot hold are not offered again."""
    values = values_of(condition)
    match field.type:
        case Id(prefix, has_names) if not has_names and not all(value.startswith(prefix) for value in values):
            return Misfit(f"The field is {field.name}, with ids such as {prefix}..., as hits show them.")
        case Choice() as choice if any(choices.meaning(value, field, choice) is None for value in values):
            return Misfit(f"The field is {field.name}: {choices.listed(choice.values)}.")
        case _:
            return Misfit(f"The field is {field.name}.", _renamed(condition, field))


def _turned(condition: Condition, fields: FilterFields) -> Condition | None:
    """Return `1024 < width` as `width > 1024`."""
    if isinstance(condition, Comparison) and condition.value in fields:
        written, field = condition.field, fields[condition.value]
        if re.match(r"[-+.]?\d", written) or (isinstance(field.type, Time) and _is_time(written)):
            return Comparison(field.name, _FLIPPED[condition.operator], written)
    return None


def _is_time(text: str) -> bool:
    try:
        return read_time(text) is not None
    except UnreadableTime:
        return True


def _renamed(condition: Condition, field: FilterField) -> Tree:
    match condition:
        case Comparison(_, operator, value):
            return Comparison(field.name, operator, value)
        case Between(_, low, high):
            return Between(field.name, low, high)
        case OneOf(_, values):
            return OneOf(field.name, values)
        case Contains(_, value):
            return Contains(field.name, value)
        case StartsWith(_, value):
            return StartsWith(field.name, value)
        case _:
            return type(condition)(field.name)


def _by_size(name: str, condition: Condition, fields: FilterFields) -> Misfit | None:
    """Return how to ask for a shape by aspect ratio, or for a size such as 512x512 by width and height."""
    ratio = next((field for field in fields.values() if isinstance(field.type, AspectRatio)), None)
    values = values_of(condition)
    if ratio is None or not values:
        return None
    is_negated = isinstance(condition, Comparison) and condition.operator == "!="
    if name in _SHAPES:
        word = values[0] if name in {"orientation", "layout", "shape"} else name.removeprefix("is")
        is_negated ^= word != values[0] and values[0].lower() in _NO
        found = aspect_ratios.shape(word, ratio.name)
        if found is None:
            return Misfit(f'{condition.field} is no field; {ratio.name} is, such as {ratio.name} = "16:9".')
    else:
        size = re.fullmatch(r"\s*(\d{2,5})\s*(?:px)?\s*[x\u00d7*,]\s*(\d{2,5})\s*(?:px)?\s*", values[0], re.IGNORECASE)
        if size is None or "width" not in fields or not isinstance(fields["width"].type, Number):
            sentence = f"{condition.field} is no field; width and height are, in pixels."
            return Misfit(f"{sentence} Example: width >= 1024 AND height >= 1024")
        operator: Operator = condition.operator if isinstance(condition, Comparison) and not is_negated else "="
        found = And((Comparison("width", operator, size[1]), Comparison("height", operator, size[2])))
    sentence = aspect_ratios.NO_COMPARISON if name in _SHAPES else "Width and height are two fields."
    return Misfit(sentence, Not(found) if is_negated else found)
