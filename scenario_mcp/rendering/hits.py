"""What a language model reads: pages of hits, each holding what decides the next step and no more.

Strangers wrote the names, prompts, descriptions and tags in a hit: they are cleaned, bounded and passed on as data.
Signed URLs never get this far; a resource URI stands for the picture.
"""

from collections.abc import Sequence
from typing import Annotated, Required, TypeVar

from pydantic import BaseModel, ConfigDict, Field, SkipValidation
from pydantic_core import to_json
from typing_extensions import TypedDict

from scenario_mcp.api.found_assets import AnyAsset, FoundAsset, FoundPage
from scenario_mcp.api.replies import Asset, Document, Model, SearchPage
from scenario_mcp.api.requests import AssetSearch, ModelSearch
from scenario_mcp.ids import resource_uri
from scenario_mcp.rendering import short_facts
from scenario_mcp.rendering.asked_fields import AskedFields
from scenario_mcp.rendering.paging_notes import about_page

MAX_HIT_BYTES = 2_000
"""More than any single hit takes, as a rule: pages of so few hits need not be measured."""
MAX_HITS_BYTES = 36_000
"""All hits of a page, in UTF-8, for a model: they are sent twice, as text and as structure."""

Tags = Annotated[str, Field(description="+3 at the end: three more")]


class Hit(TypedDict, total=False):
    """What every hit has; what is not known is left out.

    A plain dictionary, as it travels: as pydantic models, the hits of a page would cost more than the search.
    """

    id: Required[str]
    name: Annotated[str, Field(description="Name, else how the caption or prompt begins")]


class AssetHit(Hit, total=False):
    """One asset; fields that the filter compares or sortBy names stand in it too."""

    file: Annotated[str, Field(description="Path below the folder, of a folder's own files")]
    about: Annotated[str, Field(description="How caption or prompt begins, if the name tells nothing")]
    kind: str
    width: Annotated[int, Field(description="Pixels")]
    height: Annotated[int, Field(description="Pixels")]
    size: Annotated[int, Field(description="Bytes, of what has no pixels")]
    createdAt: Annotated[str, Field(description="Day, UTC")]
    tags: Tags
    nsfw: Annotated[str, Field(description="Labels; left out when there are none")]
    uri: Required[Annotated[str, Field(description="Resource of the picture, else of all facts")]]


class ModelHit(Hit, total=False):
    """One model; fields that the filter compares or sortBy names stand in it too."""

    type: str
    capabilities: str
    tags: Tags
    about: Annotated[str, Field(description="What it is for")]
    ownerId: Annotated[str, Field(description="Only in public results")]
    uri: Required[Annotated[str, Field(description="Resource of the thumbnail, else of all facts")]]


class HitPage(BaseModel):
    """What is known about a page of hits as a whole."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    returned: Annotated[int, Field(description="Hits on this page")]
    total: Annotated[int | None, Field(description="All matches; only with page and hitsPerPage")] = None
    next: Annotated[dict[str, int] | None, Field(description="Arguments to change for the next page")] = None
    note: str | None = None


class AssetPage(HitPage):
    """The answer of `search_assets`."""

    hits: SkipValidation[tuple[AssetHit, ...]]


class ModelPage(HitPage):
    """The answer of `search_models`."""

    hits: SkipValidation[tuple[ModelHit, ...]]


HitT = TypeVar("HitT", bound=Hit)


class WrittenHits(tuple[HitT, ...]):  # noqa: SLOT001  # a tuple has no slots for more
    """Hits beside their JSON, which was written to measure them."""

    json: bytes


def trim_assets(
    page: SearchPage[Asset] | FoundPage, request: AssetSearch, max_bytes: int = MAX_HITS_BYTES
) -> AssetPage:
    """Return the page as a model should read it: the first hits, as many as `max_bytes` of UTF-8 hold."""
    documents, asked = page.documents, AskedFields(request) or None
    hits = _that_fit([asset_hit(document, asked) for document in documents], max_bytes)
    facts = about_page(page, request, documents, len(hits))
    return AssetPage(**facts._asdict(), hits=hits)


def trim_models(page: SearchPage[Model], request: ModelSearch, max_bytes: int = MAX_HITS_BYTES) -> ModelPage:
    """Return the page as a model should read it, likewise."""
    documents, asked = page.documents, AskedFields(request) or None
    is_public = bool(request.public)
    hits = _that_fit([_model_hit(document, asked, is_public=is_public) for document in documents], max_bytes)
    facts = about_page(page, request, documents, len(hits))
    return ModelPage(**facts._asdict(), hits=hits)


def asset_hit(asset: AnyAsset, asked: AskedFields | None = None) -> AssetHit:
    """Return an asset as a hit, with the fields that the search asked about, for which it must be read whole."""
    hit: AssetHit = {"id": asset.id}  # type: ignore[typeddict-item]  # its URI is the last thing to be read
    name, about = short_facts.name_and_about(asset)
    if name:
        hit["name"] = name
    if asset.file and (file := short_facts.file(asset)):
        hit["file"] = file
    if about:
        hit["about"] = about
    if kind := short_facts.kind(asset):
        hit["kind"] = kind
    if (made := asset.metadata) and (pixels := made.pixels):
        hit["width"], hit["height"] = pixels
    elif size := short_facts.size_bytes(asset):
        hit["size"] = size
    if created := short_facts.day(asset.created_at):
        hit["createdAt"] = created
    if tags := short_facts.labels(asset.tags):
        hit["tags"] = tags
    if asset.nsfw and (nsfw := short_facts.labels(asset.nsfw)):
        hit["nsfw"] = nsfw
    _add(hit, asked, asset)
    hit["uri"] = resource_uri("assets", asset.id, is_image=asset.picture_url is not None)
    return hit


def _model_hit(model: Model, asked: AskedFields | None, *, is_public: bool) -> ModelHit:
    hit: ModelHit = {"id": model.id}  # type: ignore[typeddict-item]  # its URI is the last thing to be read
    if name := short_facts.name(model):
        hit["name"] = name
    if type_ := short_facts.label(model.type):
        hit["type"] = type_
    if capabilities := short_facts.labels(model.capabilities):
        hit["capabilities"] = capabilities
    if tags := short_facts.labels(model.tags):
        hit["tags"] = tags
    if about := short_facts.purpose(model):
        hit["about"] = about
    if is_public and (owner := short_facts.label(model.owner_id)):
        hit["ownerId"] = owner
    _add(hit, asked, model)
    hit["uri"] = resource_uri("models", model.id, is_image=model.picture_url is not None)
    return hit


def _add(hit: Hit, asked: AskedFields | None, document: Document | FoundAsset) -> None:
    """Add the fields that were asked about; a hit's own stay, but for a time that is more exact than its day."""
    if not asked or isinstance(document, FoundAsset):
        return
    for name, value in asked.of(document):
        if name not in hit or name == "createdAt":
            hit[name] = value  # type: ignore[literal-required]  # any filter field may be asked about


def _that_fit(hits: Sequence[HitT], max_bytes: int) -> tuple[HitT, ...]:
    """Keep the first hits, as many as `max_bytes` hold."""
    if len(hits) * MAX_HIT_BYTES <= max_bytes:
        return tuple(hits)
    text = to_json(hits)
    if len(text) <= max_bytes:
        written = WrittenHits(hits)
        written.json = text
        return written
    kept: list[HitT] = []
    size = 0
    for hit in hits:
        size += len(to_json(hit))
        if size > max_bytes:
            break
        kept.append(hit)
    return tuple(kept)
