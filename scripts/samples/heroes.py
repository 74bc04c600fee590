"""People and near-people: knight, wizard, robot, skull."""

from .board import Board, dark, light, mix
from .materials import (
    BONE,
    GOLD,
    GOLD_DARK,
    INK,
    RED,
    SKIN,
    STEEL,
    STEEL_DARK,
    WOOD,
    WOOD_DARK,
)


def knight(b: Board) -> None:
    """Head and shoulders of a knight, visor down, plume flying."""
    b.blob(b.accent, [(-0.52, 0.3), (0.52, 0.3), (0.9, 1.15), (0.0, 1.3), (-0.9, 1.15)])
    b.blob(
        b.accent,
        [
            (0.02, -0.8),
            (-0.2, -1.0),
            (-0.52, -0.94),
            (-0.78, -0.62),
            (-0.84, -0.2),
            (-0.7, 0.12),
            (-0.66, -0.14),
            (-0.54, -0.32),
            (-0.4, -0.42),
            (-0.14, -0.6),
        ],
    )
    b.path(
        dark(b.accent, 0.3),
        [(-0.06, -0.84), (-0.4, -0.8), (-0.64, -0.5), (-0.72, -0.12)],
        0.03,
        0.01,
        shade=0,
        line=False,
    )
    b.sym(STEEL_DARK, [(0, 0.28), (0.3, 0.3), (0.34, 0.56), (0, 0.6)])
    b.sym(STEEL, [(0, 0.46), (0.4, 0.5), (0.56, 0.76), (0.6, 1.25)], soft=False)
    b.path(STEEL_DARK, [(0, 0.5), (0, 1.2)], 0.03, soft=False, shade=0)
    b.path(GOLD, [(-0.4, 0.52), (-0.2, 0.62), (0.0, 0.65), (0.2, 0.62), (0.4, 0.52)], 0.05)
    for side in (-1, 1):
        b.blob(
            STEEL,
            [
                (side * 0.34, 0.5),
                (side * 0.6, 0.4),
                (side * 0.9, 0.58),
                (side * 0.98, 0.92),
                (side * 0.7, 0.94),
                (side * 0.46, 0.78),
            ],
        )
        b.path(GOLD, [(side * 0.46, 0.79), (side * 0.72, 0.93), (side * 0.98, 0.9)], 0.05)
        b.path(STEEL_DARK, [(side * 0.48, 0.62), (side * 0.72, 0.7), (side * 0.94, 0.74)], 0.025, shade=0)
        b.oval(GOLD, side * 0.6, 0.56, 0.04)
    b.sym(
        STEEL,
        [(0, -0.72), (0.24, -0.66), (0.4, -0.44), (0.44, -0.12), (0.42, 0.2), (0.3, 0.38), (0.0, 0.48)],
        soft=True,
    )
    b.sym(light(STEEL, 0.4), [(0, -0.14), (0.42, -0.2), (0.36, 0.12), (0.22, 0.34), (0, 0.46)])
    b.sym(INK, [(0, -0.1), (0.37, -0.18), (0.36, -0.06), (0, 0.0)], shade=0)
    b.path(STEEL_DARK, [(0, -0.72), (0, 0.46)], 0.035, soft=False, shade=0)
    for side in (-1, 1):
        for i in range(3):
            b.oval(INK, side * 0.12, 0.12 + i * 0.09, 0.02, 0.032, shade=0)
            b.oval(INK, side * 0.21, 0.1 + i * 0.08, 0.018, 0.03, shade=0)
    b.path(GOLD, [(-0.44, -0.22), (-0.2, -0.17), (0.0, -0.15), (0.2, -0.17), (0.44, -0.22)], 0.06)
    b.oval(GOLD_DARK, -0.42, -0.14, 0.06)
    b.oval(GOLD_DARK, 0.42, -0.14, 0.06)
    b.blob(GOLD, [(-0.09, -0.76), (0.09, -0.76), (0.06, -0.58), (0, -0.5), (-0.06, -0.58)])


