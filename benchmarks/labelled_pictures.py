"""A made-up catalogue whose pictures have labels: the look and the subject of each are known.

A look is a palette, a texture, a backdrop and a place for the subject, all drawn by chance from a seed; a subject is a
shape. Each subject is drawn once in each look, moved, turned and resized a little.
"""

import colorsys
import io
import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
Point = tuple[float, float]

_SIDE = 160
_HUES = 9
"""The number of hues that palettes begin with."""


@dataclass(frozen=True, slots=True)
class Look:
    """What pictures of a look have in common."""

    hue: int
    ground: Sequence[Colour]
    shapes: Sequence[Colour]
    line: Colour
    texture: str
    backdrop: str
    place: Point
    size: float
    drift: float
    """How far the hue of a picture may be from that of the look, as a share of the circle."""

    @property
    def name(self) -> str:
        """The label, one word."""
        return f"{self.backdrop}-{self.texture}-{self.hue}"


@dataclass(frozen=True, slots=True)
class LabelledPicture:
    """A picture file with its labels."""

    content: bytes
    look: str
    subject: str


def _star(points: int, inner: float) -> list[Point]:
    angles = [math.pi * number / points for number in range(2 * points)]
    return [
        (math.sin(angle) * (1 if number % 2 == 0 else inner), -math.cos(angle) * (1 if number % 2 == 0 else inner))
        for number, angle in enumerate(angles)
    ]


SUBJECTS: Mapping[str, Sequence[Sequence[Point]]] = {
    "star": [_star(5, 0.4)],
    "planet": [_star(20, 0.99), [(-1.4, 0.25), (1.4, -0.25), (1.3, -0.1), (-1.3, 0.4)]],
    "house": [[(-0.8, 1), (-0.8, -0.1), (0.8, -0.1), (0.8, 1)], [(-1, 0), (0, -1), (1, 0)]],
    "tree": [[(-0.15, 1), (-0.15, 0.3), (0.15, 0.3), (0.15, 1)], [(-0.8, 0.4), (0, -1), (0.8, 0.4)]],
    "fish": [[(-0.9, 0), (-0.2, -0.5), (0.6, 0), (-0.2, 0.5)], [(0.4, 0), (1, -0.5), (1, 0.5)]],
    "sword": [[(-0.1, 0.5), (-0.1, -0.8), (0, -1), (0.1, -0.8), (0.1, 0.5)], [(-0.5, 0.45), (0.5, 0.45), (0, 0.75)]],
    "crown": [[(-0.9, 0.6), (-0.9, -0.5), (-0.4, 0.1), (0, -0.7), (0.4, 0.1), (0.9, -0.5), (0.9, 0.6)]],
    "cup": [[(-0.7, -0.7), (0.7, -0.7), (0.3, 0.3), (-0.3, 0.3)], [(-0.5, 0.9), (0, 0.2), (0.5, 0.9)]],
    "arrow": [[(-1, -0.2), (0.2, -0.2), (0.2, 0.2), (-1, 0.2)], [(0.1, -0.6), (1, 0), (0.1, 0.6)]],
    "gear": [_star(9, 0.7)],
}
"""Polygons in a square from -1 to 1."""


def _shade(hue: float, saturation: float, value: float) -> Colour:
    red, green, blue = colorsys.hsv_to_rgb(hue % 1, min(1.0, saturation), min(1.0, value))
    return round(255 * red), round(255 * green), round(255 * blue)


def _drifted(look: Look, shift: float) -> Look:
    """Return a look with all hues moved by a share of the circle."""

    def move(colour: Colour) -> Colour:
        hue, saturation, value = colorsys.rgb_to_hsv(*(part / 255 for part in colour))
        return _shade(hue + shift, saturation, value)

    return replace(look, ground=[*map(move, look.ground)], shapes=[*map(move, look.shapes)], line=move(look.line))


TEXTURES = ("flat", "grain", "hatching", "pixels", "soft", "dots", "outline")
BACKDROPS = ("plain", "gradient", "horizon", "stripes", "squares", "frame")


