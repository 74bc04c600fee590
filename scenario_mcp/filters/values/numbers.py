"""Numbers in the notations that people write: with a unit, with commas for thousands, with other digits."""

import math
import re
import unicodedata

from scenario_mcp.filters.field_types import Number

_PLAIN = re.compile(r"-?\d+(?:\.\d*)?(?:e[+-]?\d+)?|-?\.\d+", re.IGNORECASE | re.ASCII)
_THOUSANDS = re.compile(r"(-?\d{1,3}(?:([,_' .])\d{3})(?:\2\d{3})*)(\.\d+)?")
_DECIMAL_COMMA = re.compile(r"-?\d+,\d+")
_WITH_UNIT = re.compile(r"(.*?\d[.]?)\s*([a-z]+)\.?", re.IGNORECASE)
MAX_NUMBER_CHARACTERS = 60
"""A longer text is no number that is meant."""


class UnreadableNumber(ValueError):
    """A text is no number of the field; `reading` is the number that may be meant, empty when nobody can tell."""

    def __init__(self, reading: str = "") -> None:
        super().__init__(reading)
        self.reading = reading


def read_number(text: str, number: Number) -> str:
    """Return the number that a text means, as the filter language writes it; the text itself where it is one.

    Raises:
        UnreadableNumber: it is no number, or not surely one.

    """
    if _PLAIN.fullmatch(text):
        if not math.isfinite(float(text)):
            raise UnreadableNumber
        if number.is_whole and (thousands := re.fullmatch(r"([1-9]\d{0,2})\.(\d{3})", text)) and thousands[2] != "000":
            return thousands[1] + thousands[2]  # a part of a pixel is never meant
        return text if "+" not in text and not text.startswith((".", "-.")) else _written(float(text))
    plain = " ".join(unicodedata.normalize("NFKC", text).replace("\N{MINUS SIGN}", "-").split())
    plain = plain.removeprefix("+").removeprefix("~").strip().lower()
    if len(plain) > MAX_NUMBER_CHARACTERS:
        raise UnreadableNumber
    if plain in number.nouns:
        raise UnreadableNumber(str(number.nouns[plain]))
    factor = 1.0
    if (unit := _WITH_UNIT.fullmatch(plain)) and unit[2] in number.factors:
        plain, factor = unit[1].strip(), number.factors[unit[2]]
    value = _value(plain, number)
    if value is None or not math.isfinite(value):
        raise UnreadableNumber
    return _written(value * factor)


def _value(plain: str, number: Number) -> float | None:
    if thousands := _THOUSANDS.fullmatch(plain):
        sign = thousands[2]
        if not (sign == "." and (thousands[3] or (not number.is_whole and thousands[1].count(".") == 1))):
            return float(thousands[1].replace(sign, "") + (thousands[3] or ""))
    if _DECIMAL_COMMA.fullmatch(plain) and not number.is_whole:
        return float(plain.replace(",", "."))
    if re.fullmatch(r"\d+(?:_\d+)+", plain):
        return float(plain.replace("_", ""))
    return float(plain) if _PLAIN.fullmatch(plain) else None


def _written(value: float) -> str:
    return str(int(value)) if value.is_integer() else repr(value)
