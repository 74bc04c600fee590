"""Where an operator should follow the field."""

import re

from scenario_mcp.filters.field_types import FilterFields, Text
from scenario_mcp.filters.repairs.boundaries import (
    BOUND,
    NEXT_CONDITION,
    NUMBER,
    RANGE,
    is_denied,
    joins_or_ends,
    value_end,
)
from scenario_mcp.filters.repairs.edit import Edit, spelling
from scenario_mcp.filters.repairs.quotes import ANY_QUOTE
from scenario_mcp.filters.repairs.sentences import CAPITALS, CONDITIONS_ONLY, EACH_SIDE, OPERATORS, TO, WORDS
from scenario_mcp.filters.syntax import ParseState
from scenario_mcp.filters.tree import quote

_WIDE = {ord(wide): plain for wide, plain in zip("＝＜＞！", "=<>!", strict=True)}  # noqa: RUF001  # as an input method types them
_SIGNS = "=<>!~:\N{FULLWIDTH COLON}≠≤≥" + "".join(map(chr, _WIDE))
SIGNS = re.compile(rf"[{_SIGNS}](?:\s*[{_SIGNS}])*")
BETWEEN = re.compile(rf"(?:is\s+)?(?:between|from)\s+{BOUND}\s+(?:and|to)\s+{BOUND}", re.IGNORECASE)
_CONTAINS = re.compile(
    r"(?:(?:array|list|json|string|str|text)_?)?((?:does_?)?not_?)?(?:regexp?_?)?"
    r"(?:contains?|includes?|has|match(?:es)?|i?like)(?:_?(?:any|all|one|element|value|text|word|string))?",
    re.IGNORECASE,
)
"""Functions of other languages that test what a field holds; the group is their negation."""


def lower_case_not(state: ParseState, _: FilterFields) -> Edit:
    """Correct `not kind = image` to `NOT kind = image`."""
    start, end = state.names[-1]
    word = state.text[start:end].lower()
    if word == "not":
        return CAPITALS, f"{state.text[:start]}NOT{state.text[end:]}"
    if word in {"and", "or"}:
        return "AND and OR stand between two conditions.", state.text[:start] + state.text[end:].lstrip()
    if word in {"where", "filter", "filters"} and NEXT_CONDITION.match(state.rest.lstrip(": ")):
        return CONDITIONS_ONLY, state.text[:start] + state.rest.lstrip(": ")
    return None


def minus_sign(state: ParseState, _: FilterFields) -> Edit:
    """Correct `-kind: video` to `NOT kind = "video"`."""
    start, _end = state.names[-1]
    if state.text[start] != "-" or not state.rest.startswith(":"):
        return None
    return "Negation is written NOT.", f"{state.text[:start]}NOT {state.text[start + 1 :]}"


def select_clause(state: ParseState, _: FilterFields) -> Edit:
    """Correct `SELECT * FROM assets WHERE kind = image` to `kind = image`."""
    start, end = state.names[-1]
    where = re.search(r"\bwhere\s+", state.rest, re.IGNORECASE)
    if start or state.text[:end].lower() != "select" or where is None:
        return None
    return CONDITIONS_ONLY, state.rest[where.end() :]


def exists_field(state: ParseState, known: FilterFields) -> Edit:
    """Correct `_exists_:seed` to `seed EXISTS`."""
    start, end = state.names[-1]
    test = re.match(r":\s*\"?([A-Za-z_][\w.]*)\"?", state.rest)
    if state.text[start:end] != "_exists_" or test is None or test[1] not in known:
        return None
    return "The field stands first.", f"{state.text[:start]}{test[1]} EXISTS{state.rest[test.end() :]}"


def bracketed_range(state: ParseState, _: FilterFields) -> Edit:
    """Correct `width:[512 TO 1024]` to `width 512 TO 1024`."""
    found = re.match(rf"[:=]\s*([\[{{])\s*{BOUND}\s+to\s+{BOUND}\s*([\]}}])", state.rest, re.IGNORECASE)
    if found is None:
        return None
    opening, low, high, closing = found.groups()
    high = high.rstrip("]}")
    start, end = state.names[-1]
    field, rest = state.text[start:end], state.rest[found.end() :]
    parts = [f"{'>' if opening == '{' else '>='} {_word(low)}"] if low != "*" else []
    parts += [f"{'<' if closing == '}' else '<='} {_word(high)}"] if high != "*" else []
    if not parts:
        return TO, f"{state.before.rstrip()} EXISTS{rest}"
    if len(parts) > 1 and (opening, closing) == ("[", "]"):
        return TO, f"{state.before.rstrip()} {_word(low)} TO {_word(high)}{rest}"
    if len(parts) == 1:
        return TO, f"{state.before.rstrip()} {parts[0]}{rest}"
    both = " AND ".join(f"{field} {part}" for part in parts)
    return TO, f"{state.text[:start]}({both}){rest}" if start else f"{both}{rest}"


def contained(state: ParseState, known: FilterFields) -> Edit:
    """Correct `knight in tags` to `tags = knight`."""
    start, end = state.names[-1]
    test = re.match(r"(not\s+)?in\s+", state.rest, re.IGNORECASE)
    if test is None:
        return None
    return contained_in(state.text[:start], state.text[start:end], test, state.rest[test.end() :], known)


