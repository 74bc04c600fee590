"""`list_tags_and_collections`: what a project's documents are tagged and collected by, with counts."""

from typing import Annotated, Generic, NamedTuple

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from scenario_mcp.api.request_values import Count, Offset, Request, Text
from scenario_mcp.api.vocabulary import CollectionCount, Entries, Entry, EntryT, TagCount
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
    tags, collections = chosen(all_tags, request), chosen(all_collections, request)
    named = {shown_name(tag): tag.items or 0 for tag in tags.entries}
    notes = _notes(request, all_tags, all_collections, found=bool(tags.total or collections.total))
    if alike := len(tags.entries) - len(named):
        notes.append(f"Tags that are written alike here are listed once: {alike} more are not shown.")
    return Answer(
        page=LabelsPage(
            tags=named,
            collections=tuple(map(listed_collection, collections.entries)),
            total_tags=tags.total,
            total_collections=collections.total,
            next=tags.next or collections.next,
            note=" ".join(notes) or None,
        )
    )


class Chosen(NamedTuple, Generic[EntryT]):
    """The entries that a query asks for: one page of them, how many there are, and what to change for the next."""

    entries: tuple[EntryT, ...]
    total: int
    next: dict[str, int] | None


def chosen(listed: Entries[EntryT], request: LabelsQuery) -> Chosen[EntryT]:
    """Choose the entries with the words of a query."""
    found = [entry for entry in listed.entries if has_words(entry.name, request.query)]
    limit, offset = request.limit or DEFAULT_LIMIT, request.offset or 0
    end = offset + limit
    following = {"limit": limit, "offset": end} if end < len(found) else None
    return Chosen(tuple(found[offset:end]), len(found), following)


def listed_collection(entry: CollectionCount) -> ListedCollection:
    """Return a collection as it is listed."""
    return ListedCollection(id=entry.id, name=shown_name(entry), assets=entry.assets, models=entry.models)


def shown_name(entry: Entry) -> str:
    """Return the name of an entry, a stranger's text, as it is listed."""
    return trimmed(entry.name, MAX_NAME_CHARACTERS) or "?"


def _notes(
    request: LabelsQuery, tags: Entries[TagCount], collections: Entries[CollectionCount], *, found: bool
) -> list[str]:
    notes = []
    if request.query and not found:
        names: list[Entry] = [*nearest(request.query, tags.entries), *nearest(request.query, collections.entries)]
        notes.append(f"No tag or collection has these words.{sentence(names)}")
    for kind, listed in (("tags", tags), ("collections", collections)):
        if not listed.is_whole:
            notes.append(f"There are more {kind}: only {len(listed.entries)} were read.")
    return notes


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
