"""Postings: the places of the words of one resource type, read from the store when first needed, and cached."""

import sqlite3
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple, TypeAlias

from scenario_mcp.sandbox.engine import bitsets, spelling
from scenario_mcp.sandbox.engine.indexing import ATTRIBUTE_SHIFT, BLOCK_BITS, OFFSET_SHIFT, counted

Words: TypeAlias = frozenset[str]
"""Words that count as one: a word of the query and words of similar spelling."""

Phrase: TypeAlias = tuple[str, ...]
"""Words side by side."""

_BLOCK_SHIFT = BLOCK_BITS + OFFSET_SHIFT
_POSITION_MASK = (1 << ATTRIBUTE_SHIFT) - 1
_ATTRIBUTE_MASK = (1 << OFFSET_SHIFT - ATTRIBUTE_SHIFT) - 1
_REMEMBERED_WORDS = 4000
_REMEMBERED_GROUPS = 64
_REMEMBERED_SPELLINGS = 1000
_EXACT_POSITIONS = 16
_FIRST_POWER = 24
_WINDOW = 3
"""How many words of a phrase are looked at together (Meilisearch)."""


class Derivations(NamedTuple):
    """Words of the index with one typo, and with two."""

    one: Words
    two: Words


_MOST_DERIVATIONS = (150, 50)
"""The most words with one typo and with two, in alphabetical order (Meilisearch)."""


