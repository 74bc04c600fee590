"""`search`: assets or models, in the terminal."""

import argparse
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console

from scenario_mcp.errors import SettingsRefused
from scenario_mcp.terminal import search
from scenario_mcp.terminal.pictures import find_picture_terminal
from scenario_mcp.terminal.saving import prepare_folder
from scenario_mcp.terminal.search_options import add_search_options, read_arguments
from scenario_mcp.terminal.session import add_source_options, current_folder, read_settings


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    add_search_options(parser)
    add_source_options(parser)
    output = parser.add_argument_group("what is shown")
    style = output.add_mutually_exclusive_group()
    style.add_argument("--json", action="store_true", help="the hits as JSON, trimmed as for a model")
    style.add_argument("--raw", action="store_true", help="the API's own hits as JSON, without their signed addresses")
    output.add_argument(
        "--addresses",
        action="store_true",
        help="with --raw: with the signed addresses, by which anybody can fetch the pictures for some days",
    )
    output.add_argument(
        "--save", type=Path, metavar="DIR", help="save the hits' files, as they are, in this folder; none is replaced"
    )
    output.add_argument("--overwrite", action="store_true", help="with --save: replace files that are already there")
    output.add_argument("--open", action="store_true", help="open the first hit in the browser")
    output.add_argument("--no-pictures", action="store_true", help="show no pictures in the terminal")
    output.add_argument("--nsfw", action="store_true", help="also show pictures with NSFW labels")


def run(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Search, and show what is found; return the exit code."""
    settings = read_settings(environ)
    resource_type, arguments = read_arguments(options, current_folder(), is_own=settings.upstream.is_folder)
    if options.addresses and not options.raw:
        raise SettingsRefused("--addresses needs --raw: only the API's own hits have addresses.")
    if options.overwrite and options.save is None:
        raise SettingsRefused("--overwrite needs --save DIR.")
    command = search.SearchCommand(
        resource_type,
        arguments,
        style="json" if options.json else "raw" if options.raw else "text",
        with_addresses=options.addresses,
        with_nsfw=options.nsfw,
        save_to=prepare_folder(options.save) if options.save else None,
        overwrites=options.overwrite,
        opens=options.open,
    )
    console = Console(highlight=False)
    shows = command.style == "text" and not options.no_pictures and not options.save and sys.stdout.isatty()
    terminal = find_picture_terminal(console, os.environ) if shows else None
    return search.run(command, settings, console, terminal)
