"""Typo tolerance: words of a sorted list within an edit distance of another word.

The rows of the table of distances are states of an automaton: of each row, only what may still count is kept, relative
to its place. These states are few for all words together, so that each is computed once in a process (Mihov and Schulz,
"Fast approximate search in large dictionaries").
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final

_AFTER_ALL = "\U0010ffff"


def starting_with(words: Sequence[str], prefix: str) -> Sequence[str]:
    """Return the words that begin with a prefix."""
    return words[bisect_left(words, prefix) : bisect_left(words, prefix + _AFTER_ALL)]


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


def with_one_typo(words: Sequence[str], word: str, *, is_prefix: bool) -> list[str]:
    """Return the words with one typo and the right first letter, in order; with `is_prefix`, the words that so begin.

    All letters but one are as in the word, so each way to a candidate is looked up, and no word is compared.
    """
    found: set[int] = set()
    for spelling, first, last in _spellings(words, word):
        start = bisect_left(words, spelling, first, last)
        if is_prefix:
            found.update(range(start, bisect_left(words, spelling + _AFTER_ALL, start, last)))
        elif start < last and words[start] == spelling:
            found.add(start)
    if is_prefix:  # what begins with the word itself has no typo
        start = bisect_left(words, word)
        found.difference_update(range(start, bisect_left(words, word + _AFTER_ALL, start)))
    return [words[place] for place in sorted(found)]


def _spellings(words: Sequence[str], word: str) -> Iterator[tuple[str, int, int]]:
    """Yield a word with one typo after its first letter, and from where to where in `words` it can stand."""
    first, last = bisect_left(words, word[0]), bisect_left(words, word[0] + _AFTER_ALL)
    for place in range(1, len(word) + 1):
        if first == last:
            return
        start, letter, end = word[:place], word[place : place + 1], word[place + 1 :]
        if letter:
            yield start + end, first, last
        if end and end[0] != letter:
            yield start + end[0] + letter + end[1:], first, last
        at, first_right, last_right = first + (words[first] == start), last, last
        while at < last:
            other = words[at][place]
            after = bisect_left(words, start + other + _AFTER_ALL, at, last)
            if other == letter:
                first_right, last_right = at, after
            else:
                yield start + other + end, at, after
                yield start + other + letter + end, at, after
            at = after
        first, last = first_right, last_right


def near(words: Sequence[str], word: str, most: int, *, is_prefix: bool) -> Iterator[tuple[str, int]]:
    """Yield words and their distance, at most `most` letters inserted, left out, replaced or swapped with the next.

    With `is_prefix`, the distance of a word is that of its nearest prefix.
    """
    size = len(word)
    places: dict[str, int] = {}
    for place, letter in enumerate(word, most + 1):
        places[letter] = places.get(letter, 0) | 1 << place
    states = [_start(most, size)]
    nearest = [min(size, most + 1)]
    current = ""
    place = 0
    while place < len(words):
        candidate = words[place]
        depth = _common(current, candidate, len(states) - 1)
        del states[depth + 1 :], nearest[depth + 1 :]
        state, distance = states[-1], nearest[-1]
        is_far = False
        for letter in candidate[depth:]:
            state = state.after(places.get(letter, 0) >> depth, size - depth - 1)
            depth += 1
            here = state.distance(size - depth)
            distance = min(distance, here) if is_prefix else here
            states.append(state)
            nearest.append(distance)
            if state.least > most:
                is_far = distance > most
                break
            if is_prefix and distance == 0:
                break
        current = candidate
        if is_far:
            place = bisect_left(words, candidate[:depth] + _AFTER_ALL, place)
            continue
        if distance <= most:
            yield candidate, distance
        place += 1


class _State:
    """A row of the table of distances, after some letters of a candidate, and what a swap needs of the row above.

    Entry `i` of `row` is the distance to as many letters of the word and `i - most` more; all above `most` is alike.
    Entry `i` of `swapped` is the distance after a swap of the candidate's last letter with the next one.
    """

    __slots__ = ("_most", "_steps", "least", "row", "swapped")

    def __init__(self, row: tuple[int, ...], swapped: tuple[int, ...]) -> None:
        self.row: Final = row
        self.swapped: Final = swapped
        self.least: Final = min(row)
        self._most = len(row) // 2
        self._steps: dict[tuple[int, int], _State] = {}

    def distance(self, left: int) -> int:
        """Return the distance to the whole word, of which so many letters are left."""
        most = self._most
        return self.row[left + most] if -most <= left <= most else most + 1

    def after(self, matches: int, left: int) -> "_State":
        """Return the state after a further letter, with so many letters of the word left after it.

        Bit `i` of `matches` says whether the letter is that of the word `i - most - 1` places on.
        """
        most = self._most
        key = (matches & (1 << 2 * most + 3) - 1, most if left > most else -most - 1 if left < -most else left)
        state = self._steps.get(key)
        if state is None:
            state = self._steps[key] = self._step(*key)
        return state

    def _step(self, matches: int, left: int) -> "_State":
        most = self._most
        row: list[int] = []
        swapped: list[int] = []
        for place, above in enumerate(self.row):
            has_letter = left + most >= place
            cost = above if matches >> place + 1 & 1 else above + 1
            if place < 2 * most:
                cost = min(cost, self.row[place + 1] + 1)
            if place:
                cost = min(cost, row[place - 1] + 1)
            if matches >> place & 1:
                cost = min(cost, self.swapped[place])
            row.append(min(cost, most + 1) if has_letter else most + 1)
            swapped.append(min(above + 1, most + 1) if matches >> place + 2 & 1 else most + 1)
        return _known(tuple(row), tuple(swapped))


_states: dict[tuple[tuple[int, ...], tuple[int, ...]], _State] = {}


def _known(row: tuple[int, ...], swapped: tuple[int, ...]) -> _State:
    return _states.setdefault((row, swapped), _State(row, swapped))


def _start(most: int, size: int) -> _State:
    row = [most + 1] * most + [each if each <= size else most + 1 for each in range(most + 1)]
    return _known(tuple(row), (most + 1,) * (2 * most + 1))


def _common(current: str, candidate: str, most: int) -> int:
    depth = 0
    for depth, (letter, other) in enumerate(zip(current[:most], candidate, strict=False)):
        if letter != other:
            return depth
    return min(most, len(current), len(candidate))
