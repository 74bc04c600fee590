"""Sorting: `sortBy` as ranking rules, with the meaning that Meilisearch gives it."""

from collections.abc import Iterator, Sequence

from scenario_mcp.sandbox.engine.columns import Column, Columns
from scenario_mcp.sandbox.engine.errors import InvalidSort
from scenario_mcp.sandbox.engine.indexes import IndexSettings, listed
from scenario_mcp.sandbox.engine.query_graph import QueryGraph
from scenario_mcp.sandbox.engine.ranking import Bucket, Rule


def sorting(sort_by: Sequence[str], columns: Columns, settings: IndexSettings) -> list[Rule]:
    """Turn `attribute:asc` and `attribute:desc` items into rules; of the same attribute, the first counts.

    Numbers come before texts in both directions, documents without a value last; a list counts by its best member.

    Raises:
        InvalidSort: an item without a direction, or with an attribute that is not sortable.

    """
    directions: dict[str, bool] = {}
    for item in sort_by:
        path, is_descending = _read_sorting(item, settings)
        directions.setdefault(path, is_descending)
    return [_rule(columns.column(path), descending=is_descending) for path, is_descending in directions.items()]


def _rule(column: Column, *, descending: bool) -> Rule:
    def buckets(graph: QueryGraph, universe: int) -> Iterator[Bucket]:
        return (Bucket(documents, graph) for documents in column.buckets(universe, descending=descending))

    return buckets


def _read_sorting(item: str, settings: IndexSettings) -> tuple[str, bool]:
    name, _, direction = item.rpartition(":")
    if direction not in {"asc", "desc"}:
        raise InvalidSort(
            f"Invalid syntax for the sort parameter: expected expression ending by `:asc` or `:desc`, found `{item}`."
        )
    if name not in settings.sortable:
        raise InvalidSort(
            f"Attribute `{name}` is not sortable. Available sortable attributes are: {listed(settings.sortable)}"
        )
    return settings.sortable[name], direction == "desc"
