"""Animals and monsters."""

from .board import Board, Point, dark, light, mix
from .materials import BONE, GOLD, INK, LEAF, LEAF_DARK, WOOD, WOOD_DARK


def dragon(b: Board) -> None:
    """Draw a seated dragon, wings spread, seen from the side."""
    skin, belly, web = b.accent, light(b.accent2, 0.3), mix(b.accent, b.accent2, 0.45)
    _wing(b, dark(web, 0.3), dark(skin, 0.35), 0.06, 0.0, 0.86, flip=True)
    b.path(skin, [(0.1, 0.62), (-0.3, 0.84), (-0.7, 0.82), (-0.92, 0.56), (-0.84, 0.3)], 0.34, 0.05, thin=False)
    b.poly(dark(skin, 0.2), [(-0.86, 0.34), (-1.02, 0.26), (-0.84, 0.06), (-0.7, 0.28)])
    b.path(skin, [(0.2, 0.3), (0.34, -0.1), (0.28, -0.42), (0.4, -0.62)], 0.44, 0.22, thin=False)
    b.blob(
        skin,
        [(-0.16, 0.84), (-0.22, 0.5), (-0.06, 0.16), (0.2, 0.02), (0.42, 0.14), (0.48, 0.5), (0.4, 0.86), (0.1, 0.92)],
    )
    b.blob(
        belly, [(0.34, 0.1), (0.46, 0.3), (0.48, 0.6), (0.38, 0.86), (0.24, 0.84), (0.32, 0.56), (0.28, 0.3)], shade=0.3
    )
    b.blob(belly, [(0.36, 0.16), (0.3, 0.12), (0.36, -0.1), (0.32, -0.34), (0.42, -0.42), (0.5, -0.16)], shade=0.3)
    for i in range(7):
        y = -0.3 + i * 0.16
        x = (0.38, 0.42, 0.41, 0.39, 0.42, 0.42, 0.38)[i]
        b.path(dark(belly, 0.3), [(x - 0.08, y), (x + 0.04, y + 0.02)], 0.022, soft=False, shade=0, line=False)
    b.blob(
        skin,
        [
            (-0.22, 0.92),
            (-0.24, 0.62),
            (-0.04, 0.44),
            (0.16, 0.58),
            (0.16, 0.8),
            (0.28, 0.86),
            (0.3, 0.96),
            (0.0, 0.98),
        ],
    )
    b.path(skin, [(0.38, 0.42), (0.5, 0.62), (0.5, 0.9)], 0.17, 0.11, thin=False)
    b.blob(skin, [(0.42, 0.86), (0.6, 0.86), (0.66, 0.96), (0.42, 0.97)])
    for x in (0.12, 0.2, 0.28, 0.5, 0.57, 0.64):
        b.poly(BONE, [(x - 0.03, 0.93), (x + 0.05, 0.985), (x - 0.03, 0.99)], shade=0)
    _wing(b, web, skin, -0.02, 0.14, 1.0)
    for x, y, s in (
        (0.22, -0.66, 1.0),
        (0.13, -0.5, 1.0),
        (0.08, -0.34, 1.0),
        (0.1, -0.16, 1.1),
        (-0.5, 0.7, 0.8),
        (-0.68, 0.66, 0.7),
    ):
        b.poly(b.accent2, [(x - 0.04 * s, y + 0.08 * s), (x - 0.11 * s, y - 0.06 * s), (x + 0.06 * s, y - 0.03 * s)])
    _dragon_head(b, skin, belly)


