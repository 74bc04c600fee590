"""The server that a person wants in a host: from the command line and the settings in the environment."""

import re
from collections.abc import Mapping
from pathlib import Path

from scenario_mcp import environment
from scenario_mcp.addresses import UrlRefused, checked_url
from scenario_mcp.errors import SettingsRefused
from scenario_mcp.hosts.entry import LocalServer, RemoteServer, Server, proxy_names
from scenario_mcp.hosts.launch import own_launch
from scenario_mcp.hosts.secrets import wanted_secrets
from scenario_mcp.settings import Live, Settings, read_catalogue

_EVERYWHERE = ("SCENARIO_MCP_IMAGE_FOLDERS", "SCENARIO_MCP_RESOURCE_LINKS", "SCENARIO_MCP_LOG_LEVEL")
_LIVE = (
    "SCENARIO_PROJECT_ID",
    "SCENARIO_BASE_URL",
    "SCENARIO_CDN_HOSTS",
    "SCENARIO_MCP_TIMEOUT_SECONDS",
    "SCENARIO_MCP_CA_BUNDLE",
)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def make_server(  # noqa: PLR0913  # one for each option
    name: str,
    environ: Mapping[str, str],
    *,
    url: str | None = None,
    token: str | None = None,
    is_sandbox: bool = False,
    folders: tuple[str, ...] = (),
) -> Server:
    """Return the server; settings without secrets travel from the environment into its entry.

    Raises:
        SettingsRefused: options that exclude each other, or a setting that the server would refuse.

    """
    if url is not None:
        if is_sandbox or folders:
            raise SettingsRefused("--http names a server that runs elsewhere: leave --sandbox and --catalogue out.")
        return _remote(name, url, token or "")
    if token:
        raise SettingsRefused("--token-env needs --http URL.")
    if is_sandbox or folders:
        environ = {**environ, "SCENARIO_MCP_SANDBOX": "1", "SCENARIO_MCP_CATALOGUE": ""}
    settings = Settings.from_environ(environ)
    is_live = isinstance(settings.upstream, Live)
    source = "--catalogue" if folders else environment.shown(environ, "SCENARIO_MCP_CATALOGUE")
    folders = folders or read_catalogue(environ)
    arguments = [part for folder in folders for part in ("--catalogue", _folder(folder, source))]
    if not is_live and not arguments:
        arguments = ["--sandbox"]
    passed = (*_EVERYWHERE, *(_LIVE if is_live else ()))
    return LocalServer(
        name=name,
        launch=own_launch(environ).with_arguments(*arguments),
        settings={each: _absolute(each, value) for each in passed if (value := environment.text(environ, each))},
        secrets=wanted_secrets(environ) if is_live else (),
        proxies=proxy_names(environ) if is_live else (),
    )


def _remote(name: str, url: str, token: str) -> RemoteServer:
    try:
        checked_url(url)
    except UrlRefused as error:
        raise SettingsRefused(f"--http {error} Example: https://mcp.example.com/mcp") from None
    if token and not _VARIABLE.fullmatch(token):
        raise SettingsRefused("--token-env takes the name of a variable, such as TEAM_TOKEN, never the token itself.")
    return RemoteServer(name, url, token)


def _folder(text: str, source: str) -> str:
    try:
        folder = Path(text).expanduser().absolute()
        if text and folder.is_dir():
            return str(folder)
    except (OSError, RuntimeError, ValueError):  # no home, no such drive, a character that no path has
        pass
    raise SettingsRefused(f"{source} is not a folder: {environment.quoted(text)}.")


def _absolute(name: str, value: str) -> str:
    return str(Path(value).expanduser().absolute()) if name == "SCENARIO_MCP_CA_BUNDLE" else value
