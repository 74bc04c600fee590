"""`install`: this server put into the hosts of this machine."""

import argparse
from collections.abc import Mapping
from pathlib import Path

from scenario_mcp import interruption
from scenario_mcp.commands import add_catalogue_options
from scenario_mcp.errors import SettingsRefused


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.epilog = (
        "Exit codes: 0 done, or so already; 1 a host is not on this machine; 2 wrong arguments, or keys are missing; "
        "3 a file was left as it was. docs/hosts.md lists the hosts."
    )
    parser.add_argument("hosts", nargs="*", metavar="HOST", help="such as claude-desktop, cursor, vscode, codex")
    parser.add_argument(
        "--all", action="store_true", help="every host that is found on this machine, beside those named"
    )
    parser.add_argument("--project", action="store_true", help="write the hosts' files in the current folder instead")
    parser.add_argument("--http", dest="url", metavar="URL", help="connect to a server over HTTP at this address")
    parser.add_argument("--token-env", metavar="NAME", help="variable with the access token that --http URL asks for")
    add_catalogue_options(
        parser,
        sandbox="search the samples; no account",
        catalogue="search this folder of pictures or .jsonl documents; no account",
    )
    parser.add_argument("--name", default="scenario", help="name of the server in the host (default scenario)")
    parser.add_argument("--dry-run", action="store_true", help="say what would be written, and write nothing")
    parser.add_argument(
        "--print", dest="only_print", action="store_true", help="show the entry, and a link if there is one"
    )
    parser.add_argument("--remove", action="store_true", help="take the server out again")
    parser.add_argument(
        "--force", action="store_true", help="replace another entry; write a file that is not there yet"
    )
    parser.add_argument(
        "--write-keys", action="store_true", help="write the keys themselves also where the host can read variables"
    )


def run(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Put the server into the hosts that are named, or take it out; return the exit code."""
    _refuse_options_without_effect(options)
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
            folders=(*(options.catalogue or ()), *options.folders),
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
    with interruption.raised():  # a question that hides what is typed, and files half way
        return command.run(request, Machine.here(environ), SecretReader(environ, command.ask_at_terminal()))


def _refuse_options_without_effect(options: argparse.Namespace) -> None:
    given = {
        "--http": options.url,
        "--token-env": options.token_env,
        "--sandbox": options.sandbox,
        "--catalogue": options.catalogue or options.folders,
        "--dry-run": options.dry_run,
        "--print": options.only_print,
        "--force": options.force,
        "--write-keys": options.write_keys,
    }
    without_effect: dict[str, tuple[str, ...]] = {}
    if options.remove:
        without_effect["--remove"] = tuple(name for name in given if name != "--dry-run")
    if options.only_print:
        without_effect["--print"] = ("--dry-run", "--force")
    if options.sandbox:
        without_effect["--sandbox"] = ("--write-keys",)
    if options.catalogue or options.folders:
        without_effect["--catalogue"] = ("--write-keys",)
    for cause, names in without_effect.items():
        for name in names:
            if given[name]:
                raise SettingsRefused(f"{name} has no effect with {cause}. Leave one of them out.")
