"""Every condition of a filter judged by the type of its field: mended where one thing is meant, else refused."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from scenario_mcp.filters.field_types import (
    Anything,
    AspectRatio,
    FilterField,
    FilterFields,
    Id,
    Label,
    Number,
    OneOf,
    Text,
    Time,
)
from scenario_mcp.filters.notation import fold_to_send
from scenario_mcp.filters.tree import (
    And,
    Between,
    Comparison,
    Condition,
    Contains,
    Exists,
    IsEmpty,
    IsNull,
    Not,
    Or,
    Tree,
)
from scenario_mcp.filters.tree import OneOf as InList
from scenario_mcp.filters.values import aspect_ratios, choices, number_conditions, time_conditions, wanted, words
from scenario_mcp.filters.values.misfits import Mended, Misfit, values_of, with_values

EMPTY_TEXT = "An empty text equals nothing; IS EMPTY and NOT EXISTS test for no value."


@dataclass(frozen=True, slots=True)
class Judged:
    """A tree mended as it was meant, and as the search engine takes it."""

    meant: Tree
    sent: Tree
    readings: tuple[str, ...]
    warnings: tuple[str, ...]


class Misjudged(Exception):
    """A condition, the one at `place` in order of appearance, misfits."""

    def __init__(self, misfit: Misfit, condition: Condition, place: int) -> None:
        super().__init__(misfit.sentence)
        self.misfit = misfit
        self.condition = condition
        self.place = place


def judge(tree: Tree, fields: FilterFields, now: datetime) -> Judged:
    """Return a tree mended, with what was read into it.

    Raises:
        Misjudged: a condition that cannot mean what was meant.

    """
    judge = _Judge(fields, now)
    meant = judge.mend(tree, is_negated=False)
    return Judged(meant, engine_form(meant, fields), tuple(judge.readings), tuple(judge.warnings))


@dataclass(slots=True)
class _Judge:
    fields: FilterFields
    now: datetime
    readings: dict[str, None] = field(default_factory=dict)
    warnings: dict[str, None] = field(default_factory=dict)
    existing: set[str] = field(default_factory=set)
    place: int = -1

    def mend(self, tree: Tree, *, is_negated: bool) -> Tree:
        match tree:
            case And(operands):
                self.existing |= {each.field for each in operands if isinstance(each, Exists)}
                return And(tuple(self.mend(each, is_negated=is_negated) for each in operands))
            case Or(operands):
                return Or(tuple(self.mend(each, is_negated=is_negated) for each in operands))
            case Not(operand):
                return negated(self.mend(operand, is_negated=not is_negated))
            case condition:
                self.place += 1
                try:
                    mended = self._judged(condition, is_negated=is_negated)
                except Misfit as misfit:
                    raise Misjudged(misfit, condition, self.place) from None
                self.readings |= dict.fromkeys(mended.readings)
                self.warnings |= dict.fromkeys(mended.warnings)
                return mended.tree

    def _judged(self, condition: Condition, *, is_negated: bool) -> Mended:
        found = _field_of(condition.field, self.fields)
        if found is None:
            wanted.look_for(condition, self.fields)
        if found is None or isinstance(found.type, Anything):
            if isinstance(condition, Contains):
                raise Misfit("CONTAINS is switched off; = compares the whole text.", _plain(condition))
            return Mended(condition)
        if isinstance(condition, IsNull) or (isinstance(condition, IsEmpty) and is_negated):
            state = "null" if isinstance(condition, IsNull) else "empty"
            readings = () if found.name in self.existing else (f"{found.name}: missing counts as {state}",)
            return Mended(condition, readings)
        _refuse_empty(condition, found)
        _refuse_other_field(condition, found, self.fields)
        return self._of_type(condition, found, is_negated=is_negated)

    def _of_type(self, condition: Condition, found: FilterField, *, is_negated: bool) -> Mended:
        match found.type:
            case Number() as number:
                return number_conditions.mend(condition, found, number)
            case Time():
                return time_conditions.mend(condition, found, self.now)
            case AspectRatio():
                return aspect_ratios.mend(condition, found)
            case OneOf() as choice:
                return choices.mend_choice(_plain(condition), found, choice, self.fields)
            case Id() as kind:
                return choices.mend_id(_plain(condition), found, kind)
            case Label():
                words.look_for_wildcard(condition, is_negated=is_negated)
                condition = _plain(condition)
                choices.split(condition, found)
                return Mended(condition, warnings=choices.warning_of_sign(condition))
            case Text(is_prose):
                if is_prose:
                    return words.mend(condition, is_negated=is_negated)
                return Mended(_plain(condition))
        return Mended(condition)


def _field_of(name: str, fields: FilterFields) -> FilterField | None:
    if name in fields:
        return fields[name]
    # A field that holds objects can be filtered on at any depth: what lies in it has a type of its own.
    return next((FilterField(name, Label(), "", is_list=True) for each in fields if name.startswith(f"{each}.")), None)


def _plain(condition: Condition) -> Condition:
    """Return a test for a part of a text as one for the whole, where words mean the whole."""
    return (
        Comparison(condition.field, "=", condition.value.strip("%*")) if isinstance(condition, Contains) else condition
    )


def _refuse_empty(condition: Condition, found: FilterField) -> None:
    """Refuse comparisons with nothing: an empty text, an empty list."""
    name = found.name
    can_be_empty = found.is_list or isinstance(found.type, Text)
    nothing: Tree = Or((IsEmpty(name), Not(Exists(name)))) if can_be_empty else Not(Exists(name))
    nothing = IsEmpty(name) if found.is_list else nothing
    values = values_of(condition)
    if isinstance(condition, InList) and not values:
        raise Misfit(
            "An empty list holds nothing: IN [] matches nothing, NOT IN [] everything.",
            nothing if found.is_list else None,
        )
    if all(value.strip(" \t\r\n\"'") for value in values):
        return
    match condition:
        case Comparison(_, "=", _) | Contains():
            raise Misfit(EMPTY_TEXT, nothing)
        case Comparison(_, "!=", _):
            raise Misfit(EMPTY_TEXT, And((Exists(name), Not(IsEmpty(name)))) if can_be_empty else Exists(name))
        case InList():
            kept = tuple(value for value in values if value.strip(" \t\r\n\"'"))
            raise Misfit(EMPTY_TEXT, with_values(condition, kept) if kept else nothing)
        case _:
            raise Misfit(EMPTY_TEXT, Exists(name))


def _refuse_other_field(condition: Condition, found: FilterField, fields: FilterFields) -> None:
    """Refuse a comparison of two fields, such as `width > height`."""
    if not isinstance(condition, Comparison) or not isinstance(found.type, Number | Time):
        return
    other = fields.get(condition.value)
    if other is None:
        return
    ratio = next((each for each in fields.values() if isinstance(each.type, AspectRatio)), None)
    shapes = {"width": {">": "landscape", "<": "portrait"}, "height": {"<": "landscape", ">": "portrait"}}
    if ratio and {found.name, other.name} == {"width", "height"}:
        shape = shapes[found.name].get(condition.operator[:1], "square")
        tree = aspect_ratios.shape(shape, ratio.name)
        is_unequal = tree is not None and condition.operator == "!="
        raise Misfit(aspect_ratios.NO_COMPARISON, Not(tree) if tree is not None and is_unequal else tree)
    raise Misfit(f"{found.name} is compared with a value, not with another field.")


def engine_form(tree: Tree, fields: FilterFields) -> Tree:
    """Return a mended tree as the search engine takes it, whatever its age.

    Days become text bounds. Bounds and values of lists are folded: an engine up to Meilisearch 1.42.1 compares them as
    they are with stored texts that are folded (meilisearch#6335). A field that is missing counts as null, and never as
    one that is not empty.
    """
    match tree:
        case And(operands):
            named = {each.field for each in operands if isinstance(each, Exists)}
            return And(tuple(each if _is_not_empty(each, named) else engine_form(each, fields) for each in operands))
        case Or(operands):
            absent = {
                each.operand.field for each in operands if isinstance(each, Not) and isinstance(each.operand, Exists)
            }
            return Or(tuple(each if _is_null(each, absent) else engine_form(each, fields) for each in operands))
        case Not(IsEmpty(name)) if _is_typed(name, fields):
            return And((Not(IsEmpty(name)), Exists(name)))
        case Not(operand):
            return negated(engine_form(operand, fields))
        case IsNull(name) if _is_typed(name, fields):
            return Or((IsNull(name), Not(Exists(name))))
        case condition:
            found = fields.get(condition.field)
            return (
                time_conditions.engine_form(condition) if found and isinstance(found.type, Time) else _folded(condition)
            )


def _is_not_empty(tree: Tree, existing: Collection[str]) -> bool:
    """Whether a tree asks that a field is not empty, where another one asks that it exists."""
    return isinstance(tree, Not) and isinstance(tree.operand, IsEmpty) and tree.operand.field in existing


def _is_null(tree: Tree, absent: Collection[str]) -> bool:
    """Whether a tree asks that a field is null, where another one asks that it is absent."""
    return isinstance(tree, IsNull) and tree.field in absent


def _is_typed(name: str, fields: FilterFields) -> bool:
    return name in fields and not isinstance(fields[name].type, Anything)


def _folded(condition: Condition) -> Condition:
    match condition:
        case InList() | Between() | Comparison(_, "<" | "<=" | ">" | ">=", _):
            return with_values(condition, tuple(map(fold_to_send, values_of(condition))))
        case _:
            return condition


def negated(tree: Tree) -> Tree:
    """Return a tree's complement; two negations are none."""
    return tree.operand if isinstance(tree, Not) else Not(tree)


def put_in_place(tree: Tree, condition: Condition, replacement: Tree | None) -> Tree | None:
    """Return a tree with another in place of one of its conditions; without one, what is left, None for nothing."""
    match tree:
        case And(operands) | Or(operands):
            kept = tuple(each for one in operands if (each := put_in_place(one, condition, replacement)) is not None)
            return type(tree)(kept) if len(kept) > 1 else kept[0] if kept else None
        case Not(operand):
            inner = put_in_place(operand, condition, replacement)
            return None if inner is None else negated(inner)
        case _:
            return replacement if tree is condition else tree


def holds_for_all(tree: Tree, condition: Condition) -> bool:
    """Return whether a condition, or its negation, is one that all hits must meet."""
    match tree:
        case And(operands):
            return any(holds_for_all(each, condition) for each in operands)
        case Not(operand):
            return operand is condition
        case _:
            return tree is condition


def one_of_instead(tree: Tree, name: str) -> Tree | None:
    """Return `kind = image AND kind = video` as a list of which one is wanted; None when it has another form."""
    if not isinstance(tree, And):
        return None
    equal = [
        each for each in tree.operands if isinstance(each, Comparison) and (each.field, each.operator) == (name, "=")
    ]
    rest = tuple(each for each in tree.operands if each not in equal)
    if len(equal) < len("ab") or any(each.field == name for each in rest if isinstance(each, Condition)):
        return None
    either = InList(name, tuple(dict.fromkeys(each.value for each in equal)))
    return And((either, *rest)) if rest else either
