"""Words that test in place of an operator, such as `width at least 512`, and their negations."""

import re

from scenario_mcp.filters.field_types import FilterFields, Number, Time
from scenario_mcp.filters.repairs.boundaries import BOUND, WORD_END, is_denied
from scenario_mcp.filters.repairs.edit import Edit, spelling
from scenario_mcp.filters.repairs.operators import as_range, holds_prose, plain_operator, type_of
from scenario_mcp.filters.repairs.sentences import BRACKETS, CAPITALS, EACH_SIDE, NULL, OPERATORS, WORDS
from scenario_mcp.filters.syntax import ParseState

_IS = r"(?:(?:is|was|are)\s+)?"
_NOT = rf"(?:{_IS}(?:not|no|never)|(?:is|was|are)n'?t)"
_DOES_NOT = r"(?:(?:do(?:es)?\s+)?not\s+|do(?:es)?n'?t\s+|!\s*)"
_LIKE = (
    r"(?:with|mentions?|mentioning|ends?[\s_-]*with|contains?|containing|i?like|includes?|including|has|have|having|"
    r"match(?:es)?|regexp?)"
)
_MORE = r"(?:(?:greater|larger|bigger|higher|newer|later)\s+than|after|above)"
_LESS = r"(?:(?:smaller|lower|older|earlier)\s+than|before|below)"
_DURATION = r"\s+(?:\d{1,4}|an?|one|two|three)\s*(?:[dwmyh]|(?:min(?:ute)?|hour|day|week|month|year)s?)\b(?!\s+ago)"
_LENGTH = (
    r"\s+(?:\d{1,4}|an?|one|two|three)\s*"
    r"(?:[dwmyh]\s+ago|(?:min(?:ute)?|h(?:ou)?r|day|week|month|y(?:ea)?r)s?(?:\s+ago)?)\b"
)
"""A length of time, which an amount makes an age: created more than 7 days ago is before that day."""
_OPPOSITE = {"=": "!=", "!=": "=", ">": "<=", ">=": "<", "<": ">=", "<=": ">"}
_OUTSIDE = re.compile(
    rf"(?:{_NOT}\s+(?:between|from|within)|outside(?:\s+of)?)\s+{BOUND}\s+(?:and|to)\s+{BOUND}", re.IGNORECASE
)


def _tests(*rows: tuple[str, str, str]) -> tuple[tuple[re.Pattern[str], str, str], ...]:
    return tuple(
        (re.compile(rf"(?:{pattern}){WORD_END}\s*", re.IGNORECASE), replacement, sentence)
        for pattern, replacement, sentence in rows
    )


_AMOUNTS = (
    (rf"{_NOT}\s+(?:more\s+than|over)", "<=", OPERATORS),
    (rf"{_NOT}\s+(?:(?:less|fewer)\s+than|under)", ">=", OPERATORS),
    (rf"{_IS}(?:at\s+least|min(?:imum)?(?:\s+of)?)", ">=", OPERATORS),
    (rf"{_IS}(?:at\s+most|up\s+to|max(?:imum)?(?:\s+of)?)", "<=", OPERATORS),
    (rf"{_IS}(?:more\s+than|over)", ">", OPERATORS),
    (rf"{_IS}(?:(?:less|fewer)\s+than|under)", "<", OPERATORS),
)
_TURNED = {">": "<", ">=": "<=", "<": ">", "<=": ">="}
ORDER_TESTS = _tests(
    *((rf"(?:{words})(?={_LENGTH})", _TURNED[operator], sentence) for words, operator, sentence in _AMOUNTS),
    *_AMOUNTS,
    (rf"{_NOT}\s+{_MORE}", "<=", OPERATORS),
    (rf"{_NOT}\s+{_LESS}", ">=", OPERATORS),
    (rf"{_IS}(?:since|from|starting(?:\s+(?:at|from|on))?)", ">=", OPERATORS),
    (rf"{_IS}(?:until|till)", "<=", OPERATORS),
    (rf"{_IS}{_MORE}|exceeds?", ">", OPERATORS),
    (rf"{_IS}{_LESS}", "<", OPERATORS),
    (rf"{_IS}within(?={_DURATION})", "= last", OPERATORS),
    (rf"{_IS}(?:on|during|within)", "=", OPERATORS),
)
"""Words that compare numbers and times; after a field of texts they may begin the text."""
_WORD_TESTS = _tests(
    (r"(?:is[\s_]*not|not(?:\s+is)?|isn'?t)[\s_-]*(?:null|nul|nil|none|undefined)", "IS NOT NULL", NULL),
    (r"(?:is[\s_]*not|not(?:\s+is)?|isn'?t)[\s_-]*(?:empty|emtpy|empy|emty|blank)", "IS NOT EMPTY", NULL),
    (rf"{_IS}(?:none|neither)\s+of|(?:{_NOT}|{_DOES_NOT}{_LIKE})\s+any(?:\s+of|(?=\s*[\[({{]))", "NOT IN", BRACKETS),
    (r"(?:is[\s_]*)?(?:null|nul|nil|none|undefined)", "IS NULL", NULL),
    (r"(?:is[\s_]*)?(?:empty|emtpy|empy|emty|blank)", "IS EMPTY", NULL),
    (
        r"(?:does\s+not|doesn't|is\s+not|not)[\s_]*(?:exists?|set|present)|(?:is\s+)?missing",
        "NOT EXISTS",
        CAPITALS,
    ),
    (rf"exists?|is\s+(?:set|present)|{_NOT}\s+missing", "EXISTS", CAPITALS),
    (r"(?:is\s+)?not[\s_]*in|nin", "NOT IN", CAPITALS),
    (
        r"(?:has|contains?|includes?)?[\s_]*(?:any|one|some)(?:[\s_]+(?:of|in)|(?=\s*[\[({]))|overlaps?",
        "IN",
        BRACKETS,
    ),
    (r"(?:is\s+)?(?:in|one\s+of|any\s+of)", "IN", CAPITALS),
    (r"(?:does\s+)?not\s+(?:starts?|begins?)[\s_-]*with", "NOT STARTS WITH", CAPITALS),
    (r"(?:starts?|begins?)[\s_-]*with", "STARTS WITH", CAPITALS),
    (rf"{_DOES_NOT}{_LIKE}|without|lacks?|lacking|excludes?|excluding|except(?:\s+for)?", "!=", WORDS),
    (_LIKE, "=", WORDS),
    (r"gte|ge", ">=", OPERATORS),
    (r"lte|le", "<=", OPERATORS),
    (r"gt", ">", OPERATORS),
    (r"lt", "<", OPERATORS),
    (rf"{_IS}either", "=", OPERATORS),
    (rf"{_DOES_NOT}equals?(?:\s+to)?|(?:is\s+different|differs?)\s+from|(?:is\s+)?other\s+than", "!=", OPERATORS),
    (r"(?:is\s+)?not(?:\s+equals?(?:\s+to)?)?|neq?|isn'?t", "!=", OPERATORS),
    (r"(?:is\s+)?equals?(?:\s+to)?|is|eq", "=", OPERATORS),
)


