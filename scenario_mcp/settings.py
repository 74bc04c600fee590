"""Every setting of the server: one name each, read from the environment, checked once at the start."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Literal, get_args

from scenario_mcp import environment
from scenario_mcp.credentials import NO_PROJECT_ID, PROJECT_ID, Credentials
from scenario_mcp.errors import SettingsRefused
from scenario_mcp.placeholders import is_placeholder

BASE_URL = "https://api.cloud.scenario.com/v1"
CDN_HOSTS = ("cdn.cloud.scenario.com",)
TIMEOUT_SECONDS = 30.0
WAIT_LONGER = "Set SCENARIO_MCP_TIMEOUT_SECONDS to wait longer."
HOW_TO_AUTHENTICATE = (
    "Set SCENARIO_SDK_API_KEY and SCENARIO_SDK_API_SECRET to an API key of your Scenario project, "
    "or set SCENARIO_MCP_SANDBOX=1 to search the built-in sample catalogue without an account."
)

NAMES = (
    "SCENARIO_MCP_SANDBOX",
    "SCENARIO_MCP_CATALOGUE",
    "SCENARIO_MCP_SANDBOX_FAULT",
    "SCENARIO_MCP_TIMEOUT_SECONDS",
    "SCENARIO_MCP_CA_BUNDLE",
    "SCENARIO_MCP_IMAGE_FOLDERS",
    "SCENARIO_MCP_LOG_LEVEL",
    "SCENARIO_MCP_RESOURCE_LINKS",
)
"""Every setting of ours, beside those that Scenario's other tools have, too."""

LogLevel = Literal["debug", "info", "warning", "error"]

# Other Scenario tools use the second spelling.
_KEY_NAMES = ("SCENARIO_SDK_API_KEY", "SCENARIO_API_KEY")
_SECRET_NAMES = ("SCENARIO_SDK_API_SECRET", "SCENARIO_API_SECRET")
OTHER_NAMES = {_KEY_NAMES[1]: _KEY_NAMES[0], _SECRET_NAMES[1]: _SECRET_NAMES[0]}
"""Second spellings, each with the first, which wins."""
_CREDENTIAL_NAMES = (*_KEY_NAMES, *_SECRET_NAMES, "SCENARIO_SDK_JWT")
SHARED_NAMES = (*_CREDENTIAL_NAMES, "SCENARIO_PROJECT_ID", "SCENARIO_BASE_URL", "SCENARIO_CDN_HOSTS")
"""Settings that Scenario's other tools have, too."""
_FOLDER_NAMES = frozenset({"SCENARIO_MCP_CATALOGUE", "SCENARIO_MCP_IMAGE_FOLDERS"})
"""Settings that may list several folders, of which each may be one that was not filled in."""
_BETWEEN_FOLDERS = re.compile(rf"{re.escape(os.pathsep)}(?![^{{}}]*\}})")
"""What parts folders, but not the colon of ${env:NAME}."""
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----")


@dataclass(frozen=True, slots=True)
class Live:
    """Scenario's API, over the network."""

    base_url: str = BASE_URL
    fault: ClassVar[str] = ""
    needs_credentials: ClassVar[bool] = True
    shares_addresses: ClassVar[bool] = True
    """Whether addresses of pictures lead anywhere outside this process."""
    is_folder: ClassVar[bool] = False
    """Whether a folder of the user's own is searched."""
    is_retried: ClassVar[bool] = True
    """Whether a request that fails for a moment is sent again."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A stand-in for the API, in this process."""

    folders: tuple[str, ...] = ()
    """The folders that are served in place of the samples."""
    fault: str = ""
    """How its answers fail, such as 429:3."""
    base_url: ClassVar[str] = "http://localhost/v1"
    needs_credentials: ClassVar[bool] = False
    shares_addresses: ClassVar[bool] = False

    @property
    def is_folder(self) -> bool:
        """Whether a folder of the user's own is searched."""
        return bool(self.folders)

    @property
    def is_retried(self) -> bool:
        """Faults that somebody asked for are shown, not retried."""
        return not self.fault


