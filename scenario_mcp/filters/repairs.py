"""What a caller probably meant by a filter that does not parse: one local edit, and a sentence that explains it.

`repair` is told where the parser stands and what it wanted there. Each rule below looks for one mistake that people
and language models make; it sees text only, so whether its edit helps is for the parser to say.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TypeAlias

from scenario_mcp.filters.syntax import Stuck, Wanted, quote


@dataclass(frozen=True, slots=True)
class Repair:
    """A sentence about what stands at `position`, and the text after one edit; None when there is no good edit."""

    position: int
    sentence: str
    text: str | None


Edit: TypeAlias = tuple[str, str | None] | None
"""A sentence and the whole text after the edit; None when the rule does not apply."""


def spelling(name: str) -> str:
    """Return a field name's letters without what is often written otherwise: case, `_`, `-`, quotes."""
    return re.sub(r"[\s_\"'-]", "", name).lower()


def show(text: str, position: int) -> str:
    """Return the bit that starts at a position: short, on one line, without characters that hide or reorder."""
    bit = text[position : position + 24]
    if not bit:
        return "the end"
    plain = "".join(c if c.isprintable() else " " if c.isspace() else "?" for c in bit)
    return f"`{plain.strip()}{'...' if position + 24 < len(text) else ''}`"


def repair(stuck: Stuck, known: Collection[str]) -> Repair:
    """Return what is wrong and, where one edit may help, the edited text. `known` are the API's field names."""
    if len(stuck.text) <= _LONGEST:
        for rule in (_exotic_space, _typographic_quote, *_RULES.get(stuck.wanted, ())):
            if edit := rule(stuck, known):
                return Repair(stuck.position, *edit)
    return Repair(stuck.position, _EXPECTED[stuck.wanted], None)


_LONGEST = 4000
_EXPECTED: dict[Wanted, str] = {
    "field": 'Here a condition should begin, such as kind = image or tags IN [knight, "pixel art"].',
    "operator": "A condition is field, operator, value, such as kind = image. For words use the query parameter.",
    "value": 'A value is missing here, such as image or "pixel art".',
    "list": 'After IN comes a list in square brackets, such as tags IN [knight, "pixel art"].',
    "item": 'Here a value should stand, such as tags IN [knight, "pixel art"].',
    "comma": 'Values in a list are separated by commas, and ] ends it, such as tags IN [knight, "pixel art"].',
    "close": "A parenthesis is not closed: here ), AND or OR should follow.",
    "end": "Here the filter should end, or go on with AND or OR and another condition.",
    "quote": "A quotation mark is not closed.",
    "escape": r"A backslash in a quoted value is written twice, as \\.",
    "depth": "The filter is nested too deeply, 36 parentheses are the most; take some away, or use IN [...].",
}
_CAPITALS = "AND, OR, NOT, IN, IS, TO and EXISTS are written in capitals."
_QUOTES = 'Values with anything but letters, digits, "_", "-" and "." stand in double quotes.'
_INNER_QUOTES = r"A quotation mark inside a quoted value is written \"."
_JOINED = "Conditions are joined by AND or OR."
_BRACKETS = 'Several values are given as a list, such as tags IN [knight, "pixel art"].'
_OPERATORS = "The operators are =, !=, <, <=, >, >=."
_WORDS = "To search for words use the query parameter; = compares whole values."
_TO = "A range is written low TO high, both ends included."
_NULL = "IS NULL, IS NOT NULL, IS EMPTY and IS NOT EMPTY test for missing values."

