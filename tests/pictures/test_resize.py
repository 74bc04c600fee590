"""Pictures fit a size and a number of bytes, are what they say, and never keep the event loop waiting."""

import asyncio
import io
import struct
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from PIL import ExifTags, Image, PngImagePlugin, features

from scenario_mcp.errors import NotFound
from scenario_mcp.imaging import opening
from scenario_mcp.picture_formats import detect_format
from scenario_mcp.pictures.resize import Picture, Resizer

NO_PICTURE = "This is not a picture of a kind that is read here."
EMPTY = "The picture is empty. Choose another."
BROKEN = "The picture is broken, so it cannot be shown. Choose another."
fit = Resizer().fit
TOO_SMALL = "The picture cannot be made that small. Allow it more bytes."
ROOMY = 5_900_000


def encode(picture: Image.Image, name: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, name, **options)
    return buffer.getvalue()


def halves(mode: str = "RGB", size: tuple[int, int] = (300, 200)) -> Image.Image:
    """Draw a picture whose left half is red and whose right half is blue."""
    picture = Image.new("RGB", size, "red")
    picture.paste("blue", (size[0] // 2, 0, *size))
    return picture.convert(mode)


def noise(side: int) -> Image.Image:
    return Image.merge("RGB", [Image.effect_noise((side, side), 200) for _ in range(3)])


def read(picture: Picture) -> Image.Image:
    """Unpack a picture and check that it is what it says."""
    image = Image.open(io.BytesIO(picture.data))
    image.load()
    assert (image.get_format_mimetype(), *image.size) == (picture.mime_type, picture.width, picture.height)
    return image


def is_near(found: Any, wanted: tuple[int, ...]) -> bool:
    return len(found) == len(wanted) and all(abs(one - other) < 16 for one, other in zip(found, wanted, strict=True))


async def refusal(data: bytes, side: int = 100, max_bytes: int = ROOMY) -> str:
    with pytest.raises(NotFound) as refused:
        await fit(data, pixels=side, max_bytes=max_bytes)
    return refused.value.message


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png_header(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


PNG = encode(halves(), "PNG")
JPEG = encode(halves(), "JPEG")
WEBP = encode(halves(), "WEBP")
GIF = encode(halves(), "GIF")
MOVING = [Image.new("RGB", (300, 200), colour) for colour in ("red", "lime", "blue")]


@pytest.mark.promise(number=10)
@pytest.mark.parametrize(
    "data",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'></svg>",
        b"<?xml version='1.0'?><svg/>",
        b"<!DOCTYPE html><script>alert(1)</script>",
        b"%PDF-1.7",
        b"RIFF\x10\x00\x00\x00WAVE",
        b"RIFF",
        b"BM",
        b" " + PNG,
        PNG[:7],
        b"GIF88a",
    ],
)
async def test_bytes_that_are_no_picture_are_refused(data: bytes) -> None:
    assert detect_format(data) is None
    assert await refusal(data) == NO_PICTURE


async def test_an_empty_file_is_said_to_be_empty() -> None:
    assert await refusal(b"") == EMPTY


@pytest.mark.parametrize(("data", "mime_type"), [(PNG, "image/png"), (JPEG, "image/jpeg"), (WEBP, "image/webp")])
async def test_what_fits_keeps_its_very_bytes(data: bytes, mime_type: str) -> None:
    assert await fit(data, pixels=300, max_bytes=len(data)) == Picture(data, mime_type, 300, 200)


@pytest.mark.parametrize("data", [PNG, JPEG, WEBP, GIF], ids=["png", "jpeg", "webp", "gif"])
async def test_what_is_too_wide_is_scaled_to_its_longest_side(data: bytes) -> None:
    picture = await fit(data, pixels=100, max_bytes=ROOMY)
    image = read(picture)
    assert (picture.mime_type, image.size, image.mode) == ("image/webp", (100, 67), "RGB")
    assert is_near(image.getpixel((10, 30)), (255, 0, 0))
    assert is_near(image.getpixel((90, 30)), (0, 0, 255))


async def test_a_gif_that_fits_becomes_a_still_all_the_same() -> None:
    assert read(await fit(GIF, pixels=300, max_bytes=ROOMY)).size == (300, 200)


async def test_a_broken_animation_is_taken_for_a_still() -> None:
    control = PNG.index(b"IHDR") + 21
    data = PNG[:control] + chunk(b"acTL", bytes(8)) + PNG[control:]
    assert (await fit(data, pixels=300, max_bytes=ROOMY)).data == data


@pytest.mark.parametrize("name", ["GIF", "PNG", "WEBP"])
async def test_what_moves_becomes_its_first_frame(name: str) -> None:
    data = encode(MOVING[0], name, save_all=True, append_images=MOVING[1:], duration=100)
    picture = await fit(data, pixels=300, max_bytes=ROOMY)
    image = read(picture)
    assert (picture.mime_type, image.size, getattr(image, "n_frames", 1)) == ("image/webp", (300, 200), 1)
    assert is_near(image.getpixel((5, 5)), (255, 0, 0))


@pytest.mark.parametrize(
    ("mode", "name"),
    [
        ("1", "PNG"),
        ("L", "PNG"),
        ("LA", "PNG"),
        ("P", "PNG"),
        ("RGBA", "PNG"),
        ("L", "JPEG"),
        ("CMYK", "JPEG"),
        ("YCbCr", "JPEG"),
        ("RGBA", "WEBP"),
        ("L", "GIF"),
    ],
)
async def test_every_mode_is_shown_in_its_colours(mode: str, name: str) -> None:
    drawn = halves(mode, (400, 400))
    wanted = drawn.convert("RGB")
    image = read(await fit(encode(drawn, name), pixels=100, max_bytes=ROOMY)).convert("RGB")
    if mode == "1":  # dithered: neighbours make the shade together
        average = image.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
        assert is_near(average, wanted.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0)))  # type: ignore[arg-type]  # RGB
        return
    for place in ((10, 50), (90, 50)):
        assert is_near(image.getpixel(place), wanted.getpixel((place[0] * 4, 200)))  # type: ignore[arg-type]  # RGB


