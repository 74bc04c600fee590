"""Where a list should follow IN, and within it."""

import re

from scenario_mcp.filters.field_types import FilterFields
from scenario_mcp.filters.repairs.boundaries import ITEM_END, JOIN, NEXT_CONDITION, value_end
from scenario_mcp.filters.repairs.edit import Edit
from scenario_mcp.filters.repairs.operators import contained_in
from scenario_mcp.filters.repairs.quotes import requoted
from scenario_mcp.filters.repairs.sentences import BRACKETS, QUOTES
from scenario_mcp.filters.syntax import ParseState


def swapped(state: ParseState, fields: FilterFields) -> Edit:
    """Correct `knight IN tags` to `tags = knight`."""
    start, end = state.names[-1]
    test = re.match(r"\s*(NOT\s+)?IN\s*$", state.text[end : state.position])
    return contained_in(state.text[:start], state.text[start:end], test, state.rest, fields)


def list_brackets(state: ParseState, _: FilterFields) -> Edit:
    """Correct `kind IN (image, video)` to `kind IN [image, video]`."""
    rest = state.rest
    if rest[:1] in {"(", "{"}:
        return BRACKETS, f"{state.before}[{rest[1:]}"
    end = value_end(rest, 0)
    return (BRACKETS, f"{state.before.rstrip()} [{rest[:end]}]{rest[end:]}") if rest[:end].strip() else None


def close_list(state: ParseState, _: FilterFields) -> Edit:
    """Correct `kind IN [image, video` to `kind IN [image, video]`."""
    sentence = "A list in square brackets is closed by ]."
    if not state.rest:
        return sentence, f"{state.before.rstrip().rstrip(',')}]"
    if state.rest[0] in ")}":
        return sentence, f"{state.before}]{state.rest[1:]}"
    if (join := JOIN.match(state.rest)) and join["word"] and NEXT_CONDITION.match(state.rest, join.end()):
        return sentence, f"{state.before.rstrip()}] {state.rest}"
    return None


def list_comma(state: ParseState, _: FilterFields) -> Edit:
    """Correct `kind IN [image; video]` to `kind IN [image, video]`."""
    sentence = "Values in a list are separated by one comma."
    if state.expected == "item":
        return (sentence, state.before + state.rest[1:]) if state.rest.startswith(",") else None
    if join := JOIN.match(state.rest):
        return sentence, f"{state.before.rstrip()}, {state.rest[join.end() :]}"
    if state.text[state.position - 1 : state.position].isspace() and state.before.rstrip()[-1:] in {'"', "'"}:
        return sentence, f"{state.before.rstrip()}, {state.rest}"
    return None


def unquoted_item(state: ParseState, _: FilterFields) -> Edit:
    """Correct `tags IN [pixel art]` to `tags IN ["pixel art"]`."""
    start = state.operand[0] if state.operand and state.expected == "comma" else state.position
    end = ITEM_END.search(state.text, state.position)
    stop = end.start() if end else len(state.text)
    item = state.text[start:stop].strip()
    return (QUOTES, state.text[:start] + requoted(item) + state.text[stop:]) if item else None