_END = r"(?![\w.-])"
# How another condition begins. Lower-case "in" and "is" count only with what makes them tests: prose has them too.
_CONDITION = (
    r"(?:(?:NOT|not)\s+|!\s*|\(\s*)*(?:[A-Za-z_][\w.]*|\"[^\"]*\")\s*(?:[=<>~]|!=|:(?!//)"
    r"|(?<=\s)(?:IN|NOT|IS|EXISTS|CONTAINS|STARTS|LIKE|BETWEEN)" + _END + r"|(?<=\s)in\s*[\[(]"
    r"|(?<=\s)is\s+(?:not\s+)?(?:null|empty)\b)"
)
# A run of white space is tried from its start only: else a long one would take quadratic time.
_GAP = r"(?<!\s)\s++"
_ANY_GAP = rf"(?:{_GAP})?"
_BOUNDARY = re.compile(
    rf"{_GAP}(?:(?:AND|OR|and|or|And|Or){_END}|(?={_CONDITION}))"
    rf"|{_ANY_GAP}(?:&&?|\|\|?|[;,]\s*(?={_CONDITION}|$)|\)|$)"
)
_ITEM_END = re.compile(rf"{_ANY_GAP}(?:[\],)}}]|$)|{_GAP}(?:AND|OR|and|or)\s+(?={_CONDITION})")
_QUOTED_END = re.compile(rf"{_GAP}(?:AND|OR|and|or)\s+(?={_CONDITION})|(?<!\))\)+\s*$|{_ANY_GAP}$")
_NEXT = re.compile(_CONDITION)
_BOUND = r"(\"[^\"]*\"|'[^']*'|[^\s\"'(),]+)"
_BETWEEN = re.compile(rf"(?:is\s+)?between\s+{_BOUND}\s+(?:and|to)\s+{_BOUND}", re.IGNORECASE)
_RANGE = re.compile(rf"{_BOUND}\s+to\s+{_BOUND}", re.IGNORECASE)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_JOIN = re.compile(rf"(?:(?P<word>and|or){_END}|(?P<sign>&&?|\|\|?|[,;+]))\s*", re.IGNORECASE)
# Typographic quotation marks as they open, each with what may close it.
_CLOSING_QUOTES = {
    "\N{LEFT DOUBLE QUOTATION MARK}": "\N{RIGHT DOUBLE QUOTATION MARK}\N{LEFT DOUBLE QUOTATION MARK}",
    "\N{RIGHT DOUBLE QUOTATION MARK}": "\N{RIGHT DOUBLE QUOTATION MARK}",
    "\N{DOUBLE LOW-9 QUOTATION MARK}": "\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}",
    "\N{LEFT-POINTING DOUBLE ANGLE QUOTATION MARK}": "\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}",
    "\N{LEFT SINGLE QUOTATION MARK}": "\N{RIGHT SINGLE QUOTATION MARK}",
    "\N{RIGHT SINGLE QUOTATION MARK}": "\N{RIGHT SINGLE QUOTATION MARK}",
    "`": "`\N{ACUTE ACCENT}",
}
_ANY_QUOTE = "\"'" + "".join({*_CLOSING_QUOTES, *"".join(_CLOSING_QUOTES.values())})
_SIGNS = "=<>!~:\N{FULLWIDTH COLON}≠≤≥"
_RUN = re.compile(rf"[{_SIGNS}](?:\s*[{_SIGNS}])*")
_LIKE = r"(?:contains?|containing|i?like|includes?|including|has|match(?:es)?|regexp?)"
_WORD_TESTS: tuple[tuple[re.Pattern[str], str, str], ...] = tuple(
    (re.compile(rf"(?:{pattern}){_END}\s*", re.IGNORECASE), replacement, sentence)
    for pattern, replacement, sentence in (
        (r"(?:is[\s_]*not|not(?:\s+is)?|isn'?t)[\s_-]*(?:null|nul|nil|none|undefined)", "IS NOT NULL", _NULL),
        (r"(?:is[\s_]*not|not(?:\s+is)?|isn'?t)[\s_-]*(?:empty|emtpy|empy|emty|blank)", "IS NOT EMPTY", _NULL),
        (r"(?:is[\s_]*)?(?:null|nul|nil|none|undefined)", "IS NULL", _NULL),
        (r"(?:is[\s_]*)?(?:empty|emtpy|empy|emty|blank)", "IS EMPTY", _NULL),
        (
            r"(?:does\s+not|doesn't|is\s+not|not)[\s_]*(?:exists?|set|present)|(?:is\s+)?missing",
            "NOT EXISTS",
            _CAPITALS,
        ),
        (r"exists?|is\s+(?:set|present)", "EXISTS", _CAPITALS),
        (r"(?:is\s+)?not[\s_]*in|nin", "NOT IN", _CAPITALS),
        (r"(?:is\s+)?(?:in|one\s+of|any\s+of)", "IN", _CAPITALS),
        (r"(?:does\s+)?not\s+(?:starts?|begins?)[\s_-]*with", "NOT STARTS WITH", _CAPITALS),
        (r"(?:starts?|begins?)[\s_-]*with", "STARTS WITH", _CAPITALS),
        (rf"(?:does\s+)?not\s+{_LIKE}", "!=", _WORDS),
        (_LIKE, "=", _WORDS),
        (r"gte|ge", ">=", _OPERATORS),
        (r"lte|le", "<=", _OPERATORS),
        (r"gt", ">", _OPERATORS),
        (r"lt", "<", _OPERATORS),
        (r"(?:is\s+)?not(?:\s+equals?(?:\s+to)?)?|neq?|isn'?t", "!=", _OPERATORS),
        (r"(?:is\s+)?equals?(?:\s+to)?|is|eq", "=", _OPERATORS),
    )
)


