"""Every setting of the server over HTTP: read from the environment and the command line, checked once at the start."""

import hashlib
import ipaddress
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeVar, get_args
from urllib.parse import unquote, urlsplit

from scenario_mcp.errors import SettingsRefused
from scenario_mcp.settings import Settings, is_loopback

WhoAsks = Literal["caller-key", "access-tokens", "oauth"]
NumberT = TypeVar("NumberT", int, float)

LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "[::1]")
MAX_PORT = 65535
MAX_WORKERS = 64
MIN_HASH_KEY_CHARACTERS = 16

_THE_THREE = (
    "caller-key (each request brings its own Scenario key), access-tokens (named tokens of this server) or oauth "
    "(tokens of an OAuth issuer)"
)
_HOST = re.compile(r"\*|(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])(?::(?:\d{1,5}|\*))?")
_ORIGIN = re.compile(r"\*|[a-z][a-z0-9+.-]*://(?:[a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::(?:\d{1,5}|\*))?")
_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """How MCP is served over HTTP. Secrets stay out of its repr."""

    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    auth: WhoAsks = "caller-key"
    access_tokens: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)
    """Name and SHA-256 of each token; a name may have several, so that they can be exchanged."""
    public_url: str = ""
    """Where callers reach `/mcp`: what OAuth tokens must be meant for."""
    oauth_issuer: str = ""
    oauth_scopes: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    """Values of the Host header that are answered, with `:*` for any port; `*` for all."""
    origins: tuple[str, ...] = ()
    """Web pages that may call, with `:*` for any port; `*` for all."""
    trusted_proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    calls_per_minute: int = 1200
    """Of one caller; 0 for no limit."""
    calls_at_once: int = 64
    """Of one caller."""
    calls_at_once_in_all: int = 256
    search_memory_seconds: float = 15.0
    redis_url: str = field(default="", repr=False)
    hash_key: bytes = field(default=b"", repr=False)
    """What callers' names in logs, limits and Redis are keyed with; 32 bytes."""
    drain_seconds: float = 5.0
    """How long new calls are still served after SIGTERM, for a load balancer to notice."""

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine is listened to."""
        return is_loopback(self.host)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be logged."""
        password = urlsplit(self.redis_url).password or ""
        return tuple(filter(None, dict.fromkeys((self.redis_url, password, unquote(password)))))

    @classmethod
    def from_environ(  # the three options of the command line beside what else was set
        cls, environ: Mapping[str, str], settings: Settings, *, host: str, port: int, workers: int
    ) -> "HttpSettings":
        """Read the settings; an empty variable counts as absent.

        Raises:
            SettingsRefused: one sentence that names the variable or option and what to write instead.

        """
        from scenario_mcp.http_server.auth.access_tokens import read_entries
        from scenario_mcp.http_server.shared_store.url import read_redis_url

        if not 0 <= port <= MAX_PORT:
            raise SettingsRefused(f"--port must be a number from 0 to {MAX_PORT}.")
        if not 1 <= workers <= MAX_WORKERS:
            raise SettingsRefused(f"--workers must be a number from 1 to {MAX_WORKERS}.")
        redis_url = read_redis_url(environ.get("SCENARIO_MCP_REDIS_URL", "").strip())
        public_url = _public_url(environ)
        default = cls()
        read = cls(
            host=host,
            port=port,
            workers=workers,
            auth=_auth(environ),
            access_tokens=read_entries(environ.get("SCENARIO_MCP_ACCESS_TOKENS", "").strip()),
            public_url=public_url,
            oauth_issuer=_issuer(environ),
            oauth_scopes=_scopes(environ),
            hosts=_listed(environ, "SCENARIO_MCP_HTTP_HOSTS", _HOST, "mcp.example.com, mcp.example.com:8443")
            or _default_hosts(host, public_url),
            origins=_listed(environ, "SCENARIO_MCP_HTTP_ORIGINS", _ORIGIN, "https://chat.example.com")
            or _default_origins(host),
            trusted_proxies=_networks(environ) or default.trusted_proxies,
            calls_per_minute=_number(environ, "SCENARIO_MCP_CALLS_PER_MINUTE", default.calls_per_minute, 0, 1_000_000),
            calls_at_once=_number(environ, "SCENARIO_MCP_CALLS_AT_ONCE", default.calls_at_once, 1, 10_000),
            calls_at_once_in_all=_number(
                environ, "SCENARIO_MCP_CALLS_AT_ONCE_IN_ALL", default.calls_at_once_in_all, 1, 10_000
            ),
            search_memory_seconds=_number(
                environ, "SCENARIO_MCP_SEARCH_MEMORY_SECONDS", default.search_memory_seconds, 0, 300
            ),
            redis_url=redis_url,
            hash_key=_hash_key(environ, redis_url),
            drain_seconds=_number(environ, "SCENARIO_MCP_DRAIN_SECONDS", default.drain_seconds, 0, 300),
        )
        read._refuse_half(environ, settings)
        return read

    def _refuse_half(self, environ: Mapping[str, str], settings: Settings) -> None:
        """Refuse what cannot work, or would let strangers in."""
        if self.auth == "access-tokens" and not self.access_tokens:
            raise SettingsRefused(
                "SCENARIO_MCP_HTTP_AUTH is access-tokens, but SCENARIO_MCP_ACCESS_TOKENS names none. "
                "Make one with: scenario-mcp token NAME"
            )
        if self.auth == "oauth":
            given = {"SCENARIO_MCP_OAUTH_ISSUER": self.oauth_issuer, "SCENARIO_MCP_PUBLIC_URL": self.public_url}
            missing = [name for name, value in given.items() if not value]
            if missing:
                raise SettingsRefused(
                    f"SCENARIO_MCP_HTTP_AUTH is oauth, which needs {' and '.join(missing)}: whose tokens are taken, "
                    "and the address that they must be meant for."
                )
        if self.auth != "caller-key" and not (settings.has_credentials or settings.sandbox):
            raise SettingsRefused(
                f"SCENARIO_MCP_HTTP_AUTH is {self.auth}, so calls go by this server's own key, and there is none. Set "
                "SCENARIO_SDK_API_KEY and SCENARIO_SDK_API_SECRET, or SCENARIO_MCP_SANDBOX=1."
            )
        if self.is_loopback:
            return
        if not environ.get("SCENARIO_MCP_HTTP_AUTH", "").strip():
            raise SettingsRefused(
                f"--host {self.host} lets other machines in, and nothing says who may ask. Set SCENARIO_MCP_HTTP_AUTH "
                f"to {_THE_THREE}."
            )
        if self.auth == "caller-key" and settings.sandbox:
            raise SettingsRefused(
                f"--host {self.host} lets other machines in, and the sandbox asks nobody for a key. Set "
                "SCENARIO_MCP_HTTP_AUTH to access-tokens or oauth."
            )
        if not self.hosts:
            raise SettingsRefused(
                f"--host {self.host} lets other machines in, so say by which names they reach this server: set "
                "SCENARIO_MCP_HTTP_HOSTS, such as mcp.example.com, or SCENARIO_MCP_PUBLIC_URL."
            )


