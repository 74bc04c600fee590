"""The tokenizer: text cut into words and separators as Meilisearch does, without its dictionaries.

Words are compared without case, accents and compatibility forms. Chinese and Japanese characters are a word each: the
tokenizer knows words there. A separator is hard where a sentence or a clause ends.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

MAX_WORD_BYTES = 255
MAX_POSITION = 65_535
_HARD_STEP = 8
"""The distance of words between which a sentence or a clause ends."""

_ASCII_SEPARATORS = r"_\-)\]}(\[{!\"#%&'*,./:;?@\\\s`"
_PIECE = re.compile(rf"\. |, |[!;?]|[^{_ASCII_SEPARATORS}]+")
_PIECE_OR_SEPARATOR = re.compile(rf"(?P<separator>\. |, |[{_ASCII_SEPARATORS}])|[^{_ASCII_SEPARATORS}]+")
_HARD_SEPARATOR = re.compile(r"\. |, |[!;?]")
_WORD = re.compile(rf"[^{_ASCII_SEPARATORS}]+")
_SHORT = MAX_WORD_BYTES
"""The length of texts, without other characters than those of ASCII, of which no word is too long for the index."""
_HARD = frozenset((". ", ", ", "!", ";", "?"))
_HARD_CHARACTERS = frozenset(
    "¡§¶¿;՜՝՞։׃،؛؟۔।॥၊။።፣፤፥፦፧፨។៕៖᠂᠃᠄᠅․‥…※‼‽⁇⁈⁉⸘⸮⹁、。︐︑︒︓︔︕︖︙︰﹐﹑﹒﹔﹕﹖﹗！，．：；？｡､"  # noqa: RUF001  # the tokenizer's list
)
_ONE_BY_ONE = re.compile("[぀-ヿ㐀-䶿一-鿿豈-﫿]")
"""Kana and Han."""
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ς": "\N{GREEK SMALL LETTER SIGMA}"})


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
    plain = _plain(text)
    is_folded = plain.isascii() and plain.isprintable()
    if is_folded and len(plain) <= _SHORT:
        return _words_of_short(plain.lower())
    words: list[tuple[int, str]] = []
    position, step = 0, 0
    for piece in _PIECE.findall(plain.lower() if is_folded else plain):
        if piece in _HARD:
            if step:
                step = _HARD_STEP
            continue
        word = piece if is_folded else _fold(piece)
        if not word:
            continue
        position += step
        step = 1
        if position > MAX_POSITION:
            break
        if len(word) * 4 <= MAX_WORD_BYTES or len(word.encode()) <= MAX_WORD_BYTES:
            words.append((position, word))
    return words


def _words_of_short(text: str) -> list[tuple[int, str]]:
    """Return the words of a folded text that has no word and no position too far for the index."""
    words: list[tuple[int, str]] = []
    position = 0
    for clause in _HARD_SEPARATOR.split(text):
        if found := _WORD.findall(clause):
            if words:
                position += _HARD_STEP - 1
            words += enumerate(found, position)
            position += len(found)
    return words


def join(texts: Sequence[str]) -> str:
    """Make one text of the members of a list, so that a phrase does not span two of them."""
    return ". ".join(texts)


def _plain(text: str) -> str:
    """Replace every separator by one of ASCII."""
    return text if text.isascii() else "".join(map(_plain_character, text))


@lru_cache(maxsize=4096)
def _plain_character(character: str) -> str:
    if character.isascii():
        return character
    if unicodedata.category(character)[0] in "PZ":
        decomposed = unicodedata.normalize("NFKD", character)
        if len(decomposed) > 1:
            return f"_{character}_"  # a word, as in the tokenizer: it looks for separators again when it has decomposed
        return ";" if character in _HARD_CHARACTERS else decomposed if decomposed.isascii() else "_"
    return f"_{character}_" if _ONE_BY_ONE.match(character) else character


def _fold(word: str) -> str:
    if word.isascii():
        return word.lower() if word.isprintable() else "".join(filter(str.isprintable, word)).lower()
    decomposed = unicodedata.normalize("NFKD", word).lower().translate(_LETTERS)
    return "".join(letter for letter in decomposed if unicodedata.category(letter) not in {"Mn", "Cc", "Cs"}).strip()
