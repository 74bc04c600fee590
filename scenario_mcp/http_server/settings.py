"""Every setting of the server over HTTP: read from the environment and the command line, checked once at the start."""

import hashlib
import ipaddress
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args
from urllib.parse import unquote, urlsplit

from scenario_mcp import environment
from scenario_mcp.addresses import is_loopback
from scenario_mcp.errors import SettingsRefused
from scenario_mcp.settings import Settings

AuthMethod = Literal["caller-key", "access-tokens", "oauth"]

LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "[::1]")
MAX_PORT = 65535
MAX_WORKERS = 64
MIN_HASH_KEY_CHARACTERS = 16

_AUTH_METHODS = (
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
    auth: AuthMethod = "caller-key"
    access_tokens: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)
    """Name and SHA-256 of each token; a name may have several, so that they can be exchanged."""
    public_url: str = ""
    """Where callers reach `/mcp`: what OAuth tokens must be meant for."""
    oauth_issuer: str = ""
    oauth_scopes: tuple[str, ...] = ()
    allowed_hosts: tuple[str, ...] = ()
    """Values of the Host header that are answered, with `:*` for any port; `*` for all."""
    allowed_origins: tuple[str, ...] = ()
    """Web pages that may call, with `:*` for any port; `*` for all."""
    trusted_proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    calls_per_minute: int = 1200
    """Of one caller; 0 for no limit."""
    concurrent_calls_per_caller: int = 64
    concurrent_calls: int = 256
    """Of all callers of one process."""
    search_cache_seconds: float = 15.0
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
        redis_url = read_redis_url(environment.text(environ, "SCENARIO_MCP_REDIS_URL"))
        public_url = environment.url(environ, "SCENARIO_MCP_PUBLIC_URL", example="https://mcp.example.com/mcp")
        default = cls()
        read = cls(
            host=host,
            port=port,
            workers=workers,
            auth=environment.choice(
                environ, "SCENARIO_MCP_HTTP_AUTH", get_args(AuthMethod), default.auth, _AUTH_METHODS
            ),
            access_tokens=read_entries(environment.text(environ, "SCENARIO_MCP_ACCESS_TOKENS")),
            public_url=public_url,
            oauth_issuer=environment.url(environ, "SCENARIO_MCP_OAUTH_ISSUER", example="https://login.example.com"),
            oauth_scopes=_scopes(environ),
            allowed_hosts=_allowed_hosts(environ) or _default_hosts(host, public_url),
            allowed_origins=_allowed_origins(environ) or _default_origins(host),
            trusted_proxies=_trusted_proxies(environ) or default.trusted_proxies,
            calls_per_minute=environment.number(
                environ, "SCENARIO_MCP_CALLS_PER_MINUTE", default.calls_per_minute, least=0, most=1_000_000
            ),
            concurrent_calls_per_caller=environment.number(
                environ,
                "SCENARIO_MCP_CONCURRENT_CALLS_PER_CALLER",
                default.concurrent_calls_per_caller,
                least=1,
                most=10_000,
            ),
            concurrent_calls=environment.number(
                environ, "SCENARIO_MCP_CONCURRENT_CALLS", default.concurrent_calls, least=1, most=10_000
            ),
            search_cache_seconds=environment.number(
                environ, "SCENARIO_MCP_SEARCH_CACHE_SECONDS", default.search_cache_seconds, least=0, most=300
            ),
            redis_url=redis_url,
            hash_key=_hash_key(environ, redis_url),
            drain_seconds=environment.number(
                environ, "SCENARIO_MCP_DRAIN_SECONDS", default.drain_seconds, least=0, most=300
            ),
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
        if self.auth != "caller-key" and not settings.can_search:
            raise SettingsRefused(
                f"SCENARIO_MCP_HTTP_AUTH is {self.auth}, so calls go by this server's own key, and there is none. Set "
                "SCENARIO_SDK_API_KEY and SCENARIO_SDK_API_SECRET, or SCENARIO_MCP_SANDBOX=1."
            )
        if self.is_loopback:
            return
        if not environment.text(environ, "SCENARIO_MCP_HTTP_AUTH"):
            raise SettingsRefused(
                f"--host {self.host} lets other machines in, and nothing says who may ask. Set SCENARIO_MCP_HTTP_AUTH "
                f"to {_AUTH_METHODS}."
            )
        if self.auth == "caller-key" and not settings.upstream.needs_credentials:
            raise SettingsRefused(
                f"--host {self.host} lets other machines in, and the sandbox asks nobody for a key. Set "
                "SCENARIO_MCP_HTTP_AUTH to access-tokens or oauth."
            )
        if not self.allowed_hosts:
            raise SettingsRefused(
                f"--host {self.host} lets other machines in, so say by which names they reach this server: set "
                "SCENARIO_MCP_ALLOWED_HOSTS, such as mcp.example.com, or SCENARIO_MCP_PUBLIC_URL."
            )


def _scopes(environ: Mapping[str, str]) -> tuple[str, ...]:
    name = "SCENARIO_MCP_OAUTH_SCOPES"
    scopes = tuple(dict.fromkeys(environ.get(name, "").replace(",", " ").split()))
    if not all(map(_SCOPE.fullmatch, scopes)):
        raise SettingsRefused(f"{name} must list scopes, separated by spaces. Example: scenario:search")
    return scopes


def _allowed_hosts(environ: Mapping[str, str]) -> tuple[str, ...]:
    example = "mcp.example.com, mcp.example.com:8443"
    return environment.listed(
        environ, "SCENARIO_MCP_ALLOWED_HOSTS", _HOST.fullmatch, kind="host names", example=example
    )


def _allowed_origins(environ: Mapping[str, str]) -> tuple[str, ...]:
    example = "https://chat.example.com"
    return environment.listed(
        environ, "SCENARIO_MCP_ALLOWED_ORIGINS", _ORIGIN.fullmatch, kind="origins", example=example
    )


def _trusted_proxies(environ: Mapping[str, str]) -> tuple[str, ...]:
    return environment.listed(
        environ, "SCENARIO_MCP_TRUSTED_PROXIES", _is_network, kind="addresses or networks", example="10.0.0.0/8"
    )


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return True


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


def _hash_key(environ: Mapping[str, str], redis_url: str) -> bytes:
    """Return the key that is given, else one that all replicas of one Redis share, else one of this process alone."""
    name = "SCENARIO_MCP_HASH_KEY"
    text = environment.text(environ, name)
    if text and len(text) < MIN_HASH_KEY_CHARACTERS:
        raise SettingsRefused(f"{name} must be at least {MIN_HASH_KEY_CHARACTERS} characters that nobody can guess.")
    if text or redis_url:
        return hashlib.sha256(f"scenario-mcp caller {text or redis_url}".encode()).digest()
    return secrets.token_bytes(32)
