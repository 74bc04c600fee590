"""The server over HTTP as clients, balancers and strangers see it: who may ask what, and what they are told."""

import asyncio
import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from scenario_mcp.credentials import Credentials
from scenario_mcp.http_server.auth.access_tokens import make_token
from scenario_mcp.http_server.auth.credentials import HOW_TO_SEND_A_KEY
from scenario_mcp.settings import Live, Settings
from tests.support.fakes import Network, picture
from tests.support.hosted import (
    KEYLESS,
    MODERN_VERSION,
    POST_HEADERS,
    SANDBOX,
    STRANGER,
    json_bytes,
    key_headers,
    prepared,
    refusal,
    result_of,
    serving,
    stand_in,
    text_of,
)
from tests.support.raw_stdio import SECONDS, call, ping, request

OWN_KEY = replace(KEYLESS, credentials=Credentials("api_own", "own-secret"))
NO_CREDENTIALS = f"This server has no Scenario credentials for you. {HOW_TO_SEND_A_KEY}"
SEARCH = call(1, "search_assets", query="knight", limit=1)
TOKEN, ENTRY = make_token("build-farm")
TOKENS = {"HTTP_AUTH": "access-tokens", "ACCESS_TOKENS": ENTRY}
PUBLIC_URL = "https://mcp.example.com/mcp"
OAUTH = {"HTTP_AUTH": "oauth", "OAUTH_ISSUER": "https://login.example.com", "PUBLIC_URL": PUBLIC_URL}
PAIR = {name.replace("-", "_"): value for name, value in key_headers("ann").items()}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Network:
    """Let the live API find nothing, and keep what it was asked."""
    network = Network(lambda _: httpx.Response(200, json={"hits": [], "total": 0}))
    stand_in(monkeypatch, network)
    return network


def authorization(network: Network) -> str:
    """Return the key and the secret by which the one request was made."""
    return base64.b64decode(network.request.headers["authorization"].removeprefix("Basic ")).decode()


# --- places ---------------------------------------------------------------------------------------------------------


async def test_balancers_are_told_that_it_lives_and_is_ready_and_when_it_drains() -> None:
    async with serving() as service:
        lives, ready = await service.get("/livez"), await service.get("/readyz")
        service.app.drain()
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


