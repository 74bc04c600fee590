"""What balancers, meters and OAuth clients read."""

import pytest

from tests.support.hosted import OAUTH, PUBLIC_URL, STRANGER, TOKENS, serving
from tests.support.raw_stdio import ping


async def test_balancers_are_told_that_it_lives_and_is_ready_and_when_it_drains() -> None:
    async with serving() as service:
        lives, ready = await service.get("/livez"), await service.get("/readyz")
        service.parts.drain.begin()
        still_lives, drains = await service.get("/livez"), await service.get("/readyz")
        answer = await service.post(ping(1))
    assert (lives.status_code, lives.json()) == (200, {"status": "alive"})
    assert (ready.status_code, ready.json()) == (200, {"status": "ready", "redis": "off"})
    assert (still_lives.status_code, drains.status_code) == (200, 503)
    assert drains.json() == {"status": "draining", "redis": "off"}
    assert {each.headers["cache-control"] for each in (lives, ready, drains)} == {"no-store"}
    assert (answer.status_code, answer.headers["connection"]) == (200, "close")


async def test_what_balancers_read_needs_no_credentials_and_no_known_host() -> None:
    async with serving(**TOKENS) as service, service.client(STRANGER, {"host": "10.0.0.7:8000"}) as client:
        for path in ("/livez", "/readyz", "/metrics"):
            answer, head = await client.get(path), await client.head(path)
            assert (answer.status_code, head.status_code, head.content) == (200, 200, b"")


@pytest.mark.parametrize("method", ["POST", "DELETE", "PUT"])
async def test_what_balancers_read_can_only_be_read(method: str) -> None:
    async with serving() as service, service.client() as client:
        answers = [await client.request(method, path) for path in ("/livez", "/readyz", "/metrics")]
    assert [(each.status_code, each.headers["allow"], each.content) for each in answers] == [
        (405, "GET, HEAD", b"")
    ] * 3


@pytest.mark.parametrize("path", ["/.well-known/oauth-protected-resource", "/.well-known/oauth-protected-resource/mcp"])
async def test_oauth_clients_find_the_issuer(path: str) -> None:
    async with serving(**OAUTH, OAUTH_SCOPES="scenario:search") as service:
        answer = await service.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json() == {
        "resource": PUBLIC_URL,
        "authorization_servers": ["https://login.example.com"],
        "bearer_methods_supported": ["header"],
        "scopes_supported": ["scenario:search"],
        "resource_name": "Scenario search",
    }
