"""What is fetched is allowed, public and bounded, and the connection goes to the address that was checked."""

import asyncio
import gzip
import ipaddress
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import aiohappyeyeballs
import anyio
import httpx
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scenario_mcp.errors import NotFound, ScenarioError, Unavailable
from scenario_mcp.net import connections, download
from scenario_mcp.net.download import Download, Downloader, HostRule, NamedHosts, PublicHosts, Resolve, is_public
from tests.support.fakes import SIGNATURE, Network, answering
from tests.support.tls_servers import BUNDLE, EMPTY_PAGE, Listener, certified

PUBLIC = "93.184.216.34"
PUBLIC_V6 = "2606:2800:220:1::1"
OTHER_HOST = "That host is not named."
NOT_PUBLIC = "Only https addresses of public hosts on the usual port are fetched."
INNER_ADDRESS = "The picture's host resolves to an address that is not public, so it was not fetched."
BROKEN_ADDRESS = "The picture's address is broken, so it was not fetched."
UNKNOWN_HOST = "The picture's host was not found. Check the address, and the network."
NO_ANSWER = "The picture host did not answer. Try again."
TOO_LARGE = "The picture is larger than 0.001 MB."
PACKED = "The picture host compressed its response, which is not supported. Use another address."
NAMED_USER = "The picture's address contains a user name or a password, so it was not fetched."
TOO_MANY = "The picture's address redirects more than 3 times."

LOOPBACK = NamedHosts(("127.0.0.1",), refusal=OTHER_HOST)
CDN = NamedHosts(("cdn.example.com",), refusal=OTHER_HOST)


@pytest.fixture(autouse=True)
def without_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


class Names:
    """Resolves from a table and counts; what is not in it is public."""

    def __init__(self, table: dict[str, Sequence[str]] | None = None) -> None:
        self._table = table or {}
        self.asked: list[str] = []

    async def __call__(self, host: str) -> Sequence[str]:
        self.asked.append(host)
        return self._table.get(host, (PUBLIC,))


async def get(
    network: httpx.AsyncBaseTransport, url: str, rule: HostRule | None = None, resolve: Resolve | None = None
) -> Download:
    async with httpx.AsyncClient(transport=network) as http:
        downloader = Downloader(http, rule or PublicHosts(), resolve=resolve or Names())
        return await downloader.get(url, max_bytes=1000, timeout_seconds=30)


async def failure(answer: Awaitable[Download]) -> tuple[type[ScenarioError], str]:
    with pytest.raises(ScenarioError) as refused:
        await answer
    return type(refused.value), refused.value.message


def redirecting(*locations: str) -> Network:
    """Make a network whose first answers are redirects, and whose last is a picture."""
    left = list(locations)
    return Network(
        lambda _: httpx.Response(302, headers={"Location": left.pop(0)}) if left else httpx.Response(200, content=b"ok")
    )


# Which addresses


@pytest.mark.parametrize(
    "url",
    [
        "https://cdn.example.com/a.png",
        "https://cdn.example.com:443/a.png",
        "HTTPS://CDN.Example.COM/a.png",
        "https://cdn.example.com/a.png#part",
    ],
)
async def test_a_named_host_is_fetched_by_https(url: str) -> None:
    network = answering(b"ok")
    assert await get(network, url, CDN) == Download(200, b"ok")
    assert network.request.url.raw_path == b"/a.png"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
@pytest.mark.parametrize("origin", ["http://{}", "http://{}:8000", "https://{}:8443", "https://{}"])
async def test_a_named_host_of_this_machine_is_fetched_in_any_way_and_not_resolved(host: str, origin: str) -> None:
    network, names = answering(b"ok"), Names()
    rule = NamedHosts((host,), refusal=OTHER_HOST)
    assert (await get(network, origin.format(host) + "/a", rule, names)).data == b"ok"
    assert str(network.request.url) == origin.format(host) + "/a"
    assert names.asked == []


async def test_a_host_is_named_by_what_is_sent() -> None:
    network = answering(b"ok")
    rule = NamedHosts(("xn--bcher-kva.example",), refusal=OTHER_HOST)
    assert (await get(network, "https://b\u00fccher.example/a", rule)).data == b"ok"
    assert network.request.headers["Host"] == "xn--bcher-kva.example"


