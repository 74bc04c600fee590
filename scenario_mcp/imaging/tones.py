"""Tones: grey of 16 or 32 bits and floating point, brought to the 8 bits that a screen has."""

from PIL import Image, ImageMath

_DEEP = frozenset({"I", "F"})
_FULL_16_BITS = 65535.0
_LEVELS = 255.0


class Range:
    """The darkest and the lightest tone of a picture, gathered part by part."""

    def __init__(self) -> None:
        self._low = self._high = 0.0
        self._is_empty = True

    def take(self, part: Image.Image) -> Image.Image:
        """Return a part in floating point, and count its tones; what is no number or infinite becomes the darkest."""
        tones = part if part.mode == "F" else part.convert("I").convert("F")
        finite = _finite(tones) if part.mode == "F" else None
        if finite is None:
            self._count(*_extrema(tones))
            return tones
        box = finite.getbbox()
        if box is None:
            return Image.new("F", tones.size, self._low)
        row = finite.crop((0, box[1], tones.width, box[1] + 1)).getbbox() or box
        some = tones.getpixel((row[0], box[1]))
        known = _filled(tones, finite, float(some) if isinstance(some, int | float) else 0.0)
        self._count(*_extrema(known))
        return _filled(tones, finite, _extrema(known)[0])

    def _count(self, low: float, high: float) -> None:
        self._low, self._high = (low, high) if self._is_empty else (min(self._low, low), max(self._high, high))
        self._is_empty = False

    def to_8_bits(self, tones: Image.Image) -> Image.Image:
        """Return all parts together in mode L, from black for the darkest tone to white for the lightest."""
        if self._high > self._low:
            scale = _LEVELS / (self._high - self._low)
            low = self._low
            return tones.point(lambda tone: tone * scale + (0.5 - low * scale)).convert("L")
        full = 1.0 if 0 <= self._high <= 1 else max(_FULL_16_BITS, self._high)
        return Image.new("L", tones.size, round(_LEVELS * max(0.0, self._high) / full))


def is_deep(picture: Image.Image) -> bool:
    """Whether a picture has grey tones of more than 8 bits."""
    return picture.mode in _DEEP or picture.mode.startswith("I;16")


def _finite(tones: Image.Image) -> Image.Image | None:
    """Return a mask of the tones that are numbers; None if all are."""
    mask = ImageMath.lambda_eval(lambda images: (images["tone"] - images["tone"]) == 0, tone=tones)
    finite: Image.Image = mask.point(lambda each: each * _LEVELS).convert("L")
    return None if finite.getextrema() == (_LEVELS, _LEVELS) else finite.convert("1")


def _filled(tones: Image.Image, mask: Image.Image, tone: float) -> Image.Image:
    filled = Image.new("F", tones.size, tone)
    filled.paste(tones, mask=mask)
    return filled


def _extrema(tones: Image.Image) -> tuple[float, float]:
    low, high = tones.getextrema()
    return (float(low), float(high)) if isinstance(low, int | float) and isinstance(high, int | float) else (0.0, 0.0)
