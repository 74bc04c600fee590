"""What a command sets for its whole process, and tests in one process must not leave to each other."""

import io
import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from scenario_mcp import logs


@contextmanager
def log_as_it_was() -> Iterator[None]:
    """Undo what a command does to the log and to what becomes of unhandled exceptions."""
    root = logging.getLogger()
    handlers, level = [*root.handlers], root.level
    hooks = sys.excepthook, threading.excepthook
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        sys.excepthook, threading.excepthook = hooks


@contextmanager
def written_log(level: str) -> Iterator[io.StringIO]:
    """Open the log as a server does, from this level on; give what is written."""
    stream = io.StringIO()
    with log_as_it_was():
        logs.open_log(level, (), stream)
        yield stream
