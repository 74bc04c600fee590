"""Buildings: castle, cottage, lighthouse and so on."""

from .board import RGB, Board, dark, light, mix
from .materials import (
    GOLD,
    LEAF,
    LEAF_DARK,
    RED,
    SNOW,
    STONE,
    STONE_DARK,
    WINDOW,
    WOOD,
    WOOD_DARK,
)


def _tower(b: Board, x: float, w: float, top: float, foot: float, roof: float, stone: str | RGB) -> None:  # noqa: PLR0913, PLR0917
    """Draw a round tower with a pointed roof, or battlements when `roof` is 0."""
    b.rect(stone, x - w, top, x + w, foot)
    b.rect(dark(stone, 0.16), x - w * 1.18, top - 0.03, x + w * 1.18, top + 0.06)
    if roof:
        b.poly(b.accent, [(x - w * 1.4, top), (x, top - roof), (x + w * 1.4, top)])
        b.path(WOOD_DARK, [(x, top - roof), (x, top - roof - 0.14)], 0.018, shade=0)
        b.poly(
            b.accent2,
            [(x, top - roof - 0.15), (x + 0.16, top - roof - 0.11), (x, top - roof - 0.06)],
            shade=0,
        )
    else:
        step = w * 2.36 / 5
        for i in (0, 2, 4):
            left = x - w * 1.18 + i * step
            b.rect(stone, left, top - 0.11, left + step, top - 0.02)
    b.rect(WINDOW, x - w * 0.2, top + 0.17, x + w * 0.2, top + 0.34, r=w * 0.19, shade=0, glow=True)


def castle(b: Board) -> None:
    """Draw a castle on a mound, towers left and right of a gate."""
    b.blob(LEAF_DARK, [(-1.15, 0.98), (-0.9, 0.7), (-0.3, 0.56), (0.4, 0.58), (0.95, 0.74), (1.2, 0.98), (0, 1.15)])
    _tower(b, -0.36, 0.13, -0.28, 0.5, 0.4, STONE_DARK)
    _tower(b, 0.4, 0.12, -0.16, 0.5, 0.36, STONE_DARK)
    _tower(b, 0.03, 0.19, -0.42, 0.5, 0.46, mix(STONE, STONE_DARK, 0.4))
    b.rect(STONE, -0.62, 0.12, 0.62, 0.68)
    for i in range(9):
        if i % 2 == 0:
            b.rect(STONE, -0.63 + i * 0.14, 0.03, -0.49 + i * 0.14, 0.14)
    _tower(b, -0.68, 0.17, -0.08, 0.74, 0.46, light(STONE, 0.2))
    _tower(b, 0.7, 0.16, 0.02, 0.74, 0.42, light(STONE, 0.2))
    arch = [(0.2, 0.7), (0.2, 0.42), (0.15, 0.31), (0, 0.24)]
    b.sym(STONE_DARK, [(x * 1.3, y if y > 0.6 else y - 0.05) for x, y in arch][::-1])
    b.sym(WOOD_DARK, arch[::-1])
    for x in (-0.1, 0.0, 0.1):
        b.path(dark(WOOD_DARK, 0.4), [(x, 0.3), (x, 0.7)], 0.016, soft=False, shade=0, line=False)
    for x in (-0.36, 0.36):
        b.rect(WINDOW, x - 0.04, 0.3, x + 0.04, 0.44, r=0.035, shade=0, glow=True)
    b.blob(
        "#d8b98a",
        [(-0.19, 0.7), (0.19, 0.7), (0.3, 0.82), (0.16, 0.92), (0.4, 1.1), (-0.5, 1.1), (-0.14, 0.9), (-0.06, 0.8)],
        shade=0.3,
    )
    for x, y in ((-0.82, 0.78), (0.86, 0.8), (-0.5, 0.82), (0.52, 0.78)):
        b.oval(LEAF, x, y, 0.14, 0.09)


