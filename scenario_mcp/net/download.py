"""Safe downloads: an address is checked against SSRF, pinned, fetched without credentials, and bounded."""

import ipaddress
from collections.abc import Awaitable, Callable, Sequence
from socket import SOCK_STREAM, gaierror
from time import monotonic
from typing import NamedTuple, Protocol
from urllib.parse import SplitResult, urljoin, urlsplit
from urllib.request import getproxies

import anyio
import httpx
from cachetools import TTLCache

from scenario_mcp.addresses import is_loopback
from scenario_mcp.errors import NotFound, Unavailable
from scenario_mcp.net.connection_errors import explain
from scenario_mcp.net.connections import USER_AGENT
from scenario_mcp.picture_formats import SHOWN

MAX_REDIRECTS = 3
CONNECT_SECONDS = 5.0
MAX_TRIED_ADDRESSES = 3
RESOLVED_SECONDS = 60.0
"""How long the resolved addresses of a name are used."""
MAX_RESOLVED_NAMES = 64

NO_ANSWER = "The picture host did not answer. Try again."
UNKNOWN_HOST = "The picture's host was not found. Check the address, and the network."
BROKEN_ADDRESS = "The picture's address is broken, so it was not fetched."
INNER_ADDRESS = "The picture's host resolves to an address that is not public, so it was not fetched."
NAMED_USER = "The picture's address contains a user name or a password, so it was not fetched."

_HTTPS_PORT = 443
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_HEADERS = {
    "User-Agent": USER_AGENT,
    "Accept": ", ".join(each.mime_type for each in SHOWN) + ", */*;q=0.1",
    "Accept-Encoding": "identity",  # decompression here has no bound
}
_INNER_V4 = ipaddress.IPv4Network("192.0.0.0/24")  # releases of Python differ on it
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")  # all that is routed, whatever a release of Python calls global
_TUNNELS_V6 = (ipaddress.IPv6Network("2001::/32"), ipaddress.IPv6Network("2002::/16"))  # Teredo, 6to4
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_PROXY_TOOLS = (
    ipaddress.IPv4Network("198.18.0.0/15"),  # fake addresses of tools that are a network adapter (TUN): RFC 2544
    ipaddress.IPv4Network("100.64.0.0/10"),  # VPNs that proxy: RFC 6598
    ipaddress.IPv6Network("fc00::/18"),  # fake addresses of the same tools
)
"""Where proxy tools answer for any name, and then connect by that name. No machine of a usual network lies there."""

Resolve = Callable[[str], Awaitable[Sequence[str]]]
"""A host name or numeric address to all its IP addresses; raises OSError or ValueError."""


async def resolve_host(host: str) -> tuple[str, ...]:
    """Return all addresses of a host, whether given by name or by number, each once."""
    found = await anyio.getaddrinfo(host, _HTTPS_PORT, type=SOCK_STREAM)
    return tuple(dict.fromkeys(place[0] for *_, place in found))


