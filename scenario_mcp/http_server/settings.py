"""Every setting of the server over HTTP: read from the environment and the command line, checked once at the start."""

import hashlib
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, get_args
from urllib.parse import unquote, urlsplit

from scenario_mcp import environment
from scenario_mcp.addresses import is_loopback
from scenario_mcp.errors import SettingsRefused
from scenario_mcp.http_server import access_lists, unused_settings
from scenario_mcp.placeholders import is_reference
from scenario_mcp.settings import NAMES as GENERAL_NAMES
from scenario_mcp.settings import Settings

AuthMethod = Literal["caller-key", "access-tokens", "oauth"]

NAMES = (
    "SCENARIO_MCP_HTTP_AUTH",
    "SCENARIO_MCP_ACCESS_TOKENS",
    "SCENARIO_MCP_PUBLIC_URL",
    "SCENARIO_MCP_OAUTH_ISSUER",
    "SCENARIO_MCP_OAUTH_SCOPES",
    "SCENARIO_MCP_OAUTH_AUDIENCES",
    "SCENARIO_MCP_OAUTH_CLIENT_IDS",
    "SCENARIO_MCP_ALLOWED_HOSTS",
    "SCENARIO_MCP_ALLOWED_ORIGINS",
    "SCENARIO_MCP_TRUSTED_PROXIES",
    "SCENARIO_MCP_CALLS_PER_MINUTE",
    "SCENARIO_MCP_CONCURRENT_CALLS_PER_CALLER",
    "SCENARIO_MCP_CONCURRENT_CALLS",
    "SCENARIO_MCP_SEARCH_CACHE_SECONDS",
    "SCENARIO_MCP_REDIS_URL",
    "SCENARIO_MCP_HASH_KEY",
    "SCENARIO_MCP_DRAIN_SECONDS",
)
"""Every setting that only the server over HTTP has."""
_OPTIONAL = NAMES[NAMES.index(access_lists.ALLOWED_HOSTS) :]
"""Without one of these nobody more is let in, so one that holds a placeholder counts as not set."""
MCP_PATH = "/mcp"
MAX_PORT = 65535
MAX_WORKERS = 64
MIN_HASH_KEY_CHARACTERS = 16

