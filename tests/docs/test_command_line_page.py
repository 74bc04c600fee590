"""docs/command-line.md, held against the commands and exit codes that there are."""

import re
from pathlib import Path

from scenario_mcp import cli, interruption, standard_streams

PAGE = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text("utf-8")


def _first_cells(heading: str) -> list[str]:
    table = PAGE[PAGE.index(heading) :].split("\n\n")[0]
    return [row.split("|")[1] for row in table.splitlines()[2:]]


def test_it_lists_every_command() -> None:
    listed = [name for cell in _first_cells("| Command |") for name in re.findall(r"`(\w+)`", cell)]
    assert sorted(listed) == sorted(cli.COMMANDS)


def test_it_lists_the_exit_codes_that_all_commands_share() -> None:
    codes = [int(cell) for cell in _first_cells("| Code |")]
    assert codes == [0, 1, 2, standard_streams.EXIT_UNWRITTEN, interruption.EXIT_INTERRUPTED]
