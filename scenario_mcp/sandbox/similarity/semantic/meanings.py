"""Meanings of documents: how near they are to a query, or to one another, by the vectors of their words.

A stand-in for the embeddings behind Scenario's semantic search. A document is scored by the mean of its word vectors,
and by its words nearest to each word of the query. It knows single words, best those of English.
"""

import heapq
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from scenario_mcp.sandbox.engine.values import Document, values_at
from scenario_mcp.sandbox.similarity.semantic.word_vectors import (
    SIZE,
    Rows,
    WordVectors,
    pack,
    shipped_vectors,
    split_telling,
    unpack,
)

FEATURE = "meaning-1"
"""The name that meanings are stored under; it changes with the format of their bytes."""

_TELLING = ("metadata.name", "name", "tags", "description", "shortDescription")
_DETAIL = ("metadata.prompt", "metadata.text", "transcription", "content")
"""Longer texts: a prompt says much about style and background, and less about the subject."""
_MAX_WORDS = 64
"""The most words of either sort that count."""
_DETAIL_WEIGHT = 0.5
_SHORTLIST = 400
"""The number of documents with the nearest means that are compared word by word."""
_NOT_NEAR = 0.2
"""The cosine below which words are unrelated."""
_TELLS_NOTHING = 0.6
"""The weight below which words are not compared one by one, such as "with"."""
_BEST_WORDS = (1.0, 0.5, 0.3)
"""Weights of the nearest word of a document, and of the next ones."""
_EVERYWHERE = 0.15
"""The rarity below which a shared word says nothing: too many documents have it."""
_MEAN_WEIGHT = 0.4
"""The share of the mean in a score; the rest is for single words."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """The meaning of a document: the mean of its words as bytes, and the words of its main and other fields."""

    mean: bytes
    telling: tuple[str, ...]
    detail: tuple[str, ...]

    @classmethod
    def of(cls, document: Document) -> Self:
        """Read an asset or a model."""
        telling = tuple(_words_at(document, _TELLING))
        detail = tuple(word for word in _words_at(document, _DETAIL) if word not in telling)
        return cls(pack(shipped_vectors().mean((*telling, *detail))), telling, detail)

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Read what `to_bytes` wrote."""
        telling, _, detail = content[SIZE:].decode().partition("\n")
        return cls(content[:SIZE], tuple(telling.split()), tuple(detail.split()))

    def to_bytes(self) -> bytes:
        """Return a compact form to be stored."""
        return self.mean + f"{' '.join(self.telling)}\n{' '.join(self.detail)}".encode()

    def words(self) -> Iterator[tuple[str, float]]:
        """Yield each word with its weight."""
        yield from ((word, 1.0) for word in self.telling)
        yield from ((word, _DETAIL_WEIGHT) for word in self.detail)


def describe(document: Document) -> bytes:
    """Return an asset's or a model's meaning in the form that is stored as `FEATURE`."""
    return Meaning.of(document).to_bytes()


def _words_at(document: Document, paths: Sequence[str]) -> list[str]:
    texts: list[str] = []
    for path in paths:
        for value in values_at(document, path):
            texts += [member for member in (value if isinstance(value, list) else [value]) if isinstance(member, str)]
    return split_telling(" ".join(text[: 16 * _MAX_WORDS] for text in texts[:_MAX_WORDS]))[:_MAX_WORDS]


def _numbers_by_word(words_of_all: Iterable[Iterable[str]]) -> dict[str, list[int]]:
    """Return the numbers of the documents that have a word."""
    numbers: dict[str, list[int]] = defaultdict(list)
    for number, words in enumerate(words_of_all):
        for word in words:
            numbers[word].append(number)
    return dict(numbers)


def _scaled(mean: bytes, share: float) -> list[float]:
    return [share * number for number in unpack(mean)]


