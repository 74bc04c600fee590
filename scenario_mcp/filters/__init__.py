"""The filter language: its grammar, the check of an expression, and the correction of what people write instead.

Imports `text` only. `parse` is what other rooms call; the sandbox reads the tree in `syntax` and `tree`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Self

from scenario_mcp.filters.field_types import FilterFields

EVERYTHING = "createdAt >= 0001-01-01"
"""What every document meets: it lists all. Files carry dates of 1904, 1970 and 1980: no later day is below all."""


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter expression that the API takes, parsed once; what later readers ask of it."""

    text: str
    """As it is sent."""
    unknown_fields: tuple[str, ...] = ()
    """Fields that are not documented: perhaps new, perhaps wrong."""
    warnings: tuple[str, ...] = ()
    """Sentences: first on each unknown field, in their order, with the documented field that looks most like it."""
    readings: tuple[str, ...] = ()
    """A few words on each value that is sent otherwise than it was written, such as a day as a whole day."""
    compared_fields: tuple[str, ...] = ()
    """Documented fields that are compared otherwise than by `=`: a hit shows their values."""
    names: tuple[tuple[str, str], ...] = ()
    """Each field of ids with a value that does not look like a new id: a name, or an id of an old form."""

    def knowing(self, fields: Collection[str]) -> Self:
        """Return the filter without the warnings of these fields, which are there though they are not documented."""
        named = dict(zip(self.unknown_fields, self.warnings, strict=False))
        known = [warning for name, warning in named.items() if name in fields]
        return replace(self, warnings=tuple(warning for warning in self.warnings if warning not in known))

    def with_names(self, ids: Mapping[tuple[str, str], str]) -> Self:
        """Return the filter with an id in place of each of these fields' values, as `names` has them."""
        if not ids:
            return self
        from scenario_mcp.filters.names import replace_names
        from scenario_mcp.filters.notation import write
        from scenario_mcp.filters.syntax import parse_tree

        tree = parse_tree(self.text)
        names = tuple(name for name in self.names if name not in ids)
        return self if tree is None else replace(self, text=write(replace_names(tree, ids)), names=names)


def parse(text: str, fields: FilterFields) -> Filter | None:
    """Return the filter that an expression means, None for a blank one; `fields` are the API's.

    Raises:
        FilterProblem: the API would refuse the expression; the message says what to write.

    """
    # The tables of corrections take a while to load, and a list of tools needs none.
    from scenario_mcp.filters.check import check

    expression = text.strip()
    return check(expression, fields) if expression else None
