"""Quotation marks and blanks that are not the language's own, and quoted values that are broken."""

import html
import re
import unicodedata
from urllib.parse import unquote

from scenario_mcp.filters.field_types import FilterFields, Number
from scenario_mcp.filters.repairs.boundaries import ITEM_END, QUOTED_END, value_end
from scenario_mcp.filters.repairs.edit import Edit
from scenario_mcp.filters.repairs.sentences import EXPECTED, QUOTES
from scenario_mcp.filters.syntax import ParseState
from scenario_mcp.filters.tree import quote

# Typographic quotation marks as they open, each with what may close it.
CLOSING_QUOTES = {
    "\N{LEFT DOUBLE QUOTATION MARK}": "\N{RIGHT DOUBLE QUOTATION MARK}\N{LEFT DOUBLE QUOTATION MARK}",
    "\N{RIGHT DOUBLE QUOTATION MARK}": "\N{RIGHT DOUBLE QUOTATION MARK}",
    "\N{DOUBLE LOW-9 QUOTATION MARK}": "\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}",
    "\N{LEFT-POINTING DOUBLE ANGLE QUOTATION MARK}": "\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}",
    "\N{LEFT SINGLE QUOTATION MARK}": "\N{RIGHT SINGLE QUOTATION MARK}",
    "\N{RIGHT SINGLE QUOTATION MARK}": "\N{RIGHT SINGLE QUOTATION MARK}",
    "`": "`\N{ACUTE ACCENT}",
}
ANY_QUOTE = "\"'" + "".join({*CLOSING_QUOTES, *"".join(CLOSING_QUOTES.values())})

_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_REFERENCE = re.compile(r"&(?:[lg]t|quot|apos|amp|#\d{1,4}|#x[0-9a-f]{1,4});", re.IGNORECASE)
_ESCAPED_SIGN = re.compile(r"\\u(00[2-7][0-9A-Fa-f])")
"""A sign of ASCII as JSON may write it, which was escaped twice."""


def requoted(value: str) -> str:
    """Quote a value as a whole; one that has quotes around it keeps only those within, SQL's doubled ones single."""
    mark = value[:1]
    if mark in {'"', "'"} and len(value) > 1:
        inner = value[1:-1] if value.endswith(mark) else value[1:]
        value = inner.replace(mark * 2, mark).replace(f"\\{mark}", mark)
    return quote(value)


def quotes_sentence(state: ParseState, fields: FilterFields) -> str:
    """Return why a value without quotes is wrong: most need quotes, a number is one without anything else."""
    field = fields.get(state.text[slice(*state.names[-1])].strip("\"'")) if state.names else None
    return f"{field.name} takes a plain number." if field and isinstance(field.type, Number) else QUOTES


def exotic_space(state: ParseState, _: FilterFields) -> Edit:
    """Correct `kind\u00a0= image` to `kind = image`."""  # the character itself would not show
    space = state.before[len(state.before.rstrip()) :]
    if not space or not space.strip(" \t\r\n"):
        return None
    before = state.before[: -len(space)]
    return "A space here is not an ordinary one.", f"{before} {state.rest}" if state.rest else before


def invisible_character(state: ParseState, _: FilterFields) -> Edit:
    """Correct `kind = im\u200bage` to `kind = image`."""  # the character itself would not show
    if unicodedata.category(state.rest[:1] or " ") != "Cf":
        return None
    rest = "".join(character for character in state.rest if unicodedata.category(character) != "Cf")
    return "A character here does not show.", state.before + rest


def percent_sign(state: ParseState, _: FilterFields) -> Edit:
    """Correct `kind=image%20AND%20width%3E5` to `kind=image AND width>5`."""
    if not _ESCAPE.match(state.rest):
        return None
    text = unquote(state.text)
    is_value_escaped_too = _ESCAPE.search(text) and re.search(r"[=<>\s]", text)  # nobody can tell which is meant
    return "A filter is written as it is, not as in an address.", None if is_value_escaped_too else text


def character_reference(state: ParseState, _: FilterFields) -> Edit:
    """Correct `width &gt; 5` to `width > 5`."""
    if _REFERENCE.match(state.rest):
        return "A filter is written as it is, not as in HTML.", html.unescape(state.text)
    if _ESCAPED_SIGN.match(state.rest):
        plain = _ESCAPED_SIGN.sub(lambda found: chr(int(found[1], 16)), state.text)
        return "A filter is written as it is, without escapes.", plain
    return None


def typographic_quote(state: ParseState, _: FilterFields) -> Edit:
    """Correct `name = “Old Oak”` to `name = "Old Oak"`."""
    closing = CLOSING_QUOTES.get(state.rest[:1])
    if closing is None or state.expected in {"end", "close", "escape", "depth", "quote"}:
        return None
    inner = state.rest[1:]
    at = min((i for i in map(inner.find, closing + '"') if i >= 0), default=-1)
    if at < 0:
        at = value_end(inner, 0)
        return "Quotation marks are the straight ones.", state.before + quote(inner[:at]) + inner[at:]
    return "Quotation marks are the straight ones.", state.before + quote(inner[:at]) + inner[at + 1 :]


def close_quote(state: ParseState, _: FilterFields) -> Edit:
    """Correct `name = "Old Oak` to `name = "Old Oak"`."""
    inner = state.rest[1:]
    boundary = (ITEM_END if state.in_list else QUOTED_END).search(inner)
    stop = boundary.start() if boundary else len(inner)
    value = inner[:stop].rstrip(ANY_QUOTE + "\\")
    return "A quotation mark is not closed.", state.before + quote(value) + inner[stop:]


def double_backslash(state: ParseState, _: FilterFields) -> Edit:
    r"""Correct `name = "a\d"` to `name = "a\\d"`."""
    return EXPECTED["escape"], f"{state.before}\\{state.rest}"
