"""Meanings of documents: how near they are to a query, or to one another, by the vectors of their words.

A stand-in for the embeddings behind Scenario's semantic search. A document is scored by the mean of its word vectors,
and by its words nearest to each word of the query. It knows single words, best those of English.
"""

import math
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import compress, islice
from operator import mul
from typing import NamedTuple, Self

from scenario_mcp.sandbox.engine.values import Document, values_at
from scenario_mcp.sandbox.similarity.semantic.largest import largest
from scenario_mcp.sandbox.similarity.semantic.word_vectors import (
    SIZE,
    Rows,
    WordVectors,
    cosine_scale,
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


class Meanings:
    """The meanings of many documents, ready to be compared.

    Words are numbers here, and the words of all documents one array: a document takes some hundred bytes.
    """

    def __init__(self, meanings: Mapping[str, Meaning] | None = None, vectors: WordVectors | None = None) -> None:
        self._vectors = vectors or shipped_vectors()
        self._ids = bytearray()
        """The ids, each with a line end behind it, which none has: texts of their own take three times the memory."""
        self._means = Rows()
        self._codes: dict[str, int] = {}
        self._words = array("H")
        """The words of one document after the other: twice the code of a telling word, one more for any other."""
        self._ends = array("I", [0])
        """Where the words of each document end."""
        self._counts = array("I")
        """In how many documents a word is, by code."""
        self._first: list[bytes] = []
        """The first documents with a word, as `_words` has it: bytes, as each array takes many itself."""
        self._compared = (array("I"), Rows(), 0)
        """The codes and vectors of telling words, among so many of the first words."""
        self._near_words = lru_cache(maxsize=256)(self._find_near_words)
        for key, meaning in (meanings or {}).items():
            self.add(key, meaning)

    def add(self, key: str, meaning: Meaning) -> None:
        """Add a document as the last one."""
        number = array("I", (len(self),)).tobytes()
        most = _SHORTLIST * len(number)
        self._ids += f"{key}\n".encode()
        self._means.add(meaning.mean)
        codes, counts, first = self._codes, self._counts, self._first
        for is_detail, names in enumerate((meaning.telling, meaning.detail)):
            for name in names:
                code = codes.get(name)
                if code is None:
                    code = codes[name] = len(codes)
                    counts.append(0)
                    first += (b"", b"")
                counts[code] += 1
                word = 2 * code + is_detail
                if len(first[word]) < most:
                    first[word] += number
                try:
                    self._words.append(word)
                except OverflowError:  # too many different words for two bytes each
                    self._words = array("I", self._words)
                    self._words.append(word)
        self._ends.append(len(self._words))
        self._near_words.cache_clear()
        self.__dict__.pop("_exact", None)

    def __len__(self) -> int:
        """Return how many documents there are."""
        return len(self._ends) - 1

    def nearest(self, text: str, count: int, flags: bytes | None = None) -> list[tuple[int, float]]:
        """Return so many documents near a text, the nearest first: the place of each in the order of adding, its score.

        `flags` has a byte for each document, 0 for one that does not count; None if all do.
        """
        words = split_telling(text)
        mean = self._vectors.mean(words)
        means = self._means.products(mean)
        by_mean = largest(means, max(count, _SHORTLIST))
        shortlist = {*by_mean[:_SHORTLIST], *self._first_with(words)}
        if flags is not None:
            shortlist = {place for place in shortlist if flags[place]}
            among = [*compress(range(len(means)), flags)]
            by_mean = [among[place] for place in largest([*compress(means, flags)], count)]
        # Whatever is left out is no nearer by its mean than so many others, and gains nothing by its words.
        places = sorted({*shortlist, *by_mean[:count]})
        scale, offset = cosine_scale(mean, _MEAN_WEIGHT)
        scores = {place: means[place] * scale - offset for place in places}
        for place, score in self._scores_by_words(words, shortlist):
            scores[place] += score
        places.sort(key=scores.__getitem__, reverse=True)
        return [(place, scores[place]) for place in places[:count]]

    def _first_with(self, words: Sequence[str]) -> Iterator[int]:
        """Yield the first documents with any of the words, as many as are compared word by word."""
        for word in words:
            code = self._codes.get(word, len(self._codes))
            for first in self._first[2 * code : 2 * code + 2]:
                yield from array("I", first)[: _SHORTLIST // len(words)]

    def _scores_by_words(self, words: Sequence[str], shortlist: Iterable[int]) -> Iterator[tuple[int, float]]:
        """Yield documents with words that are near those asked for, and what their scores gain by them."""
        weighted = [(self._vectors.weight(self._vectors.find(word)), word) for word in words]
        asked = [(weight, self._near_words(word)) for weight, word in weighted if weight >= _TELLS_NOTHING]
        total = sum(weight for weight, _ in asked)
        near_any = frozenset[int]().union(*(near for _, near in asked))
        for number in shortlist:
            if near_words := near_any.intersection(self._words_of(number)):
                found = 0.0
                for weight, near in asked:
                    found += weight * _best(near_words, near)
                yield number, (1 - _MEAN_WEIGHT) * found / total

    def number(self, key: str) -> int | None:
        """Return the place of a document among all; None if it has no words."""
        return self._exact.numbers.get(key)

    def near_blend(self, shares: Mapping[int, float]) -> list[float]:
        """Return how near every document is to a blend of some of them, given by number, each with its share."""
        scaled = [[share * part for part in unpack(self._means[number])] for number, share in shares.items()]
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

    def _words_of(self, number: int) -> "array[int]":
        return self._words[self._ends[number] : self._ends[number + 1]]

    def _weighted_words(self, number: int) -> Iterator[tuple[int, float]]:
        return ((word >> 1, _DETAIL_WEIGHT if word & 1 else 1.0) for word in self._words_of(number))

    def _rarity(self, code: int) -> float:
        return math.log((len(self) + 1) / (self._counts[code] + 0.5)) / math.log(2 * len(self) + 2)

    @cached_property
    def _exact(self) -> "_Exact":
        """What only comparisons of documents with documents need: it takes as much memory as all the rest."""
        numbers = dict(zip(self._ids.decode().split("\n"), range(len(self)), strict=False))
        rarity = [self._rarity(code) for code in range(len(self._codes))]
        having: tuple[dict[int, array[int]], ...] = ({}, {})
        lengths = array("d")
        for key, number in list(numbers.items()):
            words = self._words_of(number)
            if not words:
                del numbers[key]
            for word in words:
                having[word & 1].setdefault(word >> 1, array("I")).append(number)
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
        """Return the words of documents that are near a word, as `_words` has them, weighted by rarity and sort."""
        near: dict[int, float] = {}
        place = self._vectors.find(word)
        if place is not None:
            codes, rows = self._comparable
            for code, cosine in zip(codes, rows.cosines(unpack(self._vectors.row(place))), strict=True):
                if cosine > _NOT_NEAR:
                    near[2 * code] = (cosine - _NOT_NEAR) / (1 - _NOT_NEAR) * (0.3 + 0.7 * self._rarity(code))
        if word in self._codes:
            near[2 * self._codes[word]] = 0.3 + 0.7 * self._rarity(self._codes[word])
        return near | {telling + 1: _DETAIL_WEIGHT * score for telling, score in near.items()}

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


def _best(words: Iterable[int], near: Mapping[int, float]) -> float:
    """Return the weighted sum of the nearest words; whatever is near at all has a score above 0."""
    found: float = sum(map(mul, _BEST_WORDS, sorted(filter(None, map(near.get, words)), reverse=True)))
    return found
