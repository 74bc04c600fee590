"""The transport through aiohttp raises what httpx's own raises, and keeps connections as it does."""

import asyncio
import socket
import subprocess
import sys

import httpx
import pytest

from scenario_mcp.net.aiohttp_transport import AiohttpTransport
from scenario_mcp.net.connections import MAX_CONNECTIONS, Network
from tests.support.faulty_upstream import (
    Behaviour,
    Upstream,
    answer,
    head,
    pouring,
    raw,
    then_reset,
    then_silent,
)
from tests.support.local_http import NO_TLS
from tests.support.tls_servers import BUNDLE, Listener, certified, proxied

pytestmark = pytest.mark.usefixtures("plain_environment", "names_lead_to_this_machine")

FAULTS: dict[str, Behaviour] = {
    "closed before an answer": raw(b""),
    "reset before an answer": then_reset(b""),
    "closed within the head": raw(b"HTTP/1.1 200 OK\r\nContent-Le"),
    "closed within the body": raw(head(content_length=50) + b"half"),
    "a chunk cut": raw(head(transfer_encoding="chunked") + b"40\r\nhalf"),
    "no HTTP": raw(b"\x16\x03\x01\x00garbage\x00\xff" * 10),
    "lines of another protocol": raw(b"220 mail.example.com ESMTP\r\n\r\n"),
    "a status of four digits": raw(b"HTTP/1.1 2000 OK\r\n\r\n"),
    "a header without an end": pouring(b"HTTP/1.1 200 OK\r\nX: ", b"x" * 100_000, 10),
    "headers without an end": pouring(b"HTTP/1.1 200 OK\r\n", b"X: " + b"x" * 1000 + b"\r\n", 1000),
    "no answer in time": then_silent(b""),
    "no body in time": then_silent(head(content_length=50) + b"half"),
}
WHOLE = [
    answer(b"short"),
    answer(b"x" * 200_000),
    answer(b"", 204),
    answer(b"packed", content_encoding="br"),
    answer(b"elsewhere", 302, location="http://127.0.0.1:9/"),
    raw(head(transfer_encoding="chunked") + b"3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n", closes=False),
    raw(head() + b"until it closes"),
    raw(head(100) + head(content_length=2) + b"ok", closes=False),
    raw(head(content_length=2, x_long="y" * 20_000) + b"ok", closes=False),
]


def ours() -> AiohttpTransport:
    return AiohttpTransport(NO_TLS, at_once=4)


def httpx_own() -> httpx.AsyncHTTPTransport:
    return httpx.AsyncHTTPTransport(verify=NO_TLS, trust_env=False)


async def outcome(
    transport: httpx.AsyncBaseTransport, url: str, *, connect_seconds: float = 5.0, read_seconds: float = 5.0
) -> object:
    """Ask once; return the status, the headers and the body, or the class of the error."""
    limits = {"connect": connect_seconds, "read": read_seconds}
    request = httpx.Request("POST", url, content=b"{}", extensions={"timeout": limits})
    try:
        response = await transport.handle_async_request(request)
        try:
            body = b"".join([chunk async for chunk in response.stream])  # type: ignore[union-attr]  # asynchronous
        finally:
            await response.aclose()
    except httpx.HTTPError as error:
        return type(error)
    return response.status_code, response.headers.raw, body


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_fault_raises_the_same_error_as_over_the_transport_of_httpx(fault: str) -> None:
    seconds = 0.05 if fault.endswith("in time") else 5.0
    async with Upstream(FAULTS[fault]) as upstream, ours() as transport, httpx_own() as other:
        told = await outcome(transport, upstream.base_url, read_seconds=seconds)
        assert isinstance(told, type)
        assert issubclass(told, httpx.TransportError)
        assert told is await outcome(other, upstream.base_url, read_seconds=seconds)


