"""Where a value should follow the operator."""

import re

from scenario_mcp.filters.field_types import FilterFields
from scenario_mcp.filters.repairs.boundaries import JOIN, WORD_END, joins_or_ends, value_end
from scenario_mcp.filters.repairs.edit import Edit
from scenario_mcp.filters.repairs.operators import SIGNS, holds_prose, plain_operator
from scenario_mcp.filters.repairs.quotes import quotes_sentence
from scenario_mcp.filters.repairs.sentences import BRACKETS, EACH_SIDE, EXPECTED, NULL, OPERATORS, WORDS
from scenario_mcp.filters.syntax import ParseState
from scenario_mcp.filters.tree import quote

_EACH = re.compile(r"\(\s*([\w.-]+(?:\s+AND\s+[\w.-]+)+)\s*\)", re.IGNORECASE)
"""Values of which all are wanted."""


def doubled_operator(state: ParseState, fields: FilterFields) -> Edit:
    """Correct `kind != = image` to `kind != image`."""
    first = re.search(r"[=<>!]+\s*$", state.before)
    more = SIGNS.match(state.rest)
    if first is None or more is None:
        return None
    if "!" in first[0] and more[0] == "!":  # all but all but it, or only with more force
        return OPERATORS, None
    operator = plain_operator(first[0] + more[0])
    pattern = re.match(r"\s*/([^/]+)/\w*", state.rest[more.end() :]) if "~" in more[0] else None
    if pattern and holds_prose(state, fields):
        before = state.before[: first.start()].rstrip()
        contains = "NOT CONTAINS" if "!" in first[0] else "CONTAINS"
        return WORDS, f"{before} {contains} {quote(pattern[1])}{state.rest[more.end() + pattern.end() :]}"
    return OPERATORS, f"{state.before[: first.start()].rstrip()} {operator} {state.rest[more.end() :].lstrip()}"


def null_value(state: ParseState, _: FilterFields) -> Edit:
    """Correct `prompt = NULL` to `prompt IS NULL`."""
    operator = re.search(r"(!?=)\s*$", state.before)
    test = re.match(rf"(IS\s+)?(NOT\s+)?(NULL|EMPTY){WORD_END}", state.rest)
    if operator is None or test is None:
        return None
    negated = (operator[1] == "!=") != bool(test[2])
    return NULL, (
        f"{state.before[: operator.start()].rstrip()} IS {'NOT ' if negated else ''}{test[3]}{state.rest[test.end() :]}"
    )


def list_value(state: ParseState, fields: FilterFields) -> Edit:
    """Correct `kind = [image, video]` to `kind IN [image, video]`; if all are wanted, each has a condition."""
    operator = re.search(r"(!?=)\s*$", state.before)
    if operator is None or state.rest[:1] not in {"[", "(", "{"}:
        return None
    before = state.before[: operator.start()].rstrip()
    start, end = state.names[-1]
    field, group = fields.get(state.text[start:end]), _EACH.match(state.rest)
    if group is not None and field is not None and field.is_list:
        each = " AND ".join(
            f"{field.name} = {value}" for value in re.split(r"\s+AND\s+", group[1], flags=re.IGNORECASE)
        )
        is_doubtful = operator[1] == "!="  # none of them, in words; in logic not all
        return EACH_SIDE, None if is_doubtful else f"{state.text[:start]}({each}){state.rest[group.end() :]}"
    return BRACKETS, f"{before} {'NOT IN' if operator[1] == '!=' else 'IN'} {state.rest}"


def reserved_value(state: ParseState, _: FilterFields) -> Edit:
    """Correct `name = AND` to `name = "AND"`."""
    word = re.match(r"[\w.-]+", state.rest)
    if word is None:
        return None
    after = state.rest[word.end() :].lstrip()
    if (
        word[0] == "NOT"
        and state.before.rstrip().endswith("=")
        and re.match(r"[\w\"']", after)
        and not JOIN.match(after)
    ):
        before = state.before.rstrip().rstrip("!=").rstrip()
        return OPERATORS, f"{before} != {after}"
    if word[0] in {"AND", "OR"} and after and not joins_or_ends(after):
        return EXPECTED["value"], None
    return (
        f"{word[0]} is a word of the filter language; as a value it stands in double quotes.",
        state.before + quote(word[0]) + state.rest[word.end() :],
    )


def unquoted_value(state: ParseState, fields: FilterFields) -> Edit:
    """Correct `name = #1` to `name = "#1"`."""
    end = value_end(state.rest, 0)
    if not state.rest[:end].strip():
        return None
    return quotes_sentence(state, fields), state.before + quote(state.rest[:end].strip()) + state.rest[end:]
