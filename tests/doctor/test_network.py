"""What is told of the network: each fault that is planted, and the lines with their next steps."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from scenario_mcp.doctor.network import examine_network, examine_picture_host
from scenario_mcp.settings import Live, Settings
from tests.support.doctor import SHELL, lines, troubles
from tests.support.faulty_upstream import Upstream, answer
from tests.support.tls_servers import BUNDLE, Listener, Proxy, certified, self_signed

pytestmark = pytest.mark.usefixtures("no_proxies", "names_lead_to_this_machine")

PUBLIC = "93.184.215.14"


async def _public(_host: str) -> Sequence[str]:
    return (PUBLIC,)


def _raising(error: Exception) -> Callable[[str], Awaitable[Sequence[str]]]:
    async def resolve(_host: str) -> Sequence[str]:
        raise error

    return resolve


async def _troubles(
    base_url: str,
    resolve: Callable[[str], Awaitable[Sequence[str]]] = _public,
    ca_bundle: str = "",
    is_reached: bool = False,  # noqa: FBT001, FBT002  # what most of them expect
) -> list[str]:
    settings = Settings(upstream=Live(base_url), ca_bundle=ca_bundle)
    found = await examine_network(settings, "linux", SHELL, resolve)
    assert found.is_reached is is_reached
    return troubles(found.findings)


async def test_a_host_that_answers_is_told_with_its_name_certificate_and_clock() -> None:
    async with Listener(certified()) as host:
        settings = Settings(upstream=Live(f"https://api.test:{host.port}/v1"), ca_bundle=BUNDLE)
        found = await examine_network(settings, "linux", SHELL, _public)
    assert found.is_reached
    way, name, reached, clock = lines(found.findings)
    assert (way, name) == ("✓ No proxy is set", "✓ The name api.test has 1 address")
    assert reached.startswith("✓ api.test answers in ")
    assert reached.endswith("s, with a certificate that is trusted")
    assert clock == "- The clock is not compared: api.test gives no date"


@pytest.mark.parametrize(
    ("error", "fact"),
    [(socket.gaierror(-2, "x"), "has no address"), (TimeoutError(), "was not resolved within 5 s")],
)
async def test_a_name_that_does_not_resolve_is_told(error: Exception, fact: str) -> None:
    assert await _troubles("https://api.test/v1", _raising(error)) == [
        (
            f"✗ The name api.test {fact} → Check SCENARIO_BASE_URL, then the network: nslookup api.test. Where only "
            f"a proxy "
            "leads out, set it: HTTPS_PROXY=http://proxy.example.com:8080"
        )
    ]


async def test_a_name_that_a_blocker_leads_elsewhere_is_told() -> None:
    async def blocked(_host: str) -> Sequence[str]:
        return ("0.0.0.0",)  # noqa: S104  # an answer, not a place to listen

    async with Listener(certified()) as host:
        found = await _troubles(f"https://api.test:{host.port}/v1", blocked, BUNDLE, is_reached=True)
    assert found == [
        (
            "! The name api.test leads to 0.0.0.0, which is not on the internet → Unless a VPN or gateway of yours "
            "is there, "
            "take api.test out of the hosts file or the blocker"
        )
    ]


async def test_a_port_on_which_nobody_listens_is_told() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{unused.getsockname()[1]}"
        found = await _troubles(f"http://{place}/v1")
    assert found == [
        f"✗ Scenario could not be reached at {place}. → Check the network, the proxy, and SCENARIO_BASE_URL."
    ]


@pytest.mark.parametrize(
    ("variable", "address", "line"),
    [
        (
            "HTTPS_PROXY",
            "http://ann:pass-word-1@127.0.0.1:9",
            (
                "✗ The connection to the proxy failed. → Check its address in HTTPS_PROXY or ALL_PROXY (most are "
                "written "
                "http://host:port, without https), and that it is up."
            ),
        ),
        (
            "ALL_PROXY",
            "socks5://127.0.0.1:9",
            (
                "✗ ALL_PROXY names a SOCKS proxy, which is not supported. → Set HTTPS_PROXY to an HTTP proxy, such as "
                "proxy.example.com:8080."
            ),
        ),
        (
            "HTTPS_PROXY",
            "http://",
            "✗ HTTPS_PROXY does not hold the address of an HTTP proxy. → Example: proxy.example.com:8080",
        ),
        (
            "SSL_CERT_FILE",
            "/nowhere.pem",
            (
                "✗ SSL_CERT_FILE does not lead to certificates in PEM form, so no host can be trusted. "
                "→ Correct it, or remove it."
            ),
        ),
    ],
)
async def test_a_proxy_or_a_trust_that_the_environment_names_wrongly_is_told(
    monkeypatch: pytest.MonkeyPatch, variable: str, address: str, line: str
) -> None:
    monkeypatch.setenv(variable, address)
    assert await _troubles("https://api.test/v1") == [line]


async def test_a_proxy_that_works_is_told_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Listener(certified()) as host, Proxy() as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://ann:pass-word-1@127.0.0.1:{proxy.port}")
        settings = Settings(upstream=Live(f"https://api.test:{host.port}/v1"), ca_bundle=BUNDLE)
        found = await examine_network(settings, "linux", SHELL, _raising(OSError()))
    assert found.is_reached
    assert lines(found.findings)[0] == f"✓ Scenario is asked through the proxy http://127.0.0.1:{proxy.port}"


@pytest.mark.parametrize(
    ("status", "line"),
    [
        (
            407,
            (
                "✗ The proxy requires a user name and a password. → Write them into HTTPS_PROXY or ALL_PROXY, as in "
                "http://proxy.example.com:8080, with special characters percent-encoded."
            ),
        ),
        (
            403,
            (
                "✗ The proxy refused to connect to PLACE (403). → Ask its operator to allow this host, or name the "
                "host in "
                "NO_PROXY if it can be reached without a proxy."
            ),
        ),
    ],
)
async def test_a_proxy_that_refuses_is_told(monkeypatch: pytest.MonkeyPatch, status: int, line: str) -> None:
    async with Proxy(status) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        found = await _troubles("https://api.test:444/v1")
    assert [each.replace("user:password@", "") for each in found] == [line.replace("PLACE", "api.test:444")]


@pytest.mark.parametrize(
    ("tls", "bundle", "line"),
    [
        (
            self_signed,
            BUNDLE,
            (
                "✗ The certificate of PLACE is not trusted (unknown authority). → If your network inspects traffic, "
                "set "
                "SCENARIO_MCP_CA_BUNDLE to its authority's PEM file: export SCENARIO_MCP_CA_BUNDLE=FILE.pem"
            ),
        ),
        (
            lambda: certified("other.test"),
            BUNDLE,
            (
                "✗ The certificate of PLACE is for another host name. → Check the address, and whether a proxy or a "
                "sign-in "
                "page answers in its place."
            ),
        ),
        (
            lambda: certified("api.test", not_after=datetime.now(UTC) - timedelta(days=1)),
            BUNDLE,
            (
                "✗ The certificate of PLACE has expired or is not valid yet. → Check the date and time of this "
                "machine; if "
                "they are right, the host has to renew it."
            ),
        ),
        (
            lambda: None,
            "",
            (
                "✗ On this port, PLACE does not speak TLS. → Check the address and its port, and whether a proxy or a "
                "sign-in page answers in its place."
            ),
        ),
    ],
)
async def test_a_certificate_that_is_not_to_be_trusted_is_told(
    tls: Callable[[], ssl.SSLContext | None], bundle: str, line: str
) -> None:
    async with Listener(tls()) as host:
        place = f"api.test:{host.port}"
        assert await _troubles(f"https://{place}/v1", ca_bundle=bundle) == [line.replace("PLACE", place)]


@pytest.mark.parametrize(
    ("hours", "line"),
    [
        (-5, "✗ The clock is 5 hours ahead of that of 127.0.0.1 → Set it: sudo timedatectl set-ntp true"),
        (72, "✗ The clock is 3 days behind that of 127.0.0.1 → Set it: sudo timedatectl set-ntp true"),
        (0.05, "! The clock is 3 minutes behind that of 127.0.0.1 → Set it: sudo timedatectl set-ntp true"),
    ],
)
async def test_a_wrong_clock_is_told(hours: float, line: str) -> None:
    there = format_datetime(datetime.now(UTC) + timedelta(hours=hours), usegmt=True)
    async with Upstream(answer({}, Date=there)) as upstream:
        assert await _troubles(upstream.base_url, is_reached=True) == [line]


async def test_a_clock_that_is_right_is_told_too() -> None:
    async with Upstream(answer({}, 401, Date=format_datetime(datetime.now(UTC), usegmt=True))) as upstream:
        settings = Settings(upstream=Live(upstream.base_url))
        found = await examine_network(settings, "linux", SHELL)
    assert lines(found.findings)[-1] == "✓ The clock agrees with that of 127.0.0.1"


async def test_a_host_that_is_slow_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scenario_mcp.doctor.network.SLOW_SECONDS", 0.0)
    async with Upstream(answer({})) as upstream:
        (line,) = await _troubles(upstream.base_url, is_reached=True)
    assert line.startswith("! 127.0.0.1 answers in ")
    assert line.endswith("s, which is slow → Check the network; to wait longer: export SCENARIO_MCP_TIMEOUT_SECONDS=60")


async def test_a_host_that_never_answers_is_told_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scenario_mcp.doctor.network.ANSWER_SECONDS", 0.1)

    async def silent(_exchange: object) -> None:
        await asyncio.sleep(5)  # the other side gives up long before

    async with Upstream(silent) as upstream:
        (line,) = await _troubles(upstream.base_url)
    assert line.startswith("✗ Scenario did not answer within 0.1 seconds. → Try again")


async def test_the_picture_host_is_asked_too() -> None:
    async with Listener(certified()) as host:
        place = f"cdn.test:{host.port}"
        found = await examine_picture_host(place, Settings(ca_bundle=BUNDLE))
    assert found.fact.startswith(f"The picture host {place} answers in ")


async def test_a_picture_host_that_is_down_is_told() -> None:
    assert lines([await examine_picture_host("127.0.0.1:9", Settings())]) == [
        (
            "✗ The picture host could not be reached at 127.0.0.1:9. "
            "→ Check the network, the proxy, and SCENARIO_CDN_HOSTS."
        )
    ]
