"""Draw ships, rockets, balloons and planets."""

import math

from .board import Board, Point, dark, light, mix, smooth
from .materials import GOLD, INK, SNOW, STEEL, STEEL_DARK, STONE, WINDOW, WOOD, WOOD_DARK
from .scenery import on_circle


def ship(b: Board) -> None:
    """Draw a sailing ship under full sail."""
    b.poly(
        WOOD,
        [
            (-0.8, 0.34),
            (-0.94, 0.06),
            (-0.6, 0.12),
            (-0.56, 0.22),
            (0.5, 0.22),
            (0.62, 0.08),
            (0.98, 0.0),
            (0.76, 0.4),
            (0.58, 0.72),
            (-0.6, 0.72),
        ],
    )
    b.poly(
        b.accent,
        [(-0.83, 0.3), (-0.86, 0.2), (-0.5, 0.3), (0.5, 0.3), (0.86, 0.2), (0.8, 0.32), (0.5, 0.4), (-0.5, 0.4)],
        shade=0.5,
    )
    b.path(WOOD_DARK, [(-0.74, 0.52), (0.66, 0.52)], 0.024, soft=False, shade=0)
    for x in (-0.5, -0.26, -0.02, 0.22, 0.46):
        b.rect(INK, x - 0.05, 0.42, x + 0.05, 0.5, shade=0)
    b.rect(WINDOW, -0.78, 0.14, -0.64, 0.22, shade=0, glow=True)
    b.path(WOOD_DARK, [(0.7, 0.12), (1.18, -0.16)], 0.04, 0.025, soft=False)
    for x, top in ((-0.46, -0.7), (0.04, -0.94), (0.5, -0.66)):
        b.path(WOOD_DARK, [(x, 0.24), (x, top)], 0.045, soft=False)
        b.poly(b.accent, [(x, top), (x - 0.22, top + 0.05), (x, top + 0.1)], shade=0)
    cream = "#f8eedb"
    b.poly(light(cream, 0.2), [(0.56, -0.54), (1.1, -0.12), (0.56, 0.1)], shade=0.6)
    for x, y, w, h in (
        (-0.46, -0.14, 0.3, 0.3),
        (-0.46, -0.5, 0.22, 0.22),
        (0.04, -0.1, 0.36, 0.34),
        (0.04, -0.5, 0.28, 0.24),
        (0.04, -0.78, 0.18, 0.16),
        (0.5, -0.12, 0.28, 0.28),
        (0.5, -0.46, 0.2, 0.2),
    ):
        b.path(WOOD_DARK, [(x - w * 0.85, y - h * 0.5), (x + w * 0.85, y - h * 0.5)], 0.03, soft=False)
        b.poly(
            cream,
            [
                (x - w * 0.8, y - h * 0.5),
                (x + w * 0.8, y - h * 0.5),
                (x + w * 0.98, y),
                (x + w * 0.9, y + h * 0.5),
                (x + w * 0.3, y + h * 0.36),
                (x - w * 0.4, y + h * 0.38),
                (x - w, y + h * 0.5),
                (x - w * 0.78, y),
            ],
        )
    b.oval(b.accent, 0.06, -0.12, 0.1, shade=0)
    b.star(cream, 0.06, -0.12, 0.08, 5, shade=0)
    span = b.hw + 1.4
    for k, (y, tone) in enumerate(((0.66, 0.15), (0.8, 0.0), (0.95, -0.2))):
        sea = mix("#2f7f9f", b.ambient or "#2f7f9f", 0.25)
        color = light(sea, tone) if tone > 0 else dark(sea, -tone)
        wave: list[Point] = []
        n = round(span * 10)
        for i in range(n + 1):
            x = -span + 2 * span * i / n
            wave.append((x, y + (0.035 if (i + k) % 2 else -0.03)))
        b.poly(color, [*smooth(wave, closed=False), (span, 1.5), (-span, 1.5)], shade=0.3)
    for x in (-0.7, 0.5):
        b.path(SNOW, [(x - 0.16, 0.7), (x, 0.66), (x + 0.18, 0.71)], 0.03, 0.01, shade=0, line=False)


