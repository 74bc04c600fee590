"""A transport of httpx to the API for many requests at once, through aiohttp where it is installed.

httpx's pool looks at every connection and every request whenever one begins or ends, and its parser is written in
Python: with 32 requests in flight that is more work than all the rest of a search.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

import httpx

from scenario_mcp.api.client import CONNECT_TIMEOUT_SECONDS
from scenario_mcp.net.connections import KEEP_ALIVE_SECONDS, Network, is_direct

if TYPE_CHECKING:
    import ssl

    import aiohttp


def api_transport(network: Network, url: str, *, at_once: int) -> httpx.AsyncBaseTransport:
    """Return a transport to the host of this address for `at_once` requests at a time; through a proxy, httpx's own."""
    has_proxy = not is_direct(url) and network.has_proxy
    if has_proxy or find_spec("aiohttp") is None:
        return network.transport(url)
    return AiohttpTransport(network.tls, at_once)


class AiohttpTransport(httpx.AsyncBaseTransport):
    """Sends requests through aiohttp: no cookies, no redirects, no decompression. Raises httpx's errors."""

    def __init__(self, tls: "ssl.SSLContext", at_once: int) -> None:
        self._tls = tls
        self._at_once = at_once
        self._session: aiohttp.ClientSession | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request whose body is in memory."""
        from yarl import URL

        session = self._session = self._session or self._open()
        with _as_httpx(request):
            response = await session.request(
                request.method,
                URL(str(request.url), encoded=True),
                headers=[(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw],
                data=request.content or None,
                allow_redirects=False,
            )
        return httpx.Response(
            response.status, headers=response.raw_headers, stream=_Body(response, request), request=request
        )

    def _open(self) -> "aiohttp.ClientSession":
        import aiohttp

        connector = aiohttp.TCPConnector(ssl=self._tls, limit=self._at_once, keepalive_timeout=KEEP_ALIVE_SECONDS)
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_TIMEOUT_SECONDS),
        )

    async def aclose(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()


class _Body(httpx.AsyncByteStream):
    """The body of a response, chunk by chunk as received."""

    def __init__(self, response: "aiohttp.ClientResponse", request: httpx.Request) -> None:
        self._response = response
        self._request = request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _as_httpx(self._request):
            async for chunk in self._response.content.iter_any():
                yield chunk

    async def aclose(self) -> None:
        self._response.close() if not self._response.content.is_eof() else self._response.release()


@contextmanager
def _as_httpx(request: httpx.Request) -> Iterator[None]:
    """Turn aiohttp's errors into httpx's, with the error of the system or of TLS as their cause."""
    import aiohttp

    try:
        yield
    except (aiohttp.ServerTimeoutError, TimeoutError) as error:
        raise httpx.ConnectTimeout("Connecting took too long.", request=request) from error
    except (aiohttp.ClientConnectorError, aiohttp.ClientSSLError) as error:
        cause = getattr(error, "certificate_error", None) or getattr(error, "os_error", None) or error
        raise httpx.ConnectError("Connecting failed.", request=request) from cause
    except (aiohttp.ClientError, aiohttp.http_exceptions.HttpProcessingError, OSError) as error:
        raise httpx.ReadError("The connection broke.", request=request) from error
