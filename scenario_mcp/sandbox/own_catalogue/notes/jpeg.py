"""JPEG -> notes: EXIF and XMP, also extended XMP, IPTC, comments, and C2PA in its segments.

Sources: EXIF 3.0, Adobe XMP Specification Part 3, C2PA 2.1 (JUMBF in APP11).
"""

from collections.abc import Iterator
from typing import BinaryIO

from scenario_mcp.imaging.containers import jpeg_segments, read_part
from scenario_mcp.sandbox.own_catalogue.notes import exif, iptc, jumbf, xmp
from scenario_mcp.sandbox.own_catalogue.notes.limits import MAX_NOTE_BYTES, MAX_XMP_BYTES
from scenario_mcp.sandbox.own_catalogue.notes.note import Note
from scenario_mcp.sandbox.own_catalogue.notes.texts import text_of

_APP1, _APP11, _APP13, _COMMENT = 0xE1, 0xEB, 0xED, 0xFE
_READ = frozenset({_APP1, _APP11, _APP13, _COMMENT})
_EXIF = b"Exif\0"
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_EXTENDED = b"http://ns.adobe.com/xmp/extension/\0"
_GUID_BYTES = 32
_PHOTOSHOP = b"Photoshop 3.0\0"
_JUMBF = b"JP"
_JUMBF_HEAD_BYTES = 8
_BOX_HEAD_BYTES = 8


def jpeg_parts(file: BinaryIO) -> Iterator[Iterator[Note]]:
    """Yield the notes of each segment that has some, then of those that go through several segments."""
    several = _Several()
    size = 0
    for segment in jpeg_segments(file):
        if segment.marker not in _READ:
            continue
        size += segment.size
        if size > MAX_NOTE_BYTES:
            break
        data = read_part(file, segment.offset, segment.size)
        if segment.marker == _COMMENT:
            yield iter([Note("comment", "Comment", text_of(data))])
        elif segment.marker == _APP1 and data.startswith(_EXIF):
            yield exif.exif_notes(data)
        elif segment.marker == _APP1 and data.startswith(_XMP):
            yield xmp.xmp_notes(data[len(_XMP) :])
        else:
            several.add(segment.marker, data)
    yield from several.parts()


class _Several:
    """What goes through several segments."""

    def __init__(self) -> None:
        self._resources = bytearray()
        self._credentials = bytearray()
        self._extended: dict[bytes, dict[int, bytes]] = {}

    def add(self, marker: int, data: bytes) -> None:
        if marker == _APP13:
            self._resources += data.removeprefix(_PHOTOSHOP)
        elif marker == _APP11 and data.startswith(_JUMBF):
            number = int.from_bytes(data[4:_JUMBF_HEAD_BYTES], "big")
            # Each part of a box but the first repeats the head of the box.
            self._credentials += data[_JUMBF_HEAD_BYTES + (_BOX_HEAD_BYTES if number > 1 else 0) :]
        elif marker == _APP1 and data.startswith(_EXTENDED):
            guid, place, part = _split_extended(data)
            self._extended.setdefault(guid, {})[place] = part

    def parts(self) -> Iterator[Iterator[Note]]:
        yield iptc.resource_notes(bytes(self._resources), exif.exif_notes)
        yield jumbf.credential_notes(bytes(self._credentials))
        for parts in self._extended.values():
            whole = b"".join(parts[place] for place in sorted(parts))
            if len(whole) <= MAX_XMP_BYTES:
                yield xmp.xmp_notes(whole)


def _split_extended(data: bytes) -> tuple[bytes, int, bytes]:
    """Return the id of an extended packet, the place of a part in it, and the part."""
    start = len(_EXTENDED) + _GUID_BYTES
    guid = data[len(_EXTENDED) : start]
    return guid, int.from_bytes(data[start + 4 : start + 8], "big"), data[start + 8 :]
