"""Krita and OpenRaster: a ZIP that holds the finished picture as a PNG beside its layers."""

import io
import zipfile
from typing import BinaryIO

from scenario_mcp.imaging.essentials import png
from scenario_mcp.imaging.essentials.essential import Essential

_PICTURE = "mergedimage.png"
_MAX_BYTES = 120_000_000
"""Largest finished picture, packed as a PNG."""


def essential(file: BinaryIO) -> Essential:
    """Return the finished picture; raises an error where there is none."""
    with zipfile.ZipFile(file) as archive, archive.open(_PICTURE) as picture:
        data = picture.read(_MAX_BYTES + 1)
    if len(data) > _MAX_BYTES:
        raise ValueError("a finished picture that is too large")
    return png.essential(io.BytesIO(data))
