"""Completion of the command line in shells: a script, made once, so that a press of the key starts no Python."""

import argparse
from collections.abc import Iterator, Mapping, Sequence

import shtab

from scenario_mcp.api.requests import AssetSearch
from scenario_mcp.ids import RESOURCE_TYPES
from scenario_mcp.sandbox.faults import FAULTS

MAX_EXPLANATION_CHARACTERS = 70
_CHOICES: Mapping[tuple[str, str], Sequence[str]] = {
    ("search", "words"): RESOURCE_TYPES,
    ("sandbox", "fault"): tuple(FAULTS),
    ("search", "sortBy"): tuple(f"{field}:{way}" for field in AssetSearch.sort_fields for way in ("desc", "asc")),
}
"""Values that an argument of a command usually has, where others are taken, too."""


def completion_script(parser: argparse.ArgumentParser, shell: str, hosts: Sequence[str]) -> str:
    """Return the script for a shell; the parser, which must know all commands, is only good for this afterwards."""
    usual = {**_CHOICES, ("install", "hosts"): hosts}
    for command, action in _actions(parser):
        if action.help and action.help is not argparse.SUPPRESS:
            action.help = _shortened(action.help)
        if choices := usual.get((command, action.dest)):
            # bash takes the text behind a colon for a word of its own
            action.choices = [each for each in choices if shell != "bash" or ":" not in each] or None
        elif action.metavar == "DIR":
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]  # this is how shtab is told
        elif "FILE" in str(action.metavar):
            action.complete = shtab.FILE  # type: ignore[attr-defined]  # likewise
    return shtab.complete(parser, shell=shell)


def _actions(parser: argparse.ArgumentParser, command: str = "") -> Iterator[tuple[str, argparse.Action]]:
    """Yield each option and argument with the command that it belongs to."""
    for action in parser._actions:  # noqa: SLF001  # argparse names no public way, and shtab goes the same
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001  # likewise
            for name, inner in action.choices.items():
                yield from _actions(inner, name)
        else:
            yield command, action


def _shortened(text: str) -> str:
    """Return the beginning of an explanation, cut where it says enough."""
    if len(text) <= MAX_EXPLANATION_CHARACTERS:
        return text
    return text[:MAX_EXPLANATION_CHARACTERS].rpartition(" ")[0].rstrip(" ,;:(") + "..."