@dataclass(frozen=True, slots=True)
class Settings:
    """What the server was told. Secrets stay out of its repr."""

    credentials: Credentials = Credentials()  # noqa: RUF009  # frozen
    """This process's own; callers over HTTP may bring others."""
    upstream: Live | Sandbox = Live()
    cdn_hosts: tuple[str, ...] = CDN_HOSTS
    image_folders: tuple[str, ...] = ()
    """Where reference pictures may be read from: absolute, without symbolic links; they may be missing."""
    ca_bundle: str = field(default="", repr=False)
    """Certificates in PEM form that are trusted beside the system's: what the file or folder held at the start."""
    timeout_seconds: float = TIMEOUT_SECONDS
    log_level: LogLevel = "warning"
    resource_links: bool = False
    unfilled: tuple[str, ...] = ()
    """Variables that hold a placeholder, which counts as nothing."""

    @property
    def can_search(self) -> bool:
        """Whether searches are answered for somebody who brings no credentials."""
        return self.credentials.are_given or not self.upstream.needs_credentials

    @property
    def why_without_credentials(self) -> str:
        """Say why there are no credentials, and what to do."""
        unfilled = [name for name in self.unfilled if name in _CREDENTIAL_NAMES]
        if not unfilled:
            return f"There are no credentials for Scenario. {HOW_TO_AUTHENTICATE}"
        return (
            f"{' and '.join(unfilled)} {'holds a placeholder' if len(unfilled) == 1 else 'hold placeholders'}, not "
            "the API key. Write the key itself where the host keeps this server's settings, or set "
            "SCENARIO_MCP_SANDBOX=1 to search the built-in sample catalogue without an account."
        )

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Settings":
        """Read the settings; an empty variable counts as absent, and so does one that holds a placeholder.

        Raises:
            SettingsRefused: one sentence that names the variable and what to write instead.

        """
        unfilled = tuple(name for name in (*SHARED_NAMES, *NAMES) if _is_unfilled(environ, name))
        environ = environment.without(environ, unfilled)
        upstream = _upstream(environ)
        hosts = environment.listed(environ, "SCENARIO_CDN_HOSTS", problem_of=_host_problem)
        return cls(
            credentials=_credentials(environ, upstream, is_filled=not set(_CREDENTIAL_NAMES) & set(unfilled)),
            upstream=upstream,
            cdn_hosts=hosts or CDN_HOSTS,
            image_folders=_image_folders(environ),
            ca_bundle=_ca_bundle(environ),
            timeout_seconds=environment.number(
                environ, "SCENARIO_MCP_TIMEOUT_SECONDS", TIMEOUT_SECONDS, least=1, most=600
            ),
            log_level=environment.choice(environ, "SCENARIO_MCP_LOG_LEVEL", get_args(LogLevel), "warning"),
            resource_links=environment.flag(environ, "SCENARIO_MCP_RESOURCE_LINKS"),
            unfilled=unfilled,
        )


def _is_unfilled(environ: Mapping[str, str], name: str) -> bool:
    """Whether a variable holds placeholders alone; what a person types as an option is never one."""
    text = environment.text(environ, name)
    parts = _BETWEEN_FOLDERS.split(text) if name in _FOLDER_NAMES else [text]
    return all(map(is_placeholder, parts)) and environment.shown(environ, name) == name


def _upstream(environ: Mapping[str, str]) -> Live | Sandbox:
    folders = read_catalogue(environ)
    base_url = environment.url(environ, "SCENARIO_BASE_URL", example=BASE_URL).rstrip("/")
    if environment.flag(environ, "SCENARIO_MCP_SANDBOX") or folders:
        return Sandbox(folders, environment.text(environ, "SCENARIO_MCP_SANDBOX_FAULT"))
    # As it is often written; nothing is there but the API.
    return Live(BASE_URL if base_url in {"", BASE_URL.removesuffix("/v1")} else base_url)


def _credentials(environ: Mapping[str, str], upstream: Live | Sandbox, *, is_filled: bool) -> Credentials:
    """Read the credentials of this process: broken ones pass if unneeded; a key with an unfilled half is none."""
    project_id = _project_id(environ)
    if not upstream.needs_credentials:
        return Credentials(project_id=project_id)
    api_key, api_secret = _key_pair(environ, is_filled=is_filled)
    return Credentials(api_key, api_secret, environment.secret(environ, "SCENARIO_SDK_JWT")[1], project_id)


def _project_id(environ: Mapping[str, str]) -> str:
    name = "SCENARIO_PROJECT_ID"
    _, project_id = environment.secret({name: environment.text(environ, name)}, name)
    if project_id and not PROJECT_ID.fullmatch(project_id):
        raise SettingsRefused(f"{name} {NO_PROJECT_ID}.")
    return project_id


