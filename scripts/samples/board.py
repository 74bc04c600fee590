"""Layered vector shapes: the material every look draws from.

A `Board` collects filled outlines in painting order.  Coordinates put the
centre of the picture at (0, 0); the short side runs from -1 to 1 and y grows
downwards.
"""

from __future__ import annotations

import colorsys
import math
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TypedDict, Unpack

Point = tuple[float, float]
RGB = tuple[int, int, int]


def rgb(color: str | RGB) -> RGB:
    """Read "#rrggbb"."""
    if not isinstance(color, str):
        return color
    return (int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16))


def mix(a: str | RGB, b: str | RGB, t: float) -> RGB:
    """Blend from `a` (t=0) to `b` (t=1)."""
    x, y = rgb(a), rgb(b)
    return (
        round(x[0] + (y[0] - x[0]) * t),
        round(x[1] + (y[1] - x[1]) * t),
        round(x[2] + (y[2] - x[2]) * t),
    )


def dark(color: str | RGB, t: float = 0.3) -> RGB:
    """Return a cooler, darker tone of the colour."""
    return mix(color, "#1c1633", t)


def light(color: str | RGB, t: float = 0.3) -> RGB:
    """Return a warmer, lighter tone of the colour."""
    return mix(color, "#fff3d6", t)


def luminance(color: RGB) -> float:
    """Perceived brightness, 0..1."""
    return (0.3 * color[0] + 0.59 * color[1] + 0.11 * color[2]) / 255


def hsv(color: RGB) -> tuple[float, float, float]:
    """Hue, saturation, value, each 0..1."""
    return colorsys.rgb_to_hsv(color[0] / 255, color[1] / 255, color[2] / 255)


def from_hsv(h: float, s: float, v: float) -> RGB:
    """Return the colour of a hue, saturation and value."""
    r, g, b = colorsys.hsv_to_rgb(h % 1.0, min(1.0, max(0.0, s)), min(1.0, max(0.0, v)))
    return (round(r * 255), round(g * 255), round(b * 255))


def smooth(points: Sequence[Point], *, closed: bool = True, steps: int = 8) -> list[Point]:
    """Return a Catmull-Rom curve through the points."""
    n = len(points)
    if n < 3:
        return list(points)
    out: list[Point] = []
    for i in range(n if closed else n - 1):
        if closed:
            p0, p1, p2, p3 = (points[(i + k - 1) % n] for k in range(4))
        else:
            p0, p1, p2, p3 = (points[min(n - 1, max(0, i + k - 1))] for k in range(4))
        for s in range(steps):
            t = s / steps
            a, b = t * t, t * t * t
            x, y = (
                0.5
                * (
                    2 * p1[k]
                    + (p2[k] - p0[k]) * t
                    + (2 * p0[k] - 5 * p1[k] + 4 * p2[k] - p3[k]) * a
                    + (3 * p1[k] - p0[k] - 3 * p2[k] + p3[k]) * b
                )
                for k in (0, 1)
            )
            out.append((x, y))
    if not closed:
        out.append(points[-1])
    return out


class Finish(TypedDict, total=False):
    """The hints of a shape, as the drawing methods take them."""

    grad: str | RGB | None
    shade: float
    line: bool
    glow: bool
    alpha: float
    thin: bool


@dataclass(frozen=True)
class Shape:
    """One filled outline, with hints for the looks."""

    points: tuple[Point, ...]
    fill: RGB
    grad: RGB | None = None  # colour at the foot, for a vertical gradient
    shade: float = 1.0  # how much the form turns away from the light
    line: bool = True  # contour drawn by the line looks
    glow: bool = False  # gives off light
    alpha: float = 1.0
    back: bool = False  # part of the backdrop
    thin: bool = False  # a stroke rather than an area

    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        xs = [p[0] for p in self.points]
        ys = [p[1] for p in self.points]
        return min(xs), min(ys), max(xs), max(ys)