def is_public(address: str) -> bool:
    """Whether a numeric address is on the public internet, not on this machine or its networks."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.scope_id:
            return False
        if embedded := ip.ipv4_mapped or (ipaddress.IPv4Address(ip.packed[-4:]) if ip in _NAT64 else None):
            return is_public(str(embedded))
        return ip in _GLOBAL_V6 and ip.is_global and not any(ip in tunnel for tunnel in _TUNNELS_V6)
    return ip.is_global and not (ip.is_multicast or ip in _INNER_V4)


class HostRule(Protocol):
    """Decides which addresses may be fetched."""

    @property
    def refusal(self) -> str:
        """The sentence for what is not allowed."""
        ...

    @property
    def for_operator(self) -> str:
        """What the operator can do to allow it; nothing if there is no such way."""
        ...

    def allows(self, url: SplitResult) -> bool:
        """Whether the address alone allows it to be fetched."""
        ...

    def trusts(self, host: str) -> bool:
        """Whether to connect to this allowed host by name, without resolving and checking it here."""
        ...

    def may_lead_to(self, host: str, address: str) -> bool:
        """Whether to connect to this numeric address of an allowed host."""
        ...


class NamedHosts:
    """Allows the hosts that the operator named: by https, or on this machine by http and on any port too."""

    def __init__(self, hosts: tuple[str, ...], *, refusal: str, for_operator: str = "") -> None:
        self.refusal = refusal
        self.for_operator = for_operator
        self._hosts = hosts

    def allows(self, url: SplitResult) -> bool:
        """Whether the host is a named one, with an allowed scheme and port."""
        if url.hostname is None or url.hostname not in self._hosts:
            return False
        return _is_usual(url) or (is_loopback(url.hostname) and url.scheme in {"http", "https"})

    def trusts(self, host: str) -> bool:
        """Whether the host is this machine, or a proxy is set: then the proxy resolves, or NO_PROXY names the host."""
        return is_loopback(host) or any(getproxies().get(scheme) for scheme in ("https", "all"))

    def may_lead_to(self, host: str, address: str) -> bool:
        """Whether the address is public, or one that a proxy tool answers for the name: TLS still verifies the name."""
        return is_public(address) or (host != address and _is_of_proxy_tool(address))


class PublicHosts:
    """Allows every host on the public internet, by https on its usual port.

    The HTTP client must go around proxies: httpx verifies what a tunnel leads to by the address, not by the name.
    """

    for_operator = ""
    refusal = "Only https addresses of public hosts on the usual port are fetched."

    def allows(self, url: SplitResult) -> bool:
        """Whether the address is https with a host; the host's IP addresses are checked once resolved."""
        return bool(url.hostname) and _is_usual(url)

    def trusts(self, host: str) -> bool:  # noqa: ARG002  # the rule trusts nobody
        """Return False: every host is resolved and checked."""
        return False

    def may_lead_to(self, host: str, address: str) -> bool:  # noqa: ARG002  # whatever its name
        """Whether the address is public."""
        return is_public(address)


class Download(NamedTuple):
    """A response: its status, and its body if the status is 200."""

    status: int
    data: bytes


