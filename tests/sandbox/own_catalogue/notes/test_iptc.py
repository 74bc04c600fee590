"""IPTC's datasets and Photoshop's resources."""

import struct

import pytest

from scenario_mcp.sandbox.own_catalogue.notes.iptc import dataset_notes, resource_notes
from scenario_mcp.sandbox.own_catalogue.notes.note import Note
from tests.support.containers import datasets, resources

OWL = datasets((25, b"owl"))
OWL_NOTE = Note("iptc", "Keywords", "owl")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (datasets((5, b"Title"), (25, b"owl"), (80, b"Lena"), (120, "Été".encode())),
         ["ObjectName Title", "Keywords owl", "By-line Lena", "Caption-Abstract Été"]),
        (b"\x1c\1\x5a\0\3\x1b%G" + datasets((120, "сова".encode())), ["Caption-Abstract сова"]),
        (datasets((120, b"caf\xe9")), ["Caption-Abstract café"]),
        (b"junk" + OWL + b"junk" + OWL, ["Keywords owl", "Keywords owl"]),
        (struct.pack(">BBBH", 0x1C, 2, 120, 0x8004) + struct.pack(">I", 70_000) + b"a" * 70_000 + OWL,
         ["Caption-Abstract " + "a" * 70_000, "Keywords owl"]),
        (struct.pack(">BBBH", 0x1C, 2, 120, 9_000) + OWL, ["Keywords owl"]),
        (datasets((200, b"x")) + OWL, ["Keywords owl"]),
        (OWL[:-1], []),
        (b"", []),
    ],
)  # fmt: skip
def test_datasets_are_read(data: bytes, expected: list[str]) -> None:
    assert [f"{note.name} {note.text}" for note in dataset_notes(data)] == expected


@pytest.mark.parametrize(
    "data",
    [
        resources({0x0404: OWL}),
        resources({0x03ED: b"abc", 0x0404: OWL}),
        b"8BIM\x04\x04\x03abc" + struct.pack(">I", len(OWL)) + OWL,
        resources({0x03ED: b"abc"})[:-1] + resources({0x0404: OWL}),
        b"8BIM\x03\xed\0\0" + struct.pack(">I", 2**31) + resources({0x0404: OWL}),
        resources({0x0404: OWL})[: 8 + 4 + len(OWL)],
    ],
)
def test_resources_are_read_also_behind_odd_ones(data: bytes) -> None:
    assert list(resource_notes(data)) == [OWL_NOTE]
