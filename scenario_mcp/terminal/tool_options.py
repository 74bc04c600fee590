"""The arguments of a tool as options: made of what the tool publishes, with the same names and explanations.

An argument is added in its request model alone.
"""

import argparse
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, get_args

from scenario_mcp.api.request_values import Request
from scenario_mcp.server.tools.tool import Tool
from scenario_mcp.terminal.wording import for_terminal, long_name, option_name

_PICTURE = "ID|FILE|URL"
PICTURES = frozenset({"image", "images.like", "images.unlike"})
"""Arguments that take pictures."""
_METAVARS = {"query": "WORDS", "filter": "CONDITIONS", "sortBy": "FIELD:asc|desc", **dict.fromkeys(PICTURES, _PICTURE)}
_METAVARS_OF_TYPES = {"integer": "N", "number": "0-1"}


class ToolOption(NamedTuple):
    """One argument of a tool, or one side of it, as an option."""

    argument: str
    """Its name, such as `sortBy` or `images.like`."""
    type: str
    """Of JSON Schema."""
    meaning: str
    """What the tool says of it."""


def options_of(tool: Tool[Any]) -> Iterator[ToolOption]:
    """Yield an option for each argument of a tool, in the order in which they are published."""
    fields = {field.alias or name: field for name, field in tool.request.model_fields.items()}
    for argument, schema in tool.input_schema["properties"].items():
        if schema["type"] != "object":
            yield ToolOption(argument, schema["type"], began(schema["description"].removeprefix("true: "), str.upper))
            continue
        (sides,) = (each for each in get_args(fields[argument].annotation) if issubclass(each, Request))
        for name, side in sides.model_fields.items():
            yield ToolOption(f"{argument}.{name}", schema["properties"][name]["type"], side.title or "")


def began(text: str, change: Callable[[str], str]) -> str:
    """Return an explanation with its first letter changed; one that begins with the name of a field stays as it is."""
    return text if any(letter.isupper() for letter in text.split(maxsplit=1)[0][1:]) else f"{change(text[0])}{text[1:]}"


def add_tool_options(parser: argparse.ArgumentParser, options: Iterable[ToolOption]) -> None:
    """Add options; what is typed is kept under the name of its argument."""
    for option in options:
        names = dict.fromkeys((option_name(option.argument), long_name(option.argument)))
        meaning = for_terminal(option.meaning).replace("%", "%%")
        if option.type == "boolean":
            parser.add_argument(*names, dest=option.argument, action="store_true", help=meaning)
            continue
        parser.add_argument(
            *names,
            dest=option.argument,
            action="append" if option.type == "array" else "store",
            metavar=_METAVARS.get(option.argument) or _METAVARS_OF_TYPES[option.type],
            help=meaning,
        )


def typed_arguments(
    given: Mapping[str, Any],
    options: Iterable[ToolOption],
    words: Iterable[str],
    read_picture: Callable[[str], str] = str,
) -> dict[str, Any]:
    """Return the arguments of a tool as they were typed, for the tool to read; the words come before its query."""
    arguments: dict[str, Any] = {}
    for option in options:
        value = given[option.argument]
        if value is None or value is False:
            continue
        if option.argument in PICTURES:
            value = [*map(read_picture, value)] if isinstance(value, list) else read_picture(value)
        elif isinstance(value, list) and len(value) == 1:
            (value,) = value  # it may hold several, between commas
        top, _, side = option.argument.partition(".")
        if side:
            arguments.setdefault(top, {})[side] = value
        else:
            arguments[top] = value
    if query := " ".join([*words, *filter(None, [arguments.get("query")])]):
        arguments["query"] = query
    return arguments
