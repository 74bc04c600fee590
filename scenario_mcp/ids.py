"""Ids of assets and models, and the resource URIs made of them."""

import re
from typing import Literal, NamedTuple

ID_PATTERN = r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}"
"""Ids that are passed on. They stand in paths, file names, filters and resource URIs without being escaped."""
_ID = re.compile(ID_PATTERN)
_RESOURCE_URI = re.compile(rf"scenario://(assets|models)/({ID_PATTERN})(/image)?")

ResourceType = Literal["assets", "models"]
RESOURCE_TYPES: tuple[ResourceType, ...] = ("assets", "models")


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
