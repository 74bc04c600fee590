"""Postings: the places of the words of one resource type, read from the store when first needed, and cached."""

import sqlite3
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from cachetools import LRUCache

from scenario_mcp.sandbox.engine import bitsets, spelling
from scenario_mcp.sandbox.engine.indexing import BLOCK_BITS, OFFSET_SHIFT, counted

Words: TypeAlias = frozenset[str]
"""Words that count as one: a word of the query and words of similar spelling."""

Phrase: TypeAlias = tuple[str, ...]
"""Words side by side."""

_BLOCK_SHIFT = BLOCK_BITS + OFFSET_SHIFT
_REMEMBERED_WORDS = 4000
_REMEMBERED_GROUPS = 64
_READ_TOGETHER = 500
"""Words that one statement asks for; some builds of SQLite take no more than 999 values."""
_REMEMBERED_SPELLINGS = 1000
_EXACT_POSITIONS = 16
_FIRST_POWER = 24
_WINDOW = 3
"""How many words of a phrase are looked at together (Meilisearch)."""


_Blocks: TypeAlias = "list[tuple[int, array[int]]]"
"""The places of a word in each block."""


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
        self.derivations = lru_cache(_REMEMBERED_SPELLINGS)(self._derivations)
        self.split_in_two = lru_cache(_REMEMBERED_SPELLINGS)(self._split_in_two)
        self._known: LRUCache[str, _Blocks] = LRUCache(_REMEMBERED_WORDS)

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

    def places(self, words: Words, universe: int) -> list[int]:
        """Return where the words are in some documents."""
        found: list[int] = []
        inside = _Chunks(universe)
        for blocks in self._blocks(words):
            for block, places in blocks:
                if chunk := inside.of(block):
                    base = block << _BLOCK_SHIFT
                    found += [
                        base + place
                        for place in places
                        if chunk[place >> OFFSET_SHIFT + 3] >> (place >> OFFSET_SHIFT & 7) & 1
                    ]
        return found

    def with_word_count(self, attribute: int, count: int) -> int:
        """Return the documents with so many words in an attribute."""
        return self.documents_with(counted(attribute, count))

    def _documents_with(self, word: str) -> int:
        return self._documents(frozenset((word,)))

    def _documents(self, words: Words) -> int:
        offsets: dict[int, set[int]] = defaultdict(set)
        for blocks in self._blocks(words):
            for block, places in blocks:
                offsets[block].update([place >> OFFSET_SHIFT for place in places])
        return bitsets.from_blocks(offsets, BLOCK_BITS)

    def _documents_with_phrase(self, phrase: Phrase) -> int:
        """Return the documents with words side by side; of a longer phrase, any three next to each other count."""
        each = [frozenset((word,)) for word in phrase]
        found = bitsets.intersection(map(self.documents, each))
        for start in range(len(each) - min(_WINDOW, len(each)) + 1):
            window = each[start : start + _WINDOW]
            for place, left in enumerate(window):
                for distance, right in enumerate(window[place + 1 :], start=1):
                    lefts, rights = self.places(left, found), self.places(right, found)
                    found &= bitsets.union(paired(lefts, rights, near) for near in range(1, distance + 1))
        return found

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
                if (self.documents_with(left) & self.documents_with(right)).bit_count() <= most:
                    continue
                count = self.documents_with_phrase((left, right)).bit_count()
                if count > most:
                    best, most = (left, right), count
        return best

    def _blocks(self, words: Words) -> "list[_Blocks]":
        """Return the places of each word by block; those that are not known are read together."""
        found = {word: blocks for word in words if (blocks := self._known.get(word)) is not None}
        missing = [word for word in words if word not in found]
        for first in range(0, len(missing), _READ_TOGETHER):
            asked = missing[first : first + _READ_TOGETHER]
            read: dict[str, _Blocks] = {word: [] for word in asked}
            query = (
                "SELECT word, block, places FROM blocks CROSS JOIN postings USING (type, block)"  # noqa: S608  # marks only
                f" WHERE type = ? AND word IN (?{', ?' * (len(asked) - 1)})"
            )
            for word, block, content in self._connection.execute(query, (self._type_number, *asked)):
                read[word].append((block, array("I", content)))
            self._known.update(read)
            found |= read
        return [*found.values()]


class _Chunks:
    """A set of documents, cut into what each block has of it."""

    def __init__(self, documents: int) -> None:
        self._content = documents.to_bytes((documents.bit_length() + 7) // 8, "little")

    def of(self, block: int) -> bytes:
        """Return the bits of a block; nothing if it has none."""
        size = 1 << BLOCK_BITS - 3
        chunk = self._content[block * size : (block + 1) * size]
        return chunk.ljust(size, b"\0") if chunk.strip(b"\0") else b""


def paired(lefts: Iterable[int], rights: Collection[int], distance: int) -> int:
    """Return the documents with a place `distance` words after another one, in the same attribute."""
    found = {place + distance for place in lefts}.intersection(rights)
    return bitsets.from_numbers({place >> OFFSET_SHIFT for place in found})


def rounded_position(position: int) -> int:
    """Return the position under which a word is ranked: exact to 15, then 24, 32, 64 and so on (Meilisearch)."""
    if position < _EXACT_POSITIONS:
        return position
    return _FIRST_POWER if position < _FIRST_POWER else 1 << (position - 1).bit_length()
