"""The command line: serve (the default), sandbox, demo."""

import argparse
import gc
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from scenario_mcp import __version__, startup
from scenario_mcp.errors import SettingsRefused
from scenario_mcp.settings import WAYS_OUT, Settings

DESCRIPTION = "Search Scenario's assets and models from any MCP client. Without a command it serves MCP over stdio."


def run(arguments: Sequence[str], environ: Mapping[str, str] = os.environ) -> int:
    """Do what the command line says; return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "sandbox":
            return _sandbox(options)
        if options.command == "demo":
            return _demo(options)
        return _serve(environ, sandbox=options.sandbox)
    except SettingsRefused as error:
        sys.stderr.write(f"scenario-mcp: {error}\n")
        return 2
    except KeyboardInterrupt:
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("scenario-mcp", description=DESCRIPTION)
    parser.add_argument("--version", action="version", version=f"scenario-mcp {__version__}")
    parser.add_argument(
        "--sandbox", action="store_true", help="search the built-in sample catalogue; no account needed"
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    sandbox = commands.add_parser("sandbox", help="serve the sample catalogue as a local Scenario API over HTTP")
    sandbox.add_argument(
        "--port", type=int, default=8090, help="port on this machine, 0 for any free one (default 8090)"
    )
    sandbox.add_argument("--key", default="sandbox", help="API key that it accepts (default sandbox)")
    sandbox.add_argument("--secret", default="sandbox", help="API secret that it accepts (default sandbox)")
    sandbox.add_argument(
        "--fault",
        metavar="KIND[:N]",
        help="make every N-th call fail in this way, such as 429:3; the README lists the kinds",
    )
    demo = commands.add_parser("demo", help="run a few searches on the sample catalogue as an MCP client would")
    demo.add_argument(
        "--save-to", type=Path, default=Path(), metavar="DIR", help="where the picture goes (default: here)"
    )
    return parser


def _serve(environ: Mapping[str, str], *, sandbox: bool) -> int:
    settings = Settings.from_environ({**environ, "SCENARIO_MCP_SANDBOX": "1"} if sandbox else environ)
    _log_to_stderr(settings.log_level)
    if not (settings.sandbox or settings.has_credentials):
        logging.getLogger(__name__).warning("No credentials: every search will be refused. %s", WAYS_OUT)
    # Importing the SDK builds some ten thousand schema objects that live to the end: looking for garbage among them
    # finds nothing and costs a seventh of the start.
    gc.disable()
    startup.defer_packages()
    import anyio  # noqa: PLC0415  # a wrong setting or --help needs none of the three

    from scenario_mcp import stdio  # noqa: PLC0415
    from scenario_mcp.server import build_server  # noqa: PLC0415

    server = build_server(settings)
    gc.freeze()
    gc.enable()
    anyio.run(stdio.serve, server)
    return 0


def _sandbox(options: argparse.Namespace) -> int:
    from scenario_mcp.sandbox import service  # noqa: PLC0415  # only this command needs a web server
    from scenario_mcp.sandbox.faults import FaultPlan  # noqa: PLC0415

    faults = FaultPlan.parse(options.fault) if options.fault else None
    service.serve(port=options.port, api_key=options.key, api_secret=options.secret, faults=faults)
    return 0


def _demo(options: argparse.Namespace) -> int:
    from scenario_mcp import demo  # noqa: PLC0415  # only this command needs an MCP client

    return demo.run(options.save_to)


def _log_to_stderr(level: str) -> None:
    logging.basicConfig(stream=sys.stderr, level=level.upper(), format="%(levelname)s %(name)s: %(message)s")
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)  # below it they log whole addresses, signatures included