def _auth(environ: Mapping[str, str]) -> WhoAsks:
    text = environ.get("SCENARIO_MCP_HTTP_AUTH", "").strip().lower()
    for way in get_args(WhoAsks):
        if text == way:
            return way  # type: ignore[no-any-return]  # get_args is typed as Any
    if text:
        raise SettingsRefused(f"SCENARIO_MCP_HTTP_AUTH must be {_THE_THREE}.")
    return "caller-key"


def _public_url(environ: Mapping[str, str]) -> str:
    return _web_address(environ, "SCENARIO_MCP_PUBLIC_URL", "https://mcp.example.com/mcp")


def _issuer(environ: Mapping[str, str]) -> str:
    return _web_address(environ, "SCENARIO_MCP_OAUTH_ISSUER", "https://login.example.com")


def _web_address(environ: Mapping[str, str], name: str, example: str) -> str:
    """Return the address as it was written: in OAuth, addresses are compared letter by letter."""
    text = environ.get(name, "").strip()
    if not text:
        return ""
    try:
        url = urlsplit(text)
        host, _ = url.hostname or "", url.port
    except ValueError as error:
        raise SettingsRefused(f"{name} is not a web address. Example: {example}") from error
    is_safe = url.scheme == "https" or (url.scheme == "http" and is_loopback(host))
    if not is_safe or not host or not text.isascii() or any(mark in text for mark in "?#@ \t\"'"):
        raise SettingsRefused(
            f"{name} must be a web address that starts with https://, without query and credentials. Example: {example}"
        )
    return text


