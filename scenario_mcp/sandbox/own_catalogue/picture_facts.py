"""Facts from the head of a picture file, without decoding its pixels: format, size, date, embedded notes."""

import html
import math
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO

from PIL import (
    AvifImagePlugin,  # noqa: F401  # the import is what makes Pillow know the format
    ExifTags,
    Image,
    TiffImagePlugin,  # noqa: F401  # as above
    WebPImagePlugin,  # noqa: F401  # as above
)

from scenario_mcp.picture_formats import FORMATS, JPEG, TIFF
from scenario_mcp.sandbox.own_catalogue.notes.note import Note

MAX_INDEXED_PICTURE_BYTES = 200_000_000
"""A bound, since some formats are read whole to find their head."""
_MIME_TYPES: Mapping[str, str] = {each.pillow_name: each.mime_type for each in FORMATS}
_MAX_XMP_BYTES = 1_000_000
_EXACT_RATIO_PARTS = 32
_COMMON_RATIOS = ((1, 1), (5, 4), (4, 3), (3, 2), (16, 10), (16, 9), (2, 1), (21, 9))
_RATIO_TOLERANCE = 0.01
_NOTES = (
    "parameters",
    "prompt",
    "workflow",
    "invokeai_metadata",
    "sd-metadata",
    "Comment",
    "UserComment",
    "Description",
    "ImageDescription",
    "dc:description",
)
"""The notes that are read, those of generators first."""
_EXIF_DATE = re.compile(r"(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)")
_EXIF_OFFSET = re.compile(r"[+-]\d\d:\d\d")


class BadFile(Exception):
    """A file that cannot be read as what it should be; the message completes the sentence "The file ..."."""


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """A picture's MIME type by content, size in pixels, date of taking (UTC) and notes."""

    mime_type: str
    width: int
    height: int
    taken_at: datetime | None
    notes: Sequence[Note]

    @property
    def aspect_ratio(self) -> str:
        """Return the ratio of the sides: exact when its parts are small, else a common one within a hundredth."""
        return _aspect_ratio(self.width, self.height)


def read_picture_facts(file: BinaryIO) -> PictureFacts:
    """Read the head of a picture.

    Raises:
        BadFile: it is broken, of another format, or too large to decode.

    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            warnings.simplefilter("ignore", UserWarning)  # on oddities of a file that Pillow can live with
            with Image.open(file, formats=tuple(_MIME_TYPES)) as picture:
                exif = _exif(picture)
                return PictureFacts(
                    _MIME_TYPES.get(str(picture.format), JPEG.mime_type),  # a JPEG may call itself MPO
                    *picture.size,
                    taken_at=_taken_at(exif),
                    notes=_notes(picture.info, exif),
                )
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadFile("has too many pixels") from error
    except (OSError, ValueError, SyntaxError, ArithmeticError, LookupError, TypeError, RuntimeError, EOFError) as error:
        # Pillow raises any of these for a broken file.
        raise BadFile("is not a picture that can be read") from error


def _exif(picture: Image.Image) -> Image.Exif:
    """Return the EXIF tags; `getexif` of a PNG that has none before its pixels would unpack it."""
    if "exif" in picture.info or picture.format == TIFF.pillow_name:
        return picture.getexif()
    return Image.Exif()


def _taken_at(exif: Image.Exif) -> datetime | None:
    """Return when the picture was taken. A date without an offset counts as UTC, so that it is the same everywhere."""
    details = exif.get_ifd(ExifTags.IFD.Exif)
    text = details.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime)
    offset = details.get(ExifTags.Base.OffsetTimeOriginal)
    date = _EXIF_DATE.match(str(text))
    if date is None:
        return None
    zone = offset if isinstance(offset, str) and _EXIF_OFFSET.fullmatch(offset) else "+00:00"
    try:
        taken_at = datetime.fromisoformat("{}-{}-{}T{}:{}:{}".format(*date.groups()) + zone)
        return taken_at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _notes(info: Mapping[str | tuple[int, int], object], exif: Image.Exif) -> Sequence[Note]:
    found = {note.name: note for note in (*_notes_of_info(info), *_notes_of_exif(exif)) if note.text.strip()}
    return tuple(found[name] for name in _NOTES if name in found)


def _notes_of_info(info: Mapping[str | tuple[int, int], object]) -> Iterator[Note]:
    """Yield PNG text chunks, the comment of a JPEG or GIF, and the description of XMP."""
    for name in _NOTES:
        if isinstance(text := info.get(name), str):
            yield Note("png", name, text)
    comment = info.get("comment")
    if isinstance(comment, bytes):
        yield Note("comment", "Comment", comment.decode("utf-8", "replace"))
    xmp = info.get("xmp")
    if isinstance(xmp, bytes) and len(xmp) <= _MAX_XMP_BYTES:
        yield Note("xmp", "dc:description", _description_of_xmp(xmp.decode("utf-8", "replace")))


def _description_of_xmp(text: str) -> str:
    """Return the first text of dc:description; an XML parser would add risks, such as entity expansion."""
    _, _, inside = text.partition("<dc:description")
    inside, end, _ = inside.partition("</dc:description>")
    _, _, item = inside.partition("<rdf:li")
    item = item.partition(">")[2].partition("</rdf:li>")[0]
    return html.unescape(item) if end else ""


def _notes_of_exif(exif: Image.Exif) -> Iterator[Note]:
    comment = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.UserComment)
    if isinstance(comment, bytes):
        yield Note("exif", "UserComment", _decode_user_comment(comment, exif.endian))
    elif isinstance(comment, str):
        yield Note("exif", "UserComment", comment)
    description = exif.get(ExifTags.Base.ImageDescription)
    if isinstance(description, str):
        yield Note("exif", "ImageDescription", description)


def _decode_user_comment(comment: bytes, endian: str | None) -> str:
    """Decode by the eight bytes that name the character set; UNICODE means UTF-16 in the byte order of the file."""
    name, text = comment[:8], comment[8:]
    if name == b"UNICODE\0":
        if text[:1] == b"\0" or (endian == ">" and text[1:2] != b"\0"):
            return text.decode("utf-16-be", "replace")
        return text.decode("utf-16-le", "replace")
    if name in {b"ASCII\0\0\0", b"\0" * 8}:
        return text.decode("utf-8", "replace")
    return comment.decode("utf-8", "replace")


def _aspect_ratio(width: int, height: int) -> str:
    exact = _reduced(width, height)
    if max(exact) > _EXACT_RATIO_PARTS:
        for wide, high in _COMMON_RATIOS:
            if abs(max(width, height) / min(width, height) / (wide / high) - 1) <= _RATIO_TOLERANCE:
                return f"{wide}:{high}" if width >= height else f"{high}:{wide}"
    return "{}:{}".format(*exact)


def _reduced(width: int, height: int) -> tuple[int, int]:
    divisor = math.gcd(width, height)
    return width // divisor, height // divisor
