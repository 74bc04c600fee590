"""PNG -> notes: its text chunks before and behind the pixels, EXIF, XMP, C2PA, and profiles as ImageMagick packs them.

Source: PNG (third edition), the sources of ImageMagick for `Raw profile type`.
"""

import binascii
import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import BinaryIO

from scenario_mcp.imaging.containers import png_chunks, read_part
from scenario_mcp.sandbox.own_catalogue.notes import exif, iptc, jumbf, xmp
from scenario_mcp.sandbox.own_catalogue.notes.limits import MAX_CHARACTERS, MAX_NOTE_BYTES
from scenario_mcp.sandbox.own_catalogue.notes.note import Note
from scenario_mcp.sandbox.own_catalogue.notes.texts import text_of

_TEXT, _PACKED, _INTERNATIONAL = b"tEXt", b"zTXt", b"iTXt"
_WHOLE: Mapping[bytes, Callable[[bytes], Iterator[Note]]] = {
    b"eXIf": exif.exif_notes,
    b"caBX": jumbf.credential_notes,
}
_XMP = b"XML:com.adobe.xmp"
_RAW_PROFILE = b"Raw profile type "
_RAW: Mapping[bytes, Callable[[bytes], Iterator[Note]]] = {
    b"exif": exif.exif_notes,
    b"app1": exif.exif_notes,
    b"xmp": xmp.xmp_notes,
    b"iptc": partial(iptc.resource_notes, exif_notes=exif.exif_notes),
    b"8bim": partial(iptc.resource_notes, exif_notes=exif.exif_notes),
}
_MAX_KEYWORD_BYTES = 200
_STEP = 256


def png_parts(file: BinaryIO) -> Iterator[Iterator[Note]]:
    """Yield the notes of each chunk that has some."""
    left = MAX_CHARACTERS
    for chunk in png_chunks(file):
        if chunk.size > MAX_NOTE_BYTES:
            continue
        if chunk.name in _WHOLE:
            yield _WHOLE[chunk.name](read_part(file, chunk.offset, chunk.size))
        elif chunk.name in {_TEXT, _PACKED, _INTERNATIONAL}:
            keyword, text = _split(chunk.name, read_part(file, chunk.offset, chunk.size))
            if chunk.name != _TEXT:
                left -= len(text)
            if keyword and len(text) <= MAX_NOTE_BYTES:
                yield _notes_of(keyword, text)
        if left < 0:
            return


def _split(name: bytes, data: bytes) -> tuple[bytes, bytes]:
    """Return the keyword and the unpacked text of a chunk."""
    keyword, end, rest = data.partition(b"\0")
    if not end or len(keyword) > _MAX_KEYWORD_BYTES:
        return b"", b""
    if name == _TEXT:
        return keyword, rest
    if name == _PACKED:
        return keyword, unpacked(rest[1:])
    flags, rest = rest[:2], rest[2:]
    text = rest.partition(b"\0")[2].partition(b"\0")[2]
    return keyword, unpacked(text) if flags[:1] == b"\1" else text


def _notes_of(keyword: bytes, text: bytes) -> Iterator[Note]:
    if keyword == _XMP:
        return xmp.xmp_notes(text)
    if keyword.startswith(_RAW_PROFILE):
        return _raw_profile(keyword[len(_RAW_PROFILE) :].lower(), text)
    return iter([Note("png", text_of(keyword), text_of(text))])


def _raw_profile(kind: bytes, text: bytes) -> Iterator[Note]:
    """Yield the notes of a profile in hexadecimal digits, behind lines with its name and length."""
    lines = text.split(maxsplit=2)
    if kind not in _RAW or len(lines) < 3:  # noqa: PLR2004  # name, length, digits
        return
    digits = b"".join(lines[2].split())
    data = binascii.unhexlify(digits[: len(digits) // 2 * 2])
    yield from xmp.xmp_notes(data) if b"ns.adobe.com/xap" in data[:40] else _RAW[kind](data)


def unpacked(data: bytes) -> bytes:
    """Return unpacked bytes, at most one more than a note may have; of broken ones, what comes before that."""
    try:
        return zlib.decompressobj().decompress(data, MAX_NOTE_BYTES + 1)
    except zlib.error:
        pass
    unpacking = zlib.decompressobj(-zlib.MAX_WBITS)  # without the checksum, which may be all that is wrong
    found = bytearray()
    try:
        for start in range(2, len(data), _STEP):
            found += unpacking.decompress(data[start : start + _STEP], MAX_NOTE_BYTES + 1 - len(found))
            if len(found) > MAX_NOTE_BYTES or unpacking.eof:
                break
    except zlib.error:
        pass
    return bytes(found)
