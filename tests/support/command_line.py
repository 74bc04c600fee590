"""The command line in this process, as a person or a program meets it: exit code, standard output, standard error."""

import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest

from scenario_mcp import cli
from tests.support.process_state import log_as_it_was


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
    with log_as_it_was(), _signals_as_they_were():
        code = cli.run(words, environ)
    sys.stdout.flush()
    return Ended(code, *capsys.readouterr())


@contextmanager
def _signals_as_they_were() -> Iterator[None]:
    handled = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in handled.items():
            signal.signal(number, handler)
