"""Masks, noise and light shared by the looks."""

from __future__ import annotations

import random
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from .board import RGB, Shape, dark, light, mix

Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Scene:
    """The shapes of one picture and the size of its frame."""

    shapes: tuple[Shape, ...]
    hw: float
    hh: float

    def place(self, shape: Shape, width: int, height: int) -> list[tuple[float, float]]:
        """Return the outline in pixels of a width by height picture."""
        sx, sy = width / (2 * self.hw), height / (2 * self.hh)
        return [((x + self.hw) * sx, (y + self.hh) * sy) for x, y in shape.points]


def cut(points: list[tuple[float, float]], width: int, height: int, pad: int) -> tuple[Image.Image, Box] | None:
    """Return the filled outline as a mask of its own box, or None when out of frame.

    The box may reach past the frame, so that shading does not start at its edge.
    """
    room = min(width, height) // 3
    x0 = max(-room, int(min(p[0] for p in points)) - pad)
    y0 = max(-room, int(min(p[1] for p in points)) - pad)
    x1 = min(width + room, int(max(p[0] for p in points)) + pad + 2)
    y1 = min(height + room, int(max(p[1] for p in points)) + pad + 2)
    if x1 <= max(0, x0) or y1 <= max(0, y0) or x0 >= width or y0 >= height:
        return None
    mask = Image.new("L", (x1 - x0, y1 - y0), 0)
    ImageDraw.Draw(mask).polygon([(x - x0, y - y0) for x, y in points], fill=255)
    return mask, (x0, y0, x1, y1)


def shifted(mask: Image.Image, dx: int, dy: int) -> Image.Image:
    """Return the mask moved, with nothing coming in at the edges."""
    out = Image.new("L", mask.size, 0)
    out.paste(mask, (dx, dy))
    return out


def crescent(mask: Image.Image, depth: int, blur: float = 0) -> Image.Image:
    """Return the part of the mask turned to the lower right; negative depth for the upper left."""
    inner = shifted(mask, -depth, -depth)
    if blur:
        inner = inner.filter(ImageFilter.GaussianBlur(blur))
    return ImageChops.multiply(mask, ImageChops.invert(inner))


def depth_of(shape: Shape, scale: float, share: float = 0.2) -> int:
    """How wide the shaded rim of a shape is, in pixels."""
    left, top, right, foot = shape.box()
    return max(1, round(min(right - left, foot - top, 0.9) * share * shape.shade * scale))


def noise(width: int, height: int, cell: float, rng: random.Random) -> Image.Image:
    """Smooth grey noise with blobs of about `cell` pixels."""
    w, h = max(2, round(width / cell) + 1), max(2, round(height / cell) + 1)
    small = Image.frombytes("L", (w, h), rng.randbytes(w * h))
    return small.resize((width, height), Image.Resampling.BICUBIC)


def gradient(size: tuple[int, int], top: RGB, foot: RGB) -> Image.Image:
    """Return a vertical blend."""
    column = Image.new("RGB", (1, 64))
    for y in range(64):
        column.putpixel((0, y), mix(top, foot, y / 63))
    return column.resize(size, Image.Resampling.BILINEAR)


def tones(color: RGB) -> tuple[RGB, RGB]:
    """Return the shadow and the light tone of a colour."""
    return dark(color, 0.34), light(color, 0.32)


def spread(mask: Image.Image, share: float) -> Image.Image:
    """Return the mask made fainter."""
    return mask.point([round(v * share) for v in range(256)])


def vignette(image: Image.Image, strength: float) -> Image.Image:
    """Darken the corners."""
    w, h = image.size
    small = Image.new("L", (64, 64), 255)
    draw = ImageDraw.Draw(small)
    draw.rectangle((0, 0, 63, 63), fill=round(255 * (1 - strength)))
    draw.ellipse((2, 2, 61, 61), fill=255)
    mask = small.filter(ImageFilter.GaussianBlur(10)).resize((w, h), Image.Resampling.BICUBIC)
    return ImageChops.multiply(image, Image.merge("RGB", (mask, mask, mask)))
