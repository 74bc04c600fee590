"""All notes in a picture file. What is odd in one of them costs that one alone; what is too large is left out."""

from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO, TypeVar

from scenario_mcp.picture_formats import AVIF, GIF, HEIC, JPEG, JPEG_2000, JXL, PNG, PSD, TIFF, WEBP, PictureFormat
from scenario_mcp.sandbox.own_catalogue.notes.boxed import boxed_parts
from scenario_mcp.sandbox.own_catalogue.notes.exif import tag_notes
from scenario_mcp.sandbox.own_catalogue.notes.gif import gif_parts
from scenario_mcp.sandbox.own_catalogue.notes.jpeg import jpeg_parts
from scenario_mcp.sandbox.own_catalogue.notes.limits import MAX_CHARACTERS, MAX_NOTE_BYTES, MAX_NOTES
from scenario_mcp.sandbox.own_catalogue.notes.note import Note
from scenario_mcp.sandbox.own_catalogue.notes.photoshop import photoshop_parts
from scenario_mcp.sandbox.own_catalogue.notes.png import png_parts
from scenario_mcp.sandbox.own_catalogue.notes.webp import webp_parts

ItemT = TypeVar("ItemT")


def _tiff_parts(file: BinaryIO) -> Iterator[Iterator[Note]]:
    yield tag_notes(file)


_CONTAINERS: Mapping[PictureFormat, Callable[[BinaryIO], Iterator[Iterator[Note]]]] = {
    PNG: png_parts,
    JPEG: jpeg_parts,
    WEBP: webp_parts,
    GIF: gif_parts,
    TIFF: _tiff_parts,
    AVIF: boxed_parts,
    HEIC: boxed_parts,
    JXL: boxed_parts,
    JPEG_2000: boxed_parts,
    PSD: photoshop_parts,
}


def read_notes(file: BinaryIO, picture_format: PictureFormat) -> tuple[Note, ...]:
    """Return the notes in the order of the file, those without a text left out.

    Raises:
        OSError: the file cannot be read. No content of it raises anything.

    """
    container = _CONTAINERS.get(picture_format)
    if container is None:
        return ()
    notes: list[Note] = []
    left = MAX_CHARACTERS
    for part in _as_far_as_it_goes(container(file)):
        for note in _as_far_as_it_goes(part):
            if len(note.text) > min(left, MAX_NOTE_BYTES) or not note.text.strip():
                continue
            notes.append(note)
            left -= len(note.text)
            if len(notes) == MAX_NOTES:
                return tuple(notes)
    return tuple(notes)


def _as_far_as_it_goes(items: Iterator[ItemT]) -> Iterator[ItemT]:
    try:
        yield from items
    except OSError:
        raise
    except Exception:  # noqa: BLE001  # a stranger's bytes cause nearly any
        return
