"""Names of collections and models in a filter, where the API wants their ids."""

from collections.abc import Iterator, Mapping

from scenario_mcp.filters.field_types import FilterFields, Id
from scenario_mcp.filters.notation import fold, fold_to_send
from scenario_mcp.filters.tree import And, Comparison, Condition, IsEmpty, IsNull, Not, OneOf, Or, Tree


def conditions(tree: Tree) -> Iterator[Condition]:
    """Yield the conditions of a tree in order of appearance."""
    waiting = [tree]
    while waiting:
        match waiting.pop():
            case And(operands) | Or(operands):
                waiting.extend(reversed(operands))
            case Not(operand):
                waiting.append(operand)
            case condition:
                yield condition


def possible_names(tree: Tree, fields: FilterFields) -> tuple[tuple[str, str], ...]:
    """Return each field and value where a name may stand for an id: no value that begins as new ids do.

    An old id begins with nothing of its own, so that a value without blanks may be an id as well.
    """
    found: dict[tuple[str, str], None] = {}
    for condition in conditions(tree):
        field = fields.get(condition.field)
        if field is not None and isinstance(field.type, Id) and field.type.has_names:
            for value in _values(condition):
                if not fold(value).startswith(field.type.prefix):
                    found[condition.field, value] = None
    return tuple(found)


def compared_fields(tree: Tree, fields: FilterFields) -> tuple[str, ...]:
    """Return the documented fields that are compared otherwise than by `=`, in order of appearance."""
    found: dict[str, None] = {}
    for condition in conditions(tree):
        is_shown = not isinstance(condition, IsNull | IsEmpty)
        if is_shown and condition.field in fields and getattr(condition, "operator", "") != "=":
            found[condition.field] = None
    return tuple(found)


def replace_names(tree: Tree, ids: Mapping[tuple[str, str], str]) -> Tree:
    """Return the tree with an id in place of each field's value that has one; case does not count."""
    folded = {(field, fold(value)): replacement for (field, value), replacement in ids.items()}
    return _replaced(tree, folded)


def _replaced(tree: Tree, ids: Mapping[tuple[str, str], str]) -> Tree:
    match tree:
        case And(operands):
            return And(tuple(_replaced(each, ids) for each in operands))
        case Or(operands):
            return Or(tuple(_replaced(each, ids) for each in operands))
        case Not(operand):
            return Not(_replaced(operand, ids))
        case Comparison(field, operator, value):
            return Comparison(field, operator, ids.get((field, fold(value)), value))
        case OneOf(field, values):
            # Values of a list go out folded, as the search engine keeps them.
            return OneOf(field, tuple(fold_to_send(ids.get((field, fold(value)), value)) for value in values))
        case _:
            return tree


def _values(condition: Condition) -> tuple[str, ...]:
    match condition:
        case Comparison(_, "=" | "!=", value):
            return (value,)
        case OneOf(_, values):
            return values
        case _:
            return ()
