"""Picture formats: one entry each, from which every other part of the package derives its own list."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PictureFormat:
    """One format. Clients show those with a `signature` as they are; the others are catalogued by the sandbox only."""

    name: str
    """As people write it; in capitals, Pillow's own name."""
    suffixes: tuple[str, ...]
    """Of file names, in lower case and without the dot; the first is written."""
    signature: bytes = b"(?!)"
    """A regular expression for the first bytes."""
    max_pixels: int = 0
    """Largest picture that is decoded for a client: at four bytes a pixel or, for WebP, twice that. A JPEG is decoded
    at a reduced size."""

    @property
    def mime_type(self) -> str:
        """The MIME type."""
        return f"image/{self.name.lower()}"

    @property
    def pillow_name(self) -> str:
        """The name by which Pillow knows the format."""
        return self.name.upper()


PNG = PictureFormat("PNG", ("png",), rb"\x89PNG\r\n\x1a\n", 25_000_000)
JPEG = PictureFormat("JPEG", ("jpg", "jpeg", "jpe", "jfif"), rb"\xff\xd8\xff", 50_000_000)
WEBP = PictureFormat("WebP", ("webp",), rb"RIFF.{4}WEBP", 12_000_000)
GIF = PictureFormat("GIF", ("gif",), rb"GIF8[79]a", 25_000_000)
BMP = PictureFormat("BMP", ("bmp",))
TIFF = PictureFormat("TIFF", ("tif", "tiff"))
AVIF = PictureFormat("AVIF", ("avif",))

SHOWN = (PNG, JPEG, WEBP, GIF)
"""Formats that clients show as they are; the rest is shown by its thumbnail."""
SHOWN_TYPES = frozenset(each.mime_type for each in SHOWN)
SHOWN_NAMES = f"{', '.join(each.name for each in SHOWN[:-1])} or {SHOWN[-1].name}"

FORMATS = (*SHOWN, BMP, TIFF, AVIF)
BY_MIME_TYPE = {each.mime_type: each for each in FORMATS}

_SIGNATURES = tuple((re.compile(each.signature, re.DOTALL), each) for each in SHOWN)
_SUFFIXES = tuple(f".{suffix}" for each in FORMATS for suffix in each.suffixes)


def detect_format(data: bytes) -> PictureFormat | None:
    """Return the format that the first bytes show; None if clients cannot be sure to show it."""
    return next((each for signature, each in _SIGNATURES if signature.match(data)), None)


def has_picture_suffix(name: str) -> bool:
    """Whether a file of this name is a picture."""
    return name.lower().endswith(_SUFFIXES)