@pytest.mark.promise(number=8)
@pytest.mark.parametrize(
    "url",
    [
        "",
        "a.png",
        " https://cdn.example.com/a.png",
        "\u00a0https://cdn.example.com/a.png",
        "//cdn.example.com/a.png",
        "http://cdn.example.com/a.png",
        "https://cdn.example.com:8443/a.png",
        "ftp://cdn.example.com/a.png",
        "file:///etc/passwd",
        "file://cdn.example.com/etc/passwd",
        "data:image/png;base64,AAAA",
        "https://example.com/a.png",
        "https://cdn.example.com.example.org/a.png",
        "https://example.com/cdn.example.com",
        "https://cdn.example.com@example.org/a.png",
        "https://example.org#@cdn.example.com/a.png",
        "https://example.org\\.cdn.example.com/a.png",
        "https://example.org\\@cdn.example.com\\/a.png",
        "https://xcdn.example.com/a.png",
        "https://cdn.example.com./a.png",
        "http://localhost/a.png",
        "https://127.0.0.1/a.png",
        "https://[::1]/a.png",
        "https://2130706433/a.png",
        "https://169.254.169.254/latest/meta-data/",
    ],
)
async def test_no_other_host_and_no_other_scheme_is_contacted(url: str) -> None:
    network, names = answering(b"ok"), Names()
    assert await failure(get(network, url, CDN, names)) == (NotFound, OTHER_HOST)
    assert (network.requests, names.asked) == ([], [])


@pytest.mark.promise(number=8)
@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/a.png",
        "http://localhost/a.png",
        "https://example.com:8443/a.png",
        "https://example.com:80/",
        "https:///a.png",
        "https:a.png",
        "wss://example.com/",
        "example.com/a.png",
    ],
)
async def test_of_public_hosts_only_the_usual_https_is_fetched(url: str) -> None:
    network, names = answering(b"ok"), Names()
    assert await failure(get(network, url, PublicHosts(), names)) == (NotFound, NOT_PUBLIC)
    assert (network.requests, names.asked) == ([], [])


@pytest.mark.parametrize("url", ["https://[", "https://[::1/a", "https://cdn.example.com\u2100/a"])
@pytest.mark.parametrize("rule", [CDN, PublicHosts()])
async def test_a_broken_address_is_not_contacted(url: str, rule: HostRule) -> None:
    network = answering(b"ok")
    assert await failure(get(network, url, rule)) == (NotFound, BROKEN_ADDRESS)
    assert network.requests == []


@pytest.mark.parametrize(
    "url",
    [
        "https://cdn.example.com/\x00",
        "https://cdn.example.com/a\nb",
        "https://cdn.example.com:abc/a.png",
        "https://cdn.example.com:99999/a.png",
        "https://cdn.example.com/" + "a" * 70_000,
    ],
)
async def test_an_address_that_cannot_be_sent_is_called_broken(url: str) -> None:
    network = answering(b"ok")
    assert await failure(get(network, url)) == (NotFound, BROKEN_ADDRESS)
    assert network.requests == []


async def test_so_is_one_that_a_redirect_leads_to() -> None:
    network = redirecting("https://cdn.example.com:99999/")
    assert await failure(get(network, "https://example.com/")) == (NotFound, BROKEN_ADDRESS)
    assert len(network.requests) == 1


async def test_a_name_that_nobody_has_is_told_apart_from_a_host_that_is_silent() -> None:
    async def no_name(host: str) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, f"{host} is not known")

    network = answering(b"ok")
    assert await failure(get(network, "https://example.invalid/", None, no_name)) == (Unavailable, UNKNOWN_HOST)
    assert network.requests == []


@pytest.mark.promise(number=8)
@pytest.mark.parametrize("user", ["user", "user:word", ":word", "a%40b:c"])
@pytest.mark.parametrize("rule", [CDN, PublicHosts()])
async def test_an_address_with_a_user_in_it_is_not_fetched(user: str, rule: HostRule) -> None:
    network, names = answering(b"ok"), Names()
    answer = get(network, f"https://{user}@cdn.example.com/a.png", rule, names)
    assert await failure(answer) == (NotFound, NAMED_USER)
    assert (network.requests, names.asked) == ([], [])


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://cdn.example.com/a.png", True),
        ("https://cdn.example.com:8443/a.png", False),
        ("https://cdn.example.com:x/a.png", False),
        ("https://cdn.example.com/\x00", False),
        ("https://user@cdn.example.com/a.png", False),
        ("https://example.com/a.png", False),
        ("https://[", False),
    ],
)
async def test_an_address_can_be_judged_without_fetching_it(url: str, expected: bool) -> None:  # noqa: FBT001  # the value is the point
    network, names = answering(b"ok"), Names()
    async with httpx.AsyncClient(transport=network) as http:
        assert Downloader(http, CDN, resolve=names).allows(url) is expected
    assert (network.requests, names.asked) == ([], [])


