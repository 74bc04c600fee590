"""Facts from the head of a picture file, without decoding its pixels: format, size, date, embedded notes."""

import errno
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO

from scenario_mcp.imaging.errors import BROKEN, BadPicture
from scenario_mcp.imaging.head import read_head
from scenario_mcp.sandbox.own_catalogue.dates import taken_at
from scenario_mcp.sandbox.own_catalogue.notes.note import Note
from scenario_mcp.sandbox.own_catalogue.notes.reading import read_notes
from scenario_mcp.sandbox.own_catalogue.walk import BadFile

MAX_INDEXED_PICTURE_BYTES = 200_000_000
"""A bound, since some formats are read whole to find their head."""
_EXACT_RATIO_PARTS = 32
_COMMON_RATIOS = ((1, 1), (5, 4), (4, 3), (3, 2), (16, 10), (16, 9), (2, 1), (21, 9))
_RATIO_TOLERANCE = 0.01
_ERRORS_OF_CONTENT = frozenset({None, errno.EINVAL, errno.EOVERFLOW})
"""What a seek to an impossible place raises, or a reader itself; any other error is the disk's or the network's."""


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """A picture's MIME type by content, size in pixels once it is upright, date of taking (UTC) and notes."""

    mime_type: str
    width: int
    height: int
    taken_at: datetime | None
    notes: Sequence[Note]
    frames: int = 1
    """Pictures of an animation, or pages."""
    seconds: float = 0.0
    """How long an animation takes; 0 where there is none."""
    is_cut: bool = False
    """Whether the end of the file is missing."""

    @property
    def aspect_ratio(self) -> str:
        """Return the ratio of the sides: exact when its parts are small, else a common one within a hundredth."""
        return _aspect_ratio(self.width, self.height)


def read_picture_facts(file: BinaryIO) -> PictureFacts:
    """Read the head of a picture.

    Raises:
        BadFile: it is broken, of another format, or too large to decode.
        OSError: the disk or the network fails. No content of a file raises it.

    """
    try:
        head = read_head(file)
        notes = read_notes(file, head.format)
        taken = taken_at(notes, datetime.now(UTC))
        sides = (head.width, head.height)
        return PictureFacts(head.mime_type, *sides, taken, notes, head.frames, head.seconds, head.is_cut)
    except BadPicture as error:
        _raise_if_of_disk(error.__cause__)
        raise BadFile(str(error)) from error
    except Exception as error:  # a stranger's bytes cause nearly any
        _raise_if_of_disk(error)
        raise BadFile(BROKEN) from error


def _raise_if_of_disk(error: BaseException | None) -> None:
    if isinstance(error, OSError) and error.errno not in _ERRORS_OF_CONTENT:
        raise error


def _aspect_ratio(width: int, height: int) -> str:
    exact = _reduced(width, height)
    if max(exact) > _EXACT_RATIO_PARTS:
        for wide, high in _COMMON_RATIOS:
            if abs(max(width, height) / min(width, height) / (wide / high) - 1) <= _RATIO_TOLERANCE:
                return f"{wide}:{high}" if width >= height else f"{high}:{wide}"
    return "{}:{}".format(*exact)


def _reduced(width: int, height: int) -> tuple[int, int]:
    divisor = math.gcd(width, height)
    return width // divisor, height // divisor