def cottage(b: Board) -> None:
    """Draw a thatched cottage with a chimney and a garden."""
    b.rect(STONE_DARK, 0.34, -0.72, 0.54, -0.1)
    b.rect(dark(STONE_DARK), 0.31, -0.76, 0.57, -0.68)
    for i, (x, y) in enumerate(((0.47, -0.86), (0.56, -0.98), (0.7, -1.08))):
        b.oval("#e6e1e6", x, y, 0.06 + 0.025 * i, alpha=0.75, shade=0.3)
    b.rect("#efe0c0", -0.68, 0.0, 0.68, 0.72)
    b.poly("#e4d0aa", [(-0.3, 0.02), (0, -0.5), (0.3, 0.02)])
    for x in (-0.66, 0.66):
        b.path(WOOD_DARK, [(x, 0.0), (x, 0.72)], 0.07, soft=False)
    b.path(WOOD_DARK, [(-0.66, 0.38), (-0.28, 0.02)], 0.05, soft=False)
    b.path(WOOD_DARK, [(0.66, 0.38), (0.3, 0.02)], 0.05, soft=False)
    b.blob(
        b.accent,
        [
            (-0.98, 0.16),
            (-0.8, -0.3),
            (-0.5, -0.66),
            (0.0, -0.72),
            (0.5, -0.66),
            (0.8, -0.3),
            (0.98, 0.16),
            (0.8, 0.14),
            (0.56, 0.04),
            (0.3, 0.08),
            (0.0, -0.08),
            (-0.3, 0.08),
            (-0.56, 0.04),
            (-0.8, 0.14),
        ],
    )
    for x0, x1 in ((-0.44, -0.68), (-0.22, -0.36), (0.22, 0.36), (0.44, 0.68)):
        b.path(dark(b.accent, 0.28), [(x0, -0.58), (x1, -0.1)], 0.02, line=False, shade=0)
    b.sym(WOOD, [(0, 0.14), (0.12, 0.18), (0.17, 0.32), (0.17, 0.74)])
    b.path(WOOD_DARK, [(0, 0.16), (0, 0.74)], 0.02, soft=False, shade=0)
    b.oval(GOLD, 0.09, 0.48, 0.028, shade=0)
    for x in (-0.43, 0.43):
        b.rect(WOOD_DARK, x - 0.16, 0.22, x + 0.16, 0.5)
        b.rect(WINDOW, x - 0.12, 0.26, x + 0.12, 0.46, shade=0, glow=True)
        b.path(WOOD_DARK, [(x, 0.24), (x, 0.48)], 0.025, soft=False, shade=0)
        b.path(WOOD_DARK, [(x - 0.14, 0.36), (x + 0.14, 0.36)], 0.025, soft=False, shade=0)
        b.rect(WOOD, x - 0.19, 0.5, x + 0.19, 0.58)
    for i, x in enumerate((-0.92, -0.7, -0.48, -0.28, 0.3, 0.52, 0.74, 0.94)):
        b.oval(LEAF if i % 2 else LEAF_DARK, x, 0.76, 0.16, 0.11)
        b.oval((RED, "#f6d04d", "#e88bb0")[i % 3], x - 0.03, 0.71, 0.032, shade=0)
        b.oval((RED, "#f6d04d", "#e88bb0")[(i + 1) % 3], x + 0.06, 0.75, 0.028, shade=0)
    b.blob("#cdb592", [(-0.17, 0.74), (0.17, 0.74), (0.26, 0.95), (-0.26, 0.95)], shade=0.4)


def mushroom_house(b: Board) -> None:
    """Draw a toadstool with a door and windows."""
    b.blob(LEAF_DARK, [(-0.95, 0.86), (-0.5, 0.72), (0.5, 0.72), (0.95, 0.86), (0.5, 0.98), (-0.5, 0.98)])
    b.blob(
        "#f2e4c6",
        [(-0.3, -0.1), (0.3, -0.1), (0.36, 0.3), (0.5, 0.78), (0.0, 0.88), (-0.5, 0.78), (-0.36, 0.3)],
    )
    b.blob(dark("#f2e4c6", 0.25), [(-0.62, -0.02), (0.62, -0.02), (0.34, 0.12), (0.0, 0.16), (-0.34, 0.12)], shade=0)
    b.blob(
        b.accent,
        [
            (-0.94, 0.0),
            (-0.84, -0.38),
            (-0.5, -0.74),
            (0.0, -0.88),
            (0.5, -0.74),
            (0.84, -0.38),
            (0.94, 0.0),
            (0.6, 0.04),
            (0.0, 0.06),
            (-0.6, 0.04),
        ],
    )
    for x, y, rx, ry in (
        (-0.5, -0.36, 0.15, 0.13),
        (0.05, -0.6, 0.17, 0.12),
        (0.52, -0.3, 0.15, 0.14),
        (-0.1, -0.16, 0.12, 0.1),
        (0.3, -0.08, 0.07, 0.06),
        (-0.74, -0.1, 0.07, 0.07),
    ):
        b.oval("#fff3e0", x, y, rx, ry, shade=0.5)
    b.sym(WOOD_DARK, [(0, 0.3), (0.15, 0.36), (0.2, 0.5), (0.21, 0.86)])
    b.sym(WOOD, [(0, 0.36), (0.1, 0.41), (0.14, 0.52), (0.15, 0.86)])
    b.oval(GOLD, 0.08, 0.62, 0.026, shade=0)
    b.rect(STONE, -0.26, 0.84, 0.26, 0.92, r=0.04)
    for x, y in ((-0.31, 0.42), (0.33, 0.34)):
        b.oval(WOOD_DARK, x, y, 0.1)
        b.oval(WINDOW, x, y, 0.07, shade=0, glow=True)
        b.path(WOOD_DARK, [(x, y - 0.08), (x, y + 0.08)], 0.018, soft=False, shade=0)
    b.rect(STONE_DARK, 0.46, -0.86, 0.6, -0.5)
    b.rect(dark(STONE_DARK), 0.43, -0.9, 0.63, -0.82)
    for x, s in ((-0.74, 1.0), (-0.62, 0.7), (0.72, 0.9)):
        b.path("#f2e4c6", [(x, 0.74), (x, 0.88)], 0.07 * s)
        b.oval(b.accent2, x, 0.75, 0.12 * s, 0.08 * s)
    for x in (-0.9, -0.46, 0.46, 0.88):
        b.poly(LEAF, [(x - 0.06, 0.92), (x - 0.08, 0.78), (x, 0.86), (x + 0.03, 0.74), (x + 0.07, 0.92)], shade=0)


