"""Sets of document numbers as integers: bit n is document n."""

import re
from collections.abc import Collection, Iterable, Iterator

_NOT_EMPTY = re.compile(rb"[^\0]")
_BITS = tuple(tuple(bit for bit in range(8) if byte >> bit & 1) for byte in range(256))
_MANY = 3000
_ONE = ord("1")


def from_numbers(numbers: Collection[int]) -> int:
    """Collect numbers, in any order and possibly repeated."""
    if not numbers:
        return 0
    if len(numbers) < _MANY:
        content = bytearray((max(numbers) >> 3) + 1)
        for number in numbers:
            content[number >> 3] |= 1 << (number & 7)
        return int.from_bytes(content, "little")
    digits = bytearray(b"0") * (max(numbers) + 1)
    for number in numbers:
        digits[~number] = _ONE  # a text in base 2 becomes an integer faster than many bits one by one
    return int(digits, 2)


def numbers_in(bits: int) -> Iterator[int]:
    """Yield the numbers in a set, the smallest first."""
    content = bits.to_bytes((bits.bit_length() + 7) // 8, "little")
    for match in _NOT_EMPTY.finditer(content):
        place = match.start()
        for bit in _BITS[content[place]]:
            yield place * 8 + bit


def contains(bits: int, number: int) -> bool:
    """Return whether a number is in a set."""
    return bool(bits >> number & 1)


def without(bits: int, others: int) -> int:
    """Return the numbers in the first set only."""
    return bits ^ (bits & others)


def union(sets: Iterable[int]) -> int:
    """Return the numbers in any of the sets."""
    bits = 0
    for each in sets:
        bits |= each
    return bits