# Where the connection goes


@pytest.mark.promise(number=8)
async def test_the_connection_goes_to_the_checked_address_under_the_name_that_was_given() -> None:
    network, names = answering(b"ok"), Names({"cdn.example.com": [PUBLIC]})
    await get(network, "https://cdn.example.com/a.png?b=c", CDN, names)
    request = network.request
    assert str(request.url) == f"https://{PUBLIC}/a.png?b=c"
    assert request.headers["Host"] == "cdn.example.com"
    assert request.extensions["sni_hostname"] == "cdn.example.com"
    assert names.asked == ["cdn.example.com"]


@pytest.mark.parametrize(
    ("url", "name"),
    [
        (f"https://{PUBLIC}/a", PUBLIC),
        (f"https://[{PUBLIC_V6}]/a", PUBLIC_V6),
        ("https://b\u00fccher.example/a", "xn--bcher-kva.example"),
        ("https://EXAMPLE.com:443/a", "example.com"),
    ],
)
async def test_a_name_is_resolved_as_it_is_sent(url: str, name: str) -> None:
    network, names = answering(b"ok"), Names({PUBLIC_V6: [PUBLIC_V6]})
    await get(network, url, PublicHosts(), names)
    assert names.asked == [name]
    assert network.request.extensions["sni_hostname"] == name
    assert network.request.headers["Host"] == (f"[{name}]" if ":" in name else name)


@given(
    path=st.text(st.sampled_from("aZ9-._~!$&'()*+,;=:@/%"), max_size=20),
    query=st.none() | st.text(st.sampled_from("aZ9-._~!$&'()*+,;=:@/%?[]{}|^`\\"), max_size=20),
)
async def test_path_and_query_go_out_as_they_were_given(path: str, query: str | None) -> None:
    target = f"/{path}" if query is None else f"/{path}?{query}"
    assume(not {".", ".."} & set(f"/{path}".split("/")))
    network = answering(b"ok")
    await get(network, f"https://cdn.example.com{target}", CDN)
    assert network.request.url.raw_path == target.encode()


