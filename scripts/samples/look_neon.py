"""Neon: glowing tubes over a dark stage."""

from __future__ import annotations

import random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from .board import RGB, from_hsv, hsv, mix
from .canvas import Scene, cut, gradient, spread

STAGES: tuple[tuple[RGB, RGB, RGB], ...] = (
    ((14, 8, 38), (60, 14, 84), (255, 70, 190)),
    ((6, 14, 36), (10, 52, 84), (60, 220, 255)),
    ((18, 6, 30), (84, 18, 54), (255, 120, 90)),
    ((6, 18, 26), (12, 60, 60), (90, 255, 190)),
)


def _tube(color: RGB, lamp: RGB) -> RGB:
    h, s, v = hsv(color)
    if s < 0.22:
        return mix(lamp, (205, 248, 255), 0.75) if v > 0.5 else mix(lamp, (150, 110, 255), 0.5)
    return from_hsv(h, 0.78, 1.0)


def draw(scene: Scene, width: int, height: int, rng: random.Random) -> Image.Image:
    """Render the scene."""
    w, h = width * 2, height * 2
    scale = min(w, h) / 2
    top, foot, lamp = rng.choice(STAGES)
    image = gradient((w, h), top, foot)
    _stage(image, lamp, scale, rng)
    tubes = Image.new("RGB", (w, h), 0)
    pen = ImageDraw.Draw(tubes)
    for shape in scene.shapes:
        if shape.back:
            continue
        points = scene.place(shape, w, h)
        made = cut(points, w, h, 3)
        if made is None or shape.alpha < 1:
            continue
        mask, box = made
        color = _tube(shape.fill, lamp)
        image.paste(mix(top, color, 0.5 if shape.glow else 0.15), box[:2], spread(mask, 0.9))
        tubes.paste((0, 0, 0), box[:2], mask.filter(ImageFilter.MaxFilter(3)))
        left, upper, right, lower = shape.box()
        if shape.glow:
            tubes.paste(mix((0, 0, 0), color, 0.55), box[:2], mask)
        if min(right - left, lower - upper) > 0.035 and shape.line:
            pen.line(
                [*points, points[0], points[1]],
                fill=color,
                width=5 if min(right - left, lower - upper) > 0.2 else 3,
                joint="curve",
            )
    core = tubes.filter(ImageFilter.GaussianBlur(0.8))
    near = tubes.filter(ImageFilter.GaussianBlur(scale * 0.022))
    far = tubes.filter(ImageFilter.GaussianBlur(scale * 0.09))
    image = ImageChops.add(image, far.point([min(255, round(v * 1.1)) for v in range(256)] * 3))
    image = ImageChops.screen(image, near.point([min(255, round(v * 1.3)) for v in range(256)] * 3))
    image = ImageChops.screen(image, core)
    return image.resize((width, height), Image.Resampling.LANCZOS)


def _stage(image: Image.Image, lamp: RGB, scale: float, rng: random.Random) -> None:
    """Draw a striped sun, stars and a floor grid."""
    w, h = image.size
    draw = ImageDraw.Draw(image)
    for _ in range(70):
        x, y = rng.randrange(w), rng.randrange(round(h * 0.7))
        v = rng.randint(70, 200)
        draw.ellipse((x - 1, y - 1, x + 1, y + 1), fill=mix((0, 0, 0), (v, v, 255), 0.8))
    horizon = round(h * 0.74)
    r, cx = scale * 0.62, w / 2
    disc = Image.new("L", (w, h), 0)
    sun = ImageDraw.Draw(disc)
    sun.ellipse((cx - r, horizon - r * 1.35, cx + r, horizon + r * 0.65), fill=200)
    level, gap = horizon - r * 0.55, 5.0
    while level < h:
        sun.rectangle((0, level, w, level + gap), fill=0)
        level += gap * 2.4
        gap *= 1.12
    sun.rectangle((0, horizon, w, h), fill=0)
    image.paste(gradient((w, h), mix(lamp, (255, 220, 120), 0.6), lamp), (0, 0), spread(disc, 0.42))
    floor = Image.new("RGB", (w, h), 0)
    pen = ImageDraw.Draw(floor)
    for i in range(-16, 17):
        pen.line((cx + i * w * 0.03, horizon, cx + i * w * 0.17, h), fill=mix((0, 0, 0), lamp, 0.55), width=2)
    step, level = 5.0, float(horizon)
    while level < h:
        pen.line((0, level, w, level), fill=mix((0, 0, 0), lamp, 0.55), width=2)
        level += step
        step *= 1.35
    lit = ImageChops.add(floor, floor.filter(ImageFilter.GaussianBlur(6)))
    image.paste(ImageChops.add(image, lit))
