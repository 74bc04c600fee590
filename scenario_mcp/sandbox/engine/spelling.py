"""Typo tolerance: words of a sorted list within an edit distance of another word.

All words are compared at once: a state of the automaton of Wu and Manber ("Fast text searching allowing errors") is the
set of the words that can be in it after so many letters, so that a step costs a few operations on sets.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from scenario_mcp.sandbox.engine import bitsets

_AFTER_ALL = "\U0010ffff"
_NO_LETTER, _NEVER = "\0", "\1"
"""What stands where a word has ended, and what in no word."""
_WIDEST = 20
"""Letters of a word that are laid out in a table."""
_SMALL_ALPHABET = 256


def starting_with(words: Sequence[str], prefix: str) -> Sequence[str]:
    """Return the words that begin with a prefix."""
    first = bisect_left(words, prefix)
    return words[first : bisect_left(words, prefix + _AFTER_ALL, first)]


def first_letters(words: Sequence[str]) -> str:
    """Return the letters that words begin with."""
    letters = ""
    place = 0
    while place < len(words):
        if words[place]:
            letters += words[place][0]
        place = bisect_left(words, words[place][:1] + _AFTER_ALL, place)
    return letters


def with_wrong_first_letter(words: Sequence[str], letters: str, word: str, *, is_prefix: bool) -> Iterator[str]:
    """Yield words with one typo whose first letter is another one, out of the `letters` that words begin with.

    `word` has two letters or more.
    """
    tail = word[1:]
    spellings = {letter + end for letter in letters for end in (tail, word)} | {tail, word[1] + word[0] + word[2:]}
    for spelling in spellings:
        if spelling[0] == word[0]:
            continue
        first = bisect_left(words, spelling)
        if is_prefix:
            yield from words[first : bisect_left(words, spelling + _AFTER_ALL, first)]
        elif words[first : first + 1] == [spelling]:
            yield spelling


class WordSet:
    """Words in their order, ready to be compared with others."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words
        self._everything = (1 << len(words)) - 1
        self._width = min(_WIDEST, max(map(len, words), default=0))
        self._table = ""
        self._column = lru_cache(None)(self._read_column)
        self._having = lru_cache(None)(self._find_having)

    def near(self, word: str, most: int, *, is_prefix: bool) -> list[list[str]]:
        """Return the words at distance 0, at 1 and so on, to `most`.

        It is the number of letters inserted, left out, replaced, or swapped with the next one. With `is_prefix`, the
        distance of a word is that of its nearest prefix.
        """
        found = []
        nearer = 0
        for within in self._within(word, most, is_prefix=is_prefix):
            found.append([self._words[number] for number in bitsets.numbers_in(bitsets.without(within, nearer))])
            nearer |= within
        return found

    def _within(self, word: str, most: int, *, is_prefix: bool) -> list[int]:
        """Return the words within each distance.

        Entry `i` of `states[errors]` has the words whose letters so far may stand for the first `i` of the word, entry
        `i` of `same` those whose next letter is its letter before `i`.
        """
        size = len(word)
        longer = self._everything
        states = [[longer if place <= errors else 0 for place in range(size + 1)] for errors in range(most + 1)]
        before, same_before = states, [0] * (size + 1)
        within = [0] * (most + 1)
        for depth in range(size + most + 1):
            has_more = self._everything ^ self._having(depth, _NO_LETTER)
            ending = longer if is_prefix else longer ^ has_more
            for errors, row in enumerate(states):
                within[errors] |= row[size] and row[size] & ending
            longer = has_more
            same = [0] * (size + 1)
            for place in range(max(1, depth + 1 - most), min(size, depth + 1 + most) + 1):
                same[place] = self._having(depth, word[place - 1])
            following: list[list[int]] = []
            for errors, row in enumerate(states):
                new = [0] * (size + 1)
                places = range(max(0, depth + 1 - errors), min(size, depth + 1 + errors) + 1)
                for place in places:
                    if place and row[place - 1]:
                        new[place] = row[place - 1] & same[place]
                if errors:
                    fewer = errors - 1
                    _add_mistakes(new, places, states[fewer], following[fewer], longer)
                    if depth:
                        _add_swaps(new, places, before[fewer], same_before, same)
                following.append(new)
            if not longer or not any(map(any, following)):
                break
            before, states, same_before = states, following, same
        return within

    def _find_having(self, place: int, letter: str) -> int:
        """Return the words with a letter at a place."""
        column = self._column(place)
        if isinstance(column, bytes):
            return int(column.translate(_only(ord(letter))), 2) if ord(letter) < _SMALL_ALPHABET else 0
        return int("".join(["1" if other == letter else "0" for other in column]), 2)

    def _read_column(self, place: int) -> bytes | str:
        """Return what each word has at a place, the last word first, after a letter that is none."""
        if not self._table:
            width = self._width
            self._table = "".join([word[:width].ljust(width, _NO_LETTER) for word in self._words])
        if place < self._width:
            letters = self._table[place :: self._width][::-1]
        else:
            letters = "".join([word[place : place + 1] or _NO_LETTER for word in reversed(self._words)])
        try:
            return (_NEVER + letters).encode("latin-1")
        except UnicodeEncodeError:
            return _NEVER + letters


def _add_mistakes(
    row: list[int], places: Iterable[int], before: Sequence[int], fewer: Sequence[int], longer: int
) -> None:
    """Add words with a letter inserted, replaced or left out: those of states with a mistake less."""
    for place in places:
        changed = before[place] | before[place - 1] if place else before[place]
        if changed:
            row[place] |= changed & longer
        if place and fewer[place - 1]:
            row[place] |= fewer[place - 1]


def _add_swaps(
    row: list[int], places: Iterable[int], before: Sequence[int], same_before: Sequence[int], same: Sequence[int]
) -> None:
    """Add words whose last two letters are swapped: those of states before them with a mistake less."""
    for place in places:
        if place > 1 and before[place - 2]:
            row[place] |= before[place - 2] & same_before[place] & same[place - 1]


@lru_cache(_SMALL_ALPHABET)
def _only(letter: int) -> bytes:
    table = bytearray(b"0" * _SMALL_ALPHABET)
    table[letter] = ord("1")
    return bytes(table)
