"""The way to every host: a transport of httpx through aiohttp, which takes a third of the CPU of httpx's own.

httpx's pool looks at every connection and every request whenever one begins or ends, and its parser is written in
Python. Loaded at the first request only: importing aiohttp takes longer than a search.
"""

import base64
import ssl
from functools import lru_cache
from threading import get_ident
from typing import Self

import httpx

from scenario_mcp.net.connection_errors import ProxyUnreachable
from scenario_mcp.net.connections import USER_AGENT

KEEP_ALIVE_SECONDS = 30.0
"""How long an idle connection is kept: an agent thinks between two searches. Load balancers drop theirs after 60."""
MAX_HEAD_LINE_BYTES = 65_536
"""Of the status line and of each header; httpx's own takes 100 kB of headers together."""


def _without_certificates() -> None:
    """Import aiohttp without the two TLS contexts that it fills with the system's certificates, 40 ms each.

    Nothing here uses them: every session is given the context of the process. Other threads notice nothing.
    """
    fill, importing = ssl.SSLContext.set_default_verify_paths, get_ident()

    def fill_in_other_threads(context: ssl.SSLContext) -> None:
        if get_ident() != importing:
            fill(context)

    ssl.SSLContext.set_default_verify_paths = fill_in_other_threads  # type: ignore[assignment,method-assign]  # put back below
    try:
        import aiohttp  # noqa: F401  # for its first import
    finally:
        ssl.SSLContext.set_default_verify_paths = fill  # type: ignore[method-assign]  # as it was


_without_certificates()

import aiohttp  # noqa: E402  # after the above
from yarl import URL  # noqa: E402  # comes with aiohttp

_ADDED = frozenset({"accept", "accept-encoding", "user-agent"})
"""Headers that aiohttp adds to a request that does not bring them."""
_NOT_ADDED = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")
"""Headers that it shall not add; leaving them out takes some CPU."""


class AiohttpTransport(httpx.AsyncBaseTransport):
    """Sends requests through aiohttp: no cookies, no redirects, no decompression. Raises httpx's errors.

    At most `at_once` connections are open, all of them through the proxy at this address if there is one. A request may
    bring the extensions `timeout`, as for httpx's own, of which `connect` and `read` count, and `sni_hostname`.
    """

    def __init__(self, tls: ssl.SSLContext, *, at_once: int, proxy: httpx.URL | None = None) -> None:
        self._tls = tls
        self._at_once = at_once
        self._proxy = URL(str(proxy.copy_with(username=None, password=None)), encoded=True) if proxy else None
        self._to_proxy = _headers_to(proxy) if proxy else None
        self._session: aiohttp.ClientSession | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request whose body is in memory."""
        session = self._session or self._open()
        timeout = request.extensions.get("timeout") or {}
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw]
        try:
            response = await session.request(
                request.method,
                _address(str(request.url)),
                headers=headers,
                data=request.content or None,
                allow_redirects=False,
                timeout=_limits(timeout.get("connect"), timeout.get("read")),
                skip_auto_headers=None if {name.lower() for name, _ in headers} >= _ADDED else _NOT_ADDED,
                server_hostname=request.extensions.get("sni_hostname"),
                proxy=self._proxy,
                proxy_headers=self._to_proxy,
            )
        except (aiohttp.ClientConnectorError, aiohttp.ClientHttpProxyError) as error:
            raise self._unconnected(error, request) from _cause(error)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise _as_httpx(error, request) from error
        return httpx.Response(
            response.status, headers=response.raw_headers, stream=_Body(response, request), request=request
        )

    def _open(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            ssl=self._tls,
            limit=self._at_once,
            keepalive_timeout=KEEP_ALIVE_SECONDS,
            resolver=aiohttp.ThreadedResolver(),  # the system's, even where aiodns is installed
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            max_line_size=MAX_HEAD_LINE_BYTES,
            max_field_size=MAX_HEAD_LINE_BYTES,
        )
        return self._session

    def _unconnected(
        self, error: aiohttp.ClientConnectorError | aiohttp.ClientHttpProxyError, request: httpx.Request
    ) -> httpx.TransportError:
        if isinstance(error, aiohttp.ClientHttpProxyError):
            return httpx.ProxyError(f"{error.status} {error.message}", request=request)
        if self._proxy and (error.host, error.port) == (self._proxy.raw_host, self._proxy.port):
            return ProxyUnreachable("The proxy could not be connected to.", request=request)
        return httpx.ConnectError("Connecting failed.", request=request)

    async def aclose(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()


class _Body(httpx.AsyncByteStream):
    """The body of a response, chunk by chunk as received."""

    def __init__(self, response: aiohttp.ClientResponse, request: httpx.Request) -> None:
        self._response = response
        self._request = request

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        try:
            chunk = await self._response.content.readany()
        except (aiohttp.ClientError, OSError, aiohttp.http_exceptions.HttpProcessingError) as error:
            raise _as_httpx(error, self._request) from error
        if not chunk:
            raise StopAsyncIteration
        return chunk

    async def aclose(self) -> None:
        self._response.release() if self._response.content.is_eof() else self._response.close()


@lru_cache(maxsize=16)
def _address(url: str) -> URL:
    return URL(url, encoded=True)


@lru_cache(maxsize=16)
def _limits(connect: float | None, read: float | None) -> aiohttp.ClientTimeout:
    """Return the limits of a request; its callers see to it that no request waits for another one's connection."""
    return aiohttp.ClientTimeout(connect=connect, sock_read=read)


def _headers_to(proxy: httpx.URL) -> dict[str, str]:
    """Return the headers of a CONNECT: nothing but what lets the proxy take it."""
    headers = {"Accept": "*/*", "User-Agent": USER_AGENT}
    if proxy.userinfo:
        pair = f"{proxy.username}:{proxy.password}".encode()
        headers["Proxy-Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    return headers


def _cause(error: BaseException) -> BaseException:
    """Return the error of the system or of TLS that aiohttp wraps."""
    return getattr(error, "certificate_error", None) or getattr(error, "os_error", None) or error


def _as_httpx(error: Exception, request: httpx.Request) -> httpx.TransportError:
    """Return what httpx's own transport raises for the same fault, once there is a connection."""
    match error:
        case aiohttp.SocketTimeoutError():
            return httpx.ReadTimeout("Reading took too long.", request=request)
        case TimeoutError():
            return httpx.ConnectTimeout("Connecting took too long.", request=request)
        case aiohttp.ClientOSError() | ConnectionError():
            return httpx.ReadError("The connection broke.", request=request)
        case aiohttp.ClientError() | aiohttp.http_exceptions.HttpProcessingError():
            return httpx.RemoteProtocolError("The answer is no HTTP, or not whole.", request=request)
        case OSError():
            return httpx.ReadError("The connection broke.", request=request)
        case _:
            return httpx.LocalProtocolError("The request is no HTTP.", request=request)
