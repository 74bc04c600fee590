"""Things a hero carries: weapons, treasure, tools."""

from .board import Board, Point, dark, light, mix
from .materials import (
    BONE,
    GLASS,
    GOLD,
    GOLD_DARK,
    INK,
    LEAF_DARK,
    PARCHMENT,
    RED,
    STEEL,
    STEEL_DARK,
    WOOD,
    WOOD_DARK,
)


def potion(b: Board) -> None:
    """Draw a round flask with a bubbling drink."""
    b.oval(dark(b.accent, 0.5), 0, 0.9, 0.56, 0.08, shade=0, line=False, alpha=0.5)
    half: list[Point] = [
        (0, -0.62),
        (0.17, -0.62),
        (0.17, -0.24),
        (0.44, -0.02),
        (0.64, 0.34),
        (0.54, 0.7),
        (0.3, 0.88),
        (0, 0.92),
    ]
    b.sym(GLASS, half, soft=True, shade=0.6)
    b.sym(
        b.accent, [(0, 0.12), (0.3, 0.1), (0.55, 0.12), (0.58, 0.36), (0.49, 0.66), (0.27, 0.81), (0, 0.84)], soft=True
    )
    b.oval(light(b.accent, 0.35), 0, 0.12, 0.51, 0.085, shade=0)
    b.blob(
        light(b.accent, 0.25),
        [(-0.3, 0.5), (0.0, 0.36), (0.3, 0.44), (0.34, 0.6), (0.06, 0.7), (-0.26, 0.68)],
        shade=0,
        line=False,
        glow=True,
        alpha=0.6,
    )
    for x, y, r in (
        (-0.2, 0.4, 0.06),
        (0.12, 0.3, 0.045),
        (0.26, 0.54, 0.07),
        (-0.04, 0.64, 0.05),
        (-0.3, 0.22, 0.035),
        (0.05, -0.02, 0.04),
        (-0.06, -0.18, 0.03),
    ):
        b.oval(light(b.accent, 0.6), x, y, r, shade=0, glow=True)
    b.blob(
        "#ffffff",
        [(-0.5, 0.36), (-0.44, 0.1), (-0.28, -0.06), (-0.36, 0.14), (-0.41, 0.4)],
        shade=0,
        line=False,
        alpha=0.85,
    )
    b.oval("#ffffff", -0.4, 0.54, 0.035, 0.055, turn=20, shade=0, line=False, alpha=0.85)
    b.rect(light(GLASS, 0.2), -0.24, -0.66, 0.24, -0.54, r=0.05)
    b.poly(WOOD, [(-0.15, -0.64), (-0.19, -0.92), (0.19, -0.92), (0.15, -0.64)])
    b.path(GOLD, [(-0.2, -0.3), (0, -0.26), (0.2, -0.3)], 0.07)
    b.poly(PARCHMENT, [(0.14, -0.26), (0.42, -0.2), (0.38, 0.02), (0.12, -0.04)])
    b.path(RED, [(0.19, -0.17), (0.34, -0.14)], 0.025, soft=False, shade=0)
    b.path(RED, [(0.18, -0.1), (0.3, -0.075)], 0.025, soft=False, shade=0)


def sword(b: Board) -> None:
    """Draw a broad sword, point up, slanted."""
    with b.at(0, 0, turn=38):
        b.poly(light(STEEL, 0.45), [(-0.13, 0.4), (-0.15, -0.84), (0, -1.12), (0, 0.4)], shade=0)
        b.poly(STEEL_DARK, [(0.13, 0.4), (0.15, -0.84), (0, -1.12), (0, 0.4)], shade=0)
        b.poly(STEEL, [(-0.035, 0.4), (-0.035, -0.72), (0, -0.82), (0.035, -0.72), (0.035, 0.4)], shade=0)
        for y in (0.16, -0.06, -0.28):
            b.star(b.accent2, 0, y, 0.055, 4, shade=0, glow=True)
        b.sym(
            GOLD, [(0, 0.34), (0.2, 0.36), (0.44, 0.24), (0.5, 0.32), (0.36, 0.48), (0.12, 0.5), (0, 0.56)], soft=True
        )
        b.poly(WOOD_DARK, [(-0.07, 0.5), (0.07, 0.5), (0.06, 0.9), (-0.06, 0.9)])
        for y in (0.58, 0.68, 0.78):
            b.path(b.accent, [(-0.07, y), (0.07, y + 0.05)], 0.045, soft=False, shade=0)
        b.oval(GOLD, 0, 0.98, 0.12)
        b.oval(b.accent, 0, 0.98, 0.06, glow=True)
        b.poly(b.accent, [(0, 0.36), (0.09, 0.43), (0, 0.51), (-0.09, 0.43)], glow=True)


