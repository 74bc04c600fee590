"""The entry of this server in one host's file: its template filled, its secrets by reference where that works."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from scenario_mcp.hosts.documents.editing import Change
from scenario_mcp.hosts.host import Host, Slot
from scenario_mcp.hosts.launch import Launch
from scenario_mcp.hosts.secrets import description

_PROXIES = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy")
SecretValue = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class LocalServer:
    """This server as a program that the host starts."""

    name: str
    launch: Launch
    settings: Mapping[str, str]
    """Variables without secrets."""
    secrets: tuple[str, ...]
    """Names of variables."""
    proxies: tuple[str, ...] = ()
    """Names of variables that are set."""


@dataclass(frozen=True, slots=True)
class RemoteServer:
    """A server over HTTP."""

    name: str
    url: str
    token: str = ""
    """Name of the variable that holds the bearer token; empty if there is none."""


Server = LocalServer | RemoteServer


@dataclass(frozen=True, slots=True)
class Entry:
    """What goes into a host's file."""

    value: Mapping[str, object]
    inputs: tuple[Mapping[str, object], ...] = ()
    """What the host asks for itself."""
    referenced: tuple[str, ...] = ()
    """Variables that the host reads."""
    written: tuple[str, ...] = ()
    """Variables whose values stand in the entry."""

    def changes(self, path: tuple[str, ...], name: str) -> tuple[Change, ...]:
        """Return what is put into the file: the entry first."""
        asked = (Change(("inputs",), dict(each), is_item=True) for each in self.inputs)
        return (Change((*path, name), dict(self.value)), *asked)


def proxy_names(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the variables of proxies that are set."""
    return tuple(name for name in _PROXIES if environ.get(name))


def make_entry(host: Host, server: Server, secret_value: SecretValue, *, write_secrets: bool = False) -> Entry:
    """Fill the host's template; `secret_value` is called only for secrets that the host cannot read by itself."""
    if isinstance(server, LocalServer):
        return _local_entry(host, server, secret_value, write_secrets=write_secrets)
    return _remote_entry(host, server, secret_value, write_secrets=write_secrets)


def _local_entry(host: Host, server: LocalServer, secret_value: SecretValue, *, write_secrets: bool) -> Entry:
    by_name = not host.reference and bool(host.key_of_names) and not write_secrets
    is_referenced = bool(host.reference) and not write_secrets
    secrets = {
        name: _reference(host.reference, host, name) if is_referenced else secret_value(name)
        for name in (() if by_name else server.secrets)
    }
    names = server.secrets if by_name else ()
    fillings: dict[Slot, object] = {
        Slot.NAME: server.name,
        Slot.COMMAND: server.launch.command,
        Slot.ARGUMENTS: list(server.launch.arguments),
        Slot.COMMAND_LINE: [server.launch.command, *server.launch.arguments],
        Slot.ENVIRONMENT: {**secrets, **server.settings},
        Slot.SECRET_NAMES: list(names),
        Slot.PASSED_NAMES: [*names, *server.proxies],
    }
    is_read = by_name or is_referenced
    return Entry(
        _filled(host.local, fillings),
        inputs=_inputs(host, server.secrets) if is_referenced else (),
        referenced=server.secrets if is_read else (),
        written=() if is_read else server.secrets,
    )


def _remote_entry(host: Host, server: RemoteServer, secret_value: SecretValue, *, write_secrets: bool) -> Entry:
    template = host.remote or {}
    by_name = Slot.TOKEN_NAME in template.values()
    reference = host.header_reference or host.reference
    is_referenced = bool(server.token and reference) and not write_secrets
    headers: dict[str, str] = {}
    if server.token and not by_name:
        value = _reference(reference, host, server.token) if is_referenced else secret_value(server.token)
        headers = {"Authorization": f"Bearer {value}"}
    secrets = (server.token,) if server.token else ()
    is_read = is_referenced or by_name
    return Entry(
        _filled(
            template,
            {Slot.NAME: server.name, Slot.URL: server.url, Slot.HEADERS: headers, Slot.TOKEN_NAME: server.token},
        ),
        inputs=_inputs(host, secrets) if is_referenced else (),
        referenced=secrets if is_read else (),
        written=() if is_read else secrets,
    )


def _filled(template: Mapping[str, object], fillings: Mapping[Slot, object]) -> dict[str, object]:
    """Fill the slots; those with nothing to hold are left out, but for a list of arguments."""
    entry = {key: fillings[value] if isinstance(value, Slot) else value for key, value in template.items()}
    return {key: value for key, value in entry.items() if value or template[key] is Slot.ARGUMENTS}


def _reference(form: str, host: Host, name: str) -> str:
    return form.replace("NAME", _input_id(name) if host.asks_for_secrets else name)


def _input_id(name: str) -> str:
    return name.lower().replace("_", "-")


def _inputs(host: Host, names: tuple[str, ...]) -> tuple[Mapping[str, object], ...]:
    if not host.asks_for_secrets:
        return ()
    return tuple(
        {"type": "promptString", "id": _input_id(name), "description": description(name), "password": True}
        for name in names
    )
