"""How a host would start an entry: its program as that host finds it, its environment, and what is wrong with them."""

import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scenario_mcp.doctor import values
from scenario_mcp.doctor.entry_problems import oddities_of, title_of, what_keeps_from_serving
from scenario_mcp.doctor.finding import Finding, note, wrong
from scenario_mcp.doctor.host_files import HostEntry
from scenario_mcp.doctor.own_entry import base_name, holds_arguments
from scenario_mcp.doctor.references import replace_references
from scenario_mcp.doctor.setting_names import SECRETS
from scenario_mcp.doctor.shell import Shell
from scenario_mcp.hosts.launch import PROGRAM
from scenario_mcp.hosts.places import Machine, System

SHORT_PATHS: Mapping[System, str] = {
    "linux": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "macos": "/usr/bin:/bin:/usr/sbin:/sbin",
}
"""PATH of a program that is started from the desktop: what launchd gives (macOS), and the common default of Linux
sessions. On Windows it is the user's own."""
_INHERITED: Mapping[System, tuple[str, ...]] = {
    "linux": ("HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER"),
    "macos": ("HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER"),
    "windows": (
        *("APPDATA", "HOMEDRIVE", "HOMEPATH", "LOCALAPPDATA", "PATH", "PATHEXT", "PROCESSOR_ARCHITECTURE"),
        *("SYSTEMDRIVE", "SYSTEMROOT", "TEMP", "USERNAME", "USERPROFILE"),
    ),
}
"""What hosts pass on to a server. Source: the MCP SDKs, which most hosts use."""


@dataclass(frozen=True, slots=True)
class Start:
    """A program to start: by its path, with arguments, environment and folder."""

    program: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str] = field(repr=False)
    folder: str | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """What it has in common with others that start the same."""
        return (self.program, self.arguments, tuple(sorted(self.environment.items())), self.folder)


@dataclass(slots=True)
class Launching:
    """What is found of an entry before it is started."""

    findings: list[Finding]
    start: Start | None = None
    """How to start it; None if the host could not, or would not."""


def prepare(entry: HostEntry, machine: Machine, shell: Shell) -> Launching:
    """Find out how its host would start an entry."""
    title = title_of(entry)
    if entry.is_off:
        key = '"disabled": false' if "enabled" not in entry.host.local else '"enabled": true'
        return Launching([note(f"{title}: it is switched off", f"To use it, write {key} in {entry.file}")])
    if no_server := what_keeps_from_serving(entry):
        return Launching([no_server])
    environment, _ = environment_of(entry, machine)
    findings = [*oddities_of(entry), *_of_environment(entry, machine, title, shell)]
    if entry.folder and not os.path.isdir(entry.folder):  # noqa: PTH112  # which never raises
        findings.append(wrong(f"{title}: its folder {entry.folder} is missing", f"Correct it in {entry.file}"))
        return Launching(findings)
    found = _program(entry, machine, environment, title, shell)
    if isinstance(found, Finding):
        return Launching([*findings, found])
    start = Start(found, entry.arguments, environment, entry.folder or _start_folder(entry, machine))
    return Launching(findings, start)


def install_again(entry: HostEntry, shell: Shell, *more: str) -> str:
    """Return the line that writes the entry anew."""
    words = ["install", entry.host.name]
    words += ["--project"] if entry.project else []
    words += ["--name", entry.name] if entry.name != "scenario" else []
    words += [each for each in entry.arguments if each == "--sandbox"]
    for number, word in enumerate(entry.arguments):
        if word == "--catalogue":
            words += entry.arguments[number : number + 2]
        elif word.startswith("--catalogue="):
            words.append(word)
    return shell.own(*words, "--force", *more)


def environment_of(entry: HostEntry, machine: Machine) -> tuple[dict[str, str], bool]:
    """Return the environment of the server, and whether all of it is known here.

    A host may ask a person for a value, take it from its keyring, or from an environment that is not this one.
    """
    environment = {name: machine.environ[name] for name in _INHERITED[machine.system] if name in machine.environ}
    if machine.home:
        environment.setdefault("USERPROFILE" if machine.system == "windows" else "HOME", machine.home)
    if entry.host.has_short_path and machine.system in SHORT_PATHS:
        environment["PATH"] = SHORT_PATHS[machine.system]
    environment |= {name: machine.environ[name] for name in entry.passed_names if machine.environ.get(name)}
    is_known = all(name in environment for name in entry.passed_names if name in SECRETS)
    for name, written in entry.environment.items():
        replaced = replace_references(written, entry.host, machine.environ)
        environment[name] = replaced.value
        is_known = is_known and not (replaced.unset or replaced.is_asked_for)
    return environment, is_known