def axe(b: Board) -> None:
    """Draw a double battle axe."""
    with b.at(0, 0.02, turn=-30):
        b.poly(WOOD, [(-0.065, -0.8), (0.065, -0.8), (0.075, 1.0), (-0.075, 1.0)])
        for y in (0.5, 0.6, 0.7, 0.8):
            b.path(b.accent, [(-0.08, y), (0.08, y + 0.05)], 0.05, soft=False, shade=0)
        b.oval(GOLD, 0, 1.02, 0.1)
        for side in (-1, 1):
            edge = [
                (side * 0.06, -0.56),
                (side * 0.3, -0.66),
                (side * 0.56, -0.92),
                (side * 0.76, -0.5),
                (side * 0.76, -0.24),
                (side * 0.56, 0.16),
                (side * 0.3, -0.12),
                (side * 0.06, -0.2),
            ]
            b.blob(STEEL if side < 0 else mix(STEEL, STEEL_DARK, 0.45), edge)
            b.blob(
                light(STEEL, 0.55 if side < 0 else 0.2),
                [
                    (side * 0.56, -0.92),
                    (side * 0.76, -0.5),
                    (side * 0.76, -0.24),
                    (side * 0.56, 0.16),
                    (side * 0.64, -0.2),
                    (side * 0.64, -0.52),
                ],
                shade=0,
            )
            b.path(STEEL_DARK, [(side * 0.2, -0.5), (side * 0.4, -0.38), (side * 0.2, -0.26)], 0.035, shade=0)
        b.rect(GOLD_DARK, -0.12, -0.62, 0.12, -0.14, r=0.05)
        b.poly(b.accent, [(0, -0.52), (0.07, -0.38), (0, -0.24), (-0.07, -0.38)], glow=True)
        b.poly(STEEL, [(-0.08, -0.76), (0.08, -0.76), (0, -1.06)])


def book(b: Board) -> None:
    """Draw a spell book with a clasp and an eye on the cover."""
    with b.at(0, 0, turn=-10):
        b.poly(dark(b.accent, 0.4), [(-0.66, 0.78), (-0.52, 0.92), (0.74, 0.9), (0.74, -0.68), (0.62, -0.78)])
        b.poly("#f4e8cb", [(-0.6, 0.76), (-0.48, 0.86), (0.7, 0.85), (0.7, -0.64), (0.6, -0.72)], shade=0.4)
        for i in range(3):
            b.path(
                "#cdb98c",
                [(0.625 + 0.025 * i, -0.66), (0.625 + 0.025 * i, 0.84)],
                0.01,
                soft=False,
                shade=0,
                line=False,
            )
        b.rect(b.accent, -0.68, -0.82, 0.62, 0.78, r=0.05)
        b.rect(dark(b.accent, 0.3), -0.68, -0.82, -0.5, 0.78, r=0.05)
        for y in (-0.5, 0.0, 0.46):
            b.rect(GOLD_DARK, -0.7, y - 0.05, -0.49, y + 0.05)
        b.rect(dark(b.accent, 0.2), -0.4, -0.7, 0.52, 0.66, r=0.04, shade=0)
        b.rect(b.accent, -0.37, -0.67, 0.49, 0.63, r=0.03, shade=0)
        for x, y, w in ((-0.46, -0.78, 0), (0.58, -0.78, 90), (0.58, 0.74, 180), (-0.46, 0.74, 270)):
            with b.at(x, y, turn=w):
                b.poly(GOLD, [(0, 0), (0.26, 0), (0.12, 0.06), (0.06, 0.12), (0, 0.26)])
        b.ring(GOLD, 0.06, -0.02, 0.3, 0.06)
        for k in range(8):
            with b.at(0.06, -0.02, turn=45 * k):
                b.poly(GOLD, [(-0.04, -0.34), (0.04, -0.34), (0, -0.46)], shade=0)
        b.blob("#fff7e2", [(-0.18, -0.02), (0.06, -0.17), (0.3, -0.02), (0.06, 0.13)], shade=0)
        b.oval(b.accent2, 0.06, -0.02, 0.1, glow=True, shade=0.4)
        b.oval(INK, 0.06, -0.02, 0.03, 0.085, shade=0)
        b.path(RED, [(0.3, 0.8), (0.32, 0.98), (0.26, 1.12)], 0.07, shade=0.4)
        b.rect(GOLD, 0.46, -0.1, 0.76, 0.08, r=0.04)
        b.oval(INK, 0.62, -0.01, 0.035, shade=0)


