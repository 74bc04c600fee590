"""Orders as people write them -> `attribute:asc` or `attribute:desc`, where only one can be meant."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from scenario_mcp.server.arguments.filter_names import spelled

_MAX_SORTINGS = 100
_MAX_CHARACTERS = 100
_DIRECTIONS: Mapping[str, str] = {
    **dict.fromkeys(("asc", "ascending", "ascend", "1", "up", "lowest"), "asc"),
    **dict.fromkeys(("desc", "descending", "descend", "-1", "down", "highest"), "desc"),
}
_ATTRIBUTES: Mapping[str, str] = {
    **dict.fromkeys(("created", "date", "creationdate", "createddate"), "createdAt"),
    **dict.fromkeys(("updated", "modified", "modifiedat", "lastmodified"), "updatedAt"),
    **dict.fromkeys(("popularity", "popular"), "score"),
}
_WHOLE: Mapping[str, str] = {
    **dict.fromkeys(("newest", "latest", "recent", "mostrecent", "newestfirst", "latestfirst"), "createdAt:desc"),
    **dict.fromkeys(("oldest", "oldestfirst"), "createdAt:asc"),
    **dict.fromkeys(("popular", "popularity", "mostpopular"), "score:desc"),
}
_NO_ORDER = frozenset({"relevance", "relevancy", "default", "bestmatch"})
"""The order of hits when none is asked for."""
_FIELD_KEYS = ("field", "attribute", "key", "by", "column", "property")
_DIRECTION_KEYS = ("direction", "order", "dir", "sort")


def is_direction(value: object) -> bool:
    """Whether a value is a direction alone, such as `desc`."""
    return isinstance(value, str) and value.strip().lower() in _DIRECTIONS


def sortings(items: list[Any], known: Collection[str], direction: object = None) -> list[Any]:
    """Return orders as the API writes them; what may mean two things, or nothing, stays as it is.

    `direction` holds for those that have none of their own. `known` are the attributes that can be sorted by.
    """
    if len(items) > _MAX_SORTINGS:
        return items
    if len(items) == len(("attribute", "direction")) and is_direction(items[1]) and not is_direction(items[0]):
        items = [f"{items[0]}:{items[1]}"] if isinstance(items[0], str) else items
    read = [each for item in items for each in _read(item, known, direction)]
    return list(dict.fromkeys(read)) if all(isinstance(each, str) for each in read) else read


def _read(item: Any, known: Collection[str], direction: object) -> Iterator[Any]:
    match item:
        case str() if len(item) <= _MAX_CHARACTERS:
            if spelled(item) not in _NO_ORDER:
                yield _from_text(item, known, direction) or item
        case dict() if item and len(item) <= _MAX_SORTINGS:
            yield from _from_object(item, known, direction)
        case [str() as attribute, str() as way]:
            yield _from_text(f"{attribute}:{way}", known, direction) or item
        case _:
            yield item


def _from_object(item: Mapping[Any, Any], known: Collection[str], direction: object) -> Iterator[Any]:
    """Read `{"createdAt": "desc"}`, or `{"field": "createdAt", "direction": "desc"}`."""
    attribute = next((item[key] for key in _FIELD_KEYS if isinstance(item.get(key), str)), None)
    if attribute is not None:
        ways: list[tuple[object, object]] = [
            (attribute, next((item[key] for key in _DIRECTION_KEYS if key in item), direction))
        ]
    else:
        ways = [(name, way.get("order") if isinstance(way, dict) else way) for name, way in item.items()]
    texts = [_from_text(f"{str(name)[:60]}:{_direction(way)}", known, direction) for name, way in ways]
    yield from texts if all(texts) else [item]


def _direction(way: object) -> str:
    """Return a direction as text; a number of many digits is none."""
    return way[:20] if isinstance(way, str) else "asc" if way == 1 else "desc" if way == -1 else ""


def _from_text(text: str, known: Collection[str], direction: object) -> str | None:
    """Read `created_at desc`, `-createdAt`, `newest` and the like."""
    apart = _DIRECTIONS.get(direction.strip().lower()) if isinstance(direction, str) else None
    if (whole := _WHOLE.get(spelled(text))) and whole.partition(":")[0] in known:
        return whole if apart is None or whole.endswith(f":{apart}") else None
    by_spelling = {spelled(name): name for name in known}
    words = re.findall(r"[A-Za-z_]+|-?1\b", text)
    ways = [_DIRECTIONS[word.lower()] for word in words if word.lower() in _DIRECTIONS]
    rest = spelled("".join(word for word in words if word.lower() not in _DIRECTIONS))
    attribute = by_spelling.get(rest) or _ATTRIBUTES.get(rest)
    sign = text.strip()[:1]
    if not ways and sign in {"-", "+"}:
        ways = ["desc" if sign == "-" else "asc"]
    if not ways and apart:
        ways = [apart]
    return f"{attribute}:{ways[0]}" if attribute in known and len(ways) == 1 else None
