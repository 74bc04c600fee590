"""An object where an id or a picture is wanted, as models pass on hits and content blocks -> what is meant in it."""

from collections.abc import Mapping
from typing import Any

from scenario_mcp.server.arguments.filter_names import spelled

_MAX_DEPTH = 3
_MAX_KEYS = 60
"""Of an object that is looked through: no hit or block has so many."""
_IDS = ("id", "assetid", "modelid", "uri")
_NAMING = (*_IDS, "url", "imageurl", "image", "source", "path", "file")
"""Names of what says which asset or picture is meant, the surest first."""
_OURS = ("asset_", "scenario://assets/")
"""What the ids and URIs of Scenario's assets begin with: surer than a copy of a picture beside them, which is no id.

Beside the id of a model or of others, such as that of a block, and beside the name of a file, the copy is meant.
"""
_DATA = ("data", "base64")
_TYPES = ("mimetype", "mediatype")
_LISTING = ("ids", "assetids", "modelids", "hits", "assets", "models", "items")


def named_in(value: Any, depth: int = _MAX_DEPTH) -> str | None:
    """Return the id, address, path or data URL of the one thing that an object names; None if it names none.

    Hits have `id` and `uri`; blocks of MCP, Anthropic's and OpenAI's messages have `data` with its type, `source`,
    `image_url` with `url`.
    """
    if not isinstance(value, Mapping) or len(value) > _MAX_KEYS or not depth:
        return None
    by_key = {spelled(str(key)[:_MAX_KEYS]): inner for key, inner in value.items()}
    texts = (by_key.get(key) for key in _IDS)
    if ours := next((text for text in texts if isinstance(text, str) and _is_ours(text)), None):
        return ours
    data = next((by_key[key] for key in _DATA if isinstance(by_key.get(key), str)), None)
    if data:
        mime_type = next((by_key[key] for key in _TYPES if isinstance(by_key.get(key), str)), None)
        return f"data:{mime_type};base64,{data}" if mime_type and not data.startswith("data:") else data
    for key in _NAMING:
        inner = by_key.get(key)
        if isinstance(inner, str) and inner.strip():
            return inner
        if found := named_in(inner, depth - 1):
            return found
    return None


def _is_ours(text: str) -> bool:
    return text.strip().startswith(_OURS) and "." not in text


def items_of(value: Any) -> list[Any]:
    """Return a value as a list: a list itself, the only one that an object holds, else a list of this value alone."""
    if isinstance(value, Mapping) and len(value) <= _MAX_KEYS:
        lists = [inner for key, inner in value.items() if spelled(str(key)[:_MAX_KEYS]) in _LISTING]
        value = lists[0] if len(lists) == 1 and isinstance(lists[0], list | tuple) else value
    items = list(value) if isinstance(value, list | tuple) else [value]
    return list(items[0]) if len(items) == 1 and isinstance(items[0], list | tuple) else items