def guard(b: Board) -> None:
    """Draw a knight standing with sword and shield."""
    b.blob(b.accent, [(-0.2, -0.42), (0.2, -0.42), (0.44, 0.4), (0.5, 0.86), (0.1, 0.76), (-0.5, 0.86), (-0.44, 0.4)])
    for side in (-1, 1):
        b.poly(STEEL_DARK, [(side * 0.04, 0.3), (side * 0.24, 0.28), (side * 0.22, 0.86), (side * 0.08, 0.86)])
        b.rect(STEEL, min(side * 0.06, side * 0.24), 0.5, max(side * 0.06, side * 0.24), 0.6, r=0.03)
        b.blob(STEEL_DARK, [(side * 0.05, 0.82), (side * 0.24, 0.82), (side * 0.34, 0.96), (side * 0.04, 0.97)])
    b.sym(STEEL, [(0, -0.46), (0.24, -0.44), (0.3, -0.16), (0.22, 0.14), (0.28, 0.36), (0, 0.44)])
    b.sym(b.accent2, [(0, -0.36), (0.15, -0.34), (0.16, 0.1), (0.2, 0.5), (0, 0.56)])
    b.star(b.accent, 0, -0.12, 0.11, 4, shade=0)
    b.rect(WOOD_DARK, -0.25, 0.1, 0.25, 0.18)
    b.oval(GOLD, 0, 0.14, 0.05)
    with b.at(0.62, 0.12, turn=10):
        b.poly(light(STEEL, 0.3), [(-0.05, 0.0), (-0.05, -0.82), (0, -0.94), (0, 0.0)], shade=0)
        b.poly(STEEL_DARK, [(0.05, 0.0), (0.05, -0.82), (0, -0.94), (0, 0.0)], shade=0)
        b.rect(GOLD, -0.17, -0.03, 0.17, 0.04, r=0.03)
        b.rect(WOOD_DARK, -0.03, 0.04, 0.03, 0.2)
        b.oval(GOLD, 0, 0.22, 0.045)
    b.path(STEEL_DARK, [(0.28, -0.34), (0.44, -0.06), (0.58, 0.2)], 0.15, 0.12, soft=False, thin=False)
    b.oval(STEEL, 0.6, 0.2, 0.085)
    for side in (-1, 1):
        b.oval(STEEL, side * 0.31, -0.36, 0.17, 0.14)
    with b.at(-0.44, 0.12, scale=0.4):
        _shield_face(b)
    b.blob(b.accent, [(0, -0.9), (-0.14, -1.06), (-0.36, -0.96), (-0.44, -0.7), (-0.3, -0.8), (-0.12, -0.82)])
    b.sym(STEEL, [(0, -0.93), (0.16, -0.88), (0.23, -0.7), (0.2, -0.5), (0, -0.42)], soft=True)
    b.sym(INK, [(0, -0.7), (0.18, -0.74), (0.18, -0.66), (0.04, -0.62), (0.03, -0.48), (0, -0.46)], shade=0)
    b.path(GOLD, [(-0.22, -0.77), (0, -0.73), (0.22, -0.77)], 0.035)


def _shield_face(b: Board) -> None:
    half = [(0, -0.92), (0.4, -0.86), (0.76, -0.78), (0.76, -0.1), (0.6, 0.4), (0.3, 0.76), (0, 0.96)]
    b.sym(GOLD, half)
    inner = [(x * 0.86, y * 0.87) for x, y in half]
    b.sym(b.accent, inner)
    b.poly(b.accent2, [(0, -0.8), (0.34, -0.75), (0.65, -0.68), (0.65, -0.06), (0, -0.06)], shade=0)
    b.poly(b.accent2, [(0, -0.06), (-0.65, -0.06), (-0.52, 0.35), (-0.26, 0.66), (0, 0.83)], shade=0)
    b.path(GOLD, [(0, -0.82), (0, 0.84)], 0.09, soft=False)
    b.path(GOLD, [(-0.66, -0.06), (0.66, -0.06)], 0.09, soft=False)