@dataclass
class Board:
    """Collects the shapes of one picture."""

    hw: float  # half width
    hh: float  # half height
    rng: random.Random
    accent: RGB = (200, 60, 60)
    accent2: RGB = (240, 190, 70)
    variant: int = 0
    ambient: RGB | None = None
    ambient_strength: float = 0.0
    back: bool = False
    shapes: list[Shape] = field(default_factory=list)
    _m: tuple[float, float, float, float, float, float] = (1, 0, 0, 0, 1, 0)

    @contextmanager
    def at(
        self, x: float = 0, y: float = 0, *, scale: float = 1, turn: float = 0, flip: bool = False
    ) -> Iterator[None]:
        """Draw the block moved, scaled, turned (degrees) and mirrored."""
        saved = self._m
        c, s = math.cos(math.radians(turn)) * scale, math.sin(math.radians(turn)) * scale
        f = -1 if flip else 1
        a, b, tx, d, e, ty = saved
        na, nb, nd, ne = c * f, -s, s * f, c
        self._m = (
            a * na + b * nd, a * nb + b * ne, a * x + b * y + tx,
            d * na + e * nd, d * nb + e * ne, d * x + e * y + ty,
        )  # fmt: skip
        try:
            yield
        finally:
            self._m = saved

    def poly(  # noqa: PLR0913
        self,
        color: str | RGB,
        points: Sequence[Point],
        *,
        grad: str | RGB | None = None,
        shade: float = 1.0,
        line: bool = True,
        glow: bool = False,
        alpha: float = 1.0,
        thin: bool = False,
    ) -> None:
        """Add a polygon."""
        a, b, tx, d, e, ty = self._m
        fill = rgb(color)
        foot = None if grad is None else rgb(grad)
        if self.ambient and not glow and not self.back:
            fill = mix(fill, self.ambient, self.ambient_strength)
            foot = foot and mix(foot, self.ambient, self.ambient_strength)
        moved = tuple((a * x + b * y + tx, d * x + e * y + ty) for x, y in points)
        self.shapes.append(Shape(moved, fill, foot, shade, line, glow, alpha, self.back, thin))

    def blob(self, color: str | RGB, points: Sequence[Point], **how: Unpack[Finish]) -> None:
        """Add a smooth closed outline through the points."""
        self.poly(color, smooth(points), **how)

    def sym(self, color: str | RGB, half: Sequence[Point], *, soft: bool = False, **how: Unpack[Finish]) -> None:
        """Add an outline mirrored on the vertical axis, given its right half."""
        whole = list(half) + [(-x, y) for x, y in reversed(half) if abs(x) > 1e-6]
        self.poly(color, smooth(whole) if soft else whole, **how)

    def oval(  # noqa: PLR0913, PLR0917
        self,
        color: str | RGB,
        x: float,
        y: float,
        rx: float,
        ry: float | None = None,
        turn: float = 0,
        **how: Unpack[Finish],
    ) -> None:
        """Add an ellipse."""
        ry = rx if ry is None else ry
        c, s = math.cos(math.radians(turn)), math.sin(math.radians(turn))
        n = 36 if max(rx, ry) < 0.3 else 80
        points = []
        for i in range(n):
            u, v = rx * math.cos(2 * math.pi * i / n), ry * math.sin(2 * math.pi * i / n)
            points.append((x + u * c - v * s, y + u * s + v * c))
        self.poly(color, points, **how)

    def rect(  # noqa: PLR0913, PLR0917
        self,
        color: str | RGB,
        x0: float,
        y0: float,
        x1: float,
        y1: float,
        r: float = 0,
        **how: Unpack[Finish],
    ) -> None:
        """Add a rectangle, with round corners if `r`."""
        if not r:
            self.poly(color, [(x0, y0), (x1, y0), (x1, y1), (x0, y1)], **how)
            return
        points: list[Point] = []
        corners = ((x1 - r, y0 + r, -90), (x1 - r, y1 - r, 0), (x0 + r, y1 - r, 90), (x0 + r, y0 + r, 180))
        for cx, cy, start in corners:
            for i in range(7):
                w = math.radians(start + 15 * i)
                points.append((cx + r * math.cos(w), cy + r * math.sin(w)))
        self.poly(color, points, **how)

    def path(
        self,
        color: str | RGB,
        points: Sequence[Point],
        width: float,
        end: float | None = None,
        *,
        soft: bool = True,
        **how: Unpack[Finish],
    ) -> None:
        """Add a stroke that runs from `width` to `end` thickness."""
        end = width if end is None else end
        line = smooth(points, closed=False) if soft else list(points)
        left: list[Point] = []
        right: list[Point] = []
        n = len(line)
        for i, (x, y) in enumerate(line):
            px, py = line[max(0, i - 1)]
            qx, qy = line[min(n - 1, i + 1)]
            dx, dy = qx - px, qy - py
            length = math.hypot(dx, dy) or 1.0
            w = (width + (end - width) * i / (n - 1)) / 2
            left.append((x - dy / length * w, y + dx / length * w))
            right.append((x + dy / length * w, y - dx / length * w))
        how.setdefault("thin", True)
        self.poly(color, left + right[::-1], **how)

    def ring(self, color: str | RGB, x: float, y: float, r: float, width: float, **how: Unpack[Finish]) -> None:
        """Add a circle drawn with a stroke."""
        n = 40 if r < 0.3 else 72
        circle = [(x + r * math.cos(2 * math.pi * i / n), y + r * math.sin(2 * math.pi * i / n)) for i in range(n + 1)]
        self.path(color, circle, width, soft=False, **how)

    def star(  # noqa: PLR0913, PLR0917
        self,
        color: str | RGB,
        x: float,
        y: float,
        r: float,
        points: int = 5,
        inner: float = 0.45,
        **how: Unpack[Finish],
    ) -> None:
        """Add a star."""
        out = []
        for i in range(points * 2):
            w = math.pi * i / points - math.pi / 2
            d = r if i % 2 == 0 else r * inner
            out.append((x + d * math.cos(w), y + d * math.sin(w)))
        self.poly(color, out, **how)

    def mirrored(self) -> None:
        """Turn the whole picture left to right."""
        self.shapes = [replace(s, points=tuple((-x, y) for x, y in s.points)) for s in self.shapes]
