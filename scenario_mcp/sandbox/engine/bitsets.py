"""Sets of document numbers as integers: bit n is document n."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import reduce
from operator import and_

_NOT_EMPTY = re.compile(rb"[^\0]")
_BITS = tuple(tuple(bit for bit in range(8) if byte >> bit & 1) for byte in range(256))
_STRETCH = 256
_EMPTY = bytes(_STRETCH)
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


def from_blocks(offsets: Mapping[int, Collection[int]], bits: int) -> int:
    """Collect numbers that are given by their block and their offset, of so many bits, in it."""
    if not offsets:
        return 0
    size = 1 << bits - 3
    content = bytearray(size * (max(offsets) + 1))
    for block, numbers in offsets.items():
        if len(numbers) < 1 << bits - 3:
            start = block * size
            for number in numbers:
                content[start + (number >> 3)] |= 1 << (number & 7)
        else:
            content[block * size : (block + 1) * size] = from_numbers(numbers).to_bytes(size, "little")
    return int.from_bytes(content, "little")


def numbers_in(bits: int) -> Iterator[int]:
    """Yield the numbers in a set, the smallest first."""
    content = bits.to_bytes((bits.bit_length() + 7) // 8, "little")
    for start in range(0, len(content), _STRETCH):
        if content[start : start + _STRETCH] == _EMPTY:
            continue
        for match in _NOT_EMPTY.finditer(content, start, start + _STRETCH):
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


def intersection(sets: Iterable[int]) -> int:
    """Return the numbers in all of the sets, of which there is at least one."""
    return reduce(and_, sets)
