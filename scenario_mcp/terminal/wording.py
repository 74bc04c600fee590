"""Sentences of the tools, which name arguments and tools, as a person at a terminal reads them: with options."""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from scenario_mcp.server.tools import TOOLS

PROGRAM = "scenario-mcp"
_SHORT = {"sortBy": "--sort"}
"""Options with another name than the argument's own."""
_HUMP = re.compile(r"(?=[A-Z])")
_SIDES = ("images.like", "images.unlike")
_PHRASES = (
    ("limit and offset are", "--limit and --offset are"),
    ("page, page and hitsPerPage the", "page, --page and --hits-per-page the"),
    ("instead of limit and offset", "instead of --limit and --offset"),
    ("image and images exclude each other: give one", "--image excludes --like and --unlike: give one"),
    ("at least one of query, filter, image or images a value", "words, --filter, --image or --like"),
    ("for the argument query", "for the query"),
    ("leave query out", "leave the words out"),
    ("With a query sortBy", "With words --sort"),
    ("not with images", "not with --like and --unlike"),
    ("s in search_assets", "s for assets"),
    ("Ids stand in search_assets' hits", f"Ids stand in the hits of {PROGRAM} search"),
    ("Ids stand in search_models' hits", f"Ids stand in the hits of {PROGRAM} search models"),
    ("Of each, 1-100", "1-100"),
    ("Of each to skip", "How many to skip"),
    ("filter in place of query", "--filter in place of words"),
    ("public true", "--public"),
    ("nsfw true", "--nsfw"),
    ("give them to view_assets or get_models", f"give them to {PROGRAM} show"),
    ("an absolute file path", "a file"),
    (", and restart the server", ""),
    ("or set SCENARIO_MCP_SANDBOX=1 to search", "or add --sandbox to search"),
    ("ask for the rest in another call", "give the rest to another command"),
)  # fmt: skip
_COMMANDS = {
    "search_assets": "search",
    "search_models": "search models",
    "view_assets": "show",
    "get_models": "show",
    "list_tags_and_collections": "collections",
}
_EXAMPLE = re.compile(r'(?<=Example: )(?:\[".*?"\]|-?[\d.]+|"[^"]*"|true|false)$', re.MULTILINE)
_NEXT = "repeat with next"


def option_name(argument: str) -> str:
    """Return the option for an argument of the tools: `--hits-per-page` for hitsPerPage, `--like` for images.like."""
    return _SHORT.get(argument) or long_name(argument)


def long_name(argument: str) -> str:
    """Return the option that is named as the argument is."""
    return f"--{'-'.join(_HUMP.split(argument.rpartition('.')[2])).lower()}"


def for_terminal(sentence: str, following: Mapping[str, int] | None = None) -> str:
    """Return a tool's sentence, or several, as a person at a terminal reads it.

    `following` is what to change in the arguments for the next page.
    """
    if following:
        sentence = sentence.replace(_NEXT, f"add {command_line(following)}")
    sentence = _with_command_lines(sentence)
    for tool, phrase in _PHRASES:
        sentence = sentence.replace(tool, phrase)
    sentence = "\n".join(map(_with_own_option, sentence.split("\n")))
    sentence = _names().sub(lambda found: option_name(found[0]), sentence)
    return _tool_names().sub(lambda found: f"{PROGRAM} {_COMMANDS[found[0]]}", sentence)


def command_line(arguments: Mapping[str, Any]) -> str:
    """Return arguments of a search as they are typed: the words first, then options."""
    words: list[str] = []
    for name, value in arguments.items():
        if name == "query":
            words.insert(0, str(value))
        elif isinstance(value, dict):
            words += (word for side, inner in value.items() for word in _option(side, inner))
        else:
            words += _option(name, value)
    return quoted(words)


def quoted(words: Iterable[str]) -> str:
    """Return words as a shell takes them on this system."""
    return subprocess.list2cmdline([*words]) if sys.platform == "win32" else shlex.join(words)


def _option(name: str, value: Any) -> list[str]:
    values = value if isinstance(value, list | tuple) else [value]
    if value is True:
        return [option_name(name)]
    return [word for each in values for word in (option_name(name), str(each))]


def _with_command_lines(sentence: str) -> str:
    """Write calls that stand in a sentence as JSON as command lines."""
    written, end = [], 0
    while (start := sentence.find("{", end)) >= 0:
        try:
            call, after = json.JSONDecoder().raw_decode(sentence, start)
        except ValueError:
            call, after = None, start + 1
        is_call = isinstance(call, dict) and bool(call) and call.keys() <= _arguments()
        line = f"{PROGRAM} search {command_line(call)}" if is_call else sentence[start:after]
        written += [sentence[end:start], line]
        end = after
    return "".join([*written, sentence[end:]])


def _with_own_option(line: str) -> str:
    """Name the option that a line begins with, and write its example as it is typed."""
    found = _beginning().match(line)
    if found is None:
        return line
    option = option_name(found[1])
    rest = line[found.end() :]

    def example(value: re.Match[str]) -> str:
        return quoted(_option(found[1], json.loads(value[0])))

    return f"{option}{_EXAMPLE.sub(example, rest)}"


@cache
def _arguments() -> frozenset[str]:
    return frozenset(name for tool in TOOLS.values() for name in tool.input_schema["properties"])


@cache
def _beginning() -> re.Pattern[str]:
    names = "|".join(map(re.escape, [*_SIDES, *sorted(_arguments(), key=len, reverse=True)]))
    return re.compile(rf"({names})(?:\[\d+\])?(?=:| must | takes | may | is | holds | looks | cannot )")


@cache
def _names() -> re.Pattern[str]:
    """Names that no English sentence has."""
    names = "|".join(name for name in _arguments() if not name.islower())
    return re.compile(rf"\b(?:{names}|images\.(?:un)?like)\b")


@cache
def _tool_names() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(TOOLS)})\b")