def lighthouse(b: Board) -> None:
    """Draw a striped lighthouse on a rock."""
    for tip, spread in ((-1.6, 0.34), (1.6, 0.34)):
        b.poly(
            "#fff0a8",
            [(0, -0.58), (tip, -0.58 - spread), (tip, -0.58 + spread * 0.4)],
            alpha=0.35,
            shade=0,
            line=False,
            glow=True,
        )
    b.blob(
        STONE_DARK,
        [(-0.85, 0.98), (-0.7, 0.72), (-0.36, 0.6), (0.1, 0.58), (0.46, 0.62), (0.8, 0.8), (0.95, 1.0), (0, 1.1)],
    )
    b.poly(dark(STONE_DARK, 0.3), [(-0.3, 0.72), (-0.1, 0.64), (0.05, 0.8), (-0.1, 1.0), (-0.4, 0.98)], shade=0)
    b.rect("#f0e8dc", 0.26, 0.36, 0.66, 0.66)
    b.poly(b.accent, [(0.2, 0.38), (0.46, 0.18), (0.74, 0.38)])
    b.rect(WINDOW, 0.42, 0.44, 0.52, 0.56, shade=0, glow=True)

    def edge(y: float) -> float:
        return 0.17 + 0.13 * (y + 0.42) / 1.06

    bands = [-0.42, -0.2, 0.02, 0.24, 0.46, 0.64]
    for i in range(5):
        y0, y1 = bands[i], bands[i + 1]
        b.poly(
            "#f6efe4" if i % 2 else b.accent,
            [(-edge(y0), y0), (edge(y0), y0), (edge(y1), y1), (-edge(y1), y1)],
        )
    b.rect(dark(STONE_DARK), -0.25, -0.48, 0.25, -0.4)
    b.rect("#fff2b0", -0.13, -0.7, 0.13, -0.48, shade=0, glow=True)
    for x in (-0.13, 0.0, 0.13):
        b.path(dark(STONE_DARK), [(x, -0.7), (x, -0.46)], 0.022, soft=False, shade=0)
    b.sym(b.accent, [(0, -0.92), (0.08, -0.84), (0.2, -0.7)])
    b.oval(GOLD, 0, -0.93, 0.035)
    b.sym(WOOD_DARK, [(0, 0.44), (0.07, 0.48), (0.08, 0.64)])
    for x, y in ((0.02, -0.1), (-0.03, 0.14)):
        b.rect("#3b4a66", x - 0.035, y - 0.06, x + 0.035, y + 0.04, r=0.03, shade=0)
    for x in (-0.75, 0.75):
        b.path(SNOW, [(x - 0.34, 0.96), (x - 0.12, 0.92), (x + 0.1, 0.97), (x + 0.34, 0.93)], 0.03, shade=0, line=False)


