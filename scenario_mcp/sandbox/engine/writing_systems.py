"""Writing systems: where a text goes from one to another, another word begins, as between 3D and Korean (Meilisearch).

Digits and signs belong to no writing system, and to the word that they stand in.
"""

import re

_LATIN = r"A-Za-z\x80-\u02af\u1d00-\u1dbf\u1e00-\u1eff\u2100-\u214f\u2c60-\u2c7f\ua720-\ua7ff\uab30-\uab6f"
_ONE_BY_ONE = r"\u2e80-\u2fd5\u3005\u3007\u3021-\u3029\u3038-\u3098\u309b-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Kana and Han, of which each character is a word."""
_WITHOUT_MARKS = (
    r"\u0370-\u03ff",  # Greek
    r"\u0590-\u05ff",  # Hebrew
    # Arabic:
    r"\u0600-\u06ff\u0750-\u07ff\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufeff\U00010e60-\U00010e7f\U0001ee00-\U0001eeff",
    r"\u0e00-\u0e7f",  # Thai
)
"""Words of these are compared without marks, as those of Latin."""
_WITH_MARKS = (
    r"\u0400-\u0484\u0487-\u052f\u2de0-\u2dff\ua640-\ua69d\ua69f",  # Cyrillic
    r"\u0900-\u097f\ua8e0-\ua8ff\u1cd0-\u1cff",  # Devanagari
    *(rf"\u{block:04x}-\u{block + 0x7F:04x}" for block in range(0x980, 0xE00, 0x80)),  # Bengali to Sinhala
    r"\u1000-\u109f",  # Myanmar
    r"\u10a0-\u10ff",  # Georgian
    r"\u1200-\u139f\u2d80-\u2ddf\uab00-\uab2f",  # Ethiopic
    r"\u1780-\u17ff\u19e0-\u19ff",  # Khmer
    r"\u1100-\u11ff\u3130-\u318f\u3200-\u32ff\ua960-\ua97f\uac00-\ud7ff\uff00-\uffef",  # Hangul, full and half width
)
_SYSTEMS = (_LATIN, _ONE_BY_ONE, *_WITHOUT_MARKS, *_WITH_MARKS)
_NOT_LATIN = re.compile(f"[{''.join(_SYSTEMS[1:])}]")
_MARKED = re.compile(f"[{''.join((_ONE_BY_ONE, *_WITH_MARKS))}]")
_CHARACTER = re.compile(f"[{_ONE_BY_ONE}]")
_RUNS = "|".join(f"[{own}][^{''.join(other for other in _SYSTEMS if other is not own)}]*+" for own in _SYSTEMS)
_RUN = re.compile(rf"(?:\A[^{''.join(_SYSTEMS)}]+)?(?:{_RUNS})")


def parted(text: str, boundary: str) -> str:
    """Return a text with a boundary where another writing system begins."""
    return _RUN.sub(rf"{boundary}\g<0>", text) if _NOT_LATIN.search(text) else text


def is_word(character: str) -> bool:
    """Return whether a character is a word: kana and Han."""
    return _CHARACTER.match(character) is not None


def has_meaning_marks(word: str) -> bool:
    """Return whether marks tell words of this writing system apart, such as the vowels of Hindi, and й from и."""
    return _MARKED.search(word) is not None
