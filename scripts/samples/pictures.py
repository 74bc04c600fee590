"""Composes a subject, a backdrop and a look into one finished picture."""

from __future__ import annotations

import random
from dataclasses import dataclass

from PIL import Image

from . import look_flat, look_ink, look_neon, look_painted, look_paper, look_pixel
from .backdrops import BACKDROPS
from .board import Board, rgb
from .canvas import Scene
from .subjects import AFLOAT, BUSTS, SCENES, SUBJECTS

#: Stored size by aspect ratio, then the pixel grid and how often it is enlarged.
SIZES: dict[str, tuple[tuple[int, int], tuple[int, int], int]] = {
    "1:1": ((352, 352), (72, 72), 5),
    "16:9": ((364, 208), (112, 64), 3),
    "9:16": ((208, 364), (64, 112), 3),
    "3:2": ((372, 248), (96, 64), 4),
    "2:3": ((248, 372), (64, 96), 4),
    "4:3": ((368, 276), (88, 66), 4),
    "3:4": ((276, 368), (66, 88), 4),
}

#: Pairs of colours a picture is keyed to.
ACCENTS: dict[str, tuple[str, str]] = {
    "red": ("#cf3f3f", "#f5c451"),
    "blue": ("#3f6fd0", "#f2c04e"),
    "green": ("#4fa458", "#f4d35e"),
    "purple": ("#8a4fc0", "#ffcf5a"),
    "teal": ("#2fa7a0", "#ff9d5c"),
    "orange": ("#e9803a", "#57b8d9"),
    "pink": ("#dd5f97", "#7fd6d0"),
    "gold": ("#e0a83a", "#c8503f"),
    "grey": ("#7f8796", "#8fd14f"),
    "black": ("#4a4560", "#f6c945"),
    "ivory": ("#ead9bd", "#5fa8d8"),
}


@dataclass(frozen=True)
class Picture:
    """Everything that decides how one picture comes out."""

    subject: str
    look: str
    aspect: str = "1:1"
    backdrop: str = "card"
    mood: str = "day"
    accent: str = "red"
    scale: float = 0.86
    x: float = 0.0
    y: float = 0.0
    turn: float = 0.0
    flip: bool = False
    seed: int = 1
    wash: float = 0.3


def compose(picture: Picture) -> Scene:
    """Set the shapes of the picture."""
    width, height = SIZES[picture.aspect][0]
    short = min(width, height)
    first, second = ACCENTS[picture.accent]
    board = Board(width / short, height / short, random.Random(picture.seed), accent=rgb(first), accent2=rgb(second))
    board.back = True
    BACKDROPS[picture.backdrop](board, picture.mood)
    board.back = False
    if picture.look == "painted":
        board.ambient_strength *= 0.55
    scale = 1.0 if picture.subject in SCENES else picture.scale
    y = picture.y + _stand(picture, board.hh, scale)
    with board.at(picture.x, y, scale=scale, turn=picture.turn):
        SUBJECTS[picture.subject](board)
    if picture.flip:
        board.mirrored()
    return Scene(tuple(board.shapes), board.hw, board.hh)


def _stand(picture: Picture, hh: float, scale: float) -> float:
    """How far down the subject goes: busts to the foot of the frame, things to their ground."""
    if picture.subject in SCENES:
        return hh - 1
    if picture.subject in BUSTS:
        return hh - 1.1 * scale
    if picture.backdrop in ("card", "rays", "blank", "space"):
        return 0.02
    if picture.backdrop == "room":
        return 0.86 - 0.9 * scale + (hh - 1) * 0.3
    if picture.subject in AFLOAT:
        return -0.06
    return (hh - 1) * 0.8 + (0.94 - scale) * 0.8


def render(picture: Picture) -> Image.Image:
    """Draw the picture at its stored size."""
    scene = compose(picture)
    (width, height), grid, zoom = SIZES[picture.aspect]
    rng = random.Random(picture.seed * 7919)
    if picture.look == "pixel":
        small = look_pixel.draw(scene, grid[0], grid[1])
        return small.resize((grid[0] * zoom, grid[1] * zoom), Image.Resampling.NEAREST)
    if picture.look == "ink":
        return look_ink.draw(scene, width, height, rng, picture.wash)
    if picture.look == "flat":
        return look_flat.draw(scene, width, height)
    looks = {"painted": look_painted.draw, "neon": look_neon.draw, "paper": look_paper.draw}
    return looks[picture.look](scene, width, height, rng)
