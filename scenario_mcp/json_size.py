"""A bound on the values in a JSON text, checked before it is parsed: each takes far more memory than it has bytes."""

import re

_SMALL_BYTES = 200_000
"""A shorter text takes little memory, whatever it holds."""
_COUNTED = (b",", b"{", b"[")
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?+', re.DOTALL)
"""An unterminated string reaches to the end of the text, so that no byte is looked at twice."""
_PART = re.compile(rb'(?:[^"]*+' + _STRING.pattern + rb'){1,1000}|[^"]++', re.DOTALL)
"""So many strings at a time: what stands between all strings of a text would take more memory than its values."""


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


def _count(text: bytes) -> int:
    return sum(map(text.count, _COUNTED))
