"""WebP: the chunks of pixels under a header of their own; bytes that are missing at the end become zeros."""

import struct
from typing import BinaryIO

from scenario_mcp.imaging.containers import length_of, read_part, riff_chunks
from scenario_mcp.imaging.essentials.essential import MAX_EXIF_BYTES, MAX_PROFILE_BYTES, Essential, max_missing
from scenario_mcp.imaging.splice import Piece, spliced

_HEAD = struct.Struct("<4sI")
_PIXELS = frozenset({b"ALPH", b"ANIM", b"ANMF", b"VP8 ", b"VP8L"})
_NOTE_FLAGS = 0x20 | 0x08 | 0x04
"""Profile, EXIF and XMP, in the first byte of VP8X."""
_SIZED_BYTES = 10
_DURATION = slice(12, 15)


def essential(file: BinaryIO) -> Essential:
    """Return the WebP without its profile and notes."""
    length = length_of(file)
    pieces: list[Piece] = []
    exif = profile = b""
    frames = milliseconds = 0
    is_cut = False
    size: tuple[int, int] | None = None
    for chunk in riff_chunks(file):
        whole_size = chunk.size + chunk.missing
        head = _HEAD.pack(chunk.name, whole_size)
        content = range(chunk.offset, chunk.offset + chunk.size)
        size = size or _size(chunk.name, read_part(file, chunk.offset, _SIZED_BYTES))
        if chunk.name == b"VP8X" and chunk.size > 0:
            flags = read_part(file, chunk.offset, 1)[0] & ~_NOTE_FLAGS
            pieces += [head, bytes([flags]), content[1:], bytes(whole_size % 2)]
        elif chunk.name in _PIXELS and chunk.missing <= max_missing(length):
            pieces += [head, content, bytes(chunk.missing + whole_size % 2)]
            is_cut = chunk.missing > 0
            if chunk.name == b"ANMF":
                frames += 1
                milliseconds += int.from_bytes(read_part(file, chunk.offset, 16)[_DURATION], "little")
        elif chunk.name == b"EXIF":
            exif = exif or read_part(file, chunk.offset, min(chunk.size, MAX_EXIF_BYTES))
        elif chunk.name == b"ICCP" and chunk.size <= MAX_PROFILE_BYTES:
            profile = profile or read_part(file, chunk.offset, chunk.size)
    header = b"RIFF" + struct.pack("<I", 4 + sum(map(len, pieces))) + b"WEBP"
    seconds = milliseconds / 1000 if frames > 1 else 0.0
    return Essential(spliced(file, [header, *pieces]), exif, profile, max(1, frames), seconds, 8, size, is_cut)


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
