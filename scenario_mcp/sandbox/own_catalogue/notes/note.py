"""A note: one text in a picture file or beside it."""

from typing import NamedTuple


class Note(NamedTuple):
    """A text, the name that the file gives it, and the place where it stands.

    Places: `png`, `exif`, `xmp`, `iptc`, `comment` (JPEG, GIF), `c2pa`, `sidecar`. Names are those of the place:
    a PNG's keyword, EXIF's `UserComment`, XMP's `dc:description`, IPTC's `Keywords`, `Comment`; a list gives one note
    for each of its items.
    """

    place: str
    name: str
    text: str
