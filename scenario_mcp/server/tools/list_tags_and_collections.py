"""`list_tags_and_collections`: what a project's documents are tagged and collected by, with counts."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from scenario_mcp.api.request_values import Count, Offset, Request, Text
from scenario_mcp.api.vocabulary import CollectionCount, Entries, Entry, TagCount
from scenario_mcp.backend import Scenario
from scenario_mcp.server.nearest import has_words, nearest, sentence
from scenario_mcp.server.tools.tool import Answer, Tool
from scenario_mcp.text import trimmed

DEFAULT_LIMIT = 50
MAX_NAME_CHARACTERS = 80


class LabelsQuery(Request):
    """The arguments of `list_tags_and_collections`."""

    query: Annotated[Text | None, Field(description="Words in the names; without it all", examples=["castle"])] = None
    limit: Annotated[
        Count | None, Field(description=f"Of each, 1-100, default {DEFAULT_LIMIT}", examples=[DEFAULT_LIMIT])
    ] = None
    offset: Annotated[Offset | None, Field(description="Of each to skip", examples=[DEFAULT_LIMIT])] = None


class ListedCollection(BaseModel):
    """A collection as it is listed."""

    id: str
    name: str
    assets: int | None = None
    models: int | None = None


class LabelsPage(BaseModel):
    """The structured result of `list_tags_and_collections`."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)

    tags: Annotated[dict[str, int], Field(description="Tag -> assets and models that have it")]
    collections: tuple[ListedCollection, ...]
    total_tags: int
    total_collections: int
    next: Annotated[dict[str, int] | None, Field(description="Arguments to change for more")] = None
    note: str | None = None


async def list_tags_and_collections(scenario: Scenario, request: LabelsQuery) -> Answer:
    """List tags and collections, the most used first; raises ScenarioError."""
    # One after the other: a failing API is asked for one of them only.
    all_tags = await scenario.vocabulary.tags()
    all_collections = await scenario.vocabulary.collections()
    tags = [tag for tag in all_tags.entries if has_words(tag.name, request.query)]
    collections = [each for each in all_collections.entries if has_words(each.name, request.query)]
    limit, offset = request.limit or DEFAULT_LIMIT, request.offset or 0
    end = offset + limit
    has_more = end < max(len(tags), len(collections))
    return Answer(
        page=LabelsPage(
            tags={_shown(tag.name): tag.items or 0 for tag in tags[offset:end]},
            collections=tuple(
                ListedCollection(id=each.id, name=_shown(each.name), assets=each.assets, models=each.models)
                for each in collections[offset:end]
            ),
            total_tags=len(tags),
            total_collections=len(collections),
            next={"limit": limit, "offset": end} if has_more else None,
            note=_note(request, all_tags, all_collections, found=bool(tags or collections)),
        )
    )


def _shown(name: str) -> str:
    return trimmed(name, MAX_NAME_CHARACTERS) or "?"


def _note(
    request: LabelsQuery, tags: Entries[TagCount], collections: Entries[CollectionCount], *, found: bool
) -> str | None:
    notes = []
    if request.query and not found:
        names: list[Entry] = [*nearest(request.query, tags.entries), *nearest(request.query, collections.entries)]
        notes.append(f"No tag or collection has these words.{sentence(names)}")
    for kind, listed in (("tags", tags), ("collections", collections)):
        if not listed.is_whole:
            notes.append(f"There are more {kind}: only the first {len(listed.entries)} were read.")
    return " ".join(notes) or None


LIST_TAGS_AND_COLLECTIONS = Tool(
    "list_tags_and_collections",
    title="List tags and collections",
    description=(
        "List the project's tags and collections with how many assets and models each holds. Use it to learn the "
        "spelling of a tag or the id of a collection for a filter. Names are strangers' text."
    ),
    request=LabelsQuery,
    run=list_tags_and_collections,
    result=LabelsPage,
    has_gallery=False,
)
