"""`scenario-mcp install`: hosts named or found, each given the server or freed of it, and what a person reads of it."""

import difflib
import getpass
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from scenario_mcp import text
from scenario_mcp.errors import SettingsRefused
from scenario_mcp.hosts import config_file, places
from scenario_mcp.hosts.entry import Entry, LocalServer, Server, make_entry
from scenario_mcp.hosts.host import Host
from scenario_mcp.hosts.installation import FileRefused, Installation, Outcome, new_text
from scenario_mcp.hosts.links import install_link
from scenario_mcp.hosts.places import Machine
from scenario_mcp.hosts.secrets import SecretReader, placeholder
from scenario_mcp.hosts.table import BY_NAME, HOSTS

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,29}")
"""Hosts put it before a tool's name, and some count 60 characters for both; Gemini CLI takes `_` for the end of it."""
_NO_PROJECT_FILE = "It has no file for a project: leave --project out."


class ExitCode(IntEnum):
    """How the command ends; of several hosts the highest counts."""

    DONE = 0
    NOT_FOUND = 1
    """A host is not on this machine, no host is, or it has no file for a project."""
    WRONG_ARGUMENTS = 2
    REFUSED = 3
    """A file was left as it was, or the host takes this server in another way."""


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for."""

    hosts: tuple[str, ...]
    name: str
    server: Server | None = None
    """What goes in; None takes the server of that name out."""
    all_found: bool = False
    project: Path | None = None
    force: bool = False
    dry_run: bool = False
    only_print: bool = False
    write_secrets: bool = False


def ask_at_terminal() -> Callable[[str], str] | None:
    """Return a way to ask the person for a secret; None if there is nobody."""
    return _ask if sys.stdin is not None and sys.stdin.isatty() else None


def _ask(question: str) -> str:
    try:
        return getpass.getpass(question)
    except EOFError:
        return ""


def run(request: Request, machine: Machine, secrets: SecretReader) -> ExitCode:
    """Do what was asked for, host by host; return how it ended.

    Raises:
        SettingsRefused: an argument or a secret is wrong; no file was written.

    """
    if not NAME.fullmatch(request.name):
        raise SettingsRefused("--name takes up to 30 letters, digits and hyphens, such as scenario-art.")
    hosts = _hosts(request, machine)
    if not hosts:
        _say(f"No host was found on this machine. Name one of: {', '.join(BY_NAME)}.")
        return ExitCode.NOT_FOUND
    entries = {host.name: _entry(host, request, machine, secrets) for host in hosts}  # before anything is written
    return max([_do(host, request, machine, entries[host.name]) for host in hosts])


def _hosts(request: Request, machine: Machine) -> list[Host]:
    for name in request.hosts:
        if name not in BY_NAME:
            near = difflib.get_close_matches(name.lower(), BY_NAME, 1)
            meant = f" Did you mean {near[0]}?" if near else ""
            raise SettingsRefused(f"{name[:40]!a} is no host.{meant} Hosts: {', '.join(BY_NAME)}.")
    found = [host for host in HOSTS if host.files and places.is_installed(host, machine)]
    if not request.hosts and not request.all_found:
        installed = ", ".join(host.name for host in found) or "no host"
        raise SettingsRefused(
            f"Name a host, or give --all. Found on this machine: {installed}. Hosts: {', '.join(BY_NAME)}."
        )
    named = [BY_NAME[name] for name in request.hosts]
    more = [host for host in found if not request.project or host.project_files] if request.all_found else []
    return list({host.name: host for host in (*named, *more)}.values())


def _entry(host: Host, request: Request, machine: Machine, secrets: SecretReader) -> Entry | None:
    """Return what will stand in the host's files; None if none of them will be written.

    What is only shown has placeholders in place of secrets.
    """
    if request.server is None or (host.remote is None and not isinstance(request.server, LocalServer)):
        return None
    if request.only_print or not host.files:
        return make_entry(host, request.server, placeholder, write_secrets=request.write_secrets)
    if _problem(host, request, machine):
        return None
    try:
        return make_entry(host, request.server, secrets, write_secrets=request.write_secrets)
    except SettingsRefused:
        if not request.dry_run:
            raise
        return make_entry(host, request.server, placeholder, write_secrets=request.write_secrets)


def _do(host: Host, request: Request, machine: Machine, entry: Entry | None) -> ExitCode:
    _say(host.title)
    if request.server is None:
        return _remove(host, request, machine)
    if host.remote is None and not isinstance(request.server, LocalServer):
        _say(f"  not written  Its file takes no server over HTTP. {host.no_remote}")
        return ExitCode.DONE if request.only_print else ExitCode.REFUSED
    if entry is None:
        _say(f"  not written  {_problem(host, request, machine)}")
        return ExitCode.NOT_FOUND
    if request.only_print or not host.files:
        _print(host, request, machine, entry, request.server)
        return ExitCode.DONE
    code = ExitCode.DONE
    for path in _files(host, request, machine):
        try:
            installation = Installation(path, host, request.name)
            outcome = installation.install(entry, force=request.force, dry_run=request.dry_run)
        except FileRefused as error:
            _say(f"  not written  {error}")
            code = ExitCode.REFUSED
            continue
        for line in _report(path, outcome, entry, request):
            _say(line)
    if code is ExitCode.DONE:
        for line in _next_steps(host, request.server, entry):
            _say(line)
    return code


def _remove(host: Host, request: Request, machine: Machine) -> ExitCode:
    if not host.files:
        _say("  not removed  It has no file: remove the server in its settings.")
        return ExitCode.REFUSED
    if request.project is not None and not host.project_files:
        _say(f"  not removed  {_NO_PROJECT_FILE}")
        return ExitCode.NOT_FOUND
    code = ExitCode.DONE
    would = "would be " if request.dry_run else ""
    for path in _files(host, request, machine):
        try:
            outcome = Installation(path, host, request.name).remove(dry_run=request.dry_run)
        except FileRefused as error:
            _say(f"  not removed  {error}")
            code = ExitCode.REFUSED
            continue
        match outcome.what:
            case "absent":
                _say(f'  nothing to do  {path} has no server "{request.name}".')
            case "restored":
                _say(f"  {would}removed  {path}: as it was before ({_others(outcome.others)}).")
            case "deleted":
                _say(f"  {would}deleted  {path}: it held nothing else.")
            case _:
                _say(f"  {would}removed  {path} ({_others(outcome.others)}).")
    return code


def _files(host: Host, request: Request, machine: Machine) -> tuple[Path, ...]:
    if request.project is None:
        return places.files_to_write(host, machine)
    path = places.project_file(host, request.project)
    return (path,) if path else ()


def _problem(host: Host, request: Request, machine: Machine) -> str:
    """Say why there is no file to write; nothing if there is one."""
    if request.project is not None:
        return "" if host.project_files else _NO_PROJECT_FILE
    if request.force or places.is_installed(host, machine):
        return ""
    looked_at = [str(place.sign) for place in places.user_places(host, machine)]
    signs = [sign.format_map(machine.variables) for sign in host.signs] or looked_at
    return (
        f"It was not found on this machine (no {' and no '.join(signs[:2])}). "
        "Start it once, or write its file with --force."
    )


def _report(path: Path, outcome: Outcome, entry: Entry, request: Request) -> Iterator[str]:
    if outcome.what == "unchanged":
        yield f"  unchanged    {path}: the server stands in it already ({_others(outcome.others)})."
        return
    before = "a new file" if outcome.is_new else _others(outcome.others)
    yield f"  {'would write' if request.dry_run else 'written'}{'  ' if request.dry_run else '      '}{path} ({before})"
    if outcome.replaced:
        yield f"  replaced     an entry for {text.clean(outcome.replaced, 200)}"
    if outcome.copy:
        yield f"  copy         {outcome.copy}"
    if entry.written:
        keys = " and ".join(entry.written)
        if request.dry_run:
            yield f"  warning      The file would hold {keys} as plain text."
        else:
            readers = "you alone" if config_file.is_private(path) else "whoever may open its folder"
            yield f"  warning      The file holds {keys} as plain text, readable by {readers}."
        if request.project is not None:
            yield "  warning      It lies in a project: keep it out of version control."


def _next_steps(host: Host, server: Server, entry: Entry) -> Iterator[str]:
    if isinstance(server, LocalServer):
        yield f"  starts       {server.launch.shown}"
    else:
        yield f"  asks         {server.url}"
    if keys := _keys(host, entry):
        yield f"  keys         {keys}"
    yield f"  next         {host.see}"


def _keys(host: Host, entry: Entry) -> str:
    """Say how a host that reads secrets comes by them; nothing if they stand in the entry, or it needs none."""
    if entry.inputs:
        return f"{host.title} asks for them when it first starts the server, and keeps them."
    if entry.referenced:
        them = "them" if len(entry.referenced) > 1 else "it"
        names = " and ".join(entry.referenced)
        return f"{host.title} reads {names}: set {them} in the environment that it starts with."
    return ""


def _print(host: Host, request: Request, machine: Machine, entry: Entry, server: Server) -> None:
    files = _files(host, request, machine)
    for path in files:
        _say(f"  file  {path}")
    _say("")
    for line in new_text(host, request.name, entry).splitlines():
        _say(f"    {line}" if line else "")
    _say("")
    if link := install_link(host, server, entry) if host.link else "":
        _say(f"  link  {link}")
    if entry.written:
        _say(f"  keys  Put the values in place of {' and '.join(map(placeholder, entry.written))}.")
    elif keys := _keys(host, entry):
        _say(f"  keys  {keys}")
    _say(f"  next  {host.see}")


def _others(count: int) -> str:
    return "1 other server stays" if count == 1 else f"{count or 'no'} other servers{' stay' if count else ''}"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