def _scopes(environ: Mapping[str, str]) -> tuple[str, ...]:
    name = "SCENARIO_MCP_OAUTH_SCOPES"
    scopes = tuple(dict.fromkeys(environ.get(name, "").replace(",", " ").split()))
    if not all(map(_SCOPE.fullmatch, scopes)):
        raise SettingsRefused(f"{name} must list scopes, separated by spaces. Example: scenario:search")
    return scopes


def _listed(environ: Mapping[str, str], name: str, form: re.Pattern[str], example: str) -> tuple[str, ...]:
    items = tuple(item.strip().lower() for item in environ.get(name, "").split(",") if item.strip())
    for item in items:
        if not form.fullmatch(item):
            raise SettingsRefused(
                f"{name} must list them separated by commas, and {item[:60]!a} is none. Example: {example}"
            )
    return tuple(dict.fromkeys(items))


def _default_hosts(host: str, public_url: str) -> tuple[str, ...]:
    """Return this machine's names where only it is listened to, and the name that is public."""
    own = [f"{name}{port}" for name in LOOPBACK_HOSTS for port in ("", ":*")] if is_loopback(host) else []
    return (*own, *([urlsplit(public_url).netloc.lower()] if public_url else []))


def _default_origins(host: str) -> tuple[str, ...]:
    """Return the pages of this machine where only it is listened to, such as the MCP inspector's."""
    return loopback_origins() if is_loopback(host) else ()


def loopback_origins() -> tuple[str, ...]:
    """Return the origins of pages that this machine serves."""
    return tuple(f"http://{name}{port}" for name in LOOPBACK_HOSTS for port in ("", ":*"))


def _networks(environ: Mapping[str, str]) -> tuple[str, ...]:
    name = "SCENARIO_MCP_TRUSTED_PROXIES"
    items = tuple(item.strip() for item in environ.get(name, "").split(",") if item.strip())
    for item in items:
        try:
            ipaddress.ip_network(item)
        except ValueError as error:
            raise SettingsRefused(
                f"{name} must list addresses or networks, separated by commas, and {item[:60]!a} is none. "
                "Example: 10.0.0.0/8"
            ) from error
    return items


def _number(environ: Mapping[str, str], name: str, default: NumberT, least: int, most: int) -> NumberT:
    text = environ.get(name, "").strip()
    if not text:
        return default
    try:
        number = type(default)(text)
    except ValueError:
        number = type(default)(-1)
    if not least <= number <= most:
        kind = "a number of seconds" if name.endswith("_SECONDS") else "a whole number"
        raise SettingsRefused(f"{name} must be {kind} from {least} to {most}, not {text[:40]!a}.")
    return number


def _hash_key(environ: Mapping[str, str], redis_url: str) -> bytes:
    """Return the key that is given, else one that all replicas of one Redis share, else one of this process alone."""
    name = "SCENARIO_MCP_HASH_KEY"
    text = environ.get(name, "").strip()
    if text and len(text) < MIN_HASH_KEY_CHARACTERS:
        raise SettingsRefused(f"{name} must be at least {MIN_HASH_KEY_CHARACTERS} characters that nobody can guess.")
    if text or redis_url:
        return hashlib.sha256(f"scenario-mcp caller {text or redis_url}".encode()).digest()
    return secrets.token_bytes(32)
