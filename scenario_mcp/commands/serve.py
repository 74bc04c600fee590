"""Without a command: the MCP server, over stdio or, with `--http`, over HTTP."""

import argparse
import gc
import logging
import signal
import sys
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, TypeVar

from scenario_mcp import logs
from scenario_mcp.environment import shown, without
from scenario_mcp.errors import SettingsRefused
from scenario_mcp.setting_warnings import setting_warnings, unreachable_warning
from scenario_mcp.settings import NAMES, Settings
from scenario_mcp.transports import garbage, lazy_sdk

if TYPE_CHECKING:  # a server over stdio does without
    from scenario_mcp.http_server.settings import HttpSettings

OptionT = TypeVar("OptionT", str, int)

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
    return _serve_stdio(options, environ)


def read_settings(options: argparse.Namespace, environ: Mapping[str, str]) -> "tuple[Settings, HttpSettings | None]":
    """Read all settings; those of HTTP only if it is asked for.

    Raises:
        SettingsRefused: a line for each setting at fault.

    """
    try:
        return _read_settings(options, environ)
    except SettingsRefused:
        from scenario_mcp.refusals import all_refusals

        raise all_refusals(lambda left_out: _read_settings(options, environ, left_out)) from None


def _serve_stdio(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    settings, _ = read_settings(options, environ)
    _open_log(settings, environ)
    if any(name.startswith("SCENARIO_MCP_") and name not in NAMES for name in environ):
        from scenario_mcp.http_server.settings import without_effect_over_stdio

        for sentence in without_effect_over_stdio(environ):
            _LOG.warning("%s", sentence)
    if problem := unreachable_warning(environ, settings) if settings.can_search else settings.why_without_credentials:
        _LOG.warning("Every search will be refused. %s", problem)
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
    gc.set_threshold(*garbage.THRESHOLDS)
    anyio.run(stdio.serve, server)
    return 0


def _serve_http(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)  # until the web server takes them, and after it has done what they ask for
    settings, http = read_settings(options, environ)
    assert http is not None  # noqa: S101  # it is asked for
    _open_log(settings, environ)
    from scenario_mcp.http_server import service

    return service.run(settings, http)


def _end(*_: object) -> None:
    sys.exit(0)


def _read_settings(
    options: argparse.Namespace, environ: Mapping[str, str], left_out: Collection[str] = ()
) -> "tuple[Settings, HttpSettings | None]":
    """Read all settings but those that are left out, variables or options by their names."""
    if left_out:
        environ = without(environ, [name for name in environ if name in left_out or shown(environ, name) in left_out])
    settings = Settings.from_environ(environ)
    if settings.upstream.fault:
        from scenario_mcp.sandbox.faults import FaultPlan

        FaultPlan.parse(settings.upstream.fault)
    if not options.http:
        return settings, None
    from scenario_mcp.http_server.settings import HttpSettings

    def given(option: str, value: OptionT | None, default: OptionT) -> OptionT:
        return default if value is None or option in left_out else value

    http = HttpSettings.from_environ(
        environ,
        settings,
        host=given("--host", options.http_host, DEFAULT_HOST),
        port=given("--port", options.http_port, DEFAULT_PORT),
        workers=given("--workers", options.http_workers, 1),
    )
    if problem := unreachable_warning(environ, settings):
        raise SettingsRefused(problem)  # no caller could do anything about it
    return settings, http


def _open_log(settings: Settings, environ: Mapping[str, str]) -> None:
    """Open the log, and say in it which settings may not do what their writer expects."""
    logs.open_log(settings.log_level, settings.credentials.secrets)
    for sentence in setting_warnings(environ, settings):
        _LOG.warning("%s", sentence)
