"""Fields as other languages name them: behind the argument's own name, in brackets, by position, in a function."""

import re

from scenario_mcp.filters.field_types import FilterFields
from scenario_mcp.filters.repairs.edit import Edit
from scenario_mcp.filters.repairs.sentences import CONDITIONS_ONLY
from scenario_mcp.filters.syntax import ParseState

_ARGUMENT = re.compile(r"\s*[?&$]?(?:filters?|where)\s*(?:[:=]=?)\s*(?=\S)", re.IGNORECASE)
_AS_IT_IS = frozenset({"lower", "upper", "lcase", "ucase", "trim", "ltrim", "rtrim", "date", "year", "datetime"})
"""Functions that change nothing here: letters are compared whatever their case, and a year or a day is a whole one."""


def argument_name(state: ParseState, fields: FilterFields) -> Edit:
    """Correct `filter=kind = image` to `kind = image`."""
    name = _ARGUMENT.match(state.text)
    if name is None or "filter" in fields or "where" in fields:
        return None
    return CONDITIONS_ONLY, state.text[name.end() :]


def bracketed_field(state: ParseState, known: FilterFields) -> Edit:
    """Correct `[kind] = image` to `kind = image`."""
    name = re.match(r"\[\s*\"?([A-Za-z_][\w.]*)\"?\s*\]", state.rest)
    if name is None or name[1] not in known:
        return None
    return "Field names stand without brackets.", f"{state.before}{name[1]}{state.rest[name.end() :]}"


def position_in_list(state: ParseState, known: FilterFields) -> Edit:
    """Correct `tags[0] = knight` to `tags = knight`."""
    name, place = state.text[slice(*state.names[-1])], re.match(r"\[(?:\d*|\*)\]\s*(?=\S)", state.rest)
    if place is None or name not in known or state.names[-1][1] != state.position:
        return None
    sentence = "Values of a list have no places: = asks whether one of them is this."
    return sentence, f"{state.before} {state.rest[place.end() :]}"


def function_of_field(state: ParseState, known: FilterFields) -> Edit:
    """Correct `LOWER(kind) = image` to `kind = image`."""
    start, end = state.names[-1]
    field = re.match(r"\(\s*([A-Za-z_][\w.]*)\s*\)", state.rest)
    if field is None or field[1] not in known or state.text[start:end].lower() not in _AS_IT_IS:
        return None
    return "There are no functions: a field is compared as it is.", (
        f"{state.text[:start]}{field[1]}{state.rest[field.end() :]}"
    )
