"""A contact sheet: many pictures with captions in one file, for terminals that show no pictures."""

import io
import math
import unicodedata
from collections.abc import Sequence
from functools import cache

from PIL import Image, ImageDraw, ImageFont, ImageOps

from scenario_mcp.picture_formats import PNG
from scenario_mcp.terminal.thumbnails import BACKGROUND, thumbnail
from scenario_mcp.text import clean

MAX_BYTES = 1_000_000
_TILE_SIDES = (296, 240, 200, 160, 128)
_COLUMNS = 5
_GAP = 20
_CAPTION_TOP = 8
_CAPTION_HEIGHT = 30
_FONT_SIZE = 16
_MAX_CAPTION_CHARACTERS = 60
_CAPTION_COLOUR = (222, 224, 230)
_TILE_COLOUR = (47, 49, 57)
_COLOURS = 256
_UNKNOWN = "\U0010ffff"
"""A character that no font has."""


def contact_sheet(pictures: Sequence[tuple[str, bytes]]) -> bytes:
    """Return a PNG of all pictures in rows of five, each above its caption: at most 1600 pixels wide.

    `pictures` are captions and their bytes, at least one; one that cannot be decoded is an empty tile.
    The tiles become smaller until the file is below `MAX_BYTES` or they are 128 pixels.
    """
    captions = [caption for caption, _ in pictures]
    thumbnails = [thumbnail(data, _TILE_SIDES[0], _TILE_SIDES[0]) for _, data in pictures]
    sheet = b""
    for side in _TILE_SIDES:
        sheet = _png(_draw(captions, thumbnails, side))
        if len(sheet) < MAX_BYTES:
            break
    return sheet


def _draw(captions: Sequence[str], thumbnails: Sequence[Image.Image | None], side: int) -> Image.Image:
    columns = min(_COLUMNS, len(thumbnails))
    step_x, step_y = side + _GAP, side + _CAPTION_HEIGHT + _GAP
    size = (_GAP + columns * step_x, _GAP + math.ceil(len(thumbnails) / columns) * step_y)
    sheet = Image.new("RGB", size, BACKGROUND)
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(_FONT_SIZE)
    for place, (caption, picture) in enumerate(zip(captions, thumbnails, strict=True)):
        left, top = _GAP + place % columns * step_x, _GAP + place // columns * step_y
        sheet.paste(_TILE_COLOUR, (left, top, left + side, top + side))
        if picture is not None:
            fitting = ImageOps.contain(picture, (side, side))
            corner = (left + (side - fitting.width) // 2, top + (side - fitting.height) // 2)
            sheet.paste(fitting, corner, fitting)
        text = _shorten(_drawable(clean(caption, _MAX_CAPTION_CHARACTERS)) or f"{place + 1}", side, font)
        draw.text((left, top + side + _CAPTION_TOP), text, _CAPTION_COLOUR, font)
    return sheet


def _png(sheet: Image.Image) -> bytes:
    """Encode in 256 colours with dithering: a third of the size, and hard to tell from the original."""
    palette = sheet.reduce(2).quantize(_COLOURS)
    file = io.BytesIO()
    sheet.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG).save(file, PNG.pillow_name)
    return file.getvalue()


def _drawable(text: str) -> str:
    """Return the text in the font's characters: without accents, with a dot for any other; empty if only dots."""
    drawable = "".join(_nearest(character) for character in text)
    return drawable if any(character.isalnum() for character in drawable) else ""


@cache
def _nearest(character: str) -> str:
    if _has(character):
        return character
    return "".join(part for part in unicodedata.normalize("NFKD", character) if _has(part)) or "·"


def _has(character: str) -> bool:
    """Whether Pillow's own font, which has little more than ASCII, has a character."""
    font = ImageFont.load_default(_FONT_SIZE)
    return bytes(font.getmask(character)) != bytes(font.getmask(_UNKNOWN))


def _shorten(text: str, width: int, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> str:
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(text + "…") > width:
        text = text[:-1]
    return text.rstrip() + "…"
