"""Whether a filter expression is good, or the first thing to change in it."""

from dataclasses import dataclass
from datetime import datetime

from scenario_mcp.filters import EVERYTHING
from scenario_mcp.filters.field_types import Anything, FilterFields, Id
from scenario_mcp.filters.judgement import Judged, Misjudged, holds_for_all, judge, one_of_instead, put_in_place
from scenario_mcp.filters.notation import write
from scenario_mcp.filters.repairs import repair
from scenario_mcp.filters.repairs.edit import Repair, spelling
from scenario_mcp.filters.repairs.sentences import EACH_SIDE
from scenario_mcp.filters.satisfiability import contradiction, matches_everything
from scenario_mcp.filters.syntax import ParseError, Parser
from scenario_mcp.filters.tree import Not, Tree
from scenario_mcp.text import clean

MAX_READING_CHARACTERS = 120
MAX_NAME_CHARACTERS = 100
_LOGIC = frozenset({"and", "or", "not"})
"""In small letters these are names to the parser; no field is called so."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A good expression: its tree, how it is meant and sent, and the fields in it that are not documented."""

    tree: Tree
    judged: Judged
    unknown_fields: tuple[str, ...]


def verdict_on(text: str, fields: FilterFields, now: datetime) -> Accepted | Repair:
    """Return a good expression's tree, or the first thing to change in another."""
    parser = Parser(text)
    try:
        tree = parser.parse()
    except ParseError as error:
        return repair(error.state, fields)
    if refusal := _refusal(parser, fields):
        return refusal
    assert tree is not None, "no blank expression gets here"  # noqa: S101  # its callers have seen to it
    try:
        judged = judge(tree, fields, now)
    except Misjudged as error:
        return _misjudged(tree, error, parser.names[error.place][1])
    if refusal := _of_the_whole(judged, fields):
        return refusal
    unknown = {name: None for name, _, _ in parser.names if not _is_known(name, fields)}
    return Accepted(tree, judged, tuple(unknown))


def _misjudged(tree: Tree, error: Misjudged, position: int) -> Repair:
    """Return what to change in a tree of which one condition cannot mean what was meant."""
    misfit, condition = error.misfit, error.condition
    if misfit.arguments:
        if not holds_for_all(tree, condition):
            return Repair(position, "No argument can stand for a condition beside OR: make two calls.", None)
        rest = put_in_place(tree, condition, None)
        return Repair(position, misfit.sentence, "" if rest is None else write(rest), misfit.arguments)
    meant = misfit.choices if misfit.replacement is None else (misfit.replacement,)
    texts = [write(whole) for each in meant if (whole := put_in_place(tree, condition, each)) is not None]
    if misfit.choices:
        return Repair(position, misfit.sentence, None, choices=tuple(texts), question=misfit.question)
    return Repair(position, misfit.sentence, texts[0] if texts else None)


def _of_the_whole(judged: Judged, fields: FilterFields) -> Repair | None:
    """Return what to change when the whole can match nothing, or everything, whatever there is."""
    if excluded := contradiction(judged.sent, fields):
        name = excluded[0].condition.field
        meant = one_of_instead(judged.meant, name) if name in fields and not fields[name].is_list else None
        parts = " AND ".join(write(each.condition if each.holds else Not(each.condition)) for each in excluded)
        sentence = f"Nothing can match {clean(parts, MAX_READING_CHARACTERS)}."
        return Repair(0, sentence, None if meant is None else write(meant))
    if matches_everything(judged.sent, fields):
        return Repair(0, f"Everything matches; leave the filter out, or list all. Example: {EVERYTHING}", None)
    return None


def _refusal(parser: Parser, fields: FilterFields) -> Repair | None:
    """Return the first name or null to change in a grammatical expression, None when there is none."""
    text = parser.text
    strange = [each for each in parser.names if not _is_known(each[0], fields)]
    spellings = {spelling(name): name for name in fields} if strange else {}
    for name, start, end in strange:
        if name.lower() in _LOGIC:
            return Repair(start, EACH_SIDE, None)
        if name.startswith(("_geo", "_vectors")):
            return Repair(start, "Places and vectors cannot be filtered on; leave this condition out.", None)
        if flat := _flat_name(name, spellings):
            kind = "Fields have flat names" if "." in name else "The field is spelt differently"
            return Repair(start, f"{kind}: {flat}.", text[:start] + flat + text[end:])
    for start, end, negated in parser.nulls:
        return Repair(
            start,
            'A missing value is tested with IS NULL; the text itself is written "null".',
            f"{text[:start].rstrip()} IS {'NOT ' if negated else ''}NULL{text[end:]}",
        )
    return None


def _is_known(name: str, known: FilterFields) -> bool:
    if name in known:
        return True
    # A field that holds objects can be filtered on at any depth.
    at = name.find(".")
    while 0 <= at < MAX_NAME_CHARACTERS:
        if name[:at] in known and isinstance(known[name[:at]].type, Anything | Id):
            return True
        at = name.find(".", at + 1)
    return False


def _flat_name(name: str, spellings: dict[str, str]) -> str | None:
    """Return the known name that this one is but for its spelling and the objects named before it."""
    tail = name if len(name) <= MAX_NAME_CHARACTERS else ""
    while tail:
        if flat := spellings.get(spelling(tail)):
            return flat
        tail = tail.partition(".")[2]
    return None
