"""Requests to the API go through aiohttp where it is installed and no proxy is set.

`tests/api/test_upstream_faults.py` and its neighbours run over this transport too.
"""

import httpx
import pytest

from scenario_mcp.http_server import aiohttp_transport
from scenario_mcp.http_server.aiohttp_transport import AiohttpTransport, api_transport
from scenario_mcp.net.connections import Network
from scenario_mcp.settings import BASE_URL


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def kind(url: str = BASE_URL) -> type[httpx.AsyncBaseTransport]:
    return type(api_transport(Network(), url, at_once=4))


def test_aiohttp_is_used_where_it_is_installed() -> None:
    assert kind() is AiohttpTransport


def test_without_aiohttp_the_transport_is_that_of_httpx(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aiohttp_transport, "find_spec", lambda _name: None)
    assert kind() is httpx.AsyncHTTPTransport


def test_through_a_proxy_the_transport_is_that_of_httpx(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    assert issubclass(kind(), httpx.AsyncHTTPTransport)
    assert kind("http://127.0.0.1:8/v1") is AiohttpTransport
    monkeypatch.setenv("NO_PROXY", "api.cloud.scenario.com")
    assert kind() is AiohttpTransport
