"""Painted: soft forms, then brush strokes over them, then light."""

from __future__ import annotations

import math
import random

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter

from .board import RGB, Shape, mix
from .canvas import Scene, crescent, cut, depth_of, gradient, noise, spread, vignette


def draw(scene: Scene, width: int, height: int, rng: random.Random) -> Image.Image:
    """Render the scene."""
    w, h = width * 2, height * 2
    scale = min(w, h) / 2
    image = Image.new("RGB", (w, h), (90, 90, 100))
    glow = Image.new("RGB", (w, h), 0)
    body = Image.new("L", (w, h), 0)
    split = next((i for i, s in enumerate(scene.shapes) if not s.back), len(scene.shapes))
    for i, shape in enumerate(scene.shapes):
        if i == split:
            image = _strokes(image, ((64, 16, 800), (38, 9, 1500), (22, 6, 1500)), rng)
            _halo(image)
        _form(scene, shape, image, glow, body, scale)
    image = _strokes(image, ((26, 8, 1500), (16, 5, 3000)), rng, only=body)
    halo = glow.filter(ImageFilter.GaussianBlur(scale * 0.06))
    wide = glow.filter(ImageFilter.GaussianBlur(scale * 0.16))
    image = ImageChops.screen(image, halo.point([round(v * 0.5) for v in range(256)] * 3))
    image = ImageChops.screen(image, wide.point([round(v * 0.45) for v in range(256)] * 3))
    image = _light(image, rng)
    image = ImageEnhance.Color(
        ImageEnhance.Contrast(ImageEnhance.Brightness(image).enhance(1.12)).enhance(1.12)
    ).enhance(1.38)
    return vignette(image, 0.36).resize((width, height), Image.Resampling.LANCZOS)


def _form(scene: Scene, shape: Shape, image: Image.Image, glow: Image.Image, body: Image.Image, scale: float) -> None:  # noqa: PLR0913, PLR0917
    """One shape with soft shading: warm light from the upper left, cool shadow."""
    w, h = image.size
    made = cut(scene.place(shape, w, h), w, h, 2)
    if made is None:
        return
    mask, box = made
    soft = 2.2 if shape.back else 1.0
    mask = mask.filter(ImageFilter.GaussianBlur(soft))
    if shape.alpha < 1:
        mask = spread(mask.filter(ImageFilter.GaussianBlur(scale * (0.05 if shape.line else 0.09))), shape.alpha)
    size = (box[2] - box[0], box[3] - box[1])
    foot = shape.grad if shape.grad is not None else mix(shape.fill, (40, 26, 66), 0.16 * min(1, shape.shade))
    head = shape.fill if shape.grad is not None else mix(shape.fill, (255, 240, 205), 0.1 * min(1, shape.shade))
    image.paste(gradient(size, head, foot), box[:2], mask)
    if shape.shade > 0 and shape.alpha == 1 and not shape.glow:
        d = depth_of(shape, scale, 0.32)
        shadow: RGB = mix(shape.fill, (30, 20, 70), 0.62)
        lit: RGB = mix(shape.fill, (255, 241, 200), 0.6)
        part = 0.5 if shape.back else 1.0
        image.paste(shadow, box[:2], spread(crescent(mask, d, d * 0.7), 0.85 * part))
        image.paste(lit, box[:2], spread(crescent(mask, -max(2, d // 2), d * 0.45), 0.75 * part))
        if not shape.back and d > 6:
            image.paste(lit, box[:2], spread(crescent(mask, -2, 0.8), 0.5))
    if shape.glow:
        glow.paste(shape.fill, box[:2], spread(mask, 0.8))
    elif not shape.back and shape.alpha == 1:
        glow.paste((0, 0, 0), box[:2], mask)
    if not shape.back and shape.alpha == 1:
        body.paste(255, box[:2], mask)


def _strokes(
    image: Image.Image,
    brushes: tuple[tuple[int, int, int], ...],
    rng: random.Random,
    only: Image.Image | None = None,
) -> Image.Image:
    """Repaint the picture in bristly strokes that follow its contours."""
    w, h = image.size
    small = (w // 4, h // 4)
    grey = image.convert("L").filter(ImageFilter.GaussianBlur(5)).resize(small).tobytes()
    flow = noise(*small, 70, rng).tobytes()
    gate = only.tobytes() if only is not None else None
    for length, thick, count in brushes:
        source = image.filter(ImageFilter.GaussianBlur(thick / 5)).tobytes()
        layer = image.copy()
        draw = ImageDraw.Draw(layer)
        for _ in range(round(count * w * h / 490_000)):
            x, y = rng.randrange(w), rng.randrange(h)
            if gate is not None and not gate[y * w + x]:
                continue
            at = min(small[1] - 2, max(1, y // 4)) * small[0] + min(small[0] - 2, max(1, x // 4))
            dx, dy = grey[at + 1] - grey[at - 1], grey[at + small[0]] - grey[at - small[0]]
            drift = (flow[at] - 128) / 90
            strong = math.hypot(dx, dy)
            angle = math.atan2(dy, dx) + math.pi / 2 if strong > 5 else drift
            reach = length * (0.5 if strong > 24 else 1.0) * rng.uniform(0.6, 1.2) / 2
            c, s = math.cos(angle), math.sin(angle)
            base = source[3 * (y * w + x) : 3 * (y * w + x) + 3]
            lift = rng.gauss(0, 7 if gate is None else 5)
            bristles = max(2, thick // 3)
            for k in range(bristles):
                off = (k - (bristles - 1) / 2) * thick / bristles
                shift = lift + rng.gauss(0, 4)
                tone = tuple(min(255, max(0, round(v + shift))) for v in base)
                cut_a, cut_b = reach * rng.uniform(0.8, 1), reach * rng.uniform(0.8, 1)
                draw.line(
                    (
                        x - c * cut_a - s * off,
                        y - s * cut_a + c * off,
                        x + c * cut_b - s * off,
                        y + s * cut_b + c * off,
                    ),
                    fill=tone,
                    width=max(2, round(thick / bristles * 1.3)),
                )
        image = Image.blend(image, layer, 0.72)
    return image


def _halo(image: Image.Image) -> None:
    """Lighter air behind the subject, so that it stands out."""
    w, h = image.size
    spot = ImageChops.invert(Image.radial_gradient("L")).resize((round(w * 1.1), round(h * 1.1)))
    image.paste((255, 238, 214), (round(-w * 0.05), round(-h * 0.08)), spread(spot, 0.26))


def _light(image: Image.Image, rng: random.Random) -> Image.Image:
    """Warm light from the upper left, cooler below, and a hint of canvas."""
    w, h = image.size
    ramp = Image.linear_gradient("L").resize((w, h))
    warm = Image.merge(
        "RGB",
        (
            ramp.point([255 - v // 16 for v in range(256)]),
            ramp.point([250 - v // 8 for v in range(256)]),
            ramp.point([238 - v // 20 for v in range(256)]),
        ),
    )
    image = ImageChops.multiply(image, warm)
    grain = noise(w, h, 3.2, rng).point([round(240 + v * 15 / 255) for v in range(256)])
    return ImageChops.multiply(image, Image.merge("RGB", (grain, grain, grain)))
