"""The command line in this process, as a person or a program meets it: exit code, standard output, standard error."""

import json
import sys
from typing import Any, NamedTuple

import pytest

from scenario_mcp import cli


class Ended(NamedTuple):
    """How a command ended."""

    code: int
    output: str
    errors: str

    @property
    def lines(self) -> list[list[str]]:
        """The output's lines, each by its columns."""
        return [line.split("\t") for line in self.output.splitlines()]

    @property
    def json(self) -> Any:
        """The output, read as JSON."""
        return json.loads(self.output)


def typed(capsys: pytest.CaptureFixture[str], *words: str, **environ: str) -> Ended:
    """Type a command in a pipe, with only these settings."""
    capsys.readouterr()
    code = cli.run(words, environ)
    sys.stdout.flush()
    return Ended(code, *capsys.readouterr())
