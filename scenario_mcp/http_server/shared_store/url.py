"""The address of Redis or Valkey, as an operator writes it."""

import importlib.util
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from scenario_mcp.errors import SettingsRefused

_NAME = "SCENARIO_MCP_REDIS_URL"
_EXAMPLE = "Example: redis://:password@redis.example:6379/0"
_SCHEMES = {"redis": "redis", "rediss": "rediss", "valkey": "redis", "valkeys": "rediss", "unix": "unix"}
_OPTIONS = {"redis": ("db",), "rediss": ("db", "ssl_ca_certs"), "unix": ("db",)}


def read_redis_url(text: str) -> str:
    """Return the address as redis-py takes it, nothing for nothing.

    Raises:
        SettingsRefused: it is no such address, or the package `redis` is missing.

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


def _problem(text: str, url: SplitResult, *, has_host: bool) -> str:
    if url.scheme not in _SCHEMES:
        return f"{_NAME} must start with redis://, rediss://, valkey://, valkeys:// or unix://. {_EXAMPLE}"
    if url.fragment or any(character.isspace() or not character.isprintable() for character in text):
        return (
            f"{_NAME} holds a character that no address has. If it is in the password, percent-encode it: %23 for #. "
            f"{_EXAMPLE}"
        )
    if url.scheme == "unix":
        is_path = unquote(url.path).startswith("/") and not url.netloc.rpartition("@")[2]
        example = "Example: unix:///run/redis/redis.sock"
        return "" if is_path else f"{_NAME} must name the socket by its absolute path. {example}"
    return "" if has_host else f"{_NAME} must name a host. {_EXAMPLE}"


def _problem_with_options(url: SplitResult, options: dict[str, str]) -> str:
    """Return what is wrong after the host: nothing there may switch the check of certificates off."""
    scheme = _SCHEMES[url.scheme]
    if not options.keys() <= {*_OPTIONS[scheme]}:
        return f"After the question mark, {_NAME} may hold nothing but {' and '.join(_OPTIONS[scheme])}. {_EXAMPLE}"
    database = options.get("db", "" if scheme == "unix" else url.path.strip("/"))
    if database and not (database.isascii() and database.isdigit()):
        return f"In {_NAME}, the database must be a number, such as the 0 at the end here. {_EXAMPLE}"
    if "ssl_ca_certs" in options and not Path(options["ssl_ca_certs"]).is_file():
        return f"In {_NAME}, ssl_ca_certs must be a PEM file of certificates, and there is no such file."
    return ""
