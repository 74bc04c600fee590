"""Aspect ratios: what people write for one, and which of the usual ones are wide or tall."""

import re
from collections.abc import Callable
from math import gcd

from scenario_mcp.filters.field_types import FilterField
from scenario_mcp.filters.notation import write
from scenario_mcp.filters.tree import Between, Comparison, Condition, Contains, OneOf, Operator, StartsWith, Tree
from scenario_mcp.filters.values.misfits import Mended, Misfit, values_of, with_values
from scenario_mcp.text import shown

_WIDE = ((21, 9), (2, 1), (16, 9), (7, 4), (16, 10), (3, 2), (4, 3), (5, 4))
RATIOS = {f"{wide}:{high}": wide / high for wide, high in (*_WIDE, (1, 1), *((high, wide) for wide, high in _WIDE))}
_PAIR = re.compile(
    r"(\d{1,5}(?:\.\d{1,4})?)\s*(?:[:x/*\u00d7\u2215\u2236]|by|to)\s*(\d{1,5}(?:\.\d{1,4})?)", re.IGNORECASE
)
_DECIMAL = re.compile(r"\d{0,3}[.,]\d{1,6}|\d{1,3}", re.ASCII)
_TOLERANCE = 0.012
_MAX_CHARACTERS = 20
_SHAPES: dict[str, Callable[[float], bool]] = {
    **dict.fromkeys(("landscape", "horizontal", "wide"), lambda ratio: ratio > 1),
    **dict.fromkeys(("portrait", "vertical", "tall", "upright"), lambda ratio: ratio < 1),
}
_NAMED = {"square": "1:1", "widescreen": "16:9", "ultrawide": "21:9", "cinematic": "21:9", "vertical video": "9:16"}
NO_COMPARISON = (
    "The filter cannot compare width with height; a list of aspect ratios, or bounds of both, can stand for it."
)
_TESTS: dict[Operator, Callable[[float, float], bool]] = {
    "<": lambda ratio, bound: ratio < bound - _TOLERANCE,
    "<=": lambda ratio, bound: ratio <= bound + _TOLERANCE,
    ">": lambda ratio, bound: ratio > bound + _TOLERANCE,
    ">=": lambda ratio, bound: ratio >= bound - _TOLERANCE,
}


def shape(name: str, field: str) -> Tree | None:
    """Return the condition for landscape, portrait or square; None for any other word."""
    word = name.strip().lower()
    if word in _NAMED:
        return Comparison(field, "=", _NAMED[word])
    if test := _SHAPES.get(word):
        return OneOf(field, tuple(text for text, ratio in RATIOS.items() if test(ratio)))
    return None


def mend(condition: Condition, field: FilterField) -> Mended:
    """Return a condition on an aspect ratio with each in the API's form.

    Raises:
        Misfit: no ratio, or one to be larger or smaller than another: they are texts.

    """
    if isinstance(condition, Contains | StartsWith):
        condition = Comparison(field.name, "=", condition.value)
    if isinstance(condition, Between) or (isinstance(condition, Comparison) and condition.operator not in {"=", "!="}):
        raise _unordered(condition, field)
    written = values_of(condition)
    if len(written) == 1 and (found := shape(written[0], field.name)) and isinstance(found, OneOf):
        is_negated = isinstance(condition, Comparison) and condition.operator == "!="
        others = tuple(text for text in RATIOS if text not in found.values)
        raise Misfit(NO_COMPARISON, OneOf(field.name, others) if is_negated else found)
    values = tuple(_ratio(value, field) for value in written)
    if values == written:
        return Mended(condition)
    mended = with_values(condition, values)
    return Mended(mended, (f"{write(condition)}: {', '.join(values)}",))


def _ratio(text: str, field: FilterField) -> str:
    plain = text.strip().lower()
    if len(plain) <= _MAX_CHARACTERS:
        if plain in _NAMED:
            return _NAMED[plain]
        if pair := _PAIR.fullmatch(plain):
            wide, high = float(pair[1]), float(pair[2])
            if wide and high:
                text = f"{wide:g}:{high:g}"
                return text if text in RATIOS else _reduced(wide, high)
        elif _DECIMAL.fullmatch(plain) and (near := _nearest(float(plain.replace(",", ".")))):
            return near
    raise Misfit(f'{field.name} is text such as "16:9", not {shown(text)}.')


def _reduced(wide: float, high: float) -> str:
    if wide.is_integer() and high.is_integer():
        divisor = gcd(int(wide), int(high))
        text = f"{int(wide) // divisor}:{int(high) // divisor}"
        is_short = max(wide, high) / divisor <= 32  # noqa: PLR2004  # larger parts are pixels, not a ratio
        return text if is_short else _nearest(wide / high) or text
    return _nearest(wide / high) or f"{wide:g}:{high:g}"


def _nearest(ratio: float) -> str | None:
    text = min(RATIOS, key=lambda each: abs(RATIOS[each] / ratio - 1) if ratio else 1.0)
    return text if ratio and abs(RATIOS[text] / ratio - 1) <= _TOLERANCE else None


def _unordered(condition: Condition, field: FilterField) -> Misfit:
    """Return the refusal of an order between ratios, with the usual ratios that are meant."""
    bounds = [_number(value) for value in values_of(condition)]
    found: list[str] = []
    if None not in bounds:
        low, high = bounds[0] or 0.0, bounds[-1] or 0.0
        for text, ratio in RATIOS.items():
            match condition:
                case Between():
                    is_within = low - _TOLERANCE <= ratio <= high + _TOLERANCE
                case Comparison(_, operator, _):
                    is_within = _TESTS[operator](ratio, low)
                case _:
                    is_within = False
            if is_within:
                found.append(text)
    sentence = f'{field.name} is text such as "16:9": no ratio is larger than another. {NO_COMPARISON}'
    return Misfit(sentence, OneOf(field.name, tuple(found)) if found else None)


def _number(text: str) -> float | None:
    plain = text.strip().replace(",", ".")
    if pair := _PAIR.fullmatch(plain):
        return float(pair[1]) / float(pair[2]) if float(pair[2]) else None
    return float(plain) if _DECIMAL.fullmatch(plain) else None