_AUTH_METHODS = (
    "caller-key (each request brings its own Scenario key), access-tokens (named tokens of this server) or oauth "
    "(tokens of an OAuth issuer)"
)
_MEANING = {
    "SCENARIO_MCP_OAUTH_ISSUER": "the issuer whose tokens are accepted, such as https://login.example.com",
    "SCENARIO_MCP_PUBLIC_URL": (
        "the address of this server that tokens must be made for, such as https://mcp.example.com/mcp"
    ),
}
_NAME = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")


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
    oauth_audiences: tuple[str, ...] = ()
    """What a token may be meant for in place of the public address."""
    oauth_client_ids: tuple[str, ...] = ()
    """Clients whose tokens count although they name no audience."""
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
    """What the hashes of callers in logs, limits and Redis are keyed with; 32 bytes."""
    has_lasting_hashes: bool = False
    """Whether other processes with these settings, and this one after a restart, make the same hashes."""
    drain_seconds: float = 5.0
    """How long new calls are still served after SIGTERM, for a load balancer to notice."""
    warnings: tuple[str, ...] = ()
    """Sentences on settings that have no effect, or let in more than their writer may expect."""

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
        unfilled = tuple(name for name in _OPTIONAL if is_reference(environment.text(environ, name)))
        environ = environment.without(environ, unfilled)
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
            oauth_issuer=_issuer(environ),
            oauth_scopes=_names(environ, "SCENARIO_MCP_OAUTH_SCOPES", "scopes", "scenario:search"),
            oauth_audiences=_names(environ, "SCENARIO_MCP_OAUTH_AUDIENCES", "audiences", "api://scenario-search"),
            oauth_client_ids=_names(
                environ, "SCENARIO_MCP_OAUTH_CLIENT_IDS", "client ids", "3n4b5urk1ft4fl3mg5e62d9ado"
            ),
            allowed_hosts=access_lists.allowed_hosts(environ, host, public_url),
            allowed_origins=access_lists.allowed_origins(environ, host),
            trusted_proxies=access_lists.trusted_proxies(environ) or default.trusted_proxies,
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
            has_lasting_hashes=bool(environment.text(environ, "SCENARIO_MCP_HASH_KEY") or redis_url),
            drain_seconds=environment.number(
                environ, "SCENARIO_MCP_DRAIN_SECONDS", default.drain_seconds, least=0, most=300
            ),
        )
        unused_settings.refuse_unasked_tokens(environ, read.auth)
        read._refuse_half(environ, settings)
        placeholders = tuple(f"{name} holds a placeholder, so it counts as not set." for name in unfilled)
        return replace(read, warnings=(*placeholders, *read._warnings(environ, settings)))

    def _refuse_half(self, environ: Mapping[str, str], settings: Settings) -> None:
        """Refuse what cannot work, or would let strangers in."""
        if self.auth == "access-tokens" and not self.access_tokens:
            raise SettingsRefused(
                "SCENARIO_MCP_HTTP_AUTH is access-tokens, but SCENARIO_MCP_ACCESS_TOKENS is not set. "
                "Make its first entry with: scenario-mcp token NAME"
            )
        if self.auth == "oauth":
            given = {"SCENARIO_MCP_OAUTH_ISSUER": self.oauth_issuer, "SCENARIO_MCP_PUBLIC_URL": self.public_url}
            missing = [name for name, value in given.items() if not value]
            if missing:
                raise SettingsRefused(
                    f"SCENARIO_MCP_HTTP_AUTH is oauth, but {' and '.join(missing)} "
                    f"{'is' if len(missing) == 1 else 'are'} not set. "
                    + " ".join(f"Set {name} to {_MEANING[name]}." for name in missing)
                )
        if self.auth != "caller-key" and not settings.can_search:
            raise SettingsRefused(
                f"SCENARIO_MCP_HTTP_AUTH is {self.auth}, so this server needs a key of its own. Set "
                "SCENARIO_SDK_API_KEY and SCENARIO_SDK_API_SECRET, or SCENARIO_MCP_SANDBOX=1."
            )
        if self.is_loopback:
            return
        if not environment.text(environ, "SCENARIO_MCP_HTTP_AUTH"):
            raise SettingsRefused(
                f"--host {self.host} lets other machines in, but nothing says who may call. Set SCENARIO_MCP_HTTP_AUTH "
                f"to {_AUTH_METHODS}."
            )
        if self.auth == "caller-key" and not settings.upstream.needs_credentials:
            raise SettingsRefused(
                f"--host {self.host} lets other machines in, but the sandbox needs no key, so everybody could call. "
                "Set SCENARIO_MCP_HTTP_AUTH to access-tokens or oauth."
            )
        if not self.allowed_hosts:
            raise SettingsRefused(
                f"--host {self.host} lets other machines in, but the host name that they use is not set. Set "
                "SCENARIO_MCP_PUBLIC_URL to the address of this server, such as https://mcp.example.com/mcp, or "
                "SCENARIO_MCP_ALLOWED_HOSTS to its host names."
            )

    def _warnings(self, environ: Mapping[str, str], settings: Settings) -> Iterator[str]:
        """Yield a sentence for each setting that has no effect, or another one than it seems."""
        path = urlsplit(self.public_url).path
        if self.public_url and not path.endswith(MCP_PATH):
            yield (
                f"SCENARIO_MCP_PUBLIC_URL does not end with {MCP_PATH}, the path at which clients call this server. "
                f"Write {self.public_url.rstrip('/').removesuffix(MCP_PATH)}{MCP_PATH}, unless a proxy changes paths."
            )
        if self.auth == "oauth" and (host := access_lists.unlisted_public_host(self.allowed_hosts, self.public_url)):
            yield (
                f"{access_lists.ALLOWED_HOSTS} does not list {host}, the host of SCENARIO_MCP_PUBLIC_URL, so requests "
                "to that address are refused. Add it, unless a proxy changes the Host header."
            )
        yield from access_lists.risks(self.allowed_hosts, self.allowed_origins)
        lets_others_in = not self.is_loopback
        yield from unused_settings.without_effect(
            environ,
            (
                (
                    bool(environment.text(environ, access_lists.ALLOWED_HOSTS)) and self.auth != "oauth",
                    "SCENARIO_MCP_PUBLIC_URL",
                    f"{access_lists.ALLOWED_HOSTS} lists the host names. Remove one of the two.",
                ),
                (True, "SCENARIO_MCP_IMAGE_FOLDERS", "over HTTP no local pictures are read."),
                *(
                    (
                        lets_others_in and self.auth == "caller-key",
                        name,
                        "with caller-key each request brings its own key. Remove it from this server.",
                    )
                    for name in ("SCENARIO_SDK_API_KEY", "SCENARIO_API_KEY", "SCENARIO_SDK_JWT")
                ),
                (
                    settings.upstream.is_folder,
                    "SCENARIO_MCP_SEARCH_CACHE_SECONDS",
                    "searches of a folder of your own are not cached.",
                ),
                (
                    self.concurrent_calls_per_caller > self.concurrent_calls,
                    "SCENARIO_MCP_CONCURRENT_CALLS_PER_CALLER",
                    f"SCENARIO_MCP_CONCURRENT_CALLS allows only {self.concurrent_calls} calls of all callers.",
                ),
            ),
        )
        yield from unused_settings.unknown(environ, (*GENERAL_NAMES, *NAMES, *access_lists.EARLIER_NAMES))


def _issuer(environ: Mapping[str, str]) -> str:
    from scenario_mcp.http_server.auth.issuer_addresses import issuer_problem

    name = "SCENARIO_MCP_OAUTH_ISSUER"
    address = environment.url(environ, name, example="https://login.example.com")
    if problem := issuer_problem(address):
        raise SettingsRefused(f"{name} {problem}")
    return address


def _names(environ: Mapping[str, str], name: str, kind: str, example: str) -> tuple[str, ...]:
    """Read names as the issuer writes them: each character counts."""
    names = tuple(dict.fromkeys(environment.text(environ, name).replace(",", " ").split()))
    if not all(map(_NAME.fullmatch, names)) or any(map(is_reference, names)):
        raise SettingsRefused(f"{name} must list {kind}, separated by spaces. Example: {example}")
    return names


def without_effect_over_stdio(environ: Mapping[str, str]) -> list[str]:
    """Return a sentence for each variable that has no effect over stdio: settings of HTTP, and names that are none."""
    names = (*NAMES, *access_lists.EARLIER_NAMES)
    unused = [f"{name} has no effect without --http." for name in names if environment.text(environ, name)]
    return unused + unused_settings.unknown(environ, (*GENERAL_NAMES, *names))


def _hash_key(environ: Mapping[str, str], redis_url: str) -> bytes:
    """Return the key that is given, else one that all replicas of one Redis share, else one of this process alone."""
    name = "SCENARIO_MCP_HASH_KEY"
    text = environment.text(environ, name)
    if text and len(text) < MIN_HASH_KEY_CHARACTERS:
        raise SettingsRefused(f"{name} must be at least {MIN_HASH_KEY_CHARACTERS} characters that nobody can guess.")
    if text or redis_url:
        return hashlib.sha256(f"scenario-mcp caller {text or redis_url}".encode()).digest()
    return secrets.token_bytes(32)
