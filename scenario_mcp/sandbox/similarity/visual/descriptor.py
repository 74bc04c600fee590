"""Descriptors: the look of a picture in a few hundred bytes, and the distances between them.

Made with Pillow alone: where the colours are, how much there is of each, which way the edges run, and how fine the
texture is. It does not know what a picture shows.
"""

import io
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from PIL import Image, ImageChops, ImageFilter, ImageMath

from scenario_mcp.picture_formats import FORMATS

FEATURE = "look-1"
"""The name that descriptors are stored under; it changes with the format of their bytes."""
MAX_PIXELS = 80_000_000
"""The largest picture that is described; it is unpacked in memory."""
_BLOCK = 64
_BLOCKS = 9
SIZE = _BLOCKS * _BLOCK
"""Bytes of a descriptor: blocks for luma and both chromas in 8 x 8 cells, the palette, the edges in 8 x 8 cells for
each of four directions, and the texture."""
_SIDE = 64
_FORMATS = tuple(each.pillow_name for each in FORMATS)
"""The formats that are opened. Pillow knows more, and starts programs for some."""
_BOX = Image.Resampling.BOX

_DIRECTIONS = (
    (-1, 0, 1, -2, 0, 2, -1, 0, 1),
    (-1, -2, -1, 0, 0, 0, 1, 2, 1),
    (-2, -1, 0, -1, 0, 1, 0, 1, 2),
    (0, -1, -2, 1, 0, -1, 2, 1, 0),
)
"""3 x 3 kernels that respond to edges: vertical, horizontal, and the two diagonals."""
_EDGE_KERNELS = tuple(
    tuple(ImageFilter.Kernel((3, 3), [sign * weight for weight in weights], scale=2) for sign in (1, -1))
    for weights in _DIRECTIONS
)
_MEAN_EDGE = 48
"""The mean byte of all edges: faint and strong lines count alike."""


class UnreadablePicture(Exception):
    """The bytes hold no picture that can be read, or one that is too large."""


