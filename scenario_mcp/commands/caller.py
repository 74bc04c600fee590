"""`caller`: what the log of a server over HTTP calls somebody."""

import argparse
import sys
from collections.abc import Mapping

from scenario_mcp.commands.serve import DEFAULT_HOST, DEFAULT_PORT
from scenario_mcp.settings import Settings


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.description = "Run it with the settings of the server: the hashes in its log depend on them."
    parser.add_argument(
        "--sandbox", action="store_true", default=argparse.SUPPRESS, help="the server was started with --sandbox"
    )
    parser.add_argument("who", metavar="WHO", help="an API key, the sub or client_id of OAuth tokens, or an IP address")


def run(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Show each name that the log may have for somebody, and what it stands for; return the exit code."""
    from scenario_mcp.http_server.caller_names import names_in_log
    from scenario_mcp.http_server.settings import HttpSettings

    settings = Settings.from_environ(environ)
    http = HttpSettings.from_environ(environ, settings, host=DEFAULT_HOST, port=DEFAULT_PORT, workers=1)
    for name, meaning in names_in_log(options.who.strip(), settings, http):
        sys.stdout.write(f"{name}  {meaning}\n")
    return 0