def read_catalogue(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the folders that the sandbox serves in place of the samples; none if none is set.

    Of several, those that are missing are told when they are read: a drive may come later.

    Raises:
        SettingsRefused: none of them is a folder.

    """
    name = "SCENARIO_MCP_CATALOGUE"
    text, shown = environment.text(environ, name), environment.shown(environ, name)
    if not text:
        return ()
    if whole := _existing_folder(text):
        return (str(whole),)
    texts = _listed_folders(text)
    folders = [_existing_folder(part) for part in texts]
    if not any(folders):
        raise SettingsRefused(
            f"The catalogue {environment.quoted(text)} is not a folder. Give {shown} the path of an existing one."
        )
    return tuple(str(folder or Path(part)) for folder, part in zip(folders, texts, strict=True))


def _image_folders(environ: Mapping[str, str]) -> tuple[str, ...]:
    name = "SCENARIO_MCP_IMAGE_FOLDERS"
    folders: list[str] = []
    for text in _listed_folders(environment.text(environ, name)):
        folder = _absolute_path(text)
        if folder is None or os.path.isfile(folder):  # noqa: PTH113  # which never raises
            raise SettingsRefused(
                f"{name} must list folders by their absolute paths, separated by {os.pathsep}, "
                f"not {environment.quoted(text)}."
            )
        folders.append(str(folder))  # one that is missing may be on a drive that is not connected yet
    return tuple(dict.fromkeys(folders))


def _listed_folders(text: str) -> list[str]:
    parts = map(environment.unquoted, _BETWEEN_FOLDERS.split(text))
    return [part for part in parts if part and not is_placeholder(part)]


def _absolute_path(text: str) -> Path | None:
    """Return an absolute path without symbolic links, whether or not anything is there."""
    try:
        path = Path(text).expanduser()
        if not path.is_absolute() or "\0" in text:
            return None
    except RuntimeError:  # no home
        return None
    try:
        return path.resolve()
    except (OSError, RuntimeError):  # a loop of links, a drive that does not answer: it may work later
        return path


def _existing_folder(text: str) -> Path | None:
    try:
        folder = Path(text).expanduser()
        return folder if folder.is_dir() else None
    except (OSError, RuntimeError, ValueError):  # no home, no such drive, a character that no path has
        return None


def _ca_bundle(environ: Mapping[str, str]) -> str:
    name = "SCENARIO_MCP_CA_BUNDLE"
    text = environment.text(environ, name)
    if not text:
        return ""
    import ssl

    expected = f"{name} must be a PEM file of certificates or a folder of such files, but {environment.quoted(text)}"
    try:
        path = Path(text).expanduser()
        files = sorted(path.iterdir()) if path.is_dir() else [path.resolve(strict=True)]
        content = b"\n".join(each.read_bytes() for each in files if each.is_file())
    except (OSError, RuntimeError, ValueError) as error:  # no home, no such drive, a character that no path has
        raise SettingsRefused(f"{expected} cannot be read.") from error
    certificates = "\n".join(dict.fromkeys(each.decode("ascii") for each in _CERTIFICATE.findall(content)))
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=certificates or "-")
    except ssl.SSLError as error:
        raise SettingsRefused(
            f"{expected} holds no certificate or a broken one. A PEM file has lines that say BEGIN CERTIFICATE."
        ) from error
    return certificates


def _key_pair(environ: Mapping[str, str], *, is_filled: bool) -> tuple[str, str]:
    key_name, key = environment.secret(environ, *_KEY_NAMES)
    secret_name, secret = environment.secret(environ, *_SECRET_NAMES)
    if ":" in key:
        raise SettingsRefused(f"{key_name} holds a colon, which no key has: put what follows it into {secret_name}.")
    if bool(key) != bool(secret):
        if not is_filled:
            return "", ""
        present, missing = (key_name, secret_name) if key else (secret_name, key_name)
        raise SettingsRefused(f"{present} is set but {missing} is not. Set both: they are the two halves of one key.")
    return key, secret


def _host_problem(text: str) -> str:
    if _HOST.fullmatch(text):
        return ""
    return (
        "must list host names, separated by commas, without https://, port or path, not "
        f"{environment.quoted(text)}. Example: {CDN_HOSTS[0]}"
    )