def describe(content: bytes, max_pixels: int = MAX_PIXELS) -> bytes:
    """Return the descriptor of a picture file; of a moving one, of its first frame.

    Raises:
        UnreadablePicture: the bytes are no picture, or one that is broken or of over `max_pixels`.

    """
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as picture:
            if math.prod(picture.size) > max_pixels:
                raise UnreadablePicture(f"a picture of over {max_pixels} pixels")
            picture.draft("RGB", (4 * _SIDE, 4 * _SIDE))
            return describe_picture(picture)
    except (ValueError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        # Pillow raises any of these for a broken file.
        raise UnreadablePicture("not a picture that can be read") from error


def describe_picture(picture: Image.Image) -> bytes:
    """Return the descriptor of an opened picture; transparent parts count as white."""
    if picture.mode not in {"L", "RGB", "RGBA"}:
        picture = picture.convert("RGBA")
    canvas = Image.new("RGBA", (2 * _SIDE, 2 * _SIDE), "white")
    canvas.alpha_composite(picture.resize(canvas.size, _BOX).convert("RGBA"))
    large = canvas.convert("RGB")
    small = large.resize((_SIDE, _SIDE), _BOX)
    planes = small.convert("YCbCr").resize((8, 8), _BOX).split()
    luma, blue, red = planes
    return b"".join(
        (
            luma.tobytes(),
            _spread(blue.tobytes(), 2, centre=128),
            _spread(red.tobytes(), 2, centre=128),
            _palette(small),
            _edges(small),
            _texture(large.convert("L")),
        )
    )


def _spread(values: bytes, factor: int, centre: int = 0) -> bytes:
    """Stretch values from a centre, as far as a byte goes."""
    return bytes(min(255, max(0, (value - centre) * factor + centre)) for value in values)


def _palette(small: Image.Image) -> bytes:
    """Return the square root of each colour's share, over 4 levels of red, green and blue."""
    levels = small.point([value >> 6 for value in range(256)] * 3).tobytes()
    counts = Counter(zip(levels[0::3], levels[1::3], levels[2::3], strict=True))
    steps = range(4)
    shares = (counts[r, g, b] / (_SIDE * _SIDE) for r in steps for g in steps for b in steps)
    return bytes(round(255 * math.sqrt(share)) for share in shares)


def _edges(small: Image.Image) -> bytes:
    """Return how much of the edges in each cell runs in each direction."""
    upright, level, falling, rising = (_strength(small, *kernels) for kernels in _EDGE_KERNELS)
    pairs = ((upright, level), (level, upright), (falling, rising), (rising, falling))
    cells = b"".join(ImageChops.subtract(edge, across).resize((8, 8), _BOX).tobytes() for edge, across in pairs)
    roots = [math.sqrt(cell) for cell in cells]
    scale = _MEAN_EDGE * len(roots) / (sum(roots) or 1)
    return bytes(min(255, round(root * scale)) for root in roots)


def _strength(small: Image.Image, light: ImageFilter.Kernel, dark: ImageFilter.Kernel) -> Image.Image:
    """Return how strong the edges of a direction are, in the colour where they are strongest."""
    red, green, blue = ImageChops.lighter(small.filter(light), small.filter(dark)).split()
    return ImageChops.lighter(ImageChops.lighter(red, green), blue)


def _texture(large: Image.Image) -> bytes:
    """Return how much a picture changes under blur of four widths, in 4 x 4 cells."""
    blurred = [large, *(large.filter(ImageFilter.BoxBlur(radius)) for radius in (1, 2, 4, 8))]
    return b"".join(
        _spread(ImageChops.difference(sharp, soft).resize((4, 4), _BOX).tobytes(), 6)
        for sharp, soft in pairwise(blurred)
    )


_FEATURES = (1.0, 1.0, 1.0, 0.6, 0.6, 0.6, 0.6, 0.6, 0.4)
_MOOD = (0.5, 1.0, 1.0, 1.6, 0.0, 0.0, 0.0, 0.0, 0.6)
_SHAPE = (0.1, 0.1, 0.1, 0.1, 1.0, 1.0, 1.0, 1.0, 0.0)
"""Weights of the blocks for the features of a picture, for its mood, and for its shapes."""
_CHUNK = 1000
"""The number of descriptors that are compared at once: they fit in a processor's cache."""
_FAR = 0.3
"""The difference, as a share of a byte's range, from which pictures have nothing in common."""


class Distances(NamedTuple):
    """How far pictures are from one, each in three ways: 0 for the same, 1 for far away."""

    features: Sequence[float]
    mood: Sequence[float]
    shape: Sequence[float]


class Descriptors:
    """Descriptors packed into pictures, a row each, so that Pillow compares them all at once."""

    def __init__(self, rows: Iterable[bytes]) -> None:
        rows = tuple(rows)
        self._chunks = [
            Image.frombytes("L", (SIZE, len(chunk)), b"".join(chunk))
            for chunk in (rows[start : start + _CHUNK] for start in range(0, len(rows), _CHUNK))
        ]
        self._factors = [_factors(weights, len(rows)) for weights in (_FEATURES, _MOOD, _SHAPE)]

    def distances(self, reference: bytes) -> Distances:
        """Return how far each row is from a reference."""
        if not self._chunks:
            return Distances([], [], [])
        blocks = Image.new("F", self._factors[0].size)
        for number, chunk in enumerate(self._chunks):
            same = Image.frombytes("L", chunk.size, reference * chunk.height)
            # Coarsely in bytes, then exactly: all of it in floating point would take four times as long.
            cells = ImageChops.difference(chunk, same).reduce((_BLOCK // 8, 1))
            blocks.paste(cells.convert("F").reduce((8, 1)), (0, number * _CHUNK))
        return Distances(*(_weighted(blocks, factors) for factors in self._factors))


def _factors(weights: Sequence[float], count: int) -> Image.Image:
    """Return what each block counts, in a row for each of the descriptors."""
    row = Image.new("F", (_BLOCKS, 1))
    row.putdata([weight * _BLOCKS / (255 * _FAR * sum(weights)) for weight in weights])
    return row.resize((_BLOCKS, max(1, count)), Image.Resampling.NEAREST)


def _weighted(blocks: Image.Image, factors: Image.Image) -> list[float]:
    """Return the weighted mean of each row of blocks."""
    weighted = ImageMath.lambda_eval(lambda images: images["a"] * images["b"], a=blocks, b=factors)
    return list(memoryview(weighted.reduce((_BLOCKS, 1)).tobytes()).cast("f"))
