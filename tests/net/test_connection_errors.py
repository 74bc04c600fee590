"""What kept a connection from coming about is said in a sentence: the certificate, the proxy or the port."""

import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import trustme

from scenario_mcp.net.connection_errors import explain
from tests.support.tls_servers import UNTRUSTED, WRONG_NAME, Listener, Proxy, certified, explained, get, self_signed

pytestmark = pytest.mark.usefixtures("plain_environment", "names_lead_to_this_machine")

NOT_VALID_NOW = (
    "The certificate of HOST has expired or is not valid yet. Check the date and time of this machine; if they are "
    "right, the host has to renew it."
)
NO_TLS = (
    "On this port, HOST does not speak TLS. Check the address and its port, and whether a proxy or a sign-in page "
    "answers in its place."
)
REFUSED = (
    "The proxy refused to connect to HOST (403). Ask its operator to allow this host, or name the host in NO_PROXY if "
    "it can be reached without a proxy."
)
WANTS_LOGIN = (
    "The proxy requires a user name and a password. Write them into HTTPS_PROXY or ALL_PROXY, as in "
    "http://user:password@proxy.example.com:8080, with special characters percent-encoded."
)
PROXY_DOWN = (
    "The connection to the proxy failed. Check its address in HTTPS_PROXY or ALL_PROXY (most are written "
    "http://host:port, without https), and that it is up."
)


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (407, WANTS_LOGIN),
        (
            403,
            REFUSED,
        ),
        (502, "The proxy could not reach HOST (502). Try again. If it fails again, tell the proxy's operator."),
    ],
)
async def test_a_proxy_that_refuses_is_named(monkeypatch: pytest.MonkeyPatch, status: int, sentence: str) -> None:
    async with Proxy(status) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        assert await explained("https://api.test/") == sentence


@pytest.mark.parametrize("status", [403, 407, 502])
async def test_httpx_gives_the_status_of_a_proxy_only_as_the_beginning_of_a_text(
    monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    async with Proxy(status) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        with pytest.raises(httpx.ProxyError) as refused:
            await get("https://api.test/")
    assert str(refused.value) == f"{status} A stranger's words"


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


@pytest.mark.promise(number=17)
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


@pytest.mark.promise(number=17)
@pytest.mark.parametrize(
    ("tls", "sentence"),
    [(lambda: certified(authority=trustme.CA()), UNTRUSTED), (lambda: certified("other.test"), WRONG_NAME)],
)
async def test_what_is_wrong_with_the_certificate_of_a_proxy_is_named(
    monkeypatch: pytest.MonkeyPatch, tls: Callable[[], ssl.SSLContext], sentence: str
) -> None:
    async with Listener(certified()) as host, Proxy(tls=tls()) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"https://localhost:{proxy.port}")
        assert await explained(f"https://api.test:{host.port}/") == sentence.replace("HOST", "the proxy")
    assert (host.heads, proxy.heads) == ([], [])


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
    assert str(explain(error, "HOST")) == sentence


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
