"""The filter language: its grammar, the check of an expression, and the correction of what people write instead.

Imports `text` only. `parse` is what other rooms call; the sandbox reads the tree in `syntax` and `tree`.
"""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter expression that the API takes, parsed once; what later readers ask of it."""

    text: str
    """As it is sent."""
    unknown_fields: tuple[str, ...] = ()
    """Fields that are not documented: perhaps new, perhaps wrong."""
    warnings: tuple[str, ...] = ()
    """A sentence on each of the first of them, with the documented field that looks most like it."""
    readings: tuple[str, ...] = ()
    """A few words on each value that is sent otherwise than it was written, such as a day as a whole day."""
    compared_fields: tuple[str, ...] = ()
    """Documented fields that are compared otherwise than by `=`: a hit shows their values."""


def parse(text: str, known: Collection[str]) -> Filter | None:
    """Return the filter that an expression means, None for a blank one; `known` are the API's field names.

    Raises:
        FilterProblem: the API would refuse the expression; the message says what to write.

    """
    # The tables of corrections take a while to load, and a list of tools needs none.
    from scenario_mcp.filters.check import check

    expression = text.strip()
    return check(expression, known) if expression else None
