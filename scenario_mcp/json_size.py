"""Bounds of a JSON text before it is parsed: how deep it is, and how many values, which take more memory than bytes."""

import re

_SMALL_BYTES = 200_000
"""A shorter text takes little memory, whatever it holds."""
_COUNTED = (b",", b"{", b"[")
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?+', re.DOTALL)
"""An unterminated string reaches to the end of the text, so that no byte is looked at twice."""
_PART = re.compile(rb'(?:[^"]*+' + _STRING.pattern + rb'){1,1000}|[^"]++', re.DOTALL)
"""So many strings at a time: what stands between all strings of a text would take more memory than its values."""
MAX_DEPTH = 100
"""Levels that are kept: what is nested 200 deep cannot be parsed."""
_MAX_DIGITS = 300
"""No float holds a longer number, and Python reads none of over 4,300 digits."""
_PART_WITH_A_BOUND = re.compile(
    rb'(?s)"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[\]{}]|(?<![0-9])-?[0-9]{%d,}+(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?'
    % (_MAX_DIGITS + 1)
)


def exceeds_value_limit(text: bytes, max_values: int) -> bool:
    """Whether a text holds more values than this, not counting what stands within its strings."""
    if len(text) <= _SMALL_BYTES or _count(text) <= max_values:
        return False
    values = 0
    for part in _PART.finditer(text):  # a long string may have as many commas
        values += _count(_STRING.sub(b"", part[0]))
        if values > max_values:
            return True
    return False


def within_bounds(text: bytes) -> bytes:
    """Return a text with null for what is nested deeper than `MAX_DEPTH`, and infinity for numbers that are too long.

    Neither passes for a value, and what stands beside it can be read.
    """
    parts, kept, depth = [], 0, 0
    for part in _PART_WITH_A_BOUND.finditer(text):
        match text[part.start()]:
            case 0x5B | 0x7B:  # [ {
                depth += 1
                if depth == MAX_DEPTH + 1:
                    parts += [text[kept : part.start()], b"null"]
            case 0x5D | 0x7D:  # ] }
                if depth == MAX_DEPTH + 1:
                    kept = part.end()
                depth -= 1
            case 0x22:  # a string
                pass
            case _ if depth <= MAX_DEPTH:
                parts += [text[kept : part.start()], b"1e999"]
                kept = part.end()
    return b"".join([*parts, text[kept:]])


def _count(text: bytes) -> int:
    return sum(map(text.count, _COUNTED))
