"""Parts of picture files, written byte by byte: also such as no library would write."""

import io
import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence

from PIL import Image

PICTURE = Image.new("RGB", (16, 12), "teal")
XMP_SEGMENT = b"http://ns.adobe.com/xap/1.0/\0"
C2PA_ID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_KINDS = {str: 2, bytes: 7, int: 4}


def saved(name: str, **options: object) -> bytes:
    """Return a small picture in a format that Pillow writes."""
    file = io.BytesIO()
    PICTURE.save(file, name, **options)
    return file.getvalue()


def chunk(kind: bytes, data: bytes, *, size: int | None = None, checksum: int | None = None) -> bytes:
    """Return a chunk of a PNG, with another length or checksum if asked."""
    checksum = zlib.crc32(kind + data) if checksum is None else checksum
    return struct.pack(">I", len(data) if size is None else size) + kind + data + struct.pack(">I", checksum)


def png(*before: bytes, behind: Sequence[bytes] = ()) -> bytes:
    """Return a PNG with chunks before and behind its pixels."""
    whole = saved("PNG")
    header, pixels, end = whole[:33], whole[33:-12], whole[-12:]
    return b"".join((header, *before, pixels, *behind, end))


def text_chunk(keyword: str, text: str | bytes) -> bytes:
    return chunk(
        b"tEXt", keyword.encode("latin-1") + b"\0" + (text.encode("latin-1") if isinstance(text, str) else text)
    )


def packed_chunk(keyword: str, text: str | bytes) -> bytes:
    data = text.encode() if isinstance(text, str) else text
    return chunk(b"zTXt", keyword.encode() + b"\0\0" + zlib.compress(data))


def international_chunk(keyword: str, text: str, *, is_packed: bool = False) -> bytes:
    data = zlib.compress(text.encode()) if is_packed else text.encode()
    return chunk(b"iTXt", keyword.encode() + b"\0" + bytes([is_packed, 0]) + b"\0\0" + data)


def segment(marker: int, data: bytes, *, size: int | None = None) -> bytes:
    """Return a segment of a JPEG."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2 if size is None else size) + data


def jpeg(*segments: bytes) -> bytes:
    """Return a JPEG with segments before its tables."""
    whole = saved("JPEG")
    return whole[:2] + b"".join(segments) + whole[2:]


def webp(*chunks: tuple[bytes, bytes]) -> bytes:
    """Return a WebP with chunks behind its pixels."""
    picture = saved("WEBP", lossless=True)[12:]
    extended = b"VP8X" + struct.pack("<I", 10) + bytes([0x2C, 0, 0, 0, 15, 0, 0, 11, 0, 0])
    data = b"".join(kind + struct.pack("<I", len(each)) + each + bytes(len(each) % 2) for kind, each in chunks)
    body = b"WEBP" + extended + picture + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def gif(*extensions: bytes) -> bytes:
    """Return a GIF with extensions before its picture."""
    whole = saved("GIF")
    place = 13 + (3 << (whole[10] & 7) + 1 if whole[10] & 0x80 else 0)
    return whole[:place] + b"".join(extensions) + whole[place:]


def gif_comment(text: bytes) -> bytes:
    return b"\x21\xfe" + _blocks(text) + b"\0"


def gif_xmp(packet: bytes) -> bytes:
    """Return XMP as GIF holds it: without lengths, and with a trailer through which readers find its end."""
    return b"\x21\xff\x0bXMP DataXMP" + packet + b"\1" + bytes(range(255, -1, -1)) + b"\0"


def _blocks(data: bytes) -> bytes:
    return b"".join(bytes([len(data[at : at + 255])]) + data[at : at + 255] for at in range(0, len(data), 255))


def tiff(
    tags: Mapping[int, str | bytes | int], details: Mapping[int, str | bytes | int] | None = None, *, order: str = "<"
) -> bytes:
    """Return EXIF: a header, a directory, and the EXIF directory if there are details."""
    header = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, 8)
    first_size = 2 + 12 * (len(tags) + bool(details)) + 4
    values_start = 8 + first_size
    first, values = _entries(tags, values_start, order)
    if details:
        place = values_start + len(values)
        first += struct.pack(order + "HHII", 0x8769, 4, 1, place)
        second, more = _entries(details, place + 2 + 12 * len(details) + 4, order)
        values += struct.pack(order + "H", len(details)) + second + bytes(4) + more
    count = struct.pack(order + "H", len(tags) + bool(details))
    return header + count + first + bytes(4) + values


def _entries(tags: Mapping[int, str | bytes | int], start: int, order: str) -> tuple[bytes, bytes]:
    entries = values = b""
    for tag, value in tags.items():
        if isinstance(value, int):
            entries += struct.pack(order + "HHII", tag, 4, 1, value)
            continue
        data = value.encode() + b"\0" if isinstance(value, str) else value
        kind, count = _KINDS[type(value)], len(data)
        if count <= 4:
            entries += struct.pack(order + "HHI", tag, kind, count) + data.ljust(4, b"\0")
        else:
            entries += struct.pack(order + "HHII", tag, kind, count, start + len(values))
            values += data + bytes(len(data) % 2)
    return entries, values


def tiff_picture(tags: Mapping[int, str | bytes | int]) -> bytes:
    """Return a TIFF of one grey pixel with further tags."""
    pixel: dict[int, str | bytes | int] = {
        256: 1, 257: 1, 258: 8, 259: 1, 262: 1, 273: 8, 277: 1, 278: 1, 279: 1,
    }  # fmt: skip
    return tiff(dict(sorted((pixel | dict(tags)).items())))


def datasets(*pairs: tuple[int, bytes]) -> bytes:
    """Return datasets of IPTC's record 2."""
    return b"".join(struct.pack(">BBBH", 0x1C, 2, number, len(data)) + data for number, data in pairs)


