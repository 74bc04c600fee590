"""Bytes -> text, whatever character set they are in: what is told of it is often wrong."""

from collections.abc import Mapping
from functools import lru_cache

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_CHARSET_BYTES = 8
_CHARSETS = frozenset({b"UNICODE", b"ASCII", b"JIS", b""})
_ESCAPE = b"\x1b"
_SAMPLE_BYTES = 600
_MAX_BROKEN_SHARE = 0.02
_LAST_BYTES = 3
"""A character of UTF-8 that is cut off has at most so many."""

_SCRIPTS: Mapping[range, float] = {
    range(0x20, 0x7F): 2,
    range(0xA0, 0x590): 1,
    range(0x590, 0x1100): 0.5,
    range(0x2010, 0x2070): 1,
    range(0x3000, 0x3100): 1.2,
    range(0x4E00, 0x9FA6): 1,
    range(0xAC00, 0xD7A4): 1,
    range(0xFF00, 0xFFEF): 1,
    range(0x10000, 0x20000): 0.5,
    range(0x3400, 0x4DC0): -1,
    range(0xE000, 0xF900): -3,
}
"""How much a character speaks for the character set that it is read by."""
_UNUSUAL, _IMPOSSIBLE = -0.5, -3.0
_BLANKS = frozenset("\t\n\r")
_SHORTEST_PART, _MAX_PARTS = 3, 50
"""Texts in a list with zeros between them; in UTF-16 zeros stand nearer to one another."""
_CONTROL_CHARACTERS = frozenset(map(chr, (*range(0x20), *range(0x7F, 0xA0), 0xFFFD))) - _BLANKS


def text_of(data: bytes) -> str:
    """Return bytes as text: UTF-8, else UTF-16 if it looks like that, else Latin-1 as Windows has it."""
    if (text := _read_by_mark(data)) is not None:
        return text
    inside = data.rstrip(b"\0")
    text = _read_utf_8(inside)
    if text is None:
        text = _read_latin(inside)
    if "\0" in text:
        wide = _read_utf_16(data)
        is_list = all(len(part) >= _SHORTEST_PART for part in text.split("\0", _MAX_PARTS)[:_MAX_PARTS])
        return wide if not is_list and _score(wide) > _score(text) else text.replace("\0", "\n")
    return text


def wide_text_of(data: bytes) -> str:
    """Return bytes that are UTF-16, as Windows writes it, as text."""
    if (text := _read_by_mark(data)) is not None:
        return text
    wide = _read_utf_16(data)
    return wide if _score(wide) > 0 else text_of(data)


def comment_text_of(data: bytes) -> str:
    """Return EXIF's UserComment as text; its first eight bytes may name a character set, rightly or wrongly."""
    name = data[:_CHARSET_BYTES].rstrip(b"\0 ").upper()
    if name not in _CHARSETS or len(data) < _CHARSET_BYTES:
        return text_of(data)
    text = data[_CHARSET_BYTES:]
    if name == b"UNICODE":
        narrow = text.rstrip(b"\0")
        return text_of(text) if b"\0" not in narrow and _read_utf_8(narrow) is not None else wide_text_of(text)
    return _read_japanese(text) if name == b"JIS" else text_of(text)


def _read_by_mark(data: bytes) -> str | None:
    """Return the text by the mark at its beginning; None without one."""
    encoding = next(((bom, encoding) for bom, encoding in _BOMS if data.startswith(bom)), None)
    return _end(data[len(encoding[0]) :].decode(encoding[1], "replace")) if encoding else None


def _read_utf_8(data: bytes) -> str | None:
    """Return the text if it is UTF-8, also with a few broken characters, or one that is cut off; else None."""
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        cut = error.start
    text = data.decode("utf-8", "replace")
    if cut >= len(data) - _LAST_BYTES and not data[:cut].isascii():
        return text.rstrip("\N{REPLACEMENT CHARACTER}")
    broken = text.count("\N{REPLACEMENT CHARACTER}")
    is_told = sum(character > "\x7f" for character in text[:_SAMPLE_BYTES]) > broken
    return text if is_told and broken <= _MAX_BROKEN_SHARE * len(text) else None


def _read_utf_16(data: bytes) -> str:
    """Return the text in the byte order in which it looks more like one."""
    little, big = (_score(data[:_SAMPLE_BYTES].decode(order, "replace")) for order in ("utf-16-le", "utf-16-be"))
    if big > little:
        return _end(data.decode("utf-16-be", "replace"))
    return _end((data + b"\0" * (len(data) % 2)).decode("utf-16-le", "replace"))


def _read_japanese(data: bytes) -> str:
    encodings = ("iso2022_jp_ext",) if _ESCAPE in data else ("utf-8", "cp932", "euc_jp")
    for encoding in encodings:
        try:
            return _end(data.decode(encoding))
        except UnicodeDecodeError:
            continue
    return text_of(data)


def _read_latin(data: bytes) -> str:
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _score(text: str) -> float:
    """Return how much a sample looks like a text, on average of its characters."""
    sample = text[: _SAMPLE_BYTES // 2].rstrip("\0")
    return sum(map(_score_of, sample)) / len(sample) if sample else 0.0


@lru_cache(8192)
def _score_of(character: str) -> float:
    if character in _CONTROL_CHARACTERS:
        return _IMPOSSIBLE
    if character in _BLANKS:
        return 2.0
    number = ord(character)
    return next((score for script, score in _SCRIPTS.items() if number in script), _UNUSUAL)


def _end(text: str) -> str:
    """Return the text without the zeros that fill its place."""
    return text.rstrip("\0")
