"""Values of a document under a dotted path, and how they compare."""

import json
import math
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from scenario_mcp.sandbox.engine import tokens
from scenario_mcp.sandbox.engine.file_words import FILE_WORDS, file_words

Document: TypeAlias = Mapping[str, object]
"""An asset or a model as a search hit has it, without the signed URLs."""
Leaf: TypeAlias = str | float
"""A value that can be compared: a folded text that is not empty, or a finite number."""


_TEXTS = frozenset({str})


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


def _one(kept: list[object]) -> object:
    return kept[0] if len(kept) == 1 else Several(kept) if kept else MISSING


class KeptValues:
    """What many documents keep under dotted paths. What all paths need of the documents is looked for once."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.documents = documents
        self._names = frozenset[str]().union(*documents)
        self._inner: dict[str, _Inner | None] = {}

    def at(self, path: str) -> Sequence[object]:
        """Return what each document keeps under a path: its value, `MISSING`, or `Several`; nothing if none has any."""
        names = _names(path)
        if names and names[0] not in self._names:
            return ()
        if len(names) == 1:
            (name,) = names
            return [document.get(name, MISSING) for document in self.documents]
        if len(names) == 2 and (inner := self._inside(names[0])):  # noqa: PLR2004  # nearly always: a field of an object
            name = names[1]
            return [each.get(name, MISSING) for each in inner.objects] if name in inner.names else ()
        return [_one(kept_at(document, path)) for document in self.documents]

    def texts(self, path: str) -> Sequence[str]:
        """Return the text of each document that keywords are looked for in; nothing if none has any."""
        if path == FILE_WORDS:
            return [file_words(document) for document in self.documents] if "file" in self._names else ()
        return [kept if type(kept) is str else _searched(kept) for kept in self.at(path)]

    def _inside(self, name: str) -> "_Inner | None":
        """Return the objects under a name; None if not every document has one."""
        if name not in self._inner:
            objects = [document.get(name) for document in self.documents]
            are_objects = {dict}.issuperset(map(type, objects))
            self._inner[name] = _Inner(objects, frozenset[str]().union(*objects)) if are_objects else None  # type: ignore[arg-type]  # each is an object
        return self._inner[name]


class _Inner(NamedTuple):
    """The objects that documents have under a name, and the names in any of them."""

    objects: Sequence[Mapping[str, object]]
    names: frozenset[str]


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


def _searched(kept: object) -> str:
    if kept is MISSING:
        return ""
    if type(kept) is list and _TEXTS.issuperset(map(type, kept)):
        return tokens.join(kept)
    return _text_of(kept if isinstance(kept, Several) else [kept])


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