def _of_environment(entry: HostEntry, machine: Machine, title: str, shell: Shell) -> Iterator[Finding]:
    searches_here = any(each == "--sandbox" or each.startswith("--catalogue") for each in entry.own_arguments)
    for name, written in entry.environment.items():
        if name.startswith("SCENARIO_") and not (searches_here and name in SECRETS):
            replaced = replace_references(written, entry.host, machine.environ)
            yield from _of_value(entry, name, written, title, shell, unset=replaced.unset, left=replaced.left)
    for name in entry.passed_names:
        if name in SECRETS and not machine.environ.get(name):
            yield note(
                f"{title}: {name} comes from the environment or keyring of {entry.host.title}, and is not set here",
                f"Set it where {entry.host.title} starts: {shell.set_variable(name, 'VALUE')}",
            )


def _of_value(  # noqa: PLR0913  # what the entry says, and what its host makes of it
    entry: HostEntry,
    name: str,
    written: str,
    title: str,
    shell: Shell,
    *,
    unset: tuple[str, ...],
    left: tuple[str, ...],
) -> Iterator[Finding]:
    if unset:
        yield note(
            f"{title}: {name} comes from {' and '.join(unset)}, which is not set here",
            f"Set it where {entry.host.title} starts: {shell.set_variable(unset[0], 'VALUE')}",
        )
        return
    if left:
        yield wrong(
            f"{title}: {name} holds a reference, and {entry.host.title} does not replace it",
            _right_reference(entry, name, shell),
        )
        return
    if not replace_references(written, entry.host, {}).unset and (problem := values.problem(name, written)):
        yield wrong(f"{title}: {name} {problem}", f"Write the value itself in {entry.file}")


def _right_reference(entry: HostEntry, name: str, shell: Shell) -> str:
    if entry.host.reference and not entry.host.asks_for_secrets:
        return f"Write {entry.host.reference.replace('NAME', name)} in {entry.file}"
    if name in SECRETS:
        return f"Have the value itself written: {install_again(entry, shell)}"
    return f"Write the value itself in {entry.file}"


def _start_folder(entry: HostEntry, machine: Machine) -> str | None:
    folder = str(entry.project) if entry.project else machine.home
    return folder if folder and os.path.isdir(folder) else None  # noqa: PTH112  # which never raises


def _program(
    entry: HostEntry, machine: Machine, environment: Mapping[str, str], title: str, shell: Shell
) -> str | Finding:
    """Return the path of the program as the host finds it, or why it does not."""
    written = replace_references(entry.command, entry.host, machine.environ).value
    again = install_again(entry, shell)
    if not written.strip():
        return wrong(f"{title}: it names no program", again)
    if holds_arguments(written):
        return wrong(f"{title}: its command holds arguments, too", f'Part them into "command" and "args": {again}')
    if written.startswith("~"):
        return wrong(f"{title}: {entry.host.title} does not replace the ~ in its command", again)
    if _is_path(written):
        path = Path(entry.folder or entry.project or "") / written
        if not path.is_absolute():
            return wrong(f"{title}: its program is not named by its whole path: {values.shown('', written)}", again)
        return _at(path, entry, title, shell)
    if found := shutil.which(written, path=environment.get("PATH")):
        return found
    if there := shutil.which(written, path=machine.environ.get("PATH")):
        return wrong(
            f"{title}: {entry.host.title} does not look for {written} in {Path(there).parent}",
            f"Write the whole path, {there}, in {entry.file}; or {again}",
        )
    how = "" if base_name(written) == PROGRAM else f"Install {base_name(written)}, or write the entry anew: "
    return wrong(f"{title}: there is no program {values.shown('', written)} here", how + again)


def _at(path: Path, entry: HostEntry, title: str, shell: Shell) -> str | Finding:
    again = install_again(entry, shell)
    shown = values.shown("", str(path))
    try:
        if path.is_file() or (path.with_name(path.name + ".exe").is_file() and not path.suffix):
            if os.access(path, os.X_OK) or path.suffix:
                return str(path)
            return wrong(f"{title}: its program may not be started: {shown}", shell.call(["chmod", "+x", str(path)]))
        if path.is_dir():
            return wrong(f"{title}: its program is a folder: {shown}", again)
    except OSError as error:
        return wrong(f"{title}: its program {shown} cannot be looked at: {error.strerror}", again)
    return wrong(f"{title}: its program is gone: {shown}", again)


def _is_path(command: str) -> bool:
    return "/" in command or "\\" in command
