"""Meanings of documents: how near they are to a query, or to one another, by the vectors of their words.

A stand-in for the embeddings behind Scenario's semantic search. A document is scored by the mean of its word vectors,
and by its words nearest to each word of the query. It knows single words, best those of English.
"""

import heapq
import math
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import compress, islice
from typing import NamedTuple, Self

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
_SAMPLE = 1000
"""So many scores tell which ones may be among the largest: to look for those among all is slow."""
_UNKNOWN = -1
"""The code of words that no document has."""
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


def _scaled(mean: bytes, share: float) -> list[float]:
    return [share * number for number in unpack(mean)]


class Meanings:
    """The meanings of many documents, ready to be compared.

    Words are numbers here, and the words of all documents one array: a document takes some hundred bytes.
    """

    def __init__(self, meanings: Mapping[str, Meaning] | None = None, vectors: WordVectors | None = None) -> None:
        self._vectors = vectors or shipped_vectors()
        self.ids: list[str] = []
        self._means = Rows()
        self._codes: dict[str, int] = {}
        self._words = array("I")
        self._ends = array("I", [0])
        """Of each document in `_words`: the ends of its telling words, and of the others."""
        self._counts = array("I")
        """In how many documents a word is, by code."""
        self._first: tuple[dict[int, array[int]], ...] = ({}, {})
        """The first documents with a word, by code: among their telling words, and among the others."""
        self._compared = (array("I"), Rows(), 0)
        """The codes and vectors of telling words, among so many of the first words."""
        self._near_words = lru_cache(maxsize=256)(self._find_near_words)
        for key, meaning in (meanings or {}).items():
            self.add(key, meaning)

    def add(self, key: str, meaning: Meaning) -> None:
        """Add a document as the last one."""
        number = len(self.ids)
        self.ids.append(key)
        self._means.add(meaning.mean)
        for first, words in zip(self._first, (meaning.telling, meaning.detail), strict=True):
            for word in words:
                code = self._codes.get(word)
                if code is None:
                    code = self._codes[word] = len(self._codes)
                    self._counts.append(0)
                self._counts[code] += 1
                self._words.append(code)
                if code not in first:
                    first[code] = array("I", (number,))
                elif len(first[code]) < _SHORTLIST:
                    first[code].append(number)
            self._ends.append(len(self._words))
        self._near_words.cache_clear()
        self.__dict__.pop("_exact", None)

    def __len__(self) -> int:
        """Return how many documents there are."""
        return len(self.ids)

    def near_text(self, text: str) -> list[float]:
        """Return how near every document is to a text, in the order in which they were added."""
        words = split_telling(text)
        places = [self._vectors.find(word) for word in words]
        asked = [
            (weight, self._near_words(word))
            for word, place in zip(words, places, strict=True)
            if (weight := self._vectors.weight(place)) >= _TELLS_NOTHING
        ]
        total = sum(weight for weight, _ in asked) or 1.0
        scores = self._means.cosines(self._vectors.mean(words), _MEAN_WEIGHT)
        shortlist = set(largest(scores, _SHORTLIST))
        for word in words:
            for first in self._first:
                shortlist.update(first.get(self._codes.get(word, _UNKNOWN), ())[: _SHORTLIST // len(words)])
        is_near_any = frozenset[int]().union(*(near for _, near in asked)).__contains__
        for number in shortlist:
            all_telling, all_detail = self._words_of(number)
            telling, detail = [*filter(is_near_any, all_telling)], [*filter(is_near_any, all_detail)]
            if telling or detail:
                found = 0.0
                for weight, near in asked:
                    found += weight * _best(telling, detail, near)
                scores[number] += (1 - _MEAN_WEIGHT) * found / total
        return scores

    def number(self, key: str) -> int | None:
        """Return the place of a document among all; None if it has no words."""
        return self._exact.numbers.get(key)

    def near_blend(self, shares: Mapping[int, float]) -> list[float]:
        """Return how near every document is to a blend of some of them, given by number, each with its share."""
        scaled = [_scaled(self._means[number], share) for number, share in shares.items()]
        total = [sum(parts) for parts in zip(*scaled, strict=True)]
        length = math.hypot(*total)
        cosines = self._means.cosines([number / length for number in total]) if length else [0.0] * len(self)
        weights: dict[int, float] = defaultdict(float)
        for number, share in shares.items():
            for code, weight in self._weighted_words(number):
                weights[code] += share * weight
        shared = self._shared(weights)
        near = [_MEAN_WEIGHT * cosine for cosine in cosines]
        for number, found in shared.items():
            near[number] += (1 - _MEAN_WEIGHT) * found
        return near

    def _words_of(self, number: int) -> tuple["array[int]", "array[int]"]:
        start, middle, end = self._ends[2 * number : 2 * number + 3]
        return self._words[start:middle], self._words[middle:end]

    def _weighted_words(self, number: int) -> Iterator[tuple[int, float]]:
        telling, detail = self._words_of(number)
        yield from ((code, 1.0) for code in telling)
        yield from ((code, _DETAIL_WEIGHT) for code in detail)

    def _rarity(self, code: int) -> float:
        return math.log((len(self) + 1) / (self._counts[code] + 0.5)) / math.log(2 * len(self) + 2)

    @cached_property
    def _exact(self) -> "_Exact":
        """What only comparisons of documents with documents need: it takes as much memory as all the rest."""
        numbers = {key: number for number, key in enumerate(self.ids)}
        rarity = [self._rarity(code) for code in range(len(self._codes))]
        having: tuple[dict[int, array[int]], ...] = ({}, {})
        lengths = array("d")
        for key, number in list(numbers.items()):
            words = self._words_of(number)
            if not any(words):
                del numbers[key]
            for sort, codes in zip(having, words, strict=True):
                for code in codes:
                    sort.setdefault(code, array("I")).append(number)
            weighted = self._weighted_words(number)
            lengths.append(math.sqrt(sum((weight * rarity[code]) ** 2 for code, weight in weighted)))
        return _Exact(numbers, rarity, having, lengths)

    def _shared(self, weights: Mapping[int, float]) -> dict[int, float]:
        """Return the cosine of documents and the given words, weighted by rarity."""
        exact = self._exact
        sums: dict[int, float] = defaultdict(float)
        length = 0.0
        for code, weight in weights.items():
            squared_rarity = exact.rarity[code] ** 2
            length += weight**2 * squared_rarity
            if exact.rarity[code] < _EVERYWHERE:
                continue
            for sort, factor in zip(exact.having, (1.0, _DETAIL_WEIGHT), strict=True):
                step = weight * factor * squared_rarity
                for number in sort.get(code, ()):
                    sums[number] += step
        length = math.sqrt(length)
        return {number: found / (exact.lengths[number] * length) for number, found in sums.items()}

    def _find_near_words(self, word: str) -> Mapping[int, float]:
        """Return the words of all documents that are near a word, by code, weighted by rarity."""
        near: dict[int, float] = {}
        place = self._vectors.find(word)
        if place is not None:
            codes, rows = self._comparable
            for code, cosine in zip(codes, rows.cosines(unpack(self._vectors.row(place))), strict=True):
                if cosine > _NOT_NEAR:
                    near[code] = (cosine - _NOT_NEAR) / (1 - _NOT_NEAR) * (0.3 + 0.7 * self._rarity(code))
        if word in self._codes:
            near[self._codes[word]] = 0.3 + 0.7 * self._rarity(self._codes[word])
        return near

    @property
    def _comparable(self) -> tuple["array[int]", Rows]:
        """Return the words that have a telling vector, and their vectors; new words are added to those of before."""
        codes, rows, seen = self._compared
        for word, code in islice(self._codes.items(), seen, None):
            place = self._vectors.find(word)
            if place is not None and self._vectors.weight(place) >= _TELLS_NOTHING:
                codes.append(code)
                rows.add(self._vectors.row(place))
        self._compared = (codes, rows, len(self._codes))
        return codes, rows


class _Exact(NamedTuple):
    """Facts about all documents: numbers of those with words, and by word; rarity of words; lengths of documents."""

    numbers: Mapping[str, int]
    rarity: Sequence[float]
    having: "tuple[Mapping[int, array[int]], ...]"
    lengths: Sequence[float]


def largest(scores: Sequence[float], count: int) -> list[int]:
    """Return the places of the largest scores, the largest first; of equal ones the first."""
    step = max(1, len(scores) // _SAMPLE)
    sample = sorted(scores[::step], reverse=True)
    least = sample[min(len(sample) - 1, 2 * count // step + 1)] if sample else 0.0
    places: Sequence[int] = [*compress(range(len(scores)), map(float(least).__lt__, scores))]  # in C: they are many
    if len(places) < count:
        places = range(len(scores))
    return heapq.nlargest(count, places, key=scores.__getitem__)


def _best(telling: Iterable[int], detail: Iterable[int], near: Mapping[int, float]) -> float:
    found = [near[code] for code in telling if code in near]
    found += [_DETAIL_WEIGHT * near[code] for code in detail if code in near]
    if len(found) < 2:  # noqa: PLR2004  # most often
        return found[0] if found else 0.0
    found.sort(reverse=True)
    return sum(share * score for share, score in zip(_BEST_WORDS, found, strict=False))
