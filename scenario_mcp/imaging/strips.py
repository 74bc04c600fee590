"""Large PNGs in strips: a picture of any size takes the memory of one strip.

Pillow unpacks a PNG as a whole. Here the stream is unpacked row by row, and each strip is handed to Pillow as a small
PNG of its own, so that undoing the filters stays in C. The row above a strip, which filters refer to, goes with it.
"""

import io
import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from PIL import Image, ImagePalette
from PIL.PngImagePlugin import PngImageFile

from scenario_mcp.imaging.containers import PNG_SIGNATURE, png_chunks

_HEADER = struct.Struct(">IIBBBBB")
_READ_BYTES = 1 << 18
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Samples of a pixel by the colour type."""
_STEP_TYPES = {1: (0, "L"), 2: (4, "LA"), 3: (2, "RGB"), 4: (6, "RGBA")}
"""Colour type and mode of eight bits in which a pixel has that many bytes."""


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
    return layout is not None and not layout.is_interlaced and layout.step in _STEP_TYPES


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
            size = count * (layout.row_bytes + 1)
            strip = _undo_filters(layout, above, bytes(buffer[:size]), count)
            if strip is None:
                return
            del buffer[:size]
            above, left = strip[-layout.row_bytes :], left - count
            yield _to_picture(picture, layout.width, count, strip)
        if not left:
            return
    count = len(buffer) // (layout.row_bytes + 1)
    strip = _undo_filters(layout, above, bytes(buffer[: count * (layout.row_bytes + 1)]), count) if count else None
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


def _undo_filters(layout: _Layout, above: bytes, filtered: bytes, rows: int) -> bytes | None:
    """Return the rows without their filters; None if they are broken."""
    colour_type, mode = _STEP_TYPES[layout.step]
    stream = zlib.compress((b"\0" + above if above else b"") + filtered, 0)
    height = rows + bool(above)
    header = _HEADER.pack(layout.row_bytes // layout.step, height, 8, colour_type, 0, 0, 0)
    png = PNG_SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", stream) + _chunk(b"IEND", b"")
    try:
        with PngImageFile(io.BytesIO(png)) as strip:
            strip.load()
            if strip.mode != mode:
                return None
            return strip.tobytes()[len(above) :]
    except (OSError, SyntaxError, ValueError):
        return None


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


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(content, zlib.crc32(name)))
