"""Precomputed descriptors of the sample pictures, so that the first search by image need not wait.

`python -m scripts.looks` writes them.
"""

import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources

from scenario_mcp.picture_formats import MAX_PICTURE_PIXELS
from scenario_mcp.sandbox.catalogue import LOOK_FEATURE
from scenario_mcp.sandbox.similarity.visual.descriptor import SIZE, describe

FILE = "looks.samples"
_DIGEST_BYTES = 8
_HEADER = f"{LOOK_FEATURE}\n".encode()


def describe_known(content: bytes, max_pixels: int = MAX_PICTURE_PIXELS) -> bytes:
    """Return the descriptor of a picture file, precomputed if it is a sample.

    Releases of Pillow scale a little differently, so a sample is the same picture only by the same descriptor.

    Raises:
        BadPicture: the bytes are not a picture, or one that is broken or too large.

    """
    return _precomputed().get(_digest(content)) or describe(content, max_pixels)


def to_bytes(contents: Iterable[bytes]) -> bytes:
    """Describe picture files, for the file that is shipped."""
    return _HEADER + b"".join(sorted(_digest(content) + describe(content) for content in contents))


def from_bytes(content: bytes) -> Mapping[bytes, bytes]:
    """Read what `to_bytes` wrote: descriptors by the digest of their picture; empty for another version."""
    if not content.startswith(_HEADER):
        return {}
    step = _DIGEST_BYTES + SIZE
    rows = [content[start : start + step] for start in range(len(_HEADER), len(content), step)]
    return {row[:_DIGEST_BYTES]: row[_DIGEST_BYTES:] for row in rows}


@cache
def _precomputed() -> Mapping[bytes, bytes]:
    return from_bytes((resources.files("scenario_mcp.sandbox.similarity.visual") / FILE).read_bytes())


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=_DIGEST_BYTES).digest()