def _value_end(text: str, start: int) -> int:
    """Return where a value that begins at `start`, without quotes or with broken ones, was probably meant to end."""
    for boundary in _BOUNDARY.finditer(text, start):
        if boundary[0].endswith(")") and text.count("(", start, boundary.start()) > text.count(
            ")", start, boundary.start()
        ):
            continue
        return boundary.start()
    return len(text)


def _literal(value: str) -> str:
    value = value.strip()
    return value if _NUMBER.fullmatch(value) else quote(value)


def _exotic_space(stuck: Stuck, _: Collection[str]) -> Edit:
    space = stuck.before[len(stuck.before.rstrip()) :]
    if not space or not space.strip(" \t\r\n"):
        return None
    before = stuck.before[: -len(space)]
    return "A space here is not an ordinary one.", f"{before} {stuck.rest}" if stuck.rest else before


def _typographic_quote(stuck: Stuck, _: Collection[str]) -> Edit:
    closing = _CLOSING_QUOTES.get(stuck.rest[:1])
    if closing is None or stuck.wanted in {"end", "close", "escape", "depth", "quote"}:
        return None
    inner = stuck.rest[1:]
    at = min((i for i in map(inner.find, closing + '"') if i >= 0), default=-1)
    if at < 0:
        at = _value_end(inner, 0)
        return "Quotation marks are the straight ones.", stuck.before + quote(inner[:at]) + inner[at:]
    return "Quotation marks are the straight ones.", stuck.before + quote(inner[:at]) + inner[at + 1 :]


# A condition should begin.


def _negation_sign(stuck: Stuck, _: Collection[str]) -> Edit:
    if not stuck.rest.startswith("!"):
        return None
    return "Negation is written NOT.", f"{stuck.before}NOT {stuck.rest.lstrip('! ')}"


def _empty_group(stuck: Stuck, _: Collection[str]) -> Edit:
    before = stuck.before.rstrip()
    if not (stuck.rest.startswith(")") and before.endswith("(")):
        return None
    before, after = before[:-1].rstrip(), stuck.rest[1:].lstrip()
    shorter = re.sub(r"(?:^|(?<=[\s(]))(?:(?:AND|OR|NOT)\s*)+$", "", before)
    if shorter == before:
        after = re.sub(rf"^(?:AND|OR){_END}\s*", "", after)
    joined = f"{shorter.rstrip()} {after}".strip()
    return "These parentheses are empty.", joined or None


