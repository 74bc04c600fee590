"""A file made of parts of another one and of new bytes, without a copy of it."""

import io
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import BinaryIO

Piece = bytes | range
"""New bytes, or the places in the other file of those that are taken over."""


class _Spliced(io.RawIOBase):
    """Reads pieces one after another."""

    def __init__(self, file: BinaryIO, pieces: Sequence[Piece]) -> None:
        self._file = file
        self._pieces = [piece for piece in pieces if len(piece)]
        self._starts = [0, *accumulate(map(len, self._pieces))]
        self._place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._starts[-1]}[whence]
        self._place = max(0, base + offset)
        return self._place

    def tell(self) -> int:
        return self._place

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # its stub names a private type
        number = bisect_right(self._starts, self._place) - 1
        if number >= len(self._pieces):
            return 0
        piece, skipped = self._pieces[number], self._place - self._starts[number]
        if isinstance(piece, bytes):
            data = piece[skipped : skipped + len(buffer)]
        else:
            self._file.seek(piece.start + skipped)
            data = self._file.read(min(len(buffer), len(piece) - skipped))
        buffer[: len(data)] = data
        self._place += len(data)
        return len(data)


def spliced(file: BinaryIO, pieces: Sequence[Piece]) -> BinaryIO:
    """Return a file that holds the pieces, in their order. The other file stays open and is moved about."""
    return io.BufferedReader(_Spliced(file, pieces), 1 << 16)
