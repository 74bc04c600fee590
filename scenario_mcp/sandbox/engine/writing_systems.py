"""Writing systems: where a text goes from one to another, another word begins, as between 3D and Korean (Meilisearch).

Digits and signs belong to no writing system, and to the word that they stand in.
"""

import re
from bisect import bisect_right
from itertools import pairwise
from string import ascii_uppercase

_LATIN = "41-5a 61-7a 80-2af 1d00-1dbf 1e00-1eff 2100-214f 2c60-2c7f a720-a7ff ab30-ab6f"
_ONE_BY_ONE = "2e80-2fd5 3005-3005 3007-3007 3021-3029 3038-3098 309b-30ff 3400-4dbf 4e00-9fff f900-faff"
"""Kana and Han, of which each character is a word."""
_WITHOUT_MARKS = (
    _LATIN,
    "370-3ff",  # Greek
    "590-5ff",  # Hebrew
    "600-6ff 750-7ff 8a0-8ff fb50-fdff fe70-feff",  # Arabic
    "e00-e7f",  # Thai
)
"""Words of these are compared without marks."""
_WITH_MARKS = (
    _ONE_BY_ONE,
    "400-484 487-52f 2de0-2dff a640-a69d a69f-a69f",  # Cyrillic
    "900-97f a8e0-a8ff 1cd0-1cff",  # Devanagari
    *(f"{block:x}-{block + 0x7F:x}" for block in range(0x980, 0xE00, 0x80)),  # Bengali to Sinhala, each its own
    "1000-109f",  # Myanmar
    "10a0-10ff",  # Georgian
    "1200-139f 2d80-2ddf ab00-ab2f",  # Ethiopic
    "1780-17ff 19e0-19ff",  # Khmer
    "1100-11ff 3130-318f 3200-32ff a960-a97f ac00-d7ff ff00-ffef",  # Hangul, and full and half width
)
_NAMES = dict(zip((*_WITHOUT_MARKS, *_WITH_MARKS), ascii_uppercase, strict=False))
"""A letter for each writing system."""
_NONE = "."
_NAMES_WITH_MARKS = frozenset(_NAMES[system] for system in _WITH_MARKS)
_RANGES = sorted(
    (int(first, 16), int(last, 16), name)
    for system, name in _NAMES.items()
    for first, _, last in (each.partition("-") for each in system.split())
)
_NOT_LATIN = re.compile(r"[^\0-\u036f\u2000-\u20ff]")  # few and short ranges: others take 4 ms to compile
"""What a text seldom has that has nothing but Latin and punctuation."""
_RUN = re.compile(rf"\{_NONE}*([A-Z])(?:\1|\{_NONE})*")


class _Names(dict[int, str]):
    """The name of the writing system of each character that was asked for."""

    def __missing__(self, code: int) -> str:
        first, last, name = _RANGES[bisect_right(_RANGES, (code, 0x10FFFF, "")) - 1]
        self[code] = name if first <= code <= last else _NONE
        return self[code]


_names = _Names()


def parted(text: str, boundary: str) -> str:
    """Return a text with a boundary where another writing system begins."""
    if not _NOT_LATIN.search(text):
        return text
    ends = [run.end() for run in _RUN.finditer(text.translate(_names))]
    return boundary.join([text[start:end] for start, end in pairwise([0, *ends])]) if len(ends) > 1 else text


def is_word(character: str) -> bool:
    """Return whether a character is a word: kana and Han."""
    return _names[ord(character[0])] == _NAMES[_ONE_BY_ONE]


def has_meaning_marks(word: str) -> bool:
    """Return whether marks tell words of this writing system apart, such as the vowels of Hindi, and й from и."""
    return not _NAMES_WITH_MARKS.isdisjoint(word.translate(_names))
