"""Web pages: browsers are told which may call, and the others' calls are refused too."""

import httpx
import pytest

from scenario_mcp.http_server.middleware.cors import split_origins
from tests.support.fakes import Network
from tests.support.hosted import (
    NO_CREDENTIALS,
    OWN_KEY,
    POST_HEADERS,
    SEARCH,
    Service,
    ask,
    refusal,
    serving,
)

PONG = {"jsonrpc": "2.0", "id": 1, "result": {}}
WRONG_PAGE = "Pages of this origin may not call this server. Ask its operator to allow the origin."
PAGE = "https://chat.example.com"


async def preflight(
    service: Service, origin: str, headers: str = "content-type, mcp-protocol-version"
) -> httpx.Response:
    asked = {
        "origin": origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": headers,
    }
    async with service.client() as client:
        return await client.options("/mcp", headers=asked)


@pytest.mark.promise(number=20)
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://chat.example.com", f"{PAGE}:8443", ""])
async def test_a_foreign_page_may_neither_ask_nor_call(origin: str) -> None:
    async with serving(ALLOWED_ORIGINS=PAGE) as service:
        asked = await preflight(service, origin)
        called = await ask(service, {**POST_HEADERS, "origin": origin})
    assert asked.status_code == 400
    assert "access-control-allow-origin" not in asked.headers
    assert (called.status_code, called.json()) == (403, refusal(WRONG_PAGE))
    assert "access-control-allow-origin" not in called.headers


async def test_a_page_that_is_allowed_may_ask_and_call() -> None:
    every = (
        "authorization, content-type, last-event-id, mcp-method, mcp-name, mcp-protocol-version, mcp-session-id, "
        "traceparent, x-request-id, x-scenario-api-key, x-scenario-api-secret, x-scenario-project-id"
    )
    async with serving(ALLOWED_ORIGINS=PAGE) as service:
        asked = await preflight(service, PAGE, every)
        called = await ask(service, {**POST_HEADERS, "origin": PAGE})
        foreign_header = await preflight(service, PAGE, "x-unknown")
    assert asked.status_code == 200
    assert asked.headers["access-control-allow-origin"] == PAGE
    assert asked.headers["access-control-max-age"] == "3600"
    assert set(asked.headers["access-control-allow-methods"].split(", ")) == {"POST", "GET"}
    assert set(every.split(", ")) <= set(asked.headers["access-control-allow-headers"].lower().split(", "))
    assert "access-control-allow-credentials" not in asked.headers
    assert (called.status_code, called.json()) == (200, PONG)
    assert called.headers["access-control-allow-origin"] == PAGE
    exposed = "mcp-protocol-version, mcp-session-id, retry-after, www-authenticate, x-request-id"
    assert called.headers["access-control-expose-headers"] == exposed
    assert foreign_header.status_code == 400


async def test_a_page_that_is_allowed_can_read_why_it_was_refused() -> None:
    async with serving(HTTP_AUTH="access-tokens", ACCESS_TOKENS=f"a:{'0' * 64}", ALLOWED_ORIGINS=PAGE) as service:
        answer = await ask(service, {**POST_HEADERS, "origin": PAGE})
    assert answer.status_code == 401
    assert answer.headers["access-control-allow-origin"] == PAGE


@pytest.mark.parametrize(
    "origin", ["http://localhost:6274", "http://127.0.0.1:1", "http://[::1]:3000", "http://localhost"]
)
async def test_pages_of_this_machine_may_call_where_only_it_is_listened_to(origin: str) -> None:
    async with serving() as service:
        asked = await preflight(service, origin)
        called = await ask(service, {**POST_HEADERS, "origin": origin})
    assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (200, origin)
    assert (called.status_code, called.headers["access-control-allow-origin"]) == (200, origin)


@pytest.mark.promise(number=20)
def test_browsers_are_told_the_same_list_that_calls_are_held_against() -> None:
    assert split_origins(["https://a.example", "http://b.example:*", "http://[::1]:*"]) == (
        ["https://a.example"],
        r"http://b\.example:\d{1,5}|http://\[::1\]:\d{1,5}",
    )
    assert split_origins(["null", "app://*"]) == (["null"], "app://.+")
    assert split_origins([]) == ([], None)


@pytest.mark.promise(number=20)
@pytest.mark.parametrize(
    ("listed", "origin"),
    [
        ("null", "null"),
        ("tauri://localhost", "tauri://localhost"),
        ("app://*", "app://obsidian.md"),
        ("vscode-webview://*", "vscode-webview://0a1b2c3d4e5f"),
    ],
)
async def test_pages_of_programs_may_call_once_they_are_listed(listed: str, origin: str) -> None:
    async with serving() as service:
        refused = await ask(service, {**POST_HEADERS, "origin": origin})
    async with serving(ALLOWED_ORIGINS=listed) as service:
        asked = await preflight(service, origin)
        called = await ask(service, {**POST_HEADERS, "origin": origin})
        other = await ask(service, {**POST_HEADERS, "origin": "https://evil.example"})
    assert refused.status_code == 403
    assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (200, origin)
    assert (called.status_code, called.headers["access-control-allow-origin"]) == (200, origin)
    assert other.status_code == 403


@pytest.mark.promise(number=21)
async def test_of_pages_that_are_listed_those_of_programs_alone_call_by_the_server_s_own_key(api: Network) -> None:
    listed = {"app://*": "app://obsidian.md", "null": "null", "*": "https://evil.example", PAGE: PAGE}
    for allowed, origin in listed.items():
        async with serving(OWN_KEY, ALLOWED_ORIGINS=allowed) as service:
            answer = await service.post(SEARCH, origin=origin)
        assert answer.status_code == 200
        assert (NO_CREDENTIALS in answer.text) == (allowed != "app://*")
    assert len(api.requests) == 1
