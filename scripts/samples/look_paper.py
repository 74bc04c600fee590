"""Paper cut: stacked coloured sheets with soft shadows between them."""

from __future__ import annotations

import math
import random

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter

from .board import RGB, from_hsv, hsv, mix
from .canvas import Scene, crescent, cut, noise, spread


def _chalky(color: RGB) -> RGB:
    h, s, v = hsv(color)
    return mix(from_hsv(h, s * 1.08, 0.1 + 0.92 * v), (250, 240, 226), 0.05)


def draw(scene: Scene, width: int, height: int, rng: random.Random) -> Image.Image:
    """Render the scene."""
    w, h = width * 2, height * 2
    scale = min(w, h) / 2
    image = Image.new("RGB", (w, h), (240, 232, 220))
    for shape in scene.shapes:
        made = cut(scene.place(shape, w, h), w, h, 12)
        if made is None:
            continue
        mask, box = made
        if shape.alpha < 1:
            mask = spread(mask, shape.alpha)
        lift = 7 if shape.back or min(mask.size) > scale * 0.3 else 3
        if shape.alpha == 1 and shape.grad is None:
            shade = Image.new("L", mask.size, 0)
            shade.paste(mask, (round(lift * 0.7), lift))
            image.paste((46, 30, 62), box[:2], spread(shade.filter(ImageFilter.GaussianBlur(lift * 0.75)), 0.5))
        fill = _chalky(shape.fill if shape.grad is None else mix(shape.fill, shape.grad, 0.5))
        image.paste(fill, box[:2], mask)
        if shape.alpha == 1 and shape.grad is None:
            image.paste(mix(fill, (255, 252, 240), 0.55), box[:2], crescent(mask, -2))
    _frame(image, scene, rng)
    fibre = ImageChops.blend(noise(w, h, 2.4, rng), noise(w, h, 14, rng), 0.4)
    fibre = fibre.point([round(232 + v * 23 / 255) for v in range(256)])
    image = ImageChops.multiply(image, Image.merge("RGB", (fibre, fibre, fibre)))
    image = ImageEnhance.Contrast(image).enhance(1.12)
    return image.resize((width, height), Image.Resampling.LANCZOS)


def _frame(image: Image.Image, scene: Scene, rng: random.Random) -> None:
    """Two wavy sheets around the picture, like a light box."""
    if rng.random() < 0.35:
        return
    w, h = image.size
    base = _chalky(scene.shapes[0].fill)
    for k, tone in enumerate((mix(base, (30, 24, 60), 0.25), mix(base, (30, 24, 60), 0.5))):
        sheet = Image.new("L", (w, h), 255)
        hole = []
        phase = rng.uniform(0, 6)
        for i in range(90):
            a = 2 * math.pi * i / 90
            wave = 1 + 0.02 * math.sin(a * 7 + phase) + 0.015 * math.sin(a * 4 - phase)
            grow = (1.03 + 0.09 * k) * wave
            # A rounded box rather than an ellipse.
            c, s = math.cos(a), math.sin(a)
            c, s = math.copysign(abs(c) ** 0.6, c), math.copysign(abs(s) ** 0.6, s)
            hole.append((w / 2 + c * w / 2 * grow * 0.97, h / 2 + s * h / 2 * grow * 0.97))
        ImageDraw.Draw(sheet).polygon(hole, fill=0)
        shade = Image.new("L", (w, h), 0)
        shade.paste(sheet, (5, 8))
        image.paste((40, 26, 58), (0, 0), spread(shade.filter(ImageFilter.GaussianBlur(8)), 0.5))
        image.paste(tone, (0, 0), sheet)
