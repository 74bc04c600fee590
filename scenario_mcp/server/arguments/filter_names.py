"""Names that mean a filter field: other spellings, usual names, and names that hold an operator (`created_after`)."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from scenario_mcp.filters.field_types import FilterFields

_LONGEST_NAME = 60
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+[a-z]*|[<>=!]+")

_OPERATOR_WORDS: Mapping[str, str] = {
    **dict.fromkeys(("gte", "ge", "min", "minimum", "from", "since", "after", "start", ">="), ">="),
    **dict.fromkeys(("gt", ">"), ">"),
    **dict.fromkeys(("lte", "le", "max", "maximum", "to", "until", "end", "<="), "<="),
    **dict.fromkeys(("lt", "before", "<"), "<"),
    **dict.fromkeys(("ne", "neq", "not", "exclude", "excluded", "excludes", "without", "!="), "!="),
    **dict.fromkeys(("in", "any", "is", "eq", "equals", "=", "=="), "="),
    "nin": "!=",
    "all": "ALL",
    **dict.fromkeys(("between", "range"), "TO"),
    "exists": "EXISTS",
}
_IN_WORDS = frozenset({"after", "before", "since", "from"})
_DATES: Mapping[str, str] = {
    **dict.fromkeys(("since", "datefrom", "fromdate", "startdate", "after", "dateafter"), ">="),
    **dict.fromkeys(("before", "datebefore"), "<"),
    **dict.fromkeys(("until", "dateto", "todate", "enddate", "till"), "<="),
}
"""Names of bounds of the time of creation."""


class Field(NamedTuple):
    """A filter field, and the operator that its name held; `=` if it held none."""

    name: str
    operator: str
    written: str

    @property
    def is_in_words(self) -> bool:
        """Whether the operator was a word whose bound is not obvious, such as `after`."""
        return not _IN_WORDS.isdisjoint(_words(self.written))


def spelled(name: str) -> str:
    """Return a name as all of its spellings are written alike: `hits_per_page`, `Hits-Per-Page`, `hitsPerPage`."""
    return name.replace("_", "").replace("-", "").replace(" ", "").replace(".", "").lower()


class FieldNames:
    """The fields of one search, by every name that people give them."""

    def __init__(self, fields: FilterFields) -> None:
        self.fields = fields
        self._by_spelling: dict[str, str] = {}
        for field in fields.values():
            for name in (*field.also, field.name.rpartition(".")[2]):
                self._by_spelling.setdefault(spelled(name), field.name)
        self._by_spelling |= {spelled(name): name for name in fields}

    def read(self, name: str) -> Field | None:
        """Return the field that a name means, None if it means none."""
        if len(name) > _LONGEST_NAME:
            return None
        if field := self._plain(spelled(name)):
            return Field(field, "=", name)
        if "createdAt" in self.fields and (operator := _DATES.get(spelled(name))):
            return Field("createdAt", operator, name)
        words = _words(name)
        for operator_word, rest in ((words[-1:], words[:-1]), (words[:1], words[1:])):
            operator = _OPERATOR_WORDS.get(operator_word[0]) if operator_word else None
            field = self._plain("".join(rest)) if operator and rest else None
            if operator and field:
                return Field(field, operator, name)
        return None

    def _plain(self, name: str) -> str | None:
        forms = (name, f"{name}s", name.removesuffix("s"))
        return next((self._by_spelling[form] for form in forms if form in self._by_spelling), None)


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(name)]
