"""What a filter expression means; if the API would not take it, where it is wrong, and the whole corrected.

`verdicts` finds the first thing to change in an expression. Here such repairs are tried until the whole passes.
"""

import difflib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from scenario_mcp.filters import Filter
from scenario_mcp.filters.field_types import FilterFields
from scenario_mcp.filters.foreign_values import holds_syntax
from scenario_mcp.filters.names import compared_fields, possible_names
from scenario_mcp.filters.notation import write
from scenario_mcp.filters.repairs.edit import Repair, show, spelling
from scenario_mcp.filters.repairs.sentences import EXPECTED
from scenario_mcp.filters.syntax import MAX_GROUPS, ParseError, Parser, is_blank
from scenario_mcp.filters.verdicts import MAX_NAME_CHARACTERS, MAX_READING_CHARACTERS, verdict_on
from scenario_mcp.text import clean, shown, without_links

MAX_READINGS = 4
MAX_WARNINGS = 3
_LONGEST_REPAIRED = 4000
_MOST_REPAIRS = 60
_LONGEST_MESSAGE = 400
_LONGEST_SHOWN = 200
_LONGEST_CALL = 500
"""Of a call that is told whole, since it is to be copied."""


class FilterProblem(ValueError):
    """An expression that the API would refuse, or that cannot mean what was meant.

    `sentence` says what is wrong where, and `message` also what to write, in at most about 400 characters. `position`
    is an index into the text. `suggestion` is the whole expression corrected, valid under `check`, or None. `arguments`
    are what belongs beside the filter; the suggestion is then None when no filter is left.
    """

    def __init__(
        self,
        sentence: str,
        writing: str = "",
        *,
        position: int,
        suggestion: str | None = None,
        arguments: Mapping[str, object] | None = None,
    ) -> None:
        self.sentence = sentence
        self.message = f"{sentence} Write: {writing}" if writing else sentence
        super().__init__(self.message)
        self.position = position
        self.suggestion = suggestion
        self.arguments = arguments or {}

    def corrected(self, given: Mapping[str, object]) -> dict[str, object] | None:
        """Return the arguments of a search with its filter corrected; None if nobody can tell what is right."""
        if self.suggestion is None and not self.arguments:
            return None
        beside = {**self.arguments}
        words, query = str(beside.get("query", "")), given.get("query")
        if words and isinstance(query, str) and query.strip():
            query = query.strip()
            beside["query"] = query if f" {words} ".lower() in f" {query} ".lower() else f"{query} {words}"
        kept = {name: value for name, value in given.items() if name != "filter"}
        return {**kept, **beside} | ({} if self.suggestion is None else {"filter": self.suggestion})


@dataclass(frozen=True, slots=True)
class _Correction:
    """An expression that passes, or several of which one was meant, what else was wrong, and arguments beside it."""

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
    verdict = verdict_on(text, fields, now)
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
        readings=tuple(clean(reading, MAX_READING_CHARACTERS) for reading in judged.readings[:MAX_READINGS]),
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
    sentence = _sentence(text, verdict, corrected.also)
    writing = ""
    if corrected.arguments:
        writing = _call(corrected.arguments, corrected.text)
        if len(writing) > _LONGEST_CALL:
            return FilterProblem(sentence, position=verdict.position)
    elif corrected.text is not None:
        writing = _changed_part(text, corrected.text)
    elif len(choices := " or: ".join(corrected.choices)) <= _LONGEST_SHOWN:
        writing = choices
    if without_links(writing) != writing:  # an address may be signed
        writing = ""
    return FilterProblem(
        sentence, writing, position=verdict.position, suggestion=corrected.text, arguments=corrected.arguments
    )


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
    tail = spelling(name.rpartition(".")[2][:MAX_NAME_CHARACTERS])
    close = difflib.get_close_matches(tail, spellings, n=1, cutoff=0.6)
    return spellings[close[0]] if close else None


def _corrected(
    original: str, verdict: Repair, fields: FilterFields, now: datetime, answers: Mapping[str, int] | None = None
) -> _Correction:
    """Repair step by step, until the expression passes; by either answer where a question is open."""
    answers = answers or {}
    also: list[str] = []
    arguments: dict[str, object] = {}
    first = verdict.sentence
    for _ in range(_MOST_REPAIRS):
        is_answered = verdict.choices and verdict.question in answers
        text = verdict.choices[answers[verdict.question]] if is_answered else verdict.text
        for name, value in verdict.arguments.items():
            arguments[name] = f"{arguments[name]} {value}" if name in arguments and isinstance(value, str) else value
        if text == "" and arguments:
            return _Correction(None, tuple(also), arguments)
        if text is None or is_blank(text) or len(text) > _LONGEST_REPAIRED or not all(map(_is_plain, text)):
            break
        following = verdict_on(text, fields, now)
        if not isinstance(following, Repair):
            judged = following.judged
            if holds_syntax(following.tree, original, fields):
                break
            return _Correction(text if judged.meant == following.tree else write(judged.meant), tuple(also), arguments)
        verdict = following
        if verdict.sentence != first and verdict.sentence not in also:
            also.append(verdict.sentence)
    told = replace(verdict, arguments=arguments)
    tried = [
        _corrected(original, told, fields, now, {**answers, verdict.question: number})
        for number in range(0 if verdict.question in answers else len(verdict.choices))
    ]
    return _either(tuple(also), tried)


def _either(also: tuple[str, ...], tried: list[_Correction]) -> _Correction:
    """Return what is left of several ways to correct an expression: the one that passes, or all that do."""
    also += tuple(sentence for each in tried for sentence in each.also if sentence not in also)
    passed = [each for each in tried if each.text is not None or each.choices]
    if len(passed) == 1:  # nothing could match what else may be meant
        return replace(passed[0], also=also)
    if any(each.arguments for each in passed):
        return _Correction(None, also)
    texts = [text for each in passed for text in ((each.text,) if each.text is not None else each.choices)]
    return _Correction(None, also, choices=tuple(dict.fromkeys(texts)))


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
