"""Pictures recognised by content, checked, and made smaller, off the event loop."""

import asyncio
import functools
import math
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from typing import TYPE_CHECKING, NamedTuple

from scenario_mcp.errors import NotFound
from scenario_mcp.picture_formats import GIF, SHOWN, SHOWN_NAMES, PictureFormat, detect_format

if TYPE_CHECKING:
    from scenario_mcp.pictures.pillow import ImageFile

MAX_SIDE = 32_000
"""Largest width or height in pixels that is decoded."""
_THREADS = 2
_LARGE_PIXELS = 6_000_000
_NO_PICTURE = f"This is not a {SHOWN_NAMES} picture."
_BROKEN = "The picture's bytes are broken, so it cannot be shown. Choose another."
_TOO_LARGE = "The picture has over {:.0f} million pixels, or a side of over {:,}. It is too large. Choose another."
_TOO_SMALL = "The picture cannot be made that small. Allow it more bytes."


class Picture(NamedTuple):
    """A picture's bytes, its MIME type by content (PNG, JPEG or WebP), and its size in pixels."""

    data: bytes
    mime_type: str
    width: int
    height: int


class Resizer:
    """Makes pictures smaller in two threads of its own. One for all callers of a process, so memory stays bounded."""

    def __init__(self) -> None:
        self._one_large = threading.Lock()
        """Held while a large picture is decoded: two at once would take too much memory."""

    async def fit(self, data: bytes, *, pixels: int, max_bytes: int) -> Picture:
        """Return the picture with its longest side at most `pixels`, in at most `max_bytes`.

        A PNG, JPEG or WebP that fits already keeps its very bytes. Any other picture becomes a WebP, upright and
        without metadata; of an animation, its first frame.

        Raises:
            NotFound: the bytes are no PNG, JPEG, WebP or GIF, are broken, have too many pixels to be decoded, or
                cannot be brought under `max_bytes`.

        """
        # An executor, not anyio's threads: abandoned work keeps its thread until it ends, while its caller goes on at
        # once. So there are never more pictures in memory than threads, however many callers gave up.
        # Pillow releases the GIL all but for moments, except for WebP: it copies what it decoded in one go.
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._fit, data, pixels, max_bytes)

    @functools.cached_property
    def _threads(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(_THREADS, thread_name_prefix="pictures", initializer=_set_up)

    def _fit(self, data: bytes, pixels: int, max_bytes: int) -> Picture:
        from scenario_mcp.pictures import pillow

        picture_format = detect_format(data)
        if picture_format not in SHOWN or picture_format is None:
            raise NotFound(_NO_PICTURE)
        # For good, since `catch_warnings` is not safe in threads. Pillow warns of oddities that it can live with.
        warnings.filterwarnings("ignore", module=r"PIL\.")
        try:
            with pillow.open_picture(data, picture_format) as picture:
                _refuse_too_large(picture.size, picture_format)
                with self._one_large if math.prod(picture.size) > _LARGE_PIXELS else nullcontext():
                    return _fit_opened(picture, data, picture_format, pixels, max_bytes)
        except NotFound:
            raise
        except (MemoryError, pillow.DecompressionBombError) as error:
            raise _too_large(picture_format) from error
        except Exception as error:  # a stranger's bytes cause nearly any
            raise NotFound(_BROKEN) from error


def _set_up() -> None:
    from scenario_mcp.pictures import pillow

    pillow.set_up()


def _refuse_too_large(size: tuple[int, int], picture_format: PictureFormat) -> None:
    if max(size) > MAX_SIDE or math.prod(size) > picture_format.max_pixels:
        raise _too_large(picture_format)


def _too_large(picture_format: PictureFormat) -> NotFound:
    return NotFound(_TOO_LARGE.format(picture_format.max_pixels / 1e6, MAX_SIDE))


def _fit_opened(
    picture: "ImageFile", data: bytes, picture_format: PictureFormat, pixels: int, max_bytes: int
) -> Picture:
    from scenario_mcp.pictures import pillow

    is_moving = picture_format is GIF or getattr(picture, "is_animated", False)
    if is_moving or max(picture.size) > pixels or len(data) > max_bytes:
        encoded = pillow.encode(pillow.scale(picture, pixels), max_bytes)
        if encoded is None:
            raise NotFound(_TOO_SMALL)
        return Picture(encoded.data, encoded.format.mime_type, *encoded.size)
    picture.load()  # a cut-off picture shows only now
    return Picture(data, picture_format.mime_type, *picture.size)
