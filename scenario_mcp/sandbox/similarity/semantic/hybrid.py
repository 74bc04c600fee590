"""Hybrid search: the wanted and excluded parts of a query, and the results by keywords and by meaning merged."""

import heapq
import re
from collections.abc import Iterable
from operator import itemgetter
from typing import TypeAlias

Scored: TypeAlias = tuple[int, float]
"""The number of a document and its score, 1 at most."""

_EXCLUDED = re.compile(r'(?<!\S)-(?:"[^"]*"?|[^\s"]+)')


def wanted(query: str) -> str:
    """Return a query without what it excludes."""
    return _EXCLUDED.sub(" ", query)


def excluded(query: str) -> str:
    """Return only the `-words` and `-"phrases"` of a query, which apply to meaning too."""
    return " ".join(_EXCLUDED.findall(query))


def merge(by_keywords: Iterable[Scored], by_meaning: Iterable[Scored], ratio: float) -> list[int]:
    """Merge two lists of documents as Meilisearch does: the larger weighted score first, each document once.

    Scores by keywords are multiplied by 1 - ratio, scores by meaning by the ratio; of equal ones, meaning comes first.
    """
    lists = (
        [(number, score * ratio) for number, score in by_meaning],
        [(number, score * (1 - ratio)) for number, score in by_keywords],
    )
    return list(dict.fromkeys(number for number, _ in heapq.merge(*lists, key=itemgetter(1), reverse=True)))
