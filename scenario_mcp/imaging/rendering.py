"""Rendering: an opened picture as a good viewer shows it, in 8 bits of sRGB, upright, no larger than wanted."""

import math
import threading
from contextlib import nullcontext
from typing import BinaryIO

from PIL import Image
from PIL.Image import Resampling, Transpose

from scenario_mcp.imaging.colours import to_srgb
from scenario_mcp.imaging.decoding import LARGE_PIXELS, decode
from scenario_mcp.imaging.errors import BROKEN, BadPicture
from scenario_mcp.imaging.opening import OpenedPicture, open_picture
from scenario_mcp.picture_formats import MAX_PICTURE_PIXELS

_REDUCING_GAP = 2.0
"""A picture is averaged down no further than to this multiple of the wanted size, and resampled from there; a large
one may be averaged down to the wanted size itself."""
_TRANSPOSITIONS = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
"""What each EXIF orientation asks for."""
_BLOCK_BYTES = 256 * 2**20
_one_large = threading.Lock()
"""Held while a large picture is decoded, by whichever part of the process: two at once would take too much memory."""


def set_up() -> None:
    """Let each picture be one block of memory, which the system gives empty; Pillow's usual 16 MB are often recycled.

    Pillow clears recycled blocks itself and keeps other threads waiting: 30 to 60 ms for 12 megapixels.
    """
    Image.core.set_block_size(_BLOCK_BYTES)  # type: ignore[attr-defined]  # documented, not typed


def render(file: BinaryIO, pixels: int, *, max_pixels: int = MAX_PICTURE_PIXELS) -> Image.Image:
    """Return a picture file in RGB or RGBA, without metadata, its longest side at most `pixels`.

    Of an animation it is the first frame. A picture that is cut off goes as far as it goes.

    Raises:
        BadPicture: it is empty, of a format that is not read here, broken, or has over `max_pixels`.

    """
    return render_opened(open_picture(file), pixels, max_pixels=max_pixels)


def render_opened(opened: OpenedPicture, pixels: int, *, max_pixels: int = MAX_PICTURE_PIXELS) -> Image.Image:
    """Do the same for a picture that is opened already."""
    size = scaled(opened.image.size, min(1.0, pixels / max(opened.image.size)))
    gap = 1 if math.prod(opened.image.size) > LARGE_PIXELS else _REDUCING_GAP
    return _render(opened, math.ceil(gap * pixels), max_pixels, size)


def render_coarsely(file: BinaryIO, pixels: int, *, max_pixels: int = MAX_PICTURE_PIXELS) -> Image.Image:
    """Return it likewise, but with its longest side at least `pixels` if it has so many: it is not resampled."""
    return _render(open_picture(file), pixels, max_pixels, None)


def scaled(size: tuple[int, int], ratio: float) -> tuple[int, int]:
    """Return a width and a height scaled by a ratio, each at least one pixel."""
    return max(1, round(size[0] * ratio)), max(1, round(size[1] * ratio))


def _render(opened: OpenedPicture, pixels: int, max_pixels: int, size: tuple[int, int] | None) -> Image.Image:
    try:
        with _one_large if math.prod(opened.image.size) > LARGE_PIXELS else nullcontext():
            decoded = decode(opened, pixels, max_pixels)
            picture = decoded.picture if decoded.range is None else decoded.range.to_8_bits(decoded.picture)
        if size is not None:
            picture = picture.resize(size, Resampling.LANCZOS, reducing_gap=_REDUCING_GAP)
        picture = to_srgb(picture, opened.profile)
    except BadPicture:
        raise
    except MemoryError as error:
        raise BadPicture("takes more memory than there is") from error
    except Exception as error:  # a stranger's bytes cause nearly any
        raise BadPicture(BROKEN) from error
    transposition = _TRANSPOSITIONS.get(opened.orientation)
    upright = picture.copy() if transposition is None else picture.transpose(transposition)
    upright.info = {}  # metadata would be written with it
    return upright
