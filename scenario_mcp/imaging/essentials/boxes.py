"""AVIF and HEIC: the file with its EXIF made unknown, as it turns no picture; a missing end becomes zeros."""

from typing import BinaryIO

from scenario_mcp.imaging.essentials.essential import Essential, length_of, read_at
from scenario_mcp.imaging.splice import Piece, spliced

_HEAD_BYTES = 8
_MAX_BOXES = 1000
_MAX_META_BYTES = 8 << 20
_ENTRY, _EXIF, _UNKNOWN = b"infe", b"Exif", b"skip"
_TYPE_OFFSET = 12
"""From the name of an entry to the type of its item, in the usual version of the entry."""


def essential(file: BinaryIO) -> Essential:
    """Return the file for its reader, who turns the picture by its own properties."""
    length = length_of(file)
    pieces: list[Piece] = []
    place = kept = 0
    for _ in range(_MAX_BOXES):
        head = read_at(file, place, _HEAD_BYTES)
        if len(head) < _HEAD_BYTES:
            break
        size, name = int.from_bytes(head[:4], "big"), head[4:]
        if name == b"meta" and size <= min(_MAX_META_BYTES, length - place):
            pieces += [range(kept, place), _without_exif(read_at(file, place, size))]
            kept = place + size
        if size == 1:
            size = int.from_bytes(read_at(file, place + _HEAD_BYTES, 8), "big")
        if size < _HEAD_BYTES:
            place = length
            break
        place += size
    pieces += [range(kept, length), bytes(min(max(0, place - length), 4 * length))]
    return Essential(spliced(file, pieces), is_cut=place > length)


def _without_exif(meta: bytes) -> bytes:
    """Return the box with the items of EXIF under a type that no reader knows."""
    data = bytearray(meta)
    place = 0
    while (place := data.find(_ENTRY, place)) >= 0:
        start = place + _TYPE_OFFSET
        if data[start : start + 4] == _EXIF:
            data[start : start + 4] = _UNKNOWN
        place += len(_ENTRY)
    return bytes(data)