def lantern(b: Board) -> None:
    """Draw a storm lantern with a bright flame."""
    frame = mix(b.accent, INK, 0.55)
    for r, a in ((0.98, 0.14), (0.72, 0.2)):
        b.oval("#ffe08a", 0, 0.16, r, shade=0, line=False, glow=True, alpha=a)
    b.ring(frame, 0, -0.72, 0.2, 0.06)
    b.sym(frame, [(0, -0.6), (0.14, -0.56), (0.44, -0.3), (0.5, -0.2), (0, -0.2)])
    b.sym("#ffeeb4", [(0, -0.2), (0.4, -0.2), (0.46, 0.2), (0.4, 0.64), (0, 0.64)], shade=0.5, glow=True)
    b.blob(
        "#ff9a3c",
        [(0, -0.12), (0.1, 0.08), (0.2, 0.32), (0.12, 0.52), (-0.12, 0.52), (-0.2, 0.32), (-0.08, 0.14)],
        shade=0,
        glow=True,
    )
    b.blob(
        "#fff6cf",
        [(0, 0.1), (0.07, 0.24), (0.09, 0.4), (0, 0.5), (-0.09, 0.4), (-0.05, 0.26)],
        shade=0,
        line=False,
        glow=True,
    )
    b.rect(WOOD_DARK, -0.09, 0.5, 0.09, 0.64)
    for x0, x1 in ((-0.4, -0.4), (0.4, 0.4), (-0.14, -0.15), (0.14, 0.15)):
        bulge = x0 * 1.16
        b.path(frame, [(x0, -0.22), (bulge, 0.2), (x1, 0.66)], 0.05)
    b.path(frame, [(-0.46, 0.2), (0, 0.25), (0.46, 0.2)], 0.045)
    b.sym(frame, [(0, 0.62), (0.48, 0.62), (0.56, 0.76), (0.6, 0.9), (0, 0.92)])
    b.path(GOLD, [(-0.5, 0.68), (0.5, 0.68)], 0.05, soft=False)
    b.path(GOLD, [(-0.47, -0.24), (0.47, -0.24)], 0.05, soft=False)
    b.oval(GOLD, 0, -0.6, 0.06)


