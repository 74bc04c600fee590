"""Whether the API would take a filter expression; if not, where it is wrong, and the whole corrected.

`syntax` reads the language, `repairs` knows what people write instead of it. Here an expression is judged by the
API's field names too, and repairs are tried until the whole passes.
"""

import difflib
from collections.abc import Collection
from dataclasses import dataclass

from scenario_mcp.filters import Filter
from scenario_mcp.filters.field_types import FilterFields
from scenario_mcp.filters.names import possible_names
from scenario_mcp.filters.repairs import repair
from scenario_mcp.filters.repairs.edit import Repair, show, spelling
from scenario_mcp.filters.syntax import ParseError, Parser, is_blank
from scenario_mcp.filters.tree import Tree
from scenario_mcp.text import shown

MAX_WARNINGS = 3
_LONGEST_NAME = 100
_LONGEST_REPAIRED = 4000
_MOST_REPAIRS = 60
_LONGEST_MESSAGE = 400
_LONGEST_SHOWN = 200


class FilterProblem(ValueError):
    """An expression that the API would refuse.

    `message` says what is wrong where and what to write, in at most about 400 characters. `position` is an index
    into the text. `suggestion` is the whole expression corrected, valid under `check`, or None.
    """

    def __init__(self, message: str, *, position: int, suggestion: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.position = position
        self.suggestion = suggestion


@dataclass(frozen=True, slots=True)
class _Accepted:
    """A good expression: its tree, and the fields in it that are not documented."""

    tree: Tree | None
    unknown_fields: tuple[str, ...]


def check(text: str, known: FilterFields) -> Filter:
    """Return an expression that is not blank as the value that travels.

    Raises:
        FilterProblem: the API would refuse the expression: its syntax, a name spelt or nested otherwise than the
            API does, or a test that is switched off. Its suggestion is valid.

    """
    verdict = _verdict(text, known)
    if not isinstance(verdict, Repair):
        unknown = verdict.unknown_fields
        return Filter(
            text,
            unknown_fields=unknown,
            warnings=tuple(_warning(name, known) for name in unknown[:MAX_WARNINGS]),
            names=possible_names(verdict.tree, known) if verdict.tree is not None else (),
        )
    suggestion, also = _corrected(verdict, known)
    message = _sentence(text, verdict, also)
    if suggestion is not None:
        message = f"{message} Write: {_changed_part(text, suggestion)}"
    raise FilterProblem(message, position=verdict.position, suggestion=suggestion)


def _warning(name: str, known: Collection[str]) -> str:
    """Say that a field is not documented: it may be new, or wrong."""
    close = nearest(name, known)
    return f"Filter field {shown(name)} is not documented{f'; did you mean {close}?' if close else '.'}"


def nearest(name: str, known: Collection[str]) -> str | None:
    """Return the known name that looks most like this one, None when none does."""
    spellings = {spelling(each): each for each in known}
    tail = spelling(name.rpartition(".")[2][:_LONGEST_NAME])
    close = difflib.get_close_matches(tail, spellings, n=1, cutoff=0.6)
    return spellings[close[0]] if close else None


def _verdict(text: str, known: FilterFields) -> _Accepted | Repair:
    """Return the tree of a good expression, or the first thing to change in another."""
    parser = Parser(text)
    try:
        tree = parser.parse()
    except ParseError as error:
        return repair(error.state, known)
    unknown = {name: None for name, _, _ in parser.names if not _is_known(name, known)}
    return _refusal(parser, known) or _Accepted(tree, tuple(unknown))


def _refusal(parser: Parser, known: Collection[str]) -> Repair | None:
    """Return the first thing to change in a grammatical expression, None when there is none."""
    text = parser.text
    strange = [each for each in parser.names if not _is_known(each[0], known)]
    spellings = {spelling(name): name for name in known} if strange else {}
    for name, start, end in strange:
        if name.startswith(("_geo", "_vectors")):
            return Repair(start, "Places and vectors cannot be filtered on; leave this condition out.", None)
        if flat := _flat_name(name, spellings):
            kind = "Fields have flat names" if "." in name else "The field is spelt differently"
            return Repair(start, f"{kind}: {flat}.", text[:start] + flat + text[end:])
    for start, end, negated in parser.contains:
        return Repair(
            start,
            "CONTAINS is switched off. To search in text use the query parameter; "
            f"{'!=' if negated else '='} compares whole values.",
            f"{text[:start]}{'!=' if negated else '='}{text[end:]}",
        )
    for start, end, negated in parser.nulls:
        return Repair(
            start,
            'A missing value is tested with IS NULL; the text itself is written "null".',
            f"{text[:start].rstrip()} IS {'NOT ' if negated else ''}NULL{text[end:]}",
        )
    return None


def _corrected(verdict: Repair, known: FilterFields) -> tuple[str | None, list[str]]:
    """Repair step by step; return the expression once it passes, and what else was wrong with it."""
    also: list[str] = []
    first = verdict.sentence
    for _ in range(_MOST_REPAIRS):
        text = verdict.text
        if text is None or is_blank(text) or len(text) > _LONGEST_REPAIRED or not all(map(_is_plain, text)):
            break
        following = _verdict(text, known)
        if not isinstance(following, Repair):
            return (text, also)
        verdict = following
        if verdict.sentence != first and verdict.sentence not in also:
            also.append(verdict.sentence)
    return None, []


def _is_known(name: str, known: Collection[str]) -> bool:
    if name in known:
        return True
    # A field that holds objects can be filtered on at any depth.
    at = name.find(".")
    while 0 <= at < _LONGEST_NAME:
        if name[:at] in known:
            return True
        at = name.find(".", at + 1)
    return False


def _flat_name(name: str, spellings: dict[str, str]) -> str | None:
    """Return the known name that this one is but for its spelling and the objects named before it."""
    tail = name if len(name) <= _LONGEST_NAME else ""
    while tail:
        if flat := spellings.get(spelling(tail)):
            return flat
        tail = tail.partition(".")[2]
    return None


def _is_plain(character: str) -> bool:
    # Control, direction and tag characters and lone surrogates would not show, or not arrive, as they were meant.
    return character.isprintable() or character.isspace()


def _sentence(text: str, verdict: Repair, also: Collection[str] = ()) -> str:
    shown = show(text, verdict.position)
    message = f"At {shown} (position {verdict.position}): {verdict.sentence}"
    for sentence in also:
        if sentence not in message and len(message) + len(sentence) < _LONGEST_MESSAGE - _LONGEST_SHOWN:
            message = f"{message} {sentence}"
    return message


def _changed_part(text: str, suggestion: str) -> str:
    """Return the suggestion, of a long one only the part that differs from the text."""
    if len(suggestion) <= _LONGEST_SHOWN:
        return suggestion
    same = next((i for i, (a, b) in enumerate(zip(text, suggestion, strict=False)) if a != b), len(text))
    start = max(0, min(same - 40, len(suggestion) - _LONGEST_SHOWN + 10))
    part = suggestion[start : start + _LONGEST_SHOWN - 10]
    return f"{'...' if start else ''}{part}{'...' if start + len(part) < len(suggestion) else ''}"
