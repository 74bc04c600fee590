"""`demo`: a few searches of the sample catalogue, shown in the terminal."""

import argparse
from collections.abc import Mapping
from pathlib import Path

from scenario_mcp.errors import SettingsRefused


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.epilog = (
        "It needs no account and no network. Exit codes: 0 done; 1 the server failed; 2 wrong arguments, or the "
        "pictures could not be saved."
    )
    parser.add_argument(
        "--save-to",
        type=Path,
        metavar="DIR",
        help="save the pictures as one contact sheet in this folder, which is made if need be; without it they are "
        "saved in the current one if the terminal shows no pictures",
    )


def run(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Search as an MCP client does, show what it finds, and say how to go on; return the exit code."""
    from scenario_mcp.hosts.launch import PROGRAM, own_launch
    from scenario_mcp.terminal import demo

    clean = demo.server_environ(environ)
    try:
        program, by_hand = own_launch(clean).shown, _entry(clean)
    except SettingsRefused as error:  # a cache without its program
        program, by_hand = PROGRAM, str(error)
    return demo.run(options.save_to, program=program, by_hand=by_hand)


def _entry(environ: Mapping[str, str]) -> str:
    """Return what to paste into the settings of a host."""
    from scenario_mcp.hosts.entry import make_entry
    from scenario_mcp.hosts.installation import new_text
    from scenario_mcp.hosts.request import make_server
    from scenario_mcp.hosts.secrets import placeholder
    from scenario_mcp.hosts.table import BY_NAME

    host = BY_NAME["claude-desktop"]
    entry = make_entry(host, make_server("scenario", environ, is_sandbox=True), placeholder)
    return new_text(host, "scenario", entry).rstrip()
