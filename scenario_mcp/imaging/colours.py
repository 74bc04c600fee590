"""Colours: any colour space, with or without a profile, brought to RGB or RGBA as screens show it (sRGB)."""

import io
from functools import lru_cache
from typing import NamedTuple

from PIL import Image, ImageCms

GROUND = (128, 128, 128)
"""What shows through where a picture is transparent, for formats and comparisons without transparency: neither white
nor black vanishes on it."""
_AS_THEY_ARE = frozenset({"L", "RGB", "RGBA", "CMYK", "LAB", "YCbCr"})
_PROFILE_SPACES = {"RGB ": "RGB", "CMYK": "CMYK", "GRAY": "L", "Lab ": "LAB"}
"""The mode of the pictures that a profile is for."""
_PROFILES_KEPT = 16


def to_samples(part: Image.Image) -> Image.Image:
    """Return a part of a picture in a mode whose numbers can be averaged: no palette, no single bits, no key colour."""
    if part.mode in _AS_THEY_ARE and "transparency" not in part.info:
        return part
    if part.mode == "1" and "transparency" not in part.info:
        return part.convert("L")
    return part.convert("RGBA" if part.has_transparency_data or part.mode in {"PA", "La", "RGBa"} else "RGB")


def to_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """Return a picture in RGB or RGBA; a profile that is broken, or meant for other colours, is ignored."""
    if picture.mode == "RGBA":
        colours = to_srgb(picture.convert("RGB"), profile)
        colours.putalpha(picture.getchannel("A"))
        return colours
    known = _read_profile(profile)
    if known is not None and known.mode == picture.mode:
        return known.transform.apply(picture)
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def is_srgb(profile: bytes) -> bool:
    """Whether colours of this profile are right without it; also true where there is none, or a broken one."""
    return _read_profile(profile) is None


def on_ground(picture: Image.Image, ground: tuple[int, int, int] = GROUND) -> Image.Image:
    """Return an RGB or RGBA picture in RGB, with a ground where it is transparent."""
    if picture.mode == "RGB":
        return picture
    opaque = Image.new("RGB", picture.size, ground)
    opaque.paste(picture.convert("RGB"), mask=picture.getchannel("A"))
    return opaque


class _Known(NamedTuple):
    """The mode that a profile is for, and how colours of it become sRGB."""

    mode: str
    transform: ImageCms.ImageCmsTransform


@lru_cache(maxsize=_PROFILES_KEPT)
def _read_profile(profile: bytes) -> _Known | None:
    """Return what to do by a profile; None if its colours are sRGB already, or it cannot be understood."""
    if not profile:
        return None
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = _PROFILE_SPACES.get(source.profile.xcolor_space)
        if mode is None or ImageCms.getProfileDescription(source).startswith("sRGB"):
            return None
        return _Known(mode, ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB"))
    except Exception:  # noqa: BLE001  # a stranger's profile causes nearly any
        return None
