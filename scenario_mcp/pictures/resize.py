"""Picture bytes: told by content, checked, made smaller, off the event loop."""

import asyncio
import functools
import io
import math
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from typing import TYPE_CHECKING, NamedTuple

from scenario_mcp.errors import NotFound
from scenario_mcp.picture_formats import GIF, JPEG, PNG, SHOWN_NAMES, WEBP, PictureFormat, detect_format

# Pillow is imported where it is used, in a worker thread, and only once there is a picture.
if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFile import ImageFile

MAX_SIDE = 32_000
"""The largest width or height in pixels that is unpacked."""
_THREADS = 2
_LARGE_PIXELS = 6_000_000
_one_large = threading.Lock()
"""Held while a large picture is unpacked: two of them at once would take too much memory."""
_BLOCK_BYTES = 256 * 2**20
_QUALITIES = (85, 70, 50, 30)
_SHRINKING = 0.7
_REDUCING_GAP = 2.0
"""Pillow may halve a picture roughly until it is this many times as large as wanted."""
_NO_PICTURE = f"What lies there is not a {SHOWN_NAMES} picture."
_BROKEN = "The picture's bytes are broken, so it cannot be shown. Choose another."
_TOO_LARGE = "The picture has over {:.0f} million pixels, or a side of over {:,}. It is too large. Choose another."
_TOO_SMALL = "The picture cannot be made that small. Allow it more bytes."


class Picture(NamedTuple):
    """A picture's bytes, its MIME type by content (PNG, JPEG or WebP), and the size they unpack to."""

    data: bytes
    mime_type: str
    width: int
    height: int


async def fit(data: bytes, *, pixels: int, max_bytes: int) -> Picture:
    """Return the picture with its longest side at most `pixels`, in at most `max_bytes`.

    A PNG, JPEG or WebP that fits already keeps its very bytes. What does not fit becomes a WebP, upright and without
    metadata; what moves becomes its first frame.

    Raises:
        NotFound: the bytes are no PNG, JPEG, WebP or GIF, are broken, have too many pixels to be unpacked, or cannot
            be brought under `max_bytes`.

    """
    # An executor, not anyio's threads: abandoned work keeps its thread until it ends, while its caller goes on at once.
    # So there are never more pictures in memory than threads, however many callers gave up.
    # Pillow lets the event loop go on all but for moments, except for WebP: it copies what it unpacked in one go.
    return await asyncio.get_running_loop().run_in_executor(_threads(), _fit, data, pixels, max_bytes)


@functools.cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_THREADS, thread_name_prefix="pictures", initializer=_set_up_pillow)


def _set_up_pillow() -> None:
    """Let each picture be one block of memory, which the system gives empty; Pillow's usual 16 MB are often recycled.

    Pillow empties those itself and keeps other threads waiting: 30 to 60 ms for 12 megapixels.
    """
    from PIL import Image

    Image.core.set_block_size(_BLOCK_BYTES)  # type: ignore[attr-defined]  # documented, not typed


def _fit(data: bytes, pixels: int, max_bytes: int) -> Picture:
    from PIL.Image import DecompressionBombError

    picture_format = detect_format(data)
    if picture_format is None:
        raise NotFound(_NO_PICTURE)
    # For good, since `catch_warnings` is not safe in threads. Pillow warns of oddities that it can live with.
    warnings.filterwarnings("ignore", module=r"PIL\.")
    try:
        with _open(data, picture_format) as picture:
            _refuse_too_large(picture.size, picture_format)
            with _one_large if math.prod(picture.size) > _LARGE_PIXELS else nullcontext():
                return _fit_opened(picture, data, picture_format, pixels, max_bytes)
    except NotFound:
        raise
    except (MemoryError, DecompressionBombError) as error:
        raise _too_large(picture_format) from error
    except Exception as error:  # a stranger's bytes bring out nearly any
        raise NotFound(_BROKEN) from error


def _refuse_too_large(size: tuple[int, int], picture_format: PictureFormat) -> None:
    if max(size) > MAX_SIDE or math.prod(size) > picture_format.max_pixels:
        raise _too_large(picture_format)


