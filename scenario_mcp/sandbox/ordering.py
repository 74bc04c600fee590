"""The order of documents that `sortBy` asks for, with the meaning that Meilisearch gives it."""

from collections.abc import Iterable, Sequence

from scenario_mcp.sandbox.catalogue import Document
from scenario_mcp.sandbox.indexes import IndexSettings, listed
from scenario_mcp.sandbox.refusals import invalid_sort
from scenario_mcp.sandbox.values import leaves_at


def sort(documents: Iterable[Document], sort_by: Sequence[str], settings: IndexSettings) -> list[Document]:
    """Order documents by `attribute:asc` and `attribute:desc` items; equals keep their order.

    Numbers come before texts in both directions, documents without a value last; a list counts by its best member.

    Raises:
        Refused: an item without a direction, or with an attribute that is not sortable.

    """
    ordered = list(documents)
    for path, descending in reversed([_read_sorting(item, settings) for item in sort_by]):
        ordered = _sort_by(ordered, path, descending=descending)
    return ordered


def _read_sorting(item: str, settings: IndexSettings) -> tuple[str, bool]:
    name, _, direction = item.rpartition(":")
    if direction not in {"asc", "desc"}:
        raise invalid_sort(
            f"Invalid syntax for the sort parameter: expected expression ending by `:asc` or `:desc`, found `{item}`."
        )
    if name not in settings.sortable:
        raise invalid_sort(
            f"Attribute `{name}` is not sortable. Available sortable attributes are: {listed(settings.sortable)}"
        )
    return settings.sortable[name], direction == "desc"


def _sort_by(documents: list[Document], path: str, *, descending: bool) -> list[Document]:
    best = max if descending else min
    numbers: list[tuple[float, Document]] = []
    texts: list[tuple[str, Document]] = []
    missing: list[Document] = []
    for document in documents:
        leaves = list(leaves_at(document, path))
        if found := [leaf for leaf in leaves if not isinstance(leaf, str)]:
            numbers.append((best(found), document))
        elif words := [leaf for leaf in leaves if isinstance(leaf, str)]:
            texts.append((best(words), document))
        else:
            missing.append(document)
    numbers.sort(key=lambda pair: pair[0], reverse=descending)
    texts.sort(key=lambda pair: pair[0], reverse=descending)
    return [document for _, document in numbers] + [document for _, document in texts] + missing
