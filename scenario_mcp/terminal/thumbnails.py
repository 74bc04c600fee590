"""Thumbnails of untrusted pictures."""

import io

from PIL import Image, ImageOps

from scenario_mcp.imaging.colours import on_ground
from scenario_mcp.imaging.errors import BadPicture
from scenario_mcp.imaging.rendering import render

BACKGROUND = (38, 40, 46)
"""A dark, slightly blue grey, on which both light and dark pictures stand out."""


def thumbnail(data: bytes, width: int, height: int) -> Image.Image | None:
    """Return the picture upright in RGBA, at most `width` x `height` pixels; None if it cannot be shown."""
    try:
        picture = render(io.BytesIO(data), max(width, height)).convert("RGBA")
    except BadPicture:
        return None
    is_small = picture.width * 2 <= width and picture.height * 2 <= height
    return ImageOps.contain(
        picture, (width, height), Image.Resampling.NEAREST if is_small else Image.Resampling.LANCZOS
    )


def flat(picture: Image.Image) -> Image.Image:
    """Return the RGBA picture in RGB, on `BACKGROUND` where it is transparent."""
    return on_ground(picture, BACKGROUND)
