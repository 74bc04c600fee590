"""Web addresses: which are safe to send a secret to, and which hosts are this machine."""

import ipaddress
import re
from functools import lru_cache
from urllib.parse import urlsplit

_ODD_CHARACTER = re.compile(r"[^\x21-\x7e]|[\"'\\]")
"""White space, controls, what is not ASCII, and what would end a quoted value of a header."""

_PLACE = re.compile(r"(?:[^\[\]:]+|\[[0-9A-Fa-f:.]+\])(?::\d*)?")
"""Host and port, of a host by its name or number."""
_NO_PROXY = "does not hold the address of an HTTP proxy. Example: proxy.example.com:8080"


class UrlRefused(ValueError):
    """An address that is not used; the message is the rest of a sentence that begins with what holds it."""


def checked_url(text: str, *, allow_query: bool = False) -> str:
    """Return a web address unchanged: https, or http to this machine, without credentials.

    Raises:
        UrlRefused: what is wrong with it; the address is not quoted, since it may hold a secret.

    """
    try:
        url = urlsplit(text)
        host, _ = url.hostname or "", url.port
    except ValueError:
        raise UrlRefused("is not a web address.") from None
    if url.scheme not in {"http", "https"} or not host or _ODD_CHARACTER.search(text):
        raise UrlRefused("must be a web address that starts with https://.")
    if "@" in url.netloc or (not allow_query and ("?" in text or "#" in text)):
        raise UrlRefused("must hold the address alone, without credentials, query or fragment.")
    if url.scheme == "http" and not is_loopback(host):
        raise UrlRefused("would be reached unencrypted: http is for this machine only. Write https:// instead.")
    return text


@lru_cache(maxsize=256)
def is_loopback(host: str) -> bool:
    """Whether a host name or address is this very machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def proxy_problem(address: str) -> str:
    """Say what is wrong with the address of a proxy, as the rest of a sentence; nothing if it can be used."""
    try:
        url = urlsplit(address if "://" in address else f"http://{address}")
        place = url.netloc.rpartition("@")[2]
        is_whole = bool(_PLACE.fullmatch(place)) and url.port != 0 and not _ODD_CHARACTER.search(address)
    except ValueError:
        return _NO_PROXY
    if url.scheme.startswith("socks"):
        return (
            "names a SOCKS proxy, which is not supported. Set HTTPS_PROXY to an HTTP proxy, such as "
            "proxy.example.com:8080."
        )
    return "" if is_whole and url.scheme in {"http", "https"} else _NO_PROXY