_MOST = {"palette": _HUES, "texture": len(TEXTURES), "layout": len(BACKDROPS)}
"""The most looks that differ in one thing alone."""
KINDS = ("mixed", "palette", "texture", "layout")
"""What the looks of a catalogue differ in: all of it, or in one thing alone."""


def make_looks(rng: random.Random, count: int, kind: str = "mixed") -> list[Look]:
    """Draw looks by chance: no two have the same texture and backdrop, nor the same hue with either.

    If they differ in one thing alone, no two are the same in it.
    """
    first = _make_look(rng)
    looks: list[Look] = []
    taken: set[tuple[object, ...]] = set()
    while len(looks) < count:
        look = _make_look(rng)
        if kind == "palette":
            look = replace(first, hue=look.hue, ground=look.ground, shapes=look.shapes, line=look.line, drift=0)
            labels: set[tuple[object, ...]] = {(look.hue,)}
        elif kind == "texture":
            look = replace(first, texture=look.texture)
            labels = {(look.texture,)}
        elif kind == "layout":
            look = replace(first, backdrop=look.backdrop, place=look.place, size=look.size)
            labels = {(look.backdrop,)}
        else:
            labels = {(look.hue, look.texture), (look.hue, look.backdrop), (look.texture, look.backdrop)}
        if not labels & taken:
            taken |= labels
            looks.append(look)
    return looks


def _make_look(rng: random.Random) -> Look:
    hue, is_dark, saturation = rng.randrange(_HUES), rng.choice((True, False)), rng.uniform(0.25, 0.9)
    base, step = hue / _HUES, rng.choice((0.08, 0.33, 0.5))
    low, high = ((0.08, 0.3), (0.6, 1.0)) if is_dark else ((0.75, 1.0), (0.2, 0.6))
    return Look(
        hue=hue,
        ground=[_shade(base + shift, saturation * 0.7, rng.uniform(*low)) for shift in (0, 0.04)],
        shapes=[_shade(base + step + shift, saturation, rng.uniform(*high)) for shift in (0, 0.1, 0.2)],
        line=_shade(base + step, saturation, 0.95 if is_dark else 0.12),
        texture=rng.choice(TEXTURES),
        backdrop=rng.choice(BACKDROPS),
        place=(rng.uniform(0.3, 0.7), rng.uniform(0.35, 0.65)),
        size=rng.uniform(0.2, 0.36),
        drift=rng.choice((0, 0.06, 0.5)),
    )


def draw(look: Look, subject: str, rng: random.Random) -> Image.Image:
    """Draw a subject in a look, not twice the same."""
    look = _drifted(look, rng.uniform(-look.drift, look.drift))
    picture = Image.new("RGB", (_SIDE, _SIDE), look.ground[0])
    canvas = ImageDraw.Draw(picture)
    _draw_backdrop(picture, canvas, look, rng)
    turn, scale = rng.uniform(-0.25, 0.25), look.size * rng.uniform(0.8, 1.2) * _SIDE
    left, top = (_SIDE * (part + rng.uniform(-0.08, 0.08)) for part in look.place)
    for number, polygon in enumerate(SUBJECTS[subject]):
        points = [
            (
                left + scale * (x * math.cos(turn) - y * math.sin(turn)),
                top + scale * (x * math.sin(turn) + y * math.cos(turn)),
            )
            for x, y in polygon
        ]
        is_outline = look.texture == "outline"
        fill = None if is_outline else rng.choice(look.shapes[number : number + 2])
        canvas.polygon(points, fill=fill, outline=look.line, width=4 if is_outline else 1)
    return _FINISHES.get(look.texture, _leave)(picture, look, rng)


