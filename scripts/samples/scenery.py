"""Nature, ships and the sky."""

import math

from .board import Board, Point, dark, light, mix
from .materials import LEAF, LEAF_DARK, SNOW, STONE, STONE_DARK, WOOD, WOOD_DARK


def tree(b: Board) -> None:
    """Draw a great old oak."""
    crown = b.accent
    b.blob(dark(LEAF_DARK, 0.2), [(-0.8, 0.86), (0, 0.78), (0.8, 0.86), (0.5, 0.98), (-0.5, 0.98)], shade=0.3)
    b.poly(
        WOOD,
        [
            (-0.12, -0.1),
            (-0.14, 0.4),
            (-0.24, 0.72),
            (-0.48, 0.9),
            (-0.18, 0.86),
            (-0.02, 0.94),
            (0.12, 0.86),
            (0.46, 0.92),
            (0.24, 0.72),
            (0.15, 0.4),
            (0.2, 0.1),
            (0.5, -0.1),
            (0.44, -0.16),
            (0.12, 0.02),
        ],
    )
    b.path(WOOD, [(-0.1, 0.16), (-0.36, -0.06), (-0.5, -0.2)], 0.13, 0.06)
    for pts in ([(-0.04, 0.1), (-0.06, 0.4), (-0.12, 0.7)], [(0.06, 0.3), (0.07, 0.6), (0.16, 0.8)]):
        b.path(WOOD_DARK, pts, 0.03, 0.01, shade=0, line=False)
    b.blob(WOOD_DARK, [(-0.05, 0.42), (0.04, 0.38), (0.06, 0.5), (-0.02, 0.56)], shade=0)
    for x, y, r, t in (
        (-0.56, -0.12, 0.34, -0.3),
        (0.56, -0.16, 0.36, -0.3),
        (0.0, -0.12, 0.36, -0.34),
        (-0.42, -0.44, 0.36, -0.08),
        (0.42, -0.48, 0.37, -0.08),
        (0.0, -0.68, 0.34, 0.05),
        (-0.06, -0.4, 0.34, 0.08),
        (-0.22, -0.66, 0.22, 0.22),
        (0.3, -0.58, 0.18, 0.2),
        (-0.5, -0.3, 0.16, 0.16),
    ):
        color = light(crown, t) if t > 0 else dark(crown, -t)
        points = [on_circle(x, y, r * (1.05 if k % 2 else 0.95), k / 16) for k in range(16)]
        b.blob(color, points)
    for x, y in ((-0.5, -0.06), (0.2, -0.22), (0.62, -0.3), (-0.2, -0.5), (0.3, -0.7), (-0.34, -0.3), (0.0, -0.84)):
        b.oval(b.accent2, x, y, 0.045, shade=0.5)


def on_circle(x: float, y: float, r: float, turn: float) -> Point:
    """Return a point on a slightly flattened circle; a whole turn is 1."""
    return (x + r * math.cos(2 * math.pi * turn), y + r * 0.88 * math.sin(2 * math.pi * turn))


def _fir(b: Board, x: float, foot: float, s: float, color: tuple[int, int, int]) -> None:
    b.rect(mix(WOOD_DARK, color, 0.3), x - 0.05 * s, foot - 0.16 * s, x + 0.05 * s, foot + 0.02)
    for k in range(4):
        y, w = foot - (0.12 + 0.24 * k) * s, (0.36 - 0.07 * k) * s
        b.poly(
            light(color, 0.05 * k),
            [
                (x - w, y + 0.02 * s),
                (x, y - 0.42 * s),
                (x + w, y + 0.02 * s),
                (x + w * 0.5, y - 0.03 * s),
                (x, y + 0.03 * s),
                (x - w * 0.5, y - 0.03 * s),
            ],
        )


def forest(b: Board) -> None:
    """Draw a path through a fir wood."""
    span = b.hw + 0.3
    far, near = mix(LEAF_DARK, b.ambient or "#bcd7d0", 0.5), LEAF_DARK
    x = -span
    while x < span:
        _fir(b, x, 0.36, b.rng.uniform(0.5, 0.75), mix(far, near, 0.15))
        x += b.rng.uniform(0.16, 0.26)
    b.blob(
        mix(LEAF, far, 0.4),
        [(-span, 0.34), (-0.6, 0.28), (0.5, 0.33), (span, 0.28), (span, 1.5), (-span, 1.5)],
        shade=0.2,
    )
    b.blob(
        "#d9bf8d",
        [
            (0.0, 0.32),
            (0.1, 0.33),
            (0.02, 0.46),
            (0.26, 0.62),
            (0.1, 0.82),
            (0.62, 1.3),
            (-0.6, 1.3),
            (-0.3, 0.82),
            (0.02, 0.62),
            (-0.08, 0.44),
        ],
        shade=0.2,
    )
    for x, foot, s in (
        (-0.62, 0.52, 0.95),
        (0.54, 0.5, 0.9),
        (-1.1, 0.56, 1.1),
        (1.06, 0.56, 1.05),
        (1.6, 0.6, 1.1),
        (-1.65, 0.6, 1.0),
    ):
        _fir(b, x, foot, s, mix(far, near, 0.6))
    for x, foot, s in ((-0.86, 0.9, 1.5), (0.92, 0.94, 1.55), (-1.6, 1.0, 1.6), (1.7, 1.0, 1.6)):
        _fir(b, x, foot, s, dark(mix(b.accent, near, 0.7), 0.1))
    for x, y in ((-0.48, 0.78), (0.5, 0.74), (-0.66, 1.0), (0.66, 1.02)):
        b.path("#f2e4c6", [(x, y), (x, y + 0.09)], 0.05)
        b.blob(b.accent2, [(x - 0.09, y + 0.02), (x - 0.05, y - 0.06), (x + 0.05, y - 0.06), (x + 0.09, y + 0.02)])
    for x, y in ((-0.3, 0.0), (0.24, 0.1), (-0.1, -0.16), (0.4, -0.2)):
        b.oval("#fff3b8", x, y, 0.022, shade=0, line=False, glow=True)


