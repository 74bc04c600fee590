"""HTTP clients as the machine's network wants them: proxies, certificates, limits."""

import os
import ssl
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cached_property
from urllib.request import getproxies, proxy_bypass

import certifi
import httpx

from scenario_mcp.errors import Unavailable
from scenario_mcp.settings import is_loopback

USER_AGENT = "scenario-mcp"
MAX_CONNECTIONS = 20
"""To the API, to the picture hosts, and to where users' pictures lie. What comes on top waits for its turn."""
KEEP_ALIVE_SECONDS = 30.0
"""How long an idle connection is kept: an agent thinks between two searches. Load balancers drop theirs after 60."""

PROXY_DOWN = (
    "The connection to the proxy failed. Check its address in HTTPS_PROXY or ALL_PROXY (most are written "
    "http://host:port, without https), and that it is up."
)
PROXY_WANTS_LOGIN = (
    "The proxy wants a user name and a password. Write them into HTTPS_PROXY or ALL_PROXY, as in "
    "http://user:password@proxy.example.com:8080, with special characters percent-encoded."
)

_LIMITS = httpx.Limits(
    max_connections=MAX_CONNECTIONS, max_keepalive_connections=MAX_CONNECTIONS, keepalive_expiry=KEEP_ALIVE_SECONDS
)
_VERIFY_BY_THEMSELVES = ("win32", "darwin")
"""Systems whose trusted certificates OpenSSL cannot read."""
_SYSTEM_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Alpine, Arch
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  # Fedora, RHEL
    "/etc/ssl/ca-bundle.pem",  # SUSE
    "/etc/ssl/cert.pem",  # BSD
)
"""For a Python whose own OpenSSL looks elsewhere."""

# X509_V_ERR_* of OpenSSL, CERT_E_* of Windows, errSec* of macOS: truststore passes on what its system says.
_UNKNOWN_AUTHORITY = frozenset({2, 18, 19, 20, 21, 0x800B0109, 0x800B010A, -67843})
_OTHER_NAME = frozenset({62, 64, 0x800B010F, -67602})
_NOT_VALID_NOW = frozenset({9, 10, 0x800B0101, -67818, -67819})
_NOT_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE"})
_PROXY_AUTHENTICATION_REQUIRED = 407


class ProxyUnreachable(httpx.ProxyError):
    """The proxy itself could not be connected to."""


class Network:
    """The way out of this process: its proxies, and one TLS context for all clients.

    `ca_bundle` holds PEM certificates that are trusted beside the system's.
    """

    def __init__(self, ca_bundle: str = "") -> None:
        self._ca_bundle = ca_bundle

    @cached_property
    def tls(self) -> ssl.SSLContext:
        """The context that verifies certificates and names; made when first needed, which takes some 20 ms.

        Raises:
            Unavailable: SSL_CERT_FILE or SSL_CERT_DIR cannot be used.

        """
        context = _trusting_environment() or _trusting_system()
        if self._ca_bundle:
            context.load_verify_locations(cadata=self._ca_bundle)
            context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # the authority given may be an intermediate one
        return context

    @property
    def has_proxy(self) -> bool:
        """Whether a proxy is set, be it a usable one or not."""
        proxies = getproxies()
        return bool(proxies.get("https") or proxies.get("all"))

    def transport(self, url: str) -> httpx.AsyncBaseTransport:
        """Make a transport to the host of this address: no cookies, no redirects; through the proxy as `client`.

        Raises:
            Unavailable: the proxy that is set cannot be one; the sentence names the variable.

        """
        proxy = None if is_direct(url) else self._proxy()
        if proxy:
            return _Proxied(proxy, self.tls)
        return httpx.AsyncHTTPTransport(verify=self.tls, limits=_LIMITS, trust_env=False)

    def client(self, urls: Iterable[str]) -> httpx.AsyncClient:
        """Make a client for the hosts of these addresses: through the proxy, except those that NO_PROXY names.

        This machine is never asked through a proxy: it may be asked by http, and a proxy would read the credentials.

        Raises:
            Unavailable: the proxy that is set cannot be one; the sentence names the variable.

        """
        targets = [*urls]
        direct = [httpx.URL(url).host for url in targets if is_direct(url)]
        proxy = self._proxy() if len(direct) < len(targets) else None
        mounts: dict[str, httpx.AsyncBaseTransport | None] = {}
        if proxy:
            mounts["all://"] = _Proxied(proxy, self.tls)
            mounts |= {f"all://[{host}]" if ":" in host else f"all://{host}": None for host in direct}
        return httpx.AsyncClient(verify=self.tls, limits=_LIMITS, trust_env=False, mounts=mounts)

    def direct_client(self) -> httpx.AsyncClient:
        """Make a client that connects to the very address it is told: a proxy would resolve names once more."""
        transport = _Late(lambda: httpx.AsyncHTTPTransport(verify=self.tls, limits=_LIMITS))
        return httpx.AsyncClient(transport=transport, trust_env=False)

    def _proxy(self) -> httpx.Proxy | None:
        proxies = getproxies()
        scheme = "https" if proxies.get("https") else "all"  # of http there is only this machine
        address = proxies.get(scheme)
        if not address:
            return None
        try:
            url = httpx.URL(address if "://" in address else f"http://{address}")
        except httpx.InvalidURL:
            url = httpx.URL()
        if url.scheme.startswith("socks"):
            raise Unavailable(
                f"{_place(scheme, address)} names a SOCKS proxy, which is not supported. Set HTTPS_PROXY to an HTTP "
                "proxy, such as http://proxy.example.com:8080."
            )
        if url.scheme not in {"http", "https"} or not url.host or not 0 < (url.port or 1) <= 65535:  # noqa: PLR2004  # ports
            raise Unavailable(
                f"{_place(scheme, address)} does not hold the address of an HTTP proxy. Example: "
                "http://proxy.example.com:8080"
            )
        return httpx.Proxy(url, ssl_context=self.tls if url.scheme == "https" else None)


