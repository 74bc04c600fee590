"""CBOR (RFC 8949) -> plain values, within bounds: as much of it as manifests of C2PA use.

Integers, texts, lists and maps keep their values; byte strings and what else there is become None.
"""

import struct
from collections.abc import Iterator

_MAX_ITEMS = 20_000
_MAX_DEPTH = 32
_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _LIST, _MAP, _TAG, _SIMPLE = range(8)
_LENGTHS = {24: "B", 25: "H", 26: "I", 27: "Q"}
_INDEFINITE = 31
_BREAK = 0xFF
_SIMPLE_VALUES = {20: False, 21: True}


class BadCbor(Exception):
    """Bytes that are no CBOR, or too much of it."""


def read_cbor(data: bytes) -> object:
    """Return the first value.

    Raises:
        BadCbor: it is broken, has too many items, or is nested too deeply.

    """
    return _Reader(data).value(_MAX_DEPTH)


def _name_of(key: object) -> str:
    """Return the name of an entry, empty for a list or a map: written as a text, each level would double it."""
    return str(key) if isinstance(key, str | int) else ""


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0
        self._items = 0

    def value(self, depth: int) -> object:
        self._items += 1
        if depth == 0 or self._items > _MAX_ITEMS:
            raise BadCbor
        first = self._take(1)[0]
        kind, detail = first >> 5, first & 31
        if kind == _SIMPLE:
            self._take({24: 1, 25: 2, 26: 4, 27: 8}.get(detail, 0))
            return _SIMPLE_VALUES.get(detail)
        number = self._number(detail)
        if kind in {_BYTES, _TEXT}:
            data = self._string(kind, number)
            return data.decode("utf-8", "replace") if kind == _TEXT else None
        if kind == _LIST:
            return [self.value(depth - 1) for _ in self._each(number)]
        if kind == _MAP:
            return {_name_of(self.value(depth - 1)): self.value(depth - 1) for _ in self._each(number)}
        if kind == _TAG:
            return self.value(depth - 1)
        return -1 - (number or 0) if kind == _NEGATIVE else number

    def _number(self, detail: int) -> int | None:
        """Return the number behind the first byte; None for a length that is not told."""
        if detail < min(_LENGTHS):
            return detail
        if detail == _INDEFINITE:
            return None
        if detail not in _LENGTHS:
            raise BadCbor
        layout = struct.Struct(">" + _LENGTHS[detail])
        return int(layout.unpack(self._take(layout.size))[0])

    def _string(self, kind: int, size: int | None) -> bytes:
        if size is not None:
            return self._take(size)
        parts: list[bytes] = []
        while not self._ends():
            first = self._take(1)[0]
            size = self._number(first & 31)
            if first >> 5 != kind or size is None:
                raise BadCbor
            parts.append(self._take(size))
        return b"".join(parts)

    def _each(self, count: int | None) -> Iterator[None]:
        """Repeat for each item of a list or map, whose number may not be told."""
        while count != 0 if count is not None else not self._ends():
            count = count if count is None else count - 1
            yield

    def _ends(self) -> bool:
        if self._data[self._place : self._place + 1] != bytes([_BREAK]):
            return False
        self._place += 1
        return True

    def _take(self, size: int) -> bytes:
        data = self._data[self._place : self._place + size]
        if len(data) < size:
            raise BadCbor
        self._place += size
        return data