@pytest.mark.parametrize(
    "path", ["/", "/mcp/", "/MCP", "/sse", "/.well-known/oauth-protected-resource", "/livez/", "/é"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_there_is_nothing_elsewhere(path: str, method: str) -> None:
    async with serving() as service, service.client() as client:
        answer = await client.request(method, path)
    assert (answer.status_code, answer.json()) == (404, refusal("There is nothing here. MCP is at /mcp."))


# --- request ids ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", ["a", "req-1.2:3_4", "x" * 64])
async def test_the_id_of_a_request_is_taken_over(given: str) -> None:
    async with serving() as service:
        answered = await service.post(ping(1), x_request_id=given)
        refused = await service.post(ping(1), x_request_id=given, content_type="text/plain")
    assert (answered.headers["x-request-id"], refused.headers["x-request-id"]) == (given, given)


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", "a\tb", "<script>"])
async def test_an_id_that_is_none_is_replaced(given: str) -> None:
    headers = [*POST_HEADERS.items(), ("x-request-id", given)]
    async with serving() as service, service.client() as client:
        made = [(await client.post("/mcp", headers=headers, json=ping(1))).headers["x-request-id"] for _ in range(2)]
    assert all(re.fullmatch("[0-9a-f]{16}", each) for each in made)
    assert made[0] != made[1]


# --- whose key ------------------------------------------------------------------------------------------------------


async def test_a_caller_s_calls_go_by_the_caller_s_own_key(api: Network) -> None:
    async with serving(OWN_KEY) as service:
        result_of(await service.post(SEARCH, **PAIR, x_scenario_project_id="proj_ann"))
    assert authorization(api) == "api_ann:secret-ann"
    assert dict(api.request.url.params)["projectId"] == "proj_ann"


async def test_on_this_machine_the_server_s_own_key_stands_in(api: Network) -> None:
    async with serving(OWN_KEY) as service:
        assert not result_of(await service.post(SEARCH)).get("isError")
    assert authorization(api) == "api_own:own-secret"


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


async def test_where_other_machines_are_let_in_not_even_this_one_asks_by_the_server_s_own_key(api: Network) -> None:
    # An address of documentation: settings that let others in, and nothing is listened to.
    async with serving(OWN_KEY, host="192.0.2.1", HTTP_AUTH="caller-key", ALLOWED_HOSTS="127.0.0.1:8000") as service:
        assert text_of(await service.post(SEARCH)) == NO_CREDENTIALS
    assert api.requests == []


@pytest.mark.parametrize("version", ["2025-11-25", MODERN_VERSION])
async def test_without_credentials_everything_can_be_looked_at_and_a_call_says_what_to_send(
    api: Network, version: str
) -> None:
    listings = ("tools/list", "resources/list", "resources/templates/list", "prompts/list")
    async with serving(KEYLESS) as service:
        for method in listings:
            assert result_of(await service.post(request(1, method), version, address=STRANGER))
        guide = request(1, "resources/read", uri="scenario://guide/search")
        assert result_of(await service.post(guide, version, address=STRANGER))["contents"]
        for tool, arguments in (("search_assets", {"query": "x"}), ("search_models", {}), ("view_assets", {})):
            answer = await service.post(call(1, tool, **arguments), version, address=STRANGER)
            assert (result_of(answer)["isError"], text_of(answer)) == (True, NO_CREDENTIALS)
        read = await service.post(
            request(1, "resources/read", uri="scenario://assets/asset_1"), version, address=STRANGER
        )
    error = {"code": -32603, "message": NO_CREDENTIALS, "data": {"uri": "scenario://assets/asset_1"}}
    assert read.json() == {"jsonrpc": "2.0", "id": 1, "error": error}
    assert api.requests == []


async def test_half_a_key_is_explained_and_never_replaced_by_the_server_s_own(api: Network) -> None:
    async with serving(OWN_KEY) as service:
        answer = await service.post(SEARCH, x_scenario_api_key="api_ann")
    assert text_of(answer) == (
        "The header X-Scenario-Api-Key was sent but X-Scenario-Api-Secret was not. Send both: they are the two halves "
        "of one key."
    )
    assert api.requests == []


async def test_a_key_that_scenario_refuses_is_the_caller_s_to_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    network = Network(lambda _: httpx.Response(401, json={"message": "Unauthorized: api_ann"}))
    stand_in(monkeypatch, network)
    async with serving(OWN_KEY) as service:
        answer = await service.post(SEARCH, **PAIR)
    assert result_of(answer)["isError"]
    assert "api_ann" not in answer.text
    assert "secret-ann" not in answer.text
    assert "SCENARIO_SDK_API_KEY" not in text_of(answer)


# --- who may ask ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("message", [ping(1), request(1, "tools/list"), SEARCH], ids=lambda message: message["method"])
@pytest.mark.parametrize("version", ["2025-11-25", MODERN_VERSION])
async def test_without_an_access_token_nothing_is_answered(version: str, message: dict[str, Any]) -> None:
    async with serving(**TOKENS) as service:
        none = await service.post(message, version)
        wrong = await service.post(message, version, authorization=f"Bearer {TOKEN}x")
    assert (none.status_code, none.headers["www-authenticate"]) == (401, 'Bearer realm="scenario-mcp"')
    assert none.json() == refusal(
        "This server asks for an access token: send it as Authorization: Bearer followed by the token. Whoever runs "
        "the server can make you one."
    )
    assert (wrong.status_code, wrong.headers["www-authenticate"]) == (
        401,
        'Bearer realm="scenario-mcp", error="invalid_token"',
    )
    assert wrong.json() == refusal(
        "This server does not know the access token; it may have been withdrawn. Ask whoever runs the server for "
        "another."
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
        "This server asks for an access token of its OAuth issuer. Sign in with your client, which can."
    )
    description = "The Bearer token is not a JWT, which access tokens for this server are."
    assert (wrong.status_code, wrong.headers["www-authenticate"]) == (
        401,
        f'Bearer error="invalid_token", error_description="{description}", {where}',
    )
    assert wrong.json() == refusal(f"{description} Sign in again with your client.")


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


# --- what is offered ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["2025-11-25", MODERN_VERSION])
async def test_prompts_and_resources_and_completions_are_served(version: str) -> None:
    async with serving() as service:
        page = result_of(await service.post(SEARCH, version))["structuredContent"]
        hit = page["hits"][0]
        image = result_of(await service.post(request(2, "resources/read", uri=hit["uri"]), version))
        text = result_of(
            await service.post(request(3, "resources/read", uri=f"scenario://assets/{hit['id']}"), version)
        )
        prompt = request(4, "prompts/get", name="mood_board", arguments={"brief": "a quiet harbour"})
        filled = result_of(await service.post(prompt, version))
        asked = {
            "ref": {"type": "ref/prompt", "name": "more_like_this"},
            "argument": {"name": "like", "value": "asset_"},
        }
        completed = result_of(await service.post(request(5, "completion/complete", **asked), version))
    (shown,) = image["contents"]
    assert (shown["uri"], shown["mimeType"]) == (hit["uri"], "image/webp")
    assert base64.b64decode(shown["blob"])[8:12] == b"WEBP"
    assert json.loads(text["contents"][0]["text"])["id"] == hit["id"]
    assert "a quiet harbour" in filled["messages"][0]["content"]["text"]
    assert completed["completion"] == {"values": [hit["id"]], "total": 1, "hasMore": False}


@pytest.mark.parametrize("form", ["{}", "file://{}"])
async def test_files_of_the_server_s_machine_are_never_read(tmp_path: Path, form: str) -> None:
    file = tmp_path / "reference.png"
    file.write_bytes(picture(64))
    folders = Settings.from_environ({"SCENARIO_MCP_SANDBOX": "1", "SCENARIO_MCP_IMAGE_FOLDERS": str(tmp_path)})
    body = call(1, "search_assets", images={"like": [form.format(file)]}, limit=1)
    answers = {}
    for name, settings in (("with folders", folders), ("without", SANDBOX)):
        async with serving(settings) as service:
            answers[name] = await service.post(body)
    assert result_of(answers["with folders"])["isError"]
    assert answers["with folders"].json() == answers["without"].json()


# --- limits ---------------------------------------------------------------------------------------------------------


async def test_over_the_calls_of_a_minute_a_call_says_how_long_to_wait() -> None:
    async with serving(CALLS_PER_MINUTE="2") as service:
        first = [await service.post(SEARCH) for _ in range(2)]
        over = await service.post(SEARCH)
        read = await service.post(request(2, "resources/read", uri="scenario://assets/asset_1"), MODERN_VERSION)
        listed = await service.post(request(3, "tools/list"))
        other = await service.post(SEARCH, **PAIR)
    sentence = re.compile(
        r"You have made 2 calls within a minute, as many as this server allows\. Wait (\d+) seconds, then try again\."
    )
    assert [result_of(answer).get("isError", False) for answer in first] == [False, False]
    assert result_of(over)["isError"]
    waits = [sentence.fullmatch(text_of(over)), sentence.fullmatch(read.json()["error"]["message"])]
    assert all(wait is not None and 1 <= int(wait[1]) <= 60 for wait in waits)
    assert (read.json()["error"]["code"], read.json()["error"]["data"]) == (
        -32603,
        {"uri": "scenario://assets/asset_1"},
    )
    assert listed.status_code == 200
    assert not result_of(other).get("isError")


class Held(httpx.AsyncBaseTransport):
    """An API that answers when it is let, and notes who asked and who left."""

    def __init__(self) -> None:
        self.arrived = asyncio.Event()
        self.goes_on = asyncio.Event()
        self.dropped = asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:  # noqa: ARG002  # httpx's signature
        self.arrived.set()
        try:
            await self.goes_on.wait()
        except asyncio.CancelledError:
            self.dropped.set()
            raise
        return httpx.Response(200, json={"hits": [], "total": 0})


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Held:
    held = Held()
    stand_in(monkeypatch, held)
    return held


async def test_over_the_calls_at_once_a_call_is_told_so_and_others_are_served(held: Held) -> None:
    async with (
        serving(OWN_KEY, CONCURRENT_CALLS_PER_CALLER="1", CONCURRENT_CALLS="2") as service,
        asyncio.timeout(SECONDS),
    ):
        first = asyncio.create_task(service.post(SEARCH))
        await held.arrived.wait()
        mine = await service.post(call(2, "search_assets", query="castle"))
        held.arrived.clear()
        second = asyncio.create_task(service.post(SEARCH, **PAIR))
        await held.arrived.wait()
        bob = {name.replace("-", "_"): value for name, value in key_headers("bob").items()}
        third = await service.post(SEARCH, **bob)
        held.goes_on.set()
        assert [result_of(await each).get("isError", False) for each in (first, second)] == [False, False]
        assert not result_of(await service.post(SEARCH, **bob)).get("isError", False)
    assert text_of(mine) == (
        "1 of your calls is still being answered, as many as this server allows at once. Wait for one of them, then "
        "try again in 2 seconds."
    )
    assert text_of(third) == (
        "2 calls of all users are being answered, as many as this server takes at once. Try again in 2 seconds."
    )


async def test_a_flood_of_whatever_kind_is_stemmed_for_its_sender_alone() -> None:
    async with serving(CALLS_PER_MINUTE="2") as service:
        statuses = [(await service.post(ping(1))).status_code for _ in range(10)]
        over = await service.post(ping(1))
        other = await service.post(ping(1), **PAIR)
    wait = over.headers["retry-after"]
    assert statuses == [200] * 10
    assert 1 <= int(wait) <= 60
    assert (over.status_code, over.json()) == (
        429,
        refusal(f"Too many requests. Wait {wait} seconds, then go on more slowly."),
    )
    assert other.status_code == 200


async def test_a_flood_of_wrong_tokens_is_stemmed_by_its_address() -> None:
    async with serving(**TOKENS, CALLS_PER_MINUTE="2") as service:
        statuses = [
            (await service.post(ping(1), authorization="Bearer x", address=STRANGER)).status_code for _ in range(11)
        ]
        elsewhere = await service.post(ping(1), authorization="Bearer x", address="203.0.113.8")
        known = await service.post(ping(1), authorization=f"Bearer {TOKEN}", address=STRANGER)
    assert statuses == [401] * 10 + [429]
    assert (elsewhere.status_code, known.status_code) == (401, 200)


async def test_keys_that_are_made_up_pass_no_limit(api: Network) -> None:
    async with serving(KEYLESS, CALLS_PER_MINUTE="1") as service:
        made_up = [key_headers(f"nobody-{number}") for number in range(7)]
        sent = [{name.replace("-", "_"): value for name, value in each.items()} for each in made_up]
        statuses = [(await service.post(SEARCH, address=STRANGER, **each)).status_code for each in sent]
        known = await service.post(ping(1), address=STRANGER, **sent[0])
        elsewhere = await service.post(SEARCH, address="203.0.113.8", **PAIR)
    assert statuses == [200] * 5 + [429] * 2
    assert (known.status_code, elsewhere.status_code, len(api.requests)) == (200, 200, 6)


async def test_callers_are_named_otherwise_by_servers_with_other_keys_or_of_other_places() -> None:
    names = set()
    in_project = replace(OWN_KEY, credentials=replace(OWN_KEY.credentials, project_id="p"))
    for settings in (OWN_KEY, KEYLESS, in_project, replace(OWN_KEY, upstream=Live("http://localhost"))):
        async with serving(settings, HASH_KEY="the-same-for-all-of-them") as service:
            names.add(service.app._hasher.of("access token", "ann"))
    assert len(names) == 4


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


async def test_without_a_limit_there_is_no_flood() -> None:
    async with serving(CALLS_PER_MINUTE="0") as service:
        assert {(await service.post(ping(1))).status_code for _ in range(50)} == {200}


async def test_a_client_that_leaves_has_its_call_dropped(held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scenario_mcp.http_server.app.PATIENCE_SECONDS", 0.01)
    sent: list[Any] = []
    messages: list[dict[str, Any]] = [{"type": "http.request", "body": json_bytes(SEARCH)}]

    async def receive() -> dict[str, Any]:
        if not messages:
            await held.arrived.wait()
            return {"type": "http.disconnect"}
        return messages.pop()

    async def send(message: Mapping[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "path": "/mcp",
        "method": "POST",
        "client": ("127.0.0.1", 1),
        "headers": [(b"host", b"127.0.0.1"), (b"content-type", b"application/json")],
    }
    async with serving(OWN_KEY) as service, asyncio.timeout(SECONDS):
        await service.app(scope, receive, send)
        await held.dropped.wait()
        assert service.app._backends.rate_limiter._in_flight == 0
    assert sent == []


# --- what is said of callers ----------------------------------------------------------------------------------------


async def test_nothing_of_a_caller_is_told_to_who_meters_or_balances(api: Network) -> None:
    secret = "hush-4kQ7"
    headers = {
        "x_scenario_api_key": f"api_{secret}",
        "x_scenario_api_secret": secret,
        "x_scenario_project_id": f"proj_{secret}",
        "x_request_id": f"req-{secret}",
    }
    async with serving(OWN_KEY) as service:
        await service.post(call(f"id-{secret}", "search_assets", query=secret), address=STRANGER, **headers)
        await service.post(call(1, f"tool-{secret}"), **headers)
        await service.post(request(1, f"method/{secret}"), **headers)
        await service.post(request(1, "prompts/get", name=secret), **headers)
        told = [(await service.get(path)).text for path in ("/livez", "/readyz", "/metrics")]
    digest = hashlib.sha256(secret.encode()).hexdigest()
    for text in told:
        assert secret not in text
        assert digest[:12] not in text
        assert STRANGER not in text
    assert len(api.requests) == 1
