"""Operators and groups as people and other query languages write them -> the filter language's."""

import re
from collections.abc import Mapping

_LONGEST_NAME = 30

OPERATORS: Mapping[str, str] = {
    **dict.fromkeys(("=", "==", "eq", "equals", "equal", "is", "value", "match", "term"), "="),
    **dict.fromkeys(("!=", "<>", "ne", "neq", "not", "notequals", "notequal", "doesnotequal", "isnot"), "!="),
    **dict.fromkeys((">", "gt", "greaterthan", "morethan"), ">"),
    **dict.fromkeys((">=", "gte", "ge", "min", "minimum", "from", "since", "after", "start", "atleast"), ">="),
    **dict.fromkeys(("greaterthanequal", "greaterthanorequal", "greaterthanorequalto", "onorafter"), ">="),
    **dict.fromkeys(("<", "lt", "lessthan", "before"), "<"),
    **dict.fromkeys(("<=", "lte", "le", "max", "maximum", "to", "until", "end", "atmost"), "<="),
    **dict.fromkeys(("lessthanequal", "lessthanorequal", "lessthanorequalto", "onorbefore"), "<="),
    **dict.fromkeys(("in", "any", "anyof", "oneof", "or", "terms", "includes", "has", "containsany"), "IN"),
    **dict.fromkeys(
        ("nin", "notin", "none", "noneof", "excludes", "except", "notcontains", "doesnotcontain"), "NOT IN"
    ),
    **dict.fromkeys(("contains", "like", "ilike", "startswith", "matches", "search", "text"), "CONTAINS"),
    **dict.fromkeys(("all", "allof", "and", "every", "containsall"), "ALL"),
    **dict.fromkeys(("between", "range"), "TO"),
    **dict.fromkeys(("exists", "exist", "isset", "present"), "EXISTS"),
    **dict.fromkeys(("notexists", "missing"), "NOT EXISTS"),
    **dict.fromkeys(("isnull", "null"), "IS NULL"),
    **dict.fromkeys(("isnotnull", "notnull"), "IS NOT NULL"),
    **dict.fromkeys(("isempty", "empty"), "IS EMPTY"),
    **dict.fromkeys(("isnotempty", "notempty"), "IS NOT EMPTY"),
}
"""As people and other tools write operators -> ours; in lower case, without `$`, `_` and blanks."""
GROUPS: Mapping[str, str] = {
    **dict.fromkeys(("and", "all", "allof", "must", "filter", "bool", "term", "terms", "match", "range"), "AND"),
    **dict.fromkeys(("or", "any", "should", "anyof"), "OR"),
    **dict.fromkeys(("not", "mustnot", "none", "nor", "exclude"), "NOT"),
}
FOR_ONE = {"IN": "=", "NOT IN": "!=", "ALL": "=", "TO": "="}
"""Operators of lists, for a single value."""


def read_operator(name: str) -> str | None:
    """Return the operator that a name means, None if it means none."""
    return OPERATORS.get(_spelled(name)) if len(name) <= _LONGEST_NAME else None


def read_group(name: str) -> str | None:
    """Return AND, OR or NOT if a name means one of them."""
    return GROUPS.get(_spelled(name)) if len(name) <= _LONGEST_NAME else None


def _spelled(name: str) -> str:
    return re.sub(r"[$_\s-]", "", name).lower()
