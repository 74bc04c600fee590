"""Reads the address of Redis or Valkey from the settings."""

import importlib.util
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from scenario_mcp.errors import SettingsRefused

DEFAULT_PORT = 6379
_NAME = "SCENARIO_MCP_REDIS_URL"
_EXAMPLE = "Example: redis://:password@redis.example:6379/0"
_SCHEMES = {"redis": "redis", "rediss": "rediss", "valkey": "redis", "valkeys": "rediss", "unix": "unix"}
_OPTIONS = {"redis": ("db",), "rediss": ("db", "ssl_ca_certs"), "unix": ("db",)}


def read_redis_url(text: str) -> str:
    """Return the address as redis-py accepts it; empty for an empty text.

    Raises:
        SettingsRefused: it is not an address of Redis, or the package `redis` is missing.

    """
    text = text.strip()
    if not text:
        return ""
    try:
        url = urlsplit(text)
        options = dict(parse_qsl(url.query, keep_blank_values=True, strict_parsing=bool(url.query)))
        has_host = bool(url.hostname) and url.port != 0
    except ValueError as error:
        raise SettingsRefused(f"{_NAME} is not an address of Redis. {_EXAMPLE}") from error
    problem = _problem(text, url, has_host=has_host) or _problem_with_options(url, options)
    if problem:
        raise SettingsRefused(problem)
    if importlib.util.find_spec("redis") is None:
        raise SettingsRefused(f'{_NAME} needs the package redis. Install it with: pip install "scenario-mcp[http]"')
    return _SCHEMES[url.scheme] + text[len(url.scheme) :]


def redis_place(url: str) -> str:
    """Return where an address that was read leads, without its credentials: host and port, or the socket's path."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return unquote(parts.path)
    host = parts.hostname or ""
    return f"{f'[{host}]' if ':' in host else host}:{parts.port or DEFAULT_PORT}"


def _problem(text: str, url: SplitResult, *, has_host: bool) -> str:
    if url.scheme not in _SCHEMES:
        return f"{_NAME} must start with redis://, rediss://, valkey://, valkeys:// or unix://. {_EXAMPLE}"
    if url.fragment or any(character.isspace() or not character.isprintable() for character in text):
        return (
            f"{_NAME} contains a character that is not allowed in an address. In a password, percent-encode it: "
            f"%23 for #. {_EXAMPLE}"
        )
    if url.scheme == "unix":
        is_path = unquote(url.path).startswith("/") and not url.netloc.rpartition("@")[2]
        example = "Example: unix:///run/redis/redis.sock"
        return "" if is_path else f"{_NAME} must name the socket by its absolute path. {example}"
    return "" if has_host else f"{_NAME} must name a host. {_EXAMPLE}"


def _problem_with_options(url: SplitResult, options: dict[str, str]) -> str:
    """Return the problem with what follows the host: no option may turn off the check of certificates."""
    scheme = _SCHEMES[url.scheme]
    if not options.keys() <= {*_OPTIONS[scheme]}:
        return f"{_NAME} accepts only these options: {', '.join(_OPTIONS[scheme])}. {_EXAMPLE}"
    database = options.get("db", "" if scheme == "unix" else url.path.strip("/"))
    if database and not (database.isascii() and database.isdigit()):
        return f"The database in {_NAME} must be a number, such as 0. {_EXAMPLE}"
    if "ssl_ca_certs" in options and not Path(options["ssl_ca_certs"]).is_file():
        return f"ssl_ca_certs in {_NAME} must be a PEM file of certificates; that file does not exist."
    return ""