class Downloader:
    """Fetches the addresses that a rule allows. The caller owns the HTTP client, which must hold no credentials.

    A host that the rule does not trust is resolved once. The rule must allow all its addresses, and the connection goes
    to one of these, while TLS still verifies the name.
    """

    def __init__(self, http: httpx.AsyncClient, rule: HostRule, *, resolve: Resolve = resolve_host) -> None:
        self._http = http
        self._rule = rule
        self._resolve = resolve
        self._resolved = TTLCache[str, tuple[str, ...]](MAX_RESOLVED_NAMES, RESOLVED_SECONDS, monotonic)

    async def get(
        self, url: str, *, max_bytes: int, timeout_seconds: float, write: Callable[[bytes], object] | None = None
    ) -> Download:
        """Fetch an address, following redirects; what is passed to `write`, part by part, is not in the answer.

        Raises:
            NotFound: the address is broken or not allowed, or its host is not public.
            Unavailable: the host did not answer in time, sent more than `max_bytes`, or compressed it.

        """
        try:
            with anyio.fail_after(timeout_seconds):
                for _ in range(MAX_REDIRECTS + 1):
                    target = self._checked(url)
                    answer = await self._fetch(target, max_bytes, timeout_seconds, write)
                    if isinstance(answer, Download):
                        return answer
                    url = urljoin(str(target), answer)
        except gaierror as error:
            raise Unavailable(UNKNOWN_HOST) from error
        except (OSError, ValueError, httpx.HTTPError) as error:  # a time-out is an OSError
            reason = explain(error, "the picture host") if isinstance(error, httpx.HTTPError) else None
            if reason is None:
                raise Unavailable(NO_ANSWER) from error
            raise Unavailable(reason.what, for_operator=reason.for_operator) from error
        raise Unavailable(f"The picture's address redirects more than {MAX_REDIRECTS} times.")

    def allows(self, url: str) -> bool:
        """Whether the rule allows this address, judged by the address alone."""
        try:
            self._checked(url)
        except NotFound:
            return False
        return True

    def _checked(self, url: str) -> httpx.URL:
        """Return the address as it is sent: the check and the request use the same parsed address."""
        try:
            urlsplit(url)
            target = httpx.URL(url)
            is_allowed = self._rule.allows(urlsplit(str(target)))  # reads the port, which may be none
        except (ValueError, httpx.InvalidURL) as error:
            raise NotFound(BROKEN_ADDRESS) from error
        if not is_allowed:
            raise NotFound(self._rule.refusal, for_operator=self._rule.for_operator)
        if target.userinfo:
            raise NotFound(NAMED_USER)
        return target

    async def _fetch(
        self, target: httpx.URL, max_bytes: int, timeout_seconds: float, write: Callable[[bytes], object] | None
    ) -> Download | str:
        """Send one request; a text is the address to which it redirects."""
        host = target.raw_host.decode("ascii")
        timeout = httpx.Timeout(timeout_seconds, connect=min(CONNECT_SECONDS, timeout_seconds)).as_dict()
        if self._rule.trusts(host):
            return await self._read(
                httpx.Request("GET", target, headers=_HEADERS, extensions={"timeout": timeout}), max_bytes, write
            )
        # One connection per request: a connection that was verified for another name must not be reused.
        headers = {**_HEADERS, "Host": target.netloc.decode("ascii"), "Connection": "close"}
        extensions = {"timeout": timeout, "sni_hostname": host}
        failure: Exception = Unavailable(NO_ANSWER)
        for address in (await self._addresses(host))[:MAX_TRIED_ADDRESSES]:
            request = httpx.Request("GET", target.copy_with(host=address), headers=headers, extensions=extensions)
            try:
                return await self._read(request, max_bytes, write)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failure = error
        raise failure

    async def _addresses(self, host: str) -> tuple[str, ...]:
        """Return the host's addresses, all of them allowed, IPv4 first: IPv6 is more often set up only in part."""
        addresses = self._resolved.get(host)
        if addresses is None:
            addresses = tuple(sorted(await self._resolve(host), key=lambda address: ":" in address))
            if not all(self._rule.may_lead_to(host, address) for address in addresses):
                raise NotFound(INNER_ADDRESS)
            self._resolved[host] = addresses
        return addresses

    async def _read(
        self, request: httpx.Request, max_bytes: int, write: Callable[[bytes], object] | None
    ) -> Download | str:
        response = await self._http.send(request, auth=None, follow_redirects=False, stream=True)
        try:
            self._http.cookies.clear()  # they are never sent, so they need no memory
            location = response.headers.get("Location")
            if response.status_code in _REDIRECTS and location:
                return str(location)
            if response.status_code != httpx.codes.OK:
                return Download(response.status_code, b"")
            if response.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
                raise Unavailable(
                    "The picture host compressed its response, which is not supported. Use another address."
                )
            too_large = Unavailable(f"The picture is larger than {max_bytes / 1e6:g} MB.")
            length = response.headers.get("Content-Length", "")
            if length.isdecimal() and int(length[:20]) > max_bytes:
                raise too_large
            data, size = bytearray(), 0
            write = write or data.extend
            async for chunk in response.aiter_bytes():  # not compressed, so these are the bytes as received
                size += len(chunk)
                if size > max_bytes:
                    raise too_large
                write(chunk)
            return Download(response.status_code, bytes(data))
        finally:
            await response.aclose()


def _is_of_proxy_tool(address: str) -> bool:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(ip in network for network in _PROXY_TOOLS)


def _is_usual(url: SplitResult) -> bool:
    """Whether the address is https on its usual port; raises ValueError for an invalid port."""
    return url.scheme == "https" and url.port in {None, _HTTPS_PORT}
