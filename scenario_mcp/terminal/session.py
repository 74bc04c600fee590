"""One command that asks Scenario: its settings, what is opened for it, how it ends, and with which exit code."""

import argparse
import math
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import anyio
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from scenario_mcp import interruption, logs
from scenario_mcp.backend import Scenario, open_scenario
from scenario_mcp.errors import NotFound, ScenarioError, SearchRefused, SettingsRefused, Unavailable
from scenario_mcp.sandbox.catalogue import FolderReading
from scenario_mcp.settings import Settings
from scenario_mcp.terminal.wording import for_terminal
from scenario_mcp.text import Secrets

FOUND, NOTHING_FOUND, WRONG_ARGUMENTS, REFUSED, UNREACHABLE = range(5)
EXIT_CODES = (
    "Exit codes: 0 found; 1 nothing found; 2 wrong arguments or settings; 3 refused: the key, the plan, a rate limit; "
    "4 Scenario cannot be reached."
)
_DRAWN_SECONDS = 0.1
_OTHERS_LOOK_SECONDS = 2.0
"""A process that reads for longer does more than look whether anything has changed."""
_READ_BY_ANOTHER = (
    "Another process is reading this catalogue, such as a server. This command goes on when that one has read it or "
    "has ended; Ctrl-C ends this one."
)


def add_source_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say what is searched; they may stand before the command, too."""
    group = parser.add_argument_group("where to search", "Your Scenario project, unless one of these says otherwise.")
    group.add_argument(
        "--sandbox",
        action="store_true",
        default=argparse.SUPPRESS,
        help="search the built-in sample catalogue; no account needed",
    )
    group.add_argument(
        "--catalogue",
        dest="folders",
        action="append",
        default=[],
        metavar="DIR",
        help="search this folder of pictures or .jsonl documents; may be given several times; no account needed",
    )
    parser.epilog = f"{EXIT_CODES} docs/terminal.md has examples."


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read the settings, in which the options stand that say what is searched.

    Raises:
        SettingsRefused: a setting or a folder is wrong.

    """
    settings = Settings.from_environ(environ)
    level = settings.log_level if environ.get("SCENARIO_MCP_LOG_LEVEL") else "error"  # its warnings are an operator's
    logs.open_log(level, settings.credentials.secrets)
    if settings.upstream.fault:
        from scenario_mcp.sandbox.faults import FaultPlan

        FaultPlan.parse(settings.upstream.fault)
    return settings


def execute(work: Callable[[], Awaitable[int]], settings: Settings) -> int:
    """Do what a command does and return its exit code; an error is told in a sentence on stderr."""
    try:
        return interruption.run(work)
    except ScenarioError as error:
        sys.stdout.flush()
        message = Secrets(settings.credentials.secrets).removed_from(for_terminal(error.told(to_operator=True)))
        sys.stderr.write(f"scenario-mcp: {message}\n")
        return exit_code(error)


def exit_code(error: ScenarioError) -> int:
    """Return the exit code for an error."""
    match error:
        case NotFound():
            return NOTHING_FOUND
        case SearchRefused(by_scenario=False):
            return WRONG_ARGUMENTS
        case Unavailable():
            return UNREACHABLE
        case _:
            return REFUSED


@asynccontextmanager
async def opened(
    settings: Settings, folders: tuple[str, ...] = (), *, by_picture: bool = False
) -> AsyncIterator[Scenario]:
    """Open what answers; an own folder is read to its end before, with a bar where stderr is a terminal.

    `folders` may be read for reference pictures besides those of the settings. For a search `by_picture` the pictures
    are looked at, too, as long as a search may take; after that its note says what is still to come.
    """
    settings = replace(settings, image_folders=(*settings.image_folders, *folders))
    async with open_scenario(settings) as scenario:
        if scenario.reading is not None:
            await _read_whole(scenario.reading, settings.timeout_seconds if by_picture else 0)
        yield scenario


async def _read_whole(reading: FolderReading, seconds_to_describe: float) -> None:
    with progress_bar() as bar:
        task = bar.add_task("Reading the catalogue", total=1.0)
        told_at = anyio.current_time() + _OTHERS_LOOK_SECONDS
        while (reached := reading.progress()) is not None:
            bar.update(task, completed=reached[0])
            if reading.waits_for_another() and anyio.current_time() >= told_at:
                bar.console.print(_READ_BY_ANOTHER, soft_wrap=True)
                told_at = math.inf
            await anyio.sleep(_DRAWN_SECONDS)
        bar.update(task, description="Looking at the pictures", total=None)
        with anyio.move_on_after(seconds_to_describe):
            while not reading.is_described():  # noqa: ASYNC110  # a thread does it, which knows no event loop
                await anyio.sleep(_DRAWN_SECONDS)


def progress_bar() -> Progress:
    """Return a bar on stderr, which goes away at its end; nothing is shown where stderr is no terminal."""
    console = Console(stderr=True, highlight=False)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TextColumn("{task.percentage:>3.0f}%"))
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def current_folder() -> Path:
    """Return the current folder; raises SettingsRefused where it is gone."""
    try:
        return Path.cwd()
    except OSError:
        raise SettingsRefused("The current folder is gone. Go to another one, and try again.") from None
