"""Comparisons with numbers: read with their units and separators, and bounds the right way round."""

from functools import partial

from scenario_mcp.filters.field_types import FilterField, Number
from scenario_mcp.filters.notation import write
from scenario_mcp.filters.tree import Between, Comparison, Condition, Contains, Exists, IsEmpty, Not, StartsWith
from scenario_mcp.filters.values.misfits import Mended, Misfit, values_of, with_values
from scenario_mcp.filters.values.numbers import UnreadableNumber, read_number
from scenario_mcp.filters.values.ranges import bound_in, range_in
from scenario_mcp.text import shown


def mend(condition: Condition, field: FilterField, number: Number) -> Mended:
    """Return a condition with its numbers as the filter language writes them.

    Raises:
        Misfit: a value is no number, or one that no document can have.

    """
    if isinstance(condition, IsEmpty):
        return Mended(Not(Exists(field.name)))
    if isinstance(condition, Contains | StartsWith):
        condition = Comparison(field.name, "=", condition.value.strip("%* "))
    written = values_of(condition)
    values = []
    for place, value in enumerate(written):
        try:
            values.append(read_number(value, number))
        except UnreadableNumber as error:
            is_number = partial(_is_number, number=number)
            if problem := range_in(condition, is_number) or bound_in(condition, is_number):
                raise problem from None
            kind = f"{'whole ' * number.is_whole}number{' of ' * bool(number.unit)}{number.unit}"
            sentence = f"{field.name} takes a {kind}, such as {number.example}, not {shown(value)}."
            meant = with_values(condition, (*written[:place], error.reading, *written[place + 1 :]))
            raise Misfit(sentence, meant if error.reading else None) from None
    _refuse_part(condition, field, number, tuple(values))
    warnings: tuple[str, ...] = ()
    if isinstance(condition, Comparison) and (condition.operator, float(values[0])) in {(">", -1.0), (">=", 0.0)}:
        warnings = (f"{write(condition)} holds for whatever has a {field.name}.",)
    readings = []
    if tuple(values) != written:
        readings.append(f"{write(condition)}: {', '.join(values)}{' ' * bool(number.unit)}{number.unit}")
    if isinstance(condition, Between) and float(values[0]) > float(values[1]):
        values.reverse()
        readings.append(f"{field.name}: the smaller one first")
    return Mended(
        with_values(condition, tuple(values)) if tuple(values) != written else condition, tuple(readings), warnings
    )


def _is_number(text: str, number: Number) -> bool:
    try:
        return float(read_number(text, number)) >= 0
    except UnreadableNumber as error:
        return bool(error.reading)


def _refuse_part(condition: Condition, field: FilterField, number: Number, values: tuple[str, ...]) -> None:
    """Refuse to compare for equality with a part of a pixel, or with less than nothing."""
    if not isinstance(condition, Comparison) or condition.operator not in {"=", "!="}:
        return
    value = float(values[0])
    if value < 0:
        raise Misfit(f"{field.name} is never negative.")
    if number.is_whole and not value.is_integer():
        raise Misfit(f"{field.name} is a whole number.", Comparison(field.name, condition.operator, str(round(value))))