class Postings:
    """The words of a resource type. A place is a document's number, 4 bits of attribute and 16 of position."""

    def __init__(self, connection: sqlite3.Connection, type_number: int) -> None:
        self._connection = connection
        self._type_number = type_number
        self._vocabulary: list[str] | None = None
        self._first_letters = lru_cache(1)(lambda: spelling.first_letters(self.vocabulary))
        self.documents_with = lru_cache(_REMEMBERED_WORDS)(self._documents_with)
        self.documents_with_phrase = lru_cache(_REMEMBERED_GROUPS)(self._documents_with_phrase)
        self.documents = lru_cache(_REMEMBERED_GROUPS)(self._documents)
        self.by_attribute = lru_cache(_REMEMBERED_GROUPS)(self._by_attribute)
        self.by_position = lru_cache(_REMEMBERED_GROUPS)(self._by_position)
        self.derivations = lru_cache(_REMEMBERED_SPELLINGS)(self._derivations)
        self.split_in_two = lru_cache(_REMEMBERED_SPELLINGS)(self._split_in_two)
        self._places = lru_cache(_REMEMBERED_WORDS)(self._read_places)
        self._place_set = lru_cache(_REMEMBERED_GROUPS)(self._collect_places)
        self._pairs = lru_cache(_REMEMBERED_GROUPS)(self._find_pairs)

    @property
    def vocabulary(self) -> Sequence[str]:
        """All words, sorted."""
        if self._vocabulary is None:
            query = "SELECT word FROM words WHERE type = ? ORDER BY word"
            self._vocabulary = [row[0] for row in self._connection.execute(query, (self._type_number,))]
        return self._vocabulary

    def has(self, word: str) -> bool:
        """Return whether a document has a word."""
        place = bisect_left(self.vocabulary, word)
        return place < len(self.vocabulary) and self.vocabulary[place] == word

    def starting_with(self, prefix: str) -> Words:
        """Return the words that begin with a prefix."""
        return frozenset(spelling.starting_with(self.vocabulary, prefix))

    def pairs(self, left: Words, right: Words, distance: int) -> int:
        """Return the documents with one of the words, and `distance` words after it in its attribute one of others."""
        return self._pairs(left, right, distance)

    def with_word_count(self, attribute: int, count: int) -> int:
        """Return the documents with so many words in an attribute."""
        return self.documents_with(counted(attribute, count))

    def _documents_with(self, word: str) -> int:
        return bitsets.from_numbers({place >> OFFSET_SHIFT for place in self._places(word)})

    def _documents(self, words: Words) -> int:
        return bitsets.union(map(self.documents_with, words))

    def _documents_with_phrase(self, phrase: Phrase) -> int:
        """Return the documents with words side by side; of a longer phrase, any three next to each other count."""
        each = [frozenset((word,)) for word in phrase]
        found = bitsets.union(map(self.documents, each))
        for start in range(len(each) - min(_WINDOW, len(each)) + 1):
            window = each[start : start + _WINDOW]
            for place, left in enumerate(window):
                for distance, right in enumerate(window[place + 1 :], start=1):
                    found &= bitsets.union(self.pairs(left, right, near) for near in range(1, distance + 1))
        return found

    def _by_attribute(self, words: Words) -> Mapping[int, int]:
        """Return the documents that have the words in each attribute."""
        groups: dict[int, list[int]] = defaultdict(list)
        for place in chain.from_iterable(map(self._places, words)):
            groups[place >> ATTRIBUTE_SHIFT & _ATTRIBUTE_MASK].append(place >> OFFSET_SHIFT)
        return {attribute: bitsets.from_numbers(numbers) for attribute, numbers in groups.items()}

    def _by_position(self, words: Words) -> Mapping[int, int]:
        """Return the documents that have the words at each position; far ones are grouped."""
        groups: dict[int, list[int]] = defaultdict(list)
        for place in chain.from_iterable(map(self._places, words)):
            groups[place & _POSITION_MASK].append(place >> OFFSET_SHIFT)
        merged: dict[int, list[int]] = defaultdict(list)
        for position, numbers in groups.items():
            merged[rounded_position(position)] += numbers
        return {position: bitsets.from_numbers(numbers) for position, numbers in merged.items()}

    def _derivations(self, word: str, most: int, *, is_prefix: bool) -> Derivations:
        """Find words with typos; a wrong first letter counts as two."""
        one: list[str] = []
        two: list[str] = []
        first = word[0]
        if most == 1:
            one = spelling.with_one_typo(self.vocabulary, word, is_prefix=is_prefix)[: _MOST_DERIVATIONS[0]]
        elif most:
            alike = spelling.near(spelling.starting_with(self.vocabulary, first), word, 2, is_prefix=is_prefix)
            others = spelling.with_wrong_first_letter(self.vocabulary, self._first_letters(), word, is_prefix=is_prefix)
            found = dict(alike) | dict.fromkeys(others, 2)
            one = sorted(other for other, distance in found.items() if distance == 1)[: _MOST_DERIVATIONS[0]]
            two = sorted(other for other, distance in found.items() if distance == 2)[: _MOST_DERIVATIONS[1]]  # noqa: PLR2004  # typos
        return Derivations(frozenset(one), frozenset(two))

    def _split_in_two(self, word: str) -> tuple[str, str] | None:
        """Return the two words that together are another and most often stand side by side, None if none do."""
        best, most = None, 0
        for place in range(1, len(word)):
            left, right = word[:place], word[place:]
            if self.has(left) and self.has(right):
                count = self.pairs(frozenset((left,)), frozenset((right,)), 1).bit_count()
                if count > most:
                    best, most = (left, right), count
        return best

    def _read_places(self, word: str) -> "array[int]":
        query = (
            "SELECT block, places FROM blocks CROSS JOIN postings USING (type, block)"
            " WHERE type = ? AND word = ? ORDER BY block"
        )
        places = array("Q")
        for block, content in self._connection.execute(query, (self._type_number, word)):
            base = block << _BLOCK_SHIFT
            places.extend([base + place for place in array("I", content)])
        return places

    def _collect_places(self, words: Words) -> frozenset[int]:
        return frozenset(chain.from_iterable(map(self._places, words)))

    def _find_pairs(self, left: Words, right: Words, distance: int) -> int:
        lefts, rights = self._place_set(left), self._place_set(right)
        if len(lefts) <= len(rights):
            found = {place + distance for place in lefts} & rights
        else:
            found = {place - distance for place in rights} & lefts
        return bitsets.from_numbers({place >> OFFSET_SHIFT for place in found})


def rounded_position(position: int) -> int:
    """Return the position under which a word is ranked: exact to 15, then 24, 32, 64 and so on (Meilisearch)."""
    if position < _EXACT_POSITIONS:
        return position
    return _FIRST_POWER if position < _FIRST_POWER else 1 << (position - 1).bit_length()
