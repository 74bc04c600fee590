"""A note: one text in a picture file or beside it."""

from typing import NamedTuple


class Note(NamedTuple):
    """A text, the name that the file gives it, and the place where it stands.

    Places: `png`, `exif`, `xmp`, `iptc`, `comment` (JPEG, GIF), `c2pa`, `sidecar`. Names are those of the place:
    a PNG's keyword, EXIF's `UserComment`, XMP's `dc:description`, IPTC's `Caption-Abstract`, `Comment`, and of C2PA
    `claim_generator`, `claim_generator_info.name`, `softwareAgent`, `digitalSourceType` and whatever is called a
    prompt. A list gives one note for each of its items, a text in several languages one for each of them, the default
    one first. Numbers and dates are texts as the file has them, such as EXIF's `Rating`, `DateTimeOriginal` and
    `OffsetTimeOriginal`. What a program other than an image generator keeps for itself is left out.
    """

    place: str
    name: str
    text: str
