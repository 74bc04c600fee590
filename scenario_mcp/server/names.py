"""Names in a filter where the API takes ids: a collection or a model that is called by its name, not by its id.

A value in the form of an id is not looked up before a search, so that an ordinary search costs one request.
"""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeVar

from scenario_mcp.api.requests import Search
from scenario_mcp.api.vocabulary import CollectionCount, Entry, NamedModel, Vocabulary, normalised
from scenario_mcp.errors import NotAuthorized, NotFound, SearchRefused
from scenario_mcp.ids import is_id
from scenario_mcp.server.nearest import nearest, sentence
from scenario_mcp.text import shown

COLLECTIONS = "collectionIds"
MODELS = frozenset({"modelId", "baseModelId", "parentModelId", "concepts"})
MAX_LOOKUPS = 5
"""Names of models in one filter that are looked up: each may cost two requests."""
MAX_CANDIDATES = 3
_ID_OF_A_COLLECTION = re.compile(r"(?:[a-z]+_)?(?=.*\d)[A-Za-z0-9-]{12,}")
_NO_WORD = re.compile(r"[\d_.-]")

SearchT = TypeVar("SearchT", bound=Search)
EntryT = TypeVar("EntryT", CollectionCount, NamedModel)
Name = tuple[str, str]
"""A field of a filter, and the value that it is compared with."""


class Resolved(NamedTuple):
    """Names with the ids that they stand for, and a sentence on each."""

    ids: dict[Name, str]
    notes: list[str]

    def add(self, name: Name, entry: CollectionCount | NamedModel) -> None:
        """Note that a name stands for an entry."""
        self.ids[name] = entry.id
        self.notes.append(f"{name[0]} {shown(name[1])} is {entry.id}.")


async def resolve(vocabulary: Vocabulary, request: SearchT) -> tuple[SearchT, list[str]]:
    """Return the search with ids in place of the names in its filter, and a sentence on each name.

    Raises:
        SearchRefused: a name that several have, or none; the sentence lists the candidates, or the nearest.
        ScenarioError: Scenario has no answer.

    """
    names = request.filter.names if request.filter else ()
    wanted = [name for name in names if not _may_be_id(name)]
    if not wanted:
        return request, []
    return _with_ids(request, await _look_up(vocabulary, wanted, in_public=bool(request.public)))


async def resolve_late(vocabulary: Vocabulary, request: SearchT) -> tuple[SearchT, list[str]]:
    """Return a search that found nothing with ids for names that looked like ids, and a sentence on each."""
    resolved = Resolved({}, [])
    names = [name for name in (request.filter.names if request.filter else ()) if _may_be_id(name)]
    for name in names[:MAX_LOOKUPS]:
        if entry := await _namesake(vocabulary, name):
            resolved.add(name, entry)
    return _with_ids(request, resolved)


def _with_ids(request: SearchT, resolved: Resolved) -> tuple[SearchT, list[str]]:
    if request.filter is None or not resolved.ids:
        return request, resolved.notes
    return request.model_copy(update={"filter": request.filter.with_names(resolved.ids)}), resolved.notes


def _may_be_id(name: Name) -> bool:
    """Whether a value has the form of an id: of an old model's, such as flux.1-dev, too."""
    field, value = name
    if field == COLLECTIONS:
        return _ID_OF_A_COLLECTION.fullmatch(value) is not None
    return is_id(value) and _NO_WORD.search(value) is not None


async def _look_up(vocabulary: Vocabulary, names: Iterable[Name], *, in_public: bool) -> Resolved:
    resolved = Resolved({}, [])
    lookups = 0
    for name in names:
        if name[0] == COLLECTIONS:
            entry: Entry | None = await _collection(vocabulary, name[1])
        elif lookups < MAX_LOOKUPS:
            lookups += 1
            entry = await _model(vocabulary, name[1], in_public=in_public)
        elif is_id(name[1]):
            entry = None
        else:
            raise SearchRefused(f"filter: names more than {MAX_LOOKUPS} models. Give their ids, as search_models does.")
        if isinstance(entry, CollectionCount | NamedModel):
            resolved.add(name, entry)
    return resolved


async def _collection(vocabulary: Vocabulary, value: str) -> CollectionCount | None:
    """Return the collection of a name; None for a value that is, or may be, an id."""
    try:
        listed = await vocabulary.collections()
    except (NotAuthorized, NotFound):  # a key need not be allowed to list what it may search
        if is_id(value):
            return None
        raise
    entries = listed.entries
    if any(normalised(each.id) == normalised(value) for each in entries):
        return None
    found = [each for each in entries if normalised(each.name) == normalised(value)]
    if not found and not listed.is_whole and is_id(value):
        return None
    return _only(
        found, value, "collection", lambda: nearest(value, entries), "list_tags_and_collections lists all of them."
    )


async def _model(vocabulary: Vocabulary, value: str, *, in_public: bool) -> NamedModel | None:
    """Return the model of a name in the library that is searched, else in the other; None for what may be an id."""
    try:
        here = (await vocabulary.models_named(value, public=in_public)).entries
        found = here or (await vocabulary.models_named(value, public=not in_public)).entries
        if not found and is_id(value):
            return None
        near = [] if found else await models_near(vocabulary, value)
    except (NotAuthorized, NotFound):
        if is_id(value):
            return None
        raise
    return _only(found, value, "model", lambda: near, "search_models finds others.")


async def models_near(vocabulary: Vocabulary, value: str) -> list[NamedModel]:
    """Return models with names like a value, else those that its words find: the project's own, else public ones."""
    found: list[NamedModel] = []
    for public in (False, True):
        found += (await vocabulary.models_like(value, public=public)).entries
        if near := nearest(value, found):
            return near
    return found[:MAX_CANDIDATES]


def _only(found: Iterable[EntryT], value: str, noun: str, near: Callable[[], Iterable[EntryT]], advice: str) -> EntryT:
    """Return the only one of several entries.

    Raises:
        SearchRefused: there are more, or none.

    """
    entries = list(found)
    if len(entries) == 1:
        return entries[0]
    if entries:
        ids = ", ".join(each.id for each in entries)
        raise SearchRefused(
            f"filter: {shown(value)} is the name of {len(entries)} {noun}s: {ids}. Give one of these ids."
        )
    raise SearchRefused(f"filter: no {noun} is named {shown(value)}.{sentence(list(near()))} {advice}")


async def _namesake(vocabulary: Vocabulary, name: Name) -> CollectionCount | NamedModel | None:
    """Return the only collection or model of a name; None if there are more, or none."""
    field, value = name
    found: list[CollectionCount | NamedModel]
    if field == COLLECTIONS:
        listed = (await vocabulary.collections()).entries
        found = [each for each in listed if normalised(each.name) == normalised(value)]
    elif any(model.id == value for model in (await vocabulary.existing_models((value,))).entries):
        return None
    else:
        near = await models_near(vocabulary, value)
        found = [model for model in near if normalised(model.name) == normalised(value)]
    return found[0] if len(found) == 1 else None
