"""GIF -> notes: comments, XMP and C2PA in its extensions.

Sources: GIF89a, Adobe XMP Specification Part 3, C2PA 2.1.
"""

from collections.abc import Iterator
from typing import BinaryIO

from scenario_mcp.imaging.containers import read_part
from scenario_mcp.sandbox.own_catalogue.notes import jumbf, xmp
from scenario_mcp.sandbox.own_catalogue.notes.limits import MAX_XMP_BYTES
from scenario_mcp.sandbox.own_catalogue.notes.note import Note
from scenario_mcp.sandbox.own_catalogue.notes.texts import text_of

_READ_BYTES = 1 << 20
"""So much of the file is read; what comes later is not looked at, since all before it would have to be read, too."""
_HEADER_BYTES = 13
_COLOURS_FLAG = 0x80
_EXTENSION, _IMAGE = 0x21, 0x2C
_COMMENT, _APPLICATION = 0xFE, 0xFF
_XMP, _C2PA = b"XMP DataXMP", b"C2PA_GIF"
_XMP_END = b"<?xpacket end="
_IMAGE_HEAD_BYTES = 9
_MAX_BLOCKS = 10_000


def gif_parts(file: BinaryIO) -> Iterator[Iterator[Note]]:
    """Yield the notes of each extension that has some."""
    data = read_part(file, 0, _READ_BYTES)
    place = _HEADER_BYTES + _colours(data[10]) if len(data) > _HEADER_BYTES else len(data)
    has_xmp = False
    for _ in range(_MAX_BLOCKS):
        kind = data[place : place + 1]
        if kind == bytes([_IMAGE]) and place + _IMAGE_HEAD_BYTES < len(data):
            place = _skip(data, place + 2 + _IMAGE_HEAD_BYTES + _colours(data[place + _IMAGE_HEAD_BYTES]))
        elif kind == bytes([_EXTENSION]) and place + 2 < len(data):
            start, place = place + 2, _skip(data, place + 2)
            if data[start - 1] == _COMMENT:
                yield iter([Note("comment", "Comment", text_of(_content(data, start)))])
            elif data[start - 1] == _APPLICATION:
                name = data[start + 1 : start + 12]
                if name == _XMP and not has_xmp:
                    has_xmp = True  # a packet may reach into the blocks behind it
                    yield xmp.xmp_notes(_packet(data, start + 12))
                elif name.startswith(_C2PA):
                    yield jumbf.credential_notes(_content(data, start + 12))
        else:
            return


def _colours(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & _COLOURS_FLAG else 0


def _skip(data: bytes, place: int) -> int:
    """Return where the blocks end that begin at a place."""
    while place < len(data) and data[place]:
        place += 1 + data[place]
    return place + 1


def _content(data: bytes, place: int) -> bytes:
    parts: list[bytes] = []
    while place < len(data) and data[place]:
        parts.append(data[place + 1 : place + 1 + data[place]])
        place += 1 + data[place]
    return b"".join(parts)


def _packet(data: bytes, place: int) -> bytes:
    """Return an XMP packet, which stands without lengths between its bytes."""
    end = data.find(_XMP_END, place, place + MAX_XMP_BYTES)
    end = data.find(b"?>", end) if end >= 0 else data.find(b"\0", place)
    return data[place : end + 2] if end >= 0 else b""
