"""Opening: a file recognised by its content and read by the one reader of its format, without what may be odd in it."""

import importlib
import io
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from PIL.ImageFile import ImageFile

from scenario_mcp.imaging.containers import read_part
from scenario_mcp.imaging.errors import BROKEN, EMPTY, UNKNOWN, BadPicture
from scenario_mcp.imaging.essentials import archive, boxes, gif, jpeg, jxl, png, tiff, webp
from scenario_mcp.imaging.essentials.essential import Essential
from scenario_mcp.imaging.orientation import UPRIGHT, read_orientation, upright_size
from scenario_mcp.picture_formats import (
    AVIF,
    GIF,
    HEIC,
    JPEG,
    JXL,
    KRITA,
    MAX_PICTURE_PIXELS,
    MAX_PICTURE_SIDE,
    OPEN_RASTER,
    PNG,
    SIGNATURE_BYTES,
    TIFF,
    WEBP,
    PictureFormat,
    detect_format,
)

_ESSENTIALS: Mapping[PictureFormat, Callable[[BinaryIO], Essential]] = {
    PNG: png.essential,
    JPEG: jpeg.essential,
    WEBP: webp.essential,
    GIF: gif.essential,
    TIFF: tiff.essential,
    AVIF: boxes.essential,
    HEIC: boxes.essential,
    JXL: jxl.essential,
    KRITA: archive.essential,
    OPEN_RASTER: archive.essential,
}
_TURNED_BY_READER = frozenset({HEIC, JXL})
"""Formats whose reader gives the picture upright."""


@dataclass(frozen=True, slots=True)
class OpenedPicture:
    """A picture whose head was read, and whose pixels were not."""

    image: ImageFile
    file: BinaryIO
    """The essential part of the file, which the reader reads."""
    format: PictureFormat
    orientation: int
    """How to turn it, by EXIF: 1 to 8."""
    profile: bytes
    """ICC profile, empty if there is none."""
    frames: int
    seconds: float
    bits: int | None
    is_cut: bool

    @property
    def is_stored_upright(self) -> bool:
        """Whether the picture is upright as it is stored."""
        return self.orientation == UPRIGHT

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the upright picture."""
        return upright_size(self.image.size, self.orientation)


class Recognised(NamedTuple):
    """A file whose format is known, and whose reader was not asked yet."""

    format: PictureFormat
    essential: Essential


def recognise(file: BinaryIO) -> Recognised:
    """Tell the format of a file by its content, and take out of it what its pixels need.

    Raises:
        BadPicture: it is empty, of a format that is not read here, broken, or far too large.

    """
    start = read_part(file, 0, SIGNATURE_BYTES)
    picture_format = detect_format(start)
    if picture_format is None:
        raise BadPicture(UNKNOWN if start else EMPTY)
    try:
        essential = _ESSENTIALS.get(picture_format, Essential)(file)
    except Exception as error:  # a stranger's bytes cause nearly any
        raise BadPicture(BROKEN) from error
    if essential.size is not None:
        refuse_too_large(essential.size, MAX_PICTURE_PIXELS)
    return Recognised(picture_format, essential)


def open_picture(file: BinaryIO) -> OpenedPicture:
    """Read the head of a picture. The file stays open for as long as the picture is needed.

    Raises:
        BadPicture: it is empty, of a format that is not read here, broken, or too large for its reader.

    """
    return open_recognised(recognise(file))


def open_recognised(recognised: Recognised) -> OpenedPicture:
    """Do the same for a file whose format is known; raises BadPicture likewise."""
    picture_format, read = recognised
    if read.size is not None:
        refuse_too_large(read.size, picture_format.max_pixels)
    reader = find_reader(picture_format)
    # For good, since `catch_warnings` is not safe in threads. Readers warn of oddities that they can live with.
    warnings.filterwarnings("ignore", module=r"(PIL|pi_heif|pillow_jxl)\b")
    try:
        read.file.seek(0)
        image = reader(read.file)
        size = image.size
        exif = image.info.get("exif", b"") if read.exif is None else read.exif
        profile = image.info.get("icc_profile") if read.profile is None else read.profile
    except Exception as error:  # a stranger's bytes cause nearly any
        raise BadPicture(BROKEN) from error
    if min(size) < 1:
        raise BadPicture(BROKEN)
    refuse_too_large(size, MAX_PICTURE_PIXELS)
    is_upright = picture_format in _TURNED_BY_READER or not isinstance(exif, bytes)
    return OpenedPicture(
        image,
        read.file,
        picture_format,
        UPRIGHT if is_upright else read_orientation(exif),
        profile if isinstance(profile, bytes) else b"",
        read.frames,
        read.seconds,
        read.bits,
        read.is_cut,
    )


def is_sound(picture_format: PictureFormat, data: bytes) -> bool:
    """Whether a reader that forgives nothing can unpack a whole file, notes and all."""
    try:
        with find_reader(picture_format)(io.BytesIO(data)) as image:
            image.load()
    except Exception:  # noqa: BLE001  # a stranger's bytes cause nearly any
        return False
    return True


def find_reader(picture_format: PictureFormat) -> Callable[[BinaryIO], ImageFile]:
    """Return the class that reads a format.

    Raises:
        BadPicture: it is not installed.

    """
    module, _, name = picture_format.plugin.rpartition(".")
    try:
        reader: Callable[[BinaryIO], ImageFile] = getattr(importlib.import_module(module), name)
    except ImportError as error:
        raise BadPicture(not_installed(picture_format)) from error
    return reader


def not_installed(picture_format: PictureFormat) -> str:
    """Return what is wrong with a picture whose reader is missing, and which command brings it."""
    return f'is a {picture_format.name}, which is read once you type: pip install "{picture_format.package}"'


def refuse_too_large(size: tuple[int, int], max_pixels: int) -> None:
    """Raise BadPicture for a size over the limit; its sentence has both numbers."""
    pixels = size[0] * size[1]
    if pixels > max_pixels:
        raise BadPicture(f"has {_millions(pixels)} million pixels; {_millions(max_pixels)} million are the limit")
    if max(size) > MAX_PICTURE_SIDE:
        raise BadPicture(f"is {max(size):,} pixels long; {MAX_PICTURE_SIDE:,} are the limit")


def _millions(pixels: int) -> str:
    return f"{pixels / 1e6:,.0f}" if pixels >= 10_000_000 else f"{pixels / 1e6:,.3g}"  # noqa: PLR2004  # two digits
