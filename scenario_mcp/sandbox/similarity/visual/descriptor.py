"""Descriptors: the look of a picture in a few hundred bytes, and the distances between them.

Made with Pillow alone: where the colours are, how much there is of each, which way the edges run, and by which
technique the picture is made. It does not know what a picture shows.
"""

import io
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import BinaryIO

from PIL import Image, ImageChops, ImageFilter, ImageMath

from scenario_mcp.imaging.colours import on_ground
from scenario_mcp.imaging.rendering import render_coarsely
from scenario_mcp.picture_formats import MAX_PICTURE_PIXELS

_BLOCK = 64
_BLOCKS = 9
SIZE = _BLOCKS * _BLOCK
"""Bytes of a descriptor: blocks for luma and both chromas in 8 x 8 cells, the palette, the edges in 8 x 8 cells for
each of four directions, and the technique."""
_SIDE = 64
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

_BENDS = tuple(
    ImageFilter.Kernel((3, 3), [sign * weight for weight in (0, -1, 0, -1, 4, -1, 0, -1, 0)], scale=4)
    for sign in (1, -1)
)
"""Kernels that respond where lightness bends: lines, corners and grain, but no even slope."""
_EVEN = (0,) * 7
"""Counted this often: the share of pixels that are exactly like their neighbours tells most about a technique."""
_STEPS = (*_EVEN, *range(9), 10, 12, 14, 16, 19, 22, 26, 30, 36, 44, 56, 72, 96)
_SHARPNESS = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13, 15, 18, 21, 25, 30, 36, 44, 56, 72)
_LEVELS = (16, 48, 80, 112, 144, 176, 208)
"""The values up to which pixels are counted: of steps to their neighbours, of sharpness, and of saturation and
lightness."""


def describe(content: bytes, max_pixels: int = MAX_PICTURE_PIXELS) -> bytes:
    """Return the descriptor of a picture file; of a moving one, of its first frame.

    Raises:
        BadPicture: the bytes are no picture, or one that is broken or of over `max_pixels`.

    """
    return describe_file(io.BytesIO(content), max_pixels)


def describe_file(file: BinaryIO, max_pixels: int = MAX_PICTURE_PIXELS) -> bytes:
    """Return the descriptor of a picture file without holding all of it in memory; raises BadPicture likewise."""
    return describe_picture(render_coarsely(file, 4 * _SIDE, max_pixels=max_pixels))


def describe_picture(picture: Image.Image) -> bytes:
    """Return the descriptor of a picture; transparent parts count as a neutral grey."""
    colours = picture if picture.mode in {"RGB", "RGBA"} else picture.convert("RGBA")
    large = on_ground(colours.resize((2 * _SIDE, 2 * _SIDE), _BOX))
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
            _technique(large),
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


def _technique(large: Image.Image) -> bytes:
    """Return what tells pixel art from a pen drawing or a painting, wherever it is in the picture.

    It is the share of pixels whose step to their neighbours is small, that are not sharp, not saturated, and dark.
    """
    lightness = large.convert("L")
    bends = ImageChops.lighter(*(lightness.filter(kernel) for kernel in _BENDS))
    saturation = large.convert("HSV").getchannel("S")
    measured = ((_steps(large), _STEPS), (bends, _SHARPNESS), (saturation, _LEVELS), (lightness, _LEVELS))
    return b"".join(_shares(values, limits) for values, limits in measured)


def _steps(large: Image.Image) -> Image.Image:
    """Return how much each pixel differs from those to the right and below, in the colour where it does most."""
    width, height = large.size
    inner = large.crop((0, 0, width - 1, height - 1))
    right, below = large.crop((1, 0, width, height - 1)), large.crop((0, 1, width - 1, height))
    steps = ImageChops.lighter(ImageChops.difference(inner, right), ImageChops.difference(inner, below))
    red, green, blue = steps.split()
    return ImageChops.lighter(ImageChops.lighter(red, green), blue)


