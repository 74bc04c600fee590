"""The command line: serve over stdio (the default) or HTTP, install, sandbox, export, demo, token."""

import argparse
import gc
import logging
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from scenario_mcp import logs
from scenario_mcp.errors import SettingsRefused
from scenario_mcp.ids import RESOURCE_TYPES
from scenario_mcp.options import make_parser
from scenario_mcp.settings import HOW_TO_AUTHENTICATE, Settings, read_catalogue
from scenario_mcp.transports import lazy_sdk

Command = Callable[[argparse.Namespace, Mapping[str, str]], int]


def run(arguments: Sequence[str], environ: Mapping[str, str] = os.environ) -> int:
    """Do what the command line says; return the exit code."""
    options = make_parser().parse_args(arguments)
    if options.command is not None:  # these have something to end
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        if options.catalogue is not None:
            environ = {**environ, "SCENARIO_MCP_CATALOGUE": os.pathsep.join(options.catalogue)}
        return COMMANDS[options.command](options, environ)
    except SettingsRefused as error:
        sys.stderr.write(f"scenario-mcp: {error}\n")
        return 2
    except KeyboardInterrupt:
        return 0


def _read_settings(environ: Mapping[str, str]) -> Settings:
    settings = Settings.from_environ(environ)
    logs.open_log(settings.log_level, settings.credentials.secrets)
    for folder in settings.image_folders:
        if not os.path.isdir(folder):  # noqa: PTH112  # which never raises
            logging.getLogger(__name__).warning(
                "The folder %s of SCENARIO_MCP_IMAGE_FOLDERS is missing: no picture is read from it.", folder
            )
    if settings.upstream.fault:
        from scenario_mcp.sandbox.faults import FaultPlan

        FaultPlan.parse(settings.upstream.fault)
    return settings


def _serve(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    if options.sandbox:
        environ = {**environ, "SCENARIO_MCP_SANDBOX": "1"}
    return _serve_http(options, environ) if options.http else _serve_stdio(environ)


def _serve_stdio(environ: Mapping[str, str]) -> int:
    settings = _read_settings(environ)
    if not settings.can_search:
        logging.getLogger(__name__).warning("No credentials: every search will be refused. %s", HOW_TO_AUTHENTICATE)
    # Importing the SDK builds some ten thousand schema objects that live to the end: looking for garbage among them
    # finds nothing.
    gc.disable()
    lazy_sdk.defer_packages()
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

    http = HttpSettings.from_environ(environ, settings, host=options.host, port=options.port, workers=options.workers)
    from scenario_mcp.http_server import service

    return service.run(settings, http)


def _end(*_: object) -> None:
    sys.exit(0)


def _install(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    from scenario_mcp.hosts import command
    from scenario_mcp.hosts.places import Machine
    from scenario_mcp.hosts.request import make_server
    from scenario_mcp.hosts.secrets import SecretReader

    try:
        project = Path.cwd() if options.project else None
    except OSError:
        raise SettingsRefused("The current folder is gone. Go to the project's folder, and try again.") from None
    server = None
    if not options.remove:
        server = make_server(
            options.name,
            environ,
            url=options.url,
            token=options.token_env,
            is_sandbox=options.sandbox,
            folders=tuple(options.folders),
        )
    request = command.Request(
        hosts=tuple(options.hosts),
        name=options.name,
        server=server,
        all_found=options.all,
        project=project,
        force=options.force,
        dry_run=options.dry_run,
        only_print=options.only_print,
        write_secrets=options.write_keys,
    )
    return command.run(request, Machine.here(environ), SecretReader(environ, command.ask_at_terminal()))


def _token(options: argparse.Namespace, _environ: Mapping[str, str]) -> int:
    from scenario_mcp.http_server.auth.access_tokens import make_token

    token, entry = make_token(options.name)
    sys.stdout.write(
        f"Token, for {options.name} alone: it is shown once and kept nowhere.\n  {token}\n"
        f"Entry, for SCENARIO_MCP_ACCESS_TOKENS of the server:\n  {entry}\n"
    )
    return 0


def _sandbox(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    from scenario_mcp.sandbox import service
    from scenario_mcp.sandbox.faults import FaultPlan

    faults = FaultPlan.parse(options.fault) if options.fault else None
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


def _export(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    if options.filter and options.assets == options.models:
        raise SettingsRefused("A filter is either of assets or of models: add --assets or --models.")
    if options.most < 1:
        raise SettingsRefused("--most must be at least 1.")
    settings = Settings.from_environ({**environ, "SCENARIO_MCP_SANDBOX": "1"} if options.sandbox else environ)
    logs.open_log(settings.log_level, settings.credentials.secrets)
    from scenario_mcp.export import exporter

    request = exporter.ExportRequest(
        resource_types=tuple(each for each in RESOURCE_TYPES if getattr(options, each)) or RESOURCE_TYPES,
        query=options.query,
        filter=options.filter,
        public=options.public,
        most=options.most,
        with_pictures=not options.no_pictures,
    )
    return exporter.run(options.folder, request, settings)


def _demo(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    from scenario_mcp.hosts.launch import own_launch
    from scenario_mcp.terminal import demo

    try:
        program = own_launch(environ).shown
    except SettingsRefused:  # a cache without its program: the name that was typed
        program = "scenario-mcp"
    return demo.run(options.save_to, program=program)


COMMANDS: Mapping[str | None, Command] = {
    None: _serve,
    "install": _install,
    "sandbox": _sandbox,
    "export": _export,
    "token": _token,
    "demo": _demo,
}
