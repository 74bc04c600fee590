"""docs/hosts.md, held against the table of hosts and the command's options."""

import re

import pytest

from scenario_mcp import cli
from scenario_mcp.hosts.command import ExitCode
from scripts.hosts.__main__ import PAGE, TABLE, table

TEXT = PAGE.read_text("utf-8")


def test_its_table_is_that_of_the_code() -> None:
    shown = TABLE.search(TEXT)
    assert shown
    assert shown[0] == table(), "Run `python -m scripts.hosts` and commit the change."


def test_it_lists_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    rows = TEXT[TEXT.index("| Option |") :].split("\n\n")[0]
    documented = set(re.findall(r"`(--[a-z-]+)", rows))
    assert cli.run(["install", "--help"], {}) == 0
    assert documented == set(re.findall(r"(?m)^  (--[a-z-]+)", capsys.readouterr().out))


def test_it_lists_every_exit_code() -> None:
    rows = TEXT[TEXT.index("| Code |") :].split("\n\n")[0]
    assert [int(code) for code in re.findall(r"(?m)^\| (\d) ", rows)] == list(ExitCode)
