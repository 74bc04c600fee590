"""`export`: the hits of a search, saved as a catalogue folder."""

import argparse
from collections.abc import Mapping
from pathlib import Path

from scenario_mcp import logs
from scenario_mcp.commands import add_catalogue_options
from scenario_mcp.errors import SettingsRefused
from scenario_mcp.ids import RESOURCE_TYPES
from scenario_mcp.settings import Settings


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.epilog = (
        "Exit codes: 0 done; 1 it ended early, and the same command continues; 2 wrong arguments or settings, or a "
        "folder that cannot be written. docs/own-catalogue.md says what the folder holds."
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help="folder to save into; earlier exports in it stay")
    add_catalogue_options(
        parser,
        sandbox="save from the samples; no account needed",
        catalogue="save from this folder of pictures or .jsonl documents; may be given several times",
    )
    parser.add_argument("--query", default="", help="search words (default: everything, the newest first)")
    parser.add_argument("--filter", default="", help="filter expression; needs --assets or --models")
    parser.add_argument("--public", action="store_true", help="search the public library instead of your project")
    parser.add_argument("--assets", action="store_true", help="save assets only")
    parser.add_argument("--models", action="store_true", help="save models only")
    parser.add_argument(
        "--most", type=int, default=1000, metavar="N", help="save at most N assets and N models (default 1000)"
    )
    parser.add_argument("--no-pictures", action="store_true", help="save the documents without pictures")


def run(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Save what the search finds; return the exit code."""
    if options.filter and options.assets == options.models:
        raise SettingsRefused("A filter is either of assets or of models: add --assets or --models.")
    if options.most < 1:
        raise SettingsRefused("--most must be at least 1.")
    settings = Settings.from_environ(environ)
    logs.open_log(settings.log_level, settings.credentials.secrets)
    from scenario_mcp.export import exporter
    from scenario_mcp.export.request import ExportRequest
    from scenario_mcp.hosts.launch import typed_program
    from scenario_mcp.terminal.session import opened
    from scenario_mcp.terminal.wording import for_terminal

    request = ExportRequest(
        resource_types=tuple(each for each in RESOURCE_TYPES if getattr(options, each)) or RESOURCE_TYPES,
        query=options.query,
        filter=options.filter,
        public=options.public,
        most=options.most,
        with_pictures=not options.no_pictures,
    )
    program = typed_program(environ)
    return exporter.run(options.folder, request, settings, opened=opened, program=program, wording=for_terminal)