@pytest.mark.promise(number=8)
@pytest.mark.usefixtures("plain_environment")
async def test_tls_verifies_the_name_and_no_connection_serves_another_name(monkeypatch: pytest.MonkeyPatch) -> None:
    connected: list[str] = []
    named: list[str | None] = []
    connect = aiohappyeyeballs.start_connection

    async def start_connection(addr_infos: Sequence[Any], **options: Any) -> socket.socket:
        connected.extend(f"{address[0]}:{address[1]}" for *_, address in addr_infos)
        there = (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", host.port))
        return await connect([there], **options)

    monkeypatch.setattr(aiohappyeyeballs, "start_connection", start_connection)
    tls = certified("one.example.com", "two.example.com")
    tls.sni_callback = lambda _socket, name, _context: named.append(name)
    async with Listener(tls) as host, connections.Network(BUNDLE).direct_client() as http:
        downloader = Downloader(http, PublicHosts(), resolve=Names())
        for name in ("one.example.com", "two.example.com", "two.example.com"):
            answer = await downloader.get(f"https://{name}/", max_bytes=99, timeout_seconds=30)
            assert answer == Download(200, EMPTY_PAGE)
        with pytest.raises(Unavailable, match=r"^The certificate of the picture host is for another host name\.$"):
            await downloader.get("https://three.example.com/", max_bytes=99, timeout_seconds=30)
    assert connected == [f"{PUBLIC}:443"] * 4
    assert named == ["one.example.com", "two.example.com", "two.example.com", "three.example.com"]


async def test_a_name_is_resolved_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(download, "monotonic", lambda: now[0])
    network, names = answering(b"ok"), Names()
    async with httpx.AsyncClient(transport=network) as http:
        downloader = Downloader(http, CDN, resolve=names)
        for now[0] in (100.0, 159.9, 160.0, 219.9):
            await downloader.get("https://cdn.example.com/", max_bytes=9, timeout_seconds=30)
    assert names.asked == ["cdn.example.com"] * 2


async def test_only_the_latest_names_are_kept() -> None:
    network, names = answering(b"ok"), Names()
    hosts = [f"h{number}.example.com" for number in range(65)]
    async with httpx.AsyncClient(transport=network) as http:
        downloader = Downloader(http, PublicHosts(), resolve=names)
        for host in (*hosts, hosts[-1], hosts[0]):
            await downloader.get(f"https://{host}/", max_bytes=9, timeout_seconds=30)
    assert names.asked == [*hosts, hosts[0]]


async def test_a_name_that_moves_to_an_inner_address_is_not_followed_there(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(download, "monotonic", lambda: now[0])
    answers = [[PUBLIC], ["127.0.0.1"]]

    async def rebinding(_host: str) -> Sequence[str]:
        return answers.pop(0)

    network = answering(b"ok")
    async with httpx.AsyncClient(transport=network) as http:
        downloader = Downloader(http, PublicHosts(), resolve=rebinding)
        for _ in range(3):
            await downloader.get("https://example.com/", max_bytes=9, timeout_seconds=30)
        now[0] += 60
        second = downloader.get("https://example.com/", max_bytes=9, timeout_seconds=30)
        assert await failure(second) == (NotFound, INNER_ADDRESS)
    assert {request.url.host for request in network.requests} == {PUBLIC}


@pytest.mark.promise(number=8)
@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        [PUBLIC, "10.0.0.1"],
        ["169.254.169.254", PUBLIC],
        [PUBLIC, PUBLIC_V6, "::1"],
        [PUBLIC_V6, "fd00:ec2::254"],
        ["::ffff:127.0.0.1"],
        ["fe80::1%eth0"],
        ["not an address"],
    ],
)
@pytest.mark.parametrize("rule", [CDN, PublicHosts()])
async def test_one_inner_address_among_those_of_a_name_is_enough_to_refuse(
    addresses: list[str], rule: HostRule
) -> None:
    network = answering(b"ok")
    answer = get(network, "https://cdn.example.com/a", rule, Names({"cdn.example.com": addresses}))
    assert await failure(answer) == (NotFound, INNER_ADDRESS)
    assert network.requests == []


PROXY_TOOL_ADDRESSES = ["198.18.0.7", "198.19.255.254", "100.64.0.7", "100.127.255.254", "fc00::7"]


@pytest.mark.parametrize("address", PROXY_TOOL_ADDRESSES)
async def test_a_named_host_may_lie_where_a_proxy_tool_answers_for_its_name(address: str) -> None:
    network = answering(b"ok")
    found = await get(network, "https://cdn.example.com/a", CDN, Names({"cdn.example.com": [address]}))
    assert found.data == b"ok"
    request = network.request
    assert (request.url.host, request.headers["Host"]) == (address, "cdn.example.com")
    assert request.extensions["sni_hostname"] == "cdn.example.com"


@pytest.mark.promise(number=8)
@pytest.mark.parametrize("address", PROXY_TOOL_ADDRESSES)
async def test_a_host_of_nobody_may_not_lie_there_nor_be_given_by_number(address: str) -> None:
    network = answering(b"ok")
    number = f"[{address}]" if ":" in address else address
    by_number = NamedHosts((address,), refusal="Not named.")
    for host, rule, names in (
        ("example.com", PublicHosts(), Names({"example.com": [address]})),
        (number, PublicHosts(), Names({address: [address]})),
        (number, by_number, Names({address: [address]})),
    ):
        assert await failure(get(network, f"https://{host}/a", rule, names)) == (NotFound, INNER_ADDRESS)
    assert network.requests == []


@pytest.mark.promise(number=8)
@pytest.mark.parametrize(
    "others", [["127.0.0.1"], ["10.0.0.1"], ["169.254.169.254"], ["::ffff:198.18.0.7"], ["fd00::7"]]
)
async def test_beside_such_an_address_no_inner_one_is_allowed(others: list[str]) -> None:
    network = answering(b"ok")
    names = Names({"cdn.example.com": ["198.18.0.7", *others]})
    assert await failure(get(network, "https://cdn.example.com/a", CDN, names)) == (NotFound, INNER_ADDRESS)
    assert network.requests == []