def lake(b: Board) -> None:
    """Snowy peaks mirrored in a lake."""
    span = b.hw + 0.3
    rock = mix("#67739c", b.accent, 0.2)
    peaks = ((-0.78, -0.34, 0.8), (0.84, -0.4, 0.85), (0.02, -0.74, 0.92), (-1.5, -0.2, 0.7), (1.6, -0.14, 0.7))
    for x, top, w in peaks:
        tone = mix(rock, b.ambient or "#c9d6ea", 0.25 if x else 0.05)
        b.poly(
            tone, [(x - w, 0.3), (x - w * 0.35, top * 0.4), (x, top), (x + w * 0.42, top * 0.3), (x + w, 0.3)], shade=0
        )
        b.poly(
            dark(tone, 0.26),
            [(x, top), (x + w * 0.42, top * 0.3), (x + w, 0.3), (x + w * 0.1, 0.3), (x - 0.04, 0.0), (x + 0.06, -0.2)],
            shade=0,
        )
        h = 0.3 - top
        b.poly(
            SNOW,
            [
                (x, top),
                (x - w * 0.24, top + h * 0.34),
                (x - w * 0.1, top + h * 0.29),
                (x - 0.04, top + h * 0.42),
                (x + 0.03, top + h * 0.26),
                (x + w * 0.12, top + h * 0.36),
                (x + w * 0.24, top + h * 0.34),
            ],
            shade=0.5,
        )
    water = mix("#4f9fc4", b.ambient or "#4f9fc4", 0.3)
    b.poly(water, [(-span, 0.28), (span, 0.28), (span, 1.4), (-span, 1.4)], grad=dark(water, 0.45), shade=0)
    for x, top, w in peaks:
        b.poly(
            dark(water, 0.2),
            [(x - w * 0.8, 0.29), (x, 0.3 - (top - 0.3) * 0.5), (x + w * 0.8, 0.29)],
            shade=0,
            line=False,
            alpha=0.5,
        )
    for i in range(16):
        y = 0.36 + (i / 16) ** 1.4 * 0.7
        x = b.rng.uniform(-span, span)
        w = b.rng.uniform(0.1, 0.3)
        b.path(light(water, 0.5), [(x - w, y), (x, y - 0.008), (x + w, y)], 0.018, shade=0, line=False)
    x = -span
    while x < span:
        _fir(b, x, 0.31 + b.rng.uniform(-0.01, 0.02), b.rng.uniform(0.2, 0.36), dark(LEAF_DARK, 0.12))
        x += b.rng.uniform(0.07, 0.14) + (0.3 if abs(x) < 0.34 else 0)
    b.blob(WOOD, [(0.16, 0.6), (0.4, 0.64), (0.66, 0.58), (0.58, 0.72), (0.26, 0.72)])
    b.path(WOOD_DARK, [(0.42, 0.62), (0.42, 0.3)], 0.025, soft=False)
    b.poly("#f7ecd8", [(0.44, 0.3), (0.64, 0.54), (0.44, 0.56)])
    b.poly(b.accent2, [(0.4, 0.34), (0.26, 0.55), (0.4, 0.56)])
    for x, s in ((-span + 0.3, 1.3), (-span + 0.6, 1.0)):
        _fir(b, x, 1.05, s, dark(LEAF_DARK, 0.3))


