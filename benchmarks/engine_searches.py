"""Made-up searches by kind, each as a request to the sandbox and as SQL with the same conditions."""

import random
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

from benchmarks.engine_corpus import COMMON, RARE, USUAL, Words
from scenario_mcp.sandbox.requests import OffsetPaging, SearchRequest

MISSPELT, UNFINISHED, QUOTED = 0.15, 0.2, 0.05
"""Shares of the mixed keyword searches."""
_PAGE = 20
_NO_FURTHER = 980


class Search(NamedTuple):
    """One search, said twice."""

    request: SearchRequest
    match: str
    """The query for FTS5; nothing for a search without words."""
    where: str
    order: str
    offset: int


_Condition: TypeAlias = tuple[str, str]
"""An expression of the filter language, and of SQL."""


class Searches:
    """Draws searches."""

    def __init__(self, words: Words, chance: random.Random) -> None:
        self._words = words
        self._chance = chance

    def kinds(self) -> Mapping[str, Callable[[], Search]]:
        """Return how each kind of search is drawn; the two with a bound are mixtures."""
        return {
            "one word, common": lambda: _by_words(self._words.of(COMMON)),
            "one word, rare": lambda: _by_words(self._words.of(RARE)),
            "two words": lambda: _by_words(self._drawn(2)),
            "three or four words": lambda: _by_words(self._drawn(self._chance.choice((3, 4)))),
            "unfinished word": lambda: _by_words(self._unfinished(self._drawn(1))),
            "phrase": lambda: _by_words(f'"{self._drawn(2)}"'),
            "misspelt word": lambda: _by_words(self._misspelt(self._drawn(1))),
            "keyword": self._mixed_words,
            "keyword and filter": lambda: self._mixed_words(self._condition()),
            "filter": lambda: _by_filter(self._condition(), "", 0),
            "filter and sort": self._sorted,
        }

    def _drawn(self, count: int) -> str:
        return " ".join(self._words.of(USUAL) for _ in range(count))

    def _misspelt(self, text: str) -> str:
        words = text.split()
        place = self._chance.randrange(len(words))
        words[place] = words[place][:2] + words[place][3:4] + words[place][2:3] + words[place][4:]
        return " ".join(words)

    def _unfinished(self, text: str) -> str:
        rest, _, last = text.rpartition(" ")
        return f"{rest} {last[: max(3, len(last) - 2)]}".strip()

    def _mixed_words(self, condition: _Condition = ("", "")) -> Search:
        text = self._drawn(self._chance.choice((1, 1, 2, 2, 3, 4)))
        if self._chance.random() < MISSPELT:
            text = self._misspelt(text)
        if self._chance.random() < UNFINISHED:
            text = self._unfinished(text)
        if self._chance.random() < QUOTED:
            text = f'"{text}"'
        return _by_words(text, condition)

    def _sorted(self) -> Search:
        order = self._chance.choice(("createdAt:desc", "updatedAt:desc", "createdAt:asc", "width:desc", "score:desc"))
        return _by_filter(self._condition(), order, self._chance.choice((0, 0, 0, 20, 200, _NO_FURTHER)))

    def _condition(self) -> _Condition:
        chance = self._chance
        word = self._words.of(USUAL)
        month, owner = f"2023-{chance.randint(1, 12):02}-01", f"user_{chance.randrange(50):03}"
        first, second = (f"model_{chance.randrange(300):04}" for _ in range(2))
        beginning = first[:-2]
        collection = f"collection_{chance.randrange(80):03}"
        return chance.choice(
            (
                ("kind = image AND width >= 1024", "kind = 'image' AND width >= 1024"),
                (f"tags = '{word}'", _in_list("tags", word)),
                (
                    f"createdAt > '{month}' AND mimeType = 'image/png'",
                    f"createdAt > '{month}' AND mimeType = 'image/png'",
                ),
                (
                    f"modelId IN [{first}, {second}] OR kind = 3d",
                    f"modelId IN ('{first}', '{second}') OR kind = '3d'",
                ),
                (f"modelId STARTS WITH {beginning}", f"modelId >= '{beginning}' AND modelId < '{beginning}~'"),
                (
                    f"authorId = {owner} AND NOT privacy = public",
                    f"authorId = '{owner}' AND NOT privacy = 'public'",
                ),
                (f"collectionIds = {collection}", _in_list("collectionIds", collection)),
                ("width 512 TO 1024 AND kind != video", "width BETWEEN 512 AND 1024 AND kind != 'video'"),
                ("modelId EXISTS AND guidance < 5", "modelId IS NOT NULL AND guidance < 5"),
                (
                    f"(tags = '{word}' OR authorId = {owner}) AND modelId NOT EXISTS",
                    f"({_in_list('tags', word)} OR authorId = '{owner}') AND modelId IS NULL",
                ),
            )
        )


def _in_list(name: str, value: str) -> str:
    return f"number IN (SELECT asset FROM listed WHERE name = '{name}' AND value = '{value}')"  # noqa: S608  # our own expressions


def _by_words(text: str, condition: _Condition = ("", "")) -> Search:
    """Ask for all words, the last as a prefix, as the engine reads it."""
    match = text if text.startswith('"') else " ".join(f'"{word}"' for word in text.split()) + "*"
    return Search(SearchRequest(query=text, filter=condition[0]), match, condition[1], "bm25(searched)", 0)


def _by_filter(condition: _Condition, order: str, offset: int) -> Search:
    request = SearchRequest(filter=condition[0], sort_by=(order,) if order else (), paging=OffsetPaging(_PAGE, offset))
    name, _, direction = order.partition(":")
    return Search(request, "", condition[1], f"{name} {direction}, number" if order else "number", offset)
