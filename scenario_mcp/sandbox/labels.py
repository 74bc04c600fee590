"""The tags and the collections of the project: what its documents name, and how many of them do."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from scenario_mcp.sandbox.catalogue import Catalogue, Document
from scenario_mcp.sandbox.engine.values import fold, values_at
from scenario_mcp.sandbox.search import SearchIndex

TAGS, COLLECTION_IDS = "tags", "collectionIds"
UNKNOWN_DATE = "1970-01-01T00:00:00.000Z"


class Counted(NamedTuple):
    """A label as it is compared, and how many assets and models of the project have it."""

    folded: str
    assets: int
    models: int


class Labels:
    """Lists tags and collections as `GET /tags` and `GET /collections` do, in the order of their names.

    Others' public documents do not count. Of labels that differ only in case, which a filter does not tell apart,
    there is one. Items have the fields of Scenario's SDK 2.4; the API's own order is not known.
    """

    def __init__(self, catalogue: Catalogue, assets: SearchIndex, models: SearchIndex, project_id: str) -> None:
        self._catalogue = catalogue
        self._assets = assets
        self._models = models
        self._project_id = project_id

    def tags(self, offset: int, limit: int) -> list[dict[str, Any]]:
        """Return a page of tags."""
        counted = sorted(self._counted(TAGS))[offset : offset + limit]
        return [
            {"tagName": spelling, "itemCount": each.assets + each.models, "ownerId": self._project_id, **dates}
            for each in counted
            for spelling, dates in [self._described(TAGS, each)]
        ]

    def collections(self, offset: int, limit: int) -> list[dict[str, Any]]:
        """Return a page of collections; one without a name is called by its id."""
        described = self._catalogue.collections()
        counted = {each.folded: each for each in self._counted(COLLECTION_IDS)}
        unused = [Counted(fold(key), 0, 0) for key in described if fold(key) not in counted]
        by_folded = {fold(key): each for key, each in described.items()}
        ordered = sorted(
            [*counted.values(), *unused],
            key=lambda each: (fold(str(by_folded.get(each.folded, {}).get("name", each.folded))), each.folded),
        )
        return [self._collection(each, by_folded.get(each.folded, {})) for each in ordered[offset : offset + limit]]

    def _collection(self, counted: Counted, described: Document) -> dict[str, Any]:
        spelling, dates = self._described(COLLECTION_IDS, counted)
        thumbnail = described.get("thumbnail")
        key = str(described.get("id", spelling))
        return {
            "id": key,
            "name": str(described.get("name") or key),
            "assetCount": counted.assets,
            "modelCount": counted.models,
            "itemCount": counted.assets + counted.models,
            "ownerId": self._project_id,
            **dates,
            **{name: described[name] for name in dates if isinstance(described.get(name), str)},
            **({"thumbnail": thumbnail} if isinstance(thumbnail, Mapping) and "assetId" in thumbnail else {}),
        }

    def _counted(self, path: str) -> list[Counted]:
        assets, models = (index.counts(path, self._project_id) for index in (self._assets, self._models))
        return [Counted(each, assets.get(each, 0), models.get(each, 0)) for each in {**assets, **models}]

    def _described(self, path: str, counted: Counted) -> tuple[str, dict[str, str]]:
        """Return a label as a document spells it, and from when to when its documents are."""
        indexes = [index for index, count in ((self._assets, counted.assets), (self._models, counted.models)) if count]
        pairs = [index.oldest_and_newest(path, counted.folded, self._project_id) for index in indexes]
        spellings = [
            value
            for pair in pairs
            for value in values_at(pair[0], path)
            if isinstance(value, str) and fold(value) == counted.folded
        ]
        return (
            spellings[0].strip() if spellings else counted.folded,
            {
                "createdAt": min(_dates("createdAt", (first for first, _ in pairs))),
                "updatedAt": max(_dates("updatedAt", (last for _, last in pairs))),
            },
        )


def _dates(name: str, documents: Iterable[Document]) -> list[str]:
    return [str(document.get(name) or UNKNOWN_DATE) for document in documents] or [UNKNOWN_DATE]