@pytest.mark.promise(number=8)
@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f.1",
        "0x7f000001",
        "0x7F.0.0.1",
        "017700000001",
        "0",
        "0.0.0.0",  # noqa: S104  # nothing is bound to it
        "[::1]",
        "[::]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
    ],
)
async def test_no_spelling_of_this_machine_is_contacted(host: str) -> None:
    network = answering(b"ok")
    answer = get(network, f"https://{host}/a", PublicHosts(), download.resolve_host)
    assert await failure(answer) == (NotFound, INNER_ADDRESS)
    assert network.requests == []


@pytest.mark.parametrize("host", ["0177.0.0.1", "127.0.0.01", "[fe80::1%25lo]", "[::1%1]"])
async def test_no_doubtful_spelling_of_an_address_is_contacted(host: str) -> None:
    network = answering(b"ok")
    kind, _ = await failure(get(network, f"https://{host}/a", PublicHosts(), download.resolve_host))
    assert issubclass(kind, NotFound | Unavailable)
    assert network.requests == []


async def test_a_name_leads_to_all_its_addresses_each_once() -> None:
    assert await download.resolve_host("127.0.0.1") == ("127.0.0.1",)
    assert await download.resolve_host("::1") == ("::1",)
    assert await download.resolve_host("0x7f.1") == ("127.0.0.1",)


async def test_the_next_address_is_tried_when_one_does_not_take_the_connection() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == PUBLIC_V6:
            return httpx.Response(200, content=b"ok")
        raise httpx.ConnectTimeout("late") if request.url.host == PUBLIC else httpx.ConnectError("refused")

    network = Network(answer)
    names = Names({"example.com": [PUBLIC_V6, PUBLIC, "8.8.8.8"]})
    assert (await get(network, "https://example.com/", None, names)).data == b"ok"
    assert [request.url.host for request in network.requests] == [PUBLIC, "8.8.8.8", PUBLIC_V6]


async def test_at_most_three_addresses_are_tried() -> None:
    network = Network(httpx.ConnectError("refused"))
    names = Names({"example.com": [f"8.8.8.{number}" for number in range(9)]})
    assert await failure(get(network, "https://example.com/", None, names)) == (Unavailable, NO_ANSWER)
    assert len(network.requests) == 3


async def test_a_name_without_addresses_does_not_answer() -> None:
    names = Names({"example.com": []})
    assert await failure(get(answering(b"ok"), "https://example.com/", None, names)) == (Unavailable, NO_ANSWER)


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
async def test_a_proxy_resolves_the_named_hosts_itself(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "http://127.0.0.1:3128")
    network, names = answering(b"ok"), Names()
    await get(network, f"https://cdn.example.com/a?{SIGNATURE}", CDN, names)
    assert str(network.request.url) == f"https://cdn.example.com/a?{SIGNATURE}"
    assert ("sni_hostname" in network.request.extensions, names.asked) == (False, [])


async def test_with_a_proxy_too_any_other_host_is_resolved_and_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:3128")
    network, names = answering(b"ok"), Names()
    await get(network, "https://example.com/", PublicHosts(), names)
    assert (network.request.url.host, names.asked) == (PUBLIC, ["example.com"])


# Which IP addresses are public

INNER_V4 = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
]
INNER_V6 = [
    "::/96",
    "64:ff9b:1::/48",
    "100::/64",
    "2001::/32",
    "2001:db8::/32",
    "2002::/16",
    "4000::/3",
    "fc00::/7",
    "fe80::/10",
    "fec0::/10",
    "ff00::/8",
]


def _within(network: str) -> st.SearchStrategy[str]:
    bounds = ipaddress.ip_network(network)
    return st.integers(0, bounds.num_addresses - 1).map(lambda offset: str(bounds[offset]))


inner_v4 = st.sampled_from(INNER_V4).flatmap(_within)


@pytest.mark.promise(number=8)
@given(inner_v4, st.sampled_from(["{}", "::ffff:{}", "::{}", "64:ff9b::{}", "::ffff:0:{}"]))
def test_no_inner_address_is_public_in_any_form(address: str, form: str) -> None:
    assert not is_public(form.format(address))


@pytest.mark.promise(number=8)
@given(inner_v4, st.integers(0, 2**80 - 1))
def test_no_inner_address_is_public_in_a_tunnel(address: str, rest: int) -> None:
    number = int(ipaddress.IPv4Address(address))
    assert not is_public(str(ipaddress.IPv6Address((0x2002 << 112) | (number << 80) | rest)))
    assert not is_public(str(ipaddress.IPv6Address((0x20010000 << 96) | (rest & ~0xFFFFFFFF) | (number ^ 0xFFFFFFFF))))


