"""Format, size, date and notes of a picture file, read without its pixels."""

import errno
import io
import struct
import zlib
from datetime import UTC, datetime
from typing import Any

import pytest
from PIL import ExifTags, Image, ImageFile
from PIL.PngImagePlugin import PngInfo

from scenario_mcp.sandbox.own_catalogue.notes.note import Note
from scenario_mcp.sandbox.own_catalogue.picture_facts import PictureFacts, read_picture_facts
from scenario_mcp.sandbox.own_catalogue.walk import BadFile
from tests.support.noted_pictures import PARAMETERS


def facts_of(content: bytes) -> PictureFacts:
    return read_picture_facts(io.BytesIO(content))


def notes_of(content: bytes) -> dict[str, str]:
    return {note.name: note.text for note in facts_of(content).notes}


def picture(file_format: str = "PNG", size: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, "teal").save(buffer, file_format, **options)
    return buffer.getvalue()


def png_with(**texts: str) -> bytes:
    notes = PngInfo()
    for name, text in texts.items():
        notes.add_itxt(name, text, zip=True)
    return picture(pnginfo=notes)


def exif_with(tags: dict[int, Any], details: dict[int, Any] | None = None) -> Image.Exif:
    exif = Image.Exif()
    exif.update(tags)
    if details:
        exif.get_ifd(ExifTags.IFD.Exif).update(details)
    return exif


@pytest.mark.parametrize(
    ("file_format", "mime_type"),
    [
        ("PNG", "image/png"),
        ("JPEG", "image/jpeg"),
        ("WEBP", "image/webp"),
        ("GIF", "image/gif"),
        ("BMP", "image/bmp"),
        ("TIFF", "image/tiff"),
    ],
)
def test_format_and_size_are_read_from_the_content(file_format: str, mime_type: str) -> None:
    facts = facts_of(picture(file_format))
    assert (facts.mime_type, facts.width, facts.height) == (mime_type, 64, 48)


@pytest.mark.parametrize(
    ("size", "ratio"),
    [
        ((512, 512), "1:1"),
        ((1920, 1080), "16:9"),
        ((1344, 768), "7:4"),
        ((1023, 767), "4:3"),
        ((767, 1023), "3:4"),
        ((1000, 37), "1000:37"),
    ],
)
def test_an_aspect_ratio_is_one_that_people_use(size: tuple[int, int], ratio: str) -> None:
    assert PictureFacts("image/png", *size, taken_at=None, notes=()).aspect_ratio == ratio


def test_the_pixels_are_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(_: object) -> None:
        raise AssertionError("unpacked")

    content = png_with(parameters=PARAMETERS)
    for cls in (Image.Image, ImageFile.ImageFile):
        monkeypatch.setattr(cls, "load", load)
    assert notes_of(content) == {"parameters": PARAMETERS}


@pytest.mark.parametrize(
    ("details", "expected"),
    [
        ({}, datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)),
        ({ExifTags.Base.DateTimeOriginal: "2023:01:02 03:04:05"}, datetime(2023, 1, 2, 3, 4, 5, tzinfo=UTC)),
        (
            {ExifTags.Base.DateTimeOriginal: "2023:01:02 03:04:05", ExifTags.Base.OffsetTimeOriginal: "+02:00"},
            datetime(2023, 1, 2, 1, 4, 5, tzinfo=UTC),
        ),
        ({ExifTags.Base.DateTimeOriginal: "2023:13:45 99:99:99"}, datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)),
        (
            {ExifTags.Base.DateTimeOriginal: "0001:01:01 00:00:00", ExifTags.Base.OffsetTimeOriginal: "+09:00"},
            datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC),
        ),
    ],
)
def test_the_date_is_when_the_picture_was_taken(details: dict[int, Any], expected: datetime | None) -> None:
    exif = exif_with({ExifTags.Base.DateTime: "2024:05:06 07:08:09"}, details)
    assert facts_of(picture("JPEG", exif=exif)).taken_at == expected


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        (b"UNICODE\0" + PARAMETERS.encode("utf-16-be"), PARAMETERS),
        (b"UNICODE\0" + PARAMETERS.encode("utf-16-le"), PARAMETERS),
        (b"ASCII\0\0\0a knight", "a knight"),
        (b"a knight without a header", "a knight without a header"),
        ("a knight", "a knight"),
    ],
)
@pytest.mark.parametrize("file_format", ["JPEG", "WEBP", "PNG"])
def test_a_user_comment_is_read_in_any_of_its_encodings(comment: bytes | str, expected: str, file_format: str) -> None:
    content = picture(file_format, exif=exif_with({ExifTags.Base.Software: "x"}, {ExifTags.Base.UserComment: comment}))
    assert notes_of(content) == {"Software": "x", "UserComment": expected}


def test_descriptions_are_read_from_exif_from_comments_and_from_xmp() -> None:
    xmp = (
        b'<x:xmpmeta><rdf:RDF><dc:description><rdf:Alt><rdf:li xml:lang="x-default">A &lt;red&gt; knight</rdf:li>'
        b"</rdf:Alt></dc:description></rdf:RDF></x:xmpmeta>"
    )
    exif = exif_with({ExifTags.Base.ImageDescription: "A gate"})
    assert notes_of(picture("JPEG", exif=exif, comment=b"Made by hand", xmp=xmp)) == {
        "Comment": "Made by hand",
        "dc:description": "A <red> knight",
        "ImageDescription": "A gate",
    }
    assert notes_of(picture("TIFF", tiffinfo={270: "A tower"})) == {"ImageDescription": "A tower"}
    assert notes_of(picture("WEBP", xmp=b"<dc:description><rdf:li>cut off")) == {}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty"),
        (b"only text", "is not a picture that can be read"),
        (b"\x89PNG\r\n\x1a\n", "is broken, so it cannot be shown"),
        (picture()[:20], "is broken, so it cannot be shown"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is not a picture that can be read"),
        (b"RIFF\xff\xff\xff\xffWEBPVP8 ", "is broken, so it cannot be shown"),
        (b"GIF89a", "is broken, so it cannot be shown"),
    ],
)
def test_what_is_no_picture_is_refused(content: bytes, problem: str) -> None:
    with pytest.raises(BadFile) as error:
        facts_of(content)
    assert str(error.value) == problem


@pytest.mark.parametrize("side", [20_000, 60_000])
def test_a_picture_that_would_fill_the_memory_is_refused_unopened(side: int) -> None:
    header = b"IHDR" + struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    with pytest.raises(BadFile, match=r"million pixels; 300 million are the limit$"):
        facts_of(b"\x89PNG\r\n\x1a\n" + chunk + picture()[33:])


def test_a_note_that_unpacks_without_end_is_left_out_and_the_others_are_kept() -> None:
    facts = facts_of(png_with(parameters="a" * 50_000_000, Title="An owl"))
    assert (facts.width, facts.height, facts.notes) == (64, 48, (Note("png", "Title", "An owl"),))


def test_a_picture_on_its_side_has_the_size_of_the_upright_one() -> None:
    facts = facts_of(picture("JPEG", exif=exif_with({ExifTags.Base.Orientation: 6})))
    assert (facts.width, facts.height, facts.aspect_ratio) == (48, 64, "3:4")


class _Failing(io.BytesIO):
    """A file on a disk that fails."""

    def read(self, size: int | None = -1, /) -> bytes:
        raise OSError(errno.EIO, "Input/output error", size)


def test_a_disk_that_fails_is_told_from_a_file_that_is_broken() -> None:
    with pytest.raises(OSError, match="Input/output error"):
        read_picture_facts(_Failing(picture()))