def shield(b: Board) -> None:
    """Draw a heraldic shield with a boss and studs."""
    _shield_face(b)
    b.oval(GOLD_DARK, 0, -0.06, 0.23)
    b.oval(STEEL, 0, -0.06, 0.17)
    b.star(light(GOLD, 0.3), -0.36, -0.42, 0.15, 5, shade=0)
    b.star(light(GOLD, 0.3), 0.32, 0.26, 0.14, 5, shade=0)
    for x, y in (
        (-0.7, -0.74),
        (0.7, -0.74),
        (0, -0.86),
        (-0.7, -0.1),
        (0.7, -0.1),
        (-0.48, 0.5),
        (0.48, 0.5),
        (0, 0.88),
    ):
        b.oval(light(GOLD, 0.4), x, y, 0.035, shade=0)


def wizard(b: Board) -> None:
    """Draw a bearded wizard with a tall hat and a glowing staff."""
    b.path(WOOD, [(0.66, 1.2), (0.62, 0.4), (0.68, -0.24), (0.62, -0.44)], 0.08, 0.06)
    b.path(WOOD, [(0.62, -0.42), (0.5, -0.56), (0.6, -0.74), (0.78, -0.68), (0.8, -0.52)], 0.06, 0.03)
    b.oval(b.accent2, 0.66, -0.57, 0.12, shade=0.5, glow=True)
    b.oval("#ffffff", 0.63, -0.6, 0.045, shade=0, glow=True, line=False)
    b.blob(b.accent, [(-0.34, 0.06), (0.34, 0.06), (0.62, 0.5), (0.78, 1.2), (0, 1.35), (-0.78, 1.2), (-0.62, 0.5)])
    b.path(b.accent2, [(-0.2, 0.5), (-0.26, 0.9), (-0.28, 1.25)], 0.06)
    b.path(b.accent2, [(0.2, 0.5), (0.26, 0.9), (0.28, 1.25)], 0.06)
    b.blob(dark(b.accent, 0.15), [(0.36, 0.32), (0.58, 0.28), (0.78, 0.5), (0.72, 0.68), (0.5, 0.72), (0.34, 0.62)])
    b.oval(SKIN, 0.65, 0.46, 0.095, 0.08)
    b.blob(SKIN, [(-0.28, -0.28), (0.28, -0.28), (0.3, 0.0), (0.16, 0.2), (-0.16, 0.2), (-0.3, 0.0)])
    b.blob(
        "#eef0f4",
        [
            (-0.34, -0.14),
            (-0.22, 0.04),
            (0.0, -0.01),
            (0.22, 0.04),
            (0.34, -0.14),
            (0.38, 0.2),
            (0.28, 0.56),
            (0.1, 0.86),
            (0.0, 1.04),
            (-0.12, 0.84),
            (-0.28, 0.56),
            (-0.38, 0.2),
        ],
    )
    for x0, x1 in ((-0.2, -0.12), (-0.06, 0.0), (0.1, 0.06), (0.24, 0.14)):
        b.path("#c3c9d8", [(x0, 0.2), (x0 * 0.9, 0.45), (x1, 0.72)], 0.024, 0.01, shade=0, line=False)
    b.blob(
        "#f8f9fb",
        [(0, 0.02), (0.14, -0.02), (0.32, 0.1), (0.14, 0.13), (0, 0.08), (-0.14, 0.13), (-0.32, 0.1), (-0.14, -0.02)],
    )
    b.oval(mix(SKIN, RED, 0.25), 0, -0.04, 0.065, 0.085)
    for side in (-1, 1):
        b.oval(INK, side * 0.12, -0.12, 0.032, 0.042, shade=0)
        b.path("#eef0f4", [(side * 0.03, -0.2), (side * 0.14, -0.25), (side * 0.26, -0.17)], 0.055, 0.02)
    b.blob(
        b.accent,
        [
            (-0.3, -0.34),
            (-0.2, -0.72),
            (-0.02, -0.98),
            (0.28, -1.12),
            (0.44, -0.98),
            (0.22, -0.94),
            (0.22, -0.68),
            (0.3, -0.34),
        ],
    )
    b.path(b.accent2, [(-0.29, -0.42), (0.0, -0.37), (0.29, -0.42)], 0.09)
    b.blob(
        dark(b.accent, 0.2),
        [
            (-0.66, -0.24),
            (-0.3, -0.38),
            (0.0, -0.34),
            (0.3, -0.38),
            (0.66, -0.24),
            (0.34, -0.2),
            (0.0, -0.24),
            (-0.34, -0.2),
        ],
    )
    b.star(light(b.accent2, 0.3), -0.04, -0.66, 0.09, 5, shade=0)
    b.star(light(b.accent2, 0.3), 0.12, -0.86, 0.05, 5, shade=0)


