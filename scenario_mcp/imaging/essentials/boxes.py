"""AVIF and HEIC: the file with its notes made unknown, as they turn no picture; a missing end becomes zeros."""

from typing import BinaryIO

from scenario_mcp.imaging.essentials.essential import Essential, length_of, read_at
from scenario_mcp.imaging.splice import Piece, spliced

_HEAD_BYTES = 8
_MAX_BOXES = 1000
_MAX_META_BYTES = 8 << 20
_ENTRY, _UNKNOWN = b"infe", b"skip"
_PICTURES = frozenset(
    {b"hvc1", b"av01", b"avc1", b"jpeg", b"j2k1", b"vvc1", b"unci", b"grid", b"iden", b"iovl", b"tmap"}
)
"""Types of items that are pictures, or put them together."""
_TYPE_OFFSETS = {2: 12, 3: 14}
"""From the name of an entry to the type of its item, by the version of the entry."""


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
            pieces += [range(kept, place), _without_notes(read_at(file, place, size))]
            kept = place + size
        if size == 1:
            size = int.from_bytes(read_at(file, place + _HEAD_BYTES, 8), "big")
        if size < _HEAD_BYTES:
            place = length
            break
        place += size
    pieces += [range(kept, length), bytes(min(max(0, place - length), 4 * length))]
    return Essential(spliced(file, pieces), is_cut=place > length)


def _without_notes(meta: bytes) -> bytes:
    """Return the box with every item that is no picture under a type that no reader knows.

    A type that is no text ends the process in some versions of the reader.
    """
    data = bytearray(meta)
    place = 0
    while (place := data.find(_ENTRY, place)) >= 0:
        start = place + _TYPE_OFFSETS.get(data[place + len(_ENTRY)] if place + len(_ENTRY) < len(data) else 0, 0)
        if start > place and bytes(data[start : start + 4]) not in _PICTURES:
            data[start : start + 4] = _UNKNOWN
        place += len(_ENTRY)
    return bytes(data[: len(meta)])
