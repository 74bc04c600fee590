"""What hosts of this machine have configured: this server's entries in their files, and files that cannot be read."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scenario_mcp.doctor.finding import Finding, note, wrong
from scenario_mcp.doctor.own_entry import is_own, own_arguments
from scenario_mcp.hosts import config_file
from scenario_mcp.hosts.config_file import Content
from scenario_mcp.hosts.documents.problems import NotEditable, Unparsable
from scenario_mcp.hosts.host import Host, Slot
from scenario_mcp.hosts.installation import path_in
from scenario_mcp.hosts.places import Machine, is_installed, project_file, user_places
from scenario_mcp.hosts.table import HOSTS

_NAMES_OF_THE_SERVER = (b"scenario-mcp", b"scenario_mcp")
MAX_DEPTH = 2
"""Of keys below which a misplaced entry is looked for."""
_INPUT = re.compile(r"\$\{input:([\w.-]+)\}")
_FOLDER_KEYS = ("cwd", "working_directory")


@dataclass(frozen=True, slots=True)
class HostEntry:
    """An entry that starts this server."""

    host: Host
    file: Path
    name: str
    """Of the server, in the file."""
    command: str
    arguments: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    passed_names: tuple[str, ...] = ()
    """Variables that the host passes on from its own environment, or from its keyring."""
    folder: str = ""
    is_off: bool = False
    project: Path | None = None
    """The folder whose work it belongs to; None for all."""
    arguments_are_text: bool = False
    """Whether its arguments stand in one text, which is no list."""
    not_text: tuple[str, ...] = ()
    """Variables whose values are numbers or the like."""
    unknown_inputs: tuple[str, ...] = ()
    """What it refers to that the file does not ask for (VS Code)."""

    @property
    def own_arguments(self) -> tuple[str, ...]:
        """What this server itself is given."""
        return own_arguments(self.command, self.arguments) or ()

    @property
    def key(self) -> tuple[object, ...]:
        """What decides how its host starts it."""
        environment = tuple(sorted(self.environment.items()))
        return (self.command, self.arguments, environment, self.passed_names, self.folder)


@dataclass(frozen=True, slots=True)
class HostFile:
    """A file that a host reads."""

    host: Host
    path: Path
    project: Path | None = None


@dataclass(slots=True)
class HostFiles:
    """What was read."""

    read: list[HostFile] = field(default_factory=list)
    """Files that are there."""
    entries: list[HostEntry] = field(default_factory=list)
    misplaced: list[tuple[HostFile, str, str]] = field(default_factory=list)
    """Entries at places where their host does not look: the keys above each, and its name."""
    findings: list[Finding] = field(default_factory=list)


def files_of_hosts(machine: Machine, folder: Path) -> Iterator[HostFile]:
    """Yield the files that hosts read on this machine, there or not; those of a project are of the current folder."""
    users: set[Path] = set()
    projects: dict[Path, list[Host]] = {}
    for host in HOSTS:
        present = [place.file for place in user_places(host, machine) if _is_there(place.file)]
        users.update(present)
        for path in present if host.writes_all else present[:1]:
            yield HostFile(host, path)
        project = project_file(host, folder)
        if project is not None:
            projects.setdefault(project, []).append(host)
    for path, hosts in projects.items():
        if path not in users and _is_there(path):  # hosts share files of projects
            installed = [host for host in hosts if is_installed(host, machine)]
            for host in installed or hosts[:1]:
                yield HostFile(host, path, folder)


def read_host_files(machine: Machine, folder: Path) -> HostFiles:
    """Read all of them; one that cannot be read is a finding."""
    result = HostFiles()
    for file in files_of_hosts(machine, folder):
        try:
            content = config_file.read(file.path, file.host.format)
            if content is None:
                continue
            result.read.append(file)
            result.entries += entries_in(file, content)
            result.misplaced += [(file, keys, name) for keys, name in misplaced_in(file, content)]
        except (Unparsable, NotEditable, OSError, ValueError) as error:
            result.read.append(file)
            result.findings.append(_of_error(file, error))
    return result


def entries_in(file: HostFile, content: Content) -> list[HostEntry]:
    """Return this server's entries in a file.

    Raises:
        Unparsable: it does not follow its format.
        NotEditable: it holds no object.

    """
    document = content.document
    inputs = document.value(("inputs",))
    ids = (
        frozenset(str(each.get("id")) for each in inputs if isinstance(each, dict)) if isinstance(inputs, list) else ()
    )
    found = _own_entries(file, document.value(path_in(file.host, document)), file.project, frozenset(ids))
    projects = document.value(("projects",)) if file.host.name == "claude-code" else None
    if isinstance(projects, dict):  # the scope "local" of Claude Code
        for folder, value in projects.items():
            servers = value.get("mcpServers") if isinstance(value, dict) else None
            found += _own_entries(file, servers, Path(str(folder)))
    return found


def _own_entries(
    file: HostFile, servers: object, project: Path | None, inputs: frozenset[str] = frozenset()
) -> list[HostEntry]:
    if not isinstance(servers, dict):
        return []
    entries = (_entry(file, str(name), value, project, inputs) for name, value in servers.items())
    return [each for each in entries if each is not None and is_own(each.command, each.arguments)]


def _entry(file: HostFile, name: str, value: object, project: Path | None, inputs: frozenset[str]) -> HostEntry | None:
    if not isinstance(value, dict):
        return None
    keys = {slot: key for key, slot in file.host.local.items() if isinstance(slot, Slot)}
    words = _texts(value.get(keys.get(Slot.COMMAND_LINE, "")))
    if not words:
        command = value.get(keys.get(Slot.COMMAND, "command"), value.get("command"))
        words = [*_texts([command] if isinstance(command, str) else command), *_texts(value.get("args"))]
    if not words:
        return None
    environment = value.get(keys.get(Slot.ENVIRONMENT, "env"))
    given = tuple(environment.items()) if isinstance(environment, dict) else ()
    is_asking = file.host.asks_for_secrets
    return HostEntry(
        file.host,
        file.path,
        name,
        words[0],
        tuple(words[1:]),
        {str(key): _text(each) for key, each in given},
        tuple(_texts(value.get(file.host.key_of_names))) if file.host.key_of_names else (),
        next((str(value[key]) for key in _FOLDER_KEYS if value.get(key)), ""),
        is_off=value.get("disabled") is True or value.get("enabled") is False,
        project=project,
        arguments_are_text=isinstance(value.get("args"), str),
        not_text=tuple(str(key) for key, each in given if not isinstance(each, str)),
        unknown_inputs=tuple(each for each in _inputs_named(given) if each not in inputs) if is_asking else (),
    )


def misplaced_in(file: HostFile, content: Content) -> list[tuple[str, str]]:
    """Return this server's entries at places where the host does not look: the keys above each, and its name.

    Raises:
        Unparsable: it does not follow its format.
        NotEditable: it holds no object.

    """
    document = content.document
    right = path_in(file.host, document)
    below_right = {right[:length] for length in range(1, len(right))}
    found: list[tuple[str, str]] = []
    places: list[tuple[tuple[str, ...], object]] = [((), document.data)]
    for keys, value in places:
        if not isinstance(value, dict) or keys == right or "projects" in keys:
            continue
        if keys not in below_right:
            entries = _own_entries(file, value, file.project)
            found += [(".".join(keys), entry.name) for entry in entries]
        if len(keys) < MAX_DEPTH:
            places += [((*keys, str(key)), each) for key, each in value.items()]
    return found


def _inputs_named(given: Iterable[tuple[object, object]]) -> Iterator[str]:
    for _, value in given:
        yield from _INPUT.findall(str(value))


def _texts(value: object) -> list[str]:
    return [_text(each) for each in value] if isinstance(value, list) else []


def _text(value: object) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else "" if value is None else str(value)


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # in a folder that may not be read
        return True


def _of_error(file: HostFile, error: Exception) -> Finding:
    title = file.host.title
    match error:
        case Unparsable():
            where = f"line {error.line}, column {error.column}: " if error.line else ""
            fact = f"{title} cannot read {file.path}: {where}{error.problem}"
            step = "Correct it there"
        case NotEditable():
            fact, step = (
                f"{title} finds no servers in {file.path}: it {str(error).partition('. ')[0]}",
                "Correct it there",
            )
        case IsADirectoryError():
            fact, step = f"{file.path} is a folder, where {title} has a file", "Move it away"
        case OSError():
            fact = f"{file.path} of {title} cannot be read: {error.strerror}"
            step = "Give yourself the right to read it"
        case _:
            fact, step = f"{file.path} of {title} cannot be read", "Look at its name and its rights"
    return wrong(fact, step) if _names_this_server(file.path) else note(fact, step)


def _names_this_server(path: Path) -> bool:
    try:
        with path.open("rb") as content:
            text = content.read(config_file.MAX_BYTES)
    except OSError:
        return False
    return any(name in text for name in _NAMES_OF_THE_SERVER)
