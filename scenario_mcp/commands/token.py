"""`token`: an access token for a caller of a server over HTTP."""

import argparse
import sys
from collections.abc import Mapping


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("name", metavar="NAME", help="name of its holder, such as build-farm")


def run(options: argparse.Namespace, _environ: Mapping[str, str]) -> int:
    """Show a new token, and its entry in the server's settings; return the exit code."""
    from scenario_mcp.http_server.auth.access_tokens import make_token

    token, entry = make_token(options.name)
    sys.stdout.write(
        f"Token, for {options.name} alone: it is shown once and kept nowhere.\n  {token}\n"
        f"Entry, for SCENARIO_MCP_ACCESS_TOKENS of the server:\n  {entry}\n"
        f"In the server's log, caller {options.name} is whoever uses this token.\n"
    )
    return 0
