"""What a language model reads: pages of small hits, each trimmed from a wire object.

Strangers wrote the names, prompts, descriptions and tags in a hit: they are cleaned, cut and passed on as data.
Signed URLs never get this far; a resource URI stands for the picture.
"""

from collections.abc import Iterable
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from scenario_mcp.api.replies import Asset, Document, Model, SearchPage
from scenario_mcp.api.requests import DEFAULT_LIMIT, MAX_REACH, AssetSearch, ModelSearch, Search
from scenario_mcp.ids import is_id, resource_uri
from scenario_mcp.text import first_shown, trimmed

MAX_HIT_BYTES = 1_000
"""More than any single hit can take."""
MAX_NAME_CHARACTERS = 28
MAX_TAGS_CHARACTERS = 16
MAX_ABOUT_CHARACTERS = 24
MAX_LABEL_CHARACTERS = 60
MAX_TOTAL = 2**53
"""Above it not every reader of JSON takes an integer; no library is that large."""
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


class Page(BaseModel):
    """What is known about a page of hits as a whole."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    returned: Annotated[int, Field(description="Hits on this page")]
    total: Annotated[int | None, Field(description="All matches; only with page and hitsPerPage")] = None
    next: Annotated[dict[str, int] | None, Field(description="Arguments to change for the next page")] = None
    note: str | None = None


class AssetPage(Page):
    """The answer of `search_assets`."""

    hits: tuple[AssetHit, ...]


class ModelPage(Page):
    """The answer of `search_models`."""

    hits: tuple[ModelHit, ...]


DocumentT = TypeVar("DocumentT", bound=Document)
HitT = TypeVar("HitT", bound=Hit)


def trim_assets(page: SearchPage[Asset], request: AssetSearch) -> AssetPage:
    """Return the page as a model should read it."""
    documents = distinct(page)
    hits = _that_fit(map(_asset_hit, documents))
    return AssetPage(**_about_page(page, request, documents, len(hits)), hits=hits)


def trim_models(page: SearchPage[Model], request: ModelSearch) -> ModelPage:
    """Return the page as a model should read it."""
    documents = distinct(page)
    hits = _that_fit(map(_model_hit, documents))
    return ModelPage(**_about_page(page, request, documents, len(hits)), hits=hits)


def distinct(page: SearchPage[DocumentT]) -> list[DocumentT]:
    """Keep each hit once, and none whose id could not stand in a resource URI."""
    return list({document.id: document for document in page.hits if is_id(document.id)}.values())


def _asset_hit(asset: Asset) -> AssetHit:
    kind = asset.metadata.kind if asset.metadata else None
    return AssetHit(
        id=asset.id,
        name=first_shown(asset.names, MAX_NAME_CHARACTERS),
        kind=trimmed(kind, MAX_LABEL_CHARACTERS) if kind != "image" else None,
        nsfw=trimmed(", ".join(asset.nsfw or ()), MAX_LABEL_CHARACTERS),
        tags=_first_tags(asset.tags or ()),
        uri=resource_uri("assets", asset.id, is_image=True),
    )


def _model_hit(model: Model) -> ModelHit:
    return ModelHit(
        id=model.id,
        name=first_shown(model.names, MAX_NAME_CHARACTERS),
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


def _about_page(
    page: SearchPage[DocumentT], request: Search, documents: list[DocumentT], shown_hits: int
) -> dict[str, Any]:
    """Return the fields of `Page`."""
    is_cut = shown_hits < len(documents)
    following = _rest_of_page(page, request, documents[shown_hits]) if is_cut else _next_page(page, request)
    notes = _notes(page, request, documents, has_more=following is not None and not is_cut)
    if is_cut:
        way = "repeat with next" if following else "repeat with a smaller hitsPerPage"
        notes = [f"Only the first {shown_hits} of {len(documents)} hits fit: {way}.", *notes]
    return {
        "returned": shown_hits,
        "total": page.total_hits if 0 <= (page.total_hits or 0) < MAX_TOTAL else None,
        "next": following,
        "note": " ".join(notes) or None,
    }


def _rest_of_page(page: SearchPage[DocumentT], request: Search, first_left: DocumentT) -> dict[str, int] | None:
    """Return what to change in the arguments to go on in the middle of a page; paging by number cannot."""
    if request.page is not None or request.hits_per_page is not None:
        return None
    skipped = next(number for number, hit in enumerate(page.hits) if hit.id == first_left.id)
    return {"offset": (request.offset or 0) + skipped, "limit": request.limit or DEFAULT_LIMIT}


def _next_page(page: SearchPage[DocumentT], request: Search) -> dict[str, int] | None:
    """Return what to change in the arguments for the next page; a page that is not full is the last one."""
    received = len(page.hits) + page.dropped
    if request.page is not None or request.hits_per_page is not None:
        size, number = request.hits_per_page or DEFAULT_LIMIT, request.page or 1
        is_last = received < size or number * size >= MAX_REACH or number == page.total_pages
        return None if is_last else {"page": number + 1, "hitsPerPage": size}
    size, skipped = request.limit or DEFAULT_LIMIT, request.offset or 0
    is_last = received < size or skipped + size >= MAX_REACH
    return None if is_last else {"offset": skipped + size, "limit": size}


def _notes(page: SearchPage[DocumentT], request: Search, documents: list[DocumentT], *, has_more: bool) -> list[str]:
    """Say what the hits alone do not show: an order not kept, guesses in the filter, what to try next."""
    notes = []
    by_meaning = bool(request.query_semantic_ratio) or bool(request.image) or bool(request.images)
    if request.sort_by and by_meaning:
        notes.append("sortBy has no effect on a search by meaning or by picture.")
    elif request.sort_by and request.query:
        notes.append("With a query sortBy only orders equal matches; leave query out for a strict order.")
    if by_meaning and documents:
        notes.append("These are the nearest, perhaps not matches.")
    if request.filter:
        notes += request.filter.warnings
    if lost := len(page.hits) + page.dropped - len(documents):
        notes.append(f"{lost} more could not be read or came twice.")
    if has_more:
        notes.append("There may be more: repeat with next.")
    elif not documents:
        notes.append(_advice_for_nothing(request))
    return notes


def _advice_for_nothing(request: Search) -> str:
    if request.offset or (request.page or 1) > 1:
        return "No hits here: this is past the last page."
    advice = []
    if request.query and not request.query_semantic_ratio:
        advice.append("querySemanticRatio 0.7 to search by meaning")
    if request.filter:
        advice.append("a looser filter")
    if not request.public:
        advice.append("public true for the public library")
    return f"No hits. Try {', or '.join(advice)}." if advice else "No hits. Try other words."