def _dangling_join(stuck: Stuck, _: Collection[str]) -> Edit:
    if stuck.rest and not stuck.rest.startswith(")"):
        return None
    before = re.sub(rf"(?:^|{_GAP}|(?<=[\])\"']))(?:(?:AND|OR|NOT)\s*)+$", "", stuck.before)
    if before == stuck.before:
        return None
    return "AND, OR and NOT need a condition after them.", before + stuck.rest if before.strip() else None


def _doubled_join(stuck: Stuck, _: Collection[str]) -> Edit:
    join = _JOIN.match(stuck.rest)
    if join is None:
        return None
    return "AND and OR stand between two conditions.", stuck.before + stuck.rest[join.end() :]


def _place(stuck: Stuck, _: Collection[str]) -> Edit:
    if stuck.rest.startswith("_geo"):
        return "Places cannot be filtered on; leave this condition out.", None
    return None


def _stray_sign(stuck: Stuck, _: Collection[str]) -> Edit:
    if re.match(r"[$@#*%]+\w", stuck.rest):
        return "Field names have no sign before them.", stuck.before + stuck.rest.lstrip("$@#*%")
    return None


# An operator should follow the field.


def _lower_case_not(stuck: Stuck, _: Collection[str]) -> Edit:
    start, end = stuck.names[-1]
    word = stuck.text[start:end].lower()
    if word == "not":
        return _CAPITALS, f"{stuck.text[:start]}NOT{stuck.text[end:]}"
    if word in {"and", "or"}:
        return "AND and OR stand between two conditions.", stuck.text[:start] + stuck.text[end:].lstrip()
    if word in {"where", "filter", "filters"} and _NEXT.match(stuck.rest.lstrip(": ")):
        return "The filter holds conditions only.", stuck.text[:start] + stuck.rest.lstrip(": ")
    return None


def _foreign_operator(stuck: Stuck, _: Collection[str]) -> Edit:
    run = _RUN.match(stuck.rest)
    if run is None:
        return None
    operator = _plain_operator(run[0])
    start = stuck.position + run.end()
    before = f"{stuck.before.rstrip()} {operator} "
    after = stuck.text[start:].lstrip()
    colon = not {*run[0]}.isdisjoint(":~\N{FULLWIDTH COLON}")
    sentence = f"{_OPERATORS} {_WORDS}" if colon else _OPERATORS
    if bounds := _RANGE.match(after):
        return _range(stuck.before, bounds, after)
    if not colon or not after or after[0] in "([{" + _ANY_QUOTE:
        return sentence, before + after
    end = _value_end(after, 0)
    return sentence, before + (_literal(after[:end]) if end else "") + after[end:]


def _plain_operator(run: str) -> str:
    signs = re.sub(r"\s", "", run).translate({ord("≠"): "!=", ord("≤"): "<=", ord("≥"): ">="})
    if ("<" in signs and ">" in signs) or "!" in signs:
        return "!="
    angle = "<" if "<" in signs else ">" if ">" in signs else ""
    return angle + ("=" if "=" in signs or not angle else "")


def _between(stuck: Stuck, _: Collection[str]) -> Edit:
    between = _BETWEEN.match(stuck.rest) or _RANGE.match(stuck.rest)
    return _range(stuck.before, between, stuck.rest) if between else None


def _range(before: str, bounds: re.Match[str], rest: str) -> tuple[str, str]:
    low, high = (each if each[0] in "\"'" else _word(each) for each in bounds.groups())
    return _TO, f"{before.rstrip()} {low} TO {high}{rest[bounds.end() :]}"


def _word(value: str) -> str:
    return value if re.fullmatch(r"[\w.-]+", value) else quote(value)


