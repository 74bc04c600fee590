"""HTTP clients and transports that respect this machine's proxies, certificates and limits."""

import os
import ssl
from collections.abc import Callable, Iterable
from functools import cached_property, partial
from urllib.request import getproxies, proxy_bypass

import httpx

from scenario_mcp.addresses import is_loopback, proxy_problem
from scenario_mcp.errors import Unavailable
from scenario_mcp.net.tls import tls_context

USER_AGENT = "scenario-mcp"
MAX_CONNECTIONS = 20
"""To the API, to the picture hosts, and to the hosts of users' pictures, each. Further requests wait."""


class Network:
    """Makes the clients and transports of this process, which share its proxies and one TLS context.

    `ca_bundle` holds PEM certificates that are trusted in addition to the system's.
    """

    def __init__(self, ca_bundle: str = "") -> None:
        self._ca_bundle = ca_bundle

    @cached_property
    def tls(self) -> ssl.SSLContext:
        """The TLS context, made when first needed; raises what `tls_context` raises."""
        return tls_context(self._ca_bundle)

    @property
    def has_proxy(self) -> bool:
        """Whether a proxy is set, usable or not."""
        proxies = getproxies()
        return bool(proxies.get("https") or proxies.get("all"))

    def require_usable(self, url: str) -> None:
        """Raise what a transport to this address would raise, without making one."""
        if not is_direct(url):
            self._proxy()
        _ = self.tls

    def transport(self, url: str, *, at_once: int = MAX_CONNECTIONS) -> httpx.AsyncBaseTransport:
        """Make a transport to the host of this address: no cookies, no redirects; through the proxy as `client`.

        Raises:
            Unavailable: the address of the proxy is wrong; the sentence names the variable.

        """
        return self._transport(None if is_direct(url) else self._proxy(), at_once)

    def client(self, urls: Iterable[str]) -> httpx.AsyncClient:
        """Make a client for the hosts of these addresses: through the proxy, except those that NO_PROXY names.

        This machine is never asked through a proxy: it may be asked by http, and a proxy would read the credentials.

        Raises:
            Unavailable: the address of the proxy is wrong; the sentence names the variable.

        """
        targets = [*urls]
        direct = [httpx.URL(url).host for url in targets if is_direct(url)]
        proxy = self._proxy() if len(direct) < len(targets) else None
        mounts: dict[str, httpx.AsyncBaseTransport | None] = {}
        if proxy:
            mounts["all://"] = _LazyTransport(partial(self._transport, proxy))
            mounts |= {f"all://[{host}]" if ":" in host else f"all://{host}": None for host in direct}
        return httpx.AsyncClient(transport=_LazyTransport(self._transport), trust_env=False, mounts=mounts)

    def direct_client(self) -> httpx.AsyncClient:
        """Make a client that connects to the very address it is given: a proxy would resolve names once more."""
        return httpx.AsyncClient(transport=_LazyTransport(self._transport), trust_env=False)

    def _transport(self, proxy: httpx.URL | None = None, at_once: int = MAX_CONNECTIONS) -> httpx.AsyncBaseTransport:
        from scenario_mcp.net.aiohttp_transport import AiohttpTransport

        return AiohttpTransport(self.tls, at_once=at_once, proxy=proxy)

    def _proxy(self) -> httpx.URL | None:
        proxies = getproxies()
        scheme = "https" if proxies.get("https") else "all"  # only this machine is asked by http
        address = proxies.get(scheme)
        if not address:
            return None
        if problem := proxy_problem(address):
            raise Unavailable(f"{_place(scheme, address)} {problem}")
        return httpx.URL(address if "://" in address else f"http://{address}")


def is_direct(address: str) -> bool:
    """Whether requests to the host of this address bypass the proxy, even if one is set."""
    url = httpx.URL(address)
    return is_loopback(url.host) or bool(proxy_bypass(f"{url.host}:{url.port or 443}"))


def _place(scheme: str, address: str) -> str:
    """Name the variable, in whatever case, that holds the address of a proxy; else the setting of the system."""
    for name, value in os.environ.items():
        if name.lower() == f"{scheme}_proxy" and value == address:
            return name
    return "The proxy setting of this system"


class _LazyTransport(httpx.AsyncBaseTransport):
    """Makes the transport when a request is sent, so that nothing is loaded for hosts that nobody asks."""

    def __init__(self, make: Callable[[], httpx.AsyncBaseTransport]) -> None:
        self._make = make
        self._made: httpx.AsyncBaseTransport | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._made = self._made or self._make()
        return await self._made.handle_async_request(request)

    async def aclose(self) -> None:
        if self._made:
            await self._made.aclose()
