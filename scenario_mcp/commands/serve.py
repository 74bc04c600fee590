"""Without a command: the MCP server, over stdio or, with `--http`, over HTTP."""

import argparse
import gc
import logging
import os
import signal
import sys
from collections.abc import Mapping

from scenario_mcp import logs
from scenario_mcp.errors import SettingsRefused
from scenario_mcp.settings import NAMES, Settings
from scenario_mcp.transports import lazy_sdk

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000
SHARED_OPTIONS = ("--sandbox", "--catalogue")
"""Options that a command may have, too, with the same meaning."""
_HTTP_OPTIONS = ("--host", "--port", "--workers")
_LOG = logging.getLogger(__name__)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the server itself."""
    parser.add_argument(
        "--sandbox", action="store_true", help="search the built-in sample catalogue; no account needed"
    )
    parser.add_argument(
        "--catalogue",
        action="append",
        metavar="DIR",
        help="search this folder of pictures or .jsonl documents; may be given several times; no account needed",
    )
    parser.add_argument(
        "--stdio", action="store_true", help="serve MCP over stdio, in a terminal too (the default elsewhere)"
    )
    parser.add_argument("--http", action="store_true", help="serve MCP over HTTP at /mcp; see docs/hosting.md")
    # Under names of their own: commands have options that are written alike.
    parser.add_argument(
        "--host", dest="http_host", metavar="HOST", help=f"address to listen to with --http (default {DEFAULT_HOST})"
    )
    parser.add_argument(
        "--port",
        dest="http_port",
        metavar="PORT",
        type=int,
        help=f"port to listen to with --http, 0 for any free one (default {DEFAULT_PORT})",
    )
    parser.add_argument(
        "--workers", dest="http_workers", type=int, metavar="N", help="processes that serve with --http (default 1)"
    )


def given_options(options: argparse.Namespace) -> list[str]:
    """Return the options of the server itself that were given."""
    values = {
        "--sandbox": options.sandbox or None,
        "--catalogue": options.catalogue,
        "--stdio": options.stdio or None,
        "--http": options.http or None,
        "--host": options.http_host,
        "--port": options.http_port,
        "--workers": options.http_workers,
    }
    return [name for name, value in values.items() if value is not None]


def run(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Serve until the client or a signal ends it; in a terminal say what to type instead. Return the exit code."""
    given = given_options(options)
    if options.http and options.stdio:
        raise SettingsRefused("--http and --stdio are two ways to serve. Give one of them.")
    if options.http:
        return _serve_http(options, environ)
    if without_http := [option for option in given if option in _HTTP_OPTIONS]:
        verb = "needs" if len(without_http) == 1 else "need"
        raise SettingsRefused(f"{' and '.join(without_http)} {verb} --http: without it MCP is served over stdio.")
    if sys.stdin.isatty():
        from scenario_mcp.hosts.launch import typed_program
        from scenario_mcp.terminal import introduction

        if given:
            sys.stderr.write(introduction.WAITING)
        else:
            sys.stderr.write(introduction.introduce(typed_program(environ)))
            if not introduction.is_message_coming():
                return 0
    return _serve_stdio(environ)


def _serve_stdio(environ: Mapping[str, str]) -> int:
    settings = _read_settings(environ)
    if any(name.startswith("SCENARIO_MCP_") and name not in NAMES for name in environ):
        from scenario_mcp.http_server.settings import without_effect_over_stdio

        for sentence in without_effect_over_stdio(environ):
            _LOG.warning("%s", sentence)
    if not settings.can_search:
        _LOG.warning("Every search will be refused. %s", settings.why_without_credentials)
    # Importing the SDK builds some ten thousand schema objects that live to the end: looking for garbage among them
    # finds nothing.
    gc.disable()
    lazy_sdk.load_lowlevel()
    import anyio

    from scenario_mcp.server.app import build_server
    from scenario_mcp.transports import stdio

    server = build_server(settings)
    gc.freeze()
    gc.enable()
    anyio.run(stdio.serve, server)
    return 0


def _serve_http(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)  # until the web server takes them, and after it has done what they ask for
    settings = _read_settings(environ)
    from scenario_mcp.http_server.settings import HttpSettings

    http = HttpSettings.from_environ(
        environ,
        settings,
        host=DEFAULT_HOST if options.http_host is None else options.http_host,
        port=DEFAULT_PORT if options.http_port is None else options.http_port,
        workers=1 if options.http_workers is None else options.http_workers,
    )
    from scenario_mcp.http_server import service

    return service.run(settings, http)


def _end(*_: object) -> None:
    sys.exit(0)


def _read_settings(environ: Mapping[str, str]) -> Settings:
    settings = Settings.from_environ(environ)
    logs.open_log(settings.log_level, settings.credentials.secrets)
    for folder in settings.image_folders:
        if not os.path.isdir(folder):  # noqa: PTH112  # which never raises
            _LOG.warning("The folder %s of SCENARIO_MCP_IMAGE_FOLDERS is missing: no picture is read from it.", folder)
    for name in settings.unfilled:
        _LOG.warning("%s holds a placeholder, so it counts as not set.", name)
    if settings.upstream.fault:
        from scenario_mcp.sandbox.faults import FaultPlan

        FaultPlan.parse(settings.upstream.fault)
    return settings