def rocket(b: Board) -> None:
    """Draw a plump rocket ship on a slant."""
    hull = "#eef0f6"
    with b.at(0, -0.06, turn=32, scale=0.95):
        for w, h, c in ((0.24, 0.62, "#ff7a3c"), (0.16, 0.44, "#ffc94d"), (0.08, 0.28, "#fff7d6")):
            b.sym(c, [(0, 0.56), (w, 0.6), (w * 0.8, 0.6 + h * 0.4), (0, 0.6 + h)], soft=True, shade=0, glow=True)
        for side in (-1, 1):
            b.poly(b.accent, [(side * 0.28, 0.1), (side * 0.62, 0.44), (side * 0.66, 0.8), (side * 0.26, 0.56)])
        b.rect(STEEL_DARK, -0.18, 0.5, 0.18, 0.66)
        b.sym(hull, [(0, -0.98), (0.2, -0.7), (0.34, -0.28), (0.37, 0.1), (0.27, 0.58), (0, 0.58)], soft=False)
        b.sym(b.accent, [(0, -1.0), (0.1, -0.88), (0.23, -0.62), (0, -0.58)])
        b.path(b.accent, [(-0.31, 0.42), (0, 0.46), (0.31, 0.42)], 0.08)
        b.oval(STEEL_DARK, 0, -0.2, 0.2)
        b.oval("#3fb7d9", 0, -0.2, 0.15, shade=0.6, glow=True)
        b.blob("#dff7ff", [(-0.1, -0.22), (-0.04, -0.3), (0.03, -0.31), (-0.04, -0.2)], shade=0, line=False)
        b.oval(STEEL_DARK, 0, 0.18, 0.11)
        b.oval("#3fb7d9", 0, 0.18, 0.075, shade=0.6, glow=True)
        b.poly(dark(b.accent, 0.15), [(-0.05, 0.3), (0.05, 0.3), (0.06, 0.76), (-0.06, 0.76)])
        for x, y in ((-0.26, -0.1), (0.26, -0.1), (-0.28, 0.3), (0.28, 0.3)):
            b.oval(STEEL, x, y, 0.02, shade=0, line=False)


def fighter(b: Board) -> None:
    """Draw a star fighter seen from above, flying up."""
    hull, plate = "#d7dbe8", "#a9b2c9"
    with b.at(0, 0.05, turn=-24):
        for side in (-1, 1):
            b.blob(
                "#7fe6ff",
                [
                    (side * 0.16, 0.62),
                    (side * 0.32, 0.62),
                    (side * 0.27, 0.88),
                    (side * 0.24, 1.12),
                    (side * 0.2, 0.88),
                ],
                shade=0,
                glow=True,
            )
            b.poly(plate, [(side * 0.14, -0.1), (side * 0.86, 0.4), (side * 0.94, 0.68), (side * 0.16, 0.5)])
            b.poly(
                b.accent, [(side * 0.44, 0.12), (side * 0.62, 0.24), (side * 0.6, 0.6), (side * 0.46, 0.57)], shade=0.6
            )
            b.rect(STEEL_DARK, min(side * 0.86, side * 0.94), -0.06, max(side * 0.86, side * 0.94), 0.68, r=0.03)
            b.oval("#ff6b5c", side * 0.9, -0.08, 0.03, shade=0, glow=True)
            b.rect(STEEL_DARK, min(side * 0.14, side * 0.34), 0.1, max(side * 0.14, side * 0.34), 0.66, r=0.06)
        b.sym(hull, [(0, -1.0), (0.08, -0.8), (0.15, -0.3), (0.24, 0.2), (0.18, 0.66), (0, 0.72)])
        b.sym(b.accent, [(0, -1.0), (0.07, -0.84), (0.1, -0.64), (0, -0.6)])
        b.sym("#274063", [(0, -0.4), (0.1, -0.26), (0.12, 0.02), (0, 0.12)], soft=True, shade=0)
        b.blob("#8fe6ff", [(-0.07, -0.24), (-0.01, -0.34), (0.0, -0.1), (-0.06, 0.0)], shade=0, line=False, glow=True)
        b.rect(plate, -0.1, 0.26, 0.1, 0.52, r=0.03)
        b.path(b.accent2, [(-0.1, 0.38), (0.1, 0.38)], 0.05, soft=False, shade=0)


