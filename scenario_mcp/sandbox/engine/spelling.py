"""Typo tolerance: words of a sorted list within an edit distance of another word.

All words are compared at once: a state of the automaton of Wu and Manber ("Fast text searching allowing errors") is the
set of the words that can be in it after so many letters, so that a step costs a few operations on sets.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from scenario_mcp.sandbox.engine import bitsets

_AFTER_ALL = "\U0010ffff"
_NO_LETTER, _NEVER = "\0", "\1"
"""What stands where a word has ended, and what stands in no word."""
_WIDEST = 20
"""Letters of a word that are laid out in a table."""
_SMALL_ALPHABET = 256
_FOLLOWING = 2
"""Letters that tell which others may be before them."""
_NEXT = 5
"""Letters of a word that may come next where there are two mistakes at most."""


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


def letters_before(words: Sequence[str], letters: str, following: str) -> str:
    """Return those of the `letters` with which some word begins that goes on with `following`."""
    before = ""
    for letter in letters:
        beginning = letter + following
        place = bisect_left(words, beginning)
        if place < len(words) and words[place].startswith(beginning):
            before += letter
    return before


def with_wrong_first_letter(
    words: Sequence[str], before: Callable[[str], str], word: str, *, is_prefix: bool
) -> Iterator[str]:
    """Yield words with one typo whose first letter is another one; `before` tells what letters may be before others.

    `word` has three letters or more.
    """
    tail = word[1:]
    spellings = {letter + end for end in (tail, word) for letter in before(end[:_FOLLOWING])}
    for spelling in spellings | {tail, word[1] + word[0] + word[2:]}:
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

        The distance is the number of letters inserted, left out, replaced, or swapped with the next one. With
        `is_prefix`, the distance of a word is that of its nearest prefix.
        """
        found = []
        nearer = 0
        for within in self._within(word, most, is_prefix=is_prefix):
            found.append([self._words[number] for number in bitsets.numbers_in(bitsets.without(within, nearer))])
            nearer |= within
        return found

    def _within(self, word: str, most: int, *, is_prefix: bool) -> list[int]:
        """Return the words within each distance, up to two.

        A state is the set of the words whose first `depth` letters may stand for some letters of the word: without a
        mistake for as many, with one at most for one fewer to one more, with two for two fewer to two more. `same` has,
        for two fewer to two more, those whose next letter is the one that would be next in the word.
        """
        size = len(word)
        everything = longer = self._everything
        none, none_before = everything, 0
        one, one_before = (0, everything, everything), (0, 0, 0)
        two = (0, 0, everything, everything, everything)
        same_before = [0] * _NEXT
        within = [0, 0, 0]
        for depth in range(size + most + 1):
            has_more = everything ^ self._having(depth, _NO_LETTER)
            left = size - depth
            if left <= most:
                ending = longer if is_prefix else longer ^ has_more
                for errors in range(abs(left), most + 1):
                    within[errors] |= ((none,), one, two)[errors][errors + left] & ending
            longer = has_more
            same = self._same(depth, word, most)
            none_now = none & same[2]
            swapped = none_before & same_before[3] & same[1]
            one_now = (
                one[0] & same[1] | none & longer,
                one[1] & same[2] | none & longer | swapped if left > 0 else 0,
                one[2] & same[3] | none_now if left > 1 else 0,
            )
            if most > 1:
                swaps = [each & same_before[place + 2] & same[place] for place, each in enumerate(one_before)]
                two = (
                    two[0] & same[0] | one[0] & longer,
                    two[1] & same[1] | (one[0] | one[1]) & longer | swaps[0] if left >= 0 else 0,
                    two[2] & same[2] | (one[1] | one[2]) & longer | one_now[0] | swaps[1] if left > 0 else 0,
                    two[3] & same[3] | one[2] & longer | one_now[1] | swaps[2] if left > 1 else 0,
                    two[4] & same[4] | one_now[2] if left > 2 else 0,  # noqa: PLR2004  # that far from its place
                )
            if not longer or not (none_now or any(one_now) or (most > 1 and any(two))):
                break
            none, none_before = none_now, none
            one, one_before = one_now, one
            same_before = same
        return within[: most + 1]

    def _same(self, depth: int, word: str, most: int) -> list[int]:
        """Return the words whose letter at a place is that of a word there, or up to two places before or after it."""
        same = [0] * _NEXT
        for place in range(max(0, depth - most), min(len(word), depth + most + 1)):
            same[place - depth + 2] = self._having(depth, word[place])
        return same

    def _find_having(self, place: int, letter: str) -> int:
        """Return the words with a letter at a place."""
        column = self._column(place)
        if isinstance(column, bytes):
            return int(column.translate(_only(ord(letter))), 2) if ord(letter) < _SMALL_ALPHABET else 0
        return int("".join(["1" if other == letter else "0" for other in column]), 2)

    def _read_column(self, place: int) -> bytes | str:
        """Return the letter of each word at a place, the last word first, behind a letter of no word."""
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


@lru_cache(_SMALL_ALPHABET)
def _only(letter: int) -> bytes:
    table = bytearray(b"0" * _SMALL_ALPHABET)
    table[letter] = ord("1")
    return bytes(table)
