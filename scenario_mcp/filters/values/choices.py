"""Fields with one of some values, labels and ids: the value that is meant, and several values in one text."""

import difflib
import re
from collections.abc import Iterable

from scenario_mcp.filters.field_types import FilterField, FilterFields, Id, OneOf
from scenario_mcp.filters.notation import fold, write
from scenario_mcp.filters.tree import And, Comparison, Condition, Exists, IsEmpty, Not, Or, Tree
from scenario_mcp.filters.tree import OneOf as InList
from scenario_mcp.filters.values.misfits import Mended, Misfit, values_of, with_values
from scenario_mcp.text import clean, shown, without_links

_PREFIXES = ("model_", "collection_", "user_", "asset_", "proj_", "team_", "job_")
_NEGATED = re.compile(
    r"(?:(?:(?:anything|everything|all)\s++)?(?:but|except|other\s++than)\s++|(?:not|non|no)[\s_-]++|[-!]\s*+)(.++)"
)
_JOINED = re.compile(r"[|/&+]|\b(?:or|and)\b", re.IGNORECASE)
_ALL = frozenset({"all", "any", "*", "everything", "anything"})
_MAX_SHOWN = 8
_MAX_ALL_OF = 300
"""Characters of a filter that is told beside the suggestion."""
_MIN_PART = 3


def split(condition: Condition, field: FilterField) -> None:
    """Refuse several values in one text, such as `tags = "knight, castle"`.

    Raises:
        Misfit: a comma stands in the text; a list is what is meant.

    """
    if not isinstance(condition, Comparison) or condition.operator not in {"=", "!="}:
        return
    parts = [part.strip().strip("\"'") for part in re.split("[,;|]", condition.value.strip(" []()"))]
    if len(parts) < len("12") or not all(parts) or any(part.count("(") != part.count(")") for part in parts):
        return
    several = InList(field.name, tuple(parts))
    all_of = write(And(tuple(Comparison(field.name, "=", part) for part in parts)))
    is_told = field.is_list and clean(without_links(all_of), _MAX_ALL_OF) == all_of
    both = f"; {all_of} wants all" * is_told
    raise Misfit(f"Several values are a list{both}.", Not(several) if condition.operator == "!=" else several)


def _split_choices(condition: Condition, field: FilterField, choice: OneOf) -> None:
    """Refuse `kind = "image or video"`: several choices in one text, however they are joined."""
    if not isinstance(condition, Comparison) or meaning(condition.value, field, choice) is not None:
        return
    meant: list[str] = []
    for part in _JOINED.split(condition.value):
        known = meaning(part.strip(), field, choice)
        if not isinstance(known, str):
            return
        meant.append(known)
    if len(meant) > 1 and condition.operator in {"=", "!="}:
        several = InList(field.name, tuple(meant))
        raise Misfit("Several values are a list.", Not(several) if condition.operator == "!=" else several)


def warning_of_sign(condition: Condition) -> tuple[str, ...]:
    """Return the warning of a label with a sign before it, as for what is to be left out; a label may begin so."""
    signed = next((value for value in values_of(condition) if re.match(r"[-!]\w", value)), None)
    if signed is None:
        return ()
    without = write(Comparison(condition.field, "!=", signed[1:]))
    return (f"{condition.field} {shown(signed)} is looked for with its sign; what is to be left out is {without}.",)


def mend_choice(condition: Condition, field: FilterField, choice: OneOf, fields: FilterFields) -> Mended:
    """Return a condition with the documented value in place of what people write for it.

    Raises:
        Misfit: no such value, and the list is closed; or it is one of another field.

    """
    written = values_of(condition)
    if not all(fold(value) in choice.values for value in written):  # as most are
        split(condition, field)
        _split_choices(condition, field, choice)
        _refuse_negated(condition, field, choice)
        _refuse_all(condition, field, choice)
    pieces = [meaning(value, field, choice) for value in written]
    if any(isinstance(piece, Not | IsEmpty | And) for piece in pieces):
        return _of_whole_lists(condition, field, pieces)
    values = tuple(piece if isinstance(piece, str) else value for piece, value in zip(pieces, written, strict=True))
    warnings = [
        _unknown(value, condition, field, choice, fields)
        for value, piece in zip(written, pieces, strict=True)
        if piece is None
    ]
    changed = [f"{shown(old)} as {new}" for old, new in zip(written, values, strict=True) if old != new]
    readings = (f"{field.name}: {', '.join(changed)}",) if changed else ()
    return Mended(with_values(condition, values) if changed else condition, readings, tuple(warnings))


