"""What a language model reads: pages of small hits, each trimmed from a wire object.

Strangers wrote the names, prompts, descriptions and tags in a hit: they are cleaned, cut and passed on as data.
Signed URLs never get this far; a resource URI stands for the picture.
"""

from collections.abc import Iterable
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from scenario_mcp.api.replies import Asset, Document, Model, SearchPage
from scenario_mcp.api.requests import AssetSearch, ModelSearch
from scenario_mcp.ids import is_id, resource_uri
from scenario_mcp.rendering.lengths import MAX_HIT_NAME_CHARACTERS
from scenario_mcp.rendering.paging_notes import about_page
from scenario_mcp.text import first_shown, trimmed

MAX_HIT_BYTES = 1_000
"""More than any single hit can take."""
MAX_TAGS_CHARACTERS = 16
MAX_ABOUT_CHARACTERS = 24
MAX_LABEL_CHARACTERS = 60
MAX_HITS_BYTES = 22_000
"""All hits of a page, in UTF-8: twice as much, as text and as structure, and the gallery's facts stay under 100 KB."""


class Hit(BaseModel):
    """What every hit has."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    id: str
    name: Annotated[str | None, Field(description="Name, else how the prompt or caption begins")] = None


class AssetHit(Hit):
    """One asset, as small as it can be told apart."""

    kind: Annotated[str | None, Field(description="Left out for images")] = None
    nsfw: Annotated[str | None, Field(description="Labels; left out when there are none")] = None
    tags: Annotated[str | None, Field(description="The first tags")] = None
    uri: Annotated[str, Field(description="Resource that holds the picture")]


class ModelHit(Hit):
    """One model, as small as it can be told apart."""

    about: Annotated[str | None, Field(description="How the short description begins")] = None
    uri: Annotated[str, Field(description="Resource that holds the thumbnail")]


class HitPage(BaseModel):
    """What is known about a page of hits as a whole."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    returned: Annotated[int, Field(description="Hits on this page")]
    total: Annotated[int | None, Field(description="All matches; only with page and hitsPerPage")] = None
    next: Annotated[dict[str, int] | None, Field(description="Arguments to change for the next page")] = None
    note: str | None = None


class AssetPage(HitPage):
    """The answer of `search_assets`."""

    hits: tuple[AssetHit, ...]


class ModelPage(HitPage):
    """The answer of `search_models`."""

    hits: tuple[ModelHit, ...]


DocumentT = TypeVar("DocumentT", bound=Document)
HitT = TypeVar("HitT", bound=Hit)


def trim_assets(page: SearchPage[Asset], request: AssetSearch) -> AssetPage:
    """Return the page as a model should read it."""
    documents = distinct(page)
    hits = _that_fit(map(_asset_hit, documents))
    facts = about_page(page, request, documents, len(hits))
    return AssetPage(**facts._asdict(), hits=hits)


def trim_models(page: SearchPage[Model], request: ModelSearch) -> ModelPage:
    """Return the page as a model should read it."""
    documents = distinct(page)
    hits = _that_fit(map(_model_hit, documents))
    facts = about_page(page, request, documents, len(hits))
    return ModelPage(**facts._asdict(), hits=hits)


def distinct(page: SearchPage[DocumentT]) -> list[DocumentT]:
    """Keep each hit once, and none whose id could not stand in a resource URI."""
    return list({document.id: document for document in page.hits if is_id(document.id)}.values())


def _asset_hit(asset: Asset) -> AssetHit:
    kind = asset.metadata.kind if asset.metadata else None
    return AssetHit(
        id=asset.id,
        name=first_shown(asset.names, MAX_HIT_NAME_CHARACTERS),
        kind=trimmed(kind, MAX_LABEL_CHARACTERS) if kind != "image" else None,
        nsfw=trimmed(", ".join(asset.nsfw or ()), MAX_LABEL_CHARACTERS),
        tags=_first_tags(asset.tags or ()),
        uri=resource_uri("assets", asset.id, is_image=True),
    )


def _model_hit(model: Model) -> ModelHit:
    return ModelHit(
        id=model.id,
        name=first_shown(model.names, MAX_HIT_NAME_CHARACTERS),
        about=trimmed(model.short_description, MAX_ABOUT_CHARACTERS),
        uri=resource_uri("models", model.id, is_image=True),
    )


def _first_tags(tags: tuple[str, ...]) -> str | None:
    """Join whole tags while they fit, leaving out those that are too long."""
    shown_tags = ""
    for tag in tags:
        longer = f"{shown_tags}, {tag}" if shown_tags else tag
        if len(longer) <= MAX_TAGS_CHARACTERS:
            shown_tags = longer
    return trimmed(shown_tags, MAX_TAGS_CHARACTERS)


def _that_fit(hits: Iterable[HitT]) -> tuple[HitT, ...]:
    """Keep the first hits, as many as `MAX_HITS_BYTES` hold."""
    hits = tuple(hits)
    if len(hits) * MAX_HIT_BYTES <= MAX_HITS_BYTES:
        return hits
    kept: list[HitT] = []
    size = 0
    for hit in hits:
        size += len(hit.model_dump_json(exclude_none=True).encode())
        if size > MAX_HITS_BYTES:
            break
        kept.append(hit)
    return tuple(kept)
