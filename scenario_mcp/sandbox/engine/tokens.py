"""The tokenizer: text cut into words and separators as Meilisearch does, without its dictionaries.

Words are compared without case, accents and compatibility forms. Chinese and Japanese characters are a word each: the
tokenizer knows words there. A separator is hard where a sentence or a clause ends.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import chain
from typing import NamedTuple

from scenario_mcp.sandbox.engine.writing_systems import has_meaning_marks, is_word, parted

MAX_WORD_BYTES = 250
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
_HARD_CHARACTERS = frozenset(  # the tokenizer's list
    "!;?¡§¶¿՜՝՞։׃،؛؟۔܀܁܂܃܄܅܆܇܈܉߷߸߹࠰࠱࠲࠳࠴࠵࠸࠹࠺࠻࠼࠽࠾࡞।॥෴๚๛༄༅༆༇༈༉༊།༎༏༐༑༒༔࿐"  # noqa: RUF001
    "࿑࿒࿓࿔၊။჻።፣፤፥፦፧፨᚛᚜᛫᛬᛭᜵᜶។៕៖៘៚᠀᠁᠂᠃᠄᠅᠆᠈᠉᥄᥅᨟᪨᪩᪪᪫᪬᪭᭚᭛᭜᭝᭞᭟᭠᯼᯽᯾᯿᰻᰼᰽᰾᰿"  # noqa: RUF001
    "᱾᱿᳀᳁᳂᳃᳄᳅᳆᳇※‽⁏⁖⁚⳹⳺⳻⳼⳾⸘⸮⹁、。꓾꓿꘍꘎꘏꛲꛳꛴꛵꛶꛷꡶꡷꣎꣏꤯꥟꧃꧄꧅꧆꧇꧈꧉꧊꧋꧌꧍꩜꩝꩞꩟꫟꫰꫱꯫﹅"  # noqa: RUF001
)
_NOT_ASCII = re.compile(r"[^\0-\x7f][\u3099\u309a]?")
"""A character, together with the sound mark of a kana."""
_BETWEEN_WORDS = "\x1f"
"""What parts words where there is no separator."""
_ARABIC_L = "\N{ARABIC LETTER LAM}"
_BETWEEN_TEXTS = "\0"
_REMEMBERED_WORDS = 4096
_REMEMBERED_LETTERS = 64
"""The most characters of a word whose folded form is remembered."""
_LETTERS = str.maketrans(
    {
        "œ": "oe",
        "æ": "ae",
        "ς": "\N{GREEK SMALL LETTER SIGMA}",
        "\N{ARABIC TATWEEL}": "",
        "\N{ARABIC LETTER ALEF WASLA}": "\N{ARABIC LETTER ALEF}",
        "\N{ARABIC LETTER ALEF MAKSURA}": "\N{ARABIC LETTER YEH}",
        "\N{ARABIC LETTER TEH MARBUTA}": "\N{ARABIC LETTER HEH}",
    }
)


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
        if piece == _BETWEEN_WORDS:
            continue
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
    """Replace every separator by one of ASCII, and part words that have none between them."""
    if text.isascii():
        return text
    plain = _NOT_ASCII.sub(_plain_match, parted(text, _BETWEEN_WORDS))
    return _article().sub(rf"\g<0>{_BETWEEN_WORDS}", plain) if _ARABIC_L in plain else plain


@cache
def _article() -> re.Pattern[str]:
    """Return the pattern of the article of Arabic: a word of its own, written together with the next."""
    begins, goes_on = f"(?<![^{_ASCII_SEPARATORS}])", f"(?=[^{_ASCII_SEPARATORS}])"
    return re.compile(rf"{begins}[\u0622\u0623\u0625\u0627\u0671]{_ARABIC_L}{goes_on}")


def _plain_match(match: re.Match[str]) -> str:
    return _plain_character(match[0])


@lru_cache(maxsize=4096)
def _plain_character(character: str) -> str:
    if is_word(character):
        return f"{_BETWEEN_WORDS}{character}{_BETWEEN_WORDS}"
    if unicodedata.category(character[0])[0] in "PZ":
        decomposed = unicodedata.normalize("NFKD", character)
        # As in the tokenizer, which looks for separators again when it has decomposed.
        if len(decomposed) > 1:
            return f"{_BETWEEN_WORDS}{character}{_BETWEEN_WORDS}"
        if decomposed in _HARD_CHARACTERS:
            return ";"
        return decomposed if decomposed.isascii() and decomposed not in ".," else "_"
    return character


def _fold(word: str) -> str:
    if word.isascii():
        return word.lower() if word.isprintable() else "".join(filter(str.isprintable, word)).lower()
    return _remembered_fold(word) if len(word) <= _REMEMBERED_LETTERS else _fold_letters(word)


def _fold_letters(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word).lower().translate(_LETTERS)
    dropped = {"Cc", "Cs"} if has_meaning_marks(word) else {"Mn", "Cc", "Cs"}
    return "".join(letter for letter in decomposed if unicodedata.category(letter) not in dropped).strip()


_remembered_fold = lru_cache(_REMEMBERED_WORDS)(_fold_letters)
