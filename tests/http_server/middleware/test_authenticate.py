"""Who asks, and by whose key their calls go."""

from typing import Any

import pytest

from tests.support.fakes import Network
from tests.support.hosted import (
    MODERN_VERSION,
    NO_CREDENTIALS,
    OAUTH,
    OWN_KEY,
    POST_HEADERS,
    STRANGER,
    TOKEN,
    TOKENS,
    authorization,
    prepared,
    refusal,
    result_of,
    serving,
    text_of,
)
from tests.support.raw_stdio import call, ping, request

SEARCH = call(1, "search_assets", query="knight", limit=1)


async def test_on_this_machine_the_server_s_own_key_stands_in(api: Network) -> None:
    async with serving(OWN_KEY) as service:
        assert not result_of(await service.post(SEARCH)).get("isError")
    assert authorization(api) == "api_own:own-secret"


@pytest.mark.promise(number=21)
@pytest.mark.parametrize(
    ("address", "headers"),
    [
        (STRANGER, {}),
        ("", {}),
        ("127.0.0.1", {"host": "mcp.example.com"}),
        ("127.0.0.1", {"forwarded": "for=127.0.0.1"}),
        ("127.0.0.1", {"x-forwarded-for": "127.0.0.1"}),
        ("127.0.0.1", {"x-forwarded-host": "localhost"}),
        ("127.0.0.1", {"x-real-ip": "127.0.0.1"}),
        ("127.0.0.1", {"via": "1.1 proxy"}),
        ("127.0.0.1", {"x-forwarded-for": ""}),
        ("127.0.0.1", {"x-forwarded-proto": "https"}),
        ("127.0.0.1", {"x-client-ip": "127.0.0.1"}),
        ("127.0.0.1", {"true-client-ip": "127.0.0.1"}),
        ("127.0.0.1", {"cf-connecting-ip": "127.0.0.1"}),
        ("127.0.0.1", {"tailscale-user-login": "ann"}),
        ("127.0.0.1", {"origin": "https://chat.example.com"}),
    ],
)
@pytest.mark.parametrize("version", ["2025-11-25", MODERN_VERSION])
async def test_whoever_may_be_a_stranger_never_asks_by_the_server_s_own_key(
    api: Network, version: str, address: str, headers: dict[str, str]
) -> None:
    names_of_it = {"ALLOWED_HOSTS": "mcp.example.com, 127.0.0.1:8000", "ALLOWED_ORIGINS": "https://chat.example.com"}
    async with serving(OWN_KEY, **names_of_it) as service, service.client(address) as client:
        names, body = prepared(SEARCH, version)
        answer = await client.post("/mcp", headers={**names, **headers}, json=body)
    result = result_of(answer)
    assert (result["isError"], result["content"]) == (True, [{"type": "text", "text": NO_CREDENTIALS}])
    assert api.requests == []


@pytest.mark.promise(number=21)
async def test_where_other_machines_are_let_in_not_even_this_one_asks_by_the_server_s_own_key(api: Network) -> None:
    # An address of documentation: settings that let others in, and nothing is listened to.
    async with serving(OWN_KEY, host="192.0.2.1", HTTP_AUTH="caller-key", ALLOWED_HOSTS="127.0.0.1:8000") as service:
        assert text_of(await service.post(SEARCH)) == NO_CREDENTIALS
    assert api.requests == []


@pytest.mark.parametrize("message", [ping(1), request(1, "tools/list"), SEARCH], ids=lambda message: message["method"])
@pytest.mark.parametrize("version", ["2025-11-25", MODERN_VERSION])
async def test_without_an_access_token_nothing_is_answered(version: str, message: dict[str, Any]) -> None:
    async with serving(**TOKENS) as service:
        none = await service.post(message, version)
        wrong = await service.post(message, version, authorization=f"Bearer {TOKEN}x")
    assert (none.status_code, none.headers["www-authenticate"]) == (401, 'Bearer realm="scenario-mcp"')
    assert none.json() == refusal(
        "This server asks for an access token. Send it in the header Authorization: Bearer TOKEN. The server's "
        "operator can make you one."
    )
    assert (wrong.status_code, wrong.headers["www-authenticate"]) == (
        401,
        'Bearer realm="scenario-mcp", error="invalid_token"',
    )
    assert wrong.json() == refusal(
        "This server does not know the access token; it may have been withdrawn. Ask the server's operator for another."
    )
    assert TOKEN not in wrong.text


async def test_an_access_token_lets_a_call_go_by_the_server_s_own_key(api: Network) -> None:
    async with serving(OWN_KEY, host="192.0.2.1", **TOKENS, ALLOWED_HOSTS="127.0.0.1:8000") as service:
        answer = await service.post(SEARCH, address=STRANGER, authorization=f"Bearer {TOKEN}")
    assert not result_of(answer).get("isError")
    assert authorization(api) == "api_own:own-secret"


async def test_with_oauth_every_request_needs_a_token_and_says_where_to_get_one() -> None:
    async with serving(**OAUTH) as service:
        none = await service.post(ping(1), host="mcp.example.com")
        wrong = await service.post(ping(1), host="mcp.example.com", authorization="Bearer abc")
    where = 'resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource/mcp"'
    assert (none.status_code, none.headers["www-authenticate"]) == (401, f"Bearer {where}")
    assert none.json() == refusal(
        "This server asks for an access token of its OAuth issuer. Sign in with your client. If it asks for a client "
        "id, the server's operator has one."
    )
    description = "The Bearer token is not a JWT, which access tokens for this server are."
    assert (wrong.status_code, wrong.headers["www-authenticate"]) == (
        401,
        f'Bearer error="invalid_token", error_description="{description}", {where}',
    )
    assert wrong.json() == refusal(f"{description} Sign in again with your client.")


@pytest.mark.parametrize("path", ["/mcp", "/mcp/"])
async def test_the_metadata_is_that_of_the_very_address_that_a_client_was_given(path: str) -> None:
    async with serving(**OAUTH) as service, service.client() as client:
        headers = {**POST_HEADERS, "host": "mcp.example.com"}
        refused = await client.post(f"http://127.0.0.1:8000{path}", headers=headers, json=ping(1))
        place = f"https://mcp.example.com/.well-known/oauth-protected-resource{path}"
        assert refused.headers["www-authenticate"] == f'Bearer resource_metadata="{place}"'
        metadata = (await client.get(place.replace("https://mcp.example.com", "http://127.0.0.1:8000"))).json()
    assert metadata["resource"] == f"https://mcp.example.com{path}"