@pytest.mark.promise(number=8)
@given(st.sampled_from(INNER_V6).flatmap(_within))
def test_no_inner_address_of_the_newer_protocol_is_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (PUBLIC, True),
        ("8.8.8.8", True),
        (PUBLIC_V6, True),
        (f"::ffff:{PUBLIC}", True),
        (f"64:ff9b::{PUBLIC}", True),
        (f"{PUBLIC_V6}%eth0", False),
        ("2002:5db8:d822::1", False),
        (f"::{PUBLIC}", False),
        ("255.255.255.255", False),
        ("example.com", False),
        ("", False),
        ("127.1", False),
    ],
)
def test_a_public_address_is_one_that_the_internet_routes(address: str, expected: bool) -> None:  # noqa: FBT001  # the value is the point
    assert is_public(address) is expected


# Redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_followed_also_to_a_relative_address(status: int) -> None:
    answers = {
        "/a/one?x=1": httpx.Response(status, headers={"Location": "two?y=%2F~"}),
        "/a/two?y=%2F~": httpx.Response(status, headers={"Location": "https://other.example.com/three"}),
        "/three": httpx.Response(200, content=b"ok"),
    }
    network, names = Network(lambda request: answers[request.url.raw_path.decode()]), Names()
    assert await get(network, "https://example.com/a/one?x=1", None, names) == Download(200, b"ok")
    assert [request.headers["Host"] for request in network.requests] == [
        "example.com",
        "example.com",
        "other.example.com",
    ]
    assert names.asked == ["example.com", "other.example.com"]


@pytest.mark.promise(number=8)
@pytest.mark.parametrize(
    ("location", "sentence"),
    [
        ("http://example.com/", NOT_PUBLIC),
        ("https://example.com:8443/", NOT_PUBLIC),
        ("file:///etc/passwd", NOT_PUBLIC),
        ("https://inner.example.com/", INNER_ADDRESS),
        ("//inner.example.com/", INNER_ADDRESS),
        ("https://user:word@example.com/", NAMED_USER),
    ],
)
async def test_a_redirect_leads_nowhere_that_could_not_be_asked_for(location: str, sentence: str) -> None:
    network, names = redirecting(location), Names({"inner.example.com": ["10.0.0.1"]})
    assert await failure(get(network, "https://example.com/", None, names)) == (NotFound, sentence)
    assert len(network.requests) == 1


async def test_a_redirect_away_from_the_named_hosts_is_not_followed() -> None:
    network = redirecting("https://example.com/")
    assert await failure(get(network, "https://cdn.example.com/", CDN)) == (NotFound, OTHER_HOST)
    assert len(network.requests) == 1


@pytest.mark.parametrize("location", ["https://[", "https://example.com:x/", "https://example.com/\x7f"])
async def test_a_broken_redirect_is_an_error_like_others(location: str) -> None:
    network = redirecting(location)
    assert await failure(get(network, "https://example.com/")) == (Unavailable, NO_ANSWER)
    assert len(network.requests) == 1


@pytest.mark.promise(number=8)
async def test_three_redirects_are_followed_and_no_more() -> None:
    assert (await get(redirecting(*"abc"), "https://example.com/")).data == b"ok"
    network = redirecting(*"abcd")
    assert await failure(get(network, "https://example.com/")) == (Unavailable, TOO_MANY)
    assert len(network.requests) == 4


async def test_a_redirect_without_a_target_is_an_answer_like_others() -> None:
    assert await get(Network(httpx.Response(302, content=b"body")), "https://example.com/") == Download(302, b"")


# What is sent, and what is taken


@pytest.mark.promise(number=17)
async def test_no_credential_and_no_cookie_is_sent_whatever_the_client_holds() -> None:
    network = Network(lambda _: httpx.Response(302, headers={"Location": "/b", "Set-Cookie": "a=b"}))
    async with httpx.AsyncClient(
        transport=network, auth=("key", "secret"), cookies={"c": "d"}, headers={"X-Secret": "s"}, follow_redirects=True
    ) as http:
        downloader = Downloader(http, CDN, resolve=Names())
        assert await failure(downloader.get("https://cdn.example.com/", max_bytes=9, timeout_seconds=30)) == (
            Unavailable,
            TOO_MANY,
        )
        assert not http.cookies
    assert len(network.requests) == 4
    for request in network.requests:
        assert dict(request.headers) == {
            "user-agent": "scenario-mcp",
            "accept": "image/png, image/jpeg, image/webp, image/gif, */*;q=0.1",
            "accept-encoding": "identity",
            "host": "cdn.example.com",
            "connection": "close",
        }


