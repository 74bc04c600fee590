"""Leftovers: this server in files that no host reads, and copies that `install` left behind."""

from collections.abc import Iterator
from pathlib import Path

from scenario_mcp.doctor.finding import Finding, note, wrong
from scenario_mcp.doctor.host_files import HostFile, HostFiles, entries_in
from scenario_mcp.doctor.shell import Shell
from scenario_mcp.hosts import config_file
from scenario_mcp.hosts.documents.problems import NotEditable, Unparsable
from scenario_mcp.hosts.host import Host
from scenario_mcp.hosts.places import Machine, Place, user_places
from scenario_mcp.hosts.table import BY_NAME, HOSTS

_NOT_READ = {
    "claude-desktop": (
        "{config}/claude/claude_desktop_config.json",
        "{config}/Claude/claude_config.json",
        "{config}/Claude/config.json",
        "{home}/Library/Application Support/Claude/claude_desktop_config.json",
        "{home}/Library/Application Support/claude_desktop_config.json",
        "{home}/AppData/Roaming/Claude/claude_desktop_config.json",
        "{support}/Claude/claude_config.json",
        "{support}/claude_desktop_config.json",
        "{home}/.claude/claude_desktop_config.json",
        "{home}/claude_desktop_config.json",
        "{config}/claude_desktop_config.json",
    ),
    "claude-code": (
        "{home}/.claude/mcp.json",
        "{home}/.claude/.mcp.json",
        "{home}/.claude/settings.json",
        "{home}/.mcp.json",
    ),
    "cursor": ("{support}/Cursor/User/mcp.json", "{config}/cursor/mcp.json", "{home}/.cursor/mcp_config.json"),
    "vscode": ("{home}/.vscode/mcp.json", "{support}/Code/mcp.json"),
    "windsurf": ("{home}/.codeium/mcp_config.json", "{home}/.windsurf/mcp_config.json"),
    "codex": ("{config}/codex/config.toml",),
    "gemini-cli": ("{home}/.gemini/mcp.json", "{config}/gemini/settings.json"),
    "antigravity": ("{home}/.gemini/antigravity-cli/mcp_config.json", "{home}/.gemini/antigravity/mcp_config.json"),
    "zed": ("{home}/Library/Application Support/Zed/settings.json", "{home}/.zed/settings.json"),
    "lm-studio": ("{config}/lmstudio/mcp.json", "{home}/.lm-studio/mcp.json"),
    "kiro": ("{home}/.kiro/mcp.json", "{home}/.aws/amazonq/mcp.json"),
    "opencode": ("{home}/.opencode/opencode.json", "{home}/.opencode.json"),
}
"""Where people and other programs put such a file, and the host does not look."""


def find_leftovers(machine: Machine, folder: Path, found: HostFiles, shell: Shell) -> Iterator[Finding]:
    """Yield what is found beside what hosts read."""
    yield from _editions_without(machine, found, shell)
    known = {_real(each.path) for each in found.read}
    seen: set[Path] = set()
    for host, path in _unread_files(machine, folder):
        real = _real(path)
        if real in known or real in seen or not _holds_entry(host, path):
            continue
        seen.add(real)
        yield wrong(
            f"{host.title} does not read {path}, where this server is written",
            f"{shell.own('install', host.name)}, then {shell.delete(str(path))} unless it holds more",
        )
    for each in found.read:
        yield from _copies(each, shell)


def _editions_without(machine: Machine, found: HostFiles, shell: Shell) -> Iterator[Finding]:
    """Yield files of a host with several editions that lack this server, where another edition has it."""
    for host in HOSTS:
        with_it = {entry.file for entry in found.entries if entry.host is host}
        if not host.writes_all or not with_it:
            continue
        for place in user_places(host, machine):
            if place.file not in with_it and _is_used(place):
                yield note(
                    f"{host.title} has this server in one of its editions, but not in {place.file}",
                    shell.own("install", host.name),
                )


def _is_used(place: Place) -> bool:
    try:
        return place.is_used
    except OSError:
        return False


def _unread_files(machine: Machine, folder: Path) -> Iterator[tuple[Host, Path]]:
    """Yield files that look like a host's, whether there or not."""
    variables = machine.variables
    unmoved = Machine(
        machine.system, machine.home, {k: v for k, v in machine.environ.items() if not _moves(k)}, machine.find_program
    )
    for host in HOSTS:
        for pattern in _NOT_READ.get(host.name, ()):
            yield host, Path(pattern.format_map(variables))
        for place in user_places(host, machine):  # of several only the first that is there is read
            yield host, place.file
        if host.moved_by:
            for place in user_places(host, unmoved):
                yield host, place.file
    for name in ("claude_desktop_config.json", "claude_config.json", "mcp_config.json"):
        yield BY_NAME["claude-desktop"], folder / name


def _moves(variable: str) -> bool:
    return any(variable in host.moved_by for host in HOSTS)


def _holds_entry(host: Host, path: Path) -> bool:
    try:
        content = config_file.read(path, host.format) if path.is_file() else None
        return content is not None and bool(entries_in(HostFile(host, path), content))
    except (Unparsable, NotEditable, OSError, ValueError):
        return False


def _copies(file: HostFile, shell: Shell) -> Iterator[Finding]:
    """Tell of a copy that no `install --remove` needs any more, and of what an interrupted one left."""
    try:
        copy = config_file.copy_path(file.path)
        if copy.is_file() and not _holds_entry(file.host, file.path):
            yield note(
                f"A copy of {file.path.name} is left, though this server is not in that file: {copy}",
                f"If the file is as you want it: {shell.delete(str(copy))}",
            )
        target = Path(_real(file.path))
        for each in sorted(target.parent.glob(f".{target.name}.*.tmp")):
            yield note(f"An interrupted command left {each}", shell.delete(str(each)))
    except OSError:
        return


def _real(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return path
