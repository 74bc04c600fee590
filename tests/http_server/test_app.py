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

from scenario_mcp.settings import Live, Settings
from tests.support.fakes import Network, picture
from tests.support.hosted import (
    KEYLESS,
    MODERN_VERSION,
    NO_CREDENTIALS,
    OWN_KEY,
    PAIR,
    POST_HEADERS,
    SANDBOX,
    SEARCH,
    STRANGER,
    ask,
    authorization,
    json_bytes,
    key_headers,
    refusal,
    result_of,
    serving,
    stand_in,
    text_of,
)
from tests.support.raw_stdio import SECONDS, call, request

# --- places ---------------------------------------------------------------------------------------------------------


@pytest.mark.promise(number=20)
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/MCP",
        "/mcpx",
        "/mcp/other",
        "/other/mcp",
        "/sse",
        "/.well-known/oauth-protected-resource",
        "/livez/",
        "/é",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_there_is_nothing_elsewhere(path: str, method: str) -> None:
    async with serving() as service, service.client() as client:
        answer = await client.request(method, path)
    assert (answer.status_code, answer.json()) == (404, refusal("There is nothing here. MCP is at /mcp."))


@pytest.mark.parametrize("path", ["/mcp/", "//mcp", "/mcp//", "//mcp/", "/mcp/?source=app", "/mcp?source=app"])
async def test_a_slash_too_many_leads_to_the_same_place_without_a_redirect(path: str) -> None:
    async with serving() as service, service.client() as client:
        usual = await client.post("/mcp", headers=POST_HEADERS, json=SEARCH)
        odd = await client.post(f"http://127.0.0.1:8000{path}", headers=POST_HEADERS, json=SEARCH)
        stray = await client.get(f"http://127.0.0.1:8000{path}")
    assert (odd.status_code, odd.json()) == (200, usual.json())
    assert (stray.status_code, stray.headers["allow"]) == (405, "POST")


async def test_a_byte_order_mark_before_a_message_does_not_count() -> None:
    async with serving() as service:
        for version in ({}, {"mcp-protocol-version": "2025-11-25"}):
            answer = await service.send(b"\xef\xbb\xbf" + json_bytes(SEARCH), version)
            assert result_of(answer)["structuredContent"]["returned"] == 1


# --- whose key ------------------------------------------------------------------------------------------------------


async def test_a_caller_s_calls_go_by_the_caller_s_own_key(api: Network) -> None:
    async with serving(OWN_KEY) as service:
        result_of(await service.post(SEARCH, **PAIR, x_scenario_project_id="proj_ann"))
    assert authorization(api) == "api_ann:secret-ann"
    assert dict(api.request.url.params)["projectId"] == "proj_ann"


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


@pytest.mark.promise(number=19)
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


async def test_callers_are_named_otherwise_by_servers_with_other_keys_or_of_other_places() -> None:
    names = set()
    in_project = replace(OWN_KEY, credentials=replace(OWN_KEY.credentials, project_id="p"))
    for settings in (OWN_KEY, KEYLESS, in_project, replace(OWN_KEY, upstream=Live("http://localhost"))):
        async with serving(settings, HASH_KEY="the-same-for-all-of-them") as service:
            names.add(service.parts.hasher.of("access token", "ann"))
    assert len(names) == 4


async def test_a_client_that_leaves_has_its_call_dropped(held: Held) -> None:
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
        assert service.parts.backends.rate_limiter._in_flight == 0
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


@pytest.mark.parametrize(
    "accept", [None, "", "*/*", "application/json", "text/event-stream", "text/html", "nonsense;;"]
)
@pytest.mark.parametrize("version", ["2025-11-25", "2026-07-28"])
async def test_whatever_a_client_says_it_accepts_it_gets_json(accept: str | None, version: str) -> None:
    async with serving() as service:
        if accept is not None:
            answer = await service.post(call(1, "get_models", modelIds=["model_none"]), version, accept=accept)
        else:
            headers = {"content-type": "application/json", "mcp-protocol-version": "2025-11-25"}
            answer = await ask(service, headers)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json()["id"] == 1
