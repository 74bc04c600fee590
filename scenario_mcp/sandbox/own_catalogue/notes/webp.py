"""WebP -> notes: its chunks of EXIF, XMP and C2PA."""

from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO

from scenario_mcp.imaging.containers import read_part, riff_chunks
from scenario_mcp.sandbox.own_catalogue.notes import exif, jumbf, xmp
from scenario_mcp.sandbox.own_catalogue.notes.limits import MAX_NOTE_BYTES
from scenario_mcp.sandbox.own_catalogue.notes.note import Note

_READERS: Mapping[bytes, Callable[[bytes], Iterator[Note]]] = {
    b"EXIF": exif.exif_notes,
    b"XMP ": xmp.xmp_notes,
    b"XMP\0": xmp.xmp_notes,  # wrong, and seen
    b"C2PA": jumbf.credential_notes,
}


def webp_parts(file: BinaryIO) -> Iterator[Iterator[Note]]:
    """Yield the notes of each chunk that has some."""
    size = 0
    for chunk in riff_chunks(file):
        if chunk.name in _READERS and size + chunk.size <= MAX_NOTE_BYTES:
            size += chunk.size
            yield _READERS[chunk.name](read_part(file, chunk.offset, chunk.size))
