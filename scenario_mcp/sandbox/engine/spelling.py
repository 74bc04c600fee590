"""Typo tolerance: words of a sorted list within an edit distance of another word."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence

_AFTER_ALL = "\U0010ffff"
_Row = list[int]


def starting_with(words: Sequence[str], prefix: str) -> Sequence[str]:
    """Return the words that begin with a prefix."""
    return words[bisect_left(words, prefix) : bisect_left(words, prefix + _AFTER_ALL)]


def near(words: Sequence[str], word: str, most: int, *, is_prefix: bool) -> Iterator[tuple[str, int]]:
    """Yield words and their distance, at most `most` letters inserted, left out, replaced or swapped with the next.

    With `is_prefix`, the distance of a word is that of its nearest prefix.
    """
    size = len(word)
    rows: list[_Row] = [list(range(size + 1))]
    nearest = [size]
    current = ""
    place = 0
    while place < len(words):
        candidate = words[place]
        depth = _common(current, candidate, len(rows) - 1)
        del rows[depth + 1 :], nearest[depth + 1 :]
        is_far = False
        while depth < len(candidate):
            row = _next_row(word, candidate, depth, rows)
            depth += 1
            rows.append(row)
            nearest.append(min(nearest[-1], row[size]) if is_prefix else row[size])
            if min(row) > most:
                is_far = nearest[-1] > most
                break
            if is_prefix and nearest[-1] == 0:
                break
        current = candidate
        if is_far:
            place = bisect_left(words, candidate[:depth] + _AFTER_ALL, place)
            continue
        if nearest[-1] <= most:
            yield candidate, nearest[-1]
        place += 1


def _common(current: str, candidate: str, most: int) -> int:
    depth = 0
    for depth, (letter, other) in enumerate(zip(current[:most], candidate, strict=False)):
        if letter != other:
            return depth
    return min(most, len(current), len(candidate))


def _next_row(word: str, candidate: str, depth: int, rows: Sequence[_Row]) -> _Row:
    """Extend the table of distances by a letter: optimal string alignment."""
    letter, above = candidate[depth], rows[-1]
    row = [depth + 1]
    for place, other in enumerate(word):
        if letter == other:
            cost = above[place]
        else:
            cost = 1 + min(above[place], above[place + 1], row[place])
            if depth and place and letter == word[place - 1] and other == candidate[depth - 1]:
                cost = min(cost, rows[-2][place - 1] + 1)
        row.append(cost)
    return row
