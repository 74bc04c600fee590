"""The fields that a search asks about, with their values: a hit shows what it was chosen or put in order by."""

import re
from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from scenario_mcp.api.replies import Asset, AssetMetadata, Document, Model
from scenario_mcp.api.requests import Search
from scenario_mcp.rendering.short_facts import MAX_INTEGER, day, labels
from scenario_mcp.text import trimmed

MAX_VALUE_CHARACTERS = 60
MAX_FIELDS = 8
_TIME = re.compile(r"(?i)\d\d-\d\d[t ](?!00:00|23:59)\d\d:\d\d")
_MINUTE_CHARACTERS = len("2026-11-23T10:20")
_DIGITS = 6
"""Significant ones of a number that is no integer."""


class AskedFields:
    """What the filter of a search compares otherwise than by `=`, and what sortBy names."""

    def __init__(self, request: Search) -> None:
        compared = request.filter.compared_fields if request.filter else ()
        sorted_by = (item.rpartition(":")[0] for item in request.sort_by or ())
        self._names = tuple(dict.fromkeys((*compared, *sorted_by)))[:MAX_FIELDS]
        self._asks_minutes = bool(request.filter and _TIME.search(request.filter.text))

    def __bool__(self) -> bool:
        return bool(self._names)

    def of(self, document: Document) -> Iterator[tuple[str, str | int | float]]:
        """Yield the fields that a document has, by their names in filters, with their values."""
        for name in self._names:
            value = self._shown(name, _value(document, name))
            if value is not None:
                yield name, value

    def _shown(self, name: str, value: object) -> str | int | float | None:
        match value:
            case str() if name in {"createdAt", "updatedAt"}:
                return trimmed(value[:_MINUTE_CHARACTERS], _MINUTE_CHARACTERS) if self._asks_minutes else day(value)
            case str():
                return trimmed(value, MAX_VALUE_CHARACTERS)
            case bool():
                return None
            case int() | float():
                return _number(value)
            case tuple() | list():
                texts = (getattr(item, "model_id", item) for item in value)
                return labels(tuple(text for text in texts if isinstance(text, str)))
            case _:
                return None


def _number(value: float) -> int | float | None:
    if not abs(value) < MAX_INTEGER:  # too large, infinite, or no number at all
        return None
    return int(value) if value == int(value) else float(f"{value:.{_DIGITS}g}")


def _value(document: Document, name: str) -> object:
    """Return what a document holds in a field that is named flat, as filters do."""
    if isinstance(document, Asset) and name in _METADATA:
        return getattr(document.metadata, _METADATA[name], None)
    if attribute := (_ASSET if isinstance(document, Asset) else _MODEL).get(name):
        return getattr(document, attribute)
    value: object = document.model_extra
    for step in name.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _attributes(reply: type[BaseModel]) -> Mapping[str, str]:
    return {field.alias or attribute: attribute for attribute, field in reply.model_fields.items()}


_METADATA, _ASSET, _MODEL = _attributes(AssetMetadata), _attributes(Asset), _attributes(Model)
