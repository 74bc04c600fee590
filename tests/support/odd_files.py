"""Good picture files of every kind with notes in every place, and what can go wrong with one of them.

`mutated` damages bytes anywhere, or whole parts: chunks, segments, boxes and directory entries that are removed,
doubled, swapped, cut, filled with other values, or given other lengths, with checksums that are right again or not.
"""

import io
import random
import re
import struct
import zlib
from collections.abc import Callable, Mapping, Sequence

from PIL import Image

from tests.support import containers as made
from tests.support.generator_files import FILES
from tests.support.picture_files import xmp
from tests.support.recipes import Recipe

_SETTINGS = (
    "a marzipan owl\nNegative prompt: blurry\nSteps: 28, Sampler: Euler a, CFG scale: 6.5, Seed: 4242, Model: m_7"
)
_XMP = xmp(
    {"dc:description": "An owl", "dc:subject": ["owl", "sea"], "xmp:Rating": "4", "xmp:CreateDate": "2024-01-02"}
)
_INTERESTING = (0, 1, 2, 4, 8, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
_HEADERS = re.compile(rb"II\*\0|MM\0\*")
_MOST_BYTES = 60_000
_PACKED = [zlib.compress(bytes(size)) for size in (0, 1000, 20_000_000)]


def seed_files() -> Mapping[str, bytes]:
    """Return good files by name."""
    tags = made.tiff(
        {0x010E: "an owl", 0x0110: 'prompt:{"1": {"class_type": "KSampler", "inputs": {"seed": 4}}}', 0x4746: 4,
         0x9C9E: "owl;sea".encode("utf-16-le")},
        {0x9286: b"UNICODE\0" + _SETTINGS.encode("utf-16-be"), 0x9003: "2024:01:02 03:04:05", 0x9011: "+02:00"},
    )  # fmt: skip
    big = made.tiff({0x010E: "an owl", 0x0112: 6}, {0x9286: b"JIS\0\0\0\0\0owl"}, order=">")
    iptc = made.datasets((5, b"name"), (25, b"owl"), (25, "sée".encode()), (120, b"caf\xe9"))
    claims = made.manifest_store(
        {"c2pa.claim": {"claim_generator": "one/1"}},
        {"c2pa.actions": {"actions": [{"softwareAgent": {"name": "GPT-4o"}, "digitalSourceType": "composite"}]}},
    )
    packet = _XMP.encode()
    boxes = made.box(b"uuid", made.C2PA_ID, bytes(4), b"manifest\0", bytes(8), claims)
    extended = b"http://ns.adobe.com/xmp/extension/\0" + b"A" * 32 + struct.pack(">II", len(packet), 0) + packet
    files = {
        "notes.png": made.png(
            made.text_chunk("parameters", _SETTINGS), made.chunk(b"eXIf", tags), made.chunk(b"caBX", claims),
            made.text_chunk("Raw profile type iptc", b"\niptc\n 8\n" + made.resources({0x404: iptc}).hex().encode()),
            made.chunk(b"pHYs", bytes(9)), made.chunk(b"tIME", bytes(7)),
            behind=[made.packed_chunk("workflow", '{"nodes": []}'),
                    made.international_chunk("XML:com.adobe.xmp", _XMP, is_packed=True)],
        ),
        "notes.jpg": made.jpeg(
            made.segment(0xE1, b"Exif\0\0" + tags), made.segment(0xE1, made.XMP_SEGMENT + packet),
            made.segment(0xE1, extended), made.segment(0xED, b"Photoshop 3.0\0" + made.resources({0x404: iptc})),
            made.segment(0xFE, b"a comment"), made.segment(0xEB, b"JP\0\1\0\0\0\1" + claims),
        ),
        "sideways.jpg": made.jpeg(made.segment(0xE1, b"Exif\0\0" + big)),
        "notes.webp": made.webp((b"EXIF", tags), (b"XMP ", packet), (b"C2PA", claims)),
        "notes.gif": made.gif(made.gif_comment(b"hello"), made.gif_xmp(packet)),
        "notes.tif": made.tiff_picture(
            {0x010E: "an owl", 700: packet, 33723: iptc, 34377: made.resources({0x404: iptc})}
        ),
        "notes.psd": made.psd({0x404: iptc, 0x422: tags, 0x424: packet}),
        "notes.avif": made.heif([(b"Exif", bytes(4) + tags), (b"mime", packet)]) + boxes,
        "notes.heic": made.heif([(b"Exif", bytes(4) + tags), (b"mime", packet)], brand=b"heic") + boxes,
    }  # fmt: skip
    for name, pillow_name in {
        "a.bmp": "BMP", "a.tiff": "TIFF", "a.dds": "DDS", "a.icns": "ICNS", "a.ppm": "PPM",
        "a.tga": "TGA", "a.jp2": "JPEG2000", "a.qoi": "QOI",
    }.items():  # fmt: skip
        files[name] = made.saved(pillow_name)
    files["a.ico"] = made.saved("ICO", sizes=[made.PICTURE.size])
    frames = [Image.new("RGB", (16, 12), (number, 0, 0)) for number in range(3)]
    for name, pillow_name in {"frames.gif": "GIF", "frames.apng": "PNG", "frames.webp": "WEBP"}.items():
        file = io.BytesIO()
        frames[0].save(file, pillow_name, save_all=True, append_images=frames[1:])
        files[name] = file.getvalue()
    for name, generator in FILES.items():
        saved = generator.write(Recipe(), frames[0])[0]
        files[name + saved.ending] = saved.data
    return files


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Return the file with one to four damages."""
    for _ in range(chance.choice((1, 1, 1, 2, 3, 4))):
        mutate = chance.choice(_MUTATIONS)
        data = mutate(data, chance)[:_MOST_BYTES] or b"\0"
    return data


def _flip(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 8, 64))):
        changed[chance.randrange(len(changed))] = chance.choice((0, 0xFF, chance.randrange(256)))
    return bytes(changed)


def _flip_head(data: bytes, chance: random.Random) -> bytes:
    head = min(len(data), 600)
    return _flip(data[:head], chance) + data[head:]


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(1, len(data) + 1)]


def _remove(data: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(data))
    return data[:start] + data[start + chance.choice((1, 2, 4, 16, 200)) :]


def _insert(data: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(data) + 1)
    size = chance.choice((1, 2, 4, 16, 200))
    more = chance.choice((bytes(size), b"\xff" * size, chance.randbytes(size), data[start : start + size]))
    return data[:start] + more + data[start:]


def _set_number(data: bytes, chance: random.Random) -> bytes:
    size = chance.choice((2, 4, 8))
    if len(data) < size:
        return data
    place = chance.randrange(len(data) - size + 1)
    number = (chance.choice(_INTERESTING) & ((1 << 8 * size) - 1)).to_bytes(size)
    return data[:place] + (number if chance.random() < 0.5 else number[::-1]) + data[place + size :]


def _change_entry(data: bytes, chance: random.Random) -> bytes:
    """Change a tag, a type, a count or a value in a directory of EXIF."""
    headers = list(_HEADERS.finditer(data))
    if not headers:
        return _set_number(data, chance)
    start = chance.choice(headers).start()
    order = "<" if data[start : start + 1] == b"I" else ">"
    place = start + 10 + 12 * chance.randrange(8) + chance.choice((0, 2, 4, 8))
    if chance.random() < 0.2:
        place = start + 4
    number = chance.choice((*_INTERESTING, 8, chance.randrange(200), 0x8769, 0x9286))
    size = chance.choice("HI")
    value = struct.pack(order + size, number % 256 ** struct.calcsize(size))
    return data[:place] + value + data[place + len(value) :]


def _change_parts(data: bytes, chance: random.Random) -> bytes:
    """Remove, double, swap, move, fill or cut parts of the container."""
    parts = list(_parts(data))
    if len(parts) < 2:
        return _flip(data, chance)
    one, other = chance.randrange(len(parts)), chance.randrange(len(parts))
    kind = chance.randrange(7)
    if kind == 0:
        del parts[one]
    elif kind == 1:
        parts.insert(other, parts[one])
    elif kind == 2:
        parts[one], parts[other] = parts[other], parts[one]
    elif kind == 3:
        parts[one] = parts[one][: chance.randrange(len(parts[one]) + 1)]
    elif kind == 4:
        parts[one] = _flip(parts[one] or b"\0", chance)
    elif kind == 5:
        parts += [parts[one]] * chance.choice((1, 20, 300))
    else:
        parts[one] = parts[one][:4] + parts[other][4:]
    return b"".join(parts)


def _mend_checksums(data: bytes, chance: random.Random) -> bytes:
    """Change bytes in a chunk of a PNG and set its checksum right, so that readers believe it."""
    parts = list(_parts(data))
    if not data.startswith(b"\x89PNG") or len(parts) < 2:
        return _change_parts(data, chance)
    number = chance.randrange(1, len(parts))
    kind, content = parts[number][4:8], parts[number][8:-4]
    content = chance.choice((_flip, _cut, _insert, _set_number, _repack))(content or b"\0", chance)
    parts[number] = struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
    return b"".join(parts)


def _repack(content: bytes, chance: random.Random) -> bytes:
    """Replace the packed text of a chunk by one that unpacks to much more."""
    keyword, _, _ = content.partition(b"\0")
    return keyword[:79] + b"\0\0" + chance.choice(_PACKED)


def _parts(data: bytes) -> Sequence[bytes]:
    if data.startswith(b"\x89PNG"):
        return _split(data, 8, lambda at: 12 + int.from_bytes(data[at : at + 4], "big"))
    if data.startswith(b"\xff\xd8"):
        return _split(data, 2, lambda at: 2 + int.from_bytes(data[at + 2 : at + 4], "big"))
    if data.startswith(b"RIFF"):
        return _split(data, 12, lambda at: 8 + int.from_bytes(data[at + 4 : at + 8], "little"))
    if data[4:8] == b"ftyp":
        return _split(data, 0, lambda at: int.from_bytes(data[at : at + 4], "big"))
    size = max(1, len(data) // 20)
    return [data[at : at + size] for at in range(0, len(data), size)]


def _split(data: bytes, first: int, size_at: Callable[[int], int]) -> Sequence[bytes]:
    parts, at = [data[:first]], first
    while at < len(data) and len(parts) < 100:
        size = max(4, size_at(at))
        parts.append(data[at : at + size])
        at += size
    return [*parts, data[at:]]


_MUTATIONS = (
    _flip, _flip_head, _cut, _remove, _insert, _set_number, _set_number, _change_entry, _change_entry, _change_parts,
    _change_parts, _change_parts, _mend_checksums, _mend_checksums,
)  # fmt: skip