def robot(b: Board) -> None:
    """Draw a friendly service robot."""
    metal = light(STEEL, 0.15)
    for side in (-1, 1):
        b.path(STEEL_DARK, [(side * 0.42, 0.2), (side * 0.68, 0.3), (side * 0.7, 0.56)], 0.1)
        b.blob(
            b.accent,
            [(side * 0.58, 0.5), (side * 0.82, 0.5), (side * 0.84, 0.68), (side * 0.7, 0.66), (side * 0.56, 0.68)],
        )
        b.rect(STEEL_DARK, min(side * 0.12, side * 0.28), 0.66, max(side * 0.12, side * 0.28), 0.88)
        b.rect(b.accent, min(side * 0.06, side * 0.36), 0.84, max(side * 0.06, side * 0.36), 0.98, r=0.06)
    b.rect(STEEL_DARK, -0.1, 0.0, 0.1, 0.16)
    b.rect(metal, -0.44, 0.1, 0.44, 0.72, r=0.14)
    b.rect(b.accent, -0.44, 0.54, 0.44, 0.64, shade=0.6)
    b.rect(INK, -0.26, 0.2, 0.26, 0.48, r=0.05, shade=0)
    b.path(
        "#6ff2d0",
        [(-0.22, 0.36), (-0.1, 0.36), (-0.04, 0.25), (0.04, 0.44), (0.1, 0.34), (0.22, 0.34)],
        0.028,
        soft=False,
        shade=0,
        glow=True,
    )
    b.oval(b.accent2, -0.35, 0.2, 0.032, shade=0, glow=True)
    b.path(STEEL_DARK, [(0, -0.66), (0, -0.88)], 0.04, soft=False)
    b.oval(b.accent2, 0, -0.92, 0.075, glow=True)
    for side in (-1, 1):
        b.rect(b.accent, min(side * 0.5, side * 0.64), -0.46, max(side * 0.5, side * 0.64), -0.16, r=0.05)
    b.rect(metal, -0.56, -0.68, 0.56, 0.04, r=0.18)
    b.rect(INK, -0.44, -0.54, 0.44, -0.1, r=0.14, shade=0)
    for side in (-1, 1):
        b.oval("#7ff0ff", side * 0.2, -0.35, 0.1, 0.115, shade=0, glow=True)
        b.oval("#ffffff", side * 0.2 - 0.03, -0.39, 0.03, shade=0, line=False, glow=True)
    b.path("#7ff0ff", [(-0.1, -0.2), (0, -0.165), (0.1, -0.2)], 0.028, shade=0, glow=True)
    for x in (-0.48, 0.48):
        b.oval(STEEL_DARK, x, -0.04, 0.024, shade=0)


