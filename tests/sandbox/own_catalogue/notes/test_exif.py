"""Tags of EXIF and TIFF, also where offsets, counts and types are wrong."""

import io
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario_mcp.sandbox.own_catalogue.notes.exif import exif_notes, tag_notes
from scenario_mcp.sandbox.own_catalogue.notes.note import Note
from tests.support.containers import tiff
from tests.support.examples import examples


def entries_of(*entries: tuple[int, int, int, bytes], order: str = "<", rest: bytes = b"") -> bytes:
    """Return a directory whose entries are told as they are: tag, type, count, and four bytes."""
    header = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, 8)
    table = b"".join(struct.pack(order + "HHI", *entry[:3]) + entry[3] for entry in entries)
    return header + struct.pack(order + "H", len(entries)) + table + bytes(4) + rest


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("name", [b"", b"Exif\0\0", b"\0\0\0\0", b"\0\0\0\x06Exif\0\0"])
def test_tags_are_read_in_either_byte_order_with_or_without_a_name(order: str, name: bytes) -> None:
    data = tiff(
        {
            0x010E: "An owl",
            0x010F: 'workflow:{"nodes": []}',
            0x0131: "Studio",
            0x013B: "Lena",
            0x9C9B: "Öwl".encode("utf-16-le"),
            0x9C9E: "owl;sea".encode("utf-16-le"),
            0x4746: 4,
        },
        {0x9003: "2024:01:02 03:04:05", 0x9011: "+02:00"},
        order=order,
    )
    assert [tuple(note)[1:] for note in exif_notes(name + data)] == [
        ("ImageDescription", "An owl"),
        ("Make", 'workflow:{"nodes": []}'),
        ("Software", "Studio"),
        ("Artist", "Lena"),
        ("XPTitle", "Öwl"),
        ("XPKeywords", "owl;sea"),
        ("Rating", "4"),
        ("DateTimeOriginal", "2024:01:02 03:04:05"),
        ("OffsetTimeOriginal", "+02:00"),
    ]


OWL = (0x010E, 2, 4, b"owl\0")
OWL_NOTE = Note("exif", "ImageDescription", "owl")


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param((0x8769, 4, 1, struct.pack("<I", 8)), id="a directory within itself"),
        pytest.param((0x8769, 4, 1, struct.pack("<I", 2**32 - 1)), id="a directory behind the end"),
        pytest.param((0x8769, 2, 1, b"a\0\0\0"), id="a directory that is a text"),
        pytest.param((0x0131, 2, 2**32 - 1, struct.pack("<I", 2**31)), id="a value behind the end"),
        pytest.param((0x0131, 99, 4, b"abcd"), id="a type that is none"),
        pytest.param((0x4746, 5, 1, struct.pack("<I", 2**31)), id="stars as a fraction that is not there"),
        pytest.param((0x9286, 7, 0, bytes(4)), id="a comment of no bytes"),
        pytest.param((0x02BC, 1, 2**31, bytes(4)), id="a packet of two gigabytes"),
    ],
)
def test_an_odd_tag_costs_itself_alone(odd: tuple[int, int, int, bytes]) -> None:
    assert OWL_NOTE in tuple(exif_notes(entries_of(odd, OWL)))
    assert OWL_NOTE in tuple(exif_notes(entries_of(OWL, odd)))


def test_a_directory_that_is_cut_off_is_read_as_far_as_it_goes() -> None:
    data = entries_of(OWL, OWL, OWL)
    assert tuple(exif_notes(data[:-16])) == (OWL_NOTE, OWL_NOTE)


def test_a_comment_that_claims_more_than_there_is_is_read_up_to_the_end() -> None:
    data = entries_of((0x9286, 7, 5000, struct.pack("<I", 26)), rest=b"ASCII\0\0\0an owl")
    assert tuple(exif_notes(data)) == (Note("exif", "UserComment", "an owl"),)


def test_a_bigtiff_is_read() -> None:
    header = b"II+\0" + struct.pack("<HHQ", 8, 0, 16)
    entry = struct.pack("<HHQ8s", 0x010E, 2, 4, b"owl\0")
    assert tuple(tag_notes(io.BytesIO(header + struct.pack("<Q", 1) + entry + bytes(8)))) == (OWL_NOTE,)


@settings(max_examples=examples(40))
@given(st.data())
def test_any_damage_ends_in_notes(data: st.DataObject) -> None:
    whole = bytearray(tiff({0x010E: "An owl", 0x0131: "Studio"}, {0x9286: b"UNICODE\0a\0b\0", 0x9003: "2024"}))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(4, len(whole) - 1))] = data.draw(st.sampled_from([0, 1, 8, 0x7F, 0xFF]))
    assert all(isinstance(note.text, str) for note in exif_notes(bytes(whole)))
