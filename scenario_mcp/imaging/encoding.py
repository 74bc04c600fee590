"""Encoding: a rendered picture in a format that clients show, in as few bytes as wanted."""

import io
from typing import NamedTuple

from PIL import (
    Image,
    WebPImagePlugin,  # noqa: F401  # else Pillow loads all of its plugins to find the one that writes
    features,
)
from PIL.Image import Resampling

from scenario_mcp.imaging.rendering import scaled
from scenario_mcp.picture_formats import JPEG, PNG, WEBP, PictureFormat

_QUALITIES = (85, 70, 50, 30)
_SHRINKING = 0.7


class Encoded(NamedTuple):
    """An encoded picture and its size in pixels."""

    data: bytes
    format: PictureFormat
    size: tuple[int, int]


def encode(picture: Image.Image, max_bytes: int) -> Encoded | None:
    """Encode in at most `max_bytes`: at a lower quality first, then smaller; None if even one pixel is too much."""
    while True:
        for quality in _QUALITIES:
            encoded = _encode(picture, quality)
            if len(encoded.data) <= max_bytes:
                return encoded
        if picture.size == (1, 1):
            return None
        picture = picture.resize(scaled(picture.size, _SHRINKING), Resampling.LANCZOS)


def _encode(picture: Image.Image, quality: int) -> Encoded:
    """Encode as WebP; where Pillow was built without it, as PNG or JPEG."""
    fallback = PNG if picture.mode == "RGBA" else JPEG
    written = WEBP if features.check_module(WEBP.name.lower()) else fallback
    buffer = io.BytesIO()
    picture.save(buffer, written.pillow_name, quality=quality)
    return Encoded(buffer.getvalue(), written, picture.size)
