"""Formats that Pillow does not read itself: HEIC, JPEG XL, and the finished pictures of Krita and OpenRaster."""

import base64
import contextlib
import io
import zipfile

import pytest
from PIL import Image

from scenario_mcp.imaging.errors import BadPicture
from scenario_mcp.imaging.essentials import boxes
from scenario_mcp.imaging.head import read_head
from scenario_mcp.imaging.opening import find_reader
from scenario_mcp.imaging.rendering import render
from scenario_mcp.picture_formats import JXL, MAX_PICTURE_PIXELS

HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAchtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAADRpbG9jAA"
    "AAAERAAAIAAQAAAAAB7AABAAAAAAAAADMAAgAAAAACHwABAAAAAAAAADYAAAA4aWluZgAAAAAAAgAAABVpbmZlAgAAAAABAABodmMxAAAAABVp"
    "bmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAABB2lwcnAAAADmaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGE"
    "ABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkA"
    "AAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAAEAAAAABAAAAMAAAAAEAAAAAAAAAAv////AAAAACAAAAEH"
    "BpeGkAAAAAAwgICAAAAAlpcm90AwAAABlpcG1hAAAAAAAAAAEAAQaBAgMFhIYAAAAaaXJlZgAAAAAAAAAOY2RzYwACAAEAAQAAAHFtZGF0AAAA"
    "LygBrwngIzUt/+7Z//79byHsJ6R07u/UoWef+FkWvv0p44zn/p1enxH/1pHWTfaYAAAABkV4aWYAAE1NACoAAAAIAAIBDwACAAAABgAAACYBEg"
    "ADAAAAAQAGAAAAAAAATWFrZXIA"
)
"""64 x 48, green, its upper left red, to be turned by a quarter: by its own property, and once more by its EXIF."""


