"""Decoding: the pixels of an opened picture, of a broken one as far as they go, of a large one at a reduced size."""

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from PIL import Image
from PIL.ImageFile import ImageFile
from PIL.Jpeg2KImagePlugin import Jpeg2KImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from scenario_mcp.imaging import colours, strips, tones
from scenario_mcp.imaging.deep_colours import with_lower_bits
from scenario_mcp.imaging.errors import BROKEN, BadPicture
from scenario_mcp.imaging.opening import OpenedPicture, refuse_too_large
from scenario_mcp.picture_formats import JPEG, PNG

LARGE_PIXELS = 6_000_000
"""From this size on a picture is brought to its reduced size part by part, and one is decoded at a time."""
_FILLING = 128
_BYTES = {"1": 1, "L": 1, "P": 1, "LA": 4, "I;16": 2, "I;16B": 2}
"""Bytes of a pixel in memory; 4 in every other mode."""
_SLOW_PIXELS = 500_000
"""Largest picture that a decoder in Python unpacks: a few seconds."""
_BIT_FIELDS = "dds_rgb"
_RED, _GREEN, _BLUE, _ALPHA = 0xFF0000, 0xFF00, 0xFF, 0xFF000000
_RAW_LAYOUTS: Mapping[tuple[object, ...], str] = {
    (32, (_RED, _GREEN, _BLUE, _ALPHA)): "BGRA",
    (32, (_RED, _GREEN, _BLUE)): "BGRX",
    (32, (_BLUE, _GREEN, _RED, _ALPHA)): "RGBA",
    (32, (_BLUE, _GREEN, _RED)): "RGBX",
    (24, (_RED, _GREEN, _BLUE)): "BGR",
    (24, (_BLUE, _GREEN, _RED)): "RGB",
}
"""Bits of a pixel, and which of them are red, green, blue and opacity -> the order of its bytes."""
_ROWS = 256
"""Rows of a part, about."""
_MAX_HALVINGS = 5
"""Resolutions that a JPEG 2000 usually has below its own."""
_AVERAGED = frozenset({"L", "LA", "RGB", "RGBA"})
"""Modes in which a lower resolution looks like the whole: no palette, no tones whose range has to be found."""


class Decoded(NamedTuple):
    """A picture in a mode whose numbers can be averaged, at least as large as wanted where it is that large."""

    picture: Image.Image
    range: tones.Range | None
    """What its tones are brought to 8 bits by, where it has more."""


