"""The server started by hand, in a terminal: what it says, and that it does not sit there."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scenario_mcp import __version__, cli
from scenario_mcp.hosts.launch import PROGRAM
from scenario_mcp.terminal import introduction

FIRST_LINES = f"""\
scenario-mcp {__version__} is an MCP server that searches Scenario's assets and models.
A host such as Claude Desktop starts it. In a terminal, type one of:
"""
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals of this kind")


def test_it_says_what_it_is_and_what_to_type() -> None:
    assert introduction.introduce(PROGRAM) == (
        f"""{FIRST_LINES}\
  scenario-mcp demo                     see it search the samples; no account needed
  scenario-mcp search knight --sandbox  search in this terminal
  scenario-mcp install claude-desktop   put it into a host; docs/hosts.md lists them
  scenario-mcp doctor                   find out what does not work, and why
  scenario-mcp --help                   all commands and options
  scenario-mcp --stdio                  serve MCP in this terminal all the same
"""
    )


def test_a_long_path_has_lines_of_its_own() -> None:
    program = "/home/a/folder/with/a/long/name/scenario-mcp/.venv/bin/scenario-mcp"
    assert introduction.introduce(program).startswith(
        f"{FIRST_LINES}  {program} demo\n      see it search the samples; no account needed\n  {program} search"
    )


def test_it_names_commands_and_options_that_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    for step in introduction.STEPS:
        assert cli.run([*step.split(), "--help"], {}) == 0
    assert "usage: scenario-mcp install" in capsys.readouterr().out


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A terminal as standard input; return the end at which a person types."""
    person, terminal = os.openpty()
    with os.fdopen(person, "wb"), os.fdopen(terminal, encoding="utf-8") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield person


def test_alone_in_a_terminal_it_ends_at_once(
    typed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed
    monkeypatch.setattr(introduction, "FIRST_MESSAGE_SECONDS", 0)
    environ = {"SCENARIO_SDK_API_KEY": "half of a pair", "PATH": str(tmp_path)}
    assert cli.run([], environ) == 0
    told = capsys.readouterr()
    assert (told.out, told.err.splitlines()[:2]) == ("", FIRST_LINES.splitlines())


def test_a_message_that_comes_at_once_is_a_hosts(typed: int) -> None:
    os.write(typed, b"{}\n")
    assert introduction.is_message_coming()
