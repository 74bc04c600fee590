"""The head of a picture: format, size, frames and depth, read without unpacking its pixels."""

from dataclasses import dataclass
from typing import BinaryIO

from scenario_mcp.imaging.opening import open_picture
from scenario_mcp.picture_formats import PictureFormat


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

    @property
    def mime_type(self) -> str:
        """The MIME type by content."""
        return self.format.mime_type


def read_head(file: BinaryIO) -> Head:
    """Read the head of a picture file, which stays open.

    Raises:
        BadPicture: it is empty, of a format that is not read here, broken, or far too large. Nothing else is raised.

    """
    opened = open_picture(file)
    return Head(opened.format, *opened.size, opened.image.size, opened.frames, opened.seconds, opened.bits)