def pyramid(b: Board) -> None:
    """Two pyramids, palms and a caravan path."""
    sand = "#e3b565"
    for x, y, s in ((0.62, 0.52, 0.62), (-0.2, 0.6, 1.0)):
        b.poly(light(sand, 0.25), [(x, y - s * 1.1), (x - s * 0.78, y), (x + s * 0.22, y + s * 0.1)], shade=0)
        b.poly(dark(sand, 0.34), [(x, y - s * 1.1), (x + s * 0.22, y + s * 0.1), (x + s * 0.74, y - s * 0.03)], shade=0)
        for i in range(1, 7):
            t = i / 7
            b.path(
                dark(sand, 0.14),
                [(x - s * 0.78 * t, y - s * 1.1 * (1 - t)), (x + s * 0.22 * t, y - s * 1.1 * (1 - t) + s * 0.1 * t)],
                0.012 * s + 0.004,
                soft=False,
                shade=0,
                line=False,
            )
        b.poly(
            GOLD, [(x, y - s * 1.1), (x - s * 0.11, y - s * 0.945), (x + s * 0.03, y - s * 0.93)], shade=0, glow=True
        )
    b.blob(
        sand,
        [(-1.9, 0.66), (-1.0, 0.58), (-0.2, 0.68), (0.5, 0.58), (1.2, 0.62), (1.9, 0.56), (1.9, 1.3), (-1.9, 1.3)],
        shade=0.3,
    )
    b.blob(
        mix(sand, "#b7793e", 0.4),
        [(-1.9, 0.9), (-0.9, 0.8), (0.1, 0.92), (1.0, 0.82), (1.9, 0.9), (1.9, 1.4), (-1.9, 1.4)],
        shade=0.3,
    )
    for x, y, s in ((0.78, 0.84, 1.0), (0.98, 0.9, 0.72), (-0.86, 0.82, 0.7)):
        b.path(WOOD, [(x, y), (x + 0.03 * s, y - 0.26 * s), (x - 0.02 * s, y - 0.5 * s)], 0.07 * s, 0.04 * s)
        for dx, dy in (
            (-0.3, 0.06),
            (-0.24, -0.12),
            (-0.04, -0.22),
            (0.2, -0.14),
            (0.28, 0.06),
            (0.12, 0.16),
            (-0.16, 0.17),
        ):
            b.blob(
                LEAF_DARK if dy > 0 else LEAF,
                [
                    (x - 0.02 * s, y - 0.5 * s),
                    (x + dx * 0.5 * s, y + (dy * 0.6 - 0.56) * s),
                    (x + dx * s, y + (dy - 0.48) * s),
                    (x + dx * 0.5 * s, y + (dy * 0.6 - 0.46) * s),
                ],
                shade=0.4,
            )


def windmill(b: Board) -> None:
    """Draw a wooden windmill on a hill."""
    b.blob(LEAF, [(-1.3, 1.0), (-0.8, 0.76), (-0.1, 0.64), (0.7, 0.74), (1.3, 0.98), (0, 1.2)])
    b.poly("#f0e4ce", [(-0.24, -0.3), (0.24, -0.3), (0.38, 0.72), (-0.38, 0.72)])
    b.poly(mix("#f0e4ce", WOOD, 0.45), [(-0.34, 0.44), (0.345, 0.44), (0.4, 0.74), (-0.4, 0.74)])
    b.sym(b.accent, [(0, -0.62), (0.16, -0.54), (0.3, -0.26)])
    b.sym(WOOD_DARK, [(0, 0.42), (0.1, 0.47), (0.11, 0.73)])
    for x, y in ((-0.02, -0.02), (0.13, 0.22), (-0.15, 0.26)):
        b.rect(WOOD_DARK, x - 0.065, y - 0.08, x + 0.065, y + 0.07)
        b.rect(WINDOW, x - 0.04, y - 0.055, x + 0.04, y + 0.045, shade=0, glow=True)
    for k in range(4):
        with b.at(0, -0.36, turn=24 + 90 * k):
            b.path(WOOD_DARK, [(0, 0), (0, -0.78)], 0.045, soft=False)
            b.rect("#fbf4e4", 0.03, -0.76, 0.21, -0.16)
            for i in range(1, 5):
                b.path(WOOD, [(0.03, -0.76 + i * 0.12), (0.21, -0.76 + i * 0.12)], 0.018, soft=False, shade=0)
    b.oval(WOOD_DARK, 0, -0.36, 0.07)
    for x, y, r in ((-0.74, 0.78, 0.15), (0.66, 0.76, 0.18), (0.9, 0.84, 0.13), (-0.98, 0.88, 0.12)):
        b.oval(LEAF_DARK, x, y, r, r * 0.75)
    for i in range(8):
        x = -0.6 + i * 0.16 + (0.2 if i > 3 else 0)
        b.path(WOOD, [(x, 0.86), (x, 0.98)], 0.03, soft=False, shade=0)
    b.path(WOOD, [(-0.64, 0.9), (0.76, 0.9)], 0.026, soft=False, shade=0)


