"""The options of `tags` and `collections`, which are the arguments of the tool that lists both."""

import argparse
from collections.abc import Mapping

from rich.console import Console

from scenario_mcp.server.tools.list_tags_and_collections import LIST_TAGS_AND_COLLECTIONS
from scenario_mcp.terminal import labels
from scenario_mcp.terminal.session import add_source_options, read_settings
from scenario_mcp.terminal.tool_options import add_tool_options, options_of, typed_arguments

_WORDS = "words"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of both commands."""
    parser.add_argument(_WORDS, nargs="*", metavar="QUERY", help="as --query explains it")
    add_tool_options(parser, options_of(LIST_TAGS_AND_COLLECTIONS))
    parser.add_argument("--json", action="store_true", help="as JSON")
    add_source_options(parser)


def run(kind: labels.Labels, options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """List tags or collections; return the exit code."""
    settings = read_settings(environ)
    given = vars(options)
    arguments = typed_arguments(given, options_of(LIST_TAGS_AND_COLLECTIONS), given[_WORDS])
    return labels.run(kind, arguments, settings, Console(highlight=False), as_json=options.json)
