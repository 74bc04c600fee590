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
_FARTHEST = 2
"""How far from its place in the word a letter may be."""


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
        `is_prefix`, the distance of a word is that of its first prefix to which no part of the other word is nearer:
        from there on, no letter can bring it nearer. Without such a prefix it is that of the whole word (Meilisearch).
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
        mistake for as many, with one at most for one fewer (`back`) to one more (`ahead`), with two for two fewer to
        two more. `same_level` has those whose next letter is the one that would be next in the word, its neighbours
        those in which it is the one that stands one or two places before or after that.
        """
        size = len(word)
        having = self._having
        everything = longer = self._everything
        none, one_back, one_level, one_ahead = everything, 0, everything, everything
        none_before = one_back_before = one_level_before = one_ahead_before = 0
        two_back2, two_back, two_level, two_ahead, two_ahead2 = 0, 0, everything, everything, everything
        before_level = before_ahead = before_ahead2 = 0
        within = [0, 0, 0]
        padded = f"{_NEVER}{_NEVER}{word}{_NEVER * (2 * _FARTHEST + 1)}"
        for depth in range(size + most + 1):
            has_more = everything ^ having(depth, _NO_LETTER)
            left = size - depth
            if left <= most:
                ending = longer ^ has_more
                # A longer word counts where no other part of the word is nearer: no letter can bring it nearer then.
                going_on = longer if is_prefix else 0
                states = (
                    (none,),
                    (one_back, one_level, one_ahead),
                    (two_back2, two_back, two_level, two_ahead, two_ahead2),
                )
                for errors in range(abs(left), most + 1):
                    nearer = bitsets.union(states[errors - 1]) if errors else 0
                    within[errors] |= states[errors][errors + left] & (ending | bitsets.without(going_on, nearer))
            longer = has_more
            same_back = having(depth, padded[depth + 1])
            same_level = having(depth, padded[depth + 2])
            same_ahead = having(depth, padded[depth + 3])
            inserted = none & longer
            none_now = none & same_level
            back_now = one_back & same_back | inserted
            level_now = one_level & same_level | inserted | none_before & before_ahead & same_back if left > 0 else 0
            ahead_now = one_ahead & same_ahead | none_now if left > 1 else 0
            if most > 1:
                same_back2 = having(depth, padded[depth])
                same_ahead2 = having(depth, padded[depth + 4])
                two_back2 = two_back2 & same_back2 | one_back & longer
                two_back = (
                    two_back & same_back | (one_back | one_level) & longer | one_back_before & before_level & same_back2
                    if left >= 0
                    else 0
                )
                two_level = (
                    two_level & same_level
                    | (one_level | one_ahead) & longer
                    | back_now
                    | one_level_before & before_ahead & same_back
                    if left > 0
                    else 0
                )
                two_ahead = (
                    two_ahead & same_ahead
                    | one_ahead & longer
                    | level_now
                    | one_ahead_before & before_ahead2 & same_level
                    if left > 1
                    else 0
                )
                two_ahead2 = two_ahead2 & same_ahead2 | ahead_now if left > 2 else 0  # noqa: PLR2004  # that far from its place
                if not (two_back2 or two_back or two_level or two_ahead or two_ahead2):
                    break
                one_back_before, one_level_before, one_ahead_before = one_back, one_level, one_ahead
                before_level, before_ahead2 = same_level, same_ahead2
            elif not (back_now or level_now or ahead_now):
                break
            none_before, none = none, none_now
            one_back, one_level, one_ahead = back_now, level_now, ahead_now
            before_ahead = same_ahead
        return within[: most + 1]

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
