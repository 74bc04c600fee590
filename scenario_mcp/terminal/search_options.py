"""The options of `search`, of both tools together; and what is searched, with the arguments that are typed."""

import argparse
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from scenario_mcp.ids import RESOURCE_TYPES, ResourceType
from scenario_mcp.server.tools.search import SEARCH_ASSETS, SEARCH_MODELS
from scenario_mcp.server.tools.tool import Tool
from scenario_mcp.terminal.picture_paths import as_path
from scenario_mcp.terminal.tool_options import ToolOption, add_tool_options, began, options_of, typed_arguments

SEARCHES: Mapping[ResourceType, Tool[Any]] = {"assets": SEARCH_ASSETS, "models": SEARCH_MODELS}
_WORDS = "words"


def search_options() -> tuple[ToolOption, ...]:
    """Return an option for each argument of the two searches; one that differs for models says so."""
    found: dict[str, ToolOption] = {}
    for resource_type, tool in SEARCHES.items():
        for option in options_of(tool):
            of_these = f"Of {resource_type}: {began(option.meaning, str.lower)}"
            known = found.get(option.argument)
            if known is None:
                meaning = option.meaning if resource_type == RESOURCE_TYPES[0] else of_these
                found[option.argument] = option._replace(meaning=meaning)
            elif known.meaning != option.meaning:
                found[option.argument] = known._replace(meaning=f"{known.meaning}. {of_these}")
    return tuple(found.values())


def add_search_options(parser: argparse.ArgumentParser) -> None:
    """Add the words to search for, and an option for each argument of the tools."""
    parser.add_argument(
        _WORDS,
        nargs="*",
        metavar="[assets|models] [QUERY]",
        help="what to search, assets if left out; then the words, as --query explains them",
    )
    add_tool_options(parser, search_options())


def read_arguments(options: argparse.Namespace, here: Path, *, is_own: bool) -> tuple[ResourceType, dict[str, Any]]:
    """Return what is searched, and the tool's arguments as they were typed; `is_own` says where paths may lead.

    A limit beside a page is the size of the page.
    """
    given = vars(options)
    words = [*given[_WORDS]]
    resource_type = RESOURCE_TYPES[0]
    if words and words[0] in RESOURCE_TYPES:
        resource_type = next(each for each in RESOURCE_TYPES if each == words[0])
        del words[0]
    arguments = typed_arguments(given, search_options(), words, partial(as_path, here=here, is_own=is_own))
    if "page" in arguments and "limit" in arguments and arguments.keys().isdisjoint({"offset", "hitsPerPage"}):
        arguments["hitsPerPage"] = arguments.pop("limit")
    return resource_type, arguments
