"""Everything that is known of a document, for a model to read: no address, strangers' text cleaned and cut."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from scenario_mcp.api.replies import Document
from scenario_mcp.rendering.short_facts import MAX_INTEGER
from scenario_mcp.text import clean, file_path, trimmed

MAX_BYTES = 64_000
"""How long all facts of one document may be, in UTF-8."""
MAX_KEY_CHARACTERS = 80
MAX_DEPTH = 16
_BOUNDS = ((4_000, 50, 500), (1_000, 20, 100), (200, 5, 40))
"""Characters of a text, items of a list, and fields of an object: the second and third where the whole is too long."""
NO_NAMES: Mapping[str, str] = {}
_CONSTANTS = {("status", "success"), ("status", "trained"), ("custom", "False")}
"""Of assets and models that are ready, as all are that a search finds."""
_MODEL_NAMES = {"modelId": "modelName", "baseModelId": "baseModelName"}
_PATHS = frozenset({"file", "path"})
"""Fields that hold paths, which are shown as they are written."""
_NOTHING: tuple[object, ...] = (None, "", [], (), {})
_URL_FIELD = re.compile(r"(?i)url$")


def facts(document: Document, local_path: str | None = None) -> str:
    """Return a document as compact JSON; one that is far too long is cut more and more, and says so.

    `local_path` is where its file lies on this machine, where that may be told.
    """
    return _fitting(document.id, _known(document, local_path), MAX_BYTES)


def details(
    document: Document,
    max_bytes: int = MAX_BYTES,
    model_names: Mapping[str, str] = NO_NAMES,
    local_path: str | None = None,
) -> str:
    """Return its facts without what is the same for every document, and with the names of models beside their ids."""
    return _fitting(document.id, _without_nothing(_telling(_known(document, local_path), model_names)), max_bytes)


def _known(document: Document, local_path: str | None) -> dict[str, Any]:
    known = document.model_dump(by_alias=True, exclude_none=True)
    return {**known, "path": local_path} if local_path else known


def _fitting(document_id: str, known: dict[str, Any], max_bytes: int) -> str:
    for bounds in _BOUNDS:
        text = _as_json(_without_urls(known, bounds))
        if len(text.encode()) <= max_bytes:
            return text
    return _as_json({"id": clean(document_id, MAX_KEY_CHARACTERS), "note": "The rest is too long to be shown."})


def _telling(known: dict[str, Any], model_names: Mapping[str, str]) -> dict[str, Any]:
    """Leave out what tells nothing: constants, the owner of one's own documents, and what stands there twice."""
    told = {name: value for name, value in known.items() if (name, str(value)) not in _CONSTANTS}
    told.pop("editCapabilities", None)  # they follow from the kind
    told.pop("teamId", None)
    if known.get("privacy") in {"private", "unlisted"}:
        told.pop("ownerId", None)  # such documents are the project's own
    metadata = known.get("metadata")
    if not isinstance(metadata, dict):
        return told
    for name, inner in (("kind", "kind"), ("source", "type")):
        if known.get(name) == metadata.get(inner):
            told.pop(name, None)
    told["metadata"] = {
        name: value for name, value in _named(metadata, model_names) if (name, value) != ("thumbnail", known.get(name))
    }
    if isinstance(properties := known.get("properties"), dict):
        told["properties"] = {name: value for name, value in properties.items() if value != metadata.get(name)}
    return told


def _named(metadata: dict[str, Any], model_names: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """Put the name of a model beside its id."""
    for name, value in metadata.items():
        yield name, value
        if name in _MODEL_NAMES and isinstance(value, str) and value in model_names:
            yield _MODEL_NAMES[name], model_names[value]


def _without_nothing(known: dict[str, Any]) -> dict[str, Any]:
    """Leave out fields that hold nothing, also one level deeper."""
    inner = {
        name: {key: item for key, item in value.items() if item not in _NOTHING} if isinstance(value, dict) else value
        for name, value in known.items()
    }
    return {name: value for name, value in inner.items() if value not in _NOTHING}


def _as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _without_urls(value: Any, bounds: tuple[int, int, int], depth: int = 0) -> Any:
    """Leave out every field that holds an address (a signed URL is a credential); clean and cut the rest."""
    max_text, max_items, _ = bounds
    match value:
        case dict() | list() | tuple() if depth == MAX_DEPTH:
            return "…"
        case dict():
            return _fields_without_urls(value, bounds, depth)
        case list() | tuple():
            kept = [_without_urls(item, bounds, depth + 1) for item in value[:max_items]]
            return [*kept, f"and {len(value) - max_items} more"] if len(value) > max_items else kept
        case str():
            return trimmed(value, max_text) or ""
        case float() if not math.isfinite(value):  # JSON has no such numbers
            return None
        case float() if value.is_integer() and abs(value) < MAX_INTEGER:
            return int(value)
        case _:
            return value


def _fields_without_urls(fields: dict[str, Any], bounds: tuple[int, int, int], depth: int) -> dict[str, Any]:
    """Do so with the fields of an object; those beyond the bound, and two of one name when it is cut, are counted."""
    max_text, _, max_fields = bounds
    kept: dict[str, Any] = {}
    more = 0
    for name, inner in fields.items():
        if _URL_FIELD.search(name):
            continue
        shown = trimmed(name, MAX_KEY_CHARACTERS) or ""
        if len(kept) == max_fields or shown in kept:
            more += 1
        elif name in _PATHS and isinstance(inner, str):
            kept[shown] = file_path(inner, max_text)
        else:
            kept[shown] = _without_urls(inner, bounds, depth + 1)
    return {**kept, "…": f"and {more} more fields"} if more else kept
