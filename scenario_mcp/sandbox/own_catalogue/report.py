"""The report of an ingest: counts and problems so far, and how they are told."""

import logging
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from scenario_mcp.sandbox.folders import Root
from scenario_mcp.sandbox.own_catalogue.walk import SkippedFile
from scenario_mcp.text import clean

MAX_PROBLEMS = 100
"""How many problems are kept with their reasons; all are counted."""
MAX_SHOWN_PROBLEMS = 20
NO_ENDING = "no ending"
_EMPTY = "is empty"
_MAX_PATH_CHARACTERS = 120
_MAX_PROBLEM_CHARACTERS = 400
_MAX_ENDINGS = 8
_MAX_REASONS = 12
_MAX_REASON_CHARACTERS = 100
_NUMBER = re.compile(r"\d[\d,.]*")
_FILES_OF_SYSTEMS = frozenset({"thumbs.db", "desktop.ini", "ehthumbs.db", "icon\r"})
"""Names in lower case of files that are not counted: nobody misses them."""
_MAX_ENDING_CHARACTERS = 12
_log = logging.getLogger(__name__)


class FolderProblem(NamedTuple):
    """A whole folder that gives nothing: its label among several, its path, and why ("It ...")."""

    label: str
    path: str
    problem: str

    @property
    def is_empty(self) -> bool:
        """Whether it can be read, but there is nothing in it."""
        return self.problem == _EMPTY


@dataclass(slots=True)
class IngestReport:
    """Counts of assets and models, and of skipped files and lines; `on_progress` is called whenever they have grown."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    broken: int = 0
    copies: int = 0
    """Files with the content of another one."""
    passed_over: Counter[str] = field(default_factory=Counter)
    """Files of kinds that are not read, by the ending of their name."""
    reasons: Counter[str] = field(default_factory=Counter)
    """Broken files and lines by their reason, without the numbers and names in it."""
    broken_endings: Counter[str] = field(default_factory=Counter)
    """Broken files by the ending of their name."""
    folder_problems: list[FolderProblem] = field(default_factory=list)
    """Folders that are empty or, where there are several, cannot be listed."""
    problems: list[SkippedFile] = field(default_factory=list)
    on_progress: Callable[["IngestReport"], None] = lambda _: None

    @property
    def done(self) -> int:
        """The number of documents that are done."""
        return self.new + self.changed + self.unchanged + self.broken

    def skip(self, path: str, problem: str, count: int = 1) -> None:
        """Count a file, or lines of it, that cannot be read; the problem completes the sentence "It ..."."""
        self.broken += count
        self.reasons[_reason_of(problem)] += count
        self.broken_endings[_ending_of(path.rpartition("/")[2])] += 1
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(SkippedFile(path, problem))

    def miss(self, root: Root, problem: str = _EMPTY) -> None:
        """Tell that a folder is empty, or what is wrong with it."""
        self.folder_problems.append(FolderProblem(root.label, str(root.path), problem))

    def pass_over(self, name: str) -> None:
        """Count a file of a kind that is not read, by its name."""
        if name.lower() in _FILES_OF_SYSTEMS:
            return
        self.passed_over[_ending_of(name)] += 1


def _ending_of(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    is_ending = dot and stem and len(ending) <= _MAX_ENDING_CHARACTERS and ending.isalnum()
    return f".{ending.lower()}" if is_ending else NO_ENDING


def _reason_of(problem: str) -> str:
    """Return what files with like problems share: numbers are left out, and which lines of a file it is."""
    reason = problem if problem.startswith("cannot be") else problem.partition(":")[0].partition(";")[0]
    return _NUMBER.sub("N", reason)[:_MAX_REASON_CHARACTERS]


def unexpected(path: str, error: Exception) -> str:
    """Return a problem of a file that nobody thought of, and log where it arose."""
    _log.info("A file of the catalogue could not be read: %s", clean(path, _MAX_PATH_CHARACTERS), exc_info=error)
    return f"cannot be read ({type(error).__name__})"


def passed_over_of(report: IngestReport) -> str:
    """Return the files of unread kinds, such as "12 files of kinds that are not read (.heic 8, .psd 4)"."""
    total = sum(report.passed_over.values())
    if not total:
        return ""
    subject = "1 file of a kind that is" if total == 1 else f"{total:,} files of kinds that are"
    return f"{subject} not read ({endings_of(report.passed_over)})"


def endings_of(counts: Mapping[str, int]) -> str:
    """Return counts by ending, the most frequent first, such as ".heic 8, .psd 4"."""
    kinds = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    named = [f"{ending} {count:,}" for ending, count in kinds[:_MAX_ENDINGS]]
    more = [f"{len(kinds) - _MAX_ENDINGS} other kinds"] if len(kinds) > _MAX_ENDINGS else []
    return ", ".join([*named, *more])


def reasons_of(report: IngestReport) -> str:
    """Return why files are broken, with counts, such as "By reason: is empty (38), is not a file (2)".

    Nothing if all problems are listed one by one.
    """
    if report.broken <= MAX_SHOWN_PROBLEMS:
        return ""
    reasons = sorted(report.reasons.items(), key=lambda each: (-each[1], each[0]))
    named = [f"{reason} ({count:,})" for reason, count in reasons[:_MAX_REASONS]]
    more = [f"{len(reasons) - _MAX_REASONS} other reasons"] if len(reasons) > _MAX_REASONS else []
    return f"By reason: {', '.join([*named, *more])}"


def counts_of(report: IngestReport) -> str:
    """Return the counts as words, such as "3 new, 1 broken", without zeros."""
    names = ("new", "changed", "unchanged", "removed", "broken")
    counts = [f"{count:,} {name}" for name in names if (count := getattr(report, name))]
    if report.copies:
        counts.append(f"{report.copies:,} {'copy' if report.copies == 1 else 'copies'} of others among them")
    if passed_over := passed_over_of(report):
        counts.append(passed_over)
    return ", ".join(counts) or "nothing found"


def folder_lines(problems: Sequence[FolderProblem]) -> list[str]:
    """Return a line for each folder that gives nothing, with its path: for the log and the terminal alone."""
    return [
        f"The folder {clean(each.path, _MAX_PATH_CHARACTERS)} {clean(each.problem, _MAX_PROBLEM_CHARACTERS)}."
        for each in problems
    ]


def problem_lines(problems: Sequence[SkippedFile], more: int = 0) -> list[str]:
    """Return a line for each of the first problems, and one that counts the rest; `more` are not among them."""
    lines = [
        f"{clean(path, _MAX_PATH_CHARACTERS)} {clean(problem, _MAX_PROBLEM_CHARACTERS)}"
        for path, problem in problems[:MAX_SHOWN_PROBLEMS]
    ]
    hidden = len(problems) - len(lines) + (more if problems else 0)
    return [*lines, f"and {hidden} more, in the table `files` of the index"] if hidden > 0 else lines
