"""Small picture files with notes in them, container by container, as generators and programs write them."""

import html
import io
import struct
import zlib
from collections.abc import Mapping, Sequence
from typing import Literal

from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo

PICTURE = Image.new("RGB", (64, 48), "teal")
USER_COMMENT = int(ExifTags.Base.UserComment)
Charset = Literal["ascii", "unicode-le", "unicode-be", "utf-8"]
_CHARSETS: Mapping[Charset, tuple[bytes, str]] = {
    "ascii": (b"ASCII\0\0\0", "utf-8"),
    "unicode-le": (b"UNICODE\0", "utf-16-le"),
    "unicode-be": (b"UNICODE\0", "utf-16-be"),
    "utf-8": (b"UNICODE\0", "utf-8"),  # wrong, and widespread
}


def png(picture: Image.Image, texts: Mapping[str, str], *, xmp: str = "") -> bytes:
    """Save with text chunks: `iTXt` for what is not Latin-1, else `tEXt`."""
    notes = PngInfo()
    for name, text in texts.items():
        notes.add_text(name, text)
    if xmp:
        notes.add_itxt("XML:com.adobe.xmp", xmp)
    return _saved(picture, "PNG", pnginfo=notes)


def png_with_texts_behind(picture: Image.Image, texts: Mapping[str, str]) -> bytes:
    """Save with packed text chunks between the pixels and the end."""
    whole = _saved(picture, "PNG")
    chunks = [name.encode() + b"\0\0" + zlib.compress(text.encode()) for name, text in texts.items()]
    packed = b"".join(_chunk(b"zTXt", data) for data in chunks)
    return whole[:-12] + packed + whole[-12:]


def jpeg(
    picture: Image.Image, exif: Image.Exif | None = None, *, xmp: str = "", comment: str = "", quality: int = 90
) -> bytes:
    options: dict[str, object] = {"xmp": xmp.encode()} if xmp else {}
    if comment:
        options["comment"] = comment.encode()
    if exif is not None:
        options["exif"] = exif
    return _saved(picture.convert("RGB"), "JPEG", quality=quality, **options)


def webp(picture: Image.Image, exif: Image.Exif | None = None, *, xmp: str = "") -> bytes:
    options: dict[str, object] = {"xmp": xmp.encode()} if xmp else {}
    if exif is not None:
        options["exif"] = exif
    return _saved(picture, "WEBP", quality=80, method=0, **options)


def exif(tags: Mapping[int, object], *, comment: str = "", charset: Charset = "unicode-be") -> Image.Exif:
    """Return EXIF with tags of its first directory, and a UserComment behind the name of its character set."""
    found = Image.Exif()
    for tag, value in tags.items():
        found[tag] = value
    if comment:
        name, encoding = _CHARSETS[charset]
        found.get_ifd(ExifTags.IFD.Exif)[USER_COMMENT] = name + comment.encode(encoding)
    return found


def xmp(texts: Mapping[str, str | Sequence[str]]) -> str:
    """Return an XMP packet with properties by their prefixed names; a list becomes an unordered bag."""
    properties = "".join(f"<{name}>{_value(name, value)}</{name}>" for name, value in texts.items())
    return (
        '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"'
        ' xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"'
        ' xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">'
        f'{properties}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    )


def _value(name: str, value: str | Sequence[str]) -> str:
    if not isinstance(value, str):
        kind = "Seq" if name == "dc:creator" else "Bag"
        return f"<rdf:{kind}>" + "".join(f"<rdf:li>{html.escape(each)}</rdf:li>" for each in value) + f"</rdf:{kind}>"
    if name in {"dc:description", "dc:title", "exif:UserComment"}:
        return f'<rdf:Alt><rdf:li xml:lang="x-default">{html.escape(value)}</rdf:li></rdf:Alt>'
    return html.escape(value)


def _saved(picture: Image.Image, name: str, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, name, **options)
    return file.getvalue()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