def _dragon_head(b: Board, skin: tuple[int, int, int], belly: tuple[int, int, int]) -> None:
    for dx, dy, tone in ((0.05, -0.02, 0.25), (0.0, 0.0, 0.05)):
        b.blob(
            dark(BONE, tone),
            [
                (0.3 + dx, -0.74 + dy),
                (0.2 + dx, -0.92 + dy),
                (0.02 + dx, -1.0 + dy),
                (0.12 + dx, -0.86 + dy),
                (0.18 + dx, -0.68 + dy),
            ],
        )
    b.blob(dark(skin, 0.2), [(0.4, -0.56), (0.66, -0.46), (0.9, -0.42), (0.86, -0.34), (0.6, -0.36), (0.4, -0.42)])
    b.blob(RED_MOUTH, [(0.5, -0.56), (0.88, -0.52), (0.88, -0.42), (0.6, -0.44)], shade=0)
    b.blob(
        skin,
        [
            (0.2, -0.56),
            (0.22, -0.74),
            (0.38, -0.84),
            (0.54, -0.78),
            (0.72, -0.72),
            (0.94, -0.7),
            (1.0, -0.58),
            (0.92, -0.52),
            (0.66, -0.53),
            (0.46, -0.46),
            (0.3, -0.44),
        ],
    )
    for x in (0.66, 0.76, 0.88):
        b.poly("#ffffff", [(x - 0.03, -0.54), (x + 0.03, -0.54), (x, -0.46)], shade=0)
    b.blob("#ffe98a", [(0.44, -0.68), (0.52, -0.74), (0.6, -0.68), (0.52, -0.64)], shade=0, glow=True)
    b.oval(INK, 0.53, -0.69, 0.018, 0.042, shade=0)
    b.path(dark(skin, 0.4), [(0.4, -0.76), (0.52, -0.77), (0.63, -0.7)], 0.035, shade=0)
    b.oval(dark(skin, 0.6), 0.92, -0.64, 0.026, 0.016, shade=0)
    b.poly(belly, [(0.26, -0.56), (0.1, -0.58), (0.22, -0.48), (0.14, -0.42), (0.32, -0.44)], shade=0.4)


RED_MOUTH = "#a83a48"


def _wing(  # noqa: PLR0913, PLR0917
    b: Board, web: tuple[int, int, int], bone: tuple[int, int, int], x: float, y: float, s: float, *, flip: bool = False
) -> None:
    with b.at(x, y, scale=s, flip=flip):
        tips: list[Point] = [(-0.98, -0.34), (-0.9, 0.06), (-0.66, 0.28), (-0.34, 0.36)]
        wrist = (-0.44, -0.92)
        outline: list[Point] = [(0.1, 0.1), (-0.16, -0.48), wrist]
        bays = [(-0.7, -0.6), (-0.86, -0.14), (-0.72, 0.1), (-0.46, 0.24), (-0.1, 0.2)]
        for i, tip in enumerate(tips):
            if i:
                outline.append(bays[i])
            outline.append(tip)
        outline.append(bays[4])
        b.poly(web, outline)
        for tip in tips:
            b.path(bone, [wrist, ((wrist[0] + tip[0]) / 2 - 0.04, (wrist[1] + tip[1]) / 2 - 0.03), tip], 0.05, 0.015)
        b.path(bone, [(0.12, 0.12), (-0.14, -0.46), wrist], 0.12, 0.06)
        b.poly(BONE, [(-0.47, -0.9), (-0.46, -1.06), (-0.38, -0.92)], shade=0)


