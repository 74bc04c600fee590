"""What a filter expression means; if the API would not take it, where it is wrong, and the whole corrected.

`syntax` reads the language, `repairs` knows what people write instead of it, `judgement` knows what values mean, and
`satisfiability` whether anything can match. Here repairs are tried until the whole passes.
"""

import difflib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from scenario_mcp.filters import EVERYTHING, Filter
from scenario_mcp.filters.field_types import Anything, FilterFields, Id
from scenario_mcp.filters.foreign_values import holds_syntax
from scenario_mcp.filters.judgement import Judged, Misjudged, holds_for_all, judge, one_of_instead, put_in_place
from scenario_mcp.filters.names import compared_fields, possible_names
from scenario_mcp.filters.notation import write
from scenario_mcp.filters.repairs import repair
from scenario_mcp.filters.repairs.edit import Repair, show, spelling
from scenario_mcp.filters.repairs.sentences import EXPECTED
from scenario_mcp.filters.satisfiability import contradiction, matches_everything
from scenario_mcp.filters.syntax import MAX_GROUPS, ParseError, Parser, is_blank
from scenario_mcp.filters.tree import Not, Tree
from scenario_mcp.text import clean, shown

MAX_READINGS = 4
_LONGEST_READING = 120
MAX_WARNINGS = 3
_LONGEST_NAME = 100
_LONGEST_REPAIRED = 4000
_MOST_REPAIRS = 60
_LONGEST_MESSAGE = 400
_LONGEST_SHOWN = 200
_LONGEST_CALL = 500
"""Of a call that is told whole, since it is to be copied."""


