"""What stands behind a subject: skies, ground, rooms and plain cards."""

from __future__ import annotations

import math
from collections.abc import Callable

from .board import RGB, Board, dark, light, mix, rgb, smooth

#: Sky top, sky foot, light, ground, ambient colour, its strength.
MOODS: dict[str, tuple[str, str, str, str, str, float]] = {
    "day": ("#4aa3df", "#cdeefa", "#fff6c9", "#7fb865", "#bfe3f5", 0.06),
    "dawn": ("#f29e8e", "#ffe3b8", "#fffbe0", "#8fae72", "#ffd0a8", 0.14),
    "dusk": ("#4b3b78", "#f58a5f", "#ffd08a", "#54476e", "#9a4f7a", 0.24),
    "night": ("#131a3f", "#34508c", "#f7f3d0", "#27405a", "#1d2f66", 0.36),
    "mist": ("#8fb3b6", "#e4ece1", "#fbfbee", "#8aa88d", "#c5d6d2", 0.2),
    "storm": ("#39465c", "#8d9aa6", "#e4eaf0", "#55695f", "#4c5a70", 0.28),
    "gold": ("#d98c3a", "#fde2a0", "#fffbe6", "#8f8f42", "#f5b85c", 0.14),
    "violet": ("#2c1b4f", "#a65fb0", "#ffd9f2", "#4d3a70", "#6a3f96", 0.22),
    "mint": ("#58b8a4", "#dff5e1", "#fffef0", "#6fae86", "#c3ecd8", 0.08),
}


def _mood(b: Board, mood: str) -> tuple[RGB, RGB, RGB, RGB]:
    top, foot, lamp, ground, ambient, strength = MOODS[mood]
    b.ambient, b.ambient_strength = rgb(ambient), strength
    return rgb(top), rgb(foot), rgb(lamp), rgb(ground)


def _sky(b: Board, top: RGB, foot: RGB) -> None:
    w, h = b.hw + 0.1, b.hh + 0.1
    b.poly(top, [(-w, -h), (w, -h), (w, h), (-w, h)], grad=foot, shade=0, line=False)


def _sun(b: Board, lamp: RGB, x: float, y: float, r: float) -> None:
    b.oval(lamp, x, y, r * 2.1, shade=0, line=False, alpha=0.16, glow=True)
    b.oval(lamp, x, y, r * 1.5, shade=0, line=False, alpha=0.22, glow=True)
    b.oval(lamp, x, y, r, shade=0, glow=True)


def _clouds(b: Board, color: RGB, count: int, low: float) -> None:
    for i in range(count):
        x = -b.hw + (i + b.rng.uniform(0.2, 0.8)) * 2 * b.hw / count
        y = b.rng.uniform(-b.hh * 0.92, low)
        s = b.rng.uniform(0.7, 1.2)
        b.blob(
            color,
            [
                (x - 0.34 * s, y + 0.04),
                (x - 0.24 * s, y - 0.07 * s),
                (x - 0.08 * s, y - 0.08 * s),
                (x + 0.04 * s, y - 0.16 * s),
                (x + 0.18 * s, y - 0.07 * s),
                (x + 0.34 * s, y + 0.03),
                (x + 0.1 * s, y + 0.06),
            ],
            shade=0.3,
            alpha=0.85,
        )


def _stars(b: Board, color: RGB, count: int, low: float) -> None:
    for i in range(count):
        x, y = b.rng.uniform(-b.hw, b.hw), b.rng.uniform(-b.hh, low)
        if i % 6 == 0:
            b.star(color, x, y, 0.045, 4, 0.25, shade=0, line=False, glow=True)
        else:
            b.oval(color, x, y, b.rng.uniform(0.007, 0.014), shade=0, line=False, glow=True)


def _ridge(b: Board, color: RGB, y: float, height: float, step: float = 0.5) -> None:
    w = b.hw + 0.5
    points = []
    x = -w
    while x < w + step:
        points.append((x, y - b.rng.uniform(0, height)))
        x += step * b.rng.uniform(0.7, 1.2)
    b.poly(color, [*smooth(points, closed=False), (w + 1, b.hh + 0.5), (-w, b.hh + 0.5)], shade=0.4)


