"""The report of an ingest: counts and problems so far, and how they are told."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from scenario_mcp.sandbox.own_catalogue.walk import SkippedFile
from scenario_mcp.text import clean

MAX_PROBLEMS = 100
"""How many problems are kept with their reasons; all are counted."""
MAX_SHOWN_PROBLEMS = 20
_MAX_PATH_CHARACTERS = 120
_MAX_PROBLEM_CHARACTERS = 400


@dataclass(slots=True)
class IngestReport:
    """Counts of assets and models, and of skipped files and lines; `on_progress` is called whenever they have grown."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    broken: int = 0
    problems: list[SkippedFile] = field(default_factory=list)
    on_progress: Callable[["IngestReport"], None] = lambda _: None

    @property
    def done(self) -> int:
        """The number of documents that are done."""
        return self.new + self.changed + self.unchanged + self.broken

    def skip(self, path: str, problem: str, count: int = 1) -> None:
        """Count a file, or lines of it, that cannot be read; the problem completes the sentence "It ..."."""
        self.broken += count
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(SkippedFile(path, problem))


def counts_of(report: IngestReport) -> str:
    """Return the counts as words, such as "3 new, 1 broken", without zeros."""
    names = ("new", "changed", "unchanged", "removed", "broken")
    counts = [f"{count:,} {name}" for name in names if (count := getattr(report, name))]
    return ", ".join(counts) or "nothing found"


def problem_lines(problems: Sequence[SkippedFile], more: int = 0) -> list[str]:
    """Return a line for each of the first problems, and one that counts the rest; `more` are not among them."""
    lines = [
        f"{clean(path, _MAX_PATH_CHARACTERS)} {clean(problem, _MAX_PROBLEM_CHARACTERS)}"
        for path, problem in problems[:MAX_SHOWN_PROBLEMS]
    ]
    hidden = len(problems) - len(lines) + (more if problems else 0)
    return [*lines, f"and {hidden} more, in the table `files` of the index"] if hidden > 0 else lines