class Unread(httpx.AsyncByteStream):
    """A body that must not be read."""

    def __init__(self) -> None:
        self.is_closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        assert self.is_closed, "the body was read"
        yield b""

    async def aclose(self) -> None:
        self.is_closed = True


@pytest.mark.parametrize("status", [201, 204, 206, 300, 304, 400, 401, 403, 404, 410, 429, 500, 503])
async def test_any_other_status_is_returned_without_its_body(status: int) -> None:
    body = Unread()
    network = Network(lambda _: httpx.Response(status, stream=body))
    assert await get(network, "https://example.com/") == Download(status, b"")
    assert body.is_closed


@pytest.mark.promise(number=10)
@pytest.mark.parametrize("length", ["1001", "99999999999999999999999"])
async def test_a_length_over_the_limit_is_refused_before_the_body_is_read(length: str) -> None:
    body = Unread()
    network = Network(lambda _: httpx.Response(200, headers={"Content-Length": length}, stream=body))
    assert await failure(get(network, "https://example.com/")) == (Unavailable, TOO_LARGE)
    assert body.is_closed


@pytest.mark.promise(number=10)
@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "identity, gzip", "x"])
async def test_packed_bytes_are_refused_before_they_are_read(encoding: str) -> None:
    body = Unread()
    network = Network(lambda _: httpx.Response(200, headers={"Content-Encoding": encoding}, stream=body))
    assert await failure(get(network, "https://example.com/")) == (Unavailable, PACKED)
    assert body.is_closed


async def test_bytes_said_to_be_plain_are_taken() -> None:
    network = answering(b"ok", headers={"Content-Encoding": " Identity "})
    assert (await get(network, "https://example.com/")).data == b"ok"


async def test_a_body_may_be_just_as_large_as_said() -> None:
    assert (await get(answering(bytes(1000)), "https://example.com/")).data == bytes(1000)
    assert await failure(get(answering(bytes(1001)), "https://example.com/")) == (Unavailable, TOO_LARGE)


