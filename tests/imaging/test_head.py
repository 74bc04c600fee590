"""The head of a picture is read whatever stands around its pixels, and nothing but BadPicture is raised."""

import io
import struct
import zlib
from typing import Any

import pytest
from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo

from scenario_mcp.imaging.errors import BadPicture
from scenario_mcp.imaging.head import read_head

SIDES = (64, 48)


def encode(name: str, picture: Image.Image | None = None, **options: Any) -> bytes:
    buffer = io.BytesIO()
    (picture or Image.linear_gradient("L").resize(SIDES).convert("RGB")).save(buffer, name, **options)
    return buffer.getvalue()


def chunk(name: bytes, content: bytes, checksum: bytes | None = None) -> bytes:
    crc = struct.pack(">I", zlib.crc32(name + content)) if checksum is None else checksum
    return struct.pack(">I", len(content)) + name + content + crc


def noted_png(*chunks: bytes) -> bytes:
    png = encode("PNG")
    return png[:33] + b"".join(chunks) + png[33:]


def turned(orientation: int, order: str = "<") -> bytes:
    exif = Image.Exif()
    exif.endian = order
    exif[ExifTags.Base.Orientation] = orientation
    return exif.tobytes()


def told(data: bytes) -> tuple[Any, ...]:
    head = read_head(io.BytesIO(data))
    return head.format.name, head.width, head.height, head.stored_size, head.frames, head.seconds, head.bits


def problem(data: bytes) -> str:
    with pytest.raises(BadPicture) as raised:
        read_head(io.BytesIO(data))
    return str(raised.value)


@pytest.mark.parametrize(
    ("written", "name", "bits"),
    [
        ("PNG", "PNG", 8),
        ("JPEG", "JPEG", 8),
        ("WEBP", "WebP", 8),
        ("GIF", "GIF", 8),
        ("TIFF", "TIFF", 8),
        ("BMP", "BMP", None),
        ("AVIF", "AVIF", None),
        ("JPEG2000", "JPEG 2000", None),
        ("DDS", "DDS", None),
        ("QOI", "QOI", None),
        ("PPM", "PNM", None),
        ("TGA", "TGA", None),
    ],
)
def test_a_picture_is_told_by_its_content(written: str, name: str, bits: int | None) -> None:
    assert told(encode(written)) == (name, *SIDES, SIDES, 1, 0.0, bits)


def test_an_icon_is_told_by_its_largest_picture() -> None:
    assert told(encode("ICO", Image.new("RGB", (64, 64), "teal")))[:3] == ("ICO", 64, 64)


def test_the_depth_is_that_of_the_file() -> None:
    deep = Image.new("I;16", SIDES)
    assert [told(encode(name, deep))[-1] for name in ("PNG", "TIFF")] == [16, 16]
    assert told(encode("PNG", Image.new("1", SIDES)))[-1] == 1
    assert told(encode("TIFF", Image.new("F", SIDES)))[-1] == 32


