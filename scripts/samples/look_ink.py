"""Ink on paper: wobbly contours, hatching, a thin wash."""

from __future__ import annotations

import math
import random
from itertools import pairwise

from PIL import Image, ImageChops, ImageDraw

from .board import RGB, Shape, hsv, luminance, mix
from .canvas import Scene, crescent, cut, depth_of, noise, spread

PAPERS: tuple[RGB, ...] = ((244, 236, 219), (238, 232, 222), (247, 241, 228), (233, 224, 205))
INKS: tuple[RGB, ...] = ((35, 31, 38), (44, 36, 60), (52, 34, 28), (28, 42, 56))


def draw(scene: Scene, width: int, height: int, rng: random.Random, wash: float = 0.3) -> Image.Image:
    """Render the scene; `wash` is how much colour soaks into the paper."""
    w, h = width * 2, height * 2
    scale = min(w, h) / 2
    paper, ink = rng.choice(PAPERS), rng.choice(INKS)
    image = Image.new("RGB", (w, h), paper)
    hatches = [_hatch(w, h, angle, gap, rng) for angle, gap in ((48, 13), (48, 9), (-40, 11))]
    for shape in scene.shapes:
        _shape(scene, shape, image, hatches, paper, ink, wash, scale, rng)
    stain = noise(w, h, 200, rng).point([round(241 + v * 14 / 255) for v in range(256)])
    image = ImageChops.multiply(image, Image.merge("RGB", (stain, stain, stain)))
    return image.resize((width, height), Image.Resampling.LANCZOS)


def _shape(  # noqa: PLR0913, PLR0917
    scene: Scene, shape: Shape, image: Image.Image, hatches: list[Image.Image], paper: RGB, ink: RGB,
    wash: float, scale: float, rng: random.Random,
) -> None:  # fmt: skip
    w, h = image.size
    points = scene.place(shape, w, h)
    made = cut(points, w, h, 2)
    if made is None:
        return
    mask, box = made
    tone = 1 - luminance(shape.fill)
    faint = 0.45 if shape.back else 1.0
    soaked = mix(paper, shape.fill, wash * (0.5 if shape.back else 1.0) * (0.35 + 0.75 * hsv(shape.fill)[1]))
    if shape.grad is not None and shape.back:
        _sky(image, hatches[2], box, mask, mix(paper, ink, 0.3), tone, soaked)
        return
    if shape.alpha < 1:
        if not shape.glow:
            image.paste(soaked, box[:2], spread(mask, 0.3))
        return
    image.paste(paper if shape.glow else soaked, box[:2], mask)
    pen = mix(paper, ink, 0.9 * faint)
    if tone > 0.8 and not shape.back:
        image.paste(pen, box[:2], mask)
    elif not shape.thin and not shape.glow:
        _hatching(shape, image, [x.crop(box) for x in hatches], box, mask, pen, scale)
    if shape.line:
        _contour(image, points, pen, 3.4 if not shape.back else 2.0, rng, thin=shape.thin)


def _hatching(  # noqa: PLR0913, PLR0917
    shape: Shape, image: Image.Image, dense: list[Image.Image], box: tuple[int, int, int, int],
    mask: Image.Image, pen: RGB, scale: float,
) -> None:  # fmt: skip
    """Draw tone with strokes: all over when dark, else along the shaded rim."""
    tone = 1 - luminance(shape.fill)
    if tone > 0.52:
        image.paste(pen, box[:2], ImageChops.multiply(mask, dense[0]))
    if shape.shade > 0 and mask.width * mask.height > 500:
        rim = crescent(mask, depth_of(shape, scale, 0.3))
        image.paste(pen, box[:2], ImageChops.multiply(rim, dense[1]))
        if 0.4 < tone <= 0.52 and not shape.back:
            narrow = crescent(mask, depth_of(shape, scale, 0.16))
            image.paste(pen, box[:2], ImageChops.multiply(narrow, dense[2]))


def _sky(  # noqa: PLR0913, PLR0917
    image: Image.Image, hatch: Image.Image, box: tuple[int, int, int, int],
    mask: Image.Image, pen: RGB, tone: float, soaked: RGB,
) -> None:  # fmt: skip
    """Fade the upper part of a graded area with one wash and level strokes."""
    fade = spread(Image.linear_gradient("L").rotate(180).resize(mask.size), 0.6)
    image.paste(soaked, box[:2], ImageChops.multiply(mask, fade))
    if tone > 0.55:
        strong = ImageChops.multiply(hatch.crop(box), fade.point([min(255, max(0, (v - 48) * 5)) for v in range(256)]))
        image.paste(pen, box[:2], ImageChops.multiply(mask, strong))


def _hatch(w: int, h: int, angle: float, gap: float, rng: random.Random) -> Image.Image:
    """Parallel pen strokes over the whole sheet, broken and uneven."""
    image = Image.new("L", (w, h), 0)
    draw = ImageDraw.Draw(image)
    c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    reach = math.hypot(w, h) / 2
    offset = -reach
    while offset < reach:
        along = -reach
        while along < reach:
            length = rng.uniform(70, 190)
            drift = rng.uniform(-1.6, 1.6)
            x0, y0 = w / 2 + along * c - offset * s, h / 2 + along * s + offset * c
            x1, y1 = x0 + length * c - drift * s, y0 + length * s + drift * c
            draw.line((x0, y0, x1, y1), fill=rng.randint(190, 255), width=3)
            along += length + rng.uniform(1, 10)
        offset += gap * rng.uniform(0.8, 1.2)
    return image


def _contour(  # noqa: PLR0913
    image: Image.Image, points: list[tuple[float, float]], pen: RGB, weight: float, rng: random.Random, *, thin: bool
) -> None:
    """Draw a line that wanders and swells like one drawn by hand."""
    draw = ImageDraw.Draw(image)
    closed = [*points, points[0]]
    phase = [rng.uniform(0, 6.28) for _ in range(4)]
    wander = 0.6 if thin else 1.5
    path: list[tuple[float, float, float]] = []
    run = 0.0
    for (x0, y0), (x1, y1) in pairwise(closed):
        length = math.hypot(x1 - x0, y1 - y0)
        n = max(1, int(length / 7))
        for i in range(n):
            t = i / n
            d = run + length * t
            dx = wander * (math.sin(d / 31 + phase[0]) + 0.5 * math.sin(d / 11 + phase[1]))
            dy = wander * (math.sin(d / 27 + phase[2]) + 0.5 * math.sin(d / 13 + phase[3]))
            swell = weight * (0.7 + 0.4 * math.sin(d / 47 + phase[1]))
            path.append((x0 + (x1 - x0) * t + dx, y0 + (y1 - y0) * t + dy, swell))
        run += length
    if thin:
        path = [(x, y, s * 0.85) for x, y, s in path]
    path.append(path[0])
    for (x0, y0, s), (x1, y1, _) in pairwise(path):
        draw.line((x0, y0, x1, y1), fill=pen, width=max(1, round(s)))
        r = s / 2 - 0.3
        if r > 0.8:
            draw.ellipse((x1 - r, y1 - r, x1 + r, y1 + r), fill=pen)
