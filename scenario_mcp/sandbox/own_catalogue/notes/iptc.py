"""IPTC -> notes: the datasets of IIM, and Photoshop's image resources, in which they stand.

Sources: IPTC IIM 4.2 (record 2), Adobe Photoshop File Formats Specification (image resources).
"""

import struct
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from scenario_mcp.sandbox.own_catalogue.notes.note import Note
from scenario_mcp.sandbox.own_catalogue.notes.texts import text_of
from scenario_mcp.sandbox.own_catalogue.notes.xmp import xmp_notes

_MARK = b"\x1c"
_HEAD = struct.Struct(">BBBH")
_APPLICATION_RECORD = 2
_NAMES: Mapping[int, str] = {
    5: "ObjectName", 25: "Keywords", 40: "SpecialInstructions", 55: "DateCreated", 60: "TimeCreated",
    65: "OriginatingProgram", 80: "By-line", 105: "Headline", 110: "Credit", 116: "CopyrightNotice",
    120: "Caption-Abstract",
}  # fmt: skip
_EXTENDED = 0x8000
_MAX_LENGTH_BYTES = 4
_MAX_DATASETS = 5_000

_RESOURCE = struct.Struct(">4sH")
_SIGNATURES = frozenset({b"8BIM", b"MeSa", b"AgHg", b"PHUT", b"DCSR"})
_MAX_RESOURCES = 2_000
_IPTC, _EXIF, _XMP = 0x0404, 0x0422, 0x0424


NoteReader: TypeAlias = Callable[[bytes], Iterator[Note]]


def _no_notes(_: bytes) -> Iterator[Note]:
    return iter(())


def dataset_notes(data: bytes) -> Iterator[Note]:
    """Yield what the datasets of record 2 tell; bytes between them are passed over."""
    place = data.find(_MARK)
    for _ in range(_MAX_DATASETS):
        if place < 0 or place + _HEAD.size > len(data):
            return
        _, record, dataset, size = _HEAD.unpack_from(data, place)
        start = place + _HEAD.size
        if size & _EXTENDED:
            length_bytes = min(size & ~_EXTENDED, _MAX_LENGTH_BYTES)
            size = int.from_bytes(data[start : start + length_bytes], "big")
            start += length_bytes
        if start + size > len(data):
            place = data.find(_MARK, place + 1)
            continue
        if record == _APPLICATION_RECORD and dataset in _NAMES:
            yield Note("iptc", _NAMES[dataset], text_of(data[start : start + size]))
        place = data.find(_MARK, start + size)


def resource_notes(data: bytes, exif_notes: NoteReader = _no_notes) -> Iterator[Note]:
    """Yield what Photoshop's image resources tell: IPTC, and in a PSD its EXIF and XMP.

    EXIF may hold such resources in turn: a reader of EXIF gives no `exif_notes`, so that none is read within another.
    """
    readers = {_IPTC: dataset_notes, _EXIF: exif_notes, _XMP: xmp_notes}
    for number, content in _resources(data):
        if number in readers:
            yield from readers[number](content)


def _resources(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield numbers and contents of the resources; where a length is wrong, the next signature is looked for."""
    place = 0
    cut_off: set[int] = set()
    for _ in range(_MAX_RESOURCES):
        if data[place : place + 4] not in _SIGNATURES:
            place = data.find(b"8BIM", max(0, place - 1))  # a filling byte may be missing
        if place < 0 or place + _RESOURCE.size >= len(data):
            return
        _, number = _RESOURCE.unpack_from(data, place)
        name_bytes = 1 + data[place + _RESOURCE.size]
        start = place + _RESOURCE.size + name_bytes + name_bytes % 2 + 4
        size = int.from_bytes(data[start - 4 : start], "big")
        if start + size > len(data):
            if number in {_IPTC, _XMP} - cut_off:
                cut_off.add(number)  # each would be all the rest
                yield number, data[start:]
            place += 4
            continue
        yield number, data[start : start + size]
        place = start + size + size % 2
