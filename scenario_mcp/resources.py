"""Resources: scenario://assets/{assetId}, scenario://models/{modelId}, each with /image."""

import json
import math
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from scenario_mcp.errors import NotFound
from scenario_mcp.replies import Asset, Document
from scenario_mcp.text import clean, without_links

if TYPE_CHECKING:
    from scenario_mcp.client import ScenarioClient
    from scenario_mcp.media import PictureReader

MAX_TEXT_CHARACTERS = 4_000
MAX_LIST_ITEMS = 50
MAX_KEY_CHARACTERS = 80
MAX_DEPTH = 16
_DOCUMENT_URI = re.compile(r"scenario://(assets|models)/([A-Za-z0-9][A-Za-z0-9._-]{0,127})(/image)?")
_URL_FIELD = re.compile(r"(?i)url$")


class Template(NamedTuple):
    """One family of resources; a MIME type of None means that it differs from one to the next."""

    uri: str
    name: str
    title: str
    description: str
    mime_type: str | None


TEMPLATES = (
    Template(
        "scenario://assets/{assetId}",
        "asset",
        "Asset",
        "All that is known about an asset: prompt, model, seed, size, tags, dates.",
        "application/json",
    ),
    Template(
        "scenario://assets/{assetId}/image",
        "asset-image",
        "Picture of an asset",
        "The picture, at most 1024 pixels; the thumbnail of a video, a sound or a 3D object.",
        None,
    ),
    Template(
        "scenario://models/{modelId}",
        "model",
        "Model",
        "All that is known about a model: type, capabilities, examples, tags.",
        "application/json",
    ),
    Template("scenario://models/{modelId}/image", "model-image", "Thumbnail of a model", "Its thumbnail.", None),
)


class Content(NamedTuple):
    """What a resource holds: text, or bytes of a MIME type."""

    mime_type: str
    data: str | bytes


async def read(client: "ScenarioClient", pictures: "PictureReader", uri: str) -> Content:
    """Read the resource of one asset or model.

    Raises:
        NotFound: there is no such resource, or no picture of it.
        ScenarioError: Scenario has no answer.

    """
    match = _DOCUMENT_URI.fullmatch(uri)
    if match is None:
        raise NotFound(f"There is no such resource. Known are {', '.join(template.uri for template in TEMPLATES)}.")
    kind, document_id, wants_image = match.groups()
    document: Document
    if kind == "assets":
        document = await client.get_asset(document_id)
    else:
        document = await client.get_model(document_id)
    if not wants_image:
        facts = _without_urls(document.model_dump(by_alias=True, exclude_none=True))
        return Content("application/json", json.dumps(facts, ensure_ascii=False, separators=(",", ":")))
    url = _picture_url(document)
    if url is None:
        raise NotFound(f"There is no picture of {document_id}.")
    picture = await pictures.fetch(url)
    return Content(picture.mime_type, picture.data)


def _picture_url(document: Document) -> str | None:
    if isinstance(document, Asset) and document.url and (document.mime_type or "").startswith("image/"):
        return document.url
    return document.thumbnail.url if document.thumbnail else None


def _without_urls(value: Any, depth: int = 0) -> Any:
    """Leave out every field that holds an address (a signed URL is a credential); clean and cut the rest."""
    match value:
        case dict() | list() | tuple() if depth == MAX_DEPTH:
            return "…"
        case dict():
            return {
                clean(without_links(name), MAX_KEY_CHARACTERS): _without_urls(inner, depth + 1)
                for name, inner in value.items()
                if not _URL_FIELD.search(name)
            }
        case list() | tuple():
            kept = [_without_urls(item, depth + 1) for item in value[:MAX_LIST_ITEMS]]
            return [*kept, f"and {len(value) - MAX_LIST_ITEMS} more"] if len(value) > MAX_LIST_ITEMS else kept
        case str():
            return clean(without_links(value), MAX_TEXT_CHARACTERS)
        case float() if not math.isfinite(value):  # JSON has no such numbers
            return None
        case _:
            return value
