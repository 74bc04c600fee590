"""Sets of document numbers as integers: bit n is document n."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import reduce
from operator import and_

_NOT_EMPTY = re.compile(rb"[^\0]")
_BITS = tuple(tuple(bit for bit in range(8) if byte >> bit & 1) for byte in range(256))
_STRETCH = 256
_EMPTY = bytes(_STRETCH)
_STEP = 40
"""Numbers that are nearer to each other than this on average are collected in another way."""
_ONE = ord("1")
_FLAGS = bytes.maketrans(b"01", b"\0\1")


def from_numbers(numbers: Collection[int]) -> int:
    """Collect numbers, in any order and possibly repeated."""
    if not numbers:
        return 0
    largest = max(numbers)
    if len(numbers) * _STEP > largest:
        digits = bytearray(b"0") * (largest + 1)
        for number in numbers:
            digits[~number] = _ONE
        return int(digits, 2)  # a text in base 2 becomes an integer faster than many bits one by one
    content = bytearray((largest >> 3) + 1)
    for number in numbers:
        content[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(content, "little")


def from_blocks(sets: Mapping[int, int], bits: int) -> int:
    """Join sets of offsets, one for each block, into one set of numbers; an offset has so many bits."""
    if not sets:
        return 0
    size = 1 << bits - 3
    return int.from_bytes(
        b"".join(
            [sets[block].to_bytes(size, "little") if block in sets else bytes(size) for block in range(max(sets) + 1)]
        ),
        "little",
    )


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


def flags(bits: int, count: int) -> bytes:
    """Return a byte for each number below a count: 1 if it is in a set, else 0."""
    digits = f"{bits & (1 << count) - 1:0{count}b}"
    return digits[::-1].encode().translate(_FLAGS)


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
