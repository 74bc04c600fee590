"""Everything that is known of a document, for a model to read: no address, strangers' text cleaned and cut."""

import json
import math
import re
from typing import Any

from scenario_mcp.api.replies import Document
from scenario_mcp.text import clean, trimmed

MAX_BYTES = 64_000
"""How long all facts of one document may be, in UTF-8."""
MAX_KEY_CHARACTERS = 80
MAX_DEPTH = 16
_BOUNDS = ((4_000, 50), (1_000, 20), (200, 5))
"""Characters of a text and items of a list: the second and third for documents that would be too long."""
_URL_FIELD = re.compile(r"(?i)url$")


def facts(document: Document, max_bytes: int = MAX_BYTES) -> str:
    """Return a document as compact JSON; one that is far too long is cut more and more, and says so."""
    known = document.model_dump(by_alias=True, exclude_none=True)
    for max_text, max_items in _BOUNDS:
        text = _as_json(_without_urls(known, max_text, max_items))
        if len(text.encode()) <= max_bytes:
            return text
    return _as_json({"id": clean(document.id, MAX_KEY_CHARACTERS), "note": "The rest is too long to be shown."})


def _as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _without_urls(value: Any, max_text: int, max_items: int, depth: int = 0) -> Any:
    """Leave out every field that holds an address (a signed URL is a credential); clean and cut the rest."""
    match value:
        case dict() | list() | tuple() if depth == MAX_DEPTH:
            return "…"
        case dict():
            return {
                (trimmed(name, MAX_KEY_CHARACTERS) or ""): _without_urls(inner, max_text, max_items, depth + 1)
                for name, inner in value.items()
                if not _URL_FIELD.search(name)
            }
        case list() | tuple():
            kept = [_without_urls(item, max_text, max_items, depth + 1) for item in value[:max_items]]
            return [*kept, f"and {len(value) - max_items} more"] if len(value) > max_items else kept
        case str():
            return trimmed(value, max_text) or ""
        case float() if not math.isfinite(value):  # JSON has no such numbers
            return None
        case _:
            return value
