"""Pictures that come as text: data URLs as programs write them, and base64 alone; judged by their content."""

import binascii
import re
from base64 import b64encode
from urllib.parse import unquote, unquote_to_bytes

from scenario_mcp.picture_formats import JPEG, PNG, SHOWN, TGA, WEBP, PictureFormat, detect_format

MAX_REFERENCE_BYTES = 3_500_000
"""Largest picture that fits into a request beside the rest; Scenario's editor plug-ins keep to it."""

_DATA_URL = re.compile(r"data:([^,]{0,200}),", re.IGNORECASE)
_WHOLE_IN_PERCENTS = re.compile(r"data%3a", re.IGNORECASE)
_WITHOUT_DATA = re.compile(r"(?:image/[\w.+-]{1,40};)?base64[,:]", re.IGNORECASE)
_AROUND = re.compile(r"(?:b(?=['\"])|url\(|<?img\b[^>]{0,200}?\bsrc\s*=)\s*['\"]?", re.IGNORECASE)
"""What Python's bytes, CSS and HTML put before a picture."""
_BEHIND = re.compile(r"['\")>]")
_BASE64 = re.compile(r"[A-Za-z0-9+/_\s-]++={0,2}\s*+")
_HEAD_CHARACTERS = 64
_OTHER = "that is not a picture of a kind that is read here"
_LONGEST_ID = 128
_JPEG_HEADS = ("/9j/4", "/9j/2w", "_9j_4", "_9j_2w")
"""How a JPEG begins in base64; a path on this machine could begin so as well, but for its length and its signs."""
_MIN_JPEG_CHARACTERS = 120
_URL_SAFE = str.maketrans("-_", "+/")


class NoPicture(ValueError):
    """A text that was meant as a picture and is none; the message completes "The argument ..."."""


def read_inline_picture(text: str) -> str | None:
    """Return the data URL of a picture that a text holds, under its real type; None if it is no such text.

    Line breaks, base64 for addresses, missing padding, percent signs and parameters are taken; a type may be missing or
    wrong, and signs of Python, CSS or HTML may stand around.

    Raises:
        NoPicture: the text was meant as a picture, and is broken, too large, or of another kind.

    """
    if around := _AROUND.match(text):
        text = _BEHIND.split(text[around.end() :], 1)[0].strip()
    if _WHOLE_IN_PERCENTS.match(text):
        text = unquote(_not_too_long(text, 3))
    if header := _DATA_URL.match(text):
        return _from_data_url(header[1], text[header.end() :])
    if text[:5].lower() == "data:":
        raise NoPicture("takes a data URL only as data:image/TYPE;base64,DATA")
    if header := _WITHOUT_DATA.match(text):
        return _from_base64(text[header.end() :], "base64")
    return _from_bare_base64(text)


def is_cut_short(data_url: str) -> bool:
    """Return whether the picture of a data URL ends too early, as base64 does that was copied in part.

    PNG, JPEG and WebP tell their end; of others it is not known.
    """
    data = binascii.a2b_base64(data_url.partition(",")[2])
    match detect_format(data):
        case each if each is PNG:
            return b"IEND" not in data
        case each if each is JPEG:
            scan = data.find(b"\xff\xda")
            return scan < 0 or data.find(b"\xff\xd9", scan) < 0
        case each if each is WEBP:
            return int.from_bytes(data[4:8], "little") + 8 > len(data) + 1  # one byte may fill up to an even length
    return False


def _from_data_url(header: str, data: str) -> str:
    if header.lower().endswith("base64"):
        return _from_base64(data, "a data URL")
    if _head(data) or _head(unquote(data[: 4 * _HEAD_CHARACTERS])):
        return _from_base64(data, "a data URL")  # it left out that it is base64
    picture = unquote_to_bytes(_not_too_long(data, 3))
    if detect_format(picture) is None:
        raise NoPicture("takes a data URL only as data:image/TYPE;base64,DATA")
    return _from_base64(b64encode(picture).decode("ascii"), "a data URL")


def _from_bare_base64(text: str) -> str | None:
    """Read base64 alone, which begins as a picture does, or can be nothing else by its length or its end."""
    begins = _head(text)
    if begins == JPEG:
        is_picture = text.startswith(_JPEG_HEADS) and len(text) >= _MIN_JPEG_CHARACTERS
        return _from_base64(text, "base64") if is_picture and _BASE64.fullmatch(text) else None
    is_long = len(text) > _LONGEST_ID or text.endswith("=")
    # The signatures of other formats are short; one of a TGA is as good as none.
    if begins in SHOWN or (begins not in {None, TGA} and is_long and _BASE64.fullmatch(text)):
        return _from_base64(text, "base64")
    if not is_long or text[:1] in {"/", "~"} or " " in text.strip() or not _BASE64.fullmatch(text):
        return None
    try:
        _decoded("".join(text.split())[: 4 * _LONGEST_ID])
    except ValueError:
        return None
    raise NoPicture(f"holds base64 {_OTHER}")


def _head(text: str) -> PictureFormat | None:
    """Return the format that base64 begins as; None if it begins as none."""
    head = "".join(text[: 2 * _HEAD_CHARACTERS].split())[:_HEAD_CHARACTERS].translate(_URL_SAFE)
    try:
        return detect_format(binascii.a2b_base64(head[: len(head) // 4 * 4], strict_mode=True))
    except (binascii.Error, ValueError):
        return None


def _from_base64(encoded: str, noun: str) -> str:
    """Check a picture in base64; return its data URL under the type that it really has."""
    encoded = "".join(_not_too_long(encoded, 3).split())
    if "%" in encoded:
        encoded = "".join(unquote(encoded).split())
    _not_too_long(encoded, 1)
    encoded = encoded.translate(_URL_SAFE).rstrip("\"'`>)")
    encoded += "=" * (-len(encoded) % 4)
    try:
        data = _decoded(encoded)
    except ValueError as error:
        raise NoPicture(f"holds {noun} whose base64 is broken; send the whole picture") from error
    if not data:
        raise NoPicture(f"holds {noun} without a picture in it")
    picture_format = detect_format(data)
    if picture_format is None:
        raise NoPicture(f"holds {noun} {_OTHER}")
    return f"data:{picture_format.mime_type};base64,{encoded}"


def _decoded(encoded: str) -> bytes:
    encoded = encoded.translate(_URL_SAFE)
    try:
        return binascii.a2b_base64(encoded, strict_mode=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from error


def _not_too_long(text: str, factor: int) -> str:
    """Return a text that is short enough for a picture; `factor` is how much longer it may be than its base64."""
    if len(text) * 3 // 4 > MAX_REFERENCE_BYTES * factor:
        raise NoPicture(
            f"holds a picture of over {MAX_REFERENCE_BYTES / 1e6} MB; make it smaller, 1024 pixels are enough"
        )
    return text
