"""JPEG XL: the file as it is; its size is read from the first bits, since the reader unpacks the whole to tell it."""

from typing import BinaryIO

from scenario_mcp.imaging.containers import boxes, read_part
from scenario_mcp.imaging.essentials.essential import Essential

_CODESTREAM = b"\xff\x0a"
_BOXES = {b"jxlc": 0, b"jxlp": 4}
"""Boxes of the codestream, and how many bytes stand before it: a part of it is numbered."""
_HEAD_BYTES = 40
_SIDE_BITS = (9, 13, 18, 30)
_RATIOS = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))
_FIRST_ON_ITS_SIDE = 5


class _Bits:
    """Takes bits from the lowest on."""

    def __init__(self, data: bytes) -> None:
        self._number = int.from_bytes(data, "little")

    def take(self, count: int) -> int:
        taken = self._number & ((1 << count) - 1)
        self._number >>= count
        return taken


def essential(file: BinaryIO) -> Essential:
    """Return the file with the size of the picture as it is shown, upright; raises an error where it is not found."""
    head = _codestream(file)
    if not head.startswith(_CODESTREAM):
        raise ValueError("no size, so the reader might take any memory")
    file.seek(0)
    return Essential(file, size=_size(_Bits(head[len(_CODESTREAM) :])))


def _codestream(file: BinaryIO) -> bytes:
    """Return the first bytes of the codestream, alone or in a box."""
    start = read_part(file, 0, _HEAD_BYTES)
    if start.startswith(_CODESTREAM):
        return start
    box = next((box for box in boxes(file) if box.name in _BOXES), None)
    return b"" if box is None else read_part(file, box.offset + _BOXES[box.name], _HEAD_BYTES)


def _size(bits: _Bits) -> tuple[int, int]:
    is_small = bits.take(1)
    height = _side(bits, is_small)
    ratio = bits.take(3)
    width = height * _RATIOS[ratio - 1][0] // _RATIOS[ratio - 1][1] if ratio else _side(bits, is_small)
    is_default = bits.take(1)
    orientation = 1 + bits.take(3) if not is_default and bits.take(1) else 1
    return (height, width) if orientation >= _FIRST_ON_ITS_SIDE else (width, height)


def _side(bits: _Bits, is_small: int) -> int:
    return 8 * (bits.take(5) + 1) if is_small else bits.take(_SIDE_BITS[bits.take(2)]) + 1
