"""`demo`: a few searches of the sample catalogue, shown in the terminal."""

import argparse
from collections.abc import Mapping
from pathlib import Path

from scenario_mcp.errors import SettingsRefused


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument(
        "--save-to",
        type=Path,
        default=Path(),
        metavar="DIR",
        help="folder for the contact sheet if the terminal shows no pictures (default: the current one)",
    )


def run(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Search as an MCP client does, and show what it finds; return the exit code."""
    from scenario_mcp.hosts.launch import own_launch
    from scenario_mcp.terminal import demo

    try:
        program = own_launch(environ).shown
    except SettingsRefused:  # a cache without its program: the name that was typed
        program = "scenario-mcp"
    return demo.run(options.save_to, program=program)
