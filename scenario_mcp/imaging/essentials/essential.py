"""What is taken out of a container: the pixels' own file, and what is known of them without a reader."""

from typing import BinaryIO, NamedTuple

MAX_EXIF_BYTES = 1 << 20
"""Only the beginning matters for the orientation."""
MAX_PROFILE_BYTES = 4 << 20
"""A larger colour profile is left out."""
_MAX_MISSING_BYTES = 64 << 20
_MAX_MISSING_SHARE = 4


class Essential(NamedTuple):
    """A picture file without its notes."""

    file: BinaryIO
    """What the reader of the format is given."""
    exif: bytes | None = None
    """EXIF, with or without its name in front; None where the reader finds it."""
    profile: bytes | None = None
    """ICC profile of the colours; None where the reader finds it."""
    frames: int = 1
    """Pictures that are shown one after another."""
    seconds: float = 0.0
    """How long they are shown in all."""
    bits: int | None = None
    """Bits of a sample; None where it is not told."""
    size: tuple[int, int] | None = None
    """Width and height, where the reader takes memory for the pixels before it can be asked."""
    is_cut: bool = False
    """Whether the end of the picture is missing, as far as the container tells."""


def max_missing(length: int) -> int:
    """Return how many bytes at most are put where the end of a file is missing: a wrong size may ask for any number."""
    return min(_MAX_MISSING_SHARE * length, _MAX_MISSING_BYTES)