def cat(b: Board) -> None:
    """Draw a cat sitting upright, tail round its side."""
    fur = b.accent
    pale = light(fur, 0.65)
    b.path(fur, [(0.2, 0.8), (0.62, 0.84), (0.82, 0.56), (0.72, 0.22), (0.84, 0.06)], 0.19, 0.12, thin=False)
    b.oval(pale, 0.84, 0.05, 0.075, 0.1, turn=30)
    b.sym(fur, [(0, -0.1), (0.26, -0.04), (0.4, 0.34), (0.5, 0.72), (0.4, 0.92), (0, 0.94)], soft=True)
    b.sym(pale, [(0, 0.04), (0.16, 0.12), (0.2, 0.4), (0, 0.6)], soft=True, shade=0.3)
    for side in (-1, 1):
        b.path(fur, [(side * 0.14, 0.36), (side * 0.15, 0.88)], 0.19, thin=False)
        b.oval(pale, side * 0.16, 0.9, 0.125, 0.075)
        b.path(dark(fur, 0.4), [(side * 0.36, 0.5), (side * 0.28, 0.7), (side * 0.32, 0.88)], 0.022, 0.01, shade=0)
    for side in (-1, 1):
        b.poly(fur, [(side * 0.1, -0.66), (side * 0.44, -0.98), (side * 0.5, -0.42)])
        b.poly("#f0a3a6", [(side * 0.2, -0.66), (side * 0.39, -0.84), (side * 0.43, -0.52)], shade=0)
    b.sym(fur, [(0, -0.76), (0.28, -0.72), (0.5, -0.48), (0.58, -0.22), (0.38, 0.02), (0, 0.08)], soft=True)
    for x in (-0.14, 0.0, 0.14):
        b.path(dark(fur, 0.42), [(x, -0.74), (x * 0.7, -0.55)], 0.05, 0.02, shade=0, line=False)
    b.sym(pale, [(0, -0.26), (0.16, -0.2), (0.22, -0.06), (0.12, 0.03), (0, 0.05)], soft=True, shade=0)
    for side in (-1, 1):
        b.oval(b.accent2, side * 0.25, -0.34, 0.12, 0.115, shade=0)
        b.oval(INK, side * 0.24, -0.34, 0.05, 0.1, shade=0)
        b.oval("#ffffff", side * 0.24 - 0.04, -0.39, 0.028, shade=0, line=False)
        for dy in (-0.02, 0.05):
            b.path(
                dark(fur, 0.55), [(side * 0.22, -0.1 + dy), (side * 0.7, -0.16 + dy * 3)], 0.014, soft=False, shade=0
            )
    b.poly("#e2767f", [(-0.055, -0.2), (0.055, -0.2), (0, -0.14)], shade=0)
    b.path(dark(fur, 0.6), [(-0.12, -0.07), (-0.05, -0.04), (0, -0.14), (0.05, -0.04), (0.12, -0.07)], 0.02, shade=0)
    b.path(b.accent2, [(-0.28, 0.06), (0, 0.13), (0.28, 0.06)], 0.07)
    b.oval(GOLD, 0, 0.17, 0.065)


def owl(b: Board) -> None:
    """Draw a round owl on a branch."""
    body = mix(b.accent, WOOD, 0.5)
    b.path(WOOD_DARK, [(-1.1, 0.76), (-0.3, 0.7), (0.4, 0.76), (1.1, 0.66)], 0.15, 0.1, thin=False)
    for x, y, t in ((-0.84, 0.62, -30), (0.82, 0.58, 30), (0.96, 0.8, 60)):
        b.oval(LEAF if x < 0 else LEAF_DARK, x, y, 0.15, 0.07, turn=t)
    b.sym(dark(body, 0.35), [(0, 0.5), (0.2, 0.6), (0.16, 0.98), (0, 0.92)])
    b.sym(body, [(0, -0.7), (0.34, -0.66), (0.56, -0.4), (0.6, 0.06), (0.5, 0.48), (0.26, 0.72), (0, 0.76)], soft=True)
    b.sym(light(body, 0.5), [(0, -0.08), (0.3, 0.0), (0.36, 0.3), (0.22, 0.58), (0, 0.66)], soft=True, shade=0.4)
    for row in range(4):
        for k in range(4 - row % 2):
            x = -0.24 + k * 0.16 + (0.08 if row % 2 else 0)
            y = 0.14 + row * 0.12
            if abs(x) < 0.3 - row * 0.03:
                b.path(body, [(x - 0.05, y), (x, y + 0.05), (x + 0.05, y)], 0.028, shade=0)
    for side in (-1, 1):
        b.blob(
            dark(body, 0.2),
            [(side * 0.46, -0.16), (side * 0.66, 0.04), (side * 0.66, 0.4), (side * 0.44, 0.76), (side * 0.34, 0.4)],
        )
        for i in range(3):
            b.path(
                dark(body, 0.45),
                [(side * 0.62, 0.08 + i * 0.16), (side * 0.52, 0.2 + i * 0.16), (side * 0.4, 0.2 + i * 0.15)],
                0.024,
                shade=0,
                line=False,
            )
        b.poly(dark(body, 0.12), [(side * 0.16, -0.62), (side * 0.54, -0.94), (side * 0.56, -0.38)])
        for dx in (-0.07, 0, 0.07):
            b.oval(GOLD, side * 0.18 + dx, 0.73, 0.04, 0.065)
    for side in (-1, 1):
        b.oval(light(body, 0.6), side * 0.25, -0.34, 0.29, shade=0.5)
        b.oval(b.accent2, side * 0.24, -0.34, 0.2, shade=0.4, glow=True)
        b.oval(INK, side * 0.23, -0.34, 0.12, shade=0)
        b.oval("#ffffff", side * 0.23 - 0.045, -0.39, 0.042, shade=0, line=False)
    b.sym(GOLD, [(0, -0.28), (0.09, -0.22), (0, 0.0)])


