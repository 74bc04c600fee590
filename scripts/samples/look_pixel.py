"""Pixel art: a small grid, few colours, dithered skies, dark outlines."""

from __future__ import annotations

from PIL import Image, ImageChops

from .board import RGB, dark, from_hsv, hsv, mix
from .canvas import Scene, crescent, cut, depth_of, shifted, spread, tones

_BAYER = (0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5)
_FINE = 4
_EDGE = 4  # drawn around the frame and cropped away


def _rich(color: RGB) -> RGB:
    h, s, v = hsv(color)
    return from_hsv(h, s * 1.2 + 0.02, v)


def draw(scene: Scene, width: int, height: int) -> Image.Image:
    """Render on the small grid given; the caller enlarges it."""
    across = width / (2 * scene.hw)
    wide, high = width, height
    width, height = width + 2 * _EDGE, height + 2 * _EDGE
    image = Image.new("RGB", (width, height))
    body = Image.new("L", (width, height), 0)
    for shape in scene.shapes:
        edge = _EDGE * _FINE
        points = [(x + edge, y + edge) for x, y in scene.place(shape, wide * _FINE, high * _FINE)]
        made = cut(points, width * _FINE, height * _FINE, _FINE)
        if made is None:
            continue
        fine, box = made
        full = Image.new("L", (width * _FINE, height * _FINE), 0)
        full.paste(fine, box[:2])
        limit = 70 if shape.thin else 118
        mask = full.reduce(_FINE).point([255 if v >= limit else 0 for v in range(256)])
        if shape.alpha < 1:
            mask = spread(mask, shape.alpha)
        fill = _rich(shape.fill)
        if shape.grad is not None:
            image.paste(_bands(mask, fill, _rich(shape.grad)), (0, 0), mask)
            continue
        left, top, right, foot = shape.box()
        big = min(right - left, foot - top) > 0.16
        if not shape.back and shape.line and big and shape.alpha == 1 and not shape.thin:
            image.paste(dark(fill, 0.62), (0, 0), _grown(mask))
        image.paste(fill, (0, 0), mask)
        if shape.shade > 0 and shape.alpha == 1 and not shape.glow and min(right - left, foot - top) > 0.1:
            shadow, lit = tones(fill)
            d = max(1, depth_of(shape, across, 0.22))
            part = 0.8 if not shape.back else 0.35
            if d > 2:
                image.paste(
                    mix(fill, shadow, part * 0.5),
                    (0, 0),
                    ImageChops.multiply(crescent(mask, d + 1), _checks(width, height, 0.5)),
                )
            image.paste(mix(fill, shadow, part), (0, 0), crescent(mask, d))
            if not shape.back:
                image.paste(mix(fill, lit, 0.85), (0, 0), crescent(mask, -max(1, d // 2)))
        if not shape.back and shape.alpha == 1:
            body = ImageChops.lighter(body, mask)
    outline = ImageChops.subtract(_grown(body), body)
    image.paste((26, 20, 40), (0, 0), outline)
    image = image.crop((_EDGE, _EDGE, _EDGE + wide, _EDGE + high))
    return image.quantize(28, Image.Quantize.MAXCOVERAGE, kmeans=3, dither=Image.Dither.NONE).convert("RGB")


def _grown(mask: Image.Image) -> Image.Image:
    out = mask
    for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        out = ImageChops.lighter(out, shifted(mask, dx, dy))
    return out


def _checks(width: int, height: int, share: float) -> Image.Image:
    tile = Image.new("L", (4, 4))
    tile.putdata([255 if v < share * 16 else 0 for v in _BAYER])
    out = Image.new("L", (width, height))
    for x in range(0, width, 4):
        for y in range(0, height, 4):
            out.paste(tile, (x, y))
    return out


def _bands(mask: Image.Image, top: RGB, foot: RGB, count: int = 6) -> Image.Image:
    """Draw a vertical blend in a few colours with dithered seams."""
    width, height = mask.size
    box = mask.getbbox() or (0, 0, width, height)
    out = Image.new("RGB", (width, height))
    steps = [mix(top, foot, i / (count - 1)) for i in range(count)]
    for y in range(height):
        at = (y - box[1]) / max(1, box[3] - box[1]) * (count - 1)
        at = min(count - 1.0, max(0.0, at))
        for x in range(width):
            level = int(at + (_BAYER[(y % 4) * 4 + x % 4] + 0.5) / 16)
            out.putpixel((x, y), steps[min(count - 1, level)])
    return out