def _word_test(stuck: Stuck, known: Collection[str]) -> Edit:
    # In prose, too, these words follow others: lower case counts only after the name of a field.
    name = spelling(stuck.text[slice(*stuck.names[-1])])
    if not stuck.rest[:2].isupper() and not any(name.endswith(spelling(each)) for each in known):
        return None
    for pattern, replacement, sentence in _WORD_TESTS:
        test = pattern.match(stuck.rest)
        if test is None:
            continue
        after = stuck.rest[test.end() :]
        sign = re.match(r"[=<>!]+\s*", after)
        if replacement in {"=", "!="}:
            after = after[sign.end() :] if sign else after
            if sentence is _WORDS:
                after = re.sub(r"^([\"'])[%*]*(.*?)[%*]*\1", r"\1\2\1", after, count=1)
        if not after and replacement[-1] in "=<>NH":
            return None
        spaced = f" {after}" if after and not after.startswith(")") else after
        return sentence, f"{stuck.before.rstrip()} {replacement}{spaced}"
    return None


def _another_value(stuck: Stuck, known: Collection[str]) -> Edit:
    """`kind = image OR video`: the word is one more value of the condition before it."""
    start, end = stuck.names[-1]
    word = stuck.text[start:end]
    if len(stuck.names) > 1 and word not in known and _joins_or_ends(stuck.rest):
        field = stuck.text[slice(*stuck.names[0])]
        between = stuck.text[stuck.names[0][1] : start]
        if operator := re.match(r"\s*(!?=)\s*(?:[\w.-]+|\"[^\"]*\"|'[^']*')\s*(?:AND|OR)\s*$", between):
            return (
                "Each side of AND and OR has its own field and operator.",
                f"{stuck.text[:start]}{field} {operator[1]} {stuck.text[start:]}",
            )
    return None


def _joins_or_ends(rest: str) -> bool:
    return not rest or rest.startswith(")") or _JOIN.match(rest) is not None


def _missing_operator(stuck: Stuck, known: Collection[str]) -> Edit:
    field = stuck.text[slice(*stuck.names[-1])].strip("\"'")
    if field not in known or _joins_or_ends(stuck.rest) or _NEXT.match(stuck.rest):
        return None
    operator = "IN" if stuck.rest[0] in "[({" else "="
    return "Between field and value stands an operator.", f"{stuck.before.rstrip()} {operator} {stuck.rest}"


# A value should follow the operator.


def _doubled_operator(stuck: Stuck, _: Collection[str]) -> Edit:
    first = re.search(r"[=<>!]+\s*$", stuck.before)
    more = _RUN.match(stuck.rest)
    if first is None or more is None:
        return None
    operator = _plain_operator(first[0] + more[0])
    return _OPERATORS, f"{stuck.before[: first.start()].rstrip()} {operator} {stuck.rest[more.end() :].lstrip()}"


def _null_value(stuck: Stuck, _: Collection[str]) -> Edit:
    operator = re.search(r"(!?=)\s*$", stuck.before)
    test = re.match(rf"(IS\s+)?(NOT\s+)?(NULL|EMPTY){_END}", stuck.rest)
    if operator is None or test is None:
        return None
    negated = (operator[1] == "!=") != bool(test[2])
    return _NULL, (
        f"{stuck.before[: operator.start()].rstrip()} IS {'NOT ' if negated else ''}{test[3]}{stuck.rest[test.end() :]}"
    )


def _list_value(stuck: Stuck, _: Collection[str]) -> Edit:
    operator = re.search(r"(!?=)\s*$", stuck.before)
    if operator is None or stuck.rest[:1] not in {"[", "(", "{"}:
        return None
    before = stuck.before[: operator.start()].rstrip()
    return _BRACKETS, f"{before} {'NOT IN' if operator[1] == '!=' else 'IN'} {stuck.rest}"


def _reserved_value(stuck: Stuck, _: Collection[str]) -> Edit:
    word = re.match(r"[\w.-]+", stuck.rest)
    if word is None:
        return None
    after = stuck.rest[word.end() :].lstrip()
    if (
        word[0] == "NOT"
        and stuck.before.rstrip().endswith("=")
        and re.match(r"[\w\"']", after)
        and not _JOIN.match(after)
    ):
        before = stuck.before.rstrip().rstrip("!=").rstrip()
        return _OPERATORS, f"{before} != {after}"
    if word[0] in {"AND", "OR"} and after and not _joins_or_ends(after):
        return _EXPECTED["value"], None
    return (
        f"{word[0]} is a word of the filter language; as a value it stands in double quotes.",
        stuck.before + quote(word[0]) + stuck.rest[word.end() :],
    )


