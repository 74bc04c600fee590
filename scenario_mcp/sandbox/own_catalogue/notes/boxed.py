"""AVIF, HEIC, JPEG XL and JPEG 2000 -> notes: boxes and items with EXIF, XMP and C2PA.

Sources: ISO/IEC 14496-12 (boxes, items), 23008-12 (EXIF in HEIF), 18181-2 (JPEG XL), 15444-2 (JPX), C2PA 2.1.
"""

import io
import struct
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from scenario_mcp.imaging.containers import Part, boxes, length_of, read_part
from scenario_mcp.sandbox.own_catalogue.notes import exif, jumbf, xmp
from scenario_mcp.sandbox.own_catalogue.notes.limits import MAX_NOTE_BYTES
from scenario_mcp.sandbox.own_catalogue.notes.note import Note

_META, _EXIF, _XML, _UUID, _JUMBF = b"meta", b"Exif", b"xml ", b"uuid", b"jumb"
_ITEM_NAMES, _ITEM_PLACES, _ITEM_DATA, _ITEM_NAME = b"iinf", b"iloc", b"idat", b"infe"
_MIME, _XMP_TYPE = b"mime", b"application/rdf+xml"
_ID_BYTES = 16
_C2PA_ID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_XMP_ID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_EXIF_ID = b"JpgTiffExif->JP2"
_BOX_HEAD_BYTES = 8
_VERSION_BYTES = 4
_OFFSET_BYTES = 8
"""The offset of the first manifest, which stands behind the purpose of a C2PA box."""
_MAX_META_BYTES = 4 << 20
_MAX_ITEMS = 20_000
_MAX_EXTENTS = 1_000


def boxed_parts(file: BinaryIO) -> Iterator[Iterator[Note]]:
    """Yield the notes of each box or item that has some."""
    left = MAX_NOTE_BYTES
    for box in boxes(file):
        if box.name == _META and box.size <= _MAX_META_BYTES:
            for kind, data in _items(file, read_part(file, box.offset + _VERSION_BYTES, box.size - _VERSION_BYTES)):
                left -= len(data)  # many items may share their bytes
                if left < 0:
                    return
                yield exif.exif_notes(data) if kind == _EXIF else xmp.xmp_notes(data)
        elif box.name in {_EXIF, _XML, _UUID, _JUMBF} and box.size <= left:
            left -= box.size
            yield _notes_of(file, box)


def _notes_of(file: BinaryIO, box: Part) -> Iterator[Note]:
    if box.name == _JUMBF:
        return jumbf.credential_notes(read_part(file, box.offset - _BOX_HEAD_BYTES, box.size + _BOX_HEAD_BYTES))
    data = read_part(file, box.offset, box.size)
    if box.name == _EXIF:
        return exif.exif_notes(data)
    if box.name == _XML or data.startswith(_XMP_ID):
        return xmp.xmp_notes(data[_ID_BYTES if box.name == _UUID else 0 :])
    if data.startswith(_EXIF_ID):
        return exif.exif_notes(data[_ID_BYTES:])
    if data.startswith(_C2PA_ID):
        return jumbf.credential_notes(data[_ID_BYTES + _VERSION_BYTES :].partition(b"\0")[2][_OFFSET_BYTES:])
    return iter(())


class _Place(NamedTuple):
    """Where an item stands: in the file, or in the box of data."""

    is_in_box: bool
    extents: list[tuple[int, int]]


def _items(file: BinaryIO, meta: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the items of EXIF and XMP, with their types."""
    inside = io.BytesIO(meta)
    parts = {box.name: box for box in boxes(inside)}
    if not {_ITEM_NAMES, _ITEM_PLACES} <= parts.keys():
        return
    kinds = dict(_kinds(inside, parts[_ITEM_NAMES]))
    box_data = parts.get(_ITEM_DATA)
    for number, place in _places(_Numbers(_content(inside, parts[_ITEM_PLACES]))):
        if number in kinds:
            source, start = (inside, box_data.offset) if place.is_in_box and box_data is not None else (file, 0)
            data = b"".join(_pieces(source, start, place.extents))
            yield kinds[number], data


def _pieces(source: BinaryIO, start: int, extents: list[tuple[int, int]]) -> Iterator[bytes]:
    left = MAX_NOTE_BYTES
    for offset, size in extents:
        data = read_part(source, start + offset, min(size or length_of(source), left))
        left -= len(data)
        yield data


def _kinds(inside: BinaryIO, names: Part) -> Iterator[tuple[int, bytes]]:
    """Yield the numbers of the items of EXIF and XMP."""
    version = read_part(inside, names.offset, 1)
    start = names.offset + _VERSION_BYTES + (2 if version == b"\0" else 4)
    for box in boxes(inside, start, names.offset + names.size):
        if box.name != _ITEM_NAME:
            continue
        data = _content(inside, box)
        id_bytes = 4 if data[:1] == b"\3" else 2
        number = int.from_bytes(data[4 : 4 + id_bytes], "big")
        kind, texts = data[6 + id_bytes : 10 + id_bytes], data[10 + id_bytes :].split(b"\0")
        if kind == _EXIF or (kind == _MIME and _XMP_TYPE in texts[1:2]):
            yield number, kind


class _Numbers:
    """Reads numbers of any size one after another."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0

    def next(self, size: int) -> int:
        data = self._data[self._place : self._place + size]
        if len(data) < size:
            raise struct.error("no more numbers")
        self._place += size
        return int.from_bytes(data, "big")


def _places(numbers: _Numbers) -> Iterator[tuple[int, _Place]]:
    """Yield the numbers of items and where they stand."""
    version = numbers.next(1)
    numbers.next(3)
    sizes, more = numbers.next(1), numbers.next(1)
    offset_bytes, length_bytes, base_bytes = sizes >> 4, sizes & 15, more >> 4
    index_bytes = more & 15 if version else 0
    wide = 4 if version > 1 else 2
    for _ in range(min(numbers.next(wide), _MAX_ITEMS)):
        number = numbers.next(wide)
        is_in_box = bool(numbers.next(2) & 15) if version else False
        numbers.next(2)
        base = numbers.next(base_bytes)
        extents: list[tuple[int, int]] = []
        for _ in range(min(numbers.next(2), _MAX_EXTENTS)):
            numbers.next(index_bytes)
            extents.append((base + numbers.next(offset_bytes), numbers.next(length_bytes)))
        yield number, _Place(is_in_box, extents)


def _content(file: BinaryIO, box: Part) -> bytes:
    return read_part(file, box.offset, box.size)
