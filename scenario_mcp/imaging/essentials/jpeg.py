"""JPEG: tables and pixels without notes; a missing end is put there, so that the reader shows it as far as it goes."""

from typing import BinaryIO

from scenario_mcp.imaging.containers import Segment, jpeg_segments, length_of, read_part
from scenario_mcp.imaging.essentials.essential import MAX_PROFILE_BYTES, Essential
from scenario_mcp.imaging.splice import Piece, spliced

_START = b"\xff\xd8"
_END = b"\xff\xd9" * 8
_HEAD_BYTES = 4
"""Of a segment: its marker and its length."""
_JFIF, _EXIF, _ICC, _ADOBE, _COMMENT = 0xE0, 0xE1, 0xE2, 0xEE, 0xFE
_NOTES = frozenset({*range(0xE0, 0xF0), _COMMENT}) - {_JFIF, _ADOBE}
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_EXIF_NAME, _ICC_NAME = b"Exif\0", b"ICC_PROFILE\0"
_END_SEARCHED = 1 << 16


def essential(file: BinaryIO) -> Essential:
    """Return the JPEG without its application segments and comments, other than those that tell its colours."""
    pieces: list[Piece] = [_START]
    exif, bits, last = b"", None, 0
    profile: dict[int, bytes] = {}
    for segment in jpeg_segments(file):
        last = segment.offset
        if segment.marker not in _NOTES:
            pieces.append(range(segment.offset - _HEAD_BYTES, segment.offset + segment.size))
        if segment.marker in _FRAMES:
            bits = next(iter(read_part(file, segment.offset, 1)), None)
        elif segment.marker == _EXIF and not exif:
            data = _content(file, segment)
            exif = data if data.startswith(_EXIF_NAME) else b""
        elif segment.marker == _ICC:
            name, number, part = _split(_content(file, segment))
            if name == _ICC_NAME and sum(map(len, profile.values())) < MAX_PROFILE_BYTES:
                profile.setdefault(number, part)
    parts = b"".join(profile[number] for number in sorted(profile))
    is_cut = not _has_end(file, last)
    return Essential(spliced(file, [*pieces, _END]), exif, parts, bits=bits, is_cut=is_cut)


def _has_end(file: BinaryIO, start: int) -> bool:
    """Whether there is an end marker behind a place: near the end of the file, else before a film that a phone adds."""
    near = max(start, length_of(file) - _END_SEARCHED)
    places = (near, *range(start, near, _END_SEARCHED))
    return any(_END[:2] in read_part(file, place, _END_SEARCHED + 1) for place in places)


def _content(file: BinaryIO, segment: Segment) -> bytes:
    return read_part(file, segment.offset, segment.size)


def _split(data: bytes) -> tuple[bytes, int, bytes]:
    """Return the name, the number and the content of a part of a profile."""
    size = len(_ICC_NAME)
    return data[:size], int.from_bytes(data[size : size + 1], "big"), data[size + 2 :]
