"""EXIF and TIFF tags -> notes: a walk through the directories that lets no offset, count or loop lead astray.

Sources: TIFF 6.0, EXIF 3.0 (tags, character sets of UserComment), Windows' XP tags (UTF-16), BigTIFF.
"""

import io
import struct
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO, NamedTuple

from scenario_mcp.imaging.containers import length_of, read_part
from scenario_mcp.sandbox.own_catalogue.notes import iptc, xmp
from scenario_mcp.sandbox.own_catalogue.notes.jumbf import credential_notes
from scenario_mcp.sandbox.own_catalogue.notes.limits import MAX_CHARACTERS, MAX_NOTE_BYTES
from scenario_mcp.sandbox.own_catalogue.notes.note import Note
from scenario_mcp.sandbox.own_catalogue.notes.texts import comment_text_of, text_of, wide_text_of

_TEXTS: Mapping[int, str] = {
    0x010D: "DocumentName", 0x010E: "ImageDescription", 0x010F: "Make", 0x0110: "Model", 0x0131: "Software",
    0x0132: "DateTime", 0x013B: "Artist", 0x8298: "Copyright", 0x9003: "DateTimeOriginal", 0x9004: "DateTimeDigitized",
    0x9010: "OffsetTime", 0x9011: "OffsetTimeOriginal", 0x9012: "OffsetTimeDigitized",
}  # fmt: skip
_WIDE_TEXTS: Mapping[int, str] = {
    0x9C9B: "XPTitle", 0x9C9C: "XPComment", 0x9C9D: "XPAuthor", 0x9C9E: "XPKeywords", 0x9C9F: "XPSubject",
}  # fmt: skip
_NUMBERS: Mapping[int, str] = {0x4746: "Rating", 0x4749: "RatingPercent"}
_USER_COMMENT = 0x9286
_DIRECTORIES = frozenset({0x8769})
_BLOCKS: Mapping[int, Callable[[bytes], Iterator[Note]]] = {
    0x02BC: xmp.xmp_notes,
    0x83BB: iptc.dataset_notes,
    0x8649: iptc.resource_notes,
    0xCD41: credential_notes,
}
"""Tags that hold a whole block of notes of another kind."""
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8, 129: 1}
"""Bytes of a value by its type; 129 is UTF-8."""
_INTEGERS = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i"}
_ASCII = 2
_TEXT_TYPES = frozenset({1, 2, 6, 7, 129})
_MAX_TAGS = 2_000
_MAX_DIRECTORIES = 16
_HEADERS = (b"II*\0", b"MM\0*")
_HEADER_SEARCHED = 64
"""So far the header is looked for: before it there may be a name, or in a box the place where it begins."""


class _Layout(NamedTuple):
    """How a file writes numbers: byte order, and the sizes of a classic TIFF or of a BigTIFF."""

    order: str
    tags: str
    """The type of the number of tags in a directory, as `struct` names it."""
    offset: str

    @property
    def entry(self) -> struct.Struct:
        """A tag: number, type, count, and its value or where that stands."""
        return struct.Struct(f"{self.order}HH{self.offset}{struct.calcsize(self.order + self.offset)}s")


_CLASSIC, _BIG = ("H", "I"), ("Q", "Q")
_LAYOUTS: Mapping[bytes, tuple[_Layout, int]] = {
    b"II*\0": (_Layout("<", *_CLASSIC), 4),
    b"MM\0*": (_Layout(">", *_CLASSIC), 4),
    b"II+\0": (_Layout("<", *_BIG), 8),
    b"MM\0+": (_Layout(">", *_BIG), 8),
}
"""Layouts by the first bytes of a file, each with the offset at which the place of the first directory stands."""


def exif_notes(data: bytes) -> Iterator[Note]:
    """Yield what EXIF tells, with or without a name before its header."""
    starts = [start for header in _HEADERS if (start := data.find(header, 0, _HEADER_SEARCHED)) >= 0]
    if starts:
        yield from tag_notes(io.BytesIO(data[min(starts) :]))


def tag_notes(file: BinaryIO) -> Iterator[Note]:
    """Yield what the tags of a TIFF tell: those of its first directory, and of the EXIF directory in it."""
    layout, place = _LAYOUTS.get(read_part(file, 0, 4), (None, 0))
    if layout is None:
        return
    waiting = [_number(layout, layout.offset, read_part(file, place, 8))]
    seen: set[int] = set()
    left = min(MAX_CHARACTERS, 2 * length_of(file))  # many tags may share one value
    while waiting and len(seen) < _MAX_DIRECTORIES:
        place = waiting.pop(0)
        if place in seen:
            continue
        seen.add(place)
        for tag, kind, data in _tags(file, layout, place):
            left -= len(data)
            if left < 0:
                return
            if tag in _DIRECTORIES:
                waiting.append(_number(layout, _INTEGERS.get(kind, layout.offset), data.ljust(8, b"\0")))
            else:
                yield from _notes_of(layout, tag, kind, data)


def _notes_of(layout: _Layout, tag: int, kind: int, data: bytes) -> Iterator[Note]:
    if tag in _BLOCKS:
        yield from _BLOCKS[tag](data)
    elif tag in _NUMBERS and kind in _INTEGERS:
        yield Note("exif", _NUMBERS[tag], str(_number(layout, _INTEGERS[kind], data)))
    elif tag == _USER_COMMENT:
        yield Note("exif", "UserComment", comment_text_of(data))
    elif tag in _WIDE_TEXTS:
        yield Note("exif", _WIDE_TEXTS[tag], text_of(data) if kind == _ASCII else wide_text_of(data))
    elif tag in _TEXTS or tag in _NUMBERS:
        yield Note("exif", _TEXTS.get(tag) or _NUMBERS[tag], text_of(data))


_READ = frozenset({*_TEXTS, *_WIDE_TEXTS, *_NUMBERS, *_DIRECTORIES, *_BLOCKS, _USER_COMMENT})


def _tags(file: BinaryIO, layout: _Layout, place: int) -> Iterator[tuple[int, int, bytes]]:
    """Yield numbers, types and values of the tags that are read; what the file cuts off goes as far as it goes."""
    count_bytes = struct.calcsize(layout.order + layout.tags)
    head = read_part(file, place, count_bytes)
    if len(head) < count_bytes:
        return
    entry = layout.entry
    table = read_part(file, place + count_bytes, entry.size * min(_number(layout, layout.tags, head), _MAX_TAGS))
    whole = len(table) // entry.size * entry.size
    for tag, kind, count, value in entry.iter_unpack(table[:whole]):
        if tag not in _READ or kind not in _SIZES:
            continue
        size = _SIZES[kind] * count
        if size <= len(value):
            yield tag, kind, value[:size]
        elif size <= MAX_NOTE_BYTES or kind in _TEXT_TYPES:
            data = read_part(file, _number(layout, layout.offset, value), min(size, MAX_NOTE_BYTES + 1))
            if 0 < len(data) <= MAX_NOTE_BYTES:
                yield tag, kind, data


def _number(layout: _Layout, kind: str, data: bytes) -> int:
    """Return the first integer of a value; 0 where it is too short."""
    number = struct.Struct(layout.order + kind)
    return int(number.unpack_from(data)[0]) if len(data) >= number.size else 0
