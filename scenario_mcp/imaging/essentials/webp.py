"""WebP: the chunks of pixels under a header of their own; bytes that are missing at the end become zeros."""

import struct
from typing import BinaryIO

from scenario_mcp.imaging.essentials.essential import (
    MAX_EXIF_BYTES,
    MAX_PROFILE_BYTES,
    Essential,
    length_of,
    read_at,
)
from scenario_mcp.imaging.splice import Piece, spliced

_HEAD = struct.Struct("<4sI")
_FIRST = 12
_PIXELS = frozenset({b"ALPH", b"ANIM", b"ANMF", b"VP8 ", b"VP8L"})
_NOTE_FLAGS = 0x20 | 0x08 | 0x04
"""Profile, EXIF and XMP, in the first byte of VP8X."""
_SIZED_BYTES = 10
_DURATION = slice(12, 15)
_MAX_CHUNKS = 100_000
_MAX_MISSING_SHARE = 4


def essential(file: BinaryIO) -> Essential:
    """Return the WebP without its profile and notes."""
    length = length_of(file)
    pieces: list[Piece] = []
    exif = profile = b""
    frames, milliseconds, place = 0, 0, _FIRST
    size_of_all: tuple[int, int] | None = None
    for _ in range(_MAX_CHUNKS):
        head = read_at(file, place, _HEAD.size)
        if len(head) < _HEAD.size:
            break
        name, size = _HEAD.unpack(head)
        content = range(place + _HEAD.size, min(place + _HEAD.size + size, length))
        place = content.start + size + size % 2
        size_of_all = size_of_all or _size(name, read_at(file, content.start, _SIZED_BYTES))
        if name == b"VP8X" and len(content) > 0:
            flags = read_at(file, content.start, 1)[0] & ~_NOTE_FLAGS
            pieces += [head, bytes([flags]), content[1:], bytes(size % 2)]
        elif name in _PIXELS and size <= (_MAX_MISSING_SHARE + 1) * length:
            pieces += [head, content, bytes(size - len(content) + size % 2)]
            if name == b"ANMF":
                frames += 1
                milliseconds += int.from_bytes(read_at(file, content.start, 16)[_DURATION], "little")
        elif name == b"EXIF":
            exif = exif or read_at(file, content.start, min(len(content), MAX_EXIF_BYTES))
        elif name == b"ICCP" and size <= MAX_PROFILE_BYTES:
            profile = profile or read_at(file, content.start, len(content))
    header = b"RIFF" + struct.pack("<I", 4 + sum(map(len, pieces))) + b"WEBP"
    seconds = milliseconds / 1000 if frames > 1 else 0.0
    is_cut = place > length + 1
    return Essential(spliced(file, [header, *pieces]), exif, profile, max(1, frames), seconds, 8, size_of_all, is_cut)


def _size(name: bytes, head: bytes) -> tuple[int, int] | None:
    """Return the width and height that a chunk tells, if it is one that does."""
    if len(head) < _SIZED_BYTES:
        return None
    if name == b"VP8X":
        return int.from_bytes(head[4:7], "little") + 1, int.from_bytes(head[7:10], "little") + 1
    if name == b"VP8L":
        sides = int.from_bytes(head[1:5], "little")
        return (sides & 0x3FFF) + 1, (sides >> 14 & 0x3FFF) + 1
    if name == b"VP8 ":
        width, height = struct.unpack_from("<HH", head, 6)
        return width & 0x3FFF, height & 0x3FFF
    return None