def quarters(size: tuple[int, int] = (64, 48)) -> Image.Image:
    picture = Image.new("RGB", size, (0, 128, 0))
    picture.paste((255, 0, 0), (0, 0, size[0] // 2, size[1] // 2))
    return picture


def jxl(size: tuple[int, int], **options: object) -> bytes:
    find_reader(JXL)
    buffer = io.BytesIO()
    quarters(size).save(buffer, "JXL", lossless=True, **options)
    return buffer.getvalue()


def archive(mime_type: str, picture: bytes, name: str = "mergedimage.png") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr("mimetype", mime_type)
        packed.writestr(name, picture)
    return buffer.getvalue()


def png() -> bytes:
    buffer = io.BytesIO()
    quarters().save(buffer, "PNG")
    return buffer.getvalue()


def told(data: bytes) -> tuple[str, int, int]:
    head = read_head(io.BytesIO(data))
    return head.format.name, head.width, head.height


def red_corner(data: bytes) -> tuple[int, int]:
    """Return where a picture is red, of its four corners, as 0 or 1 for left, right and top, bottom."""
    image = render(io.BytesIO(data), 256)
    for x in (0, 1):
        for y in (0, 1):
            pixel = image.getpixel((2 + x * (image.width - 5), 2 + y * (image.height - 5)))
            if isinstance(pixel, tuple) and pixel[0] > 200:
                return x, y
    raise AssertionError("no corner is red")


def test_a_photo_of_a_phone_is_turned_once() -> None:
    assert told(HEIC) == ("HEIC", 48, 64)
    assert red_corner(HEIC) == (1, 0)


def test_a_heic_without_its_last_bytes_is_shown_and_its_odd_exif_costs_nothing() -> None:
    assert red_corner(HEIC[:-40]) == (1, 0)
    assert red_corner(HEIC.replace(b"MM\0*\0\0\0\x08", b"XX\xff\xff\xff\xff\xff\xff")) == (1, 0)


def test_items_whose_type_is_no_text_do_not_end_the_process() -> None:
    """The reader would crash on them, which no test survives."""
    place = HEIC.index(b"infe", HEIC.index(b"infe") + 4)
    meta = HEIC.index(b"meta") - 4
    end = meta + int.from_bytes(HEIC[meta : meta + 4], "big")
    for version, offset in ((2, 12), (3, 14)):
        odd = bytearray(HEIC)
        odd[place + 4] = version
        odd[place + offset : place + offset + 4] = b"Exi\x9e"
        for padding in (8, 9_000_000):
            head = (end - meta + padding).to_bytes(4, "big")
            free = padding.to_bytes(4, "big") + b"free" + bytes(padding - 8)
            padded = b"".join((odd[:meta], head, odd[meta + 4 : end], free, odd[end:]))
            far = odd[:meta] + b"\0\0\0\x08free" * 20_000 + odd[meta:]
            for content in (odd, odd[:end], padded, far):
                with contextlib.suppress(BadPicture):
                    assert read_head(io.BytesIO(content)).height == 64


@pytest.mark.parametrize("size", [2**31, 2**63 - 1])
def test_a_box_that_says_to_be_huge_is_not_made_huge(size: int) -> None:
    content = HEIC[:28] + b"\0\0\0\1mdat" + size.to_bytes(8, "big") + bytes(20_000_000)
    assert boxes.essential(io.BytesIO(content)).file.seek(0, io.SEEK_END) < 100_000_000


@pytest.mark.parametrize("size", [(64, 48), (200, 200), (16, 9), (301, 207), (1000, 8)])
@pytest.mark.parametrize("use_container", [True, False])
def test_the_size_of_a_jpeg_xl_is_told_without_unpacking_it(
    size: tuple[int, int],
    use_container: bool,  # noqa: FBT001  # a case
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = jxl(size, use_container=use_container)
    monkeypatch.setattr(find_reader(JXL), "_open", lambda _: pytest.fail("unpacked"))
    assert told(data) == ("JXL", *size)


def test_the_size_of_a_jpeg_xl_is_told_from_a_box_of_a_long_size(monkeypatch: pytest.MonkeyPatch) -> None:
    data = jxl((64, 48), use_container=True)
    place = data.index(b"jxlc") - 4
    size = int.from_bytes(data[place : place + 4], "big")
    long_size = (1).to_bytes(4, "big") + b"jxlc" + (size + 8).to_bytes(8, "big")
    monkeypatch.setattr(find_reader(JXL), "_open", lambda _: pytest.fail("unpacked"))
    assert told(data[:place] + long_size + data[place + 8 :]) == ("JXL", 64, 48)


def test_a_jpeg_xl_is_shown() -> None:
    assert red_corner(jxl((64, 48))) == (0, 0)


def test_a_jpeg_xl_that_is_too_large_is_not_unpacked() -> None:
    side = 2 | 19_999 << 2  # 18 bits follow
    header = side << 1 | side << 24
    data = b"\xff\x0a" + header.to_bytes(8, "little") + bytes(40)
    with pytest.raises(BadPicture, match="has 400 million pixels; 300 million are the limit"):
        read_head(io.BytesIO(data))
    assert MAX_PICTURE_PIXELS == 300_000_000


def test_a_jpeg_xl_whose_size_is_hidden_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    data = jxl((64, 48), use_container=True)
    place = data.index(b"jxlc") - 4
    monkeypatch.setattr(find_reader(JXL), "_open", lambda _: pytest.fail("unpacked"))
    with pytest.raises(BadPicture, match="is broken, so it cannot be shown"):
        read_head(io.BytesIO(data[:place] + b"\0\0\0\x08free" * 20_000 + data[place:]))


@pytest.mark.parametrize(("mime_type", "name"), [("application/x-krita", "Krita"), ("image/openraster", "OpenRaster")])
def test_the_finished_picture_of_a_painting_is_shown(mime_type: str, name: str) -> None:
    data = archive(mime_type, png())
    assert told(data) == (name, 64, 48)
    assert red_corner(data) == (0, 0)


@pytest.mark.parametrize(
    "data",
    [
        archive("application/x-krita", png(), "preview.png"),
        archive("application/x-krita", b"no picture"),
        archive("application/x-krita", png())[:200],
    ],
    ids=["a preview alone", "no picture", "cut"],  # an archive holds the time at which it was made
)
def test_a_painting_without_its_finished_picture_is_broken(data: bytes) -> None:
    with pytest.raises(BadPicture, match="is broken, so it cannot be shown"):
        read_head(io.BytesIO(data))


def test_any_other_archive_is_no_picture() -> None:
    with pytest.raises(BadPicture, match="is not a picture that can be read"):
        read_head(io.BytesIO(archive("application/epub+zip", png())))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (jxl((64, 48)), 'is a JXL, which is read once you type: pip install "scenario-mcp[formats]"'),
        (HEIC, 'is a HEIC, which is read once you type: pip install "pi-heif"'),
    ],
    ids=["jxl", "heic"],
)
def test_a_missing_reader_is_named_with_the_command_that_brings_it(
    data: bytes, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr("importlib.import_module", refuse)
    for read in (read_head, lambda file: render(file, 64)):
        with pytest.raises(BadPicture) as raised:
            read(io.BytesIO(data))
        assert str(raised.value) == sentence