def contained_in(
    before: str, value: str, test: re.Match[str] | None, rest: str, known: FilterFields
) -> tuple[str, str] | None:
    """Return the text with the field first, where the value stands before IN and the field behind it."""
    field = re.match(r"[A-Za-z_][\w.]*", rest)
    if test is None or field is None or field[0] not in known or value.strip("\"'") in known:
        return None
    return "The field stands first.", f"{before}{field[0]} {'!=' if test[1] else '='} {value}{rest[field.end() :]}"


def function(state: ParseState, known: FilterFields) -> Edit:
    """Correct `contains(tags, knight)` to `tags = knight`."""
    start, end = state.names[-1]
    call = re.match(r"\(\s*([A-Za-z_][\w.]*)\s*,\s*(\"[^\"]*\"|'[^']*'|[\w.-]+)\s*\)", state.rest)
    name = _CONTAINS.fullmatch(state.text[start:end])
    if call is None or call[1] not in known or name is None:
        return None
    is_prose = known[call[1]].type == Text(is_prose=True)
    condition = f"{'NOT ' if name[1] else ''}{call[1]} {'CONTAINS' if is_prose else '='} {call[2]}"
    return WORDS, f"{state.text[:start]}{condition}{state.rest[call.end() :]}"


def foreign_operator(state: ParseState, fields: FilterFields) -> Edit:
    """Correct `kind == image` to `kind = image`."""
    run = SIGNS.match(state.rest)
    if run is None:
        return None
    operator = plain_operator(run[0])
    if re.match(r"![a-z]", state.rest):  # !contains
        return None
    start = state.position + run.end()
    after = state.text[start:].lstrip()
    colon = not {*run[0]}.isdisjoint(":~\N{FULLWIDTH COLON}")
    sentence = OPERATORS
    if colon and operator in {"=", "!="} and holds_prose(state, fields):
        operator, sentence = "CONTAINS" if operator == "=" else "NOT CONTAINS", WORDS
    before = f"{state.before.rstrip()} {operator} "
    if bounds := RANGE.match(after):
        return as_range(state.before, bounds, after)
    if not colon or not after or after[0] in "([{" + ANY_QUOTE:
        return sentence, before + after
    end = value_end(after, 0)
    return sentence, before + (literal(after[:end]) if end else "") + after[end:]


def holds_prose(state: ParseState, fields: FilterFields) -> bool:
    """Whether the current field is a text in which words are looked for, and not the whole."""
    return type_of(state, fields) == Text(is_prose=True)


def type_of(state: ParseState, fields: FilterFields) -> object:
    """Return the type of the current field; None if it is not known."""
    name = spelling(state.text[slice(*state.names[-1])].rpartition(".")[2])
    return next((field.type for field in fields.values() if spelling(field.name) == name), None)


def plain_operator(run: str) -> str:
    """Return the operator that a run of signs such as `==`, `<>` or `=>` stands for."""
    signs = re.sub(r"\s", "", run).translate(_WIDE).translate({ord("≠"): "!=", ord("≤"): "<=", ord("≥"): ">="})
    if ("<" in signs and ">" in signs) or "!" in signs:
        return "!="
    angle = "<" if "<" in signs else ">" if ">" in signs else ""
    return angle + ("=" if "=" in signs or not angle else "")


def between(state: ParseState, _: FilterFields) -> Edit:
    """Correct `width BETWEEN 1 AND 5` to `width 1 TO 5`."""
    between = BETWEEN.match(state.rest) or RANGE.match(state.rest)
    return as_range(state.before, between, state.rest) if between else None


def as_range(before: str, bounds: re.Match[str], rest: str) -> tuple[str, str]:
    """Return the text with a range in the language's own form."""
    low, high = (each if each[0] in "\"'" else _word(each) for each in bounds.groups())
    return TO, f"{before.rstrip()} {low} TO {high}{rest[bounds.end() :]}"


def literal(value: str) -> str:
    """Return a value as it may stand in a filter: numbers as they are, all else in quotes."""
    value = value.strip()
    return value if NUMBER.fullmatch(value) else quote(value)


def _word(value: str) -> str:
    return value if re.fullmatch(r"[\w.-]+", value) else quote(value)


def another_value(state: ParseState, known: FilterFields) -> Edit:
    """Correct `kind = image OR video` to `kind = image OR kind = video`."""
    start, end = state.names[-1]
    word = state.text[start:end]
    if len(state.names) > 1 and word not in known and joins_or_ends(state.rest):
        field = state.text[slice(*state.names[0])]
        between = state.text[state.names[0][1] : start]
        if operator := re.match(r"\s*(!?=)\s*(?:[\w.-]+|\"[^\"]*\"|'[^']*')\s*(AND|OR)\s*$", between):
            # In words, NOT and != are said of all that follows; in logic NOT is of the first, and != OR all but one.
            is_doubtful = is_denied(state.text, state.names[0][0]) or operator.groups() == ("!=", "OR")
            return (
                EACH_SIDE,
                None if is_doubtful else f"{state.text[:start]}{field} {operator[1]} {state.text[start:]}",
            )
    return None


def missing_operator(state: ParseState, known: FilterFields) -> Edit:
    """Correct `kind image` to `kind = image`."""
    field = state.text[slice(*state.names[-1])].strip("\"'")
    if field not in known or joins_or_ends(state.rest) or NEXT_CONDITION.match(state.rest):
        return None
    operator = "IN" if state.rest[0] in "[({" else "="
    return "Between field and value stands an operator.", f"{state.before.rstrip()} {operator} {state.rest}"
