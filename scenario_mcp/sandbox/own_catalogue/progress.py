"""The progress of indexing in the terminal: a bar, then one line of counts, then the files that cannot be read."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from scenario_mcp.sandbox.catalogue import Catalogue
from scenario_mcp.sandbox.folders import Folders
from scenario_mcp.sandbox.own_catalogue.background import BackgroundIngest
from scenario_mcp.sandbox.own_catalogue.report import IngestReport, counts_of, folder_lines, problem_lines, reasons_of

_DRAWN_SECONDS = 0.1


@contextmanager
def open_folder(folders: Path | Iterable[Path] | Folders, console: Console | None = None) -> Iterator[Catalogue]:
    """Index folders, with progress on stderr, and open it; what changes in it later is found, too.

    Raises:
        SettingsRefused: the folder cannot be read.

    """
    console = console or Console(stderr=True, highlight=False)
    with BackgroundIngest(folders, is_logged=False) as ingest:
        if ingest.warning:
            console.print(f"Warning: {ingest.warning}", markup=False, soft_wrap=True)
        _show_progress(ingest, console)
        if ingest.refusal is not None:
            raise ingest.refusal
        status = ingest.status
        if status.report is not None:
            _tell(status.report, console)
        if status.problem:
            console.print(f"  The folder {status.problem}.", markup=False, soft_wrap=True)
        yield ingest.catalogue


def _show_progress(ingest: BackgroundIngest, console: Console) -> None:
    """Show a bar on a terminal until the folder is read, nothing elsewhere."""
    with Progress(
        SpinnerColumn(),
        TextColumn("Reading the catalogue"),
        BarColumn(),
        TextColumn("{task.fields[counts]}", markup=False),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as progress:
        task = progress.add_task("", total=None, counts="")
        while not ingest.wait(_DRAWN_SECONDS):
            status = ingest.status
            progress.update(task, total=status.expected or None, completed=status.done, counts=status.progress())


def _tell(report: IngestReport, console: Console) -> None:
    lines = [f"Catalogue: {counts_of(report)}."]
    lines += [f"  {line}" for line in folder_lines(report.folder_problems)]
    hidden = report.broken - len(report.problems)
    lines += [f"  {line}" for line in problem_lines(report.problems, hidden)]
    lines += [f"  {reasons}"] if (reasons := reasons_of(report)) else []
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)
