"""Connections go through the proxies that the machine names, share one TLS context and are few."""

import asyncio
import base64
import ssl
from pathlib import Path

import anyio
import pytest

from scenario_mcp.api.requests import AssetSearch
from scenario_mcp.backend import open_scenario, own_backend
from scenario_mcp.credentials import Credentials
from scenario_mcp.errors import Unavailable
from scenario_mcp.net.connections import Network
from scenario_mcp.settings import Live, Sandbox, Settings
from tests.support.tls_servers import BUNDLE, LONGEST_SECONDS, Listener, Proxy, certified, get, proxied

pytestmark = pytest.mark.usefixtures("plain_environment", "names_lead_to_this_machine")


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
        settings = Settings(Credentials("key", "secret"), Live(f"https://api.test:{host.port}/v1"), ca_bundle=BUNDLE)
        with anyio.fail_after(LONGEST_SECONDS):
            async with open_scenario(settings) as scenario:
                page = await scenario.client.search_assets(AssetSearch(query="castle").resolve())
    assert page.hits == ()
    (to_proxy,), (to_host,) = proxy.heads, host.heads
    basic = base64.b64encode(b"ann:p@ss:word").decode()
    assert to_proxy == (
        f"CONNECT api.test:{host.port} HTTP/1.1\r\nHost: api.test:{host.port}\r\nAccept: */*\r\n"
        f"User-Agent: scenario-mcp\r\nProxy-Authorization: Basic {basic}\r\nAccept-Encoding: gzip, deflate\r\n\r\n"
    )
    assert f"\r\nAuthorization: Basic {base64.b64encode(b'key:secret').decode()}\r\n" in to_host
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


@pytest.mark.promise(number=17)
@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
async def test_this_machine_is_never_asked_through_a_proxy(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    async with Listener() as host, Proxy() as proxy:
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert (await get(f"http://127.0.0.1:{host.port}/v1")).status_code == 200
    assert (len(host.heads), proxy.heads) == (1, [])


@pytest.mark.promise(number=8)
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
    async with own_backend(Settings(Credentials("key", "secret"))) as backend:
        for _ in range(2):
            with pytest.raises(Unavailable) as refused:
                await backend.scenario()
            assert refused.value.told(to_operator=True) == (
                "all_proxy names a SOCKS proxy, which is not supported. Set HTTPS_PROXY to an HTTP proxy, such as "
                "proxy.example.com:8080."
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
    assert refused.value.told(to_operator=True) == (
        "Https_Proxy does not hold the address of an HTTP proxy. Example: proxy.example.com:8080"
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


async def test_all_clients_share_one_context_and_the_sandbox_makes_none(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[ssl.SSLContext] = []
    make = ssl.SSLContext.__new__

    def counted(cls: type[ssl.SSLContext], *arguments: int) -> ssl.SSLContext:
        made.append(make(cls, *arguments))
        return made[-1]

    monkeypatch.setattr(ssl.SSLContext, "__new__", staticmethod(counted))
    async with open_scenario(Settings(upstream=Sandbox())) as scenario:
        await scenario.client.search_assets(AssetSearch(query="castle").resolve())
    assert made == []
    async with open_scenario(Settings(Credentials("key", "secret"))):
        assert len(made) == 1


@pytest.mark.promise(number=17)
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
