"""The results as Markdown: one table of the whole, one of the cases that were not right or not straight."""

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import add

from benchmarks.agents.cases import Case, Task
from benchmarks.agents.transcripts import Counts, Transcript, count

_HEADINGS = ("", "Right", "Calls", "Calls each", "Tokens", "Tokens each", "Refused", "Repeated", "Lookups", "Doubts")
MAX_REASON_CHARACTERS = 120


def markdown(finished: Iterable[tuple[Case, Transcript]], tool_list_tokens: int) -> str:
    """Return the tables of cases that have ended."""
    finished = list(finished)
    tasks = [each for each in finished if isinstance(each[0], Task)]
    requests = [each for each in finished if not isinstance(each[0], Task)]
    lines = [_row(_HEADINGS), _row(["---", *["---:"] * (len(_HEADINGS) - 1)])]
    lines += [_summary(name, group) for name, group in (("Tasks", tasks), ("Single requests", requests)) if group]
    lines += ["", f"Beside these tokens each case reads the instructions and the tool list: {tool_list_tokens} tokens."]
    notable = [row for case, transcript in finished if (row := _notable(case, transcript))]
    if notable:
        lines += ["", _row(("Case", "Result", "Calls", "Right way", "Wrong turns")), _row(["---"] * 5), *notable]
    return "\n".join(lines) + "\n"


def _summary(name: str, group: Sequence[tuple[Case, Transcript]]) -> str:
    right = sum(transcript.verdict == "" for _, transcript in group)
    total = reduce(add, (count(case, transcript.turns) for case, transcript in group), Counts())
    spent = total.written + total.read
    return _row(
        [
            name,
            f"{right} of {len(group)}",
            f"{total.calls}",
            f"{total.calls / len(group):.2f}",
            f"{spent:,}",
            f"{spent / len(group):,.0f}",
            *(f"{each}" for each in (total.refused, total.repeated, total.lookups, total.doubts)),
        ]
    )


def _notable(case: Case, transcript: Transcript) -> str | None:
    """Return a row for a case that went wrong, took more calls than the right way, or left a doubt."""
    counts = count(case, transcript.turns)
    needed = len(case.calls) if isinstance(case, Task) else 1
    turns = {name: getattr(counts, name) for name in ("refused", "repeated", "lookups", "doubts")}
    said = ", ".join(f"{value} {name}" for name, value in turns.items() if value)
    if transcript.verdict == "" and counts.calls <= needed and not said:
        return None
    return _row([case.id, _reason(transcript.verdict or "right"), f"{counts.calls}", f"{needed}", said])


def _reason(text: str) -> str:
    plain = " ".join(text.replace("|", "/").split())
    return plain if len(plain) <= MAX_REASON_CHARACTERS else f"{plain[: MAX_REASON_CHARACTERS - 1]}…"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