def _unquoted_value(stuck: Stuck, _: Collection[str]) -> Edit:
    end = _value_end(stuck.rest, 0)
    if not stuck.rest[:end].strip():
        return None
    return _QUOTES, stuck.before + quote(stuck.rest[:end].strip()) + stuck.rest[end:]


# A list should follow IN.


def _list_brackets(stuck: Stuck, _: Collection[str]) -> Edit:
    rest = stuck.rest
    if rest[:1] in {"(", "{"}:
        return _BRACKETS, f"{stuck.before}[{rest[1:]}"
    end = _value_end(rest, 0)
    return (_BRACKETS, f"{stuck.before.rstrip()} [{rest[:end]}]{rest[end:]}") if rest[:end].strip() else None


def _close_list(stuck: Stuck, _: Collection[str]) -> Edit:
    sentence = "A list in square brackets is closed by ]."
    if not stuck.rest:
        return sentence, f"{stuck.before.rstrip().rstrip(',')}]"
    if stuck.rest[0] in ")}":
        return sentence, f"{stuck.before}]{stuck.rest[1:]}"
    if (join := _JOIN.match(stuck.rest)) and join["word"] and _NEXT.match(stuck.rest, join.end()):
        return sentence, f"{stuck.before.rstrip()}] {stuck.rest}"
    return None


def _list_comma(stuck: Stuck, _: Collection[str]) -> Edit:
    sentence = "Values in a list are separated by one comma."
    if stuck.wanted == "item":
        return (sentence, stuck.before + stuck.rest[1:]) if stuck.rest.startswith(",") else None
    if join := _JOIN.match(stuck.rest):
        return sentence, f"{stuck.before.rstrip()}, {stuck.rest[join.end() :]}"
    if stuck.text[stuck.position - 1 : stuck.position].isspace() and stuck.before.rstrip()[-1:] in {'"', "'"}:
        return sentence, f"{stuck.before.rstrip()}, {stuck.rest}"
    return None


def _unquoted_item(stuck: Stuck, _: Collection[str]) -> Edit:
    start = stuck.operand[0] if stuck.operand and stuck.wanted == "comma" else stuck.position
    end = _ITEM_END.search(stuck.text, stuck.position)
    stop = end.start() if end else len(stuck.text)
    item = stuck.text[start:stop].strip()
    return (_QUOTES, stuck.text[:start] + _requoted(item) + stuck.text[stop:]) if item else None


# The condition is complete: AND, OR, a closing parenthesis or the end should follow.


def _blank_end(stuck: Stuck, _: Collection[str]) -> Edit:
    if stuck.rest or stuck.before == stuck.before.rstrip() or stuck.wanted != "end":
        return None
    return "No blank may follow EXISTS, NULL or EMPTY at the end.", stuck.before.rstrip()


def _brackets_end(stuck: Stuck, _: Collection[str]) -> Edit:
    if stuck.wanted == "close":
        if not stuck.rest:
            return "A parenthesis is not closed.", f"{stuck.before.rstrip()})"
        if stuck.rest[0] in "]}":
            return "A parenthesis is closed by ).", f"{stuck.before}){stuck.rest[1:]}"
    elif stuck.rest[:1] in {")", "]", "}"}:
        return "Nothing is open that this closes.", (stuck.before + stuck.rest[1:]).rstrip()
    return None


def _other_clause(stuck: Stuck, _: Collection[str]) -> Edit:
    if re.match(r"(?:order|sort)\s*by\b|limit\s+\d|offset\s+\d", stuck.rest, re.IGNORECASE):
        return "Order and paging have parameters of their own: sortBy, limit, offset.", stuck.before.rstrip()
    return None


