"""XMP -> notes: properties as elements and as attributes, read with expat, which is told to expand no entity.

Source: ISO 16684-1 (XMP), namespaces of Adobe, IPTC, Microsoft and digiKam.
"""

import re
from collections.abc import Iterator, Mapping
from xml.parsers import expat

from scenario_mcp.sandbox.own_catalogue.notes.limits import MAX_NOTES, MAX_XMP_BYTES
from scenario_mcp.sandbox.own_catalogue.notes.note import Note
from scenario_mcp.sandbox.own_catalogue.notes.texts import text_of

_PREFIXES: Mapping[str, str] = {
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://ns.adobe.com/xap/1.0/": "xmp",
    "http://ns.adobe.com/xap/1.0/mm/": "xmpMM",
    "http://ns.adobe.com/exif/1.0/": "exif",
    "http://ns.adobe.com/tiff/1.0/": "tiff",
    "http://ns.adobe.com/photoshop/1.0/": "photoshop",
    "http://ns.adobe.com/lightroom/1.0/": "lr",
    "http://ns.microsoft.com/photo/1.0": "MicrosoftPhoto",
    "http://ns.microsoft.com/photo/1.0/": "MicrosoftPhoto",
    "http://www.digikam.org/ns/1.0/": "digiKam",
    "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/": "Iptc4xmpCore",
    "http://iptc.org/std/Iptc4xmpExt/2008-02-29/": "Iptc4xmpExt",
}
"""The usual prefix of a namespace, whatever the file calls it."""
_SOME: Mapping[str, frozenset[str]] = {
    "exif": frozenset({"UserComment", "DateTimeOriginal", "DateTimeDigitized"}),
    "tiff": frozenset({"ImageDescription", "Artist", "Software"}),
    "xmp": frozenset({"Rating", "CreateDate", "CreatorTool", "Label"}),
    "photoshop": frozenset({"DateCreated", "Headline", "Credit", "Source", "Instructions"}),
}
"""Namespaces of which only these properties are read: the others are what programs keep for themselves."""
_NEVER = frozenset({
    "aux", "crlcp", "crs", "crss", "exifEX", "GAudio", "GCamera", "GContainer", "GDepth", "GImage", "GPano",
    "Container", "Item", "HDRGainMap", "hdrgm", "pdf", "stDim", "stEvt", "stRef", "x", "xml", "xmlns",
    "xmpDM", "xmpG", "xmpGImg", "xmpMM", "xmpNote", "xmpRights", "xmpTPg", "apple-fi", "Device", "Camera", "Profile",
})  # fmt: skip
_DEFAULT_LANGUAGES = frozenset({"", "x-default"})
_MAX_DEPTH = 60
_MAX_ELEMENTS = 100_000
_LOOSE_AMPERSAND = re.compile(r"&(?!(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|amp|lt|gt|quot|apos);)")
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]|<\\?xml\\b[^<>]*>")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff", b"\0<", b"<\0")


def xmp_notes(data: bytes) -> Iterator[Note]:
    """Yield what an XMP packet tells; of one that is broken, what stands before that."""
    if len(data) > MAX_XMP_BYTES:
        return
    if not data.startswith(_UTF_16):
        data = data[max(0, data.find(b"<")) :].rstrip(b"\0 \t\r\n")
    found, is_sound = _parse(data)
    if not is_sound and b"<!" not in data:
        text = _LOOSE_AMPERSAND.sub("&amp;", _NO_XML.sub("", text_of(data)))
        mended, _ = _parse(text.encode())
        found = max(found, mended, key=len)
    yield from found


class _HasEntities(Exception):
    """The packet declares entities."""


def _parse(data: bytes) -> tuple[list[Note], bool]:
    """Return the notes, and whether the packet is well-formed as far as it was read."""
    properties = _Properties()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.buffer_size = 1 << 16
    parser.StartElementHandler = properties.start
    parser.EndElementHandler = properties.end
    parser.CharacterDataHandler = properties.text
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(data, True)
    except _TooMuch:
        return properties.notes, True
    except (expat.ExpatError, _HasEntities, ValueError, LookupError):
        return properties.notes, False
    return properties.notes, True


def _refuse(*_: object) -> None:
    raise _HasEntities


class _TooMuch(Exception):
    """The packet is nested too deeply, or has too many elements or properties."""


class _Properties:
    """Gathers properties as the parser goes."""

    def __init__(self) -> None:
        self.notes: list[Note] = []
        self._elements = 0
        self._prefixes: dict[str, str] = {}
        self._open: list[tuple[str, str, list[str]]] = []
        """Names, languages and texts of the elements around."""
        self._translated = 0
        """How many notes at the end of the list are of one property, in other languages than the default one."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        for key, value in attributes.items():
            if key.startswith("xmlns:"):
                self._prefixes[key[6:]] = _PREFIXES.get(value, key[6:])
        self._elements += 1
        if len(self._open) == _MAX_DEPTH or self._elements > _MAX_ELEMENTS:
            raise _TooMuch
        name = self._usual(name)
        for key, value in attributes.items():
            if self._usual(key) == "rdf:resource":
                self._add(name, value)
            else:
                self._add(self._usual(key), value)
        self._open.append((name, attributes.get("xml:lang", ""), []))

    def text(self, text: str) -> None:
        if self._open:
            self._open[-1][2].append(text)

    def end(self, _: str) -> None:
        name, language, texts = self._open.pop()
        text = "".join(texts).strip()
        if not text:
            return
        if name.startswith("rdf:"):
            name = next((outer for outer, _, _ in reversed(self._open) if not outer.startswith("rdf:")), "")
        self._add(name, text, is_default=language in _DEFAULT_LANGUAGES)

    def _add(self, name: str, text: str, *, is_default: bool = True) -> None:
        prefix, _, local = name.partition(":")
        if not local or prefix in _NEVER or prefix == "rdf" or local not in _SOME.get(prefix, (local,)):
            return
        if len(self.notes) >= MAX_NOTES:
            raise _TooMuch
        if self._translated and self.notes[-1].name != name:
            self._translated = 0
        self.notes.insert(len(self.notes) - (self._translated if is_default else 0), Note("xmp", name, text))
        self._translated += not is_default

    def _usual(self, name: str) -> str:
        prefix, colon, local = name.partition(":")
        return f"{self._prefixes.get(prefix, prefix)}:{local}" if colon else name
