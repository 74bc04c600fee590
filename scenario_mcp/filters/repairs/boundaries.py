"""Where the parts of an expression that does not parse were probably meant to begin and to end."""

import re

LOGIC = "[\N{LOGICAL AND}\N{LOGICAL OR}]"
WORD_END = r"(?![\w.-])"
# How another condition begins. Lower-case "in" and "is" count only with what makes them tests: prose has them too.
CONDITION = (
    # NOT, "!", "(" or Lucene's "+" and "-" before it, a field, and one of: a sign of comparison (a colon, but not that
    # of an address), a word that tests in capitals, "in" with its list, "is" with null or empty.
    r"(?:(?:NOT|not)\s+|!\s*|\(\s*|[+-](?=[A-Za-z_]\w*:))*(?:[A-Za-z_][\w.]*|\"[^\"]*\")\s*(?:[=<>~]|!=|:(?!//)"
    r"|(?<=\s)(?:IN|NOT|IS|EXISTS|CONTAINS|STARTS|LIKE|BETWEEN)" + WORD_END + r"|(?<=\s)in\s*[\[(]"
    r"|(?<=\s)is\s+(?:not\s+)?(?:null|empty)\b)"
)
# A run of white space is tried from its start only: else a long one would take quadratic time.
GAP = r"(?<!\s)\s++"
ANY_GAP = rf"(?:{GAP})?"
# A value ends before a join or another condition; before a sign of joining, a closing parenthesis, or at the end.
VALUE_END = re.compile(
    rf"{GAP}(?:(?:AND|OR|and|or|And|Or){WORD_END}|(?={CONDITION}))"
    rf"|{ANY_GAP}(?:&&?|\|\|?|{LOGIC}|[;,]\s*(?={CONDITION}|$)|\)|$)"
)
# A value in a list ends before a bracket or comma, at the end, or where a condition follows.
ITEM_END = re.compile(rf"{ANY_GAP}(?:[\],)}}]|$)|{GAP}(?:AND|OR|and|or)\s+(?={CONDITION})")
# A value without its closing quote ends before a condition, before the last parentheses, or at the end.
QUOTED_END = re.compile(rf"{GAP}(?:AND|OR|and|or)\s+(?={CONDITION})|(?<!\))\)+\s*$|{ANY_GAP}$")
NEXT_CONDITION = re.compile(CONDITION)
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
JOIN = re.compile(rf"(?:(?P<word>and|or){WORD_END}|(?P<sign>&&?|\|\|?|[,;+]|{LOGIC}))\s*", re.IGNORECASE)
BOUND = r"(\"[^\"]*\"|'[^']*'|[^\s\"'(),]+)"
RANGE = re.compile(rf"(?!up\s){BOUND}\s+to\s+{BOUND}", re.IGNORECASE)


def value_end(text: str, start: int) -> int:
    """Return where a value that begins at `start`, without quotes or with broken ones, was probably meant to end."""
    for boundary in VALUE_END.finditer(text, start):
        if boundary[0].endswith(")") and text.count("(", start, boundary.start()) > text.count(
            ")", start, boundary.start()
        ):
            continue
        return boundary.start()
    return len(text)


def is_denied(text: str, start: int) -> bool:
    """Return whether NOT stands before a condition that begins at `start`."""
    return re.search(r"(?<![\w.-])NOT\s*$", text[:start], re.IGNORECASE) is not None


def joins_or_ends(rest: str) -> bool:
    """Return whether AND, OR, a closing parenthesis or nothing comes next."""
    return not rest or rest.startswith(")") or JOIN.match(rest) is not None
