"""The progress of indexing in the terminal: a bar, then one line of counts, then the files that cannot be read."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from scenario_mcp.sandbox.catalogue import Catalogue
from scenario_mcp.sandbox.engine.storage import Store
from scenario_mcp.sandbox.own_catalogue.features import describing
from scenario_mcp.sandbox.own_catalogue.ingest import index_folder, open_index
from scenario_mcp.sandbox.own_catalogue.report import IngestReport
from scenario_mcp.text import clean

_MAX_SHOWN_PROBLEMS = 20
_MAX_PATH_CHARACTERS = 120
_MAX_PROBLEM_CHARACTERS = 400


@contextmanager
def open_folder(folder: Path, console: Console | None = None) -> Iterator[Catalogue]:
    """Index a folder, with progress on stderr, and open it.

    Raises:
        SettingsRefused: the folder or its index cannot be used.

    """
    console = console or Console(stderr=True, highlight=False)
    with open_index(folder) as store:
        _tell(index_with_progress(folder, store, console), console)
        catalogue = Catalogue.of_store(store, folder)
        with describing(catalogue):
            yield catalogue


def index_with_progress(folder: Path, store: Store, console: Console) -> IngestReport:
    """Index a folder with a bar on a terminal, in silence elsewhere."""
    # The folder is listed while it is read: the total can only be guessed from the last run.
    expected = store.count("assets") or None
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
        task = progress.add_task("", total=expected, counts="")
        return index_folder(
            folder, store, lambda report: progress.update(task, completed=report.done, counts=counts_of(report))
        )


def counts_of(report: IngestReport) -> str:
    """Return the counts as words, such as "3 new, 1 broken", without zeros."""
    names = ("new", "changed", "unchanged", "removed", "broken")
    counts = [f"{count:,} {name}" for name in names if (count := getattr(report, name))]
    return ", ".join(counts) or "nothing found"


def _tell(report: IngestReport, console: Console) -> None:
    lines = [f"Catalogue: {counts_of(report)}."]
    lines += [
        f"  {clean(path, _MAX_PATH_CHARACTERS)} {clean(problem, _MAX_PROBLEM_CHARACTERS)}"
        for path, problem in report.problems[:_MAX_SHOWN_PROBLEMS]
    ]
    hidden = len(report.problems) - _MAX_SHOWN_PROBLEMS
    lines += [f"  and {hidden} more, in the table `files` of the index"] if hidden > 0 else []
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)
