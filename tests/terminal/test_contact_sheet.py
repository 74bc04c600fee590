"""The contact sheet: every picture in its place, every caption readable, and never too large."""

import io
import random

import pytest
from PIL import Image

from scenario_mcp.imaging import opening
from scenario_mcp.terminal import contact_sheet as sheets
from scenario_mcp.terminal.contact_sheet import MAX_BYTES, contact_sheet

RED, BLUE, GREEN = (255, 0, 0), (0, 0, 255), (0, 255, 0)
BACKGROUND = (38, 40, 46)
TILE = (47, 49, 57)


def picture(size: tuple[int, int], colour: tuple[int, ...], file_format: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.new("RGBA" if len(colour) == 4 else "RGB", size, colour).save(file, file_format)
    return file.getvalue()


def sheet(*pictures: tuple[str, bytes]) -> Image.Image:
    image = Image.open(io.BytesIO(contact_sheet(pictures)))
    assert image.format == "PNG"
    return image.convert("RGB")


def is_near(image: Image.Image, place: tuple[int, int], colour: tuple[int, ...]) -> bool:
    pixel = image.getpixel(place)
    assert isinstance(pixel, tuple)
    return all(abs(seen - wanted) <= 6 for seen, wanted in zip(pixel, colour, strict=True))


def caption(text: str, place: int = 0) -> bytes:
    """The pixels of a caption, on a sheet of equal pictures."""
    pictures = [("", picture((8, 8), RED))] * place + [(text, picture((8, 8), RED))]
    left = 20 + place * 316
    return (
        sheet(*pictures)
        .crop((left, 320, left + 296, 350))
        .convert("L")
        .point(lambda value: 255 * (value > 99))
        .tobytes()
    )


def test_one_picture_makes_a_small_sheet() -> None:
    image = sheet(("Red", picture((400, 400), RED)))
    assert image.size == (336, 366)
    assert is_near(image, (20, 20), RED)
    assert is_near(image, (315, 315), RED)
    assert is_near(image, (10, 10), BACKGROUND)
    assert is_near(image, (325, 200), BACKGROUND)


@pytest.mark.parametrize(("count", "size"), [(2, (652, 366)), (5, (1600, 366)), (6, (1600, 712)), (20, (1600, 1404))])
def test_pictures_stand_in_rows_of_five(count: int, size: tuple[int, int]) -> None:
    colours = [RED, BLUE, GREEN]
    image = sheet(*(("A picture", picture((9, 9), colours[number % 3])) for number in range(count)))
    assert image.size == size
    for number in range(count):
        middle = (20 + number % 5 * 316 + 148, 20 + number // 5 * 346 + 148)
        assert is_near(image, middle, colours[number % 3]), number


def test_a_picture_keeps_its_shape_in_the_middle_of_its_tile() -> None:
    image = sheet(("Wide", picture((400, 100), RED)), ("High", picture((100, 400), BLUE)))
    assert is_near(image, (21, 168), RED)
    assert is_near(image, (168, 30), TILE)
    assert is_near(image, (484, 21), BLUE)
    assert is_near(image, (340, 168), TILE)


def test_the_transparent_part_of_a_picture_shows_the_tile() -> None:
    assert is_near(sheet(("Ghost", picture((40, 40), (255, 255, 255, 0)))), (168, 168), TILE)


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "WEBP", "GIF"])
def test_every_format_that_the_server_gives_is_read(file_format: str) -> None:
    assert is_near(sheet(("Red", picture((40, 40), RED, file_format))), (168, 168), RED)


def test_a_photograph_taken_sideways_is_turned_upright() -> None:
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (400, 100), RED).save(file, "JPEG", exif=exif)
    image = sheet(("Turned", file.getvalue()))
    assert is_near(image, (168, 30), RED)
    assert is_near(image, (30, 168), TILE)


def test_what_cannot_be_decoded_is_an_empty_tile_among_the_others() -> None:
    whole = picture((400, 400), RED)
    image = sheet(("Empty", b""), ("Text", b"<svg/>"), ("Cut off", whole[:45]), ("Whole", whole))
    assert [is_near(image, (168 + place * 316, 168), TILE) for place in range(4)] == [True, True, True, False]
    assert is_near(image, (168 + 3 * 316, 168), RED)


def test_a_picture_of_too_many_pixels_is_an_empty_tile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "MAX_PICTURE_PIXELS", 400_000)
    image = sheet(
        ("Bomb", picture((700, 600), RED)), ("Larger bomb", picture((1000, 1000), RED)), ("Fine", picture((9, 9), RED))
    )
    assert [is_near(image, (168 + place * 316, 168), TILE) for place in range(3)] == [True, True, False]


def test_pixel_art_is_enlarged_without_a_blur() -> None:
    file = io.BytesIO()
    art = Image.new("RGB", (2, 1), RED)
    art.putpixel((1, 0), BLUE)
    art.save(file, "PNG")
    image = sheet(("Two pixels", file.getvalue()))
    assert is_near(image, (167, 168), RED)
    assert is_near(image, (168, 168), BLUE)


def test_a_large_sheet_gets_smaller_tiles_until_it_is_below_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MAX_BYTES", MAX_BYTES // 4)
    chance = random.Random(1)  # noqa: S311  # noise, which compresses worst
    pictures = []
    for _ in range(5):
        noise = io.BytesIO()
        Image.frombytes("RGB", (300, 300), chance.randbytes(270_000)).save(noise, "PNG", compress_level=1)
        pictures.append(("Noise", noise.getvalue()))
    data = contact_sheet(pictures)
    assert len(data) < MAX_BYTES // 4
    assert Image.open(io.BytesIO(data)).width in {5 * (side + 20) + 20 for side in (240, 200, 160)}


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("Château d'été", "Chateau d'ete"),
        ("Straße", "Stra·e"),
        ("龍 Dragon", "· Dragon"),
        ("a\x1b\u202eb\u200b\nc", "ab c"),
        ("龍の城", "1"),
        ("  ", "1"),
    ],
)
def test_a_caption_is_drawn_in_what_the_font_has(text: str, same: str) -> None:
    assert caption(text) == caption(same)
    assert caption(text) != caption("another")


def test_without_a_readable_caption_a_picture_has_its_number() -> None:
    assert caption("城", place=2) == caption("3", place=2) != caption("1", place=2)


def test_a_long_caption_ends_within_its_column() -> None:
    image = sheet(("W" * 500, picture((8, 8), RED)), ("", picture((8, 8), RED)))
    caption_box = image.crop((20, 318, 336, 348)).convert("L").point(lambda value: 255 * (value > 99)).getbbox()
    assert caption_box is not None
    assert 260 < caption_box[2] <= 296
