"""Ids of assets and models, the resource URIs made of them, and ids as people paste them."""

import re
from typing import Literal, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

ID_PATTERN = r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}"
"""Ids that are passed on. They stand in paths, file names, filters and resource URIs without being escaped."""
_ID = re.compile(ID_PATTERN)
_RESOURCE_URI = re.compile(rf"scenario://(assets|models)/({ID_PATTERN})(/image)?")

ResourceType = Literal["assets", "models"]
RESOURCE_TYPES: tuple[ResourceType, ...] = ("assets", "models")

_APP_ADDRESS = re.compile(r"(?:https?:)?/*(app\.scenario\.(?:com|gg)(?:[/?#].*)?)", re.IGNORECASE | re.DOTALL)
"""Pages of Scenario's web app hold ids in their addresses, and nothing to download."""
_HOSTED_URI = re.compile(rf"scenario-(asset|model)://({ID_PATTERN})")
_MAX_ADDRESS_CHARACTERS = 2_000
_PREFIXES: dict[ResourceType, str] = {"assets": "asset_", "models": "model_"}
_PARAMETERS: dict[ResourceType, tuple[str, ...]] = {
    "assets": ("openassetid", "assetid", "asset_id", "asset", "assetids"),
    "models": ("openmodelid", "modelid", "model_id", "model", "modelids"),
}
"""Names of query parameters that hold an id, in lower case."""
_AROUND = " \t\r\n\"'`<>()[]{},;\u201c\u201d\u2018\u2019"
"""Blanks, quotes and brackets that stand around an id or address that was copied out of a text."""
_AFTER = _AROUND + ".:!"
"""What may stand behind an address as well."""


class Subject(NamedTuple):
    """One asset or one model."""

    resource_type: ResourceType
    id: str


class ResourceUri(NamedTuple):
    """A resource URI: all facts of an asset or a model, or its picture."""

    subject: Subject
    is_image: bool

    def __str__(self) -> str:
        """Return the URI as it stands in hits."""
        return resource_uri(*self.subject, is_image=self.is_image)


def is_id(text: str) -> bool:
    """Whether a text is an id that can be passed on."""
    return _ID.fullmatch(text) is not None


def resource_uri(resource_type: ResourceType, id_: str, *, is_image: bool) -> str:
    """Return the resource URI of an asset or a model, or of its picture."""
    return f"scenario://{resource_type}/{id_}{'/image' if is_image else ''}"


def parse_resource_uri(uri: str) -> ResourceUri | None:
    """Read a resource URI; None if it is not the URI of an asset or a model."""
    match = _RESOURCE_URI.fullmatch(uri)
    if match is None:
        return None
    return ResourceUri(Subject("assets" if match[1] == "assets" else "models", match[2]), bool(match[3]))


def is_app_address(text: str) -> bool:
    """Whether a text is an address of Scenario's web app."""
    return _APP_ADDRESS.match(text.strip(_AROUND)[:_MAX_ADDRESS_CHARACTERS]) is not None


def find_id(text: str, resource_type: ResourceType) -> str | None:
    """Return the id that stands in a resource URI or in an address of Scenario's web app, as people paste them.

    The web app has an asset's id in a parameter (`/assets?openAssetId=ID`) and a model's in the path (`/models/ID`).
    The URIs of Scenario's hosted MCP server (`scenario-asset://ID`) are read too. None if the text is neither, or holds
    no such id.
    """
    bare = text[:_MAX_ADDRESS_CHARACTERS].strip(_AROUND)
    for form in (bare, bare.rstrip(_AFTER)):
        if uri := parse_resource_uri(form):
            return uri.subject.id if uri.subject.resource_type == resource_type else None
        if hosted := _HOSTED_URI.fullmatch(form):
            return hosted[2] if f"{hosted[1]}s" == resource_type else None
    found = _APP_ADDRESS.match(bare)
    return _id_in_address(f"https://{found[1]}", resource_type) if found else None


def _id_in_address(address: str, resource_type: ResourceType) -> str | None:
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    prefix = _PREFIXES[resource_type]
    parameters = [
        (name.lower(), value.strip(_AFTER))
        for query in (parts.query, parts.fragment.rpartition("?")[2])
        for name, value in parse_qsl(query)[:50]
    ]
    path = f"{parts.path}/{parts.fragment.partition('?')[0]}"
    segments = [unquote(segment).strip(_AFTER) for segment in path.split("/")]
    places = [segments[index + 1] for index, segment in enumerate(segments[:-1]) if segment == resource_type]
    candidates = [
        *(value for name, value in parameters if name in _PARAMETERS[resource_type]),
        *(value for _, value in parameters if value.startswith(prefix)),
        *(segment for segment in reversed(segments) if segment.startswith(prefix)),
        *places,
    ]
    return next(filter(is_id, candidates), None)