@pytest.mark.promise(number=10)
@pytest.mark.parametrize(("size", "fits"), [(1000, True), (1001, False)])
async def test_a_body_of_untold_length_may_be_just_as_large(size: int, fits: bool) -> None:  # noqa: FBT001  # the value is the point
    class Chunks(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            for _ in range(size):
                yield b"x"

    answer = get(Network(lambda _: httpx.Response(200, stream=Chunks())), "https://example.com/")
    if fits:
        assert await answer == Download(200, b"x" * size)
    else:
        assert await failure(answer) == (Unavailable, TOO_LARGE)


@pytest.mark.parametrize(
    "fault",
    [
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("late"),
        httpx.RemoteProtocolError("no HTTP"),
        httpx.ReadError("x"),
        OSError("x"),
    ],
    ids=lambda fault: type(fault).__name__,
)
async def test_a_failing_host_is_put_into_words_without_its_address(fault: Exception) -> None:
    assert await failure(get(Network(fault), "https://example.com/")) == (Unavailable, NO_ANSWER)


@pytest.mark.promise(number=2)
async def test_a_name_that_does_not_resolve_in_time_is_given_up() -> None:
    async def never(_host: str) -> Sequence[str]:
        await anyio.sleep_forever()
        raise AssertionError

    async with httpx.AsyncClient(transport=answering(b"ok")) as http:
        downloader = Downloader(http, PublicHosts(), resolve=never)
        with anyio.fail_after(30):
            answer = downloader.get("https://example.com/", max_bytes=9, timeout_seconds=0.05)
            assert await failure(answer) == (Unavailable, NO_ANSWER)


# A real host on a real socket

Script = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


class Host:
    """What a test needs of a running server: its address, and the head of each request that reached it."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.heads: list[bytes] = []
        self.hung_up = asyncio.Event()


@asynccontextmanager
async def serving(script: Script) -> AsyncIterator[Host]:
    """Serve on loopback; the script answers each request, until the other side hangs up."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                host.heads.append(head)
                await script(head, writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            host.hung_up.set()
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    host = Host(server.sockets[0].getsockname()[1])
    try:
        yield host
    finally:
        server.close()


async def get_real(url: str, *, max_bytes: int = 1000, timeout_seconds: float = 5.0) -> Download:
    async with httpx.AsyncClient(trust_env=False) as http:
        with anyio.fail_after(20):
            return await Downloader(http, LOOPBACK).get(url, max_bytes=max_bytes, timeout_seconds=timeout_seconds)


async def test_a_real_host_gets_the_address_byte_for_byte() -> None:
    async def script(_head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    target = f"/a%2Fb//c;d=e,f/%c3%a9?z=1&a=%2f%2F&b=+%20~'()*!&{SIGNATURE}"
    async with serving(script) as host:
        assert await get_real(host.url + target) == Download(200, b"ok")
        assert host.heads[0].startswith(f"GET {target} HTTP/1.1\r\n".encode())


async def test_a_body_that_drips_is_given_up_at_the_deadline() -> None:
    async def script(_head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.01)

    async with serving(script) as host:
        assert await failure(get_real(host.url, timeout_seconds=0.3)) == (Unavailable, NO_ANSWER)


async def test_a_head_that_drips_is_given_up_at_the_deadline() -> None:
    async def script(_head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            writer.write(b"A: b\r\n")
            await writer.drain()
            await asyncio.sleep(0.01)

    async with serving(script) as host:
        assert await failure(get_real(host.url, timeout_seconds=0.3)) == (Unavailable, NO_ANSWER)


async def test_a_host_that_says_nothing_is_given_up_at_the_deadline() -> None:
    async def script(_head: bytes, _writer: asyncio.StreamWriter) -> None:
        return

    async with serving(script) as host:
        assert await failure(get_real(host.url, timeout_seconds=0.5)) == (Unavailable, NO_ANSWER)
        await asyncio.wait_for(host.hung_up.wait(), 30)


async def test_an_endless_body_is_cut_off_and_the_connection_closed() -> None:
    async def script(_head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(bytes(10_000))
            await writer.drain()

    async with serving(script) as host:
        assert await failure(get_real(host.url)) == (Unavailable, TOO_LARGE)
        await asyncio.wait_for(host.hung_up.wait(), 30)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhal",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nx",
        b"SSH-2.0-OpenSSH_9\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"A: " + b"b" * 200_000,
    ],
)
async def test_a_host_that_hangs_up_or_speaks_no_http_does_not_answer(answer: bytes) -> None:
    async def script(_head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        writer.close()

    async with serving(script) as host:
        assert await failure(get_real(host.url)) == (Unavailable, NO_ANSWER)


async def test_a_packed_body_is_not_unpacked() -> None:
    body = gzip.compress(bytes(500))

    async def script(_head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    async with serving(script) as host:
        assert await failure(get_real(host.url)) == (Unavailable, PACKED)
        assert b"\r\naccept-encoding: identity\r\n" in host.heads[0].lower()


@pytest.mark.promise(number=8)
async def test_a_redirect_to_another_origin_does_not_reach_it() -> None:
    async def picture(_head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    async with serving(picture) as inner:
        location = inner.url.replace("127.0.0.1", "localhost").encode()

        async def script(_head: bytes, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 302 Found\r\nLocation: %b\r\nContent-Length: 0\r\n\r\n" % location)

        async with serving(script) as host:
            assert await failure(get_real(host.url)) == (NotFound, OTHER_HOST)
            assert (len(host.heads), inner.heads) == (1, [])


async def test_a_loop_of_redirects_ends() -> None:
    async def script(_head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 307 Again\r\nLocation: /a\r\nContent-Length: 0\r\n\r\n")

    async with serving(script) as host:
        assert await failure(get_real(host.url + "/a")) == (Unavailable, TOO_MANY)
        assert len(host.heads) == 4


async def test_one_deadline_holds_for_all_redirects_together() -> None:
    async def script(_head: bytes, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.3)
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: /a\r\nContent-Length: 0\r\n\r\n")

    async with serving(script) as host:
        assert await failure(get_real(host.url, timeout_seconds=0.5)) == (Unavailable, NO_ANSWER)
        assert len(host.heads) < 4


@pytest.mark.promise(number=8)
@pytest.mark.parametrize("address", ["224.0.0.251", "239.255.255.250", "::ffff:224.0.0.1", "ff02::1", "ff0e::1"])
def test_no_multicast_address_is_public(address: str) -> None:
    assert not is_public(address)