def skull(b: Board) -> None:
    """Draw a grinning skull on crossed bones."""
    for turn in (32, -32):
        with b.at(0, 0.58, turn=turn):
            b.path(dark(BONE, 0.12), [(-0.78, 0), (0.78, 0)], 0.13, soft=False, thin=False)
            for side in (-1, 1):
                b.oval(dark(BONE, 0.12), side * 0.82, -0.08, 0.1)
                b.oval(dark(BONE, 0.12), side * 0.82, 0.08, 0.1)
    b.sym(dark(BONE, 0.16), [(0, 0.3), (0.34, 0.26), (0.36, 0.5), (0.26, 0.74), (0, 0.8)], soft=True)
    b.sym(
        BONE,
        [(0, -0.88), (0.34, -0.82), (0.62, -0.56), (0.7, -0.18), (0.58, 0.12), (0.4, 0.26), (0.36, 0.46), (0, 0.5)],
        soft=True,
    )
    for side in (-1, 1):
        b.blob(
            INK,
            [
                (side * 0.1, -0.1),
                (side * 0.2, -0.26),
                (side * 0.42, -0.26),
                (side * 0.5, -0.06),
                (side * 0.38, 0.1),
                (side * 0.16, 0.08),
            ],
            shade=0,
        )
        b.oval(b.accent, side * 0.29, -0.07, 0.065, shade=0, glow=True)
    b.sym(INK, [(0, 0.06), (0.1, 0.24), (0.03, 0.27), (0, 0.22)], shade=0)
    b.rect(dark(BONE, 0.7), -0.31, 0.39, 0.31, 0.62, r=0.04, shade=0)
    for i in range(6):
        x = -0.3 + i * 0.1
        b.rect(light(BONE, 0.4), x + 0.005, 0.38, x + 0.095, 0.51, r=0.02, shade=0.6)
        b.rect(light(BONE, 0.2), x + 0.012, 0.52, x + 0.088, 0.63, r=0.02, shade=0.6)
    b.path(
        dark(BONE, 0.4), [(0.22, -0.8), (0.3, -0.62), (0.22, -0.52), (0.32, -0.38)], 0.025, 0.008, soft=False, shade=0
    )
    b.path(dark(BONE, 0.3), [(-0.5, -0.4), (-0.3, -0.44), (-0.16, -0.36)], 0.03, shade=0, line=False)


def witch_fire(b: Board) -> None:
    """Draw a cauldron bubbling over a fire."""
    for x, h in ((-0.34, 0.3), (-0.1, 0.4), (0.14, 0.36), (0.36, 0.28)):
        b.blob(
            "#f0742f",
            [(x - 0.13, 0.92), (x - 0.1, 0.76), (x, 0.92 - h), (x + 0.1, 0.76), (x + 0.13, 0.92)],
            shade=0,
            glow=True,
        )
        b.blob(
            GOLD,
            [(x - 0.07, 0.92), (x - 0.05, 0.84), (x, 0.98 - h), (x + 0.05, 0.84), (x + 0.07, 0.92)],
            shade=0,
            glow=True,
            line=False,
        )
    for turn, y in ((10, 0.9), (-10, 0.92)):
        with b.at(0, y, turn=turn):
            b.path(WOOD_DARK, [(-0.6, 0), (0.6, 0)], 0.12, soft=False, thin=False)
            b.oval(WOOD, 0.6, 0, 0.05, 0.065)
    for x in (-0.38, 0.38):
        b.path("#2f2c3e", [(x * 0.9, 0.5), (x * 1.15, 0.84)], 0.1, 0.06, soft=False)
    b.blob(
        "#413d56", [(-0.56, -0.04), (0.56, -0.04), (0.7, 0.3), (0.48, 0.62), (0.0, 0.74), (-0.48, 0.62), (-0.7, 0.3)]
    )
    b.oval("#2f2c3e", 0, -0.08, 0.64, 0.16)
    b.oval(dark(b.accent, 0.2), 0, -0.09, 0.53, 0.11, shade=0, glow=True)
    for x, y, r in (
        (-0.3, -0.14, 0.13),
        (0.02, -0.2, 0.17),
        (0.3, -0.13, 0.12),
        (-0.1, -0.42, 0.08),
        (0.2, -0.48, 0.1),
        (0.0, -0.68, 0.06),
        (0.3, -0.76, 0.045),
        (-0.28, -0.62, 0.05),
    ):
        b.oval(light(b.accent, 0.15), x, y, r, glow=True)
        b.oval("#ffffff", x - r * 0.3, y - r * 0.35, r * 0.22, shade=0, line=False, alpha=0.8)
    b.blob(b.accent, [(0.44, -0.02), (0.58, -0.04), (0.58, 0.16), (0.52, 0.24), (0.47, 0.14)], glow=True, shade=0.4)
    for side in (-1, 1):
        b.ring(STEEL_DARK, side * 0.68, 0.16, 0.1, 0.04)
    b.path(STEEL, [(0.14, -0.1), (0.44, -0.62), (0.52, -0.8)], 0.05, soft=False)
