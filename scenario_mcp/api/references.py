"""Reference pictures as a caller gives them: an asset id, a data URL, or a place where a picture lies."""

import binascii
import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from scenario_mcp.ids import is_id, parse_resource_uri, resource_uri
from scenario_mcp.picture_formats import SHOWN_NAMES, detect_format, has_picture_suffix

MAX_REFERENCES = 1_000
"""Most reference pictures on one side of a comparison; the API's own limit is not known."""
MAX_REFERENCE_BYTES = 3_500_000
"""Largest picture that fits into a request beside the rest; Scenario's editor plug-ins keep to it."""
MAX_REQUEST_BYTES = 10_000_000
"""Largest request body that the API takes."""

_REFERENCE_EXAMPLE = '"asset_GTrL3mq4SXWyMxkOHRxlpw" or "data:image/png;base64,..."'
_PLACE = re.compile(r"(?:https://|file:|[/~]|[A-Za-z]:[\\/]|\\\\).", re.IGNORECASE | re.DOTALL)
_DATA_URL = re.compile(r"data:image/[a-z0-9.+-]+;base64,", re.IGNORECASE)


def _reference(value: str) -> str:
    """Check a reference picture: an asset id, a data URL, or a place where a picture lies.

    A resource URI of ours is taken as its id. Places are only recognised here: `references` fetches what lies there.
    """
    text = value.strip()
    if header := _DATA_URL.match(text):
        return _data_url(text[header.end() :])
    uri = parse_resource_uri(text)
    if uri and uri.subject.resource_type == "assets":
        return uri.subject.id
    if is_id(text):
        if has_picture_suffix(text):
            raise ValueError(
                "looks like a file name: give an absolute path or, for an asset with this id, its resource URI. "
                f'Example: "{resource_uri("assets", text, is_image=False)}"'
            )
        return text
    if is_place(text):
        return text
    if text.lower().startswith("data:"):
        raise _no_reference("takes a data URL only as data:image/TYPE;base64,DATA")
    if text.lower().startswith("http:"):
        raise _no_reference("takes a web address only with https://")
    kind = "a relative path" if "/" in text or "\\" in text else "free text"
    kind = "any other address" if "://" in text else kind
    raise _no_reference(f"takes an asset id, an https address, an absolute file path or a data URL, not {kind}")


def is_place(reference: str) -> bool:
    """Whether a reference picture lies somewhere: an https address, or an absolute file path."""
    return _PLACE.match(reference) is not None


def _data_url(encoded: str) -> str:
    """Check a picture in base64, with line breaks or without; return its data URL under the type that it really has."""
    encoded = "".join(encoded.split())
    if len(encoded) * 3 // 4 > MAX_REFERENCE_BYTES:
        raise _no_reference(
            f"holds a picture of over {MAX_REFERENCE_BYTES / 1e6} MB; make it smaller, 1024 pixels are enough"
        )
    try:
        data = binascii.a2b_base64(encoded, strict_mode=True)
    except (binascii.Error, ValueError) as error:
        raise _no_reference("holds a data URL whose base64 is broken; send the whole picture") from error
    if not data:
        raise _no_reference("holds a data URL without a picture in it")
    picture_format = detect_format(data)
    if picture_format is None:
        raise _no_reference(f"holds a data URL of something else than a {SHOWN_NAMES} picture")
    return f"data:{picture_format.mime_type};base64,{encoded}"


def _no_reference(problem: str) -> ValueError:
    return ValueError(f"{problem}. Example: {_REFERENCE_EXAMPLE}")


def _few(value: object) -> object:
    """Refuse a list that is far too long before each of its items is looked at and copied."""
    if isinstance(value, list | tuple):
        if len(value) > MAX_REFERENCES:
            raise ValueError(f"takes at most {MAX_REFERENCES} pictures, not {len(value)}; give the best ones")
        size = sum(len(item) for item in value if isinstance(item, str))
        if size > MAX_REQUEST_BYTES:
            raise ValueError(
                f"holds {size / 1e6:.0f} MB, and Scenario takes {MAX_REQUEST_BYTES // 1_000_000} MB in all; give fewer "
                "or smaller pictures, or asset ids in their place"
            )
    return value


Reference = Annotated[str, AfterValidator(_reference)]
References = Annotated[tuple[Reference, ...], BeforeValidator(_few)]
