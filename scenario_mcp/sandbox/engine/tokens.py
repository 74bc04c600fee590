"""The tokenizer: text cut into words and separators as Meilisearch does, without its dictionaries.

Words are compared without case, accents and compatibility forms. Chinese and Japanese characters are a word each: the
tokenizer knows words there. A separator is hard where a sentence or a clause ends.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

MAX_WORD_BYTES = 255
MAX_POSITION = 65_535
_HARD_STEP = 8
"""The distance of words between which a sentence or a clause ends."""

_ASCII_SEPARATORS = r"_\-)\]}(\[{!\"#%&'*,./:;?@\\\s`"
_PIECE_OR_SEPARATOR = re.compile(rf"(?P<separator>\. |, |[{_ASCII_SEPARATORS}])|[^{_ASCII_SEPARATORS}]+")
_SHORT = MAX_WORD_BYTES // 4
"""The characters of texts and words that are sure not to be too long for the index."""
_SURE = MAX_POSITION // _HARD_STEP
"""The characters of texts that have no word beyond the last position."""
_HARD = frozenset((". ", ", ", "!", ";", "?"))
_HARD_CHARACTERS = frozenset(
    "¡§¶¿;՜՝՞։׃،؛؟۔।॥၊။።፣፤፥፦፧፨។៕៖᠂᠃᠄᠅․‥…※‼‽⁇⁈⁉⸘⸮⹁、。︐︑︒︓︔︕︖︙︰﹐﹑﹒﹔﹕﹖﹗！，．：；？｡､"  # noqa: RUF001  # the tokenizer's list
)
_NOT_ASCII = re.compile(r"[^\0-\x7f]")
_ONE_BY_ONE = (("぀", "ヿ"), ("㐀", "䶿"), ("一", "鿿"), ("豈", "﫿"))
"""Kana and Han: the first and the last character of each block."""
_BETWEEN_TEXTS = "\0"
_REMEMBERED_WORDS = 4096
_REMEMBERED_LETTERS = 64
"""The most characters of a word whose folded form is remembered."""
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ς": "\N{GREEK SMALL LETTER SIGMA}"})


def _folded_byte(code: int) -> str:
    character = chr(code)
    if character in _HARD:
        return "\n"
    return " " if re.match(rf"[{_ASCII_SEPARATORS}]", character) else character.lower()


_FOLDED_BYTES = "".join(map(_folded_byte, range(128))).encode() + bytes(range(128, 256))
"""Lower case, a space for each separator, and a line feed for each hard one."""
_DROPPED_BYTES = bytes(code for code in range(1, 128) if not chr(code).isprintable() and not chr(code).isspace())
"""Control characters, which words are searched without; not the one that stands between texts."""


class Token(NamedTuple):
    """A word, folded, or a separator as it came."""

    text: str
    is_separator: bool = False
    is_hard: bool = False


def tokenize(text: str) -> list[Token]:
    """Cut a query."""
    tokens = []
    for match in _PIECE_OR_SEPARATOR.finditer(_plain(text)):
        piece = match.group()
        if match["separator"]:
            tokens.append(Token(piece, is_separator=True, is_hard=piece in _HARD))
        elif word := _fold(piece):
            tokens.append(Token(word))
    return tokens


def words_of(text: str) -> list[tuple[int, str]]:
    """Return the words of an attribute, each with its position: one further than the last, or eight past a hard end."""
    words: list[tuple[int, str]] = []
    position, step = 0, 0
    for clause in _folded(_plain(text)).replace(_BETWEEN_TEXTS, "").split("\n"):
        step = _HARD_STEP if step else 0
        for piece in clause.split():
            word = _fold(piece)
            if not word:
                continue
            position += step
            step = 1
            if position > MAX_POSITION:
                return words
            if len(word) * 4 <= MAX_WORD_BYTES or len(word.encode()) <= MAX_WORD_BYTES:
                words.append((position, word))
    return words


def collect_words(
    texts: Sequence[str], bases: Sequence[int], words: list[Sequence[str]], places: list[Sequence[int]]
) -> list[int]:
    """Add the words of texts to `words`, and their positions to `places`, both in pieces of the same lengths.

    Positions are as in `words_of`, each counted from its base.

    Return how many words each text has.
    """
    plain = [text if text.isascii() else _plain(text) for text in texts]
    joined = _folded(_BETWEEN_TEXTS.join(plain))
    each_folded = joined.split(_BETWEEN_TEXTS) if joined.count(_BETWEEN_TEXTS) == len(texts) - 1 else plain
    counts = []
    for base, text, folded in zip(bases, texts, each_folded, strict=True):
        is_ascii = folded.isascii()
        before, position, count = len(words), base, 0
        for clause in folded.split("\n"):
            found = clause.split() if is_ascii else [*filter(None, map(_fold, clause.split()))]
            if found:
                size = len(found)
                words.append(found)
                places.append(range(position, position + size))
                position += size + _HARD_STEP - 1
                count += size
        surely_short = MAX_WORD_BYTES if is_ascii else _SHORT
        longest = 0
        if len(folded) > surely_short or not is_ascii:
            longest = max(map(len, chain.from_iterable(words[before:])), default=0)
        if longest > surely_short or len(folded) > _SURE or each_folded is plain:
            found_one_by_one = words_of(text)
            words[before:] = [[word for _, word in found_one_by_one]]
            places[before:] = [[base + position for position, _ in found_one_by_one]]
            count = len(found_one_by_one)
        counts.append(count)
    return counts


def _folded(text: str) -> str:
    """Fold the ASCII in a text: lower case, a space for a separator and a line feed for a hard one."""
    clauses = text.replace(".", ",").replace(", ", "!")
    folded = clauses.encode("utf-8", "surrogatepass").translate(_FOLDED_BYTES, _DROPPED_BYTES)
    return folded.decode("utf-8", "surrogatepass")


def join(texts: Sequence[str]) -> str:
    """Make one text of the members of a list, so that a phrase does not span two of them."""
    return ". ".join(texts)


def _plain(text: str) -> str:
    """Replace every separator by one of ASCII."""
    return text if text.isascii() else _NOT_ASCII.sub(_plain_match, text)


def _plain_match(match: re.Match[str]) -> str:
    return _plain_character(match[0])


@lru_cache(maxsize=4096)
def _plain_character(character: str) -> str:
    if unicodedata.category(character)[0] in "PZ":
        decomposed = unicodedata.normalize("NFKD", character)
        if len(decomposed) > 1:
            return f"_{character}_"  # a word, as in the tokenizer: it looks for separators again when it has decomposed
        return ";" if character in _HARD_CHARACTERS else decomposed if decomposed.isascii() else "_"
    is_word = any(first <= character <= last for first, last in _ONE_BY_ONE)
    return f"_{character}_" if is_word else character


def _fold(word: str) -> str:
    if word.isascii():
        return word.lower() if word.isprintable() else "".join(filter(str.isprintable, word)).lower()
    return _remembered_fold(word) if len(word) <= _REMEMBERED_LETTERS else _fold_letters(word)


def _fold_letters(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word).lower().translate(_LETTERS)
    return "".join(letter for letter in decomposed if unicodedata.category(letter) not in {"Mn", "Cc", "Cs"}).strip()


_remembered_fold = lru_cache(_REMEMBERED_WORDS)(_fold_letters)
