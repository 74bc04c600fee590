"""Hosts and proxies on loopback ports, with certificates of an authority of our own, and requests to them."""

import asyncio
import hashlib
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Self

import anyio
import httpx
import pytest
import trustme
from cryptography import x509

from scenario_mcp.net.connection_errors import explain
from scenario_mcp.net.connections import Network

AUTHORITY = trustme.CA()
BUNDLE = AUTHORITY.cert_pem.bytes().decode()
PEOPLE = ["localhost", "127.0.0.1", "api.test", "cdn.test", "open.test"]
EMPTY_PAGE = b'{"hits":[],"query":"","processingTimeMs":1}'
LONGEST_SECONDS = 10.0
TLS_HANDSHAKE = b"\x16"

UNTRUSTED = (
    "The certificate of HOST is not trusted (unknown authority). If your network inspects traffic, set "
    "SCENARIO_MCP_CA_BUNDLE to its authority's PEM file."
)
WRONG_NAME = (
    "The certificate of HOST is for another host name. Check the address, and whether a proxy or a sign-in page "
    "answers in its place."
)


class Listener:
    """A server on a loopback port; `heads` are the requests as they came. Opens at its `async with`."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.heads: list[str] = []
        self.most_at_once = 0
        self.port = 0
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: str) -> None:
        """Answer one request."""
        length = next((int(line[15:]) for line in head.splitlines() if line.lower().startswith("content-length:")), 0)
        await reader.readexactly(length)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(EMPTY_PAGE), EMPTY_PAGE))

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self.most_at_once = max(self.most_at_once, len(self._tasks))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                while True:
                    if (first := await reader.readexactly(1)) == TLS_HANDSHAKE:
                        writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
                        return
                    head = (first + await reader.readuntil(b"\r\n\r\n")).decode("ascii")
                    self.heads.append(head)
                    await self.answer(reader, writer, head)
                    await writer.drain()
                    if "\r\nconnection: close\r\n" in head.lower():
                        return
        except (TimeoutError, asyncio.IncompleteReadError, OSError):
            pass  # the other side has gone
        finally:
            writer.close()


class Proxy(Listener):
    """Takes every tunnel to the port that is asked for on this machine, or refuses it with a status."""

    def __init__(self, status: int = 200, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(tls)
        self._status = status

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: str) -> None:
        writer.write(b"HTTP/1.1 %d A stranger's words\r\n\r\n" % self._status)
        if self._status != 200:
            return
        there, back = await asyncio.open_connection("127.0.0.1", int(head.split()[1].rpartition(":")[2]))
        try:
            await asyncio.gather(_copy(reader, back), _copy(there, writer))
        finally:
            back.close()

    @property
    def targets(self) -> list[str]:
        return [head.split("\r\n")[0].rpartition(":")[0] for head in self.heads]


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while chunk := await source.read(65536):
        target.write(chunk)
    target.close()


def certified(*names: str, authority: trustme.CA = AUTHORITY, not_after: datetime | None = None) -> ssl.SSLContext:
    """Make the TLS of a server that shows a certificate for these names."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*(names or PEOPLE), not_after=not_after).configure_cert(context)
    return context


def self_signed() -> ssl.SSLContext:
    """Make the TLS of a server whose certificate nobody else has signed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own = trustme.CA()
    with trustme.Blob(own.private_key_pem.bytes() + own.cert_pem.bytes()).tempfile() as path:
        context.load_cert_chain(path)
    return context


def hashed_name(authority: trustme.CA) -> str:
    """Name a certificate's file as OpenSSL looks for it: SHA-1 of the subject in small letters."""
    subject = x509.load_pem_x509_certificate(authority.cert_pem.bytes()).subject
    small = x509.Name([x509.NameAttribute(each.oid, str(each.value).lower()) for each in subject])
    digest = hashlib.sha1(small.public_bytes()[2:], usedforsecurity=False).digest()  # without the outer header
    return f"{int.from_bytes(digest[:4], 'little'):08x}.0"


async def get(url: str, network: Network | None = None) -> httpx.Response:
    """Fetch an address as the API's client would connect to it."""
    with anyio.fail_after(LONGEST_SECONDS):
        async with (network or Network(BUNDLE)).client([url]) as client:
            return await client.send(httpx.Request("GET", url), auth=None)


async def explained(url: str, network: Network | None = None) -> str | None:
    """Fail to fetch an address; say why."""
    with pytest.raises(httpx.HTTPError) as failed:
        await get(url, network)
    explanation = explain(failed.value, "HOST")
    return None if explanation is None else str(explanation)


@asynccontextmanager
async def proxied(monkeypatch: pytest.MonkeyPatch, name: str = "HTTPS_PROXY") -> AsyncIterator[tuple[Listener, Proxy]]:
    """Open a host with TLS, and a proxy that the environment names."""
    async with Listener(certified()) as host, Proxy() as proxy:
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        yield host, proxy
