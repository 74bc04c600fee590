"""Reference pictures, a type for each state: an asset's id, a data URL, or a place that has not been read yet."""

import binascii
import re
from typing import Annotated

from pydantic import BeforeValidator, GetPydanticSchema
from pydantic_core import core_schema

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


class AssetId(str):
    """The asset whose picture is meant."""

    __slots__ = ()


class DataUrl(str):
    """A picture itself, as a data URL of its real type."""

    __slots__ = ()


class Place(str):
    """Where a picture lies: an https address, or an absolute path or a file address on this machine. It is not sent."""

    __slots__ = ()


def _parse_reference(value: str) -> AssetId | DataUrl | Place:
    """Read a reference picture as a user gives it; one of our resource URIs counts as its id."""
    text = value.strip()
    if header := _DATA_URL.match(text):
        return _parse_data_url(text[header.end() :])
    uri = parse_resource_uri(text)
    if uri and uri.subject.resource_type == "assets":
        return AssetId(uri.subject.id)
    if is_id(text):
        if has_picture_suffix(text):
            raise ValueError(
                "looks like a file name: give an absolute path or, for an asset with this id, its resource URI. "
                f'Example: "{resource_uri("assets", text, is_image=False)}"'
            )
        return AssetId(text)
    if _PLACE.match(text):
        return Place(text)
    if text.lower().startswith("data:"):
        raise _no_reference("takes a data URL only as data:image/TYPE;base64,DATA")
    if text.lower().startswith("http:"):
        raise _no_reference("takes a web address only with https://")
    kind = "a relative path" if "/" in text or "\\" in text else "free text"
    kind = "any other address" if "://" in text else kind
    raise _no_reference(f"takes an asset id, an https address, an absolute file path or a data URL, not {kind}")


def _parse_data_url(encoded: str) -> DataUrl:
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
        raise _no_reference(f"holds a data URL that is not a {SHOWN_NAMES} picture")
    return DataUrl(f"data:{picture_format.mime_type};base64,{encoded}")


def _no_reference(problem: str) -> ValueError:
    return ValueError(f"{problem}. Example: {_REFERENCE_EXAMPLE}")


def _refuse_too_many(value: object) -> object:
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


_SCHEMA = core_schema.no_info_after_validator_function(_parse_reference, core_schema.str_schema())
Reference = Annotated[AssetId | DataUrl | Place, GetPydanticSchema(lambda _source, _handler: _SCHEMA)]
"""A reference picture in the state in which the user gives it; a string in the published schema."""
ResolvedReference = AssetId | DataUrl
"""A reference picture that can be sent."""
References = Annotated[tuple[Reference, ...], BeforeValidator(_refuse_too_many)]
