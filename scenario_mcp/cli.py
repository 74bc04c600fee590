"""The command line: its parser, and the command that is typed; without one, the server itself."""

import argparse
import importlib
import os
import re
import signal
import sys
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn, Protocol, cast

from scenario_mcp import __version__, interruption, standard_streams
from scenario_mcp.commands import serve
from scenario_mcp.environment import OptionEnviron
from scenario_mcp.errors import SettingsRefused

DESCRIPTION = (
    "Search Scenario's assets and models from any MCP client. Without a command it serves MCP: over stdio, or with "
    "--http over HTTP."
)
# What `--help` says of each command. The command's module in `commands` has its name.
COMMANDS = {
    "search": "search assets or models from the terminal",
    "show": "show assets or models by their ids, with all that is known of them",
    "tags": "list the tags of the project",
    "collections": "list the collections of the project",
    "install": "put this server into Claude Desktop, Cursor, and other hosts",
    "doctor": "say what keeps this server from working on this machine, and what to do about it",
    "sandbox": "serve the sample catalogue as a local Scenario API over HTTP",
    "export": "save hits from your account as a catalogue folder",
    "token": "make an access token for callers of a server over HTTP",
    "caller": "tell what the log of a server over HTTP calls somebody",
    "completion": "print a script that completes commands in your shell",
    "demo": "run a few searches on the sample catalogue, as an MCP client does",
}


class Command(Protocol):
    """A module of `commands`."""

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add the options of this command, and what else its help says."""

    def run(self, options: argparse.Namespace, environ: Mapping[str, str]) -> int:
        """Do it; return the exit code."""


def run(arguments: Sequence[str], environ: Mapping[str, str] = os.environ) -> int:
    """Do what the command line says; return the exit code."""
    with interruption.restored():
        return standard_streams.run_safely(lambda: _run(arguments, environ))


def _run(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    if not COMMANDS.keys().isdisjoint(arguments):
        interruption.end_at_once()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        options = _parse(arguments)
        if options.command is not None:
            _refuse_options_before(options)
        return find_command(options.command).run(options, _with_options(environ, options))
    except SettingsRefused as error:
        sys.stderr.write("".join(f"scenario-mcp: {line}\n" for line in str(error).splitlines()))
        return 2
    except KeyboardInterrupt:
        interruption.end_at_once()
        return interruption.EXIT_INTERRUPTED


def _refuse_options_before(options: argparse.Namespace) -> None:
    """Refuse options of the server that stand before a command and mean nothing to it.

    `--sandbox` and `--catalogue` mean the same before and behind a command that has them.
    """
    parser = argparse.ArgumentParser(add_help=False)
    find_command(options.command).add_options(parser)
    has = set(re.findall(r"--[a-z-]+", parser.format_usage()))
    for option in serve.given_options(options):
        if option not in has:
            raise SettingsRefused(f"{option} has no effect on {options.command}. Leave it out.")
        if option not in serve.SHARED_OPTIONS:
            raise SettingsRefused(
                f"{option} before {options.command} is an option of the server. Write it behind: "
                f"scenario-mcp {options.command} {option}"
            )


def _with_options(environ: Mapping[str, str], options: argparse.Namespace) -> Mapping[str, str]:
    """Return the environment with what the options say, which wins over variables."""
    folders = [*(options.catalogue or ()), *getattr(options, "folders", ())]  # before the command and behind it
    if options.sandbox and folders:
        raise SettingsRefused("--sandbox searches the samples, --catalogue your own folders. Give one of them.")
    if options.sandbox:
        values = {"SCENARIO_MCP_SANDBOX": "1", "SCENARIO_MCP_CATALOGUE": ""}
        return OptionEnviron(environ, values, dict.fromkeys(values, "--sandbox"))
    if folders:
        name = "SCENARIO_MCP_CATALOGUE"
        return OptionEnviron(environ, {name: os.pathsep.join(folders)}, {name: "--catalogue"})
    return environ


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Parse the command line; where only the server is asked for, without the commands' parsers.

    They would take a hundredth of its start. Whatever else is in the arguments, such as a mistake, is for the whole
    parser to tell.
    """
    if COMMANDS.keys().isdisjoint(arguments):
        parser = _ServerParser("scenario-mcp", add_help=False)
        parser.set_defaults(command=None)
        serve.add_options(parser)
        with suppress(_NotTheServer):
            options, others = parser.parse_known_args(arguments)
            if not others:
                return options
    return make_parser(arguments).parse_args(arguments)


def make_parser(words: Collection[str] = COMMANDS.keys()) -> argparse.ArgumentParser:
    """Return a parser that knows every command, and the options of those that are among the words.

    So the start of the server does not load the commands. In what is parsed, `command` is None for the server itself.
    """
    parser = argparse.ArgumentParser("scenario-mcp", description=DESCRIPTION)
    parser.add_argument("--version", action="version", version=f"scenario-mcp {__version__}")
    parser.set_defaults(make_parser=make_parser)  # the completion is made of it
    serve.add_options(parser)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=_CommandParser)
    for name, meaning in COMMANDS.items():
        command = commands.add_parser(name, help=meaning)
        if name in words:
            find_command(name).add_options(command)
    return parser


class _NotTheServer(Exception):
    """More is in the arguments than options of the server."""


class _ServerParser(argparse.ArgumentParser):
    """A parser of the server's own options."""

    def error(self, message: str) -> NoReturn:
        raise _NotTheServer(message)


class _CommandParser(argparse.ArgumentParser):
    """The parser of a command: options may stand anywhere among its words, which argparse refuses by default."""

    _is_parsing = False

    def parse_known_args(  # type: ignore[override]  # its overloads say no more
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        if self._is_parsing:  # one of the passes over options and words
            return super().parse_known_args(args, namespace)
        self._is_parsing = True
        try:
            found, others = self.parse_known_intermixed_args(_with_marked_words(args), namespace)
        finally:
            self._is_parsing = False
        for name, value in vars(found).items():
            setattr(found, name, [*map(_unmarked, value)] if isinstance(value, list) else _unmarked(value))
        return found, [word.removeprefix(_MARK) for word in others]


_MARK = "\0"
"""Before a word that is no option though it begins as one; no argument of a program holds this character."""


def _with_marked_words(arguments: Sequence[str] | None) -> Sequence[str] | None:
    """Return arguments without a `--`, the words behind which are marked: the passes of argparse would lose it."""
    if arguments is None or "--" not in arguments:
        return arguments
    end = [*arguments].index("--")
    return [*arguments[:end], *(_MARK * word.startswith("-") + word for word in arguments[end + 1 :])]


def _unmarked(value: object) -> object:
    if isinstance(value, Path):
        return Path(str(value).removeprefix(_MARK))
    return value.removeprefix(_MARK) if isinstance(value, str) else value


def find_command(name: str | None) -> Command:
    """Return the module of a command; without a name, that of the server."""
    return cast("Command", serve if name is None else importlib.import_module(f"scenario_mcp.commands.{name}"))
