"""Every setting of the server: one name each, read from the environment, checked once at the start."""

import base64
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from scenario_mcp import environment
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
        sandbox = environment.flag(environ, "SCENARIO_MCP_SANDBOX") or bool(catalogue)
        api_key, api_secret = ("", "") if sandbox else _key_pair(environ)
        base_url = environment.url(environ, "SCENARIO_BASE_URL", example=BASE_URL).rstrip("/")
        hosts = environment.listed(environ, "SCENARIO_CDN_HOSTS", _is_host, kind="host names", example=CDN_HOSTS[0])
        timeout = environment.number(environ, "SCENARIO_MCP_TIMEOUT_SECONDS", TIMEOUT_SECONDS, least=1, most=600)
        return cls(
            api_key=api_key,
            api_secret=api_secret,
            jwt="" if sandbox else environment.secret(environ, "SCENARIO_SDK_JWT")[1],
            base_url=base_url or BASE_URL,
            project_id=environment.secret(environ, "SCENARIO_PROJECT_ID")[1],
            cdn_hosts=hosts or CDN_HOSTS,
            sandbox=sandbox,
            sandbox_fault=environment.text(environ, "SCENARIO_MCP_SANDBOX_FAULT"),
            catalogue=catalogue,
            image_folders=_image_folders(environ),
            ca_bundle=_ca_bundle(environ),
            timeout_seconds=timeout,
            log_level=environment.choice(environ, "SCENARIO_MCP_LOG_LEVEL", get_args(LogLevel), "warning"),
            resource_links=environment.flag(environ, "SCENARIO_MCP_RESOURCE_LINKS"),
        )


def read_catalogue(environ: Mapping[str, str]) -> str:
    """Return the folder that the sandbox serves in place of the samples; nothing if none is set.

    Raises:
        SettingsRefused: it is not a folder.

    """
    name = "SCENARIO_MCP_CATALOGUE"
    text = environment.text(environ, name)
    folder = _existing_folder(text) if text else ""
    if folder is None:
        raise SettingsRefused(f"{name} is not a folder: {environment.quoted(text)}.")
    return str(folder)


def _image_folders(environ: Mapping[str, str]) -> tuple[str, ...]:
    name = "SCENARIO_MCP_IMAGE_FOLDERS"
    folders: list[str] = []
    for text in filter(None, map(str.strip, environ.get(name, "").split(os.pathsep))):
        folder = _existing_folder(text)
        if folder is None or not folder.is_absolute():
            raise SettingsRefused(
                f"{name} must list existing folders by their absolute paths, separated by {os.pathsep}, "
                f"not {environment.quoted(text)}."
            )
        folders.append(str(folder.resolve()))
    return tuple(dict.fromkeys(folders))


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


def _key_pair(environ: Mapping[str, str]) -> tuple[str, str]:
    key_name, key = environment.secret(environ, *_KEY_NAMES)
    secret_name, secret = environment.secret(environ, *_SECRET_NAMES)
    if ":" in key:
        raise SettingsRefused(f"{key_name} holds a colon, which no key has: put what follows it into {secret_name}.")
    if bool(key) != bool(secret):
        present, missing = (key_name, secret_name) if key else (secret_name, key_name)
        raise SettingsRefused(f"{present} is set but {missing} is not. Set both: they are the two halves of one key.")
    return key, secret


def _is_host(text: str) -> bool:
    return text.isascii() and "/" not in text and ":" not in text
