"""Colours of 16 bits that are all dark: the lower 8 bits, which Pillow drops, hold what there is to be seen."""

import sys

from PIL import Image, ImageMath
from PIL.ImageFile import ImageFile

from scenario_mcp.imaging.opening import OpenedPicture, find_reader

_BRIGHT = 128
"""A picture whose lightest upper byte reaches this is shown as it is."""
_OTHER_ENDS = {"L": "B", "B": "L", "N": "B" if sys.byteorder == "little" else "L"}
"""The order of bytes in which Pillow takes the lower byte for the upper one."""
_MODES = ("RGB", "RGBA")


def with_lower_bits(opened: OpenedPicture) -> Image.Image:
    """Return an unpacked picture; one of 16 bits that is all dark comes with its lightest colour at full strength.

    Its hues stay: black is left where it is, and all colours are scaled alike.
    """
    image = opened.image
    if opened.bits != 16 or image.mode not in _MODES or max(_lights(image)) >= _BRIGHT:  # noqa: PLR2004  # bits
        return image
    opened.file.seek(0)
    lower = find_reader(opened.format)(opened.file)
    if not _read_other_byte(lower):
        return image
    lower.load()
    both = [_joined(*bands) for bands in zip(image.split()[:3], lower.split()[:3], strict=True)]
    lightest = max(light for band in both if isinstance(light := band.getextrema()[1], int | float)) or 1
    bands = [band.point(lambda light: light * (255 / lightest) + 0.5).convert("L") for band in both]
    return Image.merge(image.mode, [*bands, *image.split()[3:]])


def _lights(image: Image.Image) -> list[float]:
    extrema = [band.getextrema()[1] for band in image.split()[:3]]
    return [light for light in extrema if isinstance(light, int | float)]


def _read_other_byte(image: ImageFile) -> bool:
    """Let a picture that is not unpacked yet take the lower bytes; return whether it can."""
    for number, tile in enumerate(image.tile):
        args = tile.args if isinstance(tile.args, tuple) else (tile.args,)
        layout, _, order = str(args[0]).partition(";16")
        if layout not in _MODES or order not in _OTHER_ENDS:
            return False
        other = f"{layout};16{_OTHER_ENDS[order]}"
        image.tile[number] = tile._replace(args=(other, *args[1:]) if isinstance(tile.args, tuple) else other)
    return bool(image.tile)


def _joined(upper: Image.Image, lower: Image.Image) -> Image.Image:
    joined: Image.Image = ImageMath.lambda_eval(
        lambda bands: bands["upper"] * 256 + bands["lower"], upper=upper.convert("F"), lower=lower.convert("F")
    )
    return joined
