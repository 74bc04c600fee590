"""AVIF and HEIC: the file with its notes made unknown, as they turn no picture; a missing end becomes zeros."""

from typing import BinaryIO

from scenario_mcp.imaging.containers import boxes, read_part
from scenario_mcp.imaging.essentials.essential import Essential, max_missing
from scenario_mcp.imaging.splice import Piece, spliced

_MAX_META_BYTES = 8 << 20
_NEEDED = frozenset({b"meta", b"mdat", b"moov"})
"""What a picture is in; another box that is not all there may be no box at all."""
_ENTRY, _UNKNOWN = b"infe", b"skip"
_PICTURES = frozenset(
    {b"hvc1", b"av01", b"avc1", b"jpeg", b"j2k1", b"vvc1", b"unci", b"grid", b"iden", b"iovl", b"tmap"}
)
"""Types of items that are pictures, or put them together."""
_TYPE_OFFSETS = {2: 12, 3: 14}
"""From the name of an entry to the type of its item, by the version of the entry."""


def essential(file: BinaryIO) -> Essential:
    """Return the boxes that were looked through as a file for the reader, which turns the picture upright itself.

    Raises an error for a list of items that is too large.
    """
    pieces: list[Piece] = []
    kept = end = missing = 0
    is_cut = False
    for box in boxes(file):
        end, missing = box.offset + box.size, box.missing
        is_cut = missing > 0 and box.name in _NEEDED
        if box.name == b"meta":
            if box.size > _MAX_META_BYTES:
                raise ValueError("a list of items that is too large")
            pieces += [range(kept, box.offset), _without_notes(read_part(file, box.offset, box.size))]
            kept = end
    pieces += [range(kept, end), bytes(min(missing, max_missing(end)))]
    return Essential(spliced(file, pieces), is_cut=is_cut)


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
