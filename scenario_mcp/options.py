"""Options of the command line: of the server itself, and of each command."""

import argparse
from pathlib import Path

from scenario_mcp import __version__

DESCRIPTION = (
    "Search Scenario's assets and models from any MCP client. Without a command it serves MCP: over stdio, or with "
    "--http over HTTP."
)
DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line; `command` is None where the server itself is asked for."""
    parser = argparse.ArgumentParser("scenario-mcp", description=DESCRIPTION)
    parser.add_argument("--version", action="version", version=f"scenario-mcp {__version__}")
    parser.add_argument(
        "--sandbox", action="store_true", help="search the built-in sample catalogue; no account needed"
    )
    parser.add_argument(
        "--catalogue",
        action="append",
        metavar="DIR",
        help="search this folder of pictures or .jsonl documents; may be given several times; no account needed",
    )
    parser.add_argument("--http", action="store_true", help="serve MCP over HTTP at /mcp; see docs/hosting.md")
    parser.add_argument(
        "--host", default=DEFAULT_HOST, help=f"address to listen to with --http (default {DEFAULT_HOST})"
    )
    parser.add_argument(
        "--port",
        type=int,
        default=DEFAULT_PORT,
        help=f"port to listen to with --http, 0 for any free one (default {DEFAULT_PORT})",
    )
    parser.add_argument(
        "--workers", type=int, default=1, metavar="N", help="processes that serve with --http (default 1)"
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    _add_install(commands.add_parser("install", help="put this server into Claude Desktop, Cursor, and other hosts"))
    sandbox = commands.add_parser("sandbox", help="serve the sample catalogue as a local Scenario API over HTTP")
    sandbox.add_argument(
        "--catalogue",
        action="append",
        metavar="DIR",
        default=argparse.SUPPRESS,
        help="serve this folder of pictures or .jsonl documents instead; may be given several times",
    )
    sandbox.add_argument(
        "--port", type=int, default=8090, help="port on this machine, 0 for any free one (default 8090)"
    )
    sandbox.add_argument("--key", default="sandbox", help="accepted API key (default sandbox)")
    sandbox.add_argument("--secret", default="sandbox", help="accepted API secret (default sandbox)")
    sandbox.add_argument(
        "--fault",
        metavar="KIND[:N]",
        help="make every N-th call fail with this fault, such as 429:3; the README lists the faults",
    )
    sandbox.add_argument("--quiet", action="store_true", help="do not show the requests in the terminal")
    _add_export(commands.add_parser("export", help="save hits from your account as a catalogue folder"))
    token = commands.add_parser("token", help="make an access token for callers of a server over HTTP")
    token.add_argument("name", metavar="NAME", help="name of its holder, such as build-farm")
    demo = commands.add_parser("demo", help="run a few searches on the sample catalogue, as an MCP client does")
    demo.add_argument(
        "--save-to",
        type=Path,
        default=Path(),
        metavar="DIR",
        help="folder for the contact sheet if the terminal shows no pictures (default: the current one)",
    )
    return parser


def _add_install(install: argparse.ArgumentParser) -> None:
    install.epilog = (
        "Exit codes: 0 done, or so already; 1 a host is not on this machine; 2 wrong arguments, or keys are missing; "
        "3 a file was left as it was. docs/hosts.md lists the hosts."
    )
    suppressed = argparse.SUPPRESS  # the options before the command stay as they were given
    install.add_argument("hosts", nargs="*", metavar="HOST", help="such as claude-desktop, cursor, vscode, codex")
    install.add_argument(
        "--all", action="store_true", help="every host that is found on this machine, beside those named"
    )
    install.add_argument("--project", action="store_true", help="write the hosts' files in the current folder instead")
    install.add_argument("--http", dest="url", metavar="URL", help="connect to a server over HTTP at this address")
    install.add_argument("--token-env", metavar="NAME", help="variable with the access token that --http URL asks for")
    install.add_argument("--sandbox", action="store_true", default=suppressed, help="search the samples; no account")
    install.add_argument(
        "--catalogue",
        dest="folders",
        action="append",
        default=[],
        metavar="DIR",
        help="search this folder of pictures or .jsonl documents; no account",
    )
    install.add_argument("--name", default="scenario", help="name of the server in the host (default scenario)")
    install.add_argument("--dry-run", action="store_true", help="say what would be written, and write nothing")
    install.add_argument(
        "--print", dest="only_print", action="store_true", help="show the entry, and a link if there is one"
    )
    install.add_argument("--remove", action="store_true", help="take the server out again")
    install.add_argument(
        "--force", action="store_true", help="replace another entry; write a file that is not there yet"
    )
    install.add_argument(
        "--write-keys", action="store_true", help="write the keys themselves also where the host can read variables"
    )


def _add_export(export: argparse.ArgumentParser) -> None:
    export.add_argument("folder", type=Path, metavar="DIR", help="folder to save into; earlier exports in it stay")
    export.add_argument("--query", default="", help="search words (default: everything, the newest first)")
    export.add_argument("--filter", default="", help="filter expression; needs --assets or --models")
    export.add_argument("--public", action="store_true", help="search the public library instead of your project")
    export.add_argument("--assets", action="store_true", help="save assets only")
    export.add_argument("--models", action="store_true", help="save models only")
    export.add_argument(
        "--most", type=int, default=1000, metavar="N", help="save at most N assets and N models (default 1000)"
    )
    export.add_argument("--no-pictures", action="store_true", help="save the documents without pictures")