def fox(b: Board) -> None:
    """Draw the head of a fox, face on."""
    fur = mix("#e2762f", b.accent, 0.2)
    for side in (-1, 1):
        b.poly(fur, [(side * 0.14, -0.5), (side * 0.56, -0.98), (side * 0.74, -0.24)])
        b.poly(INK, [(side * 0.47, -0.88), (side * 0.56, -0.98), (side * 0.63, -0.68)], shade=0)
        b.poly(dark(fur, 0.4), [(side * 0.3, -0.5), (side * 0.52, -0.78), (side * 0.6, -0.36)], shade=0)
    b.sym(
        fur, [(0, -0.62), (0.36, -0.54), (0.66, -0.22), (0.94, 0.28), (0.6, 0.34), (0.34, 0.6), (0.14, 0.84), (0, 0.9)]
    )
    for side in (-1, 1):
        b.poly(
            "#fbf1e2",
            [
                (side * 0.94, 0.28),
                (side * 0.6, 0.34),
                (side * 0.34, 0.6),
                (side * 0.12, 0.85),
                (side * 0.1, 0.4),
                (side * 0.3, 0.14),
                (side * 0.62, 0.1),
            ],
            shade=0.4,
        )
    b.sym(fur, [(0, -0.3), (0.16, -0.1), (0.13, 0.4), (0.1, 0.66), (0, 0.68)], shade=0.5)
    b.sym(light(fur, 0.35), [(0, -0.6), (0.1, -0.36), (0.05, 0.2), (0, 0.3)], shade=0)
    for side in (-1, 1):
        b.blob(b.accent2, [(side * 0.2, 0.02), (side * 0.34, -0.14), (side * 0.52, -0.12), (side * 0.4, 0.06)], shade=0)
        b.oval(INK, side * 0.36, -0.04, 0.045, 0.08, shade=0)
        b.oval("#ffffff", side * 0.36 - 0.025, -0.08, 0.022, shade=0, line=False)
        b.path(INK, [(side * 0.16, 0.06), (side * 0.34, -0.16), (side * 0.54, -0.13)], 0.035, 0.015, shade=0)
    b.sym(INK, [(0, 0.62), (0.13, 0.64), (0.1, 0.78), (0, 0.86)], soft=True, shade=0.4)
    b.oval("#8c88a8", -0.04, 0.68, 0.035, 0.02, shade=0, line=False)


def slime(b: Board) -> None:
    """Draw a jelly monster with a leaf on its head."""
    jelly = b.accent
    b.blob(dark(jelly, 0.35), [(-0.9, 0.78), (0.9, 0.78), (0.7, 0.92), (-0.7, 0.92)], shade=0, alpha=0.7)
    b.blob(
        jelly,
        [
            (0.0, -0.68),
            (0.36, -0.52),
            (0.62, -0.06),
            (0.82, 0.5),
            (0.76, 0.8),
            (0.3, 0.84),
            (-0.3, 0.84),
            (-0.76, 0.8),
            (-0.82, 0.5),
            (-0.62, -0.06),
            (-0.36, -0.52),
        ],
    )
    b.blob(
        light(jelly, 0.3),
        [(-0.5, 0.2), (0.5, 0.2), (0.66, 0.56), (0.4, 0.76), (-0.4, 0.76), (-0.66, 0.56)],
        shade=0,
        alpha=0.5,
        line=False,
    )
    b.blob(
        light(jelly, 0.7),
        [(-0.5, -0.1), (-0.34, -0.42), (-0.22, -0.46), (-0.3, -0.24), (-0.42, 0.0)],
        shade=0,
        line=False,
    )
    b.oval(light(jelly, 0.7), -0.5, 0.14, 0.045, 0.06, shade=0, line=False)
    for x, y, r in ((0.46, 0.5, 0.07), (0.3, 0.64, 0.045), (-0.5, 0.58, 0.055)):
        b.oval(light(jelly, 0.5), x, y, r, shade=0.4, line=False)
    for side in (-1, 1):
        b.oval(INK, side * 0.25, 0.14, 0.09, 0.13, shade=0)
        b.oval("#ffffff", side * 0.25 - 0.03, 0.08, 0.036, shade=0, line=False)
        b.oval("#f58fa0", side * 0.46, 0.32, 0.085, 0.05, shade=0, line=False)
    b.blob("#7c2f4a", [(-0.12, 0.3), (0.12, 0.3), (0.08, 0.42), (-0.08, 0.42)], shade=0)
    b.path(LEAF_DARK, [(0.0, -0.64), (0.03, -0.78), (0.0, -0.88)], 0.045)
    b.blob(LEAF, [(0.0, -0.84), (0.2, -1.0), (0.46, -0.94), (0.3, -0.8)])
    b.blob(LEAF, [(0.0, -0.84), (-0.14, -0.98), (-0.32, -0.96), (-0.2, -0.82)])


