"""Resources: scenario://assets/{assetId}, scenario://models/{modelId}, each with /image."""

import re
from typing import NamedTuple

from scenario_mcp.api.replies import ID, Subject
from scenario_mcp.backend import Scenario
from scenario_mcp.errors import NotFound
from scenario_mcp.rendering.facts import facts

_DOCUMENT_URI = re.compile(rf"scenario://(assets|models)/({ID.pattern})(/image)?")


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


class Wanted(NamedTuple):
    """What a URI asks for: an asset or a model, all facts of it or its picture."""

    subject: Subject
    is_picture: bool


def parse(uri: str) -> Wanted:
    """Tell what a URI asks for; raises NotFound for one that is not ours."""
    match = _DOCUMENT_URI.fullmatch(uri)
    if match is None:
        raise NotFound(f"There is no such resource. Known are {', '.join(template.uri for template in TEMPLATES)}.")
    return Wanted(Subject("assets" if match[1] == "assets" else "models", match[2]), bool(match[3]))


async def read(scenario: Scenario, wanted: Wanted) -> Content:
    """Read the resource of one asset or model.

    Raises:
        NotFound: there is no such asset or model, or no picture of it.
        ScenarioError: Scenario has no answer.

    """
    if wanted.is_picture:
        picture = await scenario.pictures.read(wanted.subject)
        return Content(picture.mime_type, picture.data)
    get = scenario.client.get_asset if wanted.subject.collection == "assets" else scenario.client.get_model
    return Content("application/json", facts(await get(wanted.subject.id)))
