"""Media files as the CDN serves them: originals, and pictures resized on request."""

import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import anyio.to_thread
from PIL import Image, ImageOps

from scenario_mcp.imaging.colours import on_ground
from scenario_mcp.imaging.errors import BadPicture
from scenario_mcp.imaging.opening import open_picture
from scenario_mcp.imaging.rendering import render_opened, scaled
from scenario_mcp.picture_formats import BY_MIME_TYPE, JPEG, PNG, WEBP, PictureFormat
from scenario_mcp.sandbox.catalogue import Catalogue, Document, Media
from scenario_mcp.sandbox.requests import InvalidParameter

MAX_SIDE = 2048
"""The largest width or height in pixels; larger originals are given in this size."""
_CACHED_PICTURES = 16
_SAVE_OPTIONS: Mapping[PictureFormat, Mapping[str, int]] = {
    WEBP: {"quality": 85, "method": 2},
    PNG: {"compress_level": 3},
    JPEG: {"quality": 88},
}
_FORMATS = {each.name.lower(): each for each in _SAVE_OPTIONS}
_PIXEL_ART_TAGS = {"pixel-art", "pixel art"}
_CRISP_RATIO, _CRISP_COLOURS = 2, 64
"""A picture of few colours is enlarged without new ones, from this ratio on."""


@dataclass(frozen=True, slots=True)
class Resizing:
    """Size and format of a picture; with nothing set it is the original."""

    width: int | None = None
    height: int | None = None
    is_cropped: bool = True
    format: PictureFormat | None = None

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "Resizing":
        """Read `width`, `height`, `fit` and `format` of a URL. When both sides are given, the default `fit` crops.

        Raises:
            InvalidParameter: one of them has a value that it cannot have.

        """
        name = query.get("format")
        if name is not None and name not in _FORMATS:
            raise InvalidParameter(f"`format` must be one of {', '.join(_FORMATS)}")
        fit = query.get("fit", "cover")
        if fit not in {"cover", "inside"}:
            raise InvalidParameter("`fit` must be one of cover, inside")
        return cls(
            width=_read_side(query, "width"),
            height=_read_side(query, "height"),
            is_cropped=fit == "cover",
            format=None if name is None else _FORMATS[name],
        )


class Pictures:
    """Renders a catalogue's media; remembers the last few."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._render_remembered = lru_cache(maxsize=_CACHED_PICTURES)(self._render)

    async def render(self, asset_id: str, resizing: Resizing) -> Media | None:
        """Return a picture in the wanted size and format, any other file as it is; None if the asset has no file."""
        return await anyio.to_thread.run_sync(self._render_as_it_is, asset_id, resizing)

    def _render_as_it_is(self, asset_id: str, resizing: Resizing) -> Media | None:
        return self._render_remembered(asset_id, resizing, self._catalogue.stamp(asset_id))

    def _render(self, asset_id: str, resizing: Resizing, _stamp: tuple[int, int] | None) -> Media | None:
        media = self._catalogue.media(asset_id)
        if media is None or not media.is_picture:
            return media
        try:
            return _render_picture(media, self._catalogue.assets.get(asset_id, {}), resizing)
        except BadPicture:
            return media  # who shows it finds the same, and can say what is wrong


def _read_side(query: Mapping[str, str], name: str) -> int | None:
    text = query.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(MAX_SIDE)) and 1 <= int(text) <= MAX_SIDE):
        raise InvalidParameter(f"`{name}` must be between 1 and {MAX_SIDE}")
    return int(text)


def _render_picture(media: Media, asset: Document, resizing: Resizing) -> Media:
    """Render the stored picture in the wanted size, as if it were the original."""
    opened = open_picture(io.BytesIO(media.content))
    original = _original_size(asset, opened.size)
    if resizing == Resizing() and original == opened.size and asset.get("mimeType") == media.mime_type:
        return media
    is_cropped = bool(resizing.width and resizing.height and resizing.is_cropped)
    size = (resizing.width or 1, resizing.height or 1) if is_cropped else _inside(original, resizing)
    ratios = [wanted / side for wanted, side in zip(size, opened.size, strict=True)]
    is_pixel_art = _is_tagged_as_pixel_art(asset)
    pixels = max(opened.size) if is_pixel_art else math.ceil(max(opened.size) * max(ratios))
    picture = render_opened(opened, pixels)
    is_crisp = is_pixel_art or (min(ratios) >= _CRISP_RATIO and picture.getcolors(_CRISP_COLOURS) is not None)
    resampling = Image.Resampling.NEAREST if is_crisp else Image.Resampling.LANCZOS
    if is_cropped:
        picture = ImageOps.fit(picture, size, resampling)
    elif picture.size != size:
        picture = picture.resize(size, resampling)
    known = (resizing.format, BY_MIME_TYPE.get(str(asset.get("mimeType"))), BY_MIME_TYPE.get(media.mime_type))
    chosen = next((each for each in known if each in _SAVE_OPTIONS), None) or WEBP
    return Media(_encode(picture, chosen), chosen.mime_type)


def _is_tagged_as_pixel_art(asset: Document) -> bool:
    tags = asset.get("tags")
    return isinstance(tags, list) and not _PIXEL_ART_TAGS.isdisjoint(tags)


def _original_size(asset: Document, stored: tuple[int, int]) -> tuple[int, int]:
    """Return the size that the asset declares, brought within the limit."""
    metadata = asset.get("metadata")
    width, height = stored
    if isinstance(metadata, Mapping):
        width, height = metadata.get("width") or width, metadata.get("height") or height
    return scaled((width, height), min(1.0, MAX_SIDE / max(width, height)))


def _inside(original: tuple[int, int], resizing: Resizing) -> tuple[int, int]:
    """Return the largest size of the original's shape that the wanted sides allow."""
    ratios = [wanted / side for wanted, side in zip((resizing.width, resizing.height), original, strict=True) if wanted]
    return scaled(original, min([*ratios, MAX_SIDE / max(original)] if ratios else [1.0]))


def _encode(picture: Image.Image, picture_format: PictureFormat) -> bytes:
    if picture_format is JPEG:
        picture = on_ground(picture)
    buffer = io.BytesIO()
    picture.save(buffer, picture_format.pillow_name, **_SAVE_OPTIONS[picture_format])
    return buffer.getvalue()