def _shares(values: Image.Image, limits: Iterable[int]) -> bytes:
    """Return the share of pixels that are up to each limit."""
    counts = tuple(accumulate(values.histogram()))
    return bytes(round(255 * counts[limit] / counts[-1]) for limit in limits)


_FEATURES = (1.0, 1.0, 1.0, 1.0, 0.6, 0.6, 0.6, 0.6, 0.3)
_MOOD = (0.5, 1.0, 1.0, 1.6, 0.0, 0.0, 0.0, 0.0, 0.6)
_SHAPE = (0.1, 0.1, 0.1, 0.1, 1.0, 1.0, 1.0, 1.0, 0.0)
_MANNER = (1.0, 1.0, 1.0, 0.6, 0.6, 0.6, 0.6, 0.6, 12.0)
"""Weights of the blocks for the features of a picture, for its mood, for its shapes, and for the manner in which it is
made, which pictures of different subjects share."""
_CHUNK = 1000
"""The number of descriptors that are compared at once: they fit in a processor's cache."""
_FAR = 0.3
"""The difference, as a share of a byte's range, from which pictures have nothing in common."""


class Distances:
    """How far pictures are from one, each in several ways: 0 for the same, 1 for far away."""

    def __init__(self, blocks: Image.Image | None, count: int) -> None:
        """Take the mean difference of each block, in a row for each of the pictures."""
        self._blocks = blocks
        self._count = count

    @cached_property
    def features(self) -> Sequence[float]:
        """By all that is seen: near-duplicates are near."""
        return self._weighted(_FEATURES)

    @cached_property
    def mood(self) -> Sequence[float]:
        """By colours and technique."""
        return self._weighted(_MOOD)

    @cached_property
    def shape(self) -> Sequence[float]:
        """By the edges."""
        return self._weighted(_SHAPE)

    @cached_property
    def manner(self) -> Sequence[float]:
        """By technique above all: pictures in the same manner are near, whatever they show."""
        return self._weighted(_MANNER)

    def _weighted(self, weights: Sequence[float]) -> list[float]:
        """Return the weighted mean of each row of blocks."""
        if self._blocks is None:
            return []
        factors = _factors(weights, self._count)
        weighted = ImageMath.lambda_eval(lambda images: images["a"] * images["b"], a=self._blocks, b=factors)
        return list(memoryview(weighted.reduce((_BLOCKS, 1)).tobytes()).cast("f"))


class Descriptors:
    """Descriptors packed into pictures, a row each, so that Pillow compares them all at once."""

    def __init__(self, rows: Iterable[bytes]) -> None:
        rows = tuple(rows)
        self._count = len(rows)
        self._chunks = [
            Image.frombytes("L", (SIZE, len(chunk)), b"".join(chunk))
            for chunk in (rows[start : start + _CHUNK] for start in range(0, len(rows), _CHUNK))
        ]

    def distances(self, reference: bytes) -> Distances:
        """Return how far each row is from a reference."""
        if not self._chunks:
            return Distances(None, 0)
        blocks = Image.new("F", (_BLOCKS, self._count))
        for number, chunk in enumerate(self._chunks):
            same = Image.frombytes("L", chunk.size, reference * chunk.height)
            # Coarsely in bytes, then exactly: all of it in floating point would take four times as long.
            cells = ImageChops.difference(chunk, same).reduce((_BLOCK // 8, 1))
            blocks.paste(cells.convert("F").reduce((8, 1)), (0, number * _CHUNK))
        return Distances(blocks, self._count)


@lru_cache(maxsize=4)
def _factors(weights: Sequence[float], count: int) -> Image.Image:
    """Return what each block counts, in a row for each of the descriptors."""
    row = Image.new("F", (_BLOCKS, 1))
    row.putdata([weight * _BLOCKS / (255 * _FAR * sum(weights)) for weight in weights])
    return row.resize((_BLOCKS, count), Image.Resampling.NEAREST)
