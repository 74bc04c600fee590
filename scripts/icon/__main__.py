"""Draw the icon, a magnifying glass over a wall of pictures: `python -m scripts.icon` writes `docs/images/icon.png`."""

from pathlib import Path

from PIL import Image, ImageDraw

ICON = Path(__file__).resolve().parents[2] / "docs" / "images" / "icon.png"
SIZE = 512
_SCALE = 4
"""Everything is drawn larger and made small at the end, so that edges are smooth."""
_BACKGROUND, _GLASS, _RIM = "#1d1b2e", "#fff6e0", "#f2a65a"
_TILES = (("#e4572e", "#f2a65a", "#76b041"), ("#29b6c6", "#5c6bc0", "#b04fa8"), ("#f7c948", "#4f9d69", "#d64550"))


def draw() -> Image.Image:
    """Return the icon, with transparent corners."""
    picture = Image.new("RGBA", (SIZE * _SCALE, SIZE * _SCALE))
    pen = ImageDraw.Draw(picture)
    _box(pen, (0, 0, SIZE, SIZE), 96, _BACKGROUND)
    for row, colours in enumerate(_TILES):
        for column, colour in enumerate(colours):
            _box(pen, (64 + 132 * column, 64 + 132 * row, 120, 120), 24, colour)
    # The picture under the glass is shown larger, with a mountain and a sun.
    _disc(pen, 284, 284, 148, _BACKGROUND)
    _disc(pen, 284, 284, 132, _RIM)
    _disc(pen, 284, 284, 108, _GLASS)
    _disc(pen, 322, 240, 24, _TILES[2][0])
    pen.polygon(_scaled(190, 334, 258, 230, 322, 334), _TILES[1][1])
    pen.polygon(_scaled(268, 334, 322, 272, 378, 334), _TILES[1][0])
    pen.line(_scaled(378, 378, 448, 448), _BACKGROUND, 76 * _SCALE)
    pen.line(_scaled(374, 374, 440, 440), _RIM, 48 * _SCALE)
    _disc(pen, 440, 440, 24, _RIM)
    return picture.resize((SIZE, SIZE), Image.Resampling.LANCZOS).quantize(128)


def _scaled(*numbers: int) -> list[int]:
    return [number * _SCALE for number in numbers]


def _box(pen: ImageDraw.ImageDraw, box: tuple[int, int, int, int], radius: int, colour: str) -> None:
    """Draw a box (x, y, width, height) with round corners."""
    x, y, width, height = box
    pen.rounded_rectangle(_scaled(x, y, x + width - 1, y + height - 1), radius * _SCALE, colour)


def _disc(pen: ImageDraw.ImageDraw, x: int, y: int, radius: int, colour: str) -> None:
    pen.ellipse(_scaled(x - radius, y - radius, x + radius, y + radius), colour)


def main() -> None:
    """Write the file."""
    draw().save(ICON, optimize=True)
    print(f"{ICON.name}: {ICON.stat().st_size} bytes")


if __name__ == "__main__":
    main()
