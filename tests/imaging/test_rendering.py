"""Pictures of every mode, depth, orientation and container are rendered as a good viewer shows them."""

import io
import struct
import zlib
from typing import Any

import PIL
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageChops, ImageCms
from PIL.Jpeg2KImagePlugin import Jpeg2KImageFile
from PIL.WebPImagePlugin import WebPImageFile

from scenario_mcp.imaging import colours, decoding, rendering
from scenario_mcp.imaging.errors import BadPicture
from scenario_mcp.imaging.rendering import render, render_coarsely
from tests.support.examples import examples

RAMP = Image.linear_gradient("L").rotate(90).resize((256, 32))
"""From black on the left to white on the right."""
COLOURS = Image.merge("RGB", (RAMP, ImageChops.invert(RAMP), Image.new("L", RAMP.size, 40)))


def encode(name: str, picture: Image.Image, **options: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, name, **options)
    return buffer.getvalue()


def rendered(data: bytes, pixels: int = 256) -> Image.Image:
    return render(io.BytesIO(data), pixels)


def is_near(one: Image.Image, other: Image.Image, tolerance: int) -> bool:
    extrema = ImageChops.difference(one.convert("RGB"), other.convert("RGB")).getextrema()
    return one.size == other.size and all(isinstance(each, tuple) and each[1] <= tolerance for each in extrema)


def deep(scale: float, offset: float = 0, mode: str = "I;16") -> Image.Image:
    if mode == "F":
        return RAMP.convert("F").point(lambda tone: tone * scale + offset)
    return RAMP.convert("I").point(lambda tone: tone * scale + offset).convert(mode)


@pytest.mark.parametrize(
    ("picture", "name", "options"),
    [
        (deep(257), "PNG", {}),
        (deep(257), "TIFF", {}),
        (deep(257), "TIFF", {"compression": "tiff_lzw"}),
        (deep(16), "PNG", {}),
        (deep(230, 6000), "PNG", {}),
        (deep(8_000_000, mode="I"), "TIFF", {}),
        (deep(300, -40_000, mode="I"), "TIFF", {}),
        (deep(1 / 255, mode="F"), "TIFF", {}),
        (deep(5000 / 255, mode="F"), "TIFF", {}),
        (deep(1e36, -1e38, mode="F"), "TIFF", {"compression": "tiff_adobe_deflate"}),
        (RAMP, "PNG", {}),
        (RAMP, "JPEG", {"quality": 95}),
        (RAMP.convert("P"), "PNG", {}),
        (RAMP.convert("P"), "BMP", {}),
    ],
)
def test_a_ramp_of_grey_stays_a_ramp_from_black_to_white(
    picture: Image.Image, name: str, options: dict[str, Any]
) -> None:
    image = rendered(encode(name, picture, **options))
    assert image.mode == "RGB"
    assert is_near(image, RAMP, 3)