async def test_16_bits_of_grey_become_the_upper_8() -> None:
    deep = Image.new("I;16", (200, 200), 0x8000)
    assert is_near(read(await fit(encode(deep, "PNG"), pixels=100, max_bytes=ROOMY)).getpixel((50, 50)), (128,) * 3)


def transparent(mode: str) -> bytes:
    picture = halves("RGBA", (400, 400))
    picture.paste((0, 0, 0, 0), (200, 0, 400, 400))
    if mode == "P":
        return encode(picture.quantize(), "PNG")
    if mode == "RGB with a key":
        return encode(halves("RGB", (400, 400)), "PNG", transparency=(0, 0, 255))
    if mode == "GIF":
        return encode(picture, "GIF")
    return encode(picture.convert(mode), "PNG")


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "RGB with a key", "GIF"])
async def test_what_is_transparent_stays_so(mode: str) -> None:
    image = read(await fit(transparent(mode), pixels=100, max_bytes=ROOMY))
    assert image.mode == "RGBA"
    alpha = image.getchannel("A")
    assert (alpha.getpixel((10, 50)), alpha.getpixel((90, 50))) == (255, 0)


def oriented(picture: Image.Image, orientation: int, name: str = "JPEG") -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Artist] = "Somebody"
    return encode(picture, name, exif=exif)


# Where the upper left pixel of the stored picture comes to lie, by the EXIF standard.
CORNERS = {1: "NW", 2: "NE", 3: "SE", 4: "SW", 5: "NW", 6: "NE", 7: "SE", 8: "SW"}


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", CORNERS)
async def test_a_picture_is_turned_as_its_camera_was_held(orientation: int, name: str) -> None:
    stored = Image.new("RGB", (400, 200), "white")
    stored.paste("red", (0, 0, 100, 50))
    picture = await fit(oriented(stored, orientation, name), pixels=100, max_bytes=ROOMY)
    image = read(picture).convert("RGB")
    assert image.size == ((50, 100) if orientation >= 5 else (100, 50))
    places = {
        "NW": (3, 3),
        "NE": (image.width - 4, 3),
        "SW": (3, image.height - 4),
        "SE": (image.width - 4, image.height - 4),
    }
    red = [corner for corner, place in places.items() if is_near(image.getpixel(place), (255, 0, 0))]
    assert red == [CORNERS[orientation]]
    assert b"Somebody" not in picture.data


