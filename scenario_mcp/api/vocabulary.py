"""What a project's filters can name: its tags, its collections, and models by their names; kept for some minutes."""

import sys
import unicodedata
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeAlias, TypeVar

from scenario_mcp.api.replies import Collection, Model
from scenario_mcp.api.requests import ModelSearch
from scenario_mcp.filters import Filter
from scenario_mcp.filters.tree import quote
from scenario_mcp.ids import is_id
from scenario_mcp.net.single_flight import SingleFlight

if TYPE_CHECKING:  # a list of tools needs neither
    from cachetools import TTLCache

    from scenario_mcp.api.client import ScenarioClient

KEPT_SECONDS = 180.0
MAX_BYTES = 8_000_000
"""Of what is kept for all callers of a process."""
MAX_COUNT = 2**53
MAX_NAMESAKES = 8
"""Models of one name, or like it, that are asked for: as many as a sentence can name."""


class TagCount(NamedTuple):
    """A tag, and how many assets and models have it."""

    name: str
    items: int | None


class CollectionCount(NamedTuple):
    """A collection, and how many assets and models are in it."""

    name: str
    id: str
    assets: int | None
    models: int | None

    @property
    def items(self) -> int:
        """Assets and models together."""
        return (self.assets or 0) + (self.models or 0)


class NamedModel(NamedTuple):
    """A model's name and id."""

    name: str
    id: str


Entry: TypeAlias = TagCount | CollectionCount | NamedModel
EntryT = TypeVar("EntryT", bound=Entry)


class Entries(NamedTuple, Generic[EntryT]):
    """Names of one kind; `is_whole` unless there are others that were not, or could not be, read."""

    entries: tuple[EntryT, ...]
    is_whole: bool = True


VocabularyCache: TypeAlias = "TTLCache[tuple[str, ...], Entries[Any]]"
"""Entries by caller, kind and name."""


def vocabulary_cache() -> VocabularyCache:
    """Return an empty cache, which all callers of a process may share."""
    from cachetools import TTLCache

    return TTLCache(MAX_BYTES, KEPT_SECONDS, getsizeof=_size)


class Vocabulary:
    """The names that one caller, `owner`, can see. What is not kept is asked for; every method raises ScenarioError."""

    def __init__(self, client: "ScenarioClient", cache: VocabularyCache, owner: str) -> None:
        self._client = client
        self._cache = cache
        self._owner = owner
        self._in_flight: SingleFlight[tuple[str, ...], Entries[Any]] = SingleFlight()

    async def tags(self) -> Entries[TagCount]:
        """Return the project's tags, the most used first."""

        async def ask() -> Entries[TagCount]:
            listing = await self._client.list_tags()
            tags = {tag.tag_name: TagCount(tag.tag_name, _count(tag.item_count)) for tag in listing.items}
            ordered = sorted(tags.values(), key=lambda tag: (-(tag.items or 0), tag.name))
            return Entries(tuple(ordered), listing.is_whole)

        return await self._kept(("tags",), ask)

    async def collections(self) -> Entries[CollectionCount]:
        """Return the project's collections, the largest first."""

        async def ask() -> Entries[CollectionCount]:
            listing = await self._client.list_collections()
            usable = [each for each in listing.items if is_id(each.id)]
            collections = {each.id: _collection(each) for each in usable}
            ordered = sorted(collections.values(), key=lambda each: (-each.items, each.name))
            return Entries(tuple(ordered), listing.is_whole and len(usable) == len(listing.items))

        return await self._kept(("collections",), ask)

    async def models_named(self, name: str, *, public: bool) -> Entries[NamedModel]:
        """Return the models of exactly this name, ignoring case: the project's, or those of the public library."""
        by_name = Filter(f"name = {quote(name)}")
        search = ModelSearch.model_construct(filter=by_name, limit=MAX_NAMESAKES, public=public or None)
        found = await self._models("named", search)
        return Entries(tuple(model for model in found.entries if normalised(model.name) == normalised(name)))

    async def models_like(self, name: str, *, public: bool) -> Entries[NamedModel]:
        """Return models whose names, tags or descriptions have the words of a name."""
        search = ModelSearch.model_construct(query=name, limit=MAX_NAMESAKES, public=public or None)
        return await self._models("like", search)

    async def existing_models(self, model_ids: tuple[str, ...]) -> Entries[NamedModel]:
        """Return those of the ids that belong to a model which the caller may see."""

        async def ask() -> Entries[NamedModel]:
            return Entries(tuple(map(_model, (await self._client.get_models(model_ids)).read)))

        return await self._kept(("ids", *model_ids), ask)

    async def model_names(self, model_ids: Iterable[str]) -> dict[str, str]:
        """Return the names of these models, by id, as far as the caller may see them; one request for all not kept."""
        ids = tuple(dict.fromkeys(filter(is_id, model_ids)))
        kept = {id_: self._cache.get((self._owner, "id", id_)) for id_ in ids}
        names: dict[str, str] = {model.id: model.name for each in kept.values() if each for model in each.entries}
        if unknown := tuple(id_ for id_, each in kept.items() if each is None):
            found = {model.id: _model(model) for model in (await self._client.get_models(unknown)).read}
            for id_ in unknown:
                entries: Entries[NamedModel] = Entries((found[id_],) if id_ in found else ())
                if _size(entries) <= self._cache.maxsize:
                    self._cache[self._owner, "id", id_] = entries
                names |= {model.id: model.name for model in entries.entries}
        return {id_: name for id_, name in names.items() if name != id_}

    async def _models(self, way: str, search: ModelSearch) -> Entries[NamedModel]:
        async def ask() -> Entries[NamedModel]:
            page = await self._client.search_models(search.resolve())
            return Entries(tuple(_model(model) for model in page.hits if is_id(model.id)))

        what = search.filter.text if search.filter else search.query or ""
        return await self._kept((way, "public" if search.public else "own", what), ask)

    async def _kept(self, what: tuple[str, ...], ask: Callable[[], Awaitable[Entries[EntryT]]]) -> Entries[EntryT]:
        """Return what is kept under a key, else what is asked now; an error is not kept."""
        key = (self._owner, *what)
        kept: Entries[EntryT] | None = self._cache.get(key)
        if kept is not None:
            return kept
        asked: Entries[EntryT] = await self._in_flight.do(key, ask)
        if _size(asked) <= self._cache.maxsize:
            self._cache[key] = asked
        return asked


def normalised(name: str) -> str:
    """Return a name as the engine compares it: trimmed, NFKD, lower case."""
    return unicodedata.normalize("NFKD", name.strip()).lower()


def _collection(collection: Collection) -> CollectionCount:
    return CollectionCount(
        collection.name or collection.id,
        collection.id,
        _count(collection.asset_count if collection.asset_count is not None else collection.item_count),
        _count(collection.model_count),
    )


def _model(model: Model) -> NamedModel:
    return NamedModel(model.name or model.id, model.id)


def _count(number: float | None) -> int | None:
    return int(number) if number is not None and 0 <= number < MAX_COUNT else None


def _size(entries: Entries[Any]) -> int:
    """Return about how many bytes of memory entries take."""
    texts = (field for entry in entries.entries for field in entry if isinstance(field, str))
    return 500 + 150 * len(entries.entries) + sum(map(sys.getsizeof, texts))