class FilterProblem(ValueError):
    """An expression that the API would refuse, or that cannot mean what was meant.

    `message` says what is wrong where and what to write, in at most about 400 characters. `position` is an index
    into the text. `suggestion` is the whole expression corrected, valid under `check`, or None. `arguments` are what
    belongs beside the filter; the suggestion is then None when no filter is left.
    """

    def __init__(
        self,
        message: str,
        *,
        position: int,
        suggestion: str | None = None,
        arguments: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.position = position
        self.suggestion = suggestion
        self.arguments = arguments or {}

    def beside(self, query: str) -> str:
        """Return the message for a search that has this query already: what belongs into it joins its words."""
        words = str(self.arguments.get("query", ""))
        if not words or not query.strip():
            return self.message
        joined = query.strip() if words.lower() in query.lower() else f"{query.strip()} {words}"
        return self.message.replace(
            _call(self.arguments, self.suggestion), _call({**self.arguments, "query": joined}, self.suggestion)
        )


@dataclass(frozen=True, slots=True)
class _Accepted:
    """A good expression: its tree, how it is meant and sent, and the fields in it that are not documented."""

    tree: Tree
    judged: Judged
    unknown_fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Correction:
    """An expression that passes, or conditions of which one was meant, what else was wrong, and arguments beside it."""

    text: str | None
    also: tuple[str, ...] = ()
    arguments: Mapping[str, object] = field(default_factory=dict)
    choices: tuple[str, ...] = ()


def check(text: str, fields: FilterFields, now: datetime | None = None) -> Filter:
    """Return an expression that is not blank as the value that travels; days are reckoned from `now`, by default today.

    Raises:
        FilterProblem: the API would refuse the expression: its syntax, a name spelt or nested otherwise than the
            API does, or a test that is switched off; or a value is not of its field's type; or the whole can match
            nothing, or everything. Its suggestion is valid.

    """
    if is_blank(text):
        return Filter(text)
    now = now or datetime.now(UTC)
    verdict = _verdict(text, fields, now)
    if isinstance(verdict, Repair):
        raise _problem(text, verdict, fields, now)
    unknown, judged = verdict.unknown_fields, verdict.judged
    sent = text if judged.sent == verdict.tree else write(judged.sent)
    if sent is not text and sent.count("(") >= MAX_GROUPS:
        _refuse_depth(sent)
    return Filter(
        sent,
        unknown_fields=unknown,
        warnings=(*(_warning(name, fields) for name in unknown), *judged.warnings)[:MAX_WARNINGS],
        readings=tuple(clean(reading, _LONGEST_READING) for reading in judged.readings[:MAX_READINGS]),
        compared_fields=compared_fields(verdict.tree, fields),
        names=possible_names(judged.meant, fields),
    )


def _refuse_depth(sent: str) -> None:
    """Refuse an expression whose days have made it nest too deeply."""
    try:
        Parser(sent).parse()
    except ParseError as error:
        raise FilterProblem(EXPECTED[error.state.expected], position=0) from None


def _problem(text: str, verdict: Repair, fields: FilterFields, now: datetime) -> FilterProblem:
    corrected = _corrected(text, verdict, fields, now)
    message = _sentence(text, verdict, corrected.also)
    call = _call(corrected.arguments, corrected.text) if corrected.arguments else ""
    if len(call) > _LONGEST_CALL:
        return FilterProblem(message, position=verdict.position)
    if call:
        message = f"{message} Write: {call}"
    elif corrected.text is not None:
        message = f"{message} Write: {_changed_part(text, corrected.text)}"
    elif corrected.choices and all(map(_is_plain, "".join(corrected.choices))):
        message = f"{message} Write: {' or: '.join(corrected.choices)}"
    return FilterProblem(message, position=verdict.position, suggestion=corrected.text, arguments=corrected.arguments)


def _call(arguments: Mapping[str, object], expression: str | None) -> str:
    """Return the arguments of a search as JSON."""
    return json.dumps({**arguments} | ({"filter": expression} if expression else {}), ensure_ascii=False)


def _warning(name: str, known: FilterFields) -> str:
    """Say that a field is not documented: it may be new, or wrong."""
    close = nearest(name, known)
    return f"Filter field {shown(name)} is not documented{f'; did you mean {close}?' if close else '.'}"


def nearest(name: str, known: FilterFields) -> str | None:
    """Return the known name that looks most like this one, None when none does."""
    spellings = {spelling(each): each for each in known}
    tail = spelling(name.rpartition(".")[2][:_LONGEST_NAME])
    close = difflib.get_close_matches(tail, spellings, n=1, cutoff=0.6)
    return spellings[close[0]] if close else None


def _verdict(text: str, fields: FilterFields, now: datetime) -> _Accepted | Repair:
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
    return _Accepted(tree, judged, tuple(unknown))


def _misjudged(tree: Tree, error: Misjudged, position: int) -> Repair:
    """Return what to change in a tree of which one condition cannot mean what was meant."""
    misfit, condition = error.misfit, error.condition
    if misfit.arguments:
        if not holds_for_all(tree, condition):
            return Repair(position, "No argument can stand for a condition beside OR: make two calls.", None)
        rest = put_in_place(tree, condition, None)
        return Repair(position, misfit.sentence, "" if rest is None else write(rest), misfit.arguments)
    corrected = None
    if misfit.replacement is not None:
        corrected = put_in_place(tree, condition, misfit.replacement)
    choices = tuple(map(write, misfit.choices))
    return Repair(position, misfit.sentence, None if corrected is None else write(corrected), choices=choices)


def _of_the_whole(judged: Judged, fields: FilterFields) -> Repair | None:
    """Return what to change when the whole can match nothing, or everything, whatever there is."""
    if excluded := contradiction(judged.sent, fields):
        name = excluded[0].condition.field
        meant = one_of_instead(judged.meant, name) if name in fields and not fields[name].is_list else None
        parts = " AND ".join(write(each.condition if each.holds else Not(each.condition)) for each in excluded)
        sentence = f"Nothing can match {clean(parts, _LONGEST_READING)}."
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


def _corrected(original: str, verdict: Repair, fields: FilterFields, now: datetime) -> _Correction:
    """Repair step by step, until the expression passes."""
    also: list[str] = []
    arguments: dict[str, object] = {}
    first = verdict.sentence
    for _ in range(_MOST_REPAIRS):
        text = verdict.text
        for name, value in verdict.arguments.items():
            arguments[name] = f"{arguments[name]} {value}" if name in arguments and isinstance(value, str) else value
        if text == "" and arguments:
            return _Correction(None, tuple(also), arguments)
        if text is None or is_blank(text) or len(text) > _LONGEST_REPAIRED or not all(map(_is_plain, text)):
            break
        following = _verdict(text, fields, now)
        if not isinstance(following, Repair):
            judged = following.judged
            if holds_syntax(following.tree, original, fields):
                break
            return _Correction(text if judged.meant == following.tree else write(judged.meant), tuple(also), arguments)
        verdict = following
        if verdict.sentence != first and verdict.sentence not in also:
            also.append(verdict.sentence)
    return _Correction(None, tuple(also), choices=verdict.choices)


def _is_known(name: str, known: FilterFields) -> bool:
    if name in known:
        return True
    # A field that holds objects can be filtered on at any depth.
    at = name.find(".")
    while 0 <= at < _LONGEST_NAME:
        if name[:at] in known and isinstance(known[name[:at]].type, Anything | Id):
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