def hills(b: Board, mood: str) -> None:
    """Draw rolling country under a wide sky."""
    top, foot, lamp, ground = _mood(b, mood)
    _sky(b, top, foot)
    if mood in ("night", "violet", "dusk"):
        _stars(b, lamp, 34, 0.2)
    _sun(b, lamp, b.rng.choice((-1, 1)) * b.hw * 0.55, -b.hh * 0.5, 0.2)
    if mood not in ("night", "violet"):
        _clouds(b, light(foot, 0.5), 4, 0.0)
    for i, (y, h) in enumerate(((0.34, 0.24), (0.56, 0.2), (0.78, 0.1))):
        _ridge(b, mix(foot, dark(ground, 0.16 * i), 0.5 + 0.25 * i), y, h, 0.5 - 0.05 * i)


def peaks(b: Board, mood: str) -> None:
    """Draw a mountain range with snow."""
    top, foot, lamp, ground = _mood(b, mood)
    _sky(b, top, foot)
    if mood in ("night", "violet"):
        _stars(b, lamp, 34, 0.0)
    _sun(b, lamp, b.hw * 0.5, -b.hh * 0.55, 0.17)
    for row, (base, tall) in enumerate(((0.5, 0.95), (0.7, 0.7))):
        tone = mix(foot, mix(top, "#4b5170", 0.5), 0.62 + 0.25 * row)
        x = -b.hw - 0.3
        while x < b.hw + 0.4:
            w, h = b.rng.uniform(0.4, 0.7), tall * b.rng.uniform(0.6, 1)
            b.poly(tone, [(x - w, base + 0.3), (x, base - h), (x + w, base + 0.3)], shade=0)
            b.poly(
                dark(tone, 0.16),
                [(x, base - h), (x + w, base + 0.3), (x + 0.1, base + 0.3), (x - 0.06, base - h * 0.4)],
                shade=0,
                line=False,
            )
            b.poly(
                light(tone, 0.75),
                [
                    (x, base - h),
                    (x - w * 0.26, base - h * 0.68),
                    (x - 0.04, base - h * 0.74),
                    (x + 0.05, base - h * 0.62),
                    (x + w * 0.26, base - h * 0.68),
                ],
                shade=0,
            )
            x += b.rng.uniform(0.45, 0.8)
    _ridge(b, mix(ground, top, 0.15), 0.78, 0.1)


def wood(b: Board, mood: str) -> None:
    """Between tall trunks, light falling through."""
    top, foot, lamp, ground = _mood(b, mood)
    _sky(b, mix(top, ground, 0.4), light(foot, 0.1))
    for row in range(3):
        tone = mix(light(foot, 0.1), dark(mix(ground, top, 0.4), 0.5), 0.3 + 0.25 * row)
        x = -b.hw - 0.2
        while x < b.hw + 0.3:
            w = (0.06 + 0.05 * row) * b.rng.uniform(0.7, 1.3)
            if row == 0 or abs(x) > 0.35 * row:
                b.poly(
                    tone,
                    [
                        (x - w, -b.hh - 0.1),
                        (x + w, -b.hh - 0.1),
                        (x + w * 1.2, 0.55 + 0.1 * row),
                        (x + w * 2, 0.72 + 0.1 * row),
                        (x - w * 2, 0.72 + 0.1 * row),
                        (x - w * 1.2, 0.55 + 0.1 * row),
                    ],
                    shade=0.5,
                )
            x += b.rng.uniform(0.24, 0.42) + 0.1 * row
        if row == 1:
            for k in (-0.7, 0.1, 0.8):
                b.poly(
                    lamp,
                    [(k, -b.hh - 0.1), (k + 0.24, -b.hh - 0.1), (k - 0.25, 0.8), (k - 0.75, 0.8)],
                    shade=0,
                    alpha=0.2,
                    line=False,
                    glow=True,
                )
    _ridge(b, mix(ground, "#2f4a3c", 0.3), 0.72, 0.06)
    for _ in range(9):
        x = b.rng.uniform(-b.hw, b.hw)
        b.oval(mix(ground, "#27402f", 0.5), x, -b.hh, b.rng.uniform(0.25, 0.45), 0.22, shade=0.5)


def sea(b: Board, mood: str) -> None:
    """Open water and a low sun."""
    top, foot, lamp, _ = _mood(b, mood)
    _sky(b, top, foot)
    if mood in ("night", "violet"):
        _stars(b, lamp, 30, 0.1)
    _sun(b, lamp, b.hw * b.rng.uniform(-0.6, 0.6), -0.1 * b.hh, 0.22)
    _clouds(b, mix(foot, lamp, 0.5), 4, -0.1)
    w = b.hw + 0.2
    water = mix(mix(top, "#1f6f94", 0.55), foot, 0.1)
    b.poly(water, [(-w, 0.34), (w, 0.34), (w, b.hh + 0.2), (-w, b.hh + 0.2)], grad=dark(water, 0.4), shade=0)
    for i in range(18):
        y = 0.39 + (i / 18) ** 1.3 * (b.hh - 0.3)
        x, s = b.rng.uniform(-w, w), b.rng.uniform(0.08, 0.24)
        b.path(mix(water, lamp, 0.5), [(x - s, y), (x, y - 0.01), (x + s, y)], 0.016, shade=0, line=False)


