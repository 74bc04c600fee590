"""Notes that share their bytes: tables that point a thousand times at one large value, and blocks within blocks."""

import io
import struct
import time
from collections.abc import Callable, Mapping

import pytest

from scenario_mcp.picture_formats import GIF, HEIC, JPEG, PSD, TIFF, PictureFormat
from scenario_mcp.sandbox.own_catalogue.notes.reading import read_notes
from tests.support.containers import box, jpeg, segment

LARGE = 4_000_000
MAX_SECONDS = 4.0
"""Without a bound, each of these takes ten seconds at least."""


def tags_of(tag: int, value: bytes, count: int) -> bytes:
    """Return a TIFF with many tags of one value."""
    start = 8 + 2 + 12 * count
    entry = struct.pack("<HHII", tag, 1, len(value), start)
    return b"II*\0" + struct.pack("<IH", 8, count) + entry * count + value


def resource(number: int, size: int) -> bytes:
    return b"8BIM" + struct.pack(">HHI", number, 0, size)


def nested(levels: int) -> bytes:
    """Return EXIF that holds twice a resource with EXIF that holds twice ..., each time the same bytes."""
    data = b""
    for _ in range(levels):
        data = tags_of(0x8649, resource(0x0422, len(data)) + data, 2)
    return data


def items() -> bytes:
    """Return a HEIC of very many items of EXIF that are the same bytes."""
    count = 20_000
    info = box(b"infe", b"\2\0\0\0", struct.pack(">HH", 1, 0), b"Exif\0")
    names = box(b"iinf", b"\0\0\0\0\0\1", info)
    places = struct.pack(">HHHII", 1, 0, 1, 0, LARGE) * count
    meta = box(b"meta", bytes(4), names, box(b"iloc", b"\0\0\0\0\x44\0", struct.pack(">H", count), places))
    return meta + box(b"mdat", b"MM\0*" * (LARGE // 4))


def photoshop(resources: bytes) -> bytes:
    return b"8BPS" + bytes(26) + struct.pack(">I", len(resources)) + resources


def packets() -> bytes:
    """Return a GIF of very many XMP packets, each of which ends where the file does."""
    begins = b"!\xff\x0bXMP DataXMP\0" * 9_000
    return b"GIF89a" + b"\1\0\1\0\0\0\0" + begins + b"<a &" * 200_000 + b'<?xpacket end="w"?>'


CASES: Mapping[str, tuple[PictureFormat, Callable[[], bytes]]] = {
    "comments": (TIFF, lambda: tags_of(0x9286, b"ASCII\0\0\0" + "é".encode() * (LARGE // 2), 2_000)),
    "packets of a TIFF": (TIFF, lambda: tags_of(0x02BC, b"<a>" + b'<b x="1">a</b>' * (LARGE // 15), 2_000)),
    "EXIF in EXIF": (TIFF, lambda: nested(60)),
    "packets of a PSD": (PSD, lambda: photoshop(resource(0x0424, 2**32 - 1) * 2_000 + b"<a &" * (LARGE // 4))),
    "datasets": (PSD, lambda: photoshop(resource(0x0404, 2**32 - 1) * 2_000 + b"\x1c\x02" * (LARGE // 2))),
    "packets of a GIF": (GIF, packets),
    "items": (HEIC, items),
    "many EXIF": (JPEG, lambda: jpeg(*[segment(0xE1, b"Exif\0\0" + tags_of(0x02BC, b"<a &" * 9_000, 2_000))] * 30)),
}


@pytest.mark.processes
@pytest.mark.parametrize("case", CASES)
def test_what_many_notes_share_is_read_a_few_times(case: str) -> None:
    picture_format, make = CASES[case]
    file = io.BytesIO(make())
    start = time.process_time()
    read_notes(file, picture_format)
    assert time.process_time() - start < MAX_SECONDS


def test_resources_in_exif_are_read_but_for_exif_in_them() -> None:
    caption = struct.pack(">BBBH", 0x1C, 2, 120, 6) + b"An owl"
    data = tags_of(0x8649, resource(0x0404, len(caption)) + caption, 1)
    assert [note.text for note in read_notes(io.BytesIO(data), TIFF)] == ["An owl"]
