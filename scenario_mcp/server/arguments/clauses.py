"""Pieces of a filter text, quoted and bracketed so that each keeps its meaning beside others."""

import re
from typing import Any, NamedTuple

from scenario_mcp.filters.tree import quote
from scenario_mcp.server.arguments.values import is_number
from scenario_mcp.text import shown

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