def decode(opened: OpenedPicture, pixels: int, max_pixels: int) -> Decoded:
    """Return the picture, not turned yet, with its longest side at least `pixels` if it has so many.

    The reader may give a JPEG or JPEG 2000 smaller than it is; what is large is reduced by averaging.

    Raises:
        BadPicture: it is too large, or broken before there is anything to be seen.

    """
    image = opened.image
    refuse_too_large(image.size, max_pixels)
    is_large = math.prod(image.size) > LARGE_PIXELS
    if isinstance(image, PngImageFile) and is_large and strips.has_strips(opened.file):
        factor = max(1, max(image.size) // pixels)
        refuse_too_large(image.size, PNG.max_reduced_pixels)
        parts = strips.read_strips(opened.file, image, _rows(factor))
        return _assemble(parts, image.size, factor)
    if isinstance(image, JpegImageFile):
        is_reduced = not image.info.get("progressive")
        refuse_too_large(image.size, JPEG.max_reduced_pixels if is_reduced else JPEG.max_pixels)
        ratio = pixels / max(image.size)
        image.draft(None, (math.ceil(image.width * ratio), math.ceil(image.height * ratio)))
    else:
        _use_fast_decoder(image)
        is_slow = any(tile.codec_name in Image.DECODERS for tile in image.tile)
        most = _SLOW_PIXELS if is_slow else opened.format.max_pixels * 4 // _BYTES.get(image.mode, 4)
        refuse_too_large(image.size, most)
    if isinstance(image, Jpeg2KImageFile) and image.mode in _AVERAGED:
        opened = _at_lower_resolution(opened, image, pixels)
        image = opened.image
    _load(image, is_cut=opened.is_cut)
    factor = max(1, max(image.size) // pixels) if is_large else 1
    return _assemble(_parts(with_lower_bits(opened), factor), image.size, factor)


def _use_fast_decoder(image: ImageFile) -> None:
    """Read an uncompressed texture as what it is, where Pillow would sort its bits in Python."""
    for number, tile in enumerate(image.tile):
        fields = tile.args if tile.codec_name == _BIT_FIELDS and isinstance(tile.args, tuple) else ()
        layout = _RAW_LAYOUTS.get(fields)
        if layout is not None:
            image.tile[number] = tile._replace(codec_name="raw", args=(layout, 0, 1))


def _at_lower_resolution(opened: OpenedPicture, image: Jpeg2KImageFile, pixels: int) -> OpenedPicture:
    """Unpack a JPEG 2000 at the lowest resolution that is enough; one that has no such is left to be unpacked whole."""
    for halvings in _halvings(image.size, pixels):
        image.reduce = halvings
        try:
            image.load()
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001  # a stranger's bytes cause nearly any
            opened.file.seek(0)
            image = Jpeg2KImageFile(opened.file)
        else:
            image.reduce = 0  # the method of pictures again
            break
    return replace(opened, image=image)


def _halvings(size: tuple[int, int], pixels: int) -> Iterator[int]:
    """Yield how often a picture may be halved, the most first, where Pillow rounds its size as the decoder does: up."""
    for halvings in range(_MAX_HALVINGS, 0, -1):
        half = 1 << halvings >> 1
        if max(size) >> halvings >= pixels and all(side + half >> halvings == -(-side >> halvings) for side in size):
            yield halvings


def _load(image: ImageFile, *, is_cut: bool) -> None:
    """Unpack a picture, or as much of it as there is."""
    try:
        image.load()
    except MemoryError:
        raise
    except Exception as error:  # a stranger's bytes cause nearly any
        try:
            image.tile = []  # what was unpacked so far is the picture
            image.load()
            is_blank = image.getbbox(alpha_only=False) is None
        except Exception:  # noqa: BLE001  # there is nothing
            is_blank = True
        if is_blank:
            raise BadPicture(BROKEN) from error
    else:
        if is_cut and _is_filling(image):
            raise BadPicture(BROKEN)


def _is_filling(image: Image.Image) -> bool:
    """Whether a picture is all of the grey that a JPEG has where there is nothing."""
    return all(band.getextrema() == (_FILLING, _FILLING) for band in image.convert("RGB").split())


def _parts(image: Image.Image, factor: int) -> Iterator[Image.Image]:
    if factor == 1:
        yield image
        return
    rows = _rows(factor)
    for top in range(0, image.height, rows):
        yield image.crop((0, top, image.width, min(image.height, top + rows)))


def _assemble(parts: Iterator[Image.Image], size: tuple[int, int], factor: int) -> Decoded:
    """Put parts of a picture together, each reduced by the factor."""
    first = next(parts, None)
    if first is None:
        raise BadPicture(BROKEN)
    tonal_range = tones.Range() if tones.is_deep(first) else None
    if factor == 1 and first.size == size:
        return Decoded(_to_samples(first, tonal_range), tonal_range)
    whole: Image.Image | None = None
    top = 0
    for part in itertools.chain([first], parts):
        samples = _to_samples(part, tonal_range)
        reduced = samples.reduce(factor) if factor > 1 else samples
        if whole is None:
            whole = Image.new(reduced.mode, (math.ceil(size[0] / factor), math.ceil(size[1] / factor)))
        whole.paste(reduced, (0, top))
        top += reduced.height
    if whole is None:
        raise BadPicture(BROKEN)
    return Decoded(whole, tonal_range)


def _to_samples(part: Image.Image, tonal_range: tones.Range | None) -> Image.Image:
    return colours.to_samples(part) if tonal_range is None else tonal_range.take(part)


def _rows(factor: int) -> int:
    return factor * max(1, _ROWS // factor)
