"""Large PNGs in strips: a picture of any size takes the memory of one strip.

Pillow unpacks a PNG as a whole. Here the stream is unpacked strip by strip, and each strip is handed to Pillow as a
stream of its own, so that undoing the filters stays in C. The row above a strip, which filters refer to, goes with it.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from PIL import Image, ImagePalette
from PIL.PngImagePlugin import PngImageFile

from scenario_mcp.imaging.containers import png_chunks

_HEADER = struct.Struct(">IIBBBBB")
_READ_BYTES = 1 << 18
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Samples of a pixel by the colour type."""
_STEP_MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}
"""The mode of eight bits in which a pixel has that many bytes."""
_STREAM_HEAD = b"\x78\x01"
_STORED_BYTES = 65_535
"""Largest block of a stream that holds its bytes as they are."""


class _Layout(NamedTuple):
    """How the rows of a PNG are stored."""

    width: int
    height: int
    bits: int
    """Of a pixel."""
    is_interlaced: bool

    @property
    def step(self) -> int:
        """Bytes from one pixel to the next, as filters count them."""
        return max(1, self.bits // 8)

    @property
    def row_bytes(self) -> int:
        """Bytes of a row, without its filter."""
        return (self.width * self.bits + 7) // 8


def has_strips(file: BinaryIO) -> bool:
    """Whether a PNG can be read in strips: not if it is interlaced, or has colours of 16 bits."""
    layout = _read_layout(file)
    return layout is not None and not layout.is_interlaced and layout.step in _STEP_MODES


def read_strips(file: BinaryIO, picture: PngImageFile, rows: int) -> Iterator[Image.Image]:
    """Yield the picture from top to bottom, that many rows at a time; it ends where the file is broken or cut off.

    `picture` is the opened file, with its palette and transparency.
    """
    layout = _read_layout(file)
    if layout is None:
        return
    above, left = b"", layout.height
    buffer = bytearray()
    for data in _unpacked(file):
        buffer += data
        while left and len(buffer) >= min(rows, left) * (layout.row_bytes + 1):
            count = min(rows, left)
            strip = _undo_filters(layout, above, buffer, count)
            if strip is None:
                return
            del buffer[: count * (layout.row_bytes + 1)]
            above, left = strip[-layout.row_bytes :], left - count
            yield _to_picture(picture, layout.width, count, strip)
        if not left:
            return
    count = len(buffer) // (layout.row_bytes + 1)
    strip = _undo_filters(layout, above, buffer, count) if count else None
    if strip is not None:
        yield _to_picture(picture, layout.width, count, strip)


def _read_layout(file: BinaryIO) -> _Layout | None:
    first = next(iter(png_chunks(file)), None)
    if first is None or first.size < _HEADER.size:
        return None
    file.seek(first.offset)
    width, height, bits, colour_type, _, _, interlace = _HEADER.unpack(file.read(_HEADER.size))
    return _Layout(width, height, bits * _CHANNELS.get(colour_type, 1), bool(interlace))


def _unpacked(file: BinaryIO) -> Iterator[bytes]:
    """Yield the stream of rows, each with its filter in front, up to its end or to where it is broken."""
    unpacking = zlib.decompressobj()
    try:
        for chunk in [chunk for chunk in png_chunks(file) if chunk.name == b"IDAT"]:
            for start in range(0, chunk.size, _READ_BYTES):
                file.seek(chunk.offset + start)
                data = file.read(min(_READ_BYTES, chunk.size - start))
                while data:
                    yield unpacking.decompress(data, 4 * _READ_BYTES)
                    data = unpacking.unconsumed_tail
    except zlib.error:
        return


def _undo_filters(layout: _Layout, above: bytes, filtered: bytearray, rows: int) -> bytes | None:
    """Return the first rows without their filters; None if they are broken."""
    mode = _STEP_MODES[layout.step]
    first = b"\0" + above if above else b""
    with memoryview(filtered) as view:
        stream = _stored(first, view[: rows * (layout.row_bytes + 1)])
    try:
        size = (layout.row_bytes // layout.step, rows + bool(above))
        strip = Image.frombytes(mode, size, stream, "zip", mode)
    except ValueError:
        return None
    return strip.crop((0, 1, *size)).tobytes() if above else strip.tobytes()


def _stored(first: bytes, rest: memoryview) -> bytes:
    """Return a stream that holds the bytes as they are; `zlib.compress` at level 0 takes longer."""
    blocks: list[bytes | memoryview] = [_STREAM_HEAD]
    for part in (memoryview(first), rest):
        for start in range(0, len(part), _STORED_BYTES):
            block = part[start : start + _STORED_BYTES]
            blocks += [struct.pack("<BHH", 0, len(block), len(block) ^ 0xFFFF), block]
    end = struct.pack("<BHH", 1, 0, 0xFFFF)
    return b"".join([*blocks, end, struct.pack(">I", zlib.adler32(rest, zlib.adler32(first)))])


def _to_picture(picture: PngImageFile, width: int, rows: int, data: bytes) -> Image.Image:
    """Return the rows in the mode of the picture, with its palette and its transparency."""
    tile = picture.tile[0]
    rawmode = tile.args if isinstance(tile.args, str) else picture.mode
    strip = Image.frombytes(picture.mode, (width, rows), data, "raw", rawmode)
    if picture.mode == "P" and picture.palette is not None:
        strip.palette = ImagePalette.raw("RGB", picture.palette.palette)
        strip.load()
    if "transparency" in picture.info:
        strip.info["transparency"] = picture.info["transparency"]
    return strip
