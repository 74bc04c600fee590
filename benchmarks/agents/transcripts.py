"""Transcripts of cases, one JSON file each, and what is counted in them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.agents.cases import Case, Task
from benchmarks.agents.protocol import Reply
from benchmarks.agents.session import Result
from benchmarks.tokens import tokens


@dataclass
class Transcript:
    """All turns of one case, and how it ended; `verdict` is None while it is open, empty when it ended well."""

    case: str
    day: str = field(default_factory=lambda: datetime.now(UTC).date().isoformat())
    turns: list[dict[str, Any]] = field(default_factory=list)
    answer: Mapping[str, Any] | None = None
    verdict: str | None = None

    def add_call(self, said: str, reply: Reply, result: Result) -> None:
        """Keep a call and its result."""
        self.turns.append(
            {
                "said": said,
                "tool": reply.tool,
                "arguments": reply.arguments,
                "doubt": reply.doubt,
                "result": result.text,
                "is_error": result.is_error,
            }
        )

    def add_unreadable(self, said: str, told: str) -> None:
        """Keep what could not be read, and what was said about it."""
        self.turns.append({"said": said, "tool": None, "doubt": None, "result": told, "is_error": True})

    def close(self, said: str, reply: Reply, wrong: Sequence[str]) -> None:
        """End with an answer: `wrong` says what is not right about it."""
        self.turns.append({"said": said, "tool": None, "doubt": reply.doubt, "result": "", "is_error": False})
        self.answer = reply.answer
        self.verdict = "; ".join(wrong)


@dataclass(frozen=True)
class Counts:
    """What a case cost, and its wrong turns."""

    calls: int = 0
    written: int = 0
    """Tokens that the model wrote."""
    read: int = 0
    """Tokens of the results."""
    refused: int = 0
    """Calls that were answered with an error, and turns that could not be read."""
    repeated: int = 0
    """Calls that were made before."""
    lookups: int = 0
    """Calls other than searches, beyond those of the right way: made only to look something up."""
    doubts: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        """Add up two cases."""
        return Counts(**{name: value + getattr(other, name) for name, value in asdict(self).items()})


def count(case: Case, turns: Iterable[Mapping[str, Any]]) -> Counts:
    """Count what happened in a case."""
    turns = list(turns)
    calls = [turn for turn in turns if turn["tool"]]
    made = [json.dumps([turn["tool"], turn["arguments"]], sort_keys=True) for turn in calls]
    needed = sum(map(_is_lookup, case.calls)) if isinstance(case, Task) else len(calls)
    answered = [turn for turn in calls if not turn["is_error"]]
    return Counts(
        calls=len(calls),
        written=sum(tokens(turn["said"]) for turn in turns),
        read=sum(tokens(turn["result"]) for turn in turns),
        refused=sum(turn["is_error"] for turn in turns),
        repeated=len(made) - len(set(made)),
        lookups=max(0, sum(map(_is_lookup, answered)) - needed),
        doubts=sum(bool(turn["doubt"]) for turn in turns),
    )


def _is_lookup(call: Mapping[str, Any]) -> bool:
    return not str(call["tool"]).startswith("search_")


class Folder:
    """Where transcripts are kept, one file a case."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self, case: Case) -> Transcript:
        """Return the transcript of a case, a new one if there is none.

        Raises:
            ValueError: it was begun on another day; what is right may have changed since.

        """
        file = self._file(case)
        transcript = Transcript(**json.loads(file.read_text("utf-8"))) if file.exists() else Transcript(case.id)
        if transcript.day != Transcript(case.id).day:
            raise ValueError(f"{file} was begun on another day. Use another folder.")
        return transcript

    def save(self, transcript: Transcript) -> None:
        """Write a transcript."""
        self._path.mkdir(parents=True, exist_ok=True)
        text = json.dumps(asdict(transcript), indent=1, ensure_ascii=False)
        (self._path / f"{transcript.case}.json").write_text(text, "utf-8")

    def finished(self, cases: Iterable[Case]) -> list[tuple[Case, Transcript]]:
        """Return the cases that have ended, each with its transcript."""
        kept = [
            (case, Transcript(**json.loads(self._file(case).read_text("utf-8")))) for case in cases if self._has(case)
        ]
        return [(case, transcript) for case, transcript in kept if transcript.verdict is not None]

    def _file(self, case: Case) -> Path:
        return self._path / f"{case.id}.json"

    def _has(self, case: Case) -> bool:
        return self._file(case).exists()
