"""Searchable, filterable and sortable attributes: one table for assets, one for models.

The names are flat, as Scenario's search guide lists them, although hits nest them. The order of the searched
attributes and the largest total are not published: they are the sandbox's own choice and Meilisearch's default.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scenario_mcp.api import requests
from scenario_mcp.ids import ResourceType
from scenario_mcp.sandbox.engine.file_words import FILE_WORDS

MAX_TOTAL_HITS = 1000
"""The most hits that a search pages through and counts (Meilisearch's default `maxTotalHits`)."""

SCOPE_PATHS = ("ownerId", "privacy")
"""Paths that decide who may see a document."""


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """Names of attributes, mapped to their dotted paths in a document."""

    searchable: tuple[str, ...]
    """Paths that keywords are looked for in, the most important first; 16 at most."""
    filterable: Mapping[str, str]
    sortable: Mapping[str, str]

    def column_paths(self) -> tuple[str, ...]:
        """Return the paths whose values are indexed."""
        return tuple(dict.fromkeys([*SCOPE_PATHS, *self.filterable.values(), *self.sortable.values()]))

    def filter_path(self, name: str) -> str | None:
        """Return the path of a filterable attribute, or of one nested in it; None if it is not filterable."""
        head, tail = name, ""
        while head:
            if head in self.filterable:
                return self.filterable[head] + tail
            head, dot, last = head.rpartition(".")
            tail = dot + last + tail
        return None


def listed(names: Iterable[str]) -> str:
    """List attributes for an error message."""
    return ", ".join(f"`{name}`" for name in sorted(names))


_BESIDE_METADATA = frozenset(
    {"authorId", "collectionIds", "createdAt", "mimeType", "nsfw", "privacy", "score", "tags", "updatedAt"}
)


def _asset_paths(names: Iterable[str]) -> dict[str, str]:
    return {name: name if name in _BESIDE_METADATA else f"metadata.{name}" for name in names}


ASSETS = IndexSettings(
    searchable=(
        "metadata.name",
        "tags",
        "metadata.prompt",
        "description",
        "metadata.text",
        "transcription",
        "content",
    ),
    filterable=_asset_paths(requests.AssetSearch.filter_fields),
    sortable=_asset_paths(requests.AssetSearch.sort_fields),
)

MODELS = IndexSettings(
    searchable=("name", "tags", "shortDescription", "type"),
    filterable={name: name for name in requests.ModelSearch.filter_fields} | {"concepts": "concepts.modelId"},
    sortable={name: name for name in requests.ModelSearch.sort_fields},
)
INDEX_SETTINGS: Mapping[ResourceType, IndexSettings] = {"assets": ASSETS, "models": MODELS}

OWN_ASSETS = IndexSettings(
    searchable=(
        *ASSETS.searchable,
        "metadata.title",
        "metadata.author",
        "metadata.generator",
        "metadata.seed",
        "file",
        FILE_WORDS,
    ),
    filterable={**ASSETS.filterable, "file": "file"},
    sortable=ASSETS.sortable,
)
OWN_INDEX_SETTINGS: Mapping[ResourceType, IndexSettings] = {"assets": OWN_ASSETS, "models": MODELS}
"""Of a folder of one's own: its files are also found by what only files have, such as their paths."""
