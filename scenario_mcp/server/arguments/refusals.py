"""What is wrong with arguments, in sentences; and a call as it should be, written out."""

import difflib
import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from scenario_mcp.text import clean, shown, without_links

MAX_REFUSAL_CHARACTERS = 1_500
MAX_PROBLEM_CHARACTERS = 600
MAX_PROBLEMS = 10
"""As many as are looked at: more do not fit into a refusal."""
_MAX_CALL_CHARACTERS = 400
_MAX_CORRECTIONS = 8
"""Of one call, one after the other."""
_MAX_VALUES = 40
_MAX_DEPTH = 4
_MAX_INTEGER = 10**15


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a call, in a sentence; and the call that is right in this, None if nobody can tell it.

    With a call that will be taken, `before`, the call and `after` are told in place of the sentence; an empty `before`
    says that the sentence tells enough. `tool` is the one that the call is for, None for the one that was called.
    `else_call` is right in this alone, and shown where the rest of the call cannot be corrected.
    """

    sentence: str
    call: Mapping[str, Any] | None = None
    before: str = ""
    after: str = ""
    tool: str | None = None
    else_call: Mapping[str, Any] | None = None


class CallRefused(Exception):
    """A call is not taken, because of these problems."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(*problems)
        self.problems = problems


Read: TypeAlias = Callable[[Mapping[str, Any]], object]
"""Takes a call, or raises `CallRefused`."""


def told(problems: Sequence[Problem], reads: Callable[[str | None], Read]) -> str:
    """Return what is said of problems; a call is written out with all that is wrong with it corrected, or not at all.

    `reads` returns what takes the calls of a tool, None being the one that was called.
    """
    sentences: list[str] = []
    besides: dict[str, None] = {}
    for problem in problems:
        sentence = problem.sentence
        if problem.before and problem.call is not None:
            read = reads(problem.tool)
            call, more = _corrected(problem.call, read)
            if problem.tool is None:
                besides |= dict.fromkeys(more)
            if call is None and problem.else_call is not None:
                call, _ = _corrected(problem.else_call, read)
            whole = f"{problem.before} {call}{problem.after}"
            sentence = sentence if call is None or len(whole) > MAX_PROBLEM_CHARACTERS else whole
        sentences.append(sentence)
    known = [each.sentence for each in problems]
    return joined([*sentences, *(each for each in besides if each not in known)])


def _corrected(call: Mapping[str, Any], read: Read) -> tuple[str | None, list[str]]:
    """Return a call that will be taken, written out, None if not all is known; and what else was wrong with it."""
    besides: list[str] = []
    for _ in range(_MAX_CORRECTIONS):
        written = written_call(call)  # what is too large to be shown is not read again either
        if written is None:
            break
        try:
            read(json.loads(written))
        except CallRefused as refused:
            besides += [each.sentence for each in refused.problems if each.tool is None]
            if any(each.call is None or each.tool for each in refused.problems):
                break
            call = refused.problems[0].call or {}
        else:
            return written, besides
    return None, besides


def unknown(name: str, known: Iterable[str], fields: Iterable[str] = ()) -> str:
    """Say that there is no such argument, with the known one or the filter field that looks most like it."""
    known = tuple(known)
    meant = nearest(name, known, fields)
    if meant is None:
        return f"There is no argument {shown(name)}. The arguments are {', '.join(known)}."
    return f"There is no argument {shown(name)}: did you mean {meant}{'' if meant in known else ' in the filter'}?"


def nearest(name: str, known: Iterable[str], fields: Iterable[str] = ()) -> str | None:
    """Return the argument, else the filter field, that looks most like a name; None if none does."""
    written = name[:60].replace("_", "").lower()
    for names, cutoff in ((known, 0.6), (fields, 0.75)):
        by_lower = {each.lower(): each for each in names}
        if guesses := difflib.get_close_matches(written, by_lower, n=1, cutoff=cutoff):
            return by_lower[guesses[0]]
    return None


def written_call(arguments: Mapping[str, Any]) -> str | None:
    """Return arguments as JSON to send; None where they are long, or hold an address with a signature."""
    try:
        text = json.dumps(_bounded(arguments, 0), ensure_ascii=False)
    except _NotShown:
        return None
    return text if len(text) <= _MAX_CALL_CHARACTERS else None


class _NotShown(Exception):
    """A value is too long to be copied, or must not be."""


def _bounded(value: Any, depth: int) -> Any:
    match value:
        case str() if len(value) <= _MAX_CALL_CHARACTERS:
            text = clean(value, _MAX_CALL_CHARACTERS)
            if without_links(text) == text:
                return text
        case bool() | None:
            return value
        case float() if math.isfinite(value):
            return value
        case int() if abs(value) < _MAX_INTEGER:
            return value
        case dict() if depth < _MAX_DEPTH and len(value) <= _MAX_VALUES:
            return {_bounded(str(name), depth): _bounded(item, depth + 1) for name, item in value.items()}
        case list() | tuple() if depth < _MAX_DEPTH and len(value) <= _MAX_VALUES:
            return [_bounded(item, depth + 1) for item in value]
        case _:
            pass
    raise _NotShown


def joined(problems: Iterable[str]) -> str:
    """Put each problem on a line of its own, as many whole ones as `MAX_REFUSAL_CHARACTERS` hold."""
    text = "\n".join(clean(problem, MAX_PROBLEM_CHARACTERS) for problem in dict.fromkeys(problems))
    return text if len(text) <= MAX_REFUSAL_CHARACTERS else text[:MAX_REFUSAL_CHARACTERS].rpartition("\n")[0]
