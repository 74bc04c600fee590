"""`show`: assets and models by their ids, in the terminal."""

import argparse
import os
import sys
from collections.abc import Mapping

from rich.console import Console

from scenario_mcp.terminal import show
from scenario_mcp.terminal.pictures import find_picture_terminal
from scenario_mcp.terminal.session import add_source_options, read_settings


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument(
        "ids",
        nargs="+",
        metavar="ID",
        help="id of an asset or a model, as hits have it, or an address of Scenario's web app that holds one",
    )
    parser.add_argument("--json", action="store_true", help="all facts as JSON")
    parser.add_argument("--open", action="store_true", help="open each in the browser")
    parser.add_argument("--no-pictures", action="store_true", help="show no pictures in the terminal")
    parser.add_argument("--nsfw", action="store_true", help="also show pictures with NSFW labels")
    add_source_options(parser)


def run(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Show what is known of them; return the exit code."""
    settings = read_settings(environ)
    console = Console(highlight=False)
    shows = not options.json and not options.no_pictures and sys.stdout.isatty()
    terminal = find_picture_terminal(console, os.environ) if shows else None
    command = show.ShowCommand(
        show.read_subjects(options.ids), as_json=options.json, opens=options.open, with_nsfw=options.nsfw
    )
    return show.run(command, settings, console, terminal)
