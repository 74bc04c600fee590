"""Reference pictures, a type for each state: an asset's id, a data URL, or a place that has not been read yet."""

import re
from typing import Annotated

from pydantic import BeforeValidator, GetPydanticSchema
from pydantic_core import core_schema

from scenario_mcp.api.inline_pictures import NoPicture, read_inline_picture
from scenario_mcp.ids import find_id, is_app_address, is_id, resource_uri
from scenario_mcp.picture_formats import SHOWN, has_picture_suffix

MAX_REFERENCES = 1_000
"""Most reference pictures on one side of a comparison; the API's own limit is not known."""
MAX_REQUEST_BYTES = 10_000_000
"""Largest request body that the API takes."""

_EXAMPLE = 'Example: "asset_GTrL3mq4SXWyMxkOHRxlpw" or "data:image/png;base64,..."'
_PLACE = re.compile(r"(?:https://|file:|/|~[\w.-]*[/\\]|[A-Za-z]:[\\/]|\\\\).", re.IGNORECASE | re.DOTALL)
_PAIRS = ('""', "''", "``", "<>", "\u201c\u201d", "\u2018\u2019", "\u00ab\u00bb")
"""Signs that stand around a text that was copied."""
_MAX_PAIRS = 3
_SENT_AS_THEY_ARE = tuple(f"data:{each.mime_type};" for each in SHOWN)
_MARKDOWN_LINK = re.compile(r"!?\[[^\]]{0,200}\]\((\S{1,2000})\)")


class AssetId(str):
    """The asset whose picture is meant."""

    __slots__ = ()


class DataUrl(str):
    """A picture itself, as a data URL of its real type."""

    __slots__ = ()


class Place(str):
    """Where a picture lies that has to be read before it is sent.

    It is an https address, an absolute path or a file address on this machine, or a data URL in a format that the API
    does not take.
    """

    __slots__ = ()


class OwnFile(Place):
    """The path of a picture below the folder of an own catalogue, as hits say it; it leads nowhere else."""

    __slots__ = ()

    @property
    def refusal(self) -> str:
        """What is wrong with it where there is no own catalogue; it follows the name of the argument."""
        if is_id(self):
            return (
                "looks like a file name: give an absolute path or, for an asset with this id, its resource URI. "
                f'Example: "{resource_uri("assets", self, is_image=False)}"'
            )
        return _other("a relative path" if "/" in self or "\\" in self else "free text")


def _parse_reference(value: str) -> AssetId | DataUrl | Place:
    """Read a reference picture as a user gives it; an address that holds an asset's id counts as the id."""
    text = _bare(value)
    try:
        if picture := read_inline_picture(text):
            return DataUrl(picture) if picture.startswith(_SENT_AS_THEY_ARE) else Place(picture)
    except NoPicture as problem:
        raise _no_reference(str(problem)) from problem
    if id_ := find_id(text, "assets"):
        return AssetId(id_)
    if is_id(text) and not has_picture_suffix(text):
        return AssetId(text)
    if is_app_address(text):
        held = "a model's id" if find_id(text, "models") else "no asset's id"
        raise _no_reference(f"holds an address of Scenario's web app with {held} in it")
    if _PLACE.match(text):
        return Place(text)
    if text.lower().startswith("http:"):
        raise _no_reference("takes a web address only with https://")
    if "://" not in text and ("/" in text or "\\" in text or has_picture_suffix(text)):
        return OwnFile(text)
    raise ValueError(_other("any other address" if "://" in text else "free text"))


def _other(kind: str) -> str:
    return f"takes an asset id, an https address, an absolute file path or a data URL, not {kind}. {_EXAMPLE}"


def _bare(value: str) -> str:
    """Return a text without the blanks, quotes and brackets around it, or the address of a Markdown link."""
    text = value.strip()
    for _ in range(_MAX_PAIRS):
        if len(text) <= len(_PAIRS[0]) or text[0] + text[-1] not in _PAIRS:
            break
        text = text[1:-1].strip()
    link = _MARKDOWN_LINK.fullmatch(text) if text[:1] in {"!", "["} else None
    return link[1] if link else text


def _no_reference(problem: str) -> ValueError:
    return ValueError(f"{problem}. {_EXAMPLE}")


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
