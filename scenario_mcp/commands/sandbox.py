"""`sandbox`: a catalogue served as a local Scenario API over HTTP."""

import argparse
from collections.abc import Mapping
from pathlib import Path

from scenario_mcp.commands import add_catalogue_options
from scenario_mcp.settings import read_catalogue


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    add_catalogue_options(
        parser,
        catalogue="serve this folder of pictures or .jsonl documents instead; may be given several times",
    )
    parser.add_argument(
        "--port", type=int, default=8090, help="port on this machine, 0 for any free one (default 8090)"
    )
    parser.add_argument("--key", default="sandbox", help="accepted API key (default sandbox)")
    parser.add_argument("--secret", default="sandbox", help="accepted API secret (default sandbox)")
    parser.add_argument(
        "--fault",
        metavar="KIND[:N]",
        help="make every N-th call fail with this fault, such as 429:3; docs/sandbox.md lists the faults",
    )
    parser.add_argument("--quiet", action="store_true", help="do not show the requests in the terminal")


def run(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Serve until a signal ends it; return the exit code."""
    from scenario_mcp.sandbox import service
    from scenario_mcp.sandbox.faults import FaultPlan

    faults = FaultPlan.parse(options.fault, "--fault") if options.fault else None
    folders = read_catalogue(environ)
    service.serve(
        port=options.port,
        api_key=options.key,
        api_secret=options.secret,
        faults=faults,
        folders=[Path(folder) for folder in folders],
        is_quiet=options.quiet,
    )
    return 0