def dunes(b: Board, mood: str) -> None:
    """Desert sand."""
    top, foot, lamp, _ = _mood(b, mood)
    _sky(b, top, foot)
    if mood in ("night", "violet"):
        _stars(b, lamp, 40, 0.2)
    _sun(b, lamp, -b.hw * 0.5, -b.hh * 0.4, 0.22)
    for i, y in enumerate((0.42, 0.6, 0.78)):
        _ridge(b, mix(foot, "#cf9348", 0.5 + 0.18 * i), y, 0.16, 0.7)


def space(b: Board, mood: str) -> None:
    """Stars, a nebula, a far moon."""
    top, foot, lamp, _ = _mood(b, mood)
    deep = dark(mix(top, "#0b0f2e", 0.7), 0.2)
    b.ambient_strength *= 0.5
    _sky(b, deep, mix(deep, foot, 0.22))
    for i in range(9):
        a = b.rng.uniform(0, 6.28)
        x, y = b.hw * 0.8 * math.cos(a) * b.rng.random(), b.hh * 0.8 * math.sin(a) * b.rng.random()
        r = b.rng.uniform(0.25, 0.5)
        b.blob(
            mix(foot, top, i / 9),
            [
                (x + r * b.rng.uniform(0.7, 1.4) * math.cos(k), y + r * b.rng.uniform(0.4, 0.9) * math.sin(k))
                for k in range(6)
            ],
            shade=0,
            line=False,
            alpha=0.16,
        )
    _stars(b, light(lamp, 0.4), 70, b.hh)
    x, y = -b.hw * 0.62, -b.hh * 0.55
    moon = mix(foot, deep, 0.25)
    b.oval(moon, x, y, 0.24)
    for dx, dy, r in ((-0.08, -0.06, 0.06), (0.07, 0.02, 0.045), (-0.04, 0.1, 0.035), (0.06, -0.13, 0.025)):
        b.oval(mix(moon, deep, 0.25), x + dx, y + dy, r, shade=0, line=False)


def room(b: Board, mood: str) -> None:
    """Draw a table in a dim room."""
    top, foot, lamp, _ = _mood(b, mood)
    wall = dark(mix(top, "#5a4a5c", 0.5), 0.35)
    _sky(b, wall, mix(wall, foot, 0.3))
    b.oval(lamp, 0, -0.1, 1.25, shade=0, line=False, alpha=0.1, glow=True)
    b.oval(lamp, 0, -0.05, 0.85, shade=0, line=False, alpha=0.12, glow=True)
    w = b.hw + 0.2
    for side in (-0.75, 0.75):
        x = side * b.hw
        for k in range(3):
            c = (mix("#b9483f", wall, 0.5), mix("#3f7f8f", wall, 0.5), mix("#c9a24a", wall, 0.5))[(k + (x > 0)) % 3]
            b.rect(c, x - 0.2 + k * 0.13, -0.34 - 0.06 * (k % 2), x - 0.09 + k * 0.13, 0.1)
        b.rect(dark("#63402b", 0.3), x - 0.34, 0.1, x + 0.34, 0.17)
    b.poly("#7d5136", [(-w, 0.58), (w, 0.58), (w, b.hh + 0.2), (-w, b.hh + 0.2)], grad="#432a26", shade=0)
    b.path("#a8744a", [(-w, 0.59), (w, 0.59)], 0.035, soft=False, shade=0, line=False)
    for x in (-0.9, -0.3, 0.35, 1.0):
        b.path("#4e3026", [(x * 0.8, 0.6), (x * 1.5, b.hh + 0.1)], 0.014, 0.03, soft=False, shade=0, line=False)


