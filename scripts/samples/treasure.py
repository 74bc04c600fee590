"""Draw what a hero finds: chest, crown, gem and key."""

from .board import Board, Point, dark, light, mix
from .materials import (
    GOLD,
    GOLD_DARK,
    INK,
    WOOD,
    WOOD_DARK,
)


def chest(b: Board) -> None:
    """Draw an open treasure chest full of gold."""
    b.blob(
        dark(WOOD_DARK, 0.5),
        [(-0.9, 0.84), (0.9, 0.84), (0.98, 0.92), (0, 0.98), (-0.98, 0.92)],
        shade=0,
        line=False,
        alpha=0.5,
    )
    b.blob(
        "#ffe9a0", [(-0.7, 0.1), (-0.9, -0.86), (0.9, -0.86), (0.7, 0.1)], shade=0, line=False, glow=True, alpha=0.25
    )
    b.sym(WOOD_DARK, [(0, -0.76), (0.5, -0.74), (0.8, -0.6), (0.86, -0.06), (0, -0.06)])
    b.sym(dark(WOOD_DARK, 0.55), [(0, -0.62), (0.46, -0.6), (0.68, -0.5), (0.74, -0.06), (0, -0.06)], shade=0)
    for x in (-0.77, 0.77):
        b.poly(GOLD, [(x - 0.07, -0.66), (x + 0.06, -0.6), (x + 0.09, -0.06), (x - 0.04, -0.06)])
    for x, y in (
        (-0.56, -0.06),
        (-0.36, -0.16),
        (-0.14, -0.24),
        (0.1, -0.27),
        (0.32, -0.18),
        (0.54, -0.06),
        (-0.44, 0.0),
        (-0.2, -0.06),
        (0.02, -0.1),
        (0.24, -0.04),
        (0.44, 0.02),
        (-0.06, 0.04),
        (0.14, 0.06),
        (-0.3, 0.08),
        (0.62, 0.06),
        (-0.64, 0.06),
    ):
        b.oval(GOLD, x, y, 0.13, 0.085, shade=0.8, glow=False)
        b.oval(light(GOLD, 0.45), x - 0.01, y - 0.01, 0.07, 0.04, shade=0, line=False)
    b.poly(b.accent, [(-0.3, -0.3), (-0.18, -0.42), (-0.06, -0.3), (-0.18, -0.14)], glow=True)
    b.poly(light(b.accent, 0.5), [(-0.26, -0.3), (-0.18, -0.38), (-0.16, -0.28)], shade=0, line=False)
    b.ring(light(GOLD, 0.2), 0.3, -0.3, 0.12, 0.05)
    b.path("#f6f2ff", [(0.5, -0.1), (0.6, 0.12), (0.54, 0.34)], 0.05)
    b.poly(WOOD, [(-0.84, 0.08), (0.84, 0.08), (0.78, 0.86), (-0.78, 0.86)])
    for y in (0.34, 0.6):
        b.path(WOOD_DARK, [(-0.82, y), (0.82, y)], 0.026, soft=False, shade=0)
    b.path(GOLD, [(-0.88, 0.12), (0.88, 0.12)], 0.13, soft=False)
    for x in (-0.6, 0.6):
        b.rect(GOLD, x - 0.09, 0.1, x + 0.09, 0.86)
        for y in (0.24, 0.5, 0.76):
            b.oval(GOLD_DARK, x, y, 0.03, shade=0)
    b.path(GOLD_DARK, [(-0.8, 0.84), (0.8, 0.84)], 0.07, soft=False)
    b.sym(GOLD, [(0, 0.1), (0.19, 0.1), (0.19, 0.36), (0, 0.5)])
    b.oval(INK, 0, 0.24, 0.05, shade=0)
    b.poly(INK, [(-0.025, 0.26), (0.025, 0.26), (0.04, 0.38), (-0.04, 0.38)], shade=0)


