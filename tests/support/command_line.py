"""The command line in this process, as a person or a program meets it: exit code, standard output, standard error."""

import json
import logging
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
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
    with _process_as_it_was():
        code = cli.run(words, environ)
    sys.stdout.flush()
    return Ended(code, *capsys.readouterr())


@contextmanager
def _process_as_it_was() -> Iterator[None]:
    """Undo what a command does to its process: log, hooks and signals are its own."""
    root = logging.getLogger()
    handlers, level = [*root.handlers], root.level
    hooks = sys.excepthook, threading.excepthook
    handled = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        sys.excepthook, threading.excepthook = hooks
        for number, handler in handled.items():
            signal.signal(number, handler)
