"""The options of `search`, made of what the tools publish of their arguments; and the arguments that are typed.

An argument of the tools is added in `api/requests.py` alone: here it becomes an option with the same explanation.
"""

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, get_args

from scenario_mcp.api.request_values import Request
from scenario_mcp.ids import RESOURCE_TYPES, ResourceType
from scenario_mcp.server.tools.search import SEARCH_ASSETS, SEARCH_MODELS
from scenario_mcp.server.tools.tool import Tool
from scenario_mcp.terminal.picture_paths import as_path
from scenario_mcp.terminal.wording import for_terminal, long_name, option_name

SEARCHES: Mapping[ResourceType, Tool[Any]] = {"assets": SEARCH_ASSETS, "models": SEARCH_MODELS}
PICTURES = frozenset({"image", "images.like", "images.unlike"})
"""Arguments that take pictures."""
_PICTURE = "ID|FILE|URL"
_METAVARS = {"query": "WORDS", "filter": "CONDITIONS", "sortBy": "FIELD:asc|desc", **dict.fromkeys(PICTURES, _PICTURE)}
_METAVARS_OF_TYPES = {"integer": "N", "number": "0-1"}
_WORDS = "words"


class SearchOption(NamedTuple):
    """One argument of the tools, or one side of it, as an option."""

    argument: str
    """Its name, such as `sortBy` or `images.like`."""
    type: str
    """Of JSON Schema."""
    meaning: str
    """What the tools say of it."""


def search_options() -> tuple[SearchOption, ...]:
    """Return an option for each argument of the two searches, in the order in which they are published."""
    found: dict[str, SearchOption] = {}
    for resource_type, tool in SEARCHES.items():
        for option in _options_of(tool):
            of_these = f"Of {resource_type}: {_began(option.meaning, str.lower)}"
            known = found.get(option.argument)
            if known is None:
                meaning = option.meaning if resource_type == RESOURCE_TYPES[0] else of_these
                found[option.argument] = option._replace(meaning=meaning)
            elif known.meaning != option.meaning:
                found[option.argument] = known._replace(meaning=f"{known.meaning}. {of_these}")
    return tuple(found.values())


def _options_of(tool: Tool[Any]) -> Iterator[SearchOption]:
    fields = {field.alias or name: field for name, field in tool.request.model_fields.items()}
    for argument, schema in tool.input_schema["properties"].items():
        if schema["type"] != "object":
            meaning = _began(schema["description"].removeprefix("true: "), str.upper)
            yield SearchOption(argument, schema["type"], meaning)
            continue
        (sides,) = (each for each in get_args(fields[argument].annotation) if issubclass(each, Request))
        for name, side in sides.model_fields.items():
            yield SearchOption(f"{argument}.{name}", schema["properties"][name]["type"], side.title or "")


def _began(text: str, change: Callable[[str], str]) -> str:
    """Return an explanation with its first letter changed; names of fields stay as they are."""
    return text if any(letter.isupper() for letter in text.split(maxsplit=1)[0][1:]) else f"{change(text[0])}{text[1:]}"


def add_search_options(parser: argparse.ArgumentParser) -> None:
    """Add the words to search for, and an option for each argument of the tools."""
    parser.add_argument(
        _WORDS,
        nargs="*",
        metavar="[assets|models] [QUERY]",
        help="what to search, assets if left out; then the words, as --query explains them",
    )
    for option in search_options():
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


def read_arguments(options: argparse.Namespace, here: Path, *, is_own: bool) -> tuple[ResourceType, dict[str, Any]]:
    """Return what is searched, and the tool's arguments as they were typed; `is_own` says where paths may lead.

    A limit beside a page is the size of the page.
    """
    given = vars(options)
    words = [*given[_WORDS]]
    resource_type = _first_type(words)
    arguments: dict[str, Any] = {}
    for option in search_options():
        value = given[option.argument]
        if value is None or value is False:
            continue
        if option.argument in PICTURES:
            value = _paths(value, here, is_own=is_own)
        elif isinstance(value, list) and len(value) == 1:
            (value,) = value  # it may hold several, between commas
        top, _, side = option.argument.partition(".")
        if side:
            arguments.setdefault(top, {})[side] = value
        else:
            arguments[top] = value
    if words:
        arguments["query"] = " ".join([*words, *filter(None, [arguments.get("query")])])
    if "page" in arguments and "limit" in arguments and arguments.keys().isdisjoint({"offset", "hitsPerPage"}):
        arguments["hitsPerPage"] = arguments.pop("limit")
    return resource_type, arguments


def _first_type(words: list[str]) -> ResourceType:
    """Take the first word away if it says what to search."""
    for resource_type in RESOURCE_TYPES:
        if words[:1] == [resource_type]:
            del words[0]
            return resource_type
    return RESOURCE_TYPES[0]


def _paths(value: str | Sequence[str], here: Path, *, is_own: bool) -> str | list[str]:
    if isinstance(value, str):
        return as_path(value, here, is_own=is_own)
    return [as_path(each, here, is_own=is_own) for each in value]
