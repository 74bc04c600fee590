"""One condition as an object in the notations of other tools -> a field with its operator and value, or operators.

They are those of Qdrant, Weaviate, Notion, JsonLogic and query builders; what names no field is left as it is.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from scenario_mcp.server.arguments.filter_names import FieldNames
from scenario_mcp.server.arguments.operators import read_group, read_operator

OPERATOR_KEYS = ("operator", "op", "comparison", "comparator", "condition", "conjunction", "combinator", "logic")
VALUE_KEYS = ("value", "values", "val")
"""Under which an object of one condition, or of a group, has its operator, and its value."""
FIELD_KEYS = ("field", "attribute", "key", "column", "property", "id", "fieldid", "name")
OPERAND_KEYS = ("conditions", "filters", "operands", "rules", "children", "clauses", "expressions", "filterset")
NEGATION_KEYS = ("not", "negate", "negated")
"""Of which true, beside a condition or a group, denies it."""
_DESCRIBING_KEYS = ("type", "path", "label", "title", "description")
"""What query builders say of a condition with the names of fields."""
_OWN_KEYS = frozenset({*OPERATOR_KEYS, *VALUE_KEYS, *FIELD_KEYS, *OPERAND_KEYS, *NEGATION_KEYS, *_DESCRIBING_KEYS})
_VARIABLE_KEYS = ("var", "field", "property")
_DATE = "date"
"""Of Notion's tests that for days, and else a name of a field."""
_PAIR = 2


def restated(given: Mapping[str, Any], names: FieldNames) -> Mapping[str, Any]:
    """Return a condition as `{"field": ..., "operator": ..., "value": ...}` or `{field: {operator: value}}`.

    `{"key": "width", "range": {"gte": 1024}}` is of Qdrant, `{"path": ["kind"], "operator": "Equal", "valueText":
    "image"}` of Weaviate, `{"property": "kind", "select": {"equals": "image"}}` of Notion, `{"==": [{"var": "kind"},
    "image"]}` of JsonLogic, and `{"id": "kind", "operator": "equal", "value": "image"}` of query builders.
    """
    by_key = {str(key).lower(): value for key, value in given.items()}
    if len(given) == 1:
        (test, operands) = next(iter(given.items()))
        return _of_operands(str(test), operands, names) or given
    operator = next((by_key[key] for key in OPERATOR_KEYS if isinstance(by_key.get(key), str)), None)
    if name := _last(by_key.get("path")):
        value_key = next((key for key in by_key if key.startswith("value")), None)  # valueText, valueInt
        is_whole = value_key is not None and names.read(name) is not None
        return _condition(name, operator, by_key[value_key or ""]) if is_whole else given
    found = next((key for key in FIELD_KEYS if isinstance(by_key.get(key), str)), None)
    if found is None or names.read(by_key[found]) is None:
        return given
    if value_key := next((key for key in VALUE_KEYS if key in by_key), None):
        return _condition(by_key[found], operator, by_key[value_key])
    tests = {key: value for key, value in by_key.items() if key != found}
    test, inner = next(iter(tests.items()), ("", None))
    if len(tests) == 1 and isinstance(inner, dict):
        return {by_key[found]: inner} if test == _DATE or names.read(test) is None else given
    return {by_key[found]: tests} if tests and all(map(read_operator, tests)) else given


def beside(given: Mapping[str, Any], names: FieldNames) -> Mapping[str, Any]:
    """Return the fields and groups that stand in an object beside the condition, or group, that it spells in words."""
    by_key = {str(key).lower(): value for key, value in given.items()}
    is_group = not by_key.keys().isdisjoint(OPERAND_KEYS)
    has_field = "path" in by_key or any(isinstance(by_key.get(key), str) for key in FIELD_KEYS)
    says_what = any(key in VALUE_KEYS or key in OPERATOR_KEYS or key.startswith("value") for key in by_key)
    if not is_group and not (has_field and says_what):
        return {}
    return {
        key: value
        for key, value in given.items()
        if str(key).lower() not in _OWN_KEYS
        and (names.read(str(key)) is not None or (read_group(str(key)) and isinstance(value, list | tuple | dict)))
    }


def _of_operands(operator: str, operands: Any, names: FieldNames) -> Mapping[str, Any] | None:
    """Return `{"==": ["kind", "image"]}` as a condition; None if it is none."""
    if not isinstance(operands, list | tuple) or len(operands) != _PAIR:
        return None
    if read_operator(operator) is None or read_group(operator) is not None:
        return None
    name = _variable(operands[0])
    return None if name is None or names.read(name) is None else _condition(name, operator, operands[1])


def _variable(operand: Any) -> str | None:
    if isinstance(operand, dict) and len(operand) == 1:
        operand = next((operand[key] for key in _VARIABLE_KEYS if key in operand), None)
    return operand.removeprefix("$") if isinstance(operand, str) else None


def _last(path: Any) -> str | None:
    if isinstance(path, str):
        return path
    return path[-1] if isinstance(path, Sequence) and path and isinstance(path[-1], str) else None


def _condition(name: str, operator: Any, value: Any) -> dict[str, Any]:
    return {"field": name, "operator": operator, "value": value}
