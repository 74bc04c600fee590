"""Every resource that can be read: the server's own (guide, gallery page), and by template those of assets and models.

A new resource is one entry here.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple

from scenario_mcp.backend import Scenario
from scenario_mcp.errors import NotFound
from scenario_mcp.ids import ResourceType, Subject, parse_resource_uri, resource_uri
from scenario_mcp.rendering.facts import facts
from scenario_mcp.server import gallery, guide
from scenario_mcp.settings import Settings

_VARIABLES: Mapping[ResourceType, str] = {"assets": "{assetId}", "models": "{modelId}"}


class Content(NamedTuple):
    """What a resource holds: text, or bytes of a MIME type; `meta` is for the host."""

    mime_type: str
    data: str | bytes
    meta: dict[str, Any] | None = None


class Resource(NamedTuple):
    """One resource of the server's own. One that only hosts ask for, by the URI that a tool names, is not listed."""

    uri: str
    name: str
    title: str
    description: str
    mime_type: str
    read: Callable[[Settings], Content]
    is_listed: bool = True


class Template(NamedTuple):
    """One family of resources, one for each document; a MIME type of None means that it differs among them."""

    uri: str
    name: str
    title: str
    description: str
    mime_type: str | None
    completes: ResourceType
    """Whose recent ids are offered for the variable of the URI."""
    read: Callable[[Scenario, str], Awaitable[Content]]

    def document_id(self, uri: str) -> str | None:
        """Return the id that a URI of this family names; None for any other URI."""
        parsed = parse_resource_uri(uri)
        if parsed is None:
            return None
        (resource_type, document_id), is_image = parsed
        is_of_family = self.uri == resource_uri(resource_type, _VARIABLES[resource_type], is_image=is_image)
        return document_id if is_of_family else None


async def _asset(scenario: Scenario, asset_id: str) -> Content:
    asset = await scenario.client.get_asset(asset_id)
    return Content("application/json", facts(asset, scenario.local_path(asset.file)))


async def _model(scenario: Scenario, model_id: str) -> Content:
    return Content("application/json", facts(await scenario.client.get_model(model_id)))


async def _asset_picture(scenario: Scenario, asset_id: str) -> Content:
    return await _picture(scenario, Subject("assets", asset_id))


async def _model_picture(scenario: Scenario, model_id: str) -> Content:
    return await _picture(scenario, Subject("models", model_id))


async def _picture(scenario: Scenario, subject: Subject) -> Content:
    picture = await scenario.pictures.read(subject)
    return Content(picture.mime_type, picture.data)


RESOURCES = (
    Resource(
        guide.URI,
        "search-guide",
        "How to search Scenario",
        "Every filter field and operator, how words, meaning and pictures find, and how to page.",
        "text/markdown",
        lambda _: Content("text/markdown", guide.text()),
    ),
    Resource(
        gallery.URI,
        "gallery",
        "Gallery",
        "The page that hosts show beside the results of tools.",
        gallery.MIME_TYPE,
        lambda settings: Content(
            gallery.MIME_TYPE, gallery.html(settings.cdn_hosts), gallery.page_meta(settings.cdn_hosts)
        ),
        is_listed=False,
    ),
)
TEMPLATES = (
    Template(
        "scenario://assets/{assetId}",
        "asset",
        "Asset",
        "All that is known about an asset: prompt, model, seed, size, tags, dates.",
        "application/json",
        "assets",
        _asset,
    ),
    Template(
        "scenario://assets/{assetId}/image",
        "asset-image",
        "Picture of an asset",
        "The picture, at most 1024 pixels; the thumbnail of a video, a sound or a 3D object.",
        None,
        "assets",
        _asset_picture,
    ),
    Template(
        "scenario://models/{modelId}",
        "model",
        "Model",
        "All that is known about a model: type, capabilities, examples, tags.",
        "application/json",
        "models",
        _model,
    ),
    Template(
        "scenario://models/{modelId}/image",
        "model-image",
        "Thumbnail of a model",
        "Its thumbnail.",
        None,
        "models",
        _model_picture,
    ),
)


class Located(NamedTuple):
    """The resource of one document."""

    template: Template
    document_id: str

    async def read(self, scenario: Scenario) -> Content:
        """Read it.

        Raises:
            NotFound: there is no such asset or model, or no picture of it.
            ScenarioError: Scenario has no answer.

        """
        return await self.template.read(scenario, self.document_id)


def locate(uri: str) -> Resource | Located:
    """Return the resource at a URI, which is not asked for yet; raises NotFound for any other URI."""
    for resource in RESOURCES:
        if resource.uri == uri:
            return resource
    for template in TEMPLATES:
        if document_id := template.document_id(uri):
            return Located(template, document_id)
    raise NotFound(f"There is no such resource. Known are {', '.join(template.uri for template in TEMPLATES)}.")
