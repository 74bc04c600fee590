"""Flat vector: clean areas, one shadow tone, one light tone."""

from __future__ import annotations

from PIL import Image, ImageChops, ImageDraw

from .board import RGB, Shape, from_hsv, hsv, mix
from .canvas import Scene, crescent, cut, depth_of, spread, tones


def _fresh(color: RGB) -> RGB:
    h, s, v = hsv(color)
    return from_hsv(h, s * 1.12, 0.14 + v * 0.88)


def draw(scene: Scene, width: int, height: int) -> Image.Image:
    """Render the scene."""
    w, h = width * 3, height * 3
    scale = min(w, h) / 2
    image = Image.new("RGB", (w, h), "white")
    long_shadow = sum(1 for s in scene.shapes if s.back) < 14
    if long_shadow:
        _background(scene, image)
        _shadow(scene, image)
    for shape in scene.shapes:
        if shape.back and long_shadow:
            continue
        _paint(scene, shape, image, scale)
    return image.resize((width, height), Image.Resampling.LANCZOS)


def _background(scene: Scene, image: Image.Image) -> None:
    for shape in scene.shapes:
        if shape.back:
            _paint(scene, shape, image, 1)


def _shadow(scene: Scene, image: Image.Image) -> None:
    """Draw a long shadow falling to the lower right on a plain card."""
    w, h = image.size
    whole = Image.new("L", (w, h), 0)
    draw = ImageDraw.Draw(whole)
    for shape in scene.shapes:
        if not shape.back and shape.alpha > 0.6:
            draw.polygon(scene.place(shape, w, h), fill=255)
    step = 1
    while step < w:
        moved = Image.new("L", (w, h), 0)
        moved.paste(whole, (step, step))
        whole = ImageChops.lighter(whole, moved)
        step *= 2
    image.paste(Image.new("RGB", (w, h), "#241a3d"), (0, 0), spread(whole, 0.16))


def _paint(scene: Scene, shape: Shape, image: Image.Image, scale: float) -> None:
    w, h = image.size
    made = cut(scene.place(shape, w, h), w, h, 2)
    if made is None:
        return
    mask, box = made
    if shape.alpha < 1:
        mask = spread(mask, shape.alpha)
    fill = _fresh(shape.fill)
    if shape.grad is not None:
        # Bands instead of a smooth blend.
        bands = 6
        foot = _fresh(shape.grad)
        for i in range(bands):
            part = mask.crop((0, i * mask.height // bands, mask.width, (i + 1) * mask.height // bands))
            image.paste(mix(fill, foot, i / (bands - 1)), (box[0], box[1] + i * mask.height // bands), part)
        return
    image.paste(fill, box[:2], mask)
    if shape.shade > 0 and shape.alpha == 1 and not shape.glow:
        shadow, lit = tones(fill)
        d = depth_of(shape, scale, 0.2)
        if not shape.back:
            image.paste(mix(fill, lit, 0.55), box[:2], crescent(mask, -max(1, d // 2)))
        image.paste(mix(fill, shadow, 0.75 if not shape.back else 0.4), box[:2], crescent(mask, d))