def crown(b: Board) -> None:
    """Draw a golden crown with jewels and velvet."""
    b.sym(dark(b.accent, 0.1), [(0, -0.3), (0.4, -0.2), (0.62, 0.1), (0.6, 0.4), (0, 0.5)], soft=True)
    b.poly(
        GOLD,
        [
            (-0.82, -0.42),
            (-0.5, 0.06),
            (-0.42, -0.56),
            (-0.16, 0.0),
            (0.0, -0.74),
            (0.16, 0.0),
            (0.42, -0.56),
            (0.5, 0.06),
            (0.82, -0.42),
            (0.68, 0.56),
            (-0.68, 0.56),
        ],
    )
    b.poly(light(GOLD, 0.4), [(-0.82, -0.42), (-0.5, 0.06), (-0.54, 0.3), (-0.66, 0.42)], shade=0, line=False)
    b.poly(light(GOLD, 0.4), [(-0.06, -0.46), (0.0, -0.74), (0.0, 0.16), (-0.13, 0.1)], shade=0, line=False)
    for x, y, r in (
        (-0.82, -0.48, 0.085),
        (-0.42, -0.62, 0.085),
        (0, -0.82, 0.11),
        (0.42, -0.62, 0.085),
        (0.82, -0.48, 0.085),
    ):
        b.oval(b.accent2 if x else b.accent, x, y, r, glow=x == 0)
        b.oval("#ffffff", x - r * 0.3, y - r * 0.3, r * 0.25, shade=0, line=False)
    b.blob(GOLD_DARK, [(-0.72, 0.36), (0, 0.48), (0.72, 0.36), (0.7, 0.62), (0, 0.76), (-0.7, 0.62)])
    b.blob("#f7f1e6", [(-0.76, 0.58), (0, 0.72), (0.76, 0.58), (0.76, 0.76), (0, 0.9), (-0.76, 0.76)])
    for i in range(7):
        x = -0.6 + i * 0.2
        b.oval(INK, x, 0.8 - abs(x) * 0.15, 0.022, 0.038, shade=0, line=False)
    for x, y in ((-0.46, 0.47), (0, 0.57), (0.46, 0.47)):
        b.poly(
            b.accent if x == 0 else b.accent2, [(x - 0.11, y), (x, y - 0.09), (x + 0.11, y), (x, y + 0.09)], glow=True
        )
        b.poly("#ffffff", [(x - 0.06, y), (x, y - 0.05), (x, y)], shade=0, line=False)
    for x in (-0.24, 0.24):
        b.oval("#f6f2ff", x, 0.53, 0.05)


def gem(b: Board) -> None:
    """Draw a brilliant-cut gem."""
    c = b.accent
    t: list[Point] = [(-0.5, -0.56), (-0.18, -0.56), (0.18, -0.56), (0.5, -0.56)]
    m: list[Point] = [(-0.88, -0.14), (-0.44, -0.14), (0, -0.14), (0.44, -0.14), (0.88, -0.14)]
    foot = (0.0, 0.86)
    facets: list[tuple[float, list[Point]]] = [
        (0.15, [m[0], t[0], m[1]]),
        (0.62, [t[0], t[1], m[1]]),
        (0.38, [t[1], m[2], m[1]]),
        (0.8, [t[1], t[2], m[2]]),
        (0.28, [t[2], m[3], m[2]]),
        (0.05, [t[2], t[3], m[3]]),
        (-0.2, [t[3], m[4], m[3]]),
        (0.3, [m[0], m[1], foot]),
        (0.55, [m[1], m[2], foot]),
        (-0.1, [m[2], m[3], foot]),
        (-0.38, [m[3], m[4], foot]),
    ]
    for r in (0.98, 0.7):
        b.oval(light(c, 0.3), 0, -0.1, r, shade=0, line=False, alpha=0.16, glow=True)
    for tone, points in facets:
        b.poly(mix(c, "#f2fbff", tone) if tone > 0 else dark(c, -tone), points, shade=0)
    b.poly("#ffffff", [(-0.4, -0.5), (-0.22, -0.5), (-0.42, -0.24)], shade=0, line=False, alpha=0.8)
    b.poly("#ffffff", [(-0.3, 0.0), (-0.2, 0.0), (-0.08, 0.44)], shade=0, line=False, alpha=0.5)
    for x, y, s in ((0.66, -0.66, 0.16), (-0.78, 0.36, 0.11), (0.6, 0.5, 0.09)):
        b.star("#ffffff", x, y, s, 4, 0.22, shade=0, glow=True)


def key(b: Board) -> None:
    """Draw an ornate old key."""
    with b.at(0, 0, turn=40):
        b.rect(GOLD, -0.07, -0.2, 0.07, 0.9, r=0.04)
        b.path(light(GOLD, 0.5), [(-0.03, -0.1), (-0.03, 0.86)], 0.025, soft=False, shade=0, line=False)
        b.poly(
            GOLD,
            [
                (0.05, 0.52),
                (0.34, 0.52),
                (0.34, 0.62),
                (0.22, 0.62),
                (0.22, 0.7),
                (0.34, 0.7),
                (0.34, 0.86),
                (0.05, 0.86),
            ],
        )
        for y in (-0.14, 0.0, 0.42):
            b.rect(GOLD_DARK, -0.12, y - 0.04, 0.12, y + 0.04, r=0.035)
        for dx, dy in ((-0.24, -0.5), (0.24, -0.5), (0, -0.78)):
            b.ring(GOLD, dx, dy, 0.2, 0.11)
        b.oval(GOLD_DARK, 0, -0.56, 0.19)
        b.poly(b.accent, [(0, -0.7), (0.12, -0.56), (0, -0.42), (-0.12, -0.56)], glow=True)
        b.poly(light(b.accent, 0.55), [(0, -0.68), (0, -0.56), (-0.09, -0.56)], shade=0, line=False)
        b.path(b.accent, [(0.06, -0.98), (0.26, -1.06), (0.4, -0.96)], 0.05, shade=0.4)