def _too_large(picture_format: PictureFormat) -> NotFound:
    return NotFound(_TOO_LARGE.format(picture_format.max_pixels / 1e6, MAX_SIDE))


def _fit_opened(
    picture: "ImageFile", data: bytes, picture_format: PictureFormat, pixels: int, max_bytes: int
) -> Picture:
    is_moving = picture_format is GIF or getattr(picture, "is_animated", False)
    if is_moving or max(picture.size) > pixels or len(data) > max_bytes:
        return _shrink(_scale(picture, pixels), max_bytes)
    picture.load()  # a cut-off picture shows only now
    return Picture(data, picture_format.mime_type, *picture.size)


def _open(data: bytes, picture_format: PictureFormat) -> "ImageFile":
    """Read a picture's header with the plugin for its type.

    `Image.open` would try all of its plugins, and warn of large pictures before their size can be judged.
    """
    from PIL.GifImagePlugin import GifImageFile
    from PIL.JpegImagePlugin import JpegImageFile
    from PIL.PngImagePlugin import PngImageFile
    from PIL.WebPImagePlugin import WebPImageFile

    plugins: dict[PictureFormat, type[ImageFile]] = {
        PNG: PngImageFile,
        JPEG: JpegImageFile,
        WEBP: WebPImageFile,
        GIF: GifImageFile,
    }
    return plugins[picture_format](io.BytesIO(data))


def _scale(picture: "ImageFile", pixels: int) -> "Image":
    """Return an RGB or RGBA picture, upright, of at most so many pixels on its longest side."""
    from PIL.Image import Resampling

    size = _smaller(picture.size, min(1.0, pixels / max(picture.size)))
    # A JPEG can be unpacked at a half, a quarter or an eighth.
    picture.draft(None, (math.ceil(size[0] * _REDUCING_GAP), math.ceil(size[1] * _REDUCING_GAP)))
    picture.load()
    scaled: Image = picture
    if scaled.mode == "I;16":  # of which a conversion would keep the darkest 256 shades only
        scaled = scaled.point(lambda shade: shade / 256)
    if scaled.mode not in {"RGB", "RGBA"} or "transparency" in scaled.info:
        scaled = scaled.convert("RGBA" if scaled.has_transparency_data else "RGB")
    scaled = scaled.resize(size, Resampling.LANCZOS, reducing_gap=_REDUCING_GAP)
    scaled = _upright(scaled, picture)
    scaled.info = {}  # metadata would be written with it
    return scaled


def _upright(scaled: "Image", picture: "ImageFile") -> "Image":
    """Turn the scaled picture as the original's EXIF says."""
    from PIL.ExifTags import Base
    from PIL.Image import Transpose

    try:
        orientation = picture.getexif().get(Base.Orientation)
    except Exception:  # noqa: BLE001  # EXIF is often broken in pictures that are fine
        return scaled
    turns = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    return scaled.transpose(turns[orientation]) if orientation in turns else scaled


def _smaller(size: tuple[int, int], ratio: float) -> tuple[int, int]:
    return max(1, round(size[0] * ratio)), max(1, round(size[1] * ratio))


def _shrink(picture: "Image", max_bytes: int) -> Picture:
    """Encode a picture in at most so many bytes: first it gets coarser, then smaller."""
    from PIL.Image import Resampling

    while True:
        for quality in _QUALITIES:
            data, mime_type = _encode(picture, quality)
            if len(data) <= max_bytes:
                return Picture(data, mime_type, *picture.size)
        if picture.size == (1, 1):
            raise NotFound(_TOO_SMALL)
        picture = picture.resize(_smaller(picture.size, _SHRINKING), Resampling.LANCZOS)


def _encode(picture: "Image", quality: int) -> tuple[bytes, str]:
    """Encode as WebP, or as what Pillow was built with."""
    from PIL import features

    fallback = PNG if picture.mode == "RGBA" else JPEG
    written = WEBP if features.check_module(WEBP.name.lower()) else fallback
    buffer = io.BytesIO()
    picture.save(buffer, written.pillow_name, quality=quality)
    return buffer.getvalue(), written.mime_type