def whale(b: Board) -> None:
    """Draw a whale carrying a little island through the air."""
    skin = mix(b.accent, "#3f6f9f", 0.5)
    b.blob(LEAF, [(-0.5, -0.28), (-0.3, -0.44), (0.1, -0.5), (0.36, -0.4), (0.46, -0.24), (0, -0.16)])
    for x, y, s in ((-0.26, -0.42, 0.8), (0.2, -0.46, 1.0)):
        b.path(WOOD, [(x, y + 0.04), (x, y - 0.16 * s)], 0.05)
        for k in range(3):
            b.poly(
                LEAF_DARK,
                [
                    (x - (0.15 - 0.03 * k) * s, y - (0.08 + 0.12 * k) * s),
                    (x, y - (0.3 + 0.13 * k) * s),
                    (x + (0.15 - 0.03 * k) * s, y - (0.08 + 0.12 * k) * s),
                ],
            )
    b.rect("#efe0c0", -0.08, -0.56, 0.08, -0.42)
    b.poly(b.accent2, [(-0.13, -0.55), (0, -0.7), (0.13, -0.55)])
    b.blob(
        skin, [(-0.56, 0.16), (-0.86, 0.0), (-1.04, -0.26), (-0.8, -0.2), (-0.7, -0.36), (-0.62, -0.1), (-0.4, -0.04)]
    )
    b.blob(
        skin,
        [
            (-0.7, 0.06),
            (-0.4, -0.2),
            (0.1, -0.34),
            (0.6, -0.26),
            (0.92, 0.02),
            (0.94, 0.26),
            (0.7, 0.48),
            (0.2, 0.56),
            (-0.3, 0.4),
        ],
    )
    b.blob(
        light(skin, 0.65),
        [(0.93, 0.2), (0.86, 0.4), (0.6, 0.53), (0.2, 0.565), (-0.2, 0.45), (0.1, 0.36), (0.5, 0.3)],
        shade=0.4,
    )
    for i in range(4):
        b.path(
            dark(skin, 0.1),
            [(0.82 - i * 0.14, 0.3 + i * 0.01), (0.7 - i * 0.16, 0.42 + i * 0.01), (0.5 - i * 0.16, 0.52 - i * 0.005)],
            0.018,
            shade=0,
            line=False,
        )
    b.blob(dark(skin, 0.2), [(0.36, 0.36), (0.5, 0.42), (0.4, 0.66), (0.14, 0.84), (0.2, 0.6)])
    b.oval(INK, 0.66, 0.13, 0.045, shade=0)
    b.oval("#ffffff", 0.645, 0.115, 0.016, shade=0, line=False)
    b.path(dark(skin, 0.4), [(0.94, 0.2), (0.74, 0.27), (0.56, 0.24)], 0.02, shade=0)
    for x, y, r in ((-0.1, -0.1, 0.05), (0.04, -0.04, 0.03), (-0.26, 0.04, 0.035), (0.3, -0.14, 0.03)):
        b.oval(light(skin, 0.35), x, y, r, r * 0.7, shade=0, line=False)