class Meanings:
    """The meanings of many documents, ready to be compared."""

    def __init__(self, meanings: Mapping[str, Meaning], vectors: WordVectors | None = None) -> None:
        self._vectors = vectors or shipped_vectors()
        self._ids = tuple(meanings)
        self._meanings = tuple(meanings.values())
        self._means = Rows(meaning.mean for meaning in self._meanings)
        self._telling = _numbers_by_word(meaning.telling for meaning in self._meanings)
        self._detail = _numbers_by_word(meaning.detail for meaning in self._meanings)
        self._numbers = {
            key: number for number, (key, meaning) in enumerate(meanings.items()) if meaning.telling or meaning.detail
        }
        words = tuple(dict.fromkeys((*self._telling, *self._detail)))
        count = len(self._ids)
        self._rarity = {
            word: math.log((count + 1) / (len(self._telling.get(word, ())) + len(self._detail.get(word, ())) + 0.5))
            / math.log(2 * count + 2)
            for word in words
        }
        self._lengths = [
            math.sqrt(sum((weight * self._rarity[word]) ** 2 for word, weight in meaning.words()))
            for meaning in self._meanings
        ]
        self._places = [self._vectors.find(word) for word in words]
        self._words = Rows(map(self._vectors.row, self._places))
        self._near_words = lru_cache(maxsize=256)(self._find_near_words)

    def near_text(self, text: str) -> dict[str, float]:
        """Return how near every document is to a text."""
        words = split_telling(text)
        places = [self._vectors.find(word) for word in words]
        cosines = self._means.cosines(self._vectors.mean(words))
        asked = [
            (weight, self._near_words(word))
            for word, place in zip(words, places, strict=True)
            if (weight := self._vectors.weight(place)) >= _TELLS_NOTHING
        ]
        total = sum(weight for weight, _ in asked) or 1.0
        scores = [_MEAN_WEIGHT * cosine for cosine in cosines]
        shortlist = set(heapq.nlargest(_SHORTLIST, range(len(scores)), key=scores.__getitem__))
        for word in words:
            for numbers in (self._telling.get(word, ()), self._detail.get(word, ())):
                shortlist.update(numbers[: _SHORTLIST // len(words)])
        for number in shortlist:
            found = sum(weight * self._best(self._meanings[number], near) for weight, near in asked)
            scores[number] += (1 - _MEAN_WEIGHT) * found / total
        return dict(zip(self._ids, scores, strict=True))

    def number(self, key: str) -> int | None:
        """Return the place of a document among all; None if it has no words."""
        return self._numbers.get(key)

    def near_blend(self, shares: Mapping[int, float]) -> list[float]:
        """Return how near every document is to a blend of some of them, given by number, each with its share."""
        blended = [(self._meanings[number], share) for number, share in shares.items()]
        total = [
            sum(parts) for parts in zip(*(_scaled(meaning.mean, share) for meaning, share in blended), strict=True)
        ]
        length = math.hypot(*total)
        cosines = self._means.cosines([number / length for number in total]) if length else [0.0] * len(self._ids)
        weights: dict[str, float] = defaultdict(float)
        for meaning, share in blended:
            for word, weight in meaning.words():
                weights[word] += share * weight
        shared = self._shared(weights)
        near = [_MEAN_WEIGHT * cosine for cosine in cosines]
        for number, found in shared.items():
            near[number] += (1 - _MEAN_WEIGHT) * found
        return near

    def _shared(self, weights: Mapping[str, float]) -> dict[int, float]:
        """Return the cosine of documents and the given words, weighted by rarity."""
        sums: dict[int, float] = defaultdict(float)
        length = 0.0
        for word, weight in weights.items():
            squared_rarity = self._rarity[word] ** 2
            length += weight**2 * squared_rarity
            if self._rarity[word] < _EVERYWHERE:
                continue
            for sort, factor in ((self._telling, 1.0), (self._detail, _DETAIL_WEIGHT)):
                step = weight * factor * squared_rarity
                for number in sort.get(word, ()):
                    sums[number] += step
        length = math.sqrt(length)
        return {number: found / (self._lengths[number] * length) for number, found in sums.items()}

    def _find_near_words(self, word: str) -> Mapping[str, float]:
        """Return the words of all documents that are near a word, weighted by rarity."""
        place = self._vectors.find(word)
        cosines = self._words.cosines(unpack(self._vectors.row(place)))
        near = {
            other: (cosine - _NOT_NEAR) / (1 - _NOT_NEAR) * (0.3 + 0.7 * self._rarity[other])
            for other, other_place, cosine in zip(self._rarity, self._places, cosines, strict=True)
            if cosine > _NOT_NEAR and self._vectors.weight(other_place) >= _TELLS_NOTHING
        }
        if word in self._rarity:
            near[word] = 0.3 + 0.7 * self._rarity[word]
        return near

    @staticmethod
    def _best(meaning: Meaning, near: Mapping[str, float]) -> float:
        found = [near[word] for word in meaning.telling if word in near]
        found += [_DETAIL_WEIGHT * near[word] for word in meaning.detail if word in near]
        found.sort(reverse=True)
        return sum(share * score for share, score in zip(_BEST_WORDS, found, strict=False))
