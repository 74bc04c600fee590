"""The vocabulary: the words that documents have, and which of them a word of a query may stand for."""

from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache, partial
from typing import NamedTuple, TypeAlias

from scenario_mcp.sandbox.engine import spelling

Words: TypeAlias = frozenset[str]
"""Words that count as one: a word of the query and words of similar spelling."""

_REMEMBERED_SPELLINGS = 1000
_REMEMBERED_LETTERS = 40
_MOST_DERIVATIONS = (150, 50)
"""The most words with one typo and with two, in alphabetical order (Meilisearch)."""
_MOST_LONGER = 1000
"""The most words that begin with a word of the query, in alphabetical order (Meilisearch)."""
TABLED_BYTES, TABLED_WORDS = 4, 100
"""A beginning of at most so many bytes, of at least so many words, counts with all of them (Meilisearch)."""
NO_WORDS: Words = frozenset()


class Derivations(NamedTuple):
    """Words of the index with one typo, and with two."""

    one: Words
    two: Words


NO_DERIVATIONS = Derivations(NO_WORDS, NO_WORDS)


class Vocabulary:
    """Words in their order."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words
        first_letters = spelling.first_letters(words)
        self._letters_before = lru_cache(_REMEMBERED_SPELLINGS)(partial(spelling.letters_before, words, first_letters))
        self._with_first_letter = lru_cache(_REMEMBERED_LETTERS)(self._read_with_first_letter)
        self.derivations = lru_cache(_REMEMBERED_SPELLINGS)(self._derivations)

    def has(self, word: str) -> bool:
        """Return whether a document has a word."""
        place = bisect_left(self._words, word)  # a set of all words would take more memory than the list of them
        return place < len(self._words) and self._words[place] == word

    def starting_with(self, prefix: str) -> Words:
        """Return the words that begin with a prefix."""
        found = spelling.starting_with(self._words, prefix)
        if len(found) > _MOST_LONGER and len(prefix.encode()) > TABLED_BYTES:
            found = found[: _MOST_LONGER + (found[0] == prefix)]
        return frozenset(found)

    def _derivations(self, word: str, most: int, *, is_prefix: bool) -> Derivations:
        """Find words with typos; a wrong first letter counts as two."""
        alike = self._with_first_letter(word[0]).near(word, most, is_prefix=is_prefix)
        one = frozenset(alike[1][: _MOST_DERIVATIONS[0]])
        if most == 1:
            return Derivations(one, NO_WORDS)
        others = spelling.with_wrong_first_letter(self._words, self._letters_before, word, is_prefix=is_prefix)
        return Derivations(one, frozenset(sorted([*alike[2], *set(others)])[: _MOST_DERIVATIONS[1]]))

    def _read_with_first_letter(self, letter: str) -> spelling.WordSet:
        return spelling.WordSet(spelling.starting_with(self._words, letter))