def volcano(b: Board) -> None:
    """Draw a volcano with streams of lava."""
    span = b.hw + 0.3
    rock = mix("#5b4a5e", b.accent, 0.15)
    for x, y, r in (
        (0.02, -0.56, 0.2),
        (0.16, -0.7, 0.22),
        (-0.14, -0.76, 0.2),
        (0.3, -0.88, 0.22),
        (0.02, -0.94, 0.26),
        (0.5, -1.02, 0.24),
    ):
        b.oval(mix("#6f6474", "#ff9a5c", 0.3 if y > -0.6 else 0.05), x, y, r, r * 0.8)
    b.poly(rock, [(-1.1, 0.72), (-0.6, 0.2), (-0.22, -0.46), (0.2, -0.46), (0.5, 0.1), (1.1, 0.72)])
    b.poly(dark(rock, 0.3), [(0.2, -0.46), (0.5, 0.1), (1.1, 0.72), (0.5, 0.72), (0.2, 0.2), (0.26, -0.05)], shade=0)
    b.blob("#ffce4d", [(-0.22, -0.45), (0.0, -0.5), (0.2, -0.45), (0.0, -0.38)], shade=0, glow=True)
    for pts, w in (
        ([(-0.06, -0.42), (-0.1, -0.1), (-0.26, 0.12), (-0.22, 0.4), (-0.44, 0.76)], 0.13),
        ([(0.08, -0.42), (0.12, -0.06), (0.02, 0.2), (0.16, 0.46), (0.12, 0.8)], 0.11),
    ):
        b.path("#f0562f", pts, w * 0.7, w * 1.4, glow=True, shade=0)
        b.path("#ffce4d", pts, w * 0.3, w * 0.5, glow=True, shade=0, line=False)
    b.poly("#e8502c", [(-span, 0.72), (span, 0.72), (span, 1.4), (-span, 1.4)], grad="#7d1f35", shade=0, glow=True)
    for x, y, w in (
        (-0.9, 0.8, 0.5),
        (0.5, 0.86, 0.6),
        (-0.2, 0.94, 0.4),
        (1.3, 0.8, 0.5),
        (-1.4, 0.95, 0.4),
        (0.9, 0.98, 0.3),
    ):
        b.blob(
            dark(rock, 0.45),
            [(x - w, y + 0.03), (x - w * 0.4, y - 0.05), (x + w * 0.3, y - 0.03), (x + w, y + 0.03), (x, y + 0.08)],
            shade=0.4,
        )
    for x, y, r in (
        (-0.3, -0.72, 0.035),
        (0.4, -0.6, 0.03),
        (-0.44, -0.54, 0.025),
        (0.62, -0.76, 0.025),
        (-0.56, -0.86, 0.03),
    ):
        b.oval("#ffb23e", x, y, r, shade=0, glow=True)


def stones(b: Board) -> None:
    """Draw a wall of cut stones that repeats at its edges."""
    b.poly(STONE_DARK, [(-3, -3), (3, -3), (3, 3), (-3, 3)], shade=0, line=False)
    tones = (STONE, light(STONE, 0.18), mix(STONE, b.accent, 0.18), dark(STONE, 0.14))
    for row in range(6):
        y = -1 + row / 3
        for k in range(-1, 3):
            x = -1 + k * 2 / 3 + (1 / 3 if row % 2 else 0)
            pick = tones[(row * 7 + k % 3 * 5) % 4]
            b.rect(pick, x + 0.02, y + 0.02, x + 2 / 3 - 0.02, y + 1 / 3 - 0.02, r=0.05)
            if (row + k) % 4 == 0:
                b.path(
                    STONE_DARK,
                    [(x + 0.2, y + 0.08), (x + 0.26, y + 0.16), (x + 0.22, y + 0.26)],
                    0.018,
                    soft=False,
                    shade=0,
                )
            if (row * 3 + k) % 5 == 0:
                b.oval(LEAF, x + 0.12, y + 0.3, 0.1, 0.035, shade=0.4)


def meadow(b: Board) -> None:
    """Grass and flowers that repeat at the edges."""
    b.poly(LEAF, [(-3, -3), (3, -3), (3, 3), (-3, 3)], shade=0, line=False)
    rng = b.rng
    for _ in range(90):
        x, y = rng.uniform(-1, 1), rng.uniform(-1, 1)
        kind = rng.random()
        tone = rng.choice((LEAF_DARK, light(LEAF, 0.25), dark(LEAF, 0.12)))
        for dx in (-2, 0, 2):
            for dy in (-2, 0, 2):
                u, v = x + dx, y + dy
                if not (-1.3 < u < 1.3 and -1.3 < v < 1.3):
                    continue
                if kind < 0.8:
                    b.poly(
                        tone,
                        [
                            (u - 0.07, v),
                            (u - 0.1, v - 0.13),
                            (u - 0.02, v - 0.05),
                            (u + 0.01, v - 0.18),
                            (u + 0.04, v - 0.05),
                            (u + 0.11, v - 0.12),
                            (u + 0.06, v),
                        ],
                        shade=0,
                    )
                else:
                    petal = b.accent if kind < 0.9 else "#fff5e1"
                    for k in range(5):
                        p = on_circle(u, v, 0.055, k / 5)
                        b.oval(petal, p[0], p[1], 0.04, shade=0)
                    b.oval(b.accent2, u, v, 0.032, shade=0)