def deep_colours(light: int, alpha: int | None = None) -> bytes:
    """Write a PNG of one row: red from 0 to `light` of 16 bits, green half of it, no blue."""
    alphas = () if alpha is None else (alpha,)
    reds = [light * place // 255 for place in range(256)]
    row = b"".join(struct.pack(f">{3 + len(alphas)}H", red, red // 2, 0, *alphas) for red in reds)
    header = struct.pack(">IIBBBBB", 256, 1, 16, 2 if alpha is None else 6, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0" + row)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


@pytest.mark.parametrize("light", [300, 4095, 16_383, 40_000, 65_535])
@pytest.mark.parametrize("alpha", [None, 65_535])
def test_dark_colours_of_16_bits_are_shown_with_all_their_shades(light: int, alpha: int | None) -> None:
    image = rendered(deep_colours(light, alpha))
    shown = light // 257 if light > 32_768 else 255
    assert image.mode == ("RGB" if alpha is None else "RGBA")
    for place in (0, 64, 128, 255):
        red, green, blue = Image.Image.getpixel(image.convert("RGB"), (place, 0))  # type: ignore[misc]  # RGB
        assert (abs(red - shown * place / 255) < 3, abs(green - shown * place / 510) < 3, blue) == (True, True, 0)


def test_tones_that_are_no_numbers_are_dark_and_do_not_count() -> None:
    picture = deep(20, mode="F")
    for place, tone in (((0, 0), "nan"), ((7, 7), "inf"), ((9, 3), "-inf"), ((200, 20), "nan")):
        picture.putpixel(place, float(tone))
    image = rendered(encode("TIFF", picture))
    assert image.getpixel((200, 20)) == image.getpixel((7, 7)) == (0, 0, 0)
    assert is_near(image.crop((0, 24, 256, 32)), RAMP.crop((0, 24, 256, 32)), 2)


@pytest.mark.parametrize(
    ("picture", "grey"),
    [
        (Image.new("I;16", (9, 9), 32_768), 128),
        (Image.new("F", (9, 9), 0.5), 128),
        (Image.new("F", (9, 9), float("nan")), 0),
        (Image.new("I", (9, 9), 65_535), 255),
    ],
)
def test_a_picture_of_one_tone_has_the_tone_that_it_has_within_its_depth(picture: Image.Image, grey: int) -> None:
    assert rendered(encode("TIFF", picture)).getpixel((4, 4)) == (grey, grey, grey)


def test_a_mask_is_black_and_white() -> None:
    mask = RAMP.convert("1", dither=Image.Dither.NONE)
    assert sorted(rendered(encode("PNG", mask)).getcolors() or []) == [(4096, (0, 0, 0)), (4096, (255, 255, 255))]


LAB = ImageCms.profileToProfile(
    COLOURS, ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
)


@pytest.mark.parametrize(
    ("picture", "name", "options", "tolerance"),
    [
        (COLOURS, "PNG", {}, 0),
        (COLOURS, "BMP", {}, 0),
        (COLOURS, "TIFF", {"compression": "tiff_lzw"}, 0),
        (COLOURS, "TGA", {"compression": "tga_rle"}, 0),
        (COLOURS, "DDS", {}, 0),
        (COLOURS.convert("RGBA"), "DDS", {}, 0),
        (COLOURS, "DDS", {"pixel_format": "DXT1"}, 12),
        (COLOURS, "QOI", {}, 0),
        (COLOURS, "PPM", {}, 0),
        (COLOURS, "JPEG2000", {}, 0),
        (COLOURS, "WEBP", {"lossless": True}, 0),
        (COLOURS, "AVIF", {"quality": 95}, 8),
        (COLOURS.quantize(256), "PNG", {}, 8),
        (COLOURS.quantize(256), "GIF", {}, 8),
        (COLOURS.convert("CMYK"), "JPEG", {"quality": 98}, 8),
        (COLOURS.convert("CMYK"), "TIFF", {}, 0),
        pytest.param(
            *(COLOURS.convert("YCbCr"), "TIFF", {}, 4),
            marks=pytest.mark.skipif(PIL.__version__ < "13", reason="Pillow 11 and 12 write or read it wrongly"),
        ),
        (LAB, "TIFF", {}, 40),
        (COLOURS.convert("RGBA"), "PNG", {}, 0),
    ],
)
def test_every_colour_space_shows_its_colours(
    picture: Image.Image, name: str, options: dict[str, Any], tolerance: int
) -> None:
    assert is_near(rendered(encode(name, picture, **options)), COLOURS, tolerance)


def photoshop_file(picture: Image.Image) -> bytes:
    """Write a PSD without layers: header, three empty sections, and the composite, band by band."""
    header = struct.pack(">4sH6xHIIHH", b"8BPS", 1, 3, picture.height, picture.width, 8, 3)
    return header + bytes(12) + bytes(2) + b"".join(band.tobytes() for band in picture.split())


def test_the_composite_of_a_photoshop_file_is_shown() -> None:
    assert is_near(rendered(photoshop_file(COLOURS)), COLOURS, 0)


@pytest.mark.parametrize(
    ("name", "options"),
    [("PNG", {}), ("JPEG", {"quality": 98, "subsampling": 0}), ("WEBP", {"lossless": True}), ("TIFF", {})],
)
def test_colours_of_a_profile_become_srgb(name: str, options: dict[str, Any]) -> None:
    """The profile is one of Lab: a stored colour means another one than it would without it."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    swapped = swapped_primaries(profile.tobytes())
    stored = Image.new("RGB", (16, 16), (255, 0, 0))
    assert is_near(
        rendered(encode(name, stored, icc_profile=swapped, **options)), Image.new("RGB", (16, 16), (0, 0, 255)), 40
    )
    assert is_near(rendered(encode(name, stored, icc_profile=profile.tobytes(), **options)), stored, 2)
    assert is_near(rendered(encode(name, stored, icc_profile=b"no profile", **options)), stored, 2)


def swapped_primaries(profile: bytes) -> bytes:
    """Return a profile in which red and blue have changed places, under another name."""
    swapped = profile.replace(b"rXYZ", b"????").replace(b"bXYZ", b"rXYZ").replace(b"????", b"bXYZ")
    return swapped.replace("sRGB".encode("utf-16-be"), "swap".encode("utf-16-be")).replace(b"sRGB", b"swap")


def test_transparency_stays_and_has_a_neutral_ground_where_one_is_needed() -> None:
    clear = COLOURS.convert("RGBA")
    clear.paste((255, 255, 255, 0), (128, 0, 256, 32))
    image = rendered(encode("PNG", clear))
    assert (image.mode, image.getchannel("A").getextrema()) == ("RGBA", (0, 255))
    assert colours.on_ground(image).getpixel((200, 9)) == (128, 128, 128)
    assert colours.on_ground(image).getpixel((20, 9)) == COLOURS.getpixel((20, 9))


@pytest.mark.parametrize("name", ["PNG", "WEBP", "GIF"])
def test_an_animation_is_its_first_frame(name: str) -> None:
    frames = [Image.new("RGB", (32, 32), colour) for colour in ("red", "lime", "blue")]
    image = rendered(encode(name, frames[0], save_all=True, append_images=frames[1:], duration=50))
    assert is_near(image, frames[0], 2)


def corner(picture: Image.Image) -> str:
    """Return in which corner a red patch lies."""
    width, height = picture.size
    places = {"NW": (2, 2), "NE": (width - 3, 2), "SW": (2, height - 3), "SE": (width - 3, height - 3)}
    pixels = {name: picture.convert("RGB").getpixel(place) for name, place in places.items()}
    return next(
        name for name, pixel in pixels.items() if isinstance(pixel, tuple) and pixel[0] > 200 and pixel[1] < 100
    )


CORNERS = {0: "NW", 1: "NW", 2: "NE", 3: "SE", 4: "SW", 5: "NW", 6: "NE", 7: "SE", 8: "SW", 9: "NW", 42: "NW"}
"""Where the upper left of the stored picture comes to lie, by the EXIF standard."""
WITH_EXIF = ("PNG", "JPEG", "WEBP", "TIFF", "AVIF")
MODES = {"PNG": ("L", "P", "RGB", "RGBA"), "JPEG": ("L", "RGB", "CMYK"), "TIFF": ("L", "P", "RGB", "RGBA", "CMYK")}


@settings(deadline=None, max_examples=examples(60))
@given(
    st.sampled_from(WITH_EXIF),
    st.sampled_from(sorted(CORNERS)),
    st.sampled_from("<>"),
    st.integers(0, 4),
    st.booleans(),
)
def test_every_orientation_turns_every_mode_in_every_container(
    name: str,
    orientation: int,
    order: str,
    mode: int,
    is_wanted_smaller: bool,  # noqa: FBT001  # a case
) -> None:
    stored = Image.new("RGB", (96, 48), "green")
    stored.paste("red", (0, 0, 30, 20))
    modes = MODES.get(name, ("RGB", "RGBA"))
    exif = Image.Exif()
    exif.endian = order
    exif[ExifTags.Base.Orientation] = orientation if name != "AVIF" or orientation in range(1, 9) else 1
    data = encode(name, stored.convert(modes[mode % len(modes)]), exif=exif.tobytes())
    image = rendered(data, 48 if is_wanted_smaller else 500)
    long, short = (48, 24) if is_wanted_smaller else (96, 48)
    assert image.size == ((short, long) if orientation in range(5, 9) else (long, short))
    assert "L" in modes[mode % len(modes)] or corner(image) == CORNERS[orientation]
    assert image.info == {}


@pytest.mark.parametrize("name", ["PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP"])
@pytest.mark.parametrize("missing", [3, 0.5])
def test_a_picture_without_its_end_is_shown_as_far_as_it_goes(name: str, missing: float) -> None:
    whole = encode(
        name, Image.effect_noise((160, 120), 90).convert("RGB"), **({"interlace": 0} if name == "GIF" else {})
    )
    cut = rendered(whole[: -int(missing) or int(len(whole) * missing)])
    whole_image = rendered(whole)
    part = (0, 70, 160, 110) if name == "BMP" else (0, 0, 160, 40)
    assert is_near(cut.crop(part), whole_image.crop(part), 40)


def test_the_decoder_of_a_webp_is_gone_before_there_is_memory_for_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[object] = []
    prepare = WebPImageFile.load_prepare

    def note_decoder(image: WebPImageFile) -> None:
        held.append(image._decoder)
        prepare(image)

    monkeypatch.setattr(WebPImageFile, "load_prepare", note_decoder)
    first = COLOURS.rotate(180)
    data = encode("WEBP", first, save_all=True, append_images=[COLOURS], lossless=True)
    assert is_near(rendered(data), first, 0)
    assert held == [None]


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "I;16"])
@pytest.mark.parametrize(
    ("size", "resolutions", "unpacked"),
    [
        ((800, 640), 6, (100, 80)),
        ((800, 640), 2, (400, 320)),
        ((800, 640), 1, (800, 640)),
        ((799, 641), 6, (400, 321)),
        ((150, 90), 6, (150, 90)),
    ],
)
def test_a_jpeg_2000_is_unpacked_at_the_lowest_resolution_that_is_enough(
    mode: str, size: tuple[int, int], resolutions: int, unpacked: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[tuple[int, int]] = []
    monkeypatch.setattr(Jpeg2KImageFile, "load_end", lambda image: sizes.append(image.size))
    picture = deep(257).resize(size) if mode == "I;16" else COLOURS.resize(size).convert(mode)
    data = encode("JPEG2000", picture, num_resolutions=resolutions)
    image = render(io.BytesIO(data), 50)
    assert is_near(image, rendered(encode("PNG", picture), 50), 8)
    assert sizes[-1] == (size if mode == "I;16" else unpacked)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
@pytest.mark.parametrize("key", [None, 3])
def test_a_large_png_in_strips_is_the_picture_as_a_whole(
    mode: str, key: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    noise = [Image.effect_noise((131, 97), 90) for _ in range(4)]
    drawn = {
        "1": noise[0].convert("1"),
        "P": Image.merge("RGB", noise[:3]).quantize(13),
        "I;16": noise[0].convert("I").point(lambda tone: tone * 257).convert("I;16"),
        "LA": Image.merge("LA", noise[:2]),
        "L": noise[0],
        "RGB": Image.merge("RGB", noise[:3]),
        "RGBA": Image.merge("RGBA", noise),
    }[mode]
    data = io.BytesIO(encode("PNG", drawn, **({"transparency": key} if key and mode in {"L", "P"} else {})))
    whole = render_coarsely(data, 1000)
    monkeypatch.setattr(decoding, "LARGE_PIXELS", 1)
    monkeypatch.setattr(decoding, "_ROWS", 9)
    assert is_near(render_coarsely(data, 43), whole.reduce(3), 1)
    assert is_near(render_coarsely(data, 1000), whole, 0)


def test_a_large_png_that_is_cut_off_goes_as_far_as_it_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "LARGE_PIXELS", 1)
    monkeypatch.setattr(decoding, "_ROWS", 10)
    noise = Image.effect_noise((200, 200), 90).convert("RGB")
    data = encode("PNG", noise)
    assert is_near(rendered(data[: len(data) // 2], 200).crop((0, 0, 200, 80)), noise.crop((0, 0, 200, 80)), 1)
    with pytest.raises(BadPicture, match="is broken, so it cannot be shown"):
        rendered(data[:60], 200)


@pytest.mark.parametrize(("name", "options"), [("TIFF", {}), ("BMP", {}), ("WEBP", {"lossless": True})])
def test_a_large_picture_is_reduced_part_by_part(
    name: str, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    noise = Image.merge("RGB", [Image.effect_noise((131, 97), 90) for _ in range(3)])
    monkeypatch.setattr(decoding, "LARGE_PIXELS", 1)
    monkeypatch.setattr(decoding, "_ROWS", 9)
    assert is_near(render_coarsely(io.BytesIO(encode(name, noise, **options)), 43), noise.reduce(3), 1)


def test_what_python_decodes_is_bounded() -> None:
    data = encode("QOI", Image.new("RGB", (1, 1)))
    large = data[:4] + struct.pack(">II", 1000, 600) + data[12:]
    with pytest.raises(BadPicture, match=r"has 0\.6 million pixels; 0\.5 million are the limit"):
        rendered(large)


def test_a_picture_is_never_made_larger() -> None:
    assert rendered(encode("PNG", RAMP), 4000).size == RAMP.size
    assert rendering.scaled((5000, 1), 0.02) == (100, 1)


@settings(deadline=None, max_examples=examples(80))
@given(st.sampled_from(["PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP", "AVIF", "TGA", "DDS", "JPEG2000"]), st.data())
def test_any_damage_is_a_bad_picture_or_a_picture(name: str, data: st.DataObject) -> None:
    whole = bytearray(encode(name, COLOURS.resize((40, 30))))
    for place in data.draw(st.lists(st.integers(0, len(whole) - 1), min_size=1, max_size=6)):
        whole[place] = data.draw(st.integers(0, 255))
    try:
        image = rendered(bytes(whole[: data.draw(st.integers(0, len(whole)))]))
    except BadPicture:
        return
    assert image.mode in {"RGB", "RGBA"}
    assert max(image.size) <= 256
