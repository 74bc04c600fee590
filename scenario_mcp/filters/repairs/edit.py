"""What a rule of correction takes and gives: where the parser stopped, and one edit of the text."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from scenario_mcp.filters.field_types import FilterFields
from scenario_mcp.filters.syntax import ParseState


@dataclass(frozen=True, slots=True)
class Repair:
    """A sentence about what stands at `position`, and the text after one edit; None when there is no good edit."""

    position: int
    sentence: str
    text: str | None
    arguments: Mapping[str, object] = field(default_factory=dict)
    """What belongs beside the filter in place of what the edit left out."""
    choices: tuple[str, ...] = ()
    """Whole texts after the edit of which one is meant, where nobody can tell which."""
    question: str = ""
    """What leaves it open: the order of day and month, for one. Its answer is the same in all of a filter."""


Edit: TypeAlias = tuple[str, str | None] | None
"""A sentence and the whole text after the edit; None when the rule does not apply."""
Rule: TypeAlias = Callable[[ParseState, FilterFields], Edit]
"""Looks for one mistake where the parser stopped; the second argument is the API's fields."""


def spelling(name: str) -> str:
    """Return a field name's letters without what is often written otherwise: case, `_`, `-`, quotes."""
    return re.sub(r"[\s_\"'-]", "", name).lower()


def show(text: str, position: int) -> str:
    """Return the bit that starts at a position: short, on one line, without characters that hide or reorder."""
    bit = text[position : position + 24]
    if not bit:
        return "the end"
    plain = "".join(c if c.isprintable() else " " if c.isspace() else "?" for c in bit)
    return f"`{plain.strip()}{'...' if position + 24 < len(text) else ''}`"
