"""Word vectors: how near in meaning two English words are.

The vectors are GloVe's (`words.vectors`; see `scripts/words`), 50 numbers a word. A word without
a vector is near to itself only.
"""

import math
import re
import unicodedata
from array import array
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources
from operator import add

SIZE = 50
"""Bytes of a vector; 128 stands for 0."""
_ZERO = 128
_LARGEST = 0.6
"""The largest number that a byte of the file holds."""
_STRIP_ROWS = 2048
"""How many vectors are multiplied at once: floats take four times the memory of bytes."""
_COMMON = 100
"""Words of about this rank count half: "with" tells less than "windmill"."""
_WORD = re.compile(r"[^\W_]+")
_ENDINGS = (("s", ""), ("es", ""), ("ies", "y"), ("ed", ""), ("ed", "e"), ("ing", ""), ("ing", "e"), ("our", "or"))
"""Endings and their replacements, to find a known form of a word."""


def split_telling(text: str) -> list[str]:
    """Return a text's words once each, without case and accents, and without numbers and single Latin letters."""
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter)).lower()
    found = dict.fromkeys(_WORD.findall(plain))
    return [word for word in found if not word.isdecimal() and (len(word) > 1 or not word.isascii())]


class WordVectors:
    """Words, frequent ones first, each with its vector."""

    def __init__(self, content: bytes) -> None:
        _, words, self._rows = content.split(b"\n", 2)
        self._places = {word: place for place, word in enumerate(words.decode("ascii").split())}

    def find(self, word: str) -> int | None:
        """Return the place of a word, or of the word that it is a form of; None if neither is known."""
        place = self._places.get(word)
        if place is not None:
            return place
        stems = (word.removesuffix(ending) + other for ending, other in _ENDINGS if word.endswith(ending))
        return next((self._places[stem] for stem in stems if stem in self._places), None)

    def row(self, place: int | None) -> bytes:
        """Return the vector at a place; without one, the vector that is near to nothing."""
        return _NOTHING if place is None else self._rows[place * SIZE : (place + 1) * SIZE]

    def weight(self, place: int | None) -> float:
        """Return how much a word tells, 0 to 1: the rarer the more."""
        return 1.0 if place is None else (place + 1) / (place + 1 + _COMMON)

    def mean(self, words: Iterable[str]) -> tuple[float, ...]:
        """Return the weighted mean of words, brought to length 1; zeros if none is known."""
        total, weights = [0.0] * SIZE, 0.0
        for place in map(self.find, words):
            if place is not None:
                weight = self.weight(place)
                weights += weight
                total = list(map(add, total, map(weight.__mul__, self.row(place))))
        total = [number - _ZERO * weights for number in total]
        length = math.hypot(*total)
        return tuple(number / length for number in total) if length else tuple(total)


_NOTHING = bytes([_ZERO]) * SIZE


@cache
def shipped_vectors() -> WordVectors:
    """Return the vectors that come with the package; they are read when they are first needed."""
    return WordVectors((resources.files("scenario_mcp.sandbox.similarity.semantic") / "words.vectors").read_bytes())


def pack(vector: Sequence[float]) -> bytes:
    """Return a vector of length 1 or 0 as bytes."""
    step = 127 / _LARGEST
    return bytes(_ZERO + max(-127, min(127, round(number * step))) for number in vector)


def unpack(row: bytes) -> tuple[float, ...]:
    """Return the numbers of a row."""
    return tuple((byte - _ZERO) * _LARGEST / 127 for byte in row)


def cosine_scale(vector: Sequence[float], share: float = 1.0) -> tuple[float, float]:
    """Return a factor, and what to subtract afterwards, to turn products with a vector into cosines times `share`."""
    return share * SIZE * _LARGEST / 127, share * _ZERO * sum(vector) * _LARGEST / 127


class Rows:
    """Vectors packed into pictures, a row each, so that Pillow multiplies many at once."""

    def __init__(self, rows: Iterable[bytes] = ()) -> None:
        self._rows = bytearray().join(rows)

    def add(self, row: bytes) -> None:
        """Add a vector as the last one."""
        self._rows += row

    def __getitem__(self, place: int) -> bytes:
        """Return a vector."""
        return bytes(self._rows[place * SIZE : (place + 1) * SIZE])

    def cosines(self, vector: Sequence[float]) -> list[float]:
        """Return how near each row is to a vector of length 1: 1 for the same direction, 0 for a right angle."""
        scale, offset = cosine_scale(vector)
        return [product * scale - offset for product in self.products(vector)]

    def products(self, vector: Sequence[float]) -> "array[float]":
        """Return the mean product of each row's bytes and a vector: the larger, the nearer."""
        from PIL import Image, ImageMath  # not before a search by meaning: it takes long to import

        factors = Image.frombytes("F", (SIZE, _STRIP_ROWS), array("f", vector).tobytes() * _STRIP_ROWS)
        found = array("f")
        for start in range(0, len(self._rows), _STRIP_ROWS * SIZE):
            strip = bytes(self._rows[start : start + _STRIP_ROWS * SIZE])
            rows = Image.frombytes("L", (SIZE, len(strip) // SIZE), strip).convert("F")
            # Of pictures of two sizes, the smaller is worked out: the last strip needs no factors of its own.
            products = ImageMath.lambda_eval(lambda images: images["a"] * images["b"], a=rows, b=factors)
            found.frombytes(products.reduce((SIZE, 1)).tobytes())
        return found