@pytest.mark.parametrize("name", ["PNG", "JPEG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("orientation", [1, 2, 3, 4, 5, 6, 7, 8])
def test_a_picture_on_its_side_has_the_size_of_the_upright_one(name: str, orientation: int) -> None:
    upright = SIDES if orientation < 5 else (48, 64)
    assert told(encode(name, exif=turned(orientation)))[1:4] == (*upright, SIDES)


@pytest.mark.parametrize("orientation", [0, 9, 42])
def test_an_orientation_that_does_not_exist_turns_nothing(orientation: int) -> None:
    assert told(encode("JPEG", exif=turned(orientation)))[1:3] == SIDES


@pytest.mark.parametrize("name", ["PNG", "JPEG", "WEBP"])
def test_big_endian_exif_turns_too(name: str) -> None:
    assert told(encode(name, exif=turned(6, ">")))[1:3] == (48, 64)


@pytest.mark.parametrize("name", ["PNG", "WEBP", "GIF"])
def test_an_animation_tells_its_frames_and_its_length(name: str) -> None:
    first = Image.linear_gradient("L").resize(SIDES).convert("RGB")
    frames = [first.rotate(angle) for angle in (60, 120, 180)]
    data = encode(name, first, save_all=True, append_images=frames, duration=120)
    assert told(data)[4:6] == (4, 0.48)


def test_a_gif_without_its_last_byte_is_whole_and_one_without_its_pixels_is_cut() -> None:
    whole = encode("GIF")
    cuts = [read_head(io.BytesIO(data)).is_cut for data in (whole, whole[:-1], whole[:-1] + b"\0\0", whole[:-40])]
    assert cuts == [False, False, False, True]


def test_the_pages_of_a_tiff_are_counted() -> None:
    page = Image.new("L", SIDES, 200)
    assert told(encode("TIFF", page, save_all=True, append_images=[page, page]))[4:6] == (3, 0.0)


@pytest.mark.parametrize(
    "chunks",
    [
        [chunk(b"zTXt", b"workflow\0\0" + zlib.compress(bytes(1_500_000)))],
        [chunk(b"iCCP", b"icc\0\0" + zlib.compress(bytes(1_200_000)))],
        [chunk(b"iCCP", b"icc\0\0not packed")],
        [chunk(b"iCCP", b"icc\0\x07" + zlib.compress(b"method 7"))],
        [chunk(b"eXIf", b"XX")],
        [chunk(b"eXIf", b"II*\0\x08")],
        [chunk(b"tEXt", b"Comment\0wrong", bytes(4))],
        [chunk(b"pHYs", b"\x01")],
        [chunk(b"gAMA", b""), chunk(b"cHRM", b"\x01"), chunk(b"tIME", b"\0")],
        [chunk(b"acTL", b"\0")],
        [chunk(b"tRNS", b"\0")],
        [chunk(b"oDd1", bytes(70_000))] * 3,
    ],
)
def test_odd_notes_do_not_cost_a_png(chunks: list[bytes]) -> None:
    assert told(noted_png(*chunks))[:4] == ("PNG", *SIDES, SIDES)


@pytest.mark.parametrize("name", ["JPEG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize(
    "exif", [b"XX", b"Exif\0\0II*\0\x08", b"Exif\0\0MM\0*\xff\xff\xff\xff", b"Exif\0\0" + b"\xff" * 99]
)
def test_odd_exif_does_not_cost_a_picture(name: str, exif: bytes) -> None:
    if name == "TIFF":
        data = encode(name, tiffinfo={34665: 7, 282: 0.0, 700: b"<x", 33723: b"\x1c\x02"})
    elif name == "AVIF":
        data = encode(name, exif=turned(1)[6:]).replace(b"II*\0\x08\0\0\0", exif[:8].ljust(8, b"\xff"))
    else:
        data = encode(name, exif=exif)
    assert told(data)[1:4] == (*SIDES, SIDES)


def test_a_text_behind_the_pixels_and_xmp_cost_nothing() -> None:
    texts = PngInfo()
    texts.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta" + "x" * 2_000_000, zip=True)
    texts.add(b"tEXt", b"parameters\0" + b"x" * 100_000, after_idat=True)
    assert told(encode("PNG", pnginfo=texts))[1:3] == SIDES


def test_what_is_no_picture_is_told_apart_from_an_empty_file() -> None:
    assert problem(b"") == "is empty"
    for data in (b"noise" * 400, b"BM stands for nothing here", b"RIFF\x10\0\0\0WAVE", b"<svg/>", b"%PDF-1.7"):
        assert problem(data) == "is not a picture that can be read"


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a", b"II*\0", b"8BPS\0\1", b"qoif"])
def test_a_head_without_a_body_is_broken(data: bytes) -> None:
    assert problem(data.ljust(20, b"\3")) in {
        "is broken, so it cannot be shown",
        "is not a picture that can be read",
    }


def test_a_size_over_the_limit_is_refused_with_numbers() -> None:
    def png(width: int, height: int) -> bytes:
        header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
        return (
            b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")
        )

    assert problem(png(20_000, 20_000)) == "has 400 million pixels; 300 million are the limit"
    assert problem(png(2**31 - 1, 1)) == "has 2,147 million pixels; 300 million are the limit"
    assert problem(png(70_000, 1)) == "is 70,000 pixels long; 65,535 are the limit"
    assert told(png(16_384, 16_384))[1:3] == (16_384, 16_384)


@pytest.mark.parametrize("name", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "JPEG2000", "DDS", "TGA"])
def test_any_damage_to_a_head_is_a_bad_picture_or_none(name: str) -> None:
    whole = encode(name)
    for place in range(min(len(whole), 120)):
        for damage in (whole[:place], whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]):
            try:
                read_head(io.BytesIO(damage))
            except BadPicture as bad:
                assert str(bad)  # noqa: PT017  # either may happen
