"""Conditions in other shapes than the filter language -> its text: lists, objects of fields, operators in words.

A list means all of its conditions and a list inside it any of them, as in the search engine's own filters. Several
values for one field mean any of them. Whether the text is a good filter is judged by `filters`, as any other.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from scenario_mcp.filters.field_types import Id, Text
from scenario_mcp.ids import find_id
from scenario_mcp.server.arguments.clauses import (
    BARE,
    EXAMPLE,
    KEYWORDS,
    MAX_CONDITIONS,
    Clause,
    ConditionsRefused,
    all_of,
    any_of,
    any_or_all,
    literal,
    negated,
    no_operator,
    too_many,
)
from scenario_mcp.server.arguments.filter_names import Field, FieldNames
from scenario_mcp.server.arguments.literals import spelled
from scenario_mcp.server.arguments.notations import (
    FIELD_KEYS,
    NEGATION_KEYS,
    OPERAND_KEYS,
    OPERATOR_KEYS,
    VALUE_KEYS,
    beside,
    restated,
)
from scenario_mcp.server.arguments.operators import FOR_ONE, GROUPS, OPERATORS, read_group, read_operator
from scenario_mcp.server.arguments.values import is_absent
from scenario_mcp.text import shown

_MAX_DEPTH = 12
_COMPARED = re.compile(r"(<=|>=|!=|<>|==|=|<|>)\s*(\d.*)", re.DOTALL)
"""A value with its operator in front, such as `>= 1024`."""
_RANGE = re.compile(r"(\d\S*) TO (\d\S*)")
_HOLDS_OR = re.compile(r"\bor\b|\|", re.IGNORECASE)
_LINKS = frozenset({"and", "or", "&&", "||"})
_COMPARES = re.compile(r"[=<>]|\b(?:IN|TO|IS|EXISTS)\b")
"""What stands in nearly every condition, and hardly in a value."""
_LABELS = frozenset({"nsfw"})
"""Lists of which false means none."""
_WITHOUT_VALUE = frozenset({"EXISTS", "NOT EXISTS", "IS NULL", "IS NOT NULL", "IS EMPTY", "IS NOT EMPTY"})


class WrittenFilter(NamedTuple):
    """A filter as text, and a few words on each reading of it that is not obvious."""

    text: str
    readings: tuple[str, ...]


def write_filter(parts: Iterable[Any], names: FieldNames) -> WrittenFilter:
    """Return the filter that means all of these: texts, lists, objects, or `Field`s with their values.

    Raises:
        ConditionsRefused: one of them has no such meaning.

    """
    writer = _Writer(names)
    clauses = [clause for part in parts if (clause := writer.clause(part, 0))]
    whole = all_of(clauses)
    return WrittenFilter(whole.text if whole else "", tuple(dict.fromkeys(writer.readings)))


class _Writer:
    """Writes one filter, and keeps what was read into it."""

    def __init__(self, names: FieldNames) -> None:
        self.readings: list[str] = []
        self._names = names
        self._very_names = [*names.fields]
        self._count = 0

    def clause(self, part: Any, depth: int) -> Clause | None:
        """Return a filter in any shape as a clause; None if it stands for nothing."""
        if is_absent(part):
            return None
        self._count_one(depth)
        match part:
            case str():
                return Clause(part.strip(), _HOLDS_OR.search(part) is not None)
            case Condition(field, value):
                return self._condition(field, value, depth + 1)
            case dict():
                return self._object(part, depth)
            case list() | tuple():
                return self._list(part, depth)
            case _:
                raise ConditionsRefused(f'takes conditions, not {shown(part)}. Example: "{EXAMPLE}"')

    def _list(self, items: Collection[Any], depth: int) -> Clause | None:
        """Return all conditions of a list; in a list inside a list, any of them."""
        if len(items) > MAX_CONDITIONS:
            raise too_many()
        present = [item for item in items if not is_absent(item)]
        if all(isinstance(item, str) for item in present) and any(item.strip().lower() in _LINKS for item in present):
            return Clause(" ".join(present), is_or=True)
        if _is_triple(present):
            return self._triple(*present, depth=depth)
        if self._is_pair(present):
            return self._triple(present[0], "=", present[1], depth=depth)
        clauses = [clause for item in present if (clause := self._item(item, depth + 1))]
        return all_of(clauses)

    def _item(self, item: Any, depth: int) -> Clause | None:
        if not isinstance(item, list | tuple):
            return self.clause(item, depth)
        if _is_triple(item) or self._is_pair(item):
            return self.clause(item, depth)
        if len(item) > MAX_CONDITIONS:
            raise too_many()
        return any_of([clause for each in item if (clause := self.clause(each, depth + 1))])

    def _triple(self, name: str, operator: str, value: Any, *, depth: int) -> Clause | None:
        field = self._field(name)
        known = read_operator(operator)
        if known is None:
            raise no_operator(operator, field.name)
        return self._compare(field.name, known, value, depth)

    def _object(self, given: Mapping[str, Any], depth: int) -> Clause | None:
        """Return an object's fields, all of them; or the one condition, or group, that it spells in words."""
        if len(given) > MAX_CONDITIONS:
            raise too_many()
        if others := beside(given, self._names):
            own = {key: value for key, value in given.items() if key not in others}
            return all_of([clause for each in (own, others) if (clause := self._object(each, depth + 1))])
        if any(given.get(key) is True for key in NEGATION_KEYS):
            clause = self._object({key: value for key, value in given.items() if key not in NEGATION_KEYS}, depth)
            return negated(clause) if clause else None
        given = restated(given, self._names)
        by_key = {str(key).lower(): value for key, value in given.items()}
        operator = next((by_key[key] for key in OPERATOR_KEYS if isinstance(by_key.get(key), str)), None)
        operands = next((by_key[key] for key in OPERAND_KEYS if key in by_key), None)
        if operands is not None and (operator is None or operator.lower() in GROUPS):
            return self._group(GROUPS[(operator or "and").lower()], operands, depth)
        name = next((by_key[key] for key in FIELD_KEYS if isinstance(by_key.get(key), str)), None)
        value_key = next((key for key in VALUE_KEYS if key in by_key), None)
        if name is not None and (value_key or operator is not None):
            return self._triple(
                name, operator or self._field(name).operator, by_key.get(value_key or "", True), depth=depth
            )
        clauses = []
        for key, value in given.items():
            if is_absent(value):
                continue
            group = read_group(key)
            if group and isinstance(value, list | tuple | dict):
                clauses.append(self._group(group, value, depth))
            else:
                clauses.append(self._condition(self._field(str(key)), value, depth + 1))
        return all_of([clause for clause in clauses if clause])

    def _group(self, link: str, operands: Any, depth: int) -> Clause | None:
        items = operands if isinstance(operands, list | tuple) else [operands]
        if link == "OR" and isinstance(operands, dict):
            items = [{key: value} for key, value in operands.items()]
        if len(items) > MAX_CONDITIONS:
            raise too_many()
        clauses = [clause for item in items if (clause := self.clause(item, depth + 1))]
        if link == "NOT":
            return all_of([negated(clause) for clause in clauses])
        return any_of(clauses) if link == "OR" else all_of(clauses)

    def _field(self, name: str) -> Field:
        found = self._names.read(name)
        if found is not None:
            return found
        if BARE.fullmatch(name.strip()) and name.strip() not in KEYWORDS:
            return Field(name.strip(), "=", name)  # perhaps a new one: the filter's own check warns of it
        raise ConditionsRefused(f'takes an object of fields, and {shown(name)} is no field. Example: "{EXAMPLE}"')

    def _condition(self, field: Field, value: Any, depth: int) -> Clause | None:
        """Return one field with its value, values, or operators."""
        value = spelled(value)
        if is_absent(value):
            return None
        if isinstance(value, dict):
            clauses = []
            for key, operand in value.items():
                if is_absent(operand):
                    continue
                operator = read_operator(str(key))
                if operator is None:
                    raise no_operator(str(key), field.name)
                clauses.append(self._compare(field.name, operator, operand, depth))
            return all_of([clause for clause in clauses if clause])
        clause = self._compare(field.name, field.operator, value, depth)
        if clause and field.operator in {">=", "<"} and field.is_in_words:
            self.readings.append(f"{field.written[:40]} as {clause.text}")
        return clause

    def _compare(self, name: str, operator: str, value: Any, depth: int) -> Clause | None:
        self._count_one(depth)
        if operator in _WITHOUT_VALUE:
            clause = Clause(f"{name} {operator}")
            is_denied = value is False or (isinstance(value, str) and value.strip().lower() == "false")
            return negated(clause) if is_denied else clause
        if isinstance(value, list | tuple):
            return self._compare_list(name, operator, value, depth)
        if operator == "=" and isinstance(value, str):
            if compared := _COMPARED.fullmatch(value.strip()):
                return Clause(f"{name} {OPERATORS[compared[1]]} {literal(compared[2])}")
            if bounds := _RANGE.fullmatch(value.strip()):
                return Clause(f"{name} {literal(bounds[1])} TO {literal(bounds[2])}")
        if name in _LABELS and isinstance(value, bool) and operator in {"=", "!="}:
            is_wanted = value is (operator == "=")
            return Clause(f"{name} EXISTS AND {name} IS NOT EMPTY" if is_wanted else f"{name} IS EMPTY")
        if operator == "CONTAINS":
            operator = "CONTAINS" if self._is_prose(name) else "="
        return Clause(f"{name} {FOR_ONE.get(operator, operator)} {literal(self._value(name, value))}")

    def _value(self, name: str, value: Any) -> Any:
        """Return a value, and the id in its place where a field of ids is given an address that holds one."""
        field = self._names.fields.get(name)
        if not isinstance(value, str) or field is None or not isinstance(field.type, Id):
            return value
        return find_id(value, "models" if field.type.prefix == "model_" else "assets") or value

    def _compare_list(self, name: str, operator: str, values: Collection[Any], depth: int) -> Clause | None:
        if len(values) > MAX_CONDITIONS:
            raise too_many()
        present = [value for value in values if not is_absent(value)]
        for _ in present:
            self._count_one(depth)
        if not present:
            return None
        if len(present) == 1:
            return self._compare(name, operator, present[0], depth + 1)
        literals = [literal(self._value(name, value)) for value in present]
        match operator:
            case "=" | "IN" | "CONTAINS":
                if operator == "=" and self._is_list(name):
                    self.readings.append(any_or_all(name, literals))
                return Clause(f"{name} IN [{', '.join(literals)}]")
            case "!=" | "NOT IN":
                return Clause(f"{name} NOT IN [{', '.join(literals)}]")
            case "ALL":
                return Clause(" AND ".join(f"{name} = {literal}" for literal in literals))
            case "TO" if len(literals) == len(("low", "high")):
                return Clause(f"{name} {literals[0]} TO {literals[1]}")
            case _:
                raise ConditionsRefused(f'compares {name} with one value, not a list. Example: "{EXAMPLE}"')

    def _is_pair(self, items: Sequence[Any]) -> bool:
        """Whether a list is a field's very name and its value."""
        if len(items) != len(("field", "value")) or items[0] not in self._very_names:
            return False
        return not isinstance(items[1], str) or _COMPARES.search(items[1]) is None

    def _is_list(self, name: str) -> bool:
        field = self._names.fields.get(name)
        return field is not None and field.is_list

    def _is_prose(self, name: str) -> bool:
        """Whether words in a field's text may be wanted, which no filter finds: its check says what does."""
        field = self._names.fields.get(name)
        return field is not None and isinstance(field.type, Text) and field.type.is_prose

    def _count_one(self, depth: int) -> None:
        self._count += 1
        if self._count > MAX_CONDITIONS:
            raise too_many()
        if depth > _MAX_DEPTH:
            raise ConditionsRefused(f'is nested too deeply. Write it as one text. Example: "{EXAMPLE}"')


class Condition(NamedTuple):
    """A filter field given as an argument, with its value."""

    field: Field
    value: Any


def _is_triple(items: Collection[Any]) -> bool:
    """Whether a list is one condition: a field, an operator and a value."""
    return (
        isinstance(items, list | tuple)
        and len(items) == len(("field", "operator", "value"))
        and isinstance(items[0], str)
        and isinstance(items[1], str)
        and read_operator(items[1]) is not None
    )