def is_direct(address: str) -> bool:
    """Whether the host of this address is not asked through a proxy, even if one is set."""
    url = httpx.URL(address)
    return is_loopback(url.host) or bool(proxy_bypass(f"{url.host}:{url.port or 443}"))


def explain(error: httpx.HTTPError, host: str) -> str | None:
    """Say in a sentence what certificate, proxy or port kept a request from `host`; None if it was nothing of these."""
    if isinstance(error, ProxyUnreachable):
        return PROXY_DOWN
    if isinstance(error, httpx.ProxyError):
        return _explain_proxy(str(error)[:3], host)
    cause = _system_error(error)
    if not (isinstance(error, httpx.ConnectError) and isinstance(cause, ssl.SSLError)):
        return None
    if not isinstance(cause, ssl.SSLCertVerificationError):
        return (
            f"On this port, {host} does not speak TLS. Check the address and its port, and whether a proxy or a "
            "sign-in page answers in its place."
            if cause.reason in _NOT_TLS
            else None
        )
    code = getattr(cause, "verify_code", 0)
    if code in _OTHER_NAME:
        return (
            f"The certificate of {host} is for another host name. Check the address, and whether a proxy or a sign-in "
            "page answers in its place."
        )
    if code in _NOT_VALID_NOW:
        return (
            f"The certificate of {host} has expired or is not valid yet. Check the date and time of this machine; if "
            "they are right, the host has to renew it."
        )
    reason = "unknown authority" if code in _UNKNOWN_AUTHORITY else f"code {code}"
    return (
        f"The certificate of {host} is not trusted ({reason}). If your network inspects traffic, set "
        "SCENARIO_MCP_CA_BUNDLE to its authority's PEM file."
    )


def _explain_proxy(status: str, host: str) -> str | None:
    if not (status.isascii() and status.isdecimal()):
        return None
    if int(status) == _PROXY_AUTHENTICATION_REQUIRED:
        return PROXY_WANTS_LOGIN
    if status.startswith("5"):
        return f"The proxy could not reach {host} ({status}). Try again; if it stays so, tell who runs the proxy."
    return (
        f"The proxy refused to connect to {host} ({status}). Ask who runs it to allow this host, or name the host in "
        "NO_PROXY if it can be reached without."
    )


def _trusting_environment() -> ssl.SSLContext | None:
    """Trust what SSL_CERT_FILE, else SSL_CERT_DIR, names and nothing else, as httpx and OpenSSL do."""
    name = next((name for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if os.environ.get(name)), None)
    if name is None:
        return None
    path = os.environ[name]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        if name == "SSL_CERT_FILE":
            context.load_verify_locations(cafile=path)
        else:
            context.load_verify_locations(capath=path)
    except (OSError, ValueError):
        raise Unavailable(
            f"{name} does not lead to certificates in PEM form, so no host can be trusted. Correct it, or remove it."
        ) from None
    return context


def _trusting_system() -> ssl.SSLContext:
    if sys.platform in _VERIFY_BY_THEMSELVES:
        import truststore

        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # Not ssl.create_default_context: from Python 3.13 it refuses the certificates of many inspecting proxies.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    paths = ssl.get_default_verify_paths()
    if paths.capath:
        context.load_verify_locations(capath=paths.capath)
    for bundle in (paths.cafile, *_SYSTEM_BUNDLES, certifi.where()):  # certifi's where the system brings none
        with suppress(OSError):
            if bundle:
                context.load_verify_locations(cafile=bundle)
                break
    return context


def _place(scheme: str, address: str) -> str:
    """Name the variable that holds the address of a proxy, in whatever case; else where the system keeps it."""
    for name, value in os.environ.items():
        if name.lower() == f"{scheme}_proxy" and value == address:
            return name
    return "The proxy setting of this system"


def _system_error(error: BaseException) -> OSError | None:
    """Return the error of the socket or of TLS that a chain of exceptions began with."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, OSError):
        cause = cause.__cause__ or cause.__context__  # httpcore hides the one that it began with
    return cause


class _Proxied(httpx.AsyncHTTPTransport):
    """Tells a proxy that cannot be connected to from a host behind it with which TLS fails."""

    def __init__(self, proxy: httpx.Proxy, tls: ssl.SSLContext) -> None:
        super().__init__(verify=tls, limits=_LIMITS, trust_env=False, proxy=proxy)
        self._speaks_tls = proxy.url.scheme == "https"

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return await super().handle_async_request(request)
        except httpx.ConnectError as error:
            cause = _system_error(error)
            # An https proxy that speaks no TLS is a mistake in its address far more often than a host is such.
            if isinstance(cause, ssl.SSLCertVerificationError) or (
                isinstance(cause, ssl.SSLError) and not self._speaks_tls
            ):
                raise
            raise ProxyUnreachable("The proxy could not be connected to.", request=request) from error


class _Late(httpx.AsyncBaseTransport):
    """Makes the transport when something is sent."""

    def __init__(self, make: Callable[[], httpx.AsyncBaseTransport]) -> None:
        self._make = make
        self._made: httpx.AsyncBaseTransport | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._made = self._made or self._make()
        return await self._made.handle_async_request(request)

    async def aclose(self) -> None:
        if self._made:
            await self._made.aclose()
