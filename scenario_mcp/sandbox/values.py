"""What a document holds under a path, and how it compares."""

import unicodedata
from collections.abc import Iterator, Mapping

from scenario_mcp.sandbox.catalogue import Document


def fold(text: str) -> str:
    """Make text comparable: trimmed, NFKD, lower case; accents stay."""
    return unicodedata.normalize("NFKD", text.strip()).lower()


def values_at(value: object, path: str) -> Iterator[object]:
    """Yield what is kept under a dotted path, through objects and lists of objects; an empty list stands for itself."""
    head, _, tail = path.partition(".")
    if not path:
        yield value
    elif isinstance(value, Mapping):
        if head in value:
            yield from values_at(value[head], tail)
    elif isinstance(value, list):
        if not value:
            yield value
        for member in value:
            yield from values_at(member, path)


def leaves_at(document: Document, path: str) -> Iterator[str | float]:
    """Yield the comparable values under a path: folded texts that are not empty, numbers, booleans as texts."""
    for value in values_at(document, path):
        yield from _leaves(value)


def _leaves(value: object) -> Iterator[str | float]:
    if isinstance(value, bool):
        yield "true" if value else "false"
    elif isinstance(value, int | float):
        yield value
    elif isinstance(value, str):
        if text := fold(value):
            yield text
    elif isinstance(value, list):
        for member in value:
            yield from _leaves(member)