def resources(contents: Mapping[int, bytes]) -> bytes:
    """Return Photoshop's image resources, without names."""
    return b"".join(
        b"8BIM" + struct.pack(">HHI", number, 0, len(data)) + data + bytes(len(data) % 2)
        for number, data in contents.items()
    )


def psd(contents: Mapping[int, bytes]) -> bytes:
    """Return a PSD of one grey pixel with image resources."""
    header = b"8BPS" + struct.pack(">H6xHIIHH", 1, 1, 1, 1, 8, 1)
    inside = resources(contents)
    return header + bytes(4) + struct.pack(">I", len(inside)) + inside + bytes(4) + b"\0\0\x80"


def box(kind: bytes, *contents: bytes) -> bytes:
    data = b"".join(contents)
    return struct.pack(">I", 8 + len(data)) + kind + data


def cbor(value: object) -> bytes:
    """Return a value of JSON's kinds as CBOR."""
    if isinstance(value, str):
        return _cbor_head(3, len(value.encode())) + value.encode()
    if isinstance(value, Mapping):
        return _cbor_head(5, len(value)) + b"".join(cbor(part) for pair in value.items() for part in pair)
    if isinstance(value, list):
        return _cbor_head(4, len(value)) + b"".join(map(cbor, value))
    return _cbor_head(0, value) if isinstance(value, int) else b"\xf6"


def _cbor_head(kind: int, number: int) -> bytes:
    return bytes([kind << 5 | number]) if number < 24 else bytes([kind << 5 | 25]) + struct.pack(">H", number)


def superbox(label: str, *contents: bytes) -> bytes:
    return box(b"jumb", box(b"jumd", bytes(16), b"\3", label.encode(), b"\0"), *contents)


def manifest_store(*manifests: Mapping[str, object]) -> bytes:
    """Return C2PA's store: of each manifest its boxes by label, with CBOR in them; the last one is the active one."""
    return superbox(
        "c2pa",
        *(
            superbox(f"urn:{number}", *(superbox(label, box(b"cbor", cbor(value))) for label, value in each.items()))
            for number, each in enumerate(manifests)
        ),
    )


def heif(items: Iterable[tuple[bytes, bytes]], *, brand: bytes = b"avif") -> bytes:
    """Return an AVIF of Pillow's with further items (type and content) in a box of notes of its own.

    A reader of pictures takes the first box; what is behind holds nothing but notes.
    """
    items = list(items)
    names = b"".join(
        box(b"infe", b"\2\0\0\0", struct.pack(">HH", number, 0), kind, b"\0" + _content_type(kind))
        for number, (kind, _) in enumerate(items, 1)
    )
    places, data = b"", b""
    for number, (_, content) in enumerate(items, 1):
        places += struct.pack(">HHHHII", number, 1, 0, 1, len(data), len(content))
        data += content
    meta = box(
        b"meta",
        bytes(4),
        box(b"iinf", bytes(4), struct.pack(">H", len(items)), names),
        box(b"iloc", b"\1\0\0\0", b"\x44\x00", struct.pack(">H", len(items)), places),
        box(b"idat", data),
    )
    whole = saved("AVIF")
    return whole[:8] + brand + whole[12:] + meta


def _content_type(kind: bytes) -> bytes:
    return b"application/rdf+xml\0" if kind == b"mime" else b""