def cave(b: Board, mood: str) -> None:
    """Draw a cavern with glowing crystals."""
    top, foot, _, _ = _mood(b, mood)
    rock = dark(mix(top, "#3c3552", 0.6), 0.2)
    b.ambient_strength = min(b.ambient_strength, 0.2)
    _sky(b, mix(rock, foot, 0.45), mix(rock, foot, 0.25))
    b.oval(foot, 0, 0, 0.9, shade=0, line=False, alpha=0.25, glow=True)
    w = b.hw + 0.2
    for row in range(2):
        tone = dark(rock, 0.2 + 0.3 * row)
        n = 11
        for sign in (-1, 1):
            points = [(-w, sign * (b.hh + 0.2))]
            for i in range(n + 1):
                x = -w + 2 * w * i / n
                depth = (
                    b.rng.uniform(0.06, 0.5 if i % 2 else 0.12) * (1.0 if sign < 0 else 0.45) + 0.35 * abs(x / w) ** 3
                )
                points.append((x, sign * (b.hh - depth + 0.1 * row)))
            b.poly(tone, [*points, (w, sign * (b.hh + 0.2))], shade=0.3)
    for place, s in ((-0.85, 1.0), (-0.68, 0.6), (0.8, 0.8), (0.93, 0.55)):
        x = place * b.hw
        y = b.hh - 0.14
        glow = mix(mix(b.accent, "#6fe3ff", 0.65), foot, 0.15)
        b.poly(
            glow,
            [
                (x - 0.09 * s, y),
                (x - 0.12 * s, y - 0.3 * s),
                (x, y - 0.48 * s),
                (x + 0.1 * s, y - 0.3 * s),
                (x + 0.08 * s, y),
            ],
            glow=True,
            shade=0.4,
        )
        b.poly(
            light(glow, 0.5),
            [(x - 0.1 * s, y - 0.29 * s), (x, y - 0.48 * s), (x - 0.02 * s, y)],
            shade=0,
            line=False,
            glow=True,
        )


def street(b: Board, mood: str) -> None:
    """City blocks far away."""
    top, foot, lamp, _ = _mood(b, mood)
    _sky(b, top, foot)
    _sun(b, lamp, b.hw * 0.3, -b.hh * 0.3, 0.3)
    w = b.hw + 0.2
    for row in range(2):
        tone = mix(foot, dark(top, 0.3), 0.45 + 0.4 * row)
        x = -w
        while x < w:
            d = b.rng.uniform(0.16, 0.34)
            y = b.rng.uniform(-0.3, 0.3) + 0.25 * row
            b.rect(tone, x, y, x + d, b.hh + 0.1, shade=0)
            for k in range(10):
                if b.rng.random() < 0.5:
                    b.rect(
                        lamp,
                        x + d * 0.3,
                        y + 0.06 + 0.09 * k,
                        x + d * 0.45,
                        y + 0.1 + 0.09 * k,
                        shade=0,
                        line=False,
                        glow=True,
                    )
            x += d + b.rng.uniform(0, 0.06)
    b.poly(dark(top, 0.5), [(-w, 0.84), (w, 0.84), (w, b.hh + 0.2), (-w, b.hh + 0.2)], shade=0)


def card(b: Board, mood: str) -> None:
    """Draw a plain card with a disc behind the subject."""
    top, foot, lamp, _ = _mood(b, mood)
    b.ambient_strength = 0.0
    base = mix(top, foot, 0.55)
    _sky(b, base, base)
    b.oval(mix(base, lamp, 0.55), 0, 0, 0.92, shade=0, line=False)
    for x in (-0.88, 0.88):
        for y in (-0.88, 0.88):
            b.oval(mix(base, lamp, 0.5), x * b.hw, y * b.hh, 0.034, shade=0, line=False)


def rays(b: Board, mood: str) -> None:
    """Rays bursting from the middle."""
    top, foot, lamp, _ = _mood(b, mood)
    b.ambient_strength = 0.0
    _sky(b, top, top)
    n = 14
    for i in range(n):
        a = 2 * math.pi * i / n + 0.1
        c = 2 * math.pi * (i + 0.5) / n + 0.1
        b.poly(
            mix(top, foot, 0.5),
            [(0, 0), (4 * math.cos(a), 4 * math.sin(a)), (4 * math.cos(c), 4 * math.sin(c))],
            shade=0,
            line=False,
        )
    b.oval(lamp, 0, 0, 0.75, shade=0, line=False, alpha=0.3, glow=True)


def blank(b: Board, mood: str) -> None:
    """Draw a quiet gradient."""
    top, foot, _, _ = _mood(b, mood)
    b.ambient_strength = 0.0
    _sky(b, mix(top, foot, 0.4), foot)


BACKDROPS: dict[str, Callable[[Board, str], None]] = {
    "hills": hills,
    "peaks": peaks,
    "wood": wood,
    "sea": sea,
    "dunes": dunes,
    "space": space,
    "room": room,
    "cave": cave,
    "street": street,
    "card": card,
    "rays": rays,
    "blank": blank,
}
