"""Where the condition is complete: AND, OR, a closing parenthesis or the end should follow."""

import re

from scenario_mcp.filters.field_types import Anything, FilterFields, Label, Text
from scenario_mcp.filters.repairs.boundaries import JOIN, NEXT_CONDITION, RANGE, is_denied, value_end
from scenario_mcp.filters.repairs.edit import Edit
from scenario_mcp.filters.repairs.operators import SIGNS, as_range
from scenario_mcp.filters.repairs.quotes import quotes_sentence, requoted
from scenario_mcp.filters.repairs.sentences import BRACKETS, CAPITALS, INNER_QUOTES, JOINED, OPERATORS
from scenario_mcp.filters.syntax import ParseState

_OR = frozenset({"|", "||", "\N{LOGICAL OR}"})


def blank_end(state: ParseState, _: FilterFields) -> Edit:
    """Correct `kind EXISTS ` to `kind EXISTS`."""
    if state.rest or state.before == state.before.rstrip() or state.expected != "end":
        return None
    return "No blank may follow EXISTS, NULL or EMPTY at the end.", state.before.rstrip()


def brackets_end(state: ParseState, _: FilterFields) -> Edit:
    """Correct `(kind = image` to `(kind = image)`."""
    if state.expected == "close":
        if not state.rest:
            return "A parenthesis is not closed.", f"{state.before.rstrip()})"
        if state.rest[0] in "]}":
            return "A parenthesis is closed by ).", f"{state.before}){state.rest[1:]}"
    elif state.rest[:1] in {")", "]", "}"}:
        return "No bracket is open here.", (state.before + state.rest[1:]).rstrip()
    return None


def comment(state: ParseState, _: FilterFields) -> Edit:
    """Correct `kind = image -- x` to `kind = image`."""
    if not state.before[-1:].isspace() or not re.match(r"--|//|/\*|#\s", state.rest):
        return None
    behind = state.rest.partition("*/" if state.rest.startswith("/*") else "\n")[2]
    return "A filter takes no comments.", f"{state.before.rstrip()} {behind.lstrip()}".rstrip()


def another_bound(state: ParseState, fields: FilterFields) -> Edit:
    """Correct `width > 512 < 1024` to `width > 512 AND width < 1024`."""
    run = SIGNS.match(state.rest)
    if run is None or state.operand is None or {*run[0]} & set(":~"):
        return None
    name, operand = (state.text[slice(*span)].strip("\"'") for span in (state.names[-1], state.operand))
    field = operand if name not in fields and operand in fields else name
    if is_denied(state.text, state.names[-1][0]):  # of both bounds together, which NOT with AND is not
        return JOINED, None
    return JOINED, f"{state.before.rstrip()} AND {field} {state.rest}"


def other_clause(state: ParseState, _: FilterFields) -> Edit:
    """Correct `kind = image ORDER BY createdAt` to `kind = image`."""
    if re.match(r"(?:order|sort)\s*by\b|limit\s+\d|offset\s+\d", state.rest, re.IGNORECASE):
        return "Order and paging have parameters of their own: sortBy, limit, offset.", state.before.rstrip()
    return None


def foreign_join(state: ParseState, _: FilterFields) -> Edit:
    """Correct `kind = image && width > 5` to `kind = image AND width > 5`."""
    join = JOIN.match(state.rest)
    if join is None:
        return None
    after = state.rest[join.end() :]
    if join["sign"] == "," and (joined := JOIN.match(after)) and joined["word"]:
        return JOINED, f"{state.before.rstrip()} {after}"
    if join["sign"] in {",", ";"} and after and not NEXT_CONDITION.match(after):
        return None
    if join["sign"] == "+" and not NEXT_CONDITION.match(after):
        return None
    if not after:
        return "AND and OR stand between two conditions.", state.before.rstrip()
    word = (join["word"] or ("OR" if join["sign"] in _OR else "AND")).upper()
    return (CAPITALS if join["word"] else JOINED), f"{state.before.rstrip()} {word} {after}"


def missing_join(state: ParseState, _: FilterFields) -> Edit:
    """Correct `kind = image width > 5` to `kind = image AND width > 5`."""
    if not state.before[-1:].isspace() and not state.before.endswith((")", "]", '"', "'")):
        return None
    if not NEXT_CONDITION.match(state.rest):
        return None
    return JOINED, f"{state.before.rstrip()} AND {state.rest}"


def range_after_operator(state: ParseState, _: FilterFields) -> Edit:
    """Correct `width = 1 TO 5` to `width 1 TO 5`."""
    operator = state.operand and re.search(r"\s*(!?)=\s*$", state.text[: state.operand[0]])
    if not operator or state.operand is None or state.rest[:2].upper() != "TO":
        return None
    bounds, (start, end) = RANGE.match(state.text, state.operand[0]), state.names[-1]
    name = f"{'NOT ' if operator[1] else ''}{state.text[start:end]}"
    return as_range(f"{state.text[:start]}{name}", bounds, state.text) if bounds else None


def any_item(state: ParseState, _: FilterFields) -> Edit:
    """Correct `tags CONTAINS ANY [knight]` to `tags IN [knight]`."""
    test = re.search(r"\sCONTAINS\s+ANY(?:\s+OF)?\s*$", state.before, re.IGNORECASE)
    if test is None or state.rest[:1] not in {"[", "("}:
        return None
    return BRACKETS, f"{state.before[: test.start()]} IN {state.rest}"


def negated_operand(state: ParseState, fields: FilterFields) -> Edit:
    """Correct `kind = not image` to `kind != image`; a text may begin with the word."""
    operator = state.operand and re.search(r"(?<!!)=\s*$", state.text[: state.operand[0]])
    if not operator or state.operand is None or state.text[slice(*state.operand)].lower() != "not":
        return None
    field = fields.get(state.text[slice(*state.names[-1])].strip("\"'"))
    if not state.rest or field is None or isinstance(field.type, Text):
        return None
    return OPERATORS, f"{state.text[: operator.start()].rstrip()} != {state.rest}"


def stray_quote(state: ParseState, fields: FilterFields) -> Edit:
    """Correct `kind = image"` to `kind = image`; in a text or a tag the mark may be a sign for inches."""
    mark, field = state.rest[:1], fields.get(state.text[slice(*state.names[-1])].strip("\"'"))
    if mark not in {"'", '"'} or state.before[-1:].isspace() or state.text.count(mark) % 2 == 0:
        return None
    if field is None or isinstance(field.type, Text | Label | Anything):
        return None
    return "A quotation mark was never opened.", f"{state.before}{state.rest[1:]}"


def unquoted_operand(state: ParseState, fields: FilterFields) -> Edit:
    """Correct `name = Old Oak` to `name = "Old Oak"`."""
    if state.operand is None or state.before.rstrip() != state.text[: state.operand[1]]:
        return None
    start = state.operand[0]
    stop = value_end(state.text, state.position)
    sentence = INNER_QUOTES if state.text[start] in "\"'" else quotes_sentence(state, fields)
    return sentence, state.text[:start] + requoted(state.text[start:stop].strip()) + state.text[stop:]
