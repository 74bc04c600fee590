"""The parts of a picture file: the chunks of a PNG, found without reading what is in them."""

import os
import struct
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_HEAD = struct.Struct(">I4s")
_PNG_CHECKSUM_BYTES = 4


class Part(NamedTuple):
    """A named part of a file: where its content begins, and how many bytes it has."""

    name: bytes
    offset: int
    size: int


def png_chunks(file: BinaryIO) -> Iterator[Part]:
    """Yield the chunks of a PNG up to IEND; a last one that the file cuts off is left out. Checksums are not judged."""
    length = file.seek(0, os.SEEK_END)
    offset = len(PNG_SIGNATURE)
    name = b""
    while name != b"IEND" and offset + _PNG_HEAD.size <= length:
        file.seek(offset)
        size, name = _PNG_HEAD.unpack(file.read(_PNG_HEAD.size))
        offset += _PNG_HEAD.size
        if offset + size > length:
            return
        yield Part(name, offset, size)
        offset += size + _PNG_CHECKSUM_BYTES
