"""TIFF: a directory of its own with the tags that the pixels of the first page need; pages are counted."""

import struct
from collections.abc import Iterator
from typing import BinaryIO

from scenario_mcp.imaging.containers import length_of, read_part
from scenario_mcp.imaging.essentials.essential import MAX_PROFILE_BYTES, Essential
from scenario_mcp.imaging.splice import Piece, spliced

_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
"""Bytes of a value by its type."""
_BITS, _ORIENTATION, _PROFILE = 258, 274, 34675
_PIXEL_TAGS = frozenset(
    {254, 256, 257, 258, 259, 262, 266, 273, 277, 278, 279, 284, 292, 293, 317, 320, 322, 323, 324, 325, 338, 339}
    | {347, 512, 513, 514, 515, 517, 518, 519, 520, 521, 529, 530, 531, 532}
)
_CLASSIC = frozenset({b"II*\0", b"MM\0*"})
_MAX_PAGES = 10_000
_MAX_TAGS = 4096
_SHORT = 3


def essential(file: BinaryIO) -> Essential:
    """Return the TIFF with the tags of its pixels; a BigTIFF is left as it is."""
    header = read_part(file, 0, 8)
    if header[:4] not in _CLASSIC or len(header) < 8:  # noqa: PLR2004  # with the place of the first directory
        file.seek(0)
        return Essential(file)
    order = "<" if header[:1] == b"I" else ">"
    length = length_of(file)
    (first,) = struct.unpack(order + "I", header[4:])
    kept: list[bytes] = []
    orientation, profile, bits = 1, b"", None
    for entry in _entries(file, order, first):
        tag, kind, count = struct.unpack(order + "HHI", entry[:8])
        size = _SIZES.get(kind, 0) * count
        (value,) = struct.unpack(order + "I", entry[8:])
        (short,) = struct.unpack(order + "H", entry[8:10])
        if tag == _ORIENTATION and kind == _SHORT:
            orientation = short
        elif tag == _PROFILE and 4 < size <= MAX_PROFILE_BYTES:  # noqa: PLR2004  # a shorter value stands in its place
            profile = read_part(file, value, size)
        elif tag in _PIXEL_TAGS and (size <= 4 or value + size <= length):  # noqa: PLR2004  # as above
            kept.append(entry)
            if tag == _BITS:
                bits = short if count <= 2 else struct.unpack(order + "H", read_part(file, value, 2))[0]  # noqa: PLR2004  # as above
    directory = struct.pack(order + "H", len(kept)) + b"".join(kept) + bytes(4)
    start = length + length % 2
    pieces: list[Piece] = [
        header[:4] + struct.pack(order + "I", start),
        range(8, length),
        bytes(length % 2) + directory,
    ]
    exif = struct.pack(order + "2sHIHHHIHHI", header[:2], 42, 8, 1, _ORIENTATION, _SHORT, 1, orientation, 0, 0)
    return Essential(spliced(file, pieces), exif, profile, _pages(file, order, first), bits=bits)


def _entries(file: BinaryIO, order: str, place: int) -> Iterator[bytes]:
    (count,) = struct.unpack(order + "H", read_part(file, place, 2).ljust(2, b"\0"))
    table = read_part(file, place + 2, 12 * min(count, _MAX_TAGS))
    for start in range(0, len(table) - 11, 12):
        yield table[start : start + 12]


def _pages(file: BinaryIO, order: str, place: int) -> int:
    """Count the directories; one that comes again ends them."""
    seen: set[int] = set()
    while place and place not in seen and len(seen) < _MAX_PAGES:
        seen.add(place)
        (count,) = struct.unpack(order + "H", read_part(file, place, 2).ljust(2, b"\0"))
        (place,) = struct.unpack(order + "I", read_part(file, place + 2 + 12 * count, 4).ljust(4, b"\0"))
    return max(1, len(seen))