def treasure_map(b: Board) -> None:
    """Draw a torn map with a dotted route and a cross."""
    b.poly(
        PARCHMENT,
        [
            (-0.9, -0.62),
            (-0.5, -0.7),
            (-0.1, -0.64),
            (0.3, -0.72),
            (0.88, -0.62),
            (0.9, -0.2),
            (0.84, 0.1),
            (0.92, 0.6),
            (0.5, 0.66),
            (0.36, 0.58),
            (0.0, 0.7),
            (-0.5, 0.62),
            (-0.88, 0.68),
            (-0.84, 0.2),
            (-0.92, -0.1),
        ],
    )
    b.blob("#9cc7bf", [(-0.84, 0.12), (-0.5, 0.1), (-0.3, 0.32), (-0.4, 0.6), (-0.82, 0.62)], shade=0)
    for x, y in ((-0.68, 0.28), (-0.52, 0.44), (-0.7, 0.52)):
        b.path(
            "#5f8f93",
            [(x - 0.07, y), (x - 0.03, y - 0.03), (x + 0.02, y), (x + 0.07, y - 0.03)],
            0.018,
            shade=0,
            line=False,
        )
    for x, y, s in ((-0.6, -0.32, 1.0), (-0.42, -0.26, 0.8), (-0.72, -0.2, 0.7)):
        b.poly("#8f7b58", [(x - 0.14 * s, y + 0.1 * s), (x, y - 0.2 * s), (x + 0.14 * s, y + 0.1 * s)])
        b.poly("#f7f1e6", [(x - 0.05 * s, y - 0.1 * s), (x, y - 0.2 * s), (x + 0.05 * s, y - 0.1 * s)], shade=0)
    for x, y in ((0.02, 0.4), (0.14, 0.46), (0.26, 0.38), (0.14, 0.32)):
        b.oval(LEAF_DARK, x, y, 0.075, 0.085)
        b.path(WOOD_DARK, [(x, y + 0.06), (x, y + 0.14)], 0.025, soft=False, shade=0)
    dots = [
        (-0.66, 0.02),
        (-0.5, -0.03),
        (-0.34, -0.02),
        (-0.2, 0.06),
        (-0.05, 0.12),
        (0.1, 0.1),
        (0.22, 0.0),
        (0.3, -0.13),
        (0.4, -0.25),
    ]
    for x, y in dots:
        b.oval(b.accent, x, y, 0.034, shade=0)
    for t in (-1, 1):
        b.path(b.accent, [(0.46, -0.4 - t * 0.1), (0.7, -0.4 + t * 0.1)], 0.07, soft=False, shade=0)
    b.ring("#8f6d3c", 0.6, 0.3, 0.17, 0.025, shade=0)
    b.star("#8f6d3c", 0.6, 0.3, 0.23, 4, 0.25, shade=0)
    b.star(b.accent2, 0.6, 0.3, 0.12, 4, 0.3, shade=0)
    b.path("#d3b877", [(-0.3, -0.66), (-0.27, 0.0), (-0.31, 0.64)], 0.014, shade=0, line=False)
    b.path("#d3b877", [(0.33, -0.7), (0.36, 0.0), (0.34, 0.58)], 0.014, shade=0, line=False)
    for y, s in ((-0.66, 1), (0.66, 1)):
        b.rect(mix(PARCHMENT, WOOD, 0.35), -0.95, y - 0.075, 0.95, y + 0.075, r=0.07)
        for x in (-0.98, 0.98):
            b.rect(WOOD_DARK, x - 0.05, y - 0.1 * s, x + 0.05, y + 0.1, r=0.04)


def tent(b: Board) -> None:
    """Draw a camp: tent, fire and pack."""
    b.blob(LEAF_DARK, [(-1.3, 0.98), (-0.7, 0.72), (0.5, 0.7), (1.3, 0.96), (0, 1.2)], shade=0.5)
    b.poly(dark(b.accent, 0.35), [(-0.2, -0.5), (0.36, 0.74), (0.74, 0.66)])
    b.poly(b.accent, [(-0.2, -0.5), (0.3, -0.56), (0.84, 0.62), (0.4, 0.78)], shade=0.6)
    b.poly(light(b.accent, 0.12), [(-0.2, -0.5), (-0.82, 0.74), (0.4, 0.78)])
    b.poly("#40304a", [(-0.2, -0.36), (-0.5, 0.76), (0.12, 0.77)], shade=0)
    b.poly(light(b.accent, 0.45), [(-0.2, -0.36), (-0.5, 0.76), (-0.62, 0.75), (-0.3, 0.1)], shade=0.5)
    b.path(WOOD, [(-0.2, -0.62), (-0.2, 0.7)], 0.035, soft=False)
    b.poly(b.accent2, [(-0.2, -0.64), (-0.02, -0.7), (-0.2, -0.78)], shade=0)
    b.path(BONE, [(-0.2, -0.5), (-1.0, 0.84)], 0.014, soft=False, shade=0)
    b.path(BONE, [(0.3, -0.54), (1.02, 0.72)], 0.014, soft=False, shade=0)
    for r, a in ((0.5, 0.16), (0.32, 0.25)):
        b.oval("#ffb347", 0.62, 0.66, r, shade=0, line=False, glow=True, alpha=a)
    for turn in (14, -14):
        with b.at(0.62, 0.88, turn=turn):
            b.path(WOOD_DARK, [(-0.24, 0), (0.24, 0)], 0.08, soft=False)
    b.blob(
        "#f0742f",
        [(0.62, 0.32), (0.74, 0.56), (0.8, 0.76), (0.62, 0.88), (0.44, 0.76), (0.52, 0.58)],
        shade=0,
        glow=True,
    )
    b.blob("#ffdf6b", [(0.62, 0.54), (0.7, 0.7), (0.62, 0.86), (0.54, 0.72)], shade=0, glow=True, line=False)
    for x, y in ((0.34, 0.92), (0.46, 0.97), (0.78, 0.97), (0.9, 0.9)):
        b.oval("#8d8c9c", x, y, 0.07, 0.05)
