"""A program that a row runs, or why it cannot be run here."""

from typing import NamedTuple


class LeftOut(Exception):
    """A row cannot be measured on this machine; the text says why."""


class NotAnswered(Exception):
    """A server did not start, ended, or answered with an error."""


class Program(NamedTuple):
    """A command that serves MCP over stdio, and over HTTP with options and a port after it."""

    command: list[str]
    version: str = ""
    """Of the package that is compared."""
    python_path: str = ""
    """A folder to import from."""
