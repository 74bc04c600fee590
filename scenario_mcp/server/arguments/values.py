"""One value as its property's type, where it can only have meant that."""

import math
import re
from collections.abc import Mapping
from itertools import islice
from typing import Any

from scenario_mcp.api.request_values import without_controls
from scenario_mcp.ids import find_id, is_id
from scenario_mcp.server.arguments.held import items_of, named_in
from scenario_mcp.server.arguments.literals import read_literal
from scenario_mcp.server.arguments.names import SIDES
from scenario_mcp.server.arguments.refusals import MAX_PROBLEMS

WORDS = frozenset({"query"})
"""Arguments that hold words to search for: there `null` is a word like any other."""
_NOTHING = frozenset({"null", "none", "undefined", "nil"})
_LONGEST_NOTHING = max(map(len, _NOTHING))
_MAX_ITEMS = 1_000
"""Of a list that is repaired; a longer one is refused by its request model."""
_MAX_JOINED = 100
"""Of a list of words, of which only the first ten count."""
_MAX_INTEGER = 10**40
"""Below which a number may stand for a text, such as a name or a seed."""
_MAX_LISTED_CHARACTERS = 20_000
"""Of a list that comes as one text with commas."""
_DEFAULT_SIDE = "like"
"""Of `images`, when only pictures are given."""
_PAIR = re.compile(r"[A-Za-z_]+:[A-Za-z]+")
_QUOTES = " \t\r\n\"'`"
_LONGEST_NAME = 60
_OFFSET_PAIR = ("limit", "offset")
_PAGE_PAIR = ("page", "hitsPerPage")


def is_absent(value: Any) -> bool:
    """Whether a value stands for nothing: null, empty, blank, or the word for it in some language."""
    if isinstance(value, str):
        text = value.strip()
        return not text or (len(text) <= _LONGEST_NOTHING and text.lower() in _NOTHING)
    return value is None or (not value and isinstance(value, dict | list | tuple))


def is_without_words(value: Any) -> bool:
    """Whether a value stands for nothing where words are wanted."""
    return not without_controls(value).strip() if isinstance(value, str) else is_absent(value)


def repaired(value: Any, schema: Mapping[str, Any], *, is_words: bool = False) -> Any:
    """Return a value as its schema's type where it can only have meant that; None where it means nothing."""
    is_nothing = is_without_words if is_words else is_absent
    if is_nothing(value):
        return None
    kind = schema["type"]
    if kind == "string":
        text = encodable(value) if isinstance(value, str) else _text(value, is_words=is_words)
        return None if is_nothing(text) else text  # it may have been a lone surrogate
    if kind == "array":
        return _list(value)
    if kind == "object":
        return _object(_parsed(value), schema["properties"])
    return _bare(value) if isinstance(value, str) else value


def _bare(text: str) -> str:
    """Return a text without the quotation marks around it; those inside are its own."""
    text = text.strip()
    return text.strip(_QUOTES) if text[:1] in _QUOTES else text


def _parsed(value: Any) -> Any:
    """Return the list or object that a text spells; the text itself if it spells none."""
    if isinstance(value, str) and value.lstrip()[:1] in {"{", "[", "("}:
        try:
            return read_literal(value)
        except ValueError:
            return value
    return value


def _object(value: Any, inner: Mapping[str, Any]) -> Any:
    if _DEFAULT_SIDE in inner and (
        isinstance(value, list | tuple)
        or (isinstance(value, str) and value.lstrip()[:1] not in {"{", "[", "("})
        or (
            isinstance(value, dict) and not any(_known_name(name, inner) in inner for name in value) and named_in(value)
        )
    ):
        value = {_DEFAULT_SIDE: value}
    if not isinstance(value, dict):
        return value
    value = _with_known_names(value, inner)
    known = {name: repaired(item, inner[name]) for name, item in value.items() if name in inner}
    present: dict[str, Any] = {name: item for name, item in known.items() if item is not None}
    strange = ((name, item) for name, item in value.items() if name not in inner and not is_absent(item))
    return present | {encodable(name): item for name, item in islice(strange, MAX_PROBLEMS)} or None


def _with_known_names(value: Mapping[Any, Any], inner: Mapping[str, Any]) -> dict[Any, Any]:
    """Return an object with the properties' names; a second name of one that is there stays, and is refused."""
    named: dict[Any, Any] = {}
    for name, item in value.items():
        known = _known_name(name, inner)
        named[name if known in named or (known != name and known in value) else known] = item
    return named


def _known_name(name: Any, inner: Mapping[str, Any]) -> Any:
    """Return a property's name in whatever letters it is written."""
    lower = name.strip().lower() if isinstance(name, str) and len(name) <= _LONGEST_NAME else name
    side = SIDES.get(lower, lower)
    return side if side in inner else name


def _list(value: Any) -> Any:
    if isinstance(value, str):
        value = _parsed(value)
        value = _listed(value) if isinstance(value, str) else value
    items = items_of(value)
    if len(items) > _MAX_ITEMS:
        return items
    meant = (encodable(named_in(item) or item) for item in items)
    return [item for item in meant if not is_absent(item)] or None


def _listed(text: str) -> list[str]:
    """Return the items of a list that comes as one text: ids or sortings between commas, which hold none."""
    if "," in text and len(text) <= _MAX_LISTED_CHARACTERS:
        parts = [part.strip(_QUOTES) for part in text.strip("[]").split(",")]
        parts = [part for part in parts if part]
        if all(is_id(part) or _PAIR.fullmatch(part) or find_id(part, "assets") for part in parts):
            return parts
    return [text]


def _text(value: Any, *, is_words: bool) -> Any:
    if isinstance(value, list | tuple):
        items = [item for item in value if not (is_without_words(item) if is_words else is_absent(item))]
        if not items:
            return None
        if is_words and len(items) <= _MAX_JOINED and all(isinstance(item, str) for item in items):
            return encodable(" ".join(items))
        value = items[0] if len(items) == 1 else value
    if not is_words:
        value = named_in(value) or value
    return str(value) if is_words and is_number(value) else encodable(value)


def encodable(value: Any) -> Any:
    """Leave out lone surrogates, which JSON can spell and UTF-8 cannot."""
    return value.encode("utf-8", "ignore").decode() if isinstance(value, str) and not value.isascii() else value


def is_number(value: Any) -> bool:
    """Whether a value is a number that may have been meant as a text."""
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < _MAX_INTEGER


def without_filler(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Leave out a paging pair of zeros beside the other pair: some clients fill in every number they were not given."""
    pairs = [[name for name in pair if name in arguments] for pair in (_OFFSET_PAIR, _PAGE_PAIR)]
    if not all(pairs):
        return arguments
    filler = [name for pair in pairs if all(arguments[name] in (0, "0") for name in pair) for name in pair]
    return {name: value for name, value in arguments.items() if name not in filler}
