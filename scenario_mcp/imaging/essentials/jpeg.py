"""JPEG: tables and pixels without notes; a missing end is put there, so that the reader shows it as far as it goes."""

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from scenario_mcp.imaging.essentials.essential import MAX_PROFILE_BYTES, Essential, length_of, read_at
from scenario_mcp.imaging.splice import Piece, spliced

_START = b"\xff\xd8"
_END = b"\xff\xd9" * 8
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
"""Markers without a length."""
_SCAN, _END_OF_PICTURE, _JFIF, _EXIF, _ICC, _ADOBE, _COMMENT = 0xDA, 0xD9, 0xE0, 0xE1, 0xE2, 0xEE, 0xFE
_NOTES = frozenset({*range(0xE0, 0xF0), _COMMENT}) - {_JFIF, _ADOBE}
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_EXIF_NAME, _ICC_NAME = b"Exif\0", b"ICC_PROFILE\0"
_MAX_GAP = 1 << 16


class _Segment(NamedTuple):
    """A marker, where it stands with what belongs to it, and where its content begins."""

    marker: int
    places: range
    content: int


def essential(file: BinaryIO) -> Essential:
    """Return the JPEG without its application segments and comments, other than those that tell its colours."""
    pieces: list[Piece] = [_START]
    exif, bits = b"", None
    profile: dict[int, bytes] = {}
    for segment in _segments(file):
        if segment.marker not in _NOTES:
            pieces.append(segment.places)
        if segment.marker in _FRAMES:
            bits = next(iter(read_at(file, segment.content, 1)), None)
        elif segment.marker == _EXIF and not exif:
            data = _content(file, segment)
            exif = data if data.startswith(_EXIF_NAME) else b""
        elif segment.marker == _ICC:
            name, number, part = _split(_content(file, segment))
            if name == _ICC_NAME and sum(map(len, profile.values())) < MAX_PROFILE_BYTES:
                profile.setdefault(number, part)
    parts = b"".join(profile[number] for number in sorted(profile))
    is_cut = _END[:2] not in read_at(file, max(0, length_of(file) - _MAX_GAP), _MAX_GAP)
    return Essential(spliced(file, [*pieces, _END]), exif, parts, bits=bits, is_cut=is_cut)


def _segments(file: BinaryIO) -> Iterator[_Segment]:
    """Yield the segments up to the pixels; the last one goes to the end of the file."""
    length = length_of(file)
    place = len(_START)
    while (found := _next_marker(file, place)) is not None:
        marker, place = found
        if marker in _ALONE:
            continue
        size = int.from_bytes(read_at(file, place, 2), "big")
        if marker == _END_OF_PICTURE or size < 2:  # noqa: PLR2004  # the size counts its own two bytes
            return
        end = length if marker == _SCAN else min(place + size, length)
        yield _Segment(marker, range(place - 2, end), place + 2)
        place += size
        if marker == _SCAN:
            return


def _next_marker(file: BinaryIO, place: int) -> tuple[int, int] | None:
    """Return the next marker from a place on, and where it ends; what lies between is passed over, if it is short."""
    data = read_at(file, place, 2)
    if not _is_marker(data):
        data = read_at(file, place, _MAX_GAP)
    at = 0
    while (at := data.find(b"\xff", at)) >= 0:
        if _is_marker(data[at : at + 2]):
            return data[at + 1], place + at + 2
        at += 1
    return None


def _is_marker(data: bytes) -> bool:
    return data[:1] == b"\xff" and data[1:] not in {b"", b"\0", b"\xff"}


def _content(file: BinaryIO, segment: _Segment) -> bytes:
    return read_at(file, segment.content, segment.places.stop - segment.content)


def _split(data: bytes) -> tuple[bytes, int, bytes]:
    """Return the name, the number and the content of a part of a profile."""
    size = len(_ICC_NAME)
    return data[:size], int.from_bytes(data[size : size + 1], "big"), data[size + 2 :]
