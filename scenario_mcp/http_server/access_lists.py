"""Lists of the settings that say from where a request may come: names of this server, web pages, proxies."""

import ipaddress
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from scenario_mcp import environment
from scenario_mcp.addresses import is_loopback
from scenario_mcp.http_server.allow_list import AllowList

ALLOWED_HOSTS = "SCENARIO_MCP_ALLOWED_HOSTS"
ALLOWED_ORIGINS = "SCENARIO_MCP_ALLOWED_ORIGINS"
TRUSTED_PROXIES = "SCENARIO_MCP_TRUSTED_PROXIES"
EARLIER_NAMES = ("SCENARIO_MCP_HTTP_HOSTS", "SCENARIO_MCP_HTTP_ORIGINS")
LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "[::1]")
FILES = "file://"
"""What some programs send for pages that are files."""
NO_ORIGIN = "null"
"""What browsers send for a page whose origin they do not tell, such as one from a file or in a sandboxed frame."""

_NAME = r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*"
_PORT = r"(?::(?:\d{1,5}|\*))?"
_HOST = re.compile(rf"\*|(?:{_NAME}|\[[0-9a-f:.]+\]){_PORT}")
_ORIGIN = re.compile(rf"\*|null|file://|[a-z][a-z0-9+.-]*://(?:[a-z0-9_.-]+|\[[0-9a-f:.]+\]){_PORT}")
_ANY_PAGE_OF_A_PROGRAM = re.compile(r"(?!https?:)[a-z][a-z0-9+.-]*://\*")


def allowed_hosts(environ: Mapping[str, str], host: str, public_url: str) -> tuple[str, ...]:
    """Return the values of the Host header that are answered.

    By default this machine's names where only it is listened to, and the name in the public address.
    """
    if listed := environment.listed(environ, ALLOWED_HOSTS, EARLIER_NAMES[0], problem_of=_host_problem):
        return listed
    own = [f"{name}{port}" for name in LOOPBACK_HOSTS for port in ("", ":*")] if is_loopback(host) else []
    return (*own, *([urlsplit(public_url).netloc.lower()] if public_url else []))


def allowed_origins(environ: Mapping[str, str], host: str) -> tuple[str, ...]:
    """Return the origins whose pages may call.

    By default the pages of this machine where only it is listened to, such as the MCP inspector's.
    """
    listed = environment.listed(environ, ALLOWED_ORIGINS, EARLIER_NAMES[1], problem_of=_origin_problem)
    return listed or (loopback_origins() if is_loopback(host) else ())


def unlisted_public_host(hosts: tuple[str, ...], public_url: str) -> str:
    """Return the host of the public address that no entry of the hosts lets in; nothing if one does."""
    host = urlsplit(public_url).netloc.lower()
    for default in (":443", ":80"):  # clients leave it out of the Host header
        host = host.removesuffix(default)
    return "" if host in AllowList(hosts) else host


def trusted_proxies(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the addresses and networks whose X-Forwarded-For is believed; none if none is set."""
    return environment.listed(environ, TRUSTED_PROXIES, problem_of=_network_problem)


def loopback_origins() -> tuple[str, ...]:
    """Return the origins of pages that this machine serves."""
    return tuple(f"http://{name}{port}" for name in LOOPBACK_HOSTS for port in ("", ":*"))


def programs_pages(origins: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of the origins that no web site can have: pages of programs, such as tauri://localhost."""
    return tuple(
        origin for origin in origins if origin not in {"*", NO_ORIGIN, FILES} and not origin.startswith("http")
    )


def risks(hosts: tuple[str, ...], origins: tuple[str, ...]) -> list[str]:
    """Say what these lists let in that their writer may not expect, a sentence each."""
    found = []
    if "*" in hosts:
        found.append(
            f"{ALLOWED_HOSTS} holds *: requests under any host name are answered, so web pages can get past the check "
            "by DNS rebinding. List the names of this server instead."
        )
    if "*" in origins:
        found.append(
            f"{ALLOWED_ORIGINS} holds *: every web page can call this server from its visitors' browsers. List the "
            "origins of your own pages instead."
        )
    if NO_ORIGIN in origins:
        found.append(
            f"{ALLOWED_ORIGINS} holds null, which every web page can send from a sandboxed frame. List the origin of "
            "your own page instead, if it has one."
        )
    if FILES in origins:
        found.append(f"{ALLOWED_ORIGINS} holds {FILES}: every page that is opened from a file can call this server.")
    found += [
        f"{ALLOWED_ORIGINS} holds {origin}: every page in that program can call this server, those of extensions too."
        for origin in origins
        if _ANY_PAGE_OF_A_PROGRAM.fullmatch(origin)
    ]
    return found


def _can_be_reached(item: str) -> bool:
    """Whether a host and port, perhaps behind a scheme, exist: no request ever comes for port 99999 or [1::2::3]."""
    if item == FILES:
        return True
    place = item.removesuffix(":*")
    try:
        url = urlsplit(place if "://" in place else f"//{place}")
        if "[" in place:
            ipaddress.IPv6Address(url.hostname or "")
        port = url.port
    except ValueError:
        return False
    return port != 0


def _host_problem(item: str) -> str:
    if _HOST.fullmatch(item) and _can_be_reached(item):
        return ""
    netloc = (item.partition("://")[2] or item).partition("/")[0]
    is_host = _HOST.fullmatch(netloc) and _can_be_reached(netloc)
    advice = f"Write {netloc}" if is_host else "Example: mcp.example.com, mcp.example.com:8443"
    return (
        "must list host names, separated by commas, without https:// and without a path, not "
        f"{environment.quoted(item)}. {advice}"
    )


def _origin_problem(item: str) -> str:
    if (_ORIGIN.fullmatch(item) and _can_be_reached(item)) or _ANY_PAGE_OF_A_PROGRAM.fullmatch(item):
        return ""
    if (bare := item.rstrip("/")) != item and not _origin_problem(bare):
        return f"must list origins without a slash behind, not {environment.quoted(item)}. Write {bare}"
    scheme, _, rest = item.rpartition("://")
    origin = f"{scheme or 'https'}://{rest.partition('/')[0]}"
    is_origin = _ORIGIN.fullmatch(origin) and _can_be_reached(origin)
    advice = f"Write {origin}" if is_origin else "Example: https://chat.example.com"
    return (
        "must list origins of web pages, separated by commas, with their scheme and without a path, not "
        f"{environment.quoted(item)}. {advice}"
    )


def _network_problem(item: str) -> str:
    shown = environment.quoted(item)
    try:
        network = ipaddress.ip_network(item, strict=False)
    except ValueError:
        return f"must list IP addresses or networks, separated by commas, not {shown}. Example: 10.0.0.0/8"
    address = item.partition("/")[0]
    if network.network_address == ipaddress.ip_address(address):
        return ""
    return f"holds {shown}, an address within a network. Write {network} for all of it, or {address} for one address."
