"""A bound on the values in a JSON text, checked before it is parsed: each takes far more memory than it has bytes."""

import re

_SMALL_BYTES = 200_000
"""A shorter text takes little memory, whatever it holds."""
_COUNTED = (b",", b"{", b"[")
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
"""An unterminated string reaches to the end of the text, so that no byte is looked at twice."""


def exceeds_value_limit(text: bytes, max_values: int) -> bool:
    """Whether a text holds more values than this, not counting what stands within its strings."""
    if len(text) <= _SMALL_BYTES or sum(map(text.count, _COUNTED)) <= max_values:
        return False
    bare = _STRING.sub(b"", text)  # a long string may have as many commas
    return sum(map(bare.count, _COUNTED)) > max_values
