"""The command line: serve over stdio (the default) or HTTP, install, sandbox, export, demo, token."""

import argparse
import gc
import logging
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from scenario_mcp import __version__, logs
from scenario_mcp.errors import SettingsRefused
from scenario_mcp.ids import RESOURCE_TYPES
from scenario_mcp.settings import HOW_TO_AUTHENTICATE, Settings, read_catalogue
from scenario_mcp.transports import lazy_sdk

DESCRIPTION = (
    "Search Scenario's assets and models from any MCP client. Without a command it serves MCP: over stdio, or with "
    "--http over HTTP."
)
Command = Callable[[argparse.Namespace, Mapping[str, str]], int]
DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000


def run(arguments: Sequence[str], environ: Mapping[str, str] = os.environ) -> int:
    """Do what the command line says; return the exit code."""
    options = _parser().parse_args(arguments)
    if options.command is not None:  # these have something to end
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        if options.catalogue is not None:
            environ = {**environ, "SCENARIO_MCP_CATALOGUE": os.pathsep.join(options.catalogue)}
        command: Command = options.run
        return command(options, environ)
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
    parser.set_defaults(run=_serve)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    _add_install(commands.add_parser("install", help="put this server into Claude Desktop, Cursor, and other hosts"))
    sandbox = commands.add_parser("sandbox", help="serve the sample catalogue as a local Scenario API over HTTP")
    sandbox.set_defaults(run=_sandbox)
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
    token.set_defaults(run=_token)
    token.add_argument("name", metavar="NAME", help="name of its holder, such as build-farm")
    demo = commands.add_parser("demo", help="run a few searches on the sample catalogue, as an MCP client does")
    demo.set_defaults(run=_demo)
    demo.add_argument(
        "--save-to",
        type=Path,
        default=Path(),
        metavar="DIR",
        help="folder for the contact sheet if the terminal shows no pictures (default: the current one)",
    )
    return parser


def _add_install(install: argparse.ArgumentParser) -> None:
    install.set_defaults(run=_install)
    install.epilog = (
        "Exit codes: 0 done, or so already; 1 a host is not on this machine; 2 wrong arguments, or keys are missing; "
        "3 a file was left as it was. docs/hosts.md lists the hosts."
    )
    suppressed = argparse.SUPPRESS  # the options before the command stay as they were given
    install.add_argument("hosts", nargs="*", metavar="HOST", help="such as claude-desktop, cursor, vscode, codex")
    install.add_argument("--all", action="store_true", help="every host that is found on this machine")
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
    export.set_defaults(run=_export)
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
        project=Path.cwd() if options.project else None,
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