@pytest.mark.parametrize("has_webp", [True, False])
async def test_metadata_does_not_come_along(has_webp: bool, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: FBT001  # a case
    monkeypatch.setattr(features, "check_module", lambda _: has_webp)
    exif = b"Exif\0\0II*\0\x08\0\0\0\0\0"
    for name, comment in (("PNG", {}), ("JPEG", {"comment": b"by me"})):
        data = encode(halves(), name, icc_profile=b"a profile", exif=exif, **comment)
        image = read(await fit(data, pixels=100, max_bytes=ROOMY))
        assert image.info.keys() & {"icc_profile", "exif", "xmp", "comment"} == set()


def with_text(key: str, text: str) -> bytes:
    texts = PngImagePlugin.PngInfo()
    texts.add_text(key, text)
    return encode(halves(), "PNG", pnginfo=texts)


@pytest.mark.parametrize(
    "data",
    [
        encode(halves(), "JPEG", exif=b"Exif\0\0nonsense"),
        encode(halves(), "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\xff\xff\0\0\x01\0\0\0"),
        encode(halves(), "WEBP", exif=b"Exif\0\0nonsense"),
        with_text("Raw profile type exif", "\nexif\n4\nno hex"),
        with_text("XML:com.adobe.xmp", 'tiff:Orientation="9'),
    ],
)
async def test_broken_exif_does_not_break_a_picture(data: bytes) -> None:
    assert read(await fit(data, pixels=100, max_bytes=ROOMY)).size == (100, 67)


async def test_a_long_thin_picture_keeps_a_pixel() -> None:
    picture = await fit(encode(Image.new("RGB", (5000, 1)), "PNG"), pixels=100, max_bytes=ROOMY)
    assert read(picture).size == (100, 1)


async def test_a_large_jpeg_is_unpacked_small(monkeypatch: pytest.MonkeyPatch) -> None:
    unpacked: list[tuple[int, int]] = []
    scale = Image.Image.resize

    def resize(image: Image.Image, *arguments: Any, **options: Any) -> Image.Image:
        unpacked.append(image.size)
        return scale(image, *arguments, **options)

    monkeypatch.setattr(Image.Image, "resize", resize)
    await fit(encode(halves("RGB", (1600, 800)), "JPEG"), pixels=100, max_bytes=ROOMY)
    assert unpacked == [(200, 100)]


async def test_many_bytes_become_coarser_first_and_smaller_then() -> None:
    data = encode(noise(256), "PNG")
    sizes = []
    for max_bytes in (len(data) - 1, 45_000, 5_000, 1_000, 100):
        picture = await fit(data, pixels=256, max_bytes=max_bytes)
        assert len(picture.data) <= max_bytes
        assert picture.mime_type == "image/webp"
        sizes.append(read(picture).width)
    assert sizes[:2] == [256, 256]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] < sizes[-2] < 256


async def test_a_picture_that_cannot_be_small_enough_is_refused() -> None:
    assert await refusal(PNG, max_bytes=10) == TOO_SMALL


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n" + b"pixels",
        b"\xff\xd8\xff\xe0" + b"pixels",
        b"RIFF\x10\x00\x00\x00WEBPVP8 pixels",
        b"GIF89a" + b"pixels",
        b"GIF89a",
        PNG[:8] + JPEG,
        JPEG[:3] + PNG,
        png_header(0, 5),
        png_header(5, 5)[:-20] + b"\xff" * 20,
    ],
)
async def test_bytes_that_lie_about_what_they_are_are_refused(data: bytes) -> None:
    assert await refusal(data) == BROKEN