def _draw_backdrop(picture: Image.Image, canvas: ImageDraw.ImageDraw, look: Look, rng: random.Random) -> None:
    second = look.ground[1]
    if look.backdrop == "gradient":
        mask = Image.linear_gradient("L").resize(picture.size)
        picture.paste(Image.new("RGB", picture.size, look.shapes[2]), mask=mask.point([v // 2 for v in range(256)]))
    elif look.backdrop == "horizon":
        edge = _SIDE * rng.uniform(0.55, 0.75)
        hill = [(0, _SIDE), *((x, edge + 10 * math.sin(x / 25 + edge)) for x in range(0, _SIDE + 8, 8)), (_SIDE, _SIDE)]
        canvas.polygon(hill, fill=look.shapes[2])
    elif look.backdrop == "stripes":
        start, width = rng.randrange(20), rng.randint(9, 12)
        for left in range(-_SIDE - start, _SIDE, 2 * width):
            canvas.line((left, _SIDE, left + _SIDE, 0), fill=look.shapes[1], width=width // 2)
    elif look.backdrop == "squares":
        side, shift = rng.randint(18, 24), rng.randrange(20)
        for left in range(-shift, _SIDE, 2 * side):
            for top in range(-shift, _SIDE, 2 * side):
                canvas.rectangle((left, top, left + side, top + side), fill=second)
                canvas.rectangle((left + side, top + side, left + 2 * side, top + 2 * side), fill=look.shapes[2])
    elif look.backdrop == "frame":
        canvas.rectangle((0, 0, _SIDE - 1, _SIDE - 1), outline=look.shapes[0], width=rng.randint(10, 14))


Finish = Callable[[Image.Image, Look, random.Random], Image.Image]


def _leave(picture: Image.Image, _look: Look, _rng: random.Random) -> Image.Image:
    return picture


def _grain(picture: Image.Image, _look: Look, rng: random.Random) -> Image.Image:
    noise = Image.frombytes("L", picture.size, rng.randbytes(_SIDE * _SIDE)).point([v // 3 for v in range(256)])
    return ImageChops.subtract(
        ImageChops.add(picture, Image.merge("RGB", [noise] * 3)), Image.new("RGB", picture.size, (42, 42, 42))
    )


def _hatching(picture: Image.Image, look: Look, rng: random.Random) -> Image.Image:
    canvas = ImageDraw.Draw(picture)
    for left in range(-_SIDE, _SIDE, 7):
        shift = rng.randint(-1, 1)
        canvas.line((left + shift, 0, left + _SIDE, _SIDE), fill=look.line)
    return picture


def _pixels(picture: Image.Image, _look: Look, _rng: random.Random) -> Image.Image:
    return picture.resize((_SIDE // 8, _SIDE // 8), Image.Resampling.BOX).resize(picture.size, Image.Resampling.NEAREST)


def _soft(picture: Image.Image, _look: Look, _rng: random.Random) -> Image.Image:
    return picture.filter(ImageFilter.GaussianBlur(5))


def _dots(picture: Image.Image, look: Look, rng: random.Random) -> Image.Image:
    canvas = ImageDraw.Draw(picture)
    for _ in range(160):
        x, y, radius = rng.uniform(0, _SIDE), rng.uniform(0, _SIDE), rng.uniform(1.5, 3)
        canvas.ellipse((x - radius, y - radius, x + radius, y + radius), fill=rng.choice(look.shapes))
    return picture


_FINISHES: Mapping[str, Finish] = {
    "grain": _grain,
    "hatching": _hatching,
    "pixels": _pixels,
    "soft": _soft,
    "dots": _dots,
}


def make_pictures(seed: int, kind: str = "mixed", looks: int = 8, subjects: int = 8) -> dict[str, LabelledPicture]:
    """Return pictures by asset id: every subject in every look; fewer looks where they differ in too little."""
    rng = random.Random(seed)  # noqa: S311  # the same pictures in every run
    made: dict[str, LabelledPicture] = {}
    shown = rng.sample(sorted(SUBJECTS), subjects)
    for look in make_looks(rng, min(looks, _MOST.get(kind, looks)), kind):
        for subject in shown:
            buffer = io.BytesIO()
            draw(look, subject, rng).save(buffer, "PNG")
            made[f"asset_{look.name}-{subject}"] = LabelledPicture(buffer.getvalue(), look.name, subject)
    return made
