"""The head of a picture: format, size, frames and depth, read without unpacking its pixels."""

import math
from dataclasses import dataclass
from typing import BinaryIO

from scenario_mcp.imaging.opening import find_reader, open_recognised, recognise
from scenario_mcp.imaging.orientation import read_orientation, upright_size
from scenario_mcp.picture_formats import JXL, PictureFormat


@dataclass(frozen=True, slots=True)
class Head:
    """What the head of a picture file tells."""

    format: PictureFormat
    width: int
    """In pixels, of the upright picture."""
    height: int
    stored_size: tuple[int, int]
    """Width and height before the picture is turned."""
    frames: int
    """How many pictures the file shows one after another; pages of a TIFF."""
    seconds: float
    """How long an animation takes; 0 for a still picture, and where it is not told."""
    bits: int | None
    """Bits of a sample, such as 8 or 16; None where it is not told."""
    is_cut: bool
    """Whether the end of the file is missing, as far as its container tells: it is shown as far as it goes."""

    @property
    def mime_type(self) -> str:
        """The MIME type by content."""
        return self.format.mime_type


def read_head(file: BinaryIO) -> Head:
    """Read the head of a picture file, which stays open.

    Raises:
        BadPicture: it is empty, of a format that is not read here, broken, or far too large. Nothing else is raised.

    """
    recognised = recognise(file)
    picture_format, read = recognised
    if read.size is not None and (picture_format is JXL or math.prod(read.size) > picture_format.max_pixels):
        find_reader(picture_format)
        size = upright_size(read.size, read_orientation(read.exif or b""))
        return Head(picture_format, *size, read.size, read.frames, read.seconds, read.bits, read.is_cut)
    opened = open_recognised(recognised)
    return Head(
        opened.format,
        *opened.size,
        opened.image.size,
        opened.frames,
        opened.seconds,
        opened.bits,
        opened.is_cut,
    )
