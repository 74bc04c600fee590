"""A request must name this server."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.support.fakes import Network
from tests.support.hosted import (
    NO_CREDENTIALS,
    OWN_KEY,
    POST_HEADERS,
    SEARCH,
    ask,
    json_bytes,
    refusal,
    serving,
)

PONG = {"jsonrpc": "2.0", "id": 1, "result": {}}
WRONG_HOST = "The Host header does not name this server. Use the address that its operator gave you."


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:1", "localhost:65535", "LOCALHOST", "[::1]:8000", "[::1]"])
async def test_this_machine_is_named_in_several_ways(host: str) -> None:
    async with serving() as service:
        answer = await ask(service, {**POST_HEADERS, "host": host})
    assert (answer.status_code, answer.json()) == (200, PONG)


@pytest.mark.promise(number=20)
@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "localhost.", "127.0.0.1:", "localhost:80x", "localhost:٣", "", "::1"],
)
async def test_another_name_is_refused(host: str) -> None:
    async with serving() as service:
        answer = await ask(service, {**POST_HEADERS, "host": host.encode()})
    assert (answer.status_code, answer.json()) == (421, refusal(WRONG_HOST))


async def test_the_names_that_are_set_are_the_ones_that_count() -> None:
    async with serving(ALLOWED_HOSTS="mcp.example.com, b.example:8443") as service:
        hosts = ("mcp.example.com", "MCP.Example.com", "b.example:8443", "b.example", "mcp.example.com:1", "127.0.0.1")
        statuses = [(await ask(service, {**POST_HEADERS, "host": host})).status_code for host in hosts]
    assert statuses == [200, 200, 200, 421, 421, 421]


async def test_every_name_may_be_allowed() -> None:
    async with serving(ALLOWED_HOSTS="*") as service:
        answer = await ask(service, {**POST_HEADERS, "host": "whatever.example:1"})
    assert answer.status_code == 200


async def test_two_names_of_a_host_are_none(api: Network) -> None:
    sent: list[Any] = []
    scope = {
        "type": "http",
        "path": "/mcp",
        "method": "POST",
        "client": ("127.0.0.1", 1),
        "headers": [(b"host", b"127.0.0.1"), (b"host", b"localhost"), (b"content-type", b"application/json")],
    }

    async def send(message: Mapping[str, Any]) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": json_bytes(SEARCH)}

    async with serving(OWN_KEY) as service:
        await service.app(scope, receive, send)
        one_name = {**scope, "headers": scope["headers"][1:], "http_version": "1.0"}
        await service.app(one_name, receive, send)
    assert [each["status"] for each in sent if "status" in each] == [421, 200]
    assert NO_CREDENTIALS.encode() in sent[-1]["body"]
    assert api.requests == []
