"""The parts of a picture file, found without reading what is in them: chunks of PNG and RIFF, segments, boxes.

Sources: PNG (third edition), ITU-T T.81 (JPEG), RIFF, ISO/IEC 14496-12 (boxes).
"""

import os
import re
import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_PARTS = 200_000
"""Parts of one file; the rest of it is not looked at."""
_PNG_HEAD = struct.Struct(">I4s")
_PNG_CHECKSUM_BYTES = 4
_PIXELS, _END = b"IDAT", b"IEND"
_USUAL_CHUNKS = re.compile(
    rb"IDAT|IEND|PLTE|tRNS|tEXt|zTXt|iTXt|eXIf|iCCP|caBX|gAMA|cHRM|sRGB|cICP|sBIT|pHYs|bKGD|hIST|tIME|acTL|fcTL|fdAT"
)
_SEARCHED_BYTES = 4 << 20
_MAX_SEARCHES = 4
_MAX_CANDIDATES = 50

_RIFF_HEAD = struct.Struct("<4sI")
_RIFF_START = 12

SCAN = 0xDA
"""The marker of a JPEG's pixels."""
_START_OF_JPEG, _END_OF_JPEG = b"\xff\xd8", 0xD9
_MARKERS_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_LENGTH_BYTES = 2
_MAX_GAP = 1 << 16

_BOX_HEAD = struct.Struct(">I4s")
_LONG_SIZE = struct.Struct(">Q")
_MAX_BOXES = 10_000


class Part(NamedTuple):
    """A named part of a file: where its content begins, and how many bytes it has."""

    name: bytes
    offset: int
    size: int
    missing: int = 0
    """Bytes that it should have behind the end of what it lies in."""


class Segment(NamedTuple):
    """A segment of a JPEG: its marker, where its content begins, and how many bytes it has."""

    marker: int
    offset: int
    size: int


def length_of(file: BinaryIO) -> int:
    """Return the number of bytes of a file."""
    return file.seek(0, os.SEEK_END)


def read_part(file: BinaryIO, offset: int, size: int) -> bytes:
    """Return that many bytes, or fewer where the file ends; nothing for a place that no file has."""
    if not 0 <= offset < 1 << 62 or size <= 0:
        return b""
    file.seek(offset)
    return file.read(size)


def png_chunks(file: BinaryIO) -> Iterator[Part]:
    """Yield the chunks of a PNG up to IEND; a last one that the file cuts off is left out. Checksums are not judged.

    A chunk with a wrong length ends where the next usual one begins.
    """
    length = length_of(file)
    place = len(PNG_SIGNATURE)
    searches = _MAX_SEARCHES
    head = read_part(file, place, _PNG_HEAD.size)
    for _ in range(MAX_PARTS):
        if len(head) < _PNG_HEAD.size:
            return
        size, name = _PNG_HEAD.unpack(head)
        start = place + _PNG_HEAD.size
        place = start + size + _PNG_CHECKSUM_BYTES
        is_cut = start + size > length
        head = b"" if is_cut or name == _END else read_part(file, place, _PNG_HEAD.size)
        if (is_cut and name != _PIXELS) or (len(head) == _PNG_HEAD.size and not head[4:].isalpha()):
            searches -= 1
            found = _find_chunk(file, start, length) if searches >= 0 else None
            if found is not None:
                place, size, is_cut = found, max(0, found - _PNG_CHECKSUM_BYTES - start), False
                head = read_part(file, place, _PNG_HEAD.size)
        if is_cut:
            return
        yield Part(name, start, size)


def _find_chunk(file: BinaryIO, start: int, length: int) -> int | None:
    """Return where the next chunk of a usual name and with the right checksum begins."""
    data = read_part(file, start, _SEARCHED_BYTES)
    for match, _ in zip(_USUAL_CHUNKS.finditer(data, 4), range(_MAX_CANDIDATES), strict=False):
        place = start + match.start() - 4
        size = int.from_bytes(data[match.start() - 4 : match.start()], "big")
        if size <= min(_SEARCHED_BYTES, length - place):
            content = read_part(file, place + 4, 4 + size + _PNG_CHECKSUM_BYTES)
            if zlib.crc32(content[:-4]).to_bytes(4, "big") == content[-4:]:
                return place
    return None


def riff_chunks(file: BinaryIO) -> Iterator[Part]:
    """Yield the chunks of a RIFF file, such as a WebP; the last one goes to the end of the file at most."""
    length = length_of(file)
    place = _RIFF_START
    for _ in range(MAX_PARTS):
        head = read_part(file, place, _RIFF_HEAD.size)
        if len(head) < _RIFF_HEAD.size:
            return
        name, size = _RIFF_HEAD.unpack(head)
        start = place + _RIFF_HEAD.size
        yield _part(name, start, start + size, length)
        place = start + size + size % 2


def jpeg_segments(file: BinaryIO) -> Iterator[Segment]:
    """Yield the segments of a JPEG up to its pixels; the last one goes to the end of the file.

    Where a length is wrong, the next marker is looked for.
    """
    length = length_of(file)
    place = len(_START_OF_JPEG)
    for _ in range(MAX_PARTS):
        found = _next_marker(file, place)
        if found is None:
            return
        marker, place = found
        if marker in _MARKERS_ALONE:
            continue
        size = int.from_bytes(read_part(file, place, _LENGTH_BYTES), "big")
        if marker == _END_OF_JPEG or size < _LENGTH_BYTES:
            return
        start = place + _LENGTH_BYTES
        place += size
        yield Segment(marker, start, (length if marker == SCAN else min(place, length)) - start)
        if marker == SCAN:
            return


def _next_marker(file: BinaryIO, place: int) -> tuple[int, int] | None:
    """Return the next marker from a place on, and where it ends; what lies between is passed over, if it is short."""
    data = read_part(file, place, 2)
    if not _is_marker(data):
        data = read_part(file, place, _MAX_GAP)
    at = 0
    while (at := data.find(b"\xff", at)) >= 0:
        if _is_marker(data[at : at + 2]):
            return data[at + 1], place + at + 2
        at += 1
    return None


def _is_marker(data: bytes) -> bool:
    return data[:1] == b"\xff" and data[1:] not in {b"", b"\0", b"\xff"}


def boxes(file: BinaryIO, start: int = 0, end: int | None = None) -> Iterator[Part]:
    """Yield the boxes that lie side by side in a range of a file; the last one goes to the end of the range at most."""
    end = length_of(file) if end is None else end
    for _ in range(_MAX_BOXES):
        head = read_part(file, start, min(_BOX_HEAD.size, end - start))
        if len(head) < _BOX_HEAD.size:
            return
        size, name = _BOX_HEAD.unpack(head)
        content = start + _BOX_HEAD.size
        if size == 1:
            size = int.from_bytes(read_part(file, content, _LONG_SIZE.size), "big")
            content += _LONG_SIZE.size
        stop = end if size == 0 else start + size
        if min(stop, end) < content:
            return
        yield _part(name, content, stop, end)
        start = stop


def _part(name: bytes, start: int, stop: int, end: int) -> Part:
    """Return a part that should go from `start` to `stop`, of which there is what lies before `end`."""
    return Part(name, start, min(stop, end) - start, max(0, stop - end))
