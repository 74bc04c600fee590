"""PSD -> notes: its image resources, which stand before the layers.

Source: Adobe Photoshop File Formats Specification.
"""

from collections.abc import Iterator
from typing import BinaryIO

from scenario_mcp.imaging.containers import read_part
from scenario_mcp.sandbox.own_catalogue.notes import exif, iptc
from scenario_mcp.sandbox.own_catalogue.notes.limits import MAX_NOTE_BYTES
from scenario_mcp.sandbox.own_catalogue.notes.note import Note

_HEADER_BYTES = 26


def photoshop_parts(file: BinaryIO) -> Iterator[Iterator[Note]]:
    """Yield the notes of the resources."""
    place = _HEADER_BYTES + 4 + int.from_bytes(read_part(file, _HEADER_BYTES, 4), "big")
    size = int.from_bytes(read_part(file, place, 4), "big")
    yield iptc.resource_notes(read_part(file, place + 4, min(size, MAX_NOTE_BYTES)), exif.exif_notes)
