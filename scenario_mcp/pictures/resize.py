"""Pictures recognised by content, checked, and made smaller, off the event loop."""

import asyncio
import functools
import io
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

from scenario_mcp.errors import NotFound
from scenario_mcp.imaging.errors import UNKNOWN, BadPicture
from scenario_mcp.picture_formats import JPEG, PNG, WEBP

if TYPE_CHECKING:
    from scenario_mcp.imaging.opening import OpenedPicture

MAX_PIXELS = 100_000_000
"""Largest picture that is decoded for a caller. Where a format is decoded as a whole, its own limit is smaller."""
_THREADS = 2
_KEPT = frozenset({PNG, JPEG, WEBP})
_KEPT_MODES = frozenset({"1", "L", "LA", "P", "RGB", "RGBA"})
_KEPT_BITS = 8
_NO_PICTURE = "This is not a picture of a kind that is read here."
_TOO_SMALL = "The picture cannot be made that small. Allow it more bytes."


class Picture(NamedTuple):
    """A picture's bytes, its MIME type by content (PNG, JPEG or WebP), and its size in pixels."""

    data: bytes
    mime_type: str
    width: int
    height: int


class Resizer:
    """Makes pictures smaller in two threads of its own. One for all callers of a process, so memory stays bounded."""

    async def fit(self, data: bytes, *, pixels: int, max_bytes: int) -> Picture:
        """Return the picture with its longest side at most `pixels`, in at most `max_bytes`.

        A PNG, JPEG or WebP that fits already keeps its very bytes, if every viewer shows them alike. Any other picture
        becomes a WebP, upright and without metadata; of an animation, its first frame.

        Raises:
            NotFound: the bytes are no picture of a format that is read, are broken, have too many pixels to be decoded,
                or cannot be brought under `max_bytes`.

        """
        # An executor, not anyio's threads: abandoned work keeps its thread until it ends, while its caller goes on at
        # once. So there are never more pictures in memory than threads, however many callers gave up.
        # Pillow releases the GIL all but for moments, except for WebP: it copies what it decoded in one go.
        return await asyncio.get_running_loop().run_in_executor(self._threads, _fit, data, pixels, max_bytes)

    @functools.cached_property
    def _threads(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(_THREADS, thread_name_prefix="pictures", initializer=_set_up)


def _set_up() -> None:
    from scenario_mcp.imaging.rendering import set_up

    set_up()


def _fit(data: bytes, pixels: int, max_bytes: int) -> Picture:
    from scenario_mcp.imaging.encoding import encode
    from scenario_mcp.imaging.opening import open_picture
    from scenario_mcp.imaging.rendering import render_opened

    try:
        opened = open_picture(io.BytesIO(data))
        if max(opened.size) <= pixels and len(data) <= max_bytes and _is_shown_alike(opened, data):
            return Picture(data, opened.format.mime_type, *opened.size)
        encoded = encode(render_opened(opened, pixels, max_pixels=MAX_PIXELS), max_bytes)
    except BadPicture as bad:
        raise NotFound(_NO_PICTURE if str(bad) == UNKNOWN else f"The picture {bad}. Choose another.") from bad
    if encoded is None:
        raise NotFound(_TOO_SMALL)
    return Picture(encoded.data, encoded.format.mime_type, *encoded.size)


def _is_shown_alike(opened: "OpenedPicture", data: bytes) -> bool:
    """Whether every viewer shows the bytes alike: a still, upright, of 8 bits, in sRGB, whole, without oddities."""
    from scenario_mcp.imaging.colours import is_srgb
    from scenario_mcp.imaging.opening import is_sound

    return (
        opened.format in _KEPT
        and opened.frames == 1
        and opened.is_stored_upright
        and opened.image.mode in _KEPT_MODES
        and (opened.bits or _KEPT_BITS) <= _KEPT_BITS
        and is_srgb(opened.profile)
        and is_sound(opened.format, data)
    )
