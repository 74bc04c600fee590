"""The report of an ingest: counts and problems so far."""

from collections.abc import Callable
from dataclasses import dataclass, field

from scenario_mcp.sandbox.own_catalogue.walk import SkippedFile

MAX_PROBLEMS = 100
"""How many problems are kept with their reasons; all are counted."""


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