def planet(b: Board) -> None:
    """Draw a banded planet with a ring and moons."""
    c = b.accent
    with b.at(0, 0, turn=-18):
        _half_ring(b, 1)
        b.oval(c, 0, 0, 0.62)
        for y, h, t in ((-0.36, 0.1, 0.3), (-0.12, 0.13, -0.2), (0.14, 0.09, 0.35), (0.36, 0.1, -0.3)):
            pts: list[Point] = []
            for i in range(9):
                x = -1 + i / 4
                pts.append((x, y - h / 2))
            w = [0.62 * max(0.0, 1 - ((y + d) / 0.62) ** 2) ** 0.5 * 0.985 for d in (-h / 2, h / 2)]
            band = [
                (-w[0], y - h / 2),
                (-w[0] * 0.3, y - h / 2 - 0.02),
                (w[0] * 0.4, y - h / 2 + 0.015),
                (w[0], y - h / 2),
                (w[1], y + h / 2),
                (w[1] * 0.2, y + h / 2 + 0.02),
                (-w[1] * 0.4, y + h / 2 - 0.02),
                (-w[1], y + h / 2),
            ]
            b.poly(light(c, t) if t > 0 else dark(c, -t), band, shade=0, line=False)
        b.oval(b.accent2, 0.2, 0.14, 0.12, 0.06, shade=0.4)
        shadow: list[Point] = [on_circle(0, 0, 0.625, k / 40) for k in range(-6, 21)]
        shadow = [(x, y / 0.88) for x, y in shadow]
        inner = [(x * 0.86 - 0.14, y * 0.86 - 0.14) for x, y in reversed(shadow)]
        b.poly("#1c1633", shadow + inner, shade=0, alpha=0.45, line=False)
        _half_ring(b, -1)
    b.oval("#cfd3e2", 0.74, -0.62, 0.13)
    b.oval("#a9aec4", 0.77, -0.6, 0.03, shade=0, line=False)
    b.oval(mix(b.accent2, "#cfd3e2", 0.5), -0.8, 0.6, 0.09)


def _half_ring(b: Board, side: int) -> None:
    for r0, r1, color in ((0.76, 0.9, mix(b.accent2, "#f5e6c8", 0.4)), (0.92, 1.04, mix(b.accent2, "#5a4a6a", 0.35))):
        outer = [(r1 * math.cos(math.pi * i / 24), -side * r1 * 0.24 * math.sin(math.pi * i / 24)) for i in range(25)]
        inner = [(r0 * math.cos(math.pi * i / 24), -side * r0 * 0.24 * math.sin(math.pi * i / 24)) for i in range(25)]
        b.poly(color, outer + inner[::-1], shade=0.3)


def balloon(b: Board) -> None:
    """Draw a striped hot-air balloon."""
    half: list[Point] = [
        (0, -0.95),
        (0.36, -0.88),
        (0.64, -0.62),
        (0.7, -0.26),
        (0.54, 0.1),
        (0.3, 0.36),
        (0.14, 0.52),
        (0, 0.52),
    ]
    for x0, x1 in ((-0.13, -0.12), (0.13, 0.12), (-0.04, -0.04), (0.05, 0.05)):
        b.path(WOOD_DARK, [(x0 * 1.1, 0.5), (x1, 0.74)], 0.016, soft=False, shade=0)
    b.sym(b.accent, half, soft=True)
    for k, t in ((0.74, 1), (0.4, 0), (0.12, 1)):
        b.sym(b.accent2 if t else b.accent, [(x * k, y) for x, y in half], soft=True, shade=0.35)
    b.path(light(b.accent2, 0.3), [(-0.69, -0.3), (-0.4, -0.2), (0, -0.16), (0.4, -0.2), (0.69, -0.3)], 0.1, shade=0.3)
    for x in (-0.5, -0.25, 0.0, 0.25, 0.5):
        b.star(b.accent, x, -0.17 - abs(x) * 0.13, 0.045, 5, shade=0)
    b.rect(WOOD_DARK, -0.14, 0.5, 0.14, 0.56)
    b.blob("#ffb23e", [(0, 0.5), (0.04, 0.6), (0, 0.66), (-0.04, 0.6)], shade=0, glow=True)
    b.poly(WOOD, [(-0.17, 0.72), (0.17, 0.72), (0.13, 0.97), (-0.13, 0.97)])
    for y in (0.8, 0.88):
        b.path(WOOD_DARK, [(-0.15, y), (0.15, y)], 0.016, soft=False, shade=0)
    b.rect(GOLD, -0.19, 0.69, 0.19, 0.75, r=0.03)
    for x in (-0.19, 0.19):
        b.oval(STONE, x, 0.86, 0.05, 0.07)
