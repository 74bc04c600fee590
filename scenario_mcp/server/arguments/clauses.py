"""Pieces of a filter text, quoted and bracketed so that each keeps its meaning beside others."""

import re
from typing import Any, NamedTuple

from scenario_mcp.filters.tree import quote
from scenario_mcp.server.arguments.values import is_number
from scenario_mcp.text import shown

_MAX_ALL_CHARACTERS = 80
MAX_CONDITIONS = 500
"""Conditions and values of one filter: the text has room for fewer than that."""
EXAMPLE = "kind = image AND tags = knight"
BARE = re.compile(r"[A-Za-z0-9_.-]+")
KEYWORDS = frozenset({"AND", "OR", "IN", "NOT", "TO", "EXISTS", "IS", "NULL", "EMPTY", "CONTAINS", "STARTS", "WITH"})


class ConditionsRefused(ValueError):
    """Conditions that cannot be put into the filter language; the message says what to write."""


class Clause(NamedTuple):
    """A piece of a filter; `is_or` says that it stands in brackets beside others."""

    text: str
    is_or: bool = False


def literal(value: Any) -> str:
    """Return a value as it stands in a filter: quoted if it holds anything that must be."""
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, str):
        text = value.strip()
    elif is_number(value):
        text = str(value)
    else:
        raise ConditionsRefused(f'compares with texts and numbers, not {shown(value)}. Example: "{EXAMPLE}"')
    return text if BARE.fullmatch(text) and text not in KEYWORDS else quote(text)


def all_of(clauses: list[Clause]) -> Clause | None:
    """Return the clause that means all of these."""
    return _linked(clauses, " AND ", is_or=False)


def any_of(clauses: list[Clause]) -> Clause | None:
    """Return the clause that means any of these."""
    return _linked(clauses, " OR ", is_or=True)


def _linked(clauses: list[Clause], link: str, *, is_or: bool) -> Clause | None:
    if len(clauses) <= 1:
        return clauses[0] if clauses else None
    texts = (f"({clause.text})" if clause.is_or and not is_or else clause.text for clause in clauses)
    return Clause(link.join(texts), is_or)


def negated(clause: Clause) -> Clause:
    """Return the clause that means the opposite."""
    return Clause(f"NOT ({clause.text})")


def any_or_all(name: str, literals: list[str]) -> str:
    """Say that any of the values will do, and how all of them are asked for."""
    every = " AND ".join(f"{name} = {literal}" for literal in literals)
    return f"{name} as any of {len(literals)}" + (f" (all: {every})" if len(every) <= _MAX_ALL_CHARACTERS else "")


def no_operator(name: str, field: str) -> ConditionsRefused:
    """Return the refusal of an operator that is none."""
    return ConditionsRefused(f'has no operator {shown(name)} for {field}. Example: "width >= 1024 AND tags != wip"')


def too_many() -> ConditionsRefused:
    """Return the refusal of conditions without end."""
    return ConditionsRefused(
        f'holds more than {MAX_CONDITIONS} conditions. Ask for them in several searches. Example: "{EXAMPLE}"'
    )
