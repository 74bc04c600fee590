"""Pictures decoded, scaled and encoded by Pillow.

Imported with the first picture, in a worker thread: the other modules of this room do not import Pillow.
"""

import io
import math
from typing import NamedTuple

from PIL import Image, features
from PIL.ExifTags import Base
from PIL.GifImagePlugin import GifImageFile
from PIL.Image import DecompressionBombError, Resampling, Transpose
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from scenario_mcp.picture_formats import GIF, JPEG, PNG, WEBP, PictureFormat

__all__ = ["DecompressionBombError", "ImageFile", "encode", "open_picture", "scale", "set_up"]

_PLUGINS: dict[PictureFormat, type[ImageFile]] = {
    PNG: PngImageFile,
    JPEG: JpegImageFile,
    WEBP: WebPImageFile,
    GIF: GifImageFile,
}
_BLOCK_BYTES = 256 * 2**20
_QUALITIES = (85, 70, 50, 30)
_SHRINKING = 0.7
_REDUCING_GAP = 2.0
"""`reducing_gap`: Pillow may use fast box reduction down to this multiple of the target size."""
_TRANSPOSITIONS: dict[object, Transpose] = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
"""What each EXIF orientation asks for."""


class Encoded(NamedTuple):
    """An encoded picture and its size in pixels."""

    data: bytes
    format: PictureFormat
    size: tuple[int, int]


def set_up() -> None:
    """Let each picture be one block of memory, which the system gives empty; Pillow's usual 16 MB are often recycled.

    Pillow clears recycled blocks itself and keeps other threads waiting: 30 to 60 ms for 12 megapixels.
    """
    Image.core.set_block_size(_BLOCK_BYTES)  # type: ignore[attr-defined]  # documented, not typed


def open_picture(data: bytes, picture_format: PictureFormat) -> ImageFile:
    """Read a picture's header with the plugin for its format.

    `Image.open` would try all of its plugins, and warn of large pictures before their size can be judged.
    """
    return _PLUGINS[picture_format](io.BytesIO(data))


def scale(picture: ImageFile, pixels: int) -> Image.Image:
    """Return an RGB or RGBA picture, upright, with its longest side at most `pixels`."""
    size = _scaled(picture.size, min(1.0, pixels / max(picture.size)))
    # A JPEG can be decoded at a half, a quarter or an eighth of its size.
    picture.draft(None, (math.ceil(size[0] * _REDUCING_GAP), math.ceil(size[1] * _REDUCING_GAP)))
    picture.load()
    scaled: Image.Image = picture
    if scaled.mode == "I;16":  # a conversion would keep only the darkest 256 shades
        scaled = scaled.point(lambda shade: shade / 256)
    if scaled.mode not in {"RGB", "RGBA"} or "transparency" in scaled.info:
        scaled = scaled.convert("RGBA" if scaled.has_transparency_data else "RGB")
    scaled = scaled.resize(size, Resampling.LANCZOS, reducing_gap=_REDUCING_GAP)
    scaled = _upright(scaled, picture)
    scaled.info = {}  # metadata would be written with it
    return scaled


def encode(picture: Image.Image, max_bytes: int) -> Encoded | None:
    """Encode in at most `max_bytes`: at a lower quality first, then smaller; None if even one pixel is too much."""
    while True:
        for quality in _QUALITIES:
            encoded = _encode(picture, quality)
            if len(encoded.data) <= max_bytes:
                return encoded
        if picture.size == (1, 1):
            return None
        picture = picture.resize(_scaled(picture.size, _SHRINKING), Resampling.LANCZOS)


def _upright(scaled: Image.Image, picture: ImageFile) -> Image.Image:
    """Turn the scaled picture as the original's EXIF says."""
    try:
        transposition = _TRANSPOSITIONS.get(picture.getexif().get(Base.Orientation))
    except Exception:  # noqa: BLE001  # EXIF is often broken in pictures that are fine
        return scaled
    return scaled if transposition is None else scaled.transpose(transposition)


def _scaled(size: tuple[int, int], ratio: float) -> tuple[int, int]:
    return max(1, round(size[0] * ratio)), max(1, round(size[1] * ratio))


def _encode(picture: Image.Image, quality: int) -> Encoded:
    """Encode as WebP; where Pillow was built without it, as PNG or JPEG."""
    fallback = PNG if picture.mode == "RGBA" else JPEG
    written = WEBP if features.check_module(WEBP.name.lower()) else fallback
    buffer = io.BytesIO()
    picture.save(buffer, written.pillow_name, quality=quality)
    return Encoded(buffer.getvalue(), written, picture.size)