def city(b: Board) -> None:
    """Draw a skyline of lit towers in three rows."""
    rng = b.rng
    span = b.hw + 0.4
    for row, (foot, low, high, tone) in enumerate(
        ((1.1, 0.75, 1.35, 0.42), (1.15, 0.6, 1.15, 0.2), (1.2, 0.35, 0.8, 0.0))
    ):
        base = mix("#3a3f6b", b.accent, 0.25)
        color = mix(base, b.ambient or "#b9a4cf", tone) if tone else dark(base, 0.35)
        x = -span
        while x < span:
            w = rng.uniform(0.2, 0.36)
            middle = 1.25 - 0.55 * abs(x) / span
            top = foot - rng.uniform(low, high) * middle
            b.rect(color, x, top, x + w, foot, shade=0.7)
            kind = rng.randrange(4)
            if kind == 0:
                b.poly(color, [(x, top), (x + w * 0.5, top - 0.2), (x + w, top)], shade=0.7)
            elif kind == 1:
                b.rect(color, x + w * 0.25, top - 0.12, x + w * 0.75, top + 0.01, shade=0.7)
                b.path(color, [(x + w * 0.5, top - 0.1), (x + w * 0.5, top - 0.3)], 0.025, soft=False, shade=0)
            elif kind == 2:
                b.poly(color, [(x, top), (x, top - 0.12), (x + w, top)], shade=0.7)
            if row:
                glow = (WINDOW, "#ff9ecb", "#8fe3ff")[rng.choice((0, 0, 0, 1, 2))]
                y = top + 0.06
                while y < 0.98:
                    for k in range(3):
                        if rng.random() < 0.5:
                            cx = x + w * (0.22 + 0.28 * k)
                            b.rect(glow, cx - 0.022, y, cx + 0.022, y + 0.05, shade=0, glow=True, line=False)
                    y += 0.1
            x += w + rng.uniform(-0.02, 0.05)


def gate(b: Board) -> None:
    """Draw an old stone portal with a shimmering middle."""
    b.blob(LEAF_DARK, [(-1.0, 0.9), (-0.4, 0.72), (0.4, 0.72), (1.0, 0.9), (0.4, 1.05), (-0.4, 1.05)])
    arch = [(0, -0.62), (0.26, -0.54), (0.44, -0.32), (0.5, -0.02), (0.5, 0.78)]
    b.sym(b.accent, arch, shade=0, glow=True)
    for i, r in enumerate((0.42, 0.3, 0.18)):
        b.oval(light(b.accent, 0.25 + 0.2 * i), 0, 0.06, r * 0.85, r * 1.4, shade=0, glow=True, line=False)
    b.path(
        "#ffffff",
        [(-0.2, -0.1), (-0.02, -0.26), (0.14, 0.0), (-0.06, 0.22), (-0.16, 0.02), (0.0, -0.06)],
        0.04,
        0.01,
        shade=0,
        line=False,
        glow=True,
    )
    for side in (-1, 1):
        for i in range(5):
            y = 0.78 - i * 0.2
            w = 0.17 + 0.02 * ((i + (side > 0)) % 2)
            b.rect(
                STONE if (i + side) % 2 else mix(STONE, STONE_DARK, 0.5),
                side * 0.58 - w,
                y - 0.2,
                side * 0.58 + w,
                y,
                r=0.03,
            )
    for k in range(7):
        with b.at(0, -0.18, turn=-81 + 27 * k):
            b.poly(
                light(STONE, 0.2) if k == 3 else (STONE if k % 2 else mix(STONE, STONE_DARK, 0.5)),
                [(-0.17, -0.74), (0.17, -0.74), (0.11, -0.44), (-0.11, -0.44)],
            )
    b.star(b.accent2, 0, -0.78, 0.08, 4, shade=0, glow=True)
    b.rect(STONE_DARK, -0.86, 0.76, 0.86, 0.86, r=0.03)
    b.rect(STONE, -0.98, 0.84, 0.98, 0.96, r=0.03)
    for x, y in ((-0.74, 0.1), (0.7, 0.42), (-0.5, -0.4)):
        b.path(LEAF, [(x, y), (x + 0.05, y + 0.16), (x - 0.03, y + 0.34)], 0.05, 0.02)
        b.oval(LEAF, x + 0.05, y + 0.1, 0.05, 0.03)
        b.oval(LEAF_DARK, x - 0.03, y + 0.24, 0.05, 0.03)