@pytest.mark.parametrize("name", ["PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP", "TGA"])
@pytest.mark.parametrize("side", [64, 32])
async def test_a_picture_that_is_cut_off_is_shown_as_far_as_it_goes(name: str, side: int) -> None:
    whole = encode(halves("RGB", (64, 64)), name)
    picture = await fit(whole[: int(len(whole) * 0.9)], pixels=side, max_bytes=ROOMY)
    image = read(picture).convert("RGB")
    assert image.size == (side, side)
    stored_first = side // 8 if name not in {"BMP", "TGA"} else side * 7 // 8
    assert is_near(image.getpixel((side // 8, stored_first)), (255, 0, 0))


@pytest.mark.promise(number=10)
@pytest.mark.parametrize("name", ["PNG", "JPEG", "WEBP", "GIF"])
async def test_a_picture_of_which_there_is_nothing_but_its_head_is_broken(name: str) -> None:
    whole = encode(noise(64), name)
    begins = {"PNG": b"IDAT", "JPEG": b"\xff\xda\x00\x0c", "WEBP": b"VP8 ", "GIF": b"\x2c\0\0\0\0"}[name]
    assert await refusal(whole[: whole.index(begins) + len(begins)], 64) == BROKEN


async def test_any_damage_is_a_refusal_or_a_picture() -> None:
    for whole in (PNG, JPEG, WEBP, GIF, encode(noise(16), "PNG")):
        for place in range(12, min(len(whole), 400), 7):
            data = whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
            try:
                picture = await fit(data, pixels=200, max_bytes=ROOMY)
            except NotFound as refused:
                assert refused.message == BROKEN or " million are the limit" in refused.message  # noqa: PT017  # either may happen
            else:
                assert max(read(picture).size) <= 200


def webp_header(width: int, height: int) -> bytes:
    data = encode(halves(), "WEBP", lossless=True)
    sizes = (width - 1) | (height - 1) << 14
    return data[:21] + sizes.to_bytes(4, "little") + data[25:]


def jpeg_header(width: int, height: int) -> bytes:
    place = JPEG.index(b"\xff\xc0") + 5
    return JPEG[:place] + struct.pack(">HH", height, width) + JPEG[place + 4 :]


def gif_header(width: int, height: int) -> bytes:
    return GIF[:6] + struct.pack("<HH", width, height) + GIF[10:]


def interlaced_png_header(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 1)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


@pytest.mark.promise(number=10)
@pytest.mark.parametrize(
    ("data", "sizes"),
    [
        (png_header(10_001, 10_000), "has 100 million pixels; 100 million are the limit"),
        (png_header(20_000, 20_000), "has 400 million pixels; 300 million are the limit"),
        (png_header(65_536, 1), "is 65,536 pixels long; 65,535 are the limit"),
        (png_header(1, 65_536), "is 65,536 pixels long; 65,535 are the limit"),
        (png_header(2**31 - 1, 2**31 - 1), "has 4,611,686,014,132 million pixels; 300 million are the limit"),
        (interlaced_png_header(8000, 8000), "has 64 million pixels; 40 million are the limit"),
        (jpeg_header(65_000, 65_000), "has 4,225 million pixels; 300 million are the limit"),
        (jpeg_header(12_000, 12_000), "has 144 million pixels; 100 million are the limit"),
        (gif_header(65_535, 65_535), "has 4,295 million pixels; 300 million are the limit"),
        (gif_header(11_000, 11_000), "has 121 million pixels; 100 million are the limit"),
        (webp_header(16_000, 16_000), "has 256 million pixels; 17 million are the limit"),
        (webp_header(5000, 5000), "has 25 million pixels; 17 million are the limit"),
    ],
)
async def test_a_pixel_bomb_is_refused_by_its_header(data: bytes, sizes: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def load(_image: Image.Image) -> None:
        raise AssertionError("unpacked")

    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", load)
    assert await refusal(data) == f"The picture {sizes}. Choose another."


async def test_a_picture_of_just_as_many_pixels_is_unpacked() -> None:
    assert await refusal(png_header(10_000, 10_000)) == BROKEN
    assert await refusal(png_header(65_535, 1)) == BROKEN


async def test_too_little_memory_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(_image: Image.Image) -> None:
        raise MemoryError

    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", load)
    assert await refusal(PNG) == "The picture takes more memory than there is. Choose another."


@pytest.mark.parametrize(("data", "mime_type"), [(PNG, "image/jpeg"), (transparent("RGBA"), "image/png")])
async def test_a_pillow_without_webp_writes_what_it_can(
    data: bytes, mime_type: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(features, "check_module", lambda name: name != "webp")
    picture = await fit(data, pixels=100, max_bytes=ROOMY)
    assert picture.mime_type == mime_type
    assert read(picture).width == 100


def test_pillow_is_imported_by_the_first_picture_only() -> None:
    program = f"""
import asyncio, sys, threading
from scenario_mcp.pictures.resize import Resizer
assert "PIL" not in sys.modules
picture = asyncio.run(Resizer().fit({PNG!r}, pixels=100, max_bytes=10_000))
print(picture.mime_type, "PIL" in sys.modules, "PIL.TiffImagePlugin" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)  # noqa: S603  # our own program
    assert done.stdout == "image/webp True False\n"


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Any]:
    """Hold up the unpacking of pictures until the returned function is called."""
    gate = threading.Event()
    load = Image.Image.load

    def wait(image: Any) -> Any:
        assert threading.current_thread() is not threading.main_thread()
        assert gate.wait(10)
        return load(image)

    monkeypatch.setattr("PIL.PngImagePlugin.PngImageFile.load", wait)
    return gate.set


async def test_the_event_loop_goes_on_while_a_picture_is_made_small(held: Callable[[], Any]) -> None:
    work = asyncio.create_task(fit(PNG, pixels=300, max_bytes=ROOMY))
    for _ in range(100):
        await asyncio.sleep(0)
    assert not work.done()
    held()
    assert (await asyncio.wait_for(work, 10)).data == PNG


async def test_who_gives_up_goes_on_at_once_and_never_are_there_more_pictures_than_threads(
    held: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[bytes] = []
    has_opened = threading.Semaphore(0)
    begin = opening.open_picture

    def count(file: io.BytesIO) -> Any:
        opened.append(file.getvalue())
        has_opened.release()
        return begin(file)

    monkeypatch.setattr(opening, "open_picture", count)
    callers = [asyncio.create_task(fit(PNG, pixels=300, max_bytes=ROOMY)) for _ in range(20)]
    await asyncio.sleep(0)
    assert has_opened.acquire(timeout=10)
    assert has_opened.acquire(timeout=10)
    for caller in callers:
        caller.cancel()
    for caller in callers:
        with pytest.raises(asyncio.CancelledError):
            await caller
    assert len(opened) == 2
    held()
    assert (await asyncio.wait_for(fit(JPEG, pixels=300, max_bytes=ROOMY), 10)).data == JPEG
    assert len(opened) == 3
