"""Connections go through proxies and trust certificates as the machine says; what is in the way is named."""

import asyncio
import base64
import hashlib
import socket
import ssl
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

import anyio
import httpx
import pytest
import trustme
from cryptography import x509

from scenario_mcp.api.requests import AssetSearch
from scenario_mcp.backend import Backend, open_scenario
from scenario_mcp.errors import Unavailable
from scenario_mcp.net import connections
from scenario_mcp.net.connections import Network, explain
from scenario_mcp.settings import Settings

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
NOT_VALID_NOW = (
    "The certificate of HOST has expired or is not valid yet. Check the date and time of this machine; if they are "
    "right, the host has to renew it."
)
NO_TLS = (
    "On this port, HOST does not speak TLS. Check the address and its port, and whether a proxy or a sign-in page "
    "answers in its place."
)
REFUSED = (
    "The proxy refused to connect to HOST (403). Ask who runs it to allow this host, or name the host in NO_PROXY if "
    "it can be reached without."
)
WANTS_LOGIN = (
    "The proxy wants a user name and a password. Write them into HTTPS_PROXY or ALL_PROXY, as in "
    "http://user:password@proxy.example.com:8080, with special characters percent-encoded."
)
PROXY_DOWN = (
    "The connection to the proxy failed. Check its address in HTTPS_PROXY or ALL_PROXY (most are written "
    "http://host:port, without https), and that it is up."
)


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what this machine says about proxies and certificates."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "ssl_cert_file", "ssl_cert_dir"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture(autouse=True)
def names_lead_to_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Resolve every name here: no question leaves this machine."""
    resolve = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda _host, *rest, **named: resolve("127.0.0.1", *rest, **named))


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
    return explain(failed.value, "HOST")


@asynccontextmanager
async def proxied(monkeypatch: pytest.MonkeyPatch, name: str = "HTTPS_PROXY") -> AsyncIterator[tuple[Listener, Proxy]]:
    """Open a host with TLS, and a proxy that the environment names."""
    async with Listener(certified()) as host, Proxy() as proxy:
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        yield host, proxy


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
async def test_https_goes_through_the_proxy_that_the_environment_names(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    async with proxied(monkeypatch, name) as (host, proxy):
        answer = await get(f"https://api.test:{host.port}/v1")
    assert (answer.status_code, proxy.targets) == (200, ["CONNECT api.test"])


async def test_a_proxy_is_written_without_a_scheme_too(monkeypatch: pytest.MonkeyPatch) -> None:
    async with proxied(monkeypatch) as (host, proxy):
        monkeypatch.setenv("HTTPS_PROXY", f"127.0.0.1:{proxy.port}")
        assert (await get(f"https://api.test:{host.port}/v1")).status_code == 200


async def test_the_proxy_of_https_comes_before_that_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks://127.0.0.1:9/")  # as GNOME sets beside the others
    async with proxied(monkeypatch) as (host, proxy):
        await get(f"https://api.test:{host.port}/v1")
    assert proxy.targets == ["CONNECT api.test"]


async def test_a_proxy_gets_its_own_credentials_and_never_those_of_the_api(monkeypatch: pytest.MonkeyPatch) -> None:
    async with proxied(monkeypatch) as (host, proxy):
        monkeypatch.setenv("HTTPS_PROXY", f"http://ann:p%40ss%3Aword@127.0.0.1:{proxy.port}")
        settings = Settings(
            api_key="key", api_secret="secret", base_url=f"https://api.test:{host.port}/v1", ca_bundle=BUNDLE
        )
        with anyio.fail_after(LONGEST_SECONDS):
            async with open_scenario(settings) as scenario:
                page = await scenario.client.search_assets(AssetSearch(query="castle"))
    assert page.hits == ()
    (to_proxy,), (to_host,) = proxy.heads, host.heads
    basic = base64.b64encode(b"ann:p@ss:word").decode()
    assert to_proxy == (
        f"CONNECT api.test:{host.port} HTTP/1.1\r\nHost: api.test:{host.port}\r\nAccept: */*\r\n"
        f"Proxy-Authorization: Basic {basic}\r\n\r\n"
    )
    assert f"authorization: Basic {base64.b64encode(b'key:secret').decode()}\r\n" in to_host
    assert basic not in to_host


@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy"])
@pytest.mark.parametrize("value", ["open.test", ".test", "other.test, open.test", "*", "open.test:{port}"])
async def test_a_host_that_no_proxy_names_is_asked_directly(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    async with proxied(monkeypatch) as (host, proxy):
        monkeypatch.setenv(name, value.format(port=host.port))
        assert (await get(f"https://open.test:{host.port}/")).status_code == 200
    assert proxy.heads == []


async def test_of_several_hosts_only_those_that_no_proxy_names_are_asked_directly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_PROXY", "open.test")
    async with proxied(monkeypatch) as (host, proxy):
        urls = [f"https://{name}:{host.port}/" for name in ("cdn.test", "open.test", "127.0.0.1")]
        async with Network(BUNDLE).client(urls) as client:
            assert (await client.get(urls[0])).status_code == 200
            assert (await client.get(urls[1])).status_code == 200
            assert (await client.get(urls[2])).status_code == 200
    assert proxy.targets == ["CONNECT cdn.test"]


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
async def test_this_machine_is_never_asked_through_a_proxy(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    async with Listener() as host, Proxy() as proxy:
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert (await get(f"http://127.0.0.1:{host.port}/v1")).status_code == 200
    assert (len(host.heads), proxy.heads) == (1, [])


async def test_pictures_that_users_name_are_fetched_around_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    async with proxied(monkeypatch) as (host, proxy), Network(BUNDLE).direct_client() as client:
        assert (await client.get(f"https://api.test:{host.port}/")).status_code == 200
    assert proxy.heads == []


async def test_a_proxy_may_itself_be_asked_by_tls_that_the_bundle_trusts(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Listener(certified()) as host, Proxy(tls=certified("localhost")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"https://localhost:{proxy.port}")
        assert (await get(f"https://api.test:{host.port}/")).status_code == 200
    assert proxy.targets == ["CONNECT api.test"]


@pytest.mark.parametrize("scheme", ["socks", "socks4", "socks5", "socks5h"])
async def test_a_socks_proxy_is_refused_by_the_name_of_its_variable(
    monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.setenv("all_proxy", f"{scheme}://ann:hush@127.0.0.1:1080")
    async with Backend(Settings(api_key="key", api_secret="secret")) as backend:
        for _ in range(2):
            with pytest.raises(Unavailable) as refused:
                await backend.scenario()
            assert refused.value.message == (
                "all_proxy names a SOCKS proxy, which is not supported. Set HTTPS_PROXY to an HTTP proxy, such as "
                "http://proxy.example.com:8080."
            )


@pytest.mark.parametrize(
    "address",
    ["ftp://ann:hush@127.0.0.1", "http://", "http://127.0.0.1:port", "http://[::1", "127.0.0.1:99999", "://", "a\x00b"],
)
async def test_a_broken_proxy_address_is_refused_by_the_name_of_its_variable(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr("scenario_mcp.net.connections.getproxies", lambda: {"https": address})
    monkeypatch.setattr("scenario_mcp.net.connections.os.environ", {"Https_Proxy": address})
    with pytest.raises(Unavailable) as refused:
        Network().client(["https://api.test"])
    assert refused.value.message == (
        "Https_Proxy does not hold the address of an HTTP proxy. Example: http://proxy.example.com:8080"
    )
    assert (refused.value.__cause__, refused.value.__context__) == (None, None)


def test_of_two_spellings_the_one_that_counts_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("https_proxy", "socks://127.0.0.1:1")
    with pytest.raises(Unavailable, match=r"^https_proxy names a SOCKS proxy, "):
        Network().client(["https://api.test"])


def test_a_broken_proxy_in_the_settings_of_the_system_is_named_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scenario_mcp.net.connections.getproxies", lambda: {"https": "socks://127.0.0.1:1"})
    with pytest.raises(Unavailable, match=r"^The proxy setting of this system names a SOCKS proxy, "):
        Network().client(["https://api.test"])


def test_a_broken_proxy_does_not_matter_to_whom_it_is_not_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "api.test")
    Network().client(["https://api.test", "http://localhost:8090/v1"])


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (407, WANTS_LOGIN),
        (
            403,
            REFUSED,
        ),
        (502, "The proxy could not reach HOST (502). Try again; if it stays so, tell who runs the proxy."),
    ],
)
async def test_a_proxy_that_refuses_is_named(monkeypatch: pytest.MonkeyPatch, status: int, sentence: str) -> None:
    async with Proxy(status) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        assert await explained("https://api.test/") == sentence


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_proxy_that_is_down_is_named(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    async with Proxy() as proxy:
        port = proxy.port
    monkeypatch.setenv("HTTPS_PROXY", f"{scheme}://127.0.0.1:{port}")
    assert await explained("https://api.test/") == PROXY_DOWN


async def test_a_proxy_that_is_asked_by_tls_and_speaks_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Proxy() as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"https://127.0.0.1:{proxy.port}")
        assert await explained("https://api.test/") == PROXY_DOWN


@pytest.mark.parametrize(
    ("tls", "sentence"),
    [
        (lambda: certified(authority=trustme.CA()), UNTRUSTED),
        (self_signed, UNTRUSTED),
        (lambda: certified("other.test"), WRONG_NAME),
        (lambda: certified(not_after=datetime.now(UTC) - timedelta(days=2)), NOT_VALID_NOW),
        (lambda: None, NO_TLS),
    ],
)
@pytest.mark.parametrize("through_proxy", [False, True])
async def test_what_is_wrong_with_a_certificate_is_named(
    monkeypatch: pytest.MonkeyPatch,
    tls: Callable[[], ssl.SSLContext | None],
    sentence: str,
    through_proxy: bool,  # noqa: FBT001  # the value is the point
) -> None:
    async with Listener(tls()) as host, Proxy() as proxy:
        if through_proxy:
            monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        name = "api.test" if through_proxy else "localhost"
        assert await explained(f"https://{name}:{host.port}/") == sentence


async def test_a_name_is_verified_by_address_and_by_wildcard_of_one_label(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Listener(certified("127.0.0.1")) as host:
        assert (await get(f"https://127.0.0.1:{host.port}/")).status_code == 200
        assert await explained(f"https://localhost:{host.port}/") == WRONG_NAME
    async with Listener(certified("*.wild.test")) as host, Proxy() as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        assert (await get(f"https://a.wild.test:{host.port}/")).status_code == 200
        assert await explained(f"https://a.b.wild.test:{host.port}/") == WRONG_NAME


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (0x800B0109, UNTRUSTED),
        (-67843, UNTRUSTED),
        (0x800B010F, WRONG_NAME),
        (-67602, WRONG_NAME),
        (0x800B0101, NOT_VALID_NOW),
        (-67818, NOT_VALID_NOW),
        (66, UNTRUSTED.replace("unknown authority", "code 66")),
    ],
)
def test_the_codes_of_other_systems_are_understood(code: int, sentence: str) -> None:
    cause = ssl.SSLCertVerificationError("Words of the system, in its language")
    cause.verify_code = code
    error = httpx.ConnectError("Words of the library")
    error.__cause__ = cause
    assert explain(error, "HOST") == sentence


@pytest.mark.parametrize(
    "error",
    [
        httpx.ConnectError("All connection attempts failed"),
        httpx.ConnectTimeout(""),
        httpx.ReadTimeout(""),
        httpx.ProxyError("no status"),
    ],
)
def test_nothing_is_said_of_other_failures(error: httpx.HTTPError) -> None:
    assert explain(error, "HOST") is None


async def test_nothing_is_said_of_a_host_that_is_down() -> None:
    async with Listener() as host:
        port = host.port
    assert await explained(f"https://127.0.0.1:{port}/") is None


async def test_the_certificates_of_the_system_are_trusted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    paths = ssl.get_default_verify_paths()
    (tmp_path / "system.pem").write_text(BUNDLE)
    monkeypatch.setattr(connections, "_VERIFY_BY_THEMSELVES", ())
    monkeypatch.setattr(
        ssl, "get_default_verify_paths", lambda: paths._replace(cafile=str(tmp_path / "system.pem"), capath="")
    )
    other = trustme.CA()
    async with Listener(certified()) as host, Listener(certified(authority=other)) as own:
        network = Network(other.cert_pem.bytes().decode())
        assert (await get(f"https://localhost:{host.port}/", network)).status_code == 200
        assert (await get(f"https://localhost:{own.port}/", network)).status_code == 200
        assert await explained(f"https://localhost:{own.port}/", Network()) == UNTRUSTED


def test_without_certificates_of_the_system_there_are_those_of_certifi(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    paths = ssl.get_default_verify_paths()
    (tmp_path / "empty.pem").touch()
    monkeypatch.setattr(connections, "_VERIFY_BY_THEMSELVES", ())
    monkeypatch.setattr(connections, "_SYSTEM_BUNDLES", (str(tmp_path / "none.pem"),))
    monkeypatch.setattr(
        ssl,
        "get_default_verify_paths",
        lambda: paths._replace(cafile=str(tmp_path / "empty.pem"), capath=str(tmp_path)),
    )
    assert Network().tls.cert_store_stats()["x509_ca"] > 50


async def test_where_the_system_verifies_itself_the_bundle_is_trusted_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "_VERIFY_BY_THEMSELVES", (sys.platform,))
    trusting, plain = Network(BUNDLE), Network()
    assert type(plain.tls).__module__ == "truststore._api"
    assert (plain.tls.check_hostname, plain.tls.verify_mode) == (True, ssl.CERT_REQUIRED)
    assert plain.tls.minimum_version >= ssl.TLSVersion.TLSv1_2
    async with Listener(certified()) as host:
        assert (await get(f"https://localhost:{host.port}/", trusting)).status_code == 200
        assert await explained(f"https://localhost:{host.port}/", plain) == UNTRUSTED


async def test_an_intermediate_authority_alone_can_be_trusted() -> None:
    inner = AUTHORITY.create_child_ca()
    async with Listener(certified(authority=inner)) as host:
        network = Network(inner.cert_pem.bytes().decode())
        assert (await get(f"https://localhost:{host.port}/", network)).status_code == 200


async def test_ssl_cert_file_takes_the_place_of_the_system(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "ours.pem").write_text(BUNDLE)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ours.pem"))
    other = trustme.CA()
    network = Network(other.cert_pem.bytes().decode())
    assert network.tls.cert_store_stats()["x509_ca"] == 2
    assert (network.tls.check_hostname, network.tls.verify_mode) == (True, ssl.CERT_REQUIRED)
    async with Listener(certified()) as host, Listener(certified(authority=other)) as own:
        assert (await get(f"https://localhost:{host.port}/", network)).status_code == 200
        assert (await get(f"https://localhost:{own.port}/", network)).status_code == 200


async def test_ssl_cert_dir_is_read_where_there_is_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / hashed_name(AUTHORITY)).write_text(BUNDLE)
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    async with Listener(certified()) as host:
        assert (await get(f"https://localhost:{host.port}/", Network())).status_code == 200
        monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))
        assert await explained(f"https://localhost:{host.port}/", Network()) == UNTRUSTED


@pytest.mark.parametrize("content", [None, "", "no certificate"])
async def test_a_broken_ssl_cert_file_is_refused_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str | None
) -> None:
    path = tmp_path / "ours.pem"
    if content is not None:
        path.write_text(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with pytest.raises(Unavailable) as refused:
        async with open_scenario(Settings(api_key="key", api_secret="secret")):
            raise AssertionError
    assert refused.value.message == (
        "SSL_CERT_FILE does not lead to certificates in PEM form, so no host can be trusted. Correct it, or remove it."
    )


def test_names_are_verified_and_old_tls_is_not_spoken() -> None:
    tls = Network(BUNDLE).tls
    assert (tls.check_hostname, tls.verify_mode) == (True, ssl.CERT_REQUIRED)
    assert tls.minimum_version >= ssl.TLSVersion.TLSv1_2


async def test_all_clients_share_one_context_and_the_sandbox_makes_none(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []

    class Counted(ssl.SSLContext):
        def __init__(self, _protocol: int) -> None:
            made.append(self)

    monkeypatch.setattr(ssl, "SSLContext", Counted)
    async with open_scenario(Settings(sandbox=True)) as scenario:
        await scenario.client.search_assets(AssetSearch(query="castle"))
    assert made == []
    async with open_scenario(Settings(api_key="key", api_secret="secret")):
        assert len(made) == 1


async def test_a_client_without_proxies_makes_its_context_when_it_is_used() -> None:
    network = Network(BUNDLE)
    async with Listener(certified()) as host, network.direct_client() as client:
        assert "tls" not in vars(network)
        assert (await client.get(f"https://localhost:{host.port}/")).status_code == 200
        assert "tls" in vars(network)
        assert (await client.get(f"https://localhost:{host.port}/")).status_code == 200
    assert host.most_at_once == 1
    async with network.direct_client() as unused:
        assert not unused.is_closed


async def test_netrc_is_never_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in (".netrc", "_netrc"):
        (tmp_path / name).write_text("machine localhost login ann password hush\ndefault login ann password hush\n")
        (tmp_path / name).chmod(0o600)
    for name, value in (("HOME", tmp_path), ("USERPROFILE", tmp_path), ("NETRC", tmp_path / ".netrc")):
        monkeypatch.setenv(name, str(value))
    async with Listener(certified()) as host:
        url = f"https://localhost:{host.port}/"
        await get(url)
        for client in (Network(BUNDLE).client([url]), Network(BUNDLE).direct_client()):
            async with client:
                await client.get(url)
    assert len(host.heads) == 3
    assert not any("authorization" in head.lower() for head in host.heads)


async def test_two_hundred_calls_at_once_share_twenty_connections() -> None:
    async with Listener(certified()) as host:
        url = f"https://localhost:{host.port}/"
        with anyio.fail_after(LONGEST_SECONDS):
            async with Network(BUNDLE).client([url]) as client:
                answers = await asyncio.gather(*(client.get(url, timeout=None) for _ in range(200)))
    assert {(answer.status_code, answer.http_version) for answer in answers} == {(200, "HTTP/1.1")}
    assert (len(host.heads), host.most_at_once) == (200, 20)
