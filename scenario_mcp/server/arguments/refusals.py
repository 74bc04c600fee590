"""What is wrong with arguments, in sentences; and a call as it should be, written out."""

import difflib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from scenario_mcp.text import clean, shown, without_links

MAX_REFUSAL_CHARACTERS = 1_500
MAX_PROBLEM_CHARACTERS = 600
MAX_PROBLEMS = 10
"""As many as are looked at: more do not fit into a refusal."""
_MAX_CALL_CHARACTERS = 400
_MAX_TEXT_CHARACTERS = 200
_MAX_VALUES = 40
_MAX_DEPTH = 4
_MAX_INTEGER = 10**15
_CUT = "..."


def unknown(name: str, known: Iterable[str], fields: Iterable[str] = ()) -> str:
    """Say that there is no such argument, with the known one or the filter field that looks most like it."""
    nearest = {name.lower(): name for name in known}
    written = name[:60].replace("_", "").lower()
    guesses = difflib.get_close_matches(written, nearest, n=1)
    if guesses:
        return f"There is no argument {shown(name)}: did you mean {nearest[guesses[0]]}?"
    by_lower = {field.lower(): field for field in fields}
    if guesses := difflib.get_close_matches(written, by_lower, n=1, cutoff=0.75):
        return f"There is no argument {shown(name)}: did you mean {by_lower[guesses[0]]} in the filter?"
    return f"There is no argument {shown(name)}. The arguments are {', '.join(nearest.values())}."


def written_call(arguments: Mapping[str, Any]) -> str:
    """Return arguments as JSON that can be sent; what is long, or an address with a signature, is only hinted at."""
    text = json.dumps(_bounded(arguments, 0), ensure_ascii=False)
    return text if len(text) <= _MAX_CALL_CHARACTERS else f"{text[:_MAX_CALL_CHARACTERS]}{_CUT}"


def _bounded(value: Any, depth: int) -> Any:
    match value:
        case str():
            text = clean(value[: _MAX_TEXT_CHARACTERS + 1], _MAX_TEXT_CHARACTERS + 1)
            is_long = len(value) > _MAX_TEXT_CHARACTERS
            return _CUT if is_long or without_links(text) != text else text
        case bool() | float() | None:
            return value
        case int():
            return value if abs(value) < _MAX_INTEGER else _CUT
        case dict() if depth < _MAX_DEPTH:
            kept = list(value.items())[:_MAX_VALUES]
            return {_bounded_name(str(name)): _bounded(item, depth + 1) for name, item in kept}
        case list() | tuple() if depth < _MAX_DEPTH:
            return [_bounded(item, depth + 1) for item in value[:_MAX_VALUES]]
        case _:
            return _CUT


def _bounded_name(name: str) -> str:
    return clean(without_links(clean(name[:_MAX_TEXT_CHARACTERS], _MAX_TEXT_CHARACTERS)), 60)


def joined(problems: Iterable[str]) -> str:
    """Put each problem on a line of its own, as many whole ones as `MAX_REFUSAL_CHARACTERS` hold."""
    text = "\n".join(clean(problem, MAX_PROBLEM_CHARACTERS) for problem in dict.fromkeys(problems))
    return text if len(text) <= MAX_REFUSAL_CHARACTERS else text[:MAX_REFUSAL_CHARACTERS].rpartition("\n")[0]
