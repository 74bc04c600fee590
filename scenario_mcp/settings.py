"""Every setting of the server: one name each, read from the environment, checked once at the start."""

import base64
import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import urlsplit

from scenario_mcp.errors import SettingsRefused

BASE_URL = "https://api.cloud.scenario.com/v1"
CDN_HOSTS = ("cdn.cloud.scenario.com",)
TIMEOUT_SECONDS = 30.0
HOW_TO_AUTHENTICATE = (
    "Set SCENARIO_SDK_API_KEY and SCENARIO_SDK_API_SECRET to an API key of your Scenario project, "
    "or set SCENARIO_MCP_SANDBOX=1 to search the built-in sample catalogue without an account."
)

LogLevel = Literal["debug", "info", "warning", "error"]
KeyHolder = Literal["own", "caller", "operator"]

# Other Scenario tools use the second spelling.
_KEY_NAMES = ("SCENARIO_SDK_API_KEY", "SCENARIO_API_KEY")
_SECRET_NAMES = ("SCENARIO_SDK_API_SECRET", "SCENARIO_API_SECRET")
_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----")
_BOOLEANS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


@dataclass(frozen=True, slots=True)
class Settings:
    """What the server was told. Secrets stay out of its repr."""

    api_key: str = field(default="", repr=False)
    api_secret: str = field(default="", repr=False)
    jwt: str = field(default="", repr=False)
    base_url: str = BASE_URL
    project_id: str = ""
    cdn_hosts: tuple[str, ...] = CDN_HOSTS
    sandbox: bool = False
    sandbox_fault: str = ""
    catalogue: str = ""
    """The folder that the sandbox serves in place of the samples."""
    image_folders: tuple[str, ...] = ()
    """Where reference pictures may be read from: absolute, without symbolic links."""
    ca_bundle: str = field(default="", repr=False)
    """Certificates in PEM form that are trusted beside the system's: what the file or folder held at the start."""
    timeout_seconds: float = TIMEOUT_SECONDS
    log_level: LogLevel = "warning"
    resource_links: bool = False
    whose_key: KeyHolder = "own"
    """Who can mend the credentials: who started the server for themselves, a caller who sends them, or an operator."""

    @property
    def has_credentials(self) -> bool:
        """Whether the live API can be asked."""
        return bool(self.api_key or self.jwt)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be shown or logged: the credentials, and how a request carries them."""
        pair = base64.b64encode(f"{self.api_key}:{self.api_secret}".encode()).decode() if self.api_key else ""
        return tuple(filter(None, (self.api_key, self.api_secret, self.jwt, pair)))

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Settings":
        """Read the settings; an empty variable counts as absent.

        Raises:
            SettingsRefused: one sentence that names the variable and what to write instead.

        """
        catalogue = read_catalogue(environ)
        sandbox = _boolean(environ, "SCENARIO_MCP_SANDBOX") or bool(catalogue)
        api_key, api_secret = ("", "") if sandbox else _key_pair(environ)
        return cls(
            api_key=api_key,
            api_secret=api_secret,
            jwt="" if sandbox else _secret(environ, "SCENARIO_SDK_JWT")[1],
            base_url=_base_url(environ),
            project_id=_secret(environ, "SCENARIO_PROJECT_ID")[1],
            cdn_hosts=_hosts(environ),
            sandbox=sandbox,
            sandbox_fault=environ.get("SCENARIO_MCP_SANDBOX_FAULT", "").strip(),
            catalogue=catalogue,
            image_folders=_image_folders(environ),
            ca_bundle=_ca_bundle(environ),
            timeout_seconds=_seconds(environ),
            log_level=_log_level(environ),
            resource_links=_boolean(environ, "SCENARIO_MCP_RESOURCE_LINKS"),
        )


def read_catalogue(environ: Mapping[str, str]) -> str:
    """Return the folder of a catalogue of one's own, nothing if there is none.

    Raises:
        SettingsRefused: it is no folder.

    """
    name = "SCENARIO_MCP_CATALOGUE"
    text = environ.get(name, "").strip()
    if not text:
        return ""
    try:
        folder = Path(text).expanduser()
        is_folder = folder.is_dir()
    except (OSError, RuntimeError, ValueError) as error:  # no home, no such drive, a character that no path has
        raise SettingsRefused(f"{name} must be a folder, and {_shown(text)} is none.") from error
    if not is_folder:
        raise SettingsRefused(f"{name} must be a folder, and {_shown(text)} is none.")
    return str(folder)


def _image_folders(environ: Mapping[str, str]) -> tuple[str, ...]:
    name = "SCENARIO_MCP_IMAGE_FOLDERS"
    folders: list[str] = []
    for text in filter(None, map(str.strip, environ.get(name, "").split(os.pathsep))):
        try:
            folder = Path(text).expanduser()
            resolved = str(folder.resolve(strict=True)) if folder.is_absolute() and folder.is_dir() else ""
        except (OSError, RuntimeError, ValueError):  # no home, no such drive, a character that no path has
            resolved = ""
        if not resolved:
            raise SettingsRefused(
                f"{name} must list existing folders by their absolute paths, separated by {os.pathsep}, "
                f"and {_shown(text)} is none."
            )
        folders.append(resolved)
    return tuple(dict.fromkeys(folders))


def _ca_bundle(environ: Mapping[str, str]) -> str:
    name = "SCENARIO_MCP_CA_BUNDLE"
    text = environ.get(name, "").strip()
    if not text:
        return ""
    import ssl

    try:
        path = Path(text).expanduser()
        files = sorted(path.iterdir()) if path.is_dir() else [path.resolve(strict=True)]
        content = b"\n".join(each.read_bytes() for each in files if each.is_file())
    except (OSError, RuntimeError, ValueError) as error:  # no home, no such drive, a character that no path has
        raise SettingsRefused(
            f"{name} must be a PEM file of certificates or a folder of such files, and {_shown(text)} cannot be read."
        ) from error
    certificates = "\n".join(dict.fromkeys(each.decode("ascii") for each in _CERTIFICATE.findall(content)))
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=certificates or "-")
    except ssl.SSLError as error:
        raise SettingsRefused(
            f"{name} must be a PEM file of certificates or a folder of such files, and {_shown(text)} holds none, or "
            "a broken one. A PEM file has lines that say BEGIN CERTIFICATE."
        ) from error
    return certificates


def _secret(environ: Mapping[str, str], *names: str) -> tuple[str, str]:
    """Return (name, value) of the first variable that is set, checked to fit into a header."""
    for name in names:
        value = environ.get(name, "").strip()
        if not value:
            continue
        if not value.isascii():
            raise SettingsRefused(
                f"{name} holds a character that no key has, perhaps a curly quote or an invisible one from pasting. "
                "Copy the value again, without quotes."
            )
        if any(character.isspace() or not character.isprintable() for character in value):
            raise SettingsRefused(f"{name} holds white space or a control character. Copy the value again.")
        if value[0] in "\"'" or value[-1] in "\"'":
            raise SettingsRefused(f"{name} starts or ends with a quotation mark. Write the value without quotes.")
        return name, value
    return names[0], ""


def _key_pair(environ: Mapping[str, str]) -> tuple[str, str]:
    key_name, key = _secret(environ, *_KEY_NAMES)
    secret_name, secret = _secret(environ, *_SECRET_NAMES)
    if ":" in key:
        raise SettingsRefused(f"{key_name} holds a colon, which no key has: put what follows it into {secret_name}.")
    if bool(key) != bool(secret):
        present, missing = (key_name, secret_name) if key else (secret_name, key_name)
        raise SettingsRefused(f"{present} is set but {missing} is not. Set both: they are the two halves of one key.")
    return key, secret


def _boolean(environ: Mapping[str, str], name: str) -> bool:
    text = environ.get(name, "").strip()
    if not text:
        return False
    if text.lower() not in _BOOLEANS:
        raise SettingsRefused(f"{name} must be 1 or 0, not {_shown(text)}.")
    return _BOOLEANS[text.lower()]


def _base_url(environ: Mapping[str, str]) -> str:
    name = "SCENARIO_BASE_URL"
    text = environ.get(name, "").strip()
    if not text:
        return BASE_URL
    try:
        url = urlsplit(text)
        host, _ = url.hostname or "", url.port
    except ValueError as error:
        raise SettingsRefused(f"{name} is not a web address. Example: {BASE_URL}") from error
    if url.scheme not in {"http", "https"} or not host or any(character.isspace() for character in text):
        raise SettingsRefused(f"{name} must be a web address that starts with https://. Example: {BASE_URL}")
    if "@" in url.netloc or "?" in text or "#" in text:
        raise SettingsRefused(
            f"{name} must hold the address alone, without credentials, query or fragment. Example: {BASE_URL}"
        )
    if url.scheme == "http" and not is_loopback(host):
        raise SettingsRefused(
            f"{name} would send your key unencrypted: http is for this machine only. Write https:// instead."
        )
    return text.rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this very machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _hosts(environ: Mapping[str, str]) -> tuple[str, ...]:
    name = "SCENARIO_CDN_HOSTS"
    hosts = tuple(host.strip().lower() for host in environ.get(name, "").split(",") if host.strip())
    for host in hosts:
        if "/" in host or ":" in host or not host.isascii():
            raise SettingsRefused(
                f"{name} must list host names, separated by commas, not {_shown(host)}. Example: {CDN_HOSTS[0]}"
            )
    return hosts or CDN_HOSTS


def _seconds(environ: Mapping[str, str]) -> float:
    name = "SCENARIO_MCP_TIMEOUT_SECONDS"
    text = environ.get(name, "").strip()
    if not text:
        return TIMEOUT_SECONDS
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 1 <= seconds <= 600:  # noqa: PLR2004  # the two bounds are said in the message below
        raise SettingsRefused(f"{name} must be a number of seconds from 1 to 600, not {_shown(text)}.")
    return seconds


def _log_level(environ: Mapping[str, str]) -> LogLevel:
    name = "SCENARIO_MCP_LOG_LEVEL"
    text = environ.get(name, "").strip().lower()
    for level in get_args(LogLevel):
        if text == level:
            return level  # type: ignore[no-any-return]  # get_args is typed as Any
    if text:
        raise SettingsRefused(f"{name} must be one of {', '.join(get_args(LogLevel))}, not {_shown(text)}.")
    return "warning"


def _shown(text: str) -> str:
    """Quote what was found, shortened and without control characters: it lands in a terminal."""
    return ascii(text[:40])