def is_length(text: str) -> bool:
    """Whether a text is a length of time, such as 7 days, also one that is over."""
    return re.fullmatch(_LENGTH, f" {text.strip()}", re.IGNORECASE) is not None


def repeated_before_word(state: ParseState, fields: FilterFields) -> Edit:
    """Correct `width > 512 AND below 1024` to `width > 512 AND width < 1024`."""
    if len(state.names) < len(("field", "word")):
        return None
    (before, end), (start, _) = state.names
    name = state.text[before:end]
    is_ordered = name in fields and isinstance(fields[name].type, Number | Time)
    is_joined = re.search(r"\b(?:AND|OR)\s*$", state.text[:start]) is not None
    if not (is_ordered and is_joined) or not any(test.match(state.text, start) for test, _, _ in ORDER_TESTS):
        return None
    return EACH_SIDE, None if is_denied(state.text, before) else f"{state.text[:start]}{name} {state.text[start:]}"


def outside(state: ParseState, _: FilterFields) -> Edit:
    """Correct `width not between 1 AND 5` to `NOT width 1 TO 5`."""
    bounds = _OUTSIDE.match(state.rest)
    if bounds is None:
        return None
    start, end = state.names[-1]
    return as_range(f"{state.text[:start]}NOT {state.text[start:end]}", bounds, state.rest)


def word_test(state: ParseState, fields: FilterFields) -> Edit:
    """Correct `kind eq image` to `kind = image`."""
    # In prose, too, these words follow others: lower case counts only after the name of a field.
    name = spelling(state.text[slice(*state.names[-1])])
    if not state.rest[:2].isupper() and not any(name.endswith(spelling(each)) for each in fields):
        return None
    is_ordered = isinstance(type_of(state, fields), Number | Time)
    for pattern, usual, sentence in (*(ORDER_TESTS if is_ordered else ()), *_WORD_TESTS):
        test = pattern.match(state.rest)
        if test is None:
            continue
        after = state.rest[test.end() :]
        sign = re.match(r"[=<>!]+\s*", after)
        replacement = usual
        if sentence is WORDS and holds_prose(state, fields):
            replacement = "NOT CONTAINS" if usual == "!=" else "CONTAINS"
        if replacement in {"=", "!="}:
            if sign:
                replacement, after = _combined(replacement, sign[0]), after[sign.end() :]
            if sentence is WORDS:
                after = re.sub(r"^([\"'])[%*]*(.*?)[%*]*\1", r"\1\2\1", after, count=1)
        if not after and (replacement[-1] in "=<>NH" or "CONTAINS" in replacement):
            return sentence, None  # the word is no value
        spaced = f" {after}" if after and not after.startswith(")") else after
        return sentence, f"{state.before.rstrip()} {replacement}{spaced}"
    return None


def _combined(operator: str, sign: str) -> str:
    """Return what a word and the sign behind it mean together: not greater is less or equal."""
    meant = plain_operator(sign)
    if operator == "=":
        return meant
    return operator if meant == operator else _OPPOSITE[meant]
