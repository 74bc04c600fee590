"""What the log tells of the reading of a folder: that it takes long, its end, and the files that cannot be read."""

import logging
import time
from pathlib import Path

from scenario_mcp.sandbox.own_catalogue.report import IngestReport, counts_of, folder_lines, problem_lines, reasons_of
from scenario_mcp.sandbox.own_catalogue.status import CatalogueStatus

_FIRST_SECONDS = 3.0
_GROWTH = 2
_LONGEST_SECONDS = 120.0
_MAX_TOLD = 10_000
_log = logging.getLogger(__name__)


class Milestones:
    """Tells in the log how far a reading is: after seconds at first, then ever more rarely."""

    def __init__(self) -> None:
        self._told: set[tuple[str, ...]] = set()
        self._begin()

    def _begin(self) -> None:
        self._pause = _FIRST_SECONDS
        self._next = time.monotonic() + self._pause
        self._is_long = False

    @property
    def is_due(self) -> bool:
        """Whether a reading takes so long that it is time to tell how far it is."""
        return time.monotonic() >= self._next

    def tell(self, status: CatalogueStatus) -> None:
        """Tell how far a reading is that takes long."""
        self._is_long = True
        self._pause = min(_GROWTH * self._pause, _LONGEST_SECONDS)
        self._next = time.monotonic() + self._pause
        _log.warning("The catalogue is still being read: %s.", status.progress())

    def tell_end(self, report: IngestReport, index: Path | None, *, is_first: bool) -> None:
        """Tell the counts at the end of the first reading or one that changed something, and what is newly broken."""
        problems = [each for each in report.problems if each not in self._told]
        folders = [each for each in report.folder_problems if each not in self._told]
        if is_first or report.new or report.changed or report.removed or problems:
            level = logging.WARNING if problems or folders or self._is_long else logging.INFO
            where = f" Its index is {index or 'in memory'}." if is_first else ""
            _log.log(level, "Catalogue: %s.%s", counts_of(report), where)
        for line in [*folder_lines(folders), *problem_lines(problems, report.broken - len(report.problems))]:
            _log.warning("%s", line)
        if problems and (reasons := reasons_of(report)):
            _log.warning("%s", reasons)

    def remember(self, report: IngestReport) -> None:
        """Count the problems of a reading as told, here or elsewhere; the next reading begins."""
        if len(self._told) < _MAX_TOLD:
            self._told.update(report.problems, report.folder_problems)
        self._begin()
