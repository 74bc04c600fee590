"""How much memory a JSON text will take, told before it is parsed."""

import re

_FEW_BYTES = 200_000
"""A shorter text takes little, whatever it holds."""
_COUNTED = (b",", b"{", b"[")
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
"""One without an end goes to the end: no byte is looked at twice."""


def is_overfull(text: bytes, max_values: int) -> bool:
    """Whether a text holds more values than this: each takes far more memory than it has bytes."""
    if len(text) <= _FEW_BYTES or sum(map(text.count, _COUNTED)) <= max_values:
        return False
    bare = _STRING.sub(b"", text)  # a long string may have as many commas
    return sum(map(bare.count, _COUNTED)) > max_values