def _foreign_join(stuck: Stuck, _: Collection[str]) -> Edit:
    join = _JOIN.match(stuck.rest)
    if join is None:
        return None
    after = stuck.rest[join.end() :]
    if join["sign"] in {",", ";"} and after and not _NEXT.match(after):
        return None
    if not after:
        return "AND and OR stand between two conditions.", stuck.before.rstrip()
    word = (join["word"] or ("OR" if "|" in join["sign"] else "AND")).upper()
    return (_CAPITALS if join["word"] else _JOINED), f"{stuck.before.rstrip()} {word} {after}"


def _missing_join(stuck: Stuck, _: Collection[str]) -> Edit:
    if not stuck.before[-1:].isspace() and not stuck.before.endswith((")", "]", '"', "'")):
        return None
    if not _NEXT.match(stuck.rest):
        return None
    return _JOINED, f"{stuck.before.rstrip()} AND {stuck.rest}"


def _range_after_operator(stuck: Stuck, _: Collection[str]) -> Edit:
    operator = stuck.operand and re.search(r"\s*=\s*$", stuck.text[: stuck.operand[0]])
    if not operator or stuck.operand is None or stuck.rest[:2].upper() != "TO":
        return None
    bounds = _RANGE.match(stuck.text, stuck.operand[0])
    return _range(stuck.text[: operator.start()], bounds, stuck.text) if bounds else None


def _unquoted_operand(stuck: Stuck, _: Collection[str]) -> Edit:
    if stuck.operand is None or stuck.before.rstrip() != stuck.text[: stuck.operand[1]]:
        return None
    start = stuck.operand[0]
    stop = _value_end(stuck.text, stuck.position)
    sentence = _INNER_QUOTES if stuck.text[start] in "\"'" else _QUOTES
    return sentence, stuck.text[:start] + _requoted(stuck.text[start:stop].strip()) + stuck.text[stop:]


def _requoted(value: str) -> str:
    """Quote a value as a whole; one that has quotes around it keeps only those within, SQL's doubled ones single."""
    mark = value[:1]
    if mark in {'"', "'"} and len(value) > 1:
        inner = value[1:-1] if value.endswith(mark) else value[1:]
        value = inner.replace(mark * 2, mark).replace(f"\\{mark}", mark)
    return quote(value)


# A quoted value is broken.


def _close_quote(stuck: Stuck, _: Collection[str]) -> Edit:
    inner = stuck.rest[1:]
    boundary = (_ITEM_END if stuck.listing else _QUOTED_END).search(inner)
    stop = boundary.start() if boundary else len(inner)
    value = inner[:stop].rstrip(_ANY_QUOTE + "\\")
    return "A quotation mark is not closed.", stuck.before + quote(value) + inner[stop:]


def _double_backslash(stuck: Stuck, _: Collection[str]) -> Edit:
    return _EXPECTED["escape"], f"{stuck.before}\\{stuck.rest}"


_Rule: TypeAlias = Callable[[Stuck, Collection[str]], Edit]
_AFTER_A_CONDITION: tuple[_Rule, ...] = (
    _blank_end,
    _brackets_end,
    _other_clause,
    _foreign_join,
    _missing_join,
    _range_after_operator,
    _unquoted_operand,
)
_RULES: dict[Wanted, tuple[_Rule, ...]] = {
    "field": (_negation_sign, _empty_group, _dangling_join, _doubled_join, _place, _stray_sign),
    "operator": (_lower_case_not, _foreign_operator, _between, _word_test, _another_value, _missing_operator),
    "value": (_doubled_operator, _null_value, _list_value, _reserved_value, _unquoted_value),
    "list": (_list_brackets,),
    "item": (_close_list, _list_comma, _reserved_value, _unquoted_item),
    "comma": (_close_list, _list_comma, _unquoted_item),
    "close": _AFTER_A_CONDITION,
    "end": _AFTER_A_CONDITION,
    "quote": (_close_quote,),
    "escape": (_double_backslash,),
}
