"""Values of a document under a dotted path, and how they compare."""

import json
import math
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TypeAlias

from scenario_mcp.sandbox.engine import tokens
from scenario_mcp.sandbox.engine.file_words import FILE_WORDS, file_words

Document: TypeAlias = Mapping[str, object]
"""An asset or a model as a search hit has it, without the signed URLs."""
Leaf: TypeAlias = str | float
"""A value that can be compared: a folded text that is not empty, or a finite number."""


class _Missing:
    """What a document keeps under a path that it does not have."""


MISSING = _Missing()


class Several(list[object]):
    """Several values under one path, which leads through a list of objects."""


def fold(text: str) -> str:
    """Make text comparable: trimmed, NFKD, lower case; accents stay."""
    text = text.strip()
    return (text if text.isascii() else unicodedata.normalize("NFKD", text)).lower()


def values_at(value: object, path: str) -> list[object]:
    """Return the values under a dotted path: a list counts by its members, an empty one stands for itself."""
    return [member for kept in kept_at(value, path) for member in ([kept] if kept == [] else _members([kept]))]


def kept_at(value: object, path: str) -> list[object]:
    """Return the raw values under a dotted path, through objects and lists of objects, or an empty list on the way."""
    names = _names(path)
    if isinstance(value, dict) and 1 <= len(names) <= 2:  # noqa: PLR2004  # nearly always: a field, or one of an object
        inner = value if len(names) == 1 else value.get(names[0])
        if isinstance(inner, dict):
            return [inner[names[-1]]] if names[-1] in inner else []
    for depth, name in enumerate(names):
        if isinstance(value, list):
            found: list[object] = []
            _collect(value, names, depth, found)
            return found
        if not isinstance(value, dict) or name not in value:
            return []
        value = value[name]
    return [value]


def kept_of_each(documents: Sequence[Document], path: str) -> list[object]:
    """Return what many documents keep under a dotted path: its value, `MISSING`, or `Several`."""
    names = _names(path)
    if len(names) == 1:
        (name,) = names
        return [document.get(name, MISSING) for document in documents]
    if len(names) == 2:  # noqa: PLR2004  # nearly always: a field of an object
        outer, name = names
        objects = [document.get(outer) for document in documents]
        if {dict}.issuperset(map(type, objects)):
            return [each.get(name, MISSING) for each in objects]  # type: ignore[attr-defined]  # each is an object
    return [_one(kept_at(document, path)) for document in documents]


def _one(kept: list[object]) -> object:
    return kept[0] if len(kept) == 1 else Several(kept) if kept else MISSING


def comparable(values: Iterable[object]) -> list[Leaf]:
    """Return the values that can be compared, not folded: texts that are not empty, numbers, booleans as texts."""
    found: list[Leaf] = []
    for value in _members(values):
        if isinstance(value, str):
            if value:
                found.append(value)
        elif isinstance(value, bool):
            found.append("true" if value else "false")
        elif isinstance(value, int) or (isinstance(value, float) and math.isfinite(value)):
            found.append(value)
    return found


def inner_paths(values: Iterable[object], path: str) -> Iterator[str]:
    """Yield the paths of everything inside objects among the values under a path."""
    for value in _members(values):
        if isinstance(value, dict):
            for name in value:
                yield f"{path}.{name}"
                yield from inner_paths([value[name]], f"{path}.{name}")  # not by the name's parts: it may be empty


def searched_text(document: Document, path: str) -> str:
    """Return the text that keywords are looked for in: texts, and numbers and booleans as JSON writes them."""
    if path == FILE_WORDS:
        return file_words(document)
    return _text_of(kept_at(document, path))


def searched_texts(documents: Sequence[Document], path: str) -> list[str]:
    """Return the text of each document that keywords are looked for in."""
    if path == FILE_WORDS:
        return [file_words(document) for document in documents]
    return [_searched(kept) for kept in kept_of_each(documents, path)]


def _searched(kept: object) -> str:
    if isinstance(kept, str):
        return kept
    return "" if kept is MISSING else _text_of(kept if isinstance(kept, Several) else [kept])


def _text_of(kept: Sequence[object]) -> str:
    if not kept:
        return ""
    if len(kept) == 1 and isinstance(kept[0], str):
        return kept[0]
    texts = [
        value if isinstance(value, str) else json.dumps(value)
        for value in _members(kept)
        if isinstance(value, str | bool | int | float)
    ]
    return texts[0] if len(texts) == 1 else tokens.join(texts)


def _members(values: Iterable[object]) -> Iterator[object]:
    for value in values:
        if isinstance(value, list):
            yield from _members(value)
        else:
            yield value


def _collect(value: object, names: Sequence[str], depth: int, found: list[object]) -> None:
    if depth == len(names):
        found.append(value)
    elif isinstance(value, dict):
        if names[depth] in value:
            _collect(value[names[depth]], names, depth + 1, found)
    elif isinstance(value, list):
        if not value:
            found.append(value)
        for member in value:
            _collect(member, names, depth, found)


@lru_cache
def _names(path: str) -> Sequence[str]:
    return path.split(".") if path else ()
