"""The names that every handler uses: whose request it is, and what may be repeated of it."""

from typing import TypeAlias

from mcp.server.context import ServerRequestContext

from scenario_mcp.backend import Backend
from scenario_mcp.text import clean

MAX_ECHO_CHARACTERS = 200

Context: TypeAlias = ServerRequestContext[Backend]


def echo(text: str) -> str:
    """Repeat what a client sent, cleaned and cut."""
    return clean(text, MAX_ECHO_CHARACTERS)