def _refuse_negated(condition: Condition, field: FilterField, choice: OneOf) -> None:
    """Refuse `kind = "not image"` with `kind != image`."""
    for value in values_of(condition):
        word = _NEGATED.fullmatch(fold(value))
        known = fold(value) in choice.none_words or fold(value) in choice.any_words
        meant = meaning(word[1], field, choice) if word and not known else None
        if isinstance(meant, str):
            tree = Comparison(field.name, "=", meant)
            is_equal = isinstance(condition, Comparison) and condition.operator == "="
            raise Misfit("The operator for all others is !=.", Not(tree) if is_equal else None)


def _refuse_all(condition: Condition, field: FilterField, choice: OneOf) -> None:
    """Refuse `kind = all`, which would find nothing."""
    for value in values_of(condition):
        if fold(value) in _ALL and meaning(value, field, choice) is None:
            is_equal = isinstance(condition, Comparison | InList) and getattr(condition, "operator", "=") == "="
            told = f"Without a condition on {field.name} all are found; EXISTS stands for any."
            raise Misfit(told, Exists(field.name) if is_equal else None)


def mend_id(condition: Condition, field: FilterField, kind: Id) -> Mended:
    """Return a condition on ids.

    Raises:
        Misfit: several ids in one text, an id of something else, or a text that no id can be.

    """
    if isinstance(condition, Comparison) and re.fullmatch(
        rf"{kind.prefix}[\w-]++(?:[,;\s]++{kind.prefix}[\w-]++)*+[,;]*", condition.value.strip()
    ):
        split(condition, field)  # a name may hold a comma of its own
    warnings = []
    for value in values_of(condition):
        folded = fold(value)
        if folded.startswith(kind.prefix):
            continue
        if other := next((prefix for prefix in _PREFIXES if folded.startswith(prefix)), None):
            raise Misfit(f"{field.name} takes ids that begin with {kind.prefix}, not with {other}.")
        if not kind.has_names:
            if " " in folded:
                raise Misfit(f"{field.name} takes ids such as {kind.prefix}..., as hits show them; no names.")
            warnings.append(f"{field.name} takes ids such as {kind.prefix}..., no names.")
    return Mended(condition, warnings=tuple(warnings[:1]))


def meaning(value: str, field: FilterField, choice: OneOf) -> str | Tree | None:
    """Return the documented value, or the test of the whole list, that a text stands for; None for neither."""
    folded = fold(value)
    if folded in choice.values:
        return value
    if folded in choice.none_words:
        return IsEmpty(field.name)
    if folded in choice.any_words:
        return And((Not(IsEmpty(field.name)), Exists(field.name)))
    spelt = _spelling(folded)
    for known, others in choice.values.items():
        names = {_spelling(each) for each in (known, *others)}
        if spelt in names or (spelt.endswith("s") and spelt[:-1] in names):
            return known
    return None


def _spelling(text: str) -> str:
    return re.sub(r"[\s_-]", "", text)


def _of_whole_lists(condition: Condition, field: FilterField, pieces: Iterable[str | Tree | None]) -> Mended:
    """Return a condition with yes or no as its value as one that tests whether the list is empty."""
    values = values_of(condition)
    trees: tuple[Tree, ...] = tuple(
        Comparison(field.name, "=", piece or value) if piece is None or isinstance(piece, str) else piece
        for piece, value in zip(pieces, values, strict=True)
    )
    tree: Tree = trees[0] if len(trees) == 1 else Or(trees)
    if isinstance(condition, Comparison) and condition.operator == "!=":
        tree = tree.operand if isinstance(tree, Not) else Not(tree)
    return Mended(tree, (f"{write(condition)}: {write(tree)}",))


def _unknown(value: str, condition: Condition, field: FilterField, choice: OneOf, fields: FilterFields) -> str:
    """Return the warning of an unknown value in an open list; refuse one in a closed list, or another field's value."""
    near = _near(value, choice)
    for other in fields.values():
        if near or other.type is choice or not isinstance(other.type, OneOf) or not isinstance(condition, Comparison):
            continue
        if isinstance(meant := meaning(value, other, other.type), str):
            raise Misfit(f"{shown(value)} is no {field.name}.", Comparison(other.name, condition.operator, meant))
    if not choice.is_open:
        replacement = with_values(condition, (near[0],)) if near and len(values_of(condition)) == 1 else None
        raise Misfit(f"{field.name} takes {listed(choice.values)}, not {shown(value)}.", replacement)
    guess = f"did you mean {' or '.join(near)}?" if near else f"known are {listed([*choice.values][:_MAX_SHOWN])}."
    return f"{field.name} {shown(value)} may not exist; {guess}"


def _near(value: str, choice: OneOf) -> list[str]:
    folded = fold(value)
    inside = [known for known in choice.values if len(folded) >= _MIN_PART and folded in known]
    return inside[:3] or difflib.get_close_matches(folded[:60], choice.values, n=1, cutoff=0.6)


def listed(values: Iterable[str]) -> str:
    """Return values as a list in a sentence."""
    *first, last = values
    return f"{', '.join(first)} or {last}" if first else last
