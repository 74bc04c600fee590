"""Words wanted in a text: they belong into the argument query, for a filter compares whole texts only."""

import re

from scenario_mcp.filters.repairs.sentences import WORDS
from scenario_mcp.filters.tree import Comparison, Condition, Contains, OneOf, StartsWith
from scenario_mcp.filters.values.misfits import Mended, Misfit, values_of

_WILDCARD = re.compile(r"[*%].*|.*[*%]", re.DOTALL)


def mend(condition: Condition, *, is_negated: bool) -> Mended:
    """Return a condition on a text that is written by people, as it is.

    Raises:
        Misfit: a part of the text is wanted; its words are for the argument query.

    """
    if isinstance(condition, Contains | StartsWith):
        raise _misfit((condition.value,), is_negated=is_negated)
    look_for_wildcard(condition, is_negated=is_negated)
    return Mended(condition)


def look_for_wildcard(condition: Condition, *, is_negated: bool) -> None:
    """Refuse `*dragon*` and `%dragon%`.

    Raises:
        Misfit: a wildcard stands at an end; the words are for the argument query.

    """
    values = values_of(condition)
    if isinstance(condition, Comparison | OneOf) and any(_WILDCARD.fullmatch(value) for value in values):
        is_unequal = isinstance(condition, Comparison) and condition.operator == "!="
        raise _misfit(values, is_negated=is_negated != is_unequal)


def _misfit(values: tuple[str, ...], *, is_negated: bool) -> Misfit:
    words = " ".join(" ".join(re.sub(r"[*%\"]+", " ", value).split()) for value in values)
    if not words.strip():
        return Misfit(WORDS)
    if is_negated:
        words = f'-"{words}"' if " " in words else f"-{words}"
    return Misfit(WORDS, arguments={"query": words})
