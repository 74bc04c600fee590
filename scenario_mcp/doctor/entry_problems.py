"""What is wrong with an entry as it is written, before it is started: its arguments, its values, its place."""

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from scenario_mcp.doctor import values
from scenario_mcp.doctor.finding import Finding, note, wrong
from scenario_mcp.doctor.host_files import HostEntry, HostFile
from scenario_mcp.doctor.own_entry import CONTAINERS, base_name
from scenario_mcp.doctor.references import replace_references
from scenario_mcp.doctor.setting_names import SECRETS
from scenario_mcp.doctor.settings import unknown_names
from scenario_mcp.doctor.shell import Shell

_WITH_VALUE = frozenset({"--catalogue", "--host", "--port", "--workers"})
_COMMAND = re.compile(r"[a-z]{3,15}")
_INTERACTIVE = frozenset({"-i", "-it", "-ti", "--interactive", "--interactive=true"})


def title_of(entry: HostEntry) -> str:
    """Return how an entry is called in a finding."""
    return f'{entry.host.title}, server "{entry.name}"'


def what_keeps_from_serving(entry: HostEntry) -> Finding | None:
    """Say why what the entry starts is no server for its host; it is not started then."""
    title = title_of(entry)
    if entry.arguments_are_text:
        return wrong(
            f"{title}: its arguments are one text, where hosts take a list",
            f'Write a list in {entry.file}, such as "args": ["--sandbox"]',
        )
    if "--http" in entry.own_arguments:
        return wrong(
            f"{title}: with --http it serves over HTTP, and its host speaks to it over stdio",
            f"Take --http out of its arguments in {entry.file}",
        )
    if command := _command_in(entry.own_arguments):
        return wrong(
            f"{title}: its arguments start the command {command}, not the server",
            f"Take {command} out of its arguments in {entry.file}",
        )
    if base_name(entry.command) in CONTAINERS and not _INTERACTIVE.intersection(entry.arguments):
        return wrong(
            f"{title}: without -i its container reads nothing",
            f'Write "-i" behind "run" in {entry.file}',
        )
    return None


def oddities_of(entry: HostEntry) -> Iterator[Finding]:
    """Yield what is odd in an entry that may still start."""
    title = title_of(entry)
    for name in entry.not_text:
        yield note(
            f"{title}: {name} is no text, and some hosts refuse the whole file then",
            f'Write it in quotation marks in {entry.file}: "{name}": "{_shown(entry, name)}"',
        )
    for name in entry.unknown_inputs:
        yield wrong(
            f'{title}: it refers to the input "{name}", for which {entry.file.name} does not ask',
            f'Add {{"id": "{name}", "type": "promptString", "password": true}} to "inputs" in {entry.file}',
        )
    for name, near in unknown_names(entry.environment):
        step = f"Write {near}" if near else "Take it out"
        yield note(f"{title}: {name} is no setting of this server", f"{step} in {entry.file}")


def twins(entries: Sequence[HostEntry], shell: Shell) -> Iterator[Finding]:
    """Yield entries that start the same in one host: each tool shows twice there."""
    known: dict[tuple[object, ...], HostEntry] = {}
    for entry in entries:
        if entry.is_off:
            continue
        first = known.setdefault((entry.host.name, entry.key), entry)
        is_elsewhere = first.project != entry.project and None not in {first.project, entry.project}
        if first is entry or is_elsewhere:
            continue
        more = ["--project"] if entry.project else []
        more += ["--name", entry.name] if entry.name != "scenario" else []
        where = "" if first.file == entry.file else f" in {first.file} and {entry.file}"
        names = f'"{first.name}" and "{entry.name}"' if first.name != entry.name else f'"{entry.name}"'
        yield note(
            f"{entry.host.title}: the same server is there twice, as {names}{where}",
            shell.own("install", entry.host.name, "--remove", *more),
        )


def misplaced(places: Sequence[tuple[HostFile, str, str]], shell: Shell) -> Iterator[Finding]:
    """Yield entries that stand where their host does not look."""
    for file, keys, name in places:
        where = f'under "{keys}"' if keys else "at the top"
        more = ["--project"] if file.project else []
        more += ["--name", name] if name != "scenario" else []
        yield wrong(
            f'{file.host.title}: the server "{name}" stands {where} in {file.path}, and the host looks under '
            f'"{".".join(file.host.path)}"',
            f"{shell.own('install', file.host.name, *more)}, then take the other out",
        )


def open_to_others(entries: Sequence[HostEntry], shell: Shell) -> Iterator[Finding]:
    """Yield files with keys in them that other users of this machine may read."""
    if os.name != "posix":
        return
    seen: set[Path] = set()
    for entry in entries:
        holds_key = any(
            name in SECRETS and value and replace_references(value, entry.host, {}).value == value
            for name, value in entry.environment.items()
        )
        if not holds_key or entry.file in seen:
            continue
        seen.add(entry.file)
        try:
            is_open = entry.file.stat().st_mode & 0o044
        except OSError:
            continue
        if is_open:
            yield note(
                f"{entry.file} holds keys, and other users of this machine may read it",
                shell.call(["chmod", "600", str(entry.file)]),
            )


def _shown(entry: HostEntry, name: str) -> str:
    return "VALUE" if name in SECRETS else values.shown(name, entry.environment[name])


def _command_in(arguments: Sequence[str]) -> str:
    """Return the first argument that is neither an option nor its value, if it can be the name of a command."""
    index = 0
    while index < len(arguments) and arguments[index].startswith("-"):
        index += 2 if arguments[index] in _WITH_VALUE else 1
    word = arguments[index] if index < len(arguments) else ""
    return word if _COMMAND.fullmatch(word) else ""
