"""PNG: the chunks of the pixels, of the palette and of the transparency; frames of an animation are counted."""

import struct
import zlib
from typing import BinaryIO

from scenario_mcp.imaging.containers import PNG_SIGNATURE, Part, length_of, png_chunks, read_part
from scenario_mcp.imaging.essentials.essential import MAX_EXIF_BYTES, MAX_PROFILE_BYTES, Essential
from scenario_mcp.imaging.splice import Piece, spliced

_HEAD_BYTES = 8
_CHECKSUM_BYTES = 4
_END = b"\0\0\0\0IEND\xaeB`\x82"
_BITS_OFFSET = 8
_FRAME_DELAY = slice(20, 24)
_TRANSPARENCY_BYTES = {0: range(2, 3), 2: range(6, 7), 3: range(1, 257)}
"""How long a chunk of transparency is: for grey, for colours, for a palette."""


def essential(file: BinaryIO) -> Essential:
    """Return the PNG without other chunks; a last chunk of pixels that is cut off goes as far as it goes."""
    pieces: list[Piece] = [PNG_SIGNATURE]
    exif = profile = b""
    bits: int | None = None
    colour_type = 0
    frames, seconds, end = 1, 0.0, len(PNG_SIGNATURE)
    for chunk in png_chunks(file):
        end = chunk.offset + chunk.size + _CHECKSUM_BYTES
        whole = range(chunk.offset - _HEAD_BYTES, end)
        if chunk.name == b"IDAT":
            pieces.append(whole)
        elif chunk.name == b"IHDR":
            pieces.append(whole)
            bits, colour_type = read_part(file, chunk.offset + _BITS_OFFSET, 2).ljust(2, b"\0")
        elif chunk.name == b"PLTE" or (chunk.name == b"tRNS" and _is_sound(file, chunk, colour_type)):
            pieces.append(whole)
        elif chunk.name == b"eXIf":
            exif = exif or read_part(file, chunk.offset, min(chunk.size, MAX_EXIF_BYTES))
        elif chunk.name == b"iCCP" and chunk.size <= MAX_PROFILE_BYTES:
            profile = profile or _profile(read_part(file, chunk.offset, chunk.size))
        elif chunk.name == b"acTL":
            frames = max(1, int.from_bytes(read_part(file, chunk.offset, 4), "big"))
        elif chunk.name == b"fcTL":
            seconds += _delay(read_part(file, chunk.offset, 26))
    pieces += [*_cut_off(file, end), _END]
    is_cut = end > length_of(file) or read_part(file, end - 8, 4) != b"IEND"
    return Essential(spliced(file, pieces), exif, profile, frames, seconds if frames > 1 else 0.0, bits, is_cut=is_cut)


def _is_sound(file: BinaryIO, chunk: Part, colour_type: int) -> bool:
    """Whether a chunk of transparency fits the kind of colours, and is what was written."""
    if chunk.size not in _TRANSPARENCY_BYTES.get(colour_type, range(0)):
        return False
    data = read_part(file, chunk.offset, chunk.size + _CHECKSUM_BYTES)
    return struct.pack(">I", zlib.crc32(data[:-4], zlib.crc32(b"tRNS"))) == data[-4:]


def _profile(data: bytes) -> bytes:
    """Unpack a profile behind its name; empty if it is none, or too large."""
    unpacking = zlib.decompressobj()
    try:
        profile = unpacking.decompress(data.partition(b"\0")[2][1:], MAX_PROFILE_BYTES)
    except zlib.error:
        return b""
    return profile if unpacking.eof else b""


def _delay(control: bytes) -> float:
    if len(control[_FRAME_DELAY]) < 4:  # noqa: PLR2004  # two numbers of two bytes
        return 0.0
    numerator, denominator = struct.unpack(">HH", control[_FRAME_DELAY])
    return float(numerator) / (denominator or 100)


def _cut_off(file: BinaryIO, end: int) -> list[Piece]:
    """Return what there is of a chunk of pixels that the end of the file cuts off."""
    length = length_of(file)
    size, name = (head[:4], head[4:]) if len(head := read_part(file, end, _HEAD_BYTES)) == _HEAD_BYTES else (b"", b"")
    there = length - end - _HEAD_BYTES
    if name != b"IDAT" or there <= 0 or int.from_bytes(size, "big") <= there:
        return []
    return [struct.pack(">I", there) + name, range(end + _HEAD_BYTES, length), bytes(_CHECKSUM_BYTES)]
