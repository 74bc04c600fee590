"""Thumbnails of untrusted pictures."""

import io
import warnings

from PIL import Image, ImageOps

from scenario_mcp.picture_formats import SHOWN

BACKGROUND = (38, 40, 46)
"""A dark, slightly blue grey, on which both light and dark pictures stand out."""
_FORMATS = tuple(each.pillow_name for each in SHOWN)


def thumbnail(data: bytes, width: int, height: int) -> Image.Image | None:
    """Return the picture upright in RGBA, at most `width` x `height` pixels; None if it cannot be decoded."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            warnings.simplefilter("ignore", UserWarning)  # on irregular files that Pillow can decode
            with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
                picture.draft("RGB", (2 * width, 2 * height))
                upright = ImageOps.exif_transpose(picture).convert("RGBA")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return None
    except (OSError, ValueError, SyntaxError, ArithmeticError, LookupError, TypeError, RuntimeError, EOFError):
        return None  # Pillow raises any of these for a broken file
    is_small = upright.width * 2 <= width and upright.height * 2 <= height
    return ImageOps.contain(
        upright, (width, height), Image.Resampling.NEAREST if is_small else Image.Resampling.LANCZOS
    )


def flat(picture: Image.Image) -> Image.Image:
    """Return the RGBA picture in RGB, on `BACKGROUND` where it is transparent."""
    opaque = Image.new("RGB", picture.size, BACKGROUND)
    opaque.paste(picture, mask=picture)
    return opaque