async def test_a_port_that_nobody_listens_on_is_a_connect_error_with_the_cause_of_the_system() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{bound.getsockname()[1]}/"
        async with ours() as transport, httpx_own() as other:
            assert await outcome(transport, url) is await outcome(other, url) is httpx.ConnectError
            with pytest.raises(httpx.ConnectError) as refused:
                await transport.handle_async_request(httpx.Request("GET", url))
    assert isinstance(refused.value.__cause__, ConnectionRefusedError)


async def test_a_host_that_takes_no_connection_is_a_connect_timeout() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes the connection, and no part in TLS
        url = f"https://127.0.0.1:{silent.getsockname()[1]}/"
        async with ours() as transport, httpx_own() as other:
            told = [await outcome(each, url, connect_seconds=0.05) for each in (transport, other)]
    assert told == [httpx.ConnectTimeout] * 2


async def test_an_answer_is_the_same_as_over_the_transport_of_httpx() -> None:
    async with Upstream(*WHOLE) as upstream, ours() as transport:
        answers = [await outcome(transport, upstream.base_url) for _ in WHOLE]
        sent = [(each.line, each.body) for each in upstream.received]
    async with Upstream(*WHOLE) as upstream, httpx_own() as other:
        assert [await outcome(other, upstream.base_url) for _ in WHOLE] == answers
        assert [(each.line, each.body) for each in upstream.received] == sent


async def test_a_request_carries_the_headers_that_it_was_given_and_no_other() -> None:
    given = {"Host": "api.test", "Accept": "*/*", "Authorization": "Basic abc", "User-Agent": "scenario-mcp"}
    async with Upstream(answer(b"")) as upstream, ours() as transport:
        for headers in (given, {"Host": "api.test"}):
            response = await transport.handle_async_request(httpx.Request("GET", upstream.base_url, headers=headers))
            await response.aclose()
    sent = [{name: value for name, value in each.headers.items() if name != "connection"} for each in upstream.received]
    assert sent == [{name.lower(): value for name, value in given.items()}, {"host": "api.test"}]


async def test_a_header_that_would_be_two_is_refused_before_anything_is_sent() -> None:
    async with Upstream(answer(b"")) as upstream, ours() as transport:
        request = httpx.Request("GET", upstream.base_url, headers={"X": "a\r\nY: b"})
        with pytest.raises(httpx.LocalProtocolError):
            await transport.handle_async_request(request)
    assert upstream.received == []


async def test_calls_through_a_proxy_share_one_tunnel(monkeypatch: pytest.MonkeyPatch) -> None:
    async with proxied(monkeypatch) as (host, proxy):
        url = f"https://api.test:{host.port}/"
        async with Network(BUNDLE).transport(url) as transport:
            told = [await outcome(transport, url) for _ in range(3)]
    assert [each[0] if isinstance(each, tuple) else each for each in told] == [200] * 3
    assert (proxy.targets, len(host.heads)) == (["CONNECT api.test"], 3)


async def test_a_transport_of_the_network_has_as_many_connections_as_it_is_asked_for() -> None:
    async with Listener(certified()) as host:
        url = f"https://localhost:{host.port}/"
        async with Network(BUNDLE).transport(url, at_once=MAX_CONNECTIONS + 5) as transport:
            await asyncio.gather(*(outcome(transport, url) for _ in range(3 * MAX_CONNECTIONS)))
    assert host.most_at_once == MAX_CONNECTIONS + 5


@pytest.mark.processes
def test_aiohttp_is_loaded_without_certificates_that_nothing_uses_and_ssl_is_as_before() -> None:
    code = """
import ssl
before = ssl.SSLContext.set_default_verify_paths
import scenario_mcp.net.connections, sys
print("aiohttp" in sys.modules)
import scenario_mcp.net.aiohttp_transport, aiohttp.connector
print(aiohttp.connector._SSL_CONTEXT_VERIFIED.cert_store_stats()["x509"])
print(ssl.SSLContext.set_default_verify_paths is before, ssl.create_default_context().cert_store_stats()["x509"] > 50)
"""
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)  # noqa: S603  # our own code
    assert finished.stdout.split() == ["False", "0", "True", "True"]
