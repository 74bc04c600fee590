"""Callers of one server see nothing of each other, whatever is cached, shared, broken or asked at the same time."""

import asyncio
import base64
import io
import json
import logging
import random
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any

import httpx
import pytest
from PIL import Image

from scenario_mcp.api import retries
from scenario_mcp.credentials import Credentials
from scenario_mcp.http_server.auth.access_tokens import make_token
from scenario_mcp.logs import Formatter
from scenario_mcp.net import connections
from scenario_mcp.server.gallery import EXTENSION, MIME_TYPE
from tests.support.hosted import KEYLESS, MODERN_VERSION, Service, prepared, result_of, serving, stand_in, text_of
from tests.support.raw_stdio import ENVELOPE, SECONDS, Message, call, request

pytestmark = pytest.mark.processes

CALLERS = 50
CALLS = 8
"""Of each caller."""
MARKER = re.compile(r"mk\d{3}x")
SHARED_ID = "asset_shared"
"""An asset that all can see, under an address that was signed for each alone."""
WORDS = ("castle", "knight", "forest", "harbour", "sword")
GALLERY_ENVELOPE = {
    **ENVELOPE,
    "io.modelcontextprotocol/clientCapabilities": {"extensions": {EXTENSION: {"mimeTypes": [MIME_TYPE]}}},
}
PROJECTS_OF_ONE_KEY = 10
"""The last callers share a key and are in different projects."""


def marker(number: int) -> str:
    return f"mk{number:03}x"


def headers_of(number: int) -> dict[str, str]:
    """Return credentials in one of the ways to send them; callers who are far apart in number use the same way."""
    if number >= CALLERS - PROJECTS_OF_ONE_KEY:
        pair = {"x-scenario-api-key": "api_team", "x-scenario-api-secret": "team-secret"}
        return {**pair, "x-scenario-project-id": f"proj_{number}"}
    match number % 3:
        case 0:
            return {"x-scenario-api-key": f"api_{number}", "x-scenario-api-secret": f"secret-{number}"}
        case 1:
            pair_text = base64.b64encode(f"api_{number}:secret-{number}".encode()).decode()
            return {"authorization": f"Basic {pair_text}"}
        case _:
            return {"authorization": f"Bearer jwt.of.{number}"}


def number_of(sent: httpx.Request) -> int:
    """Tell by the credentials of a request to the API whose it is."""
    project = sent.url.params.get("projectId", "")
    if project:
        return int(project.removeprefix("proj_"))
    scheme, _, value = sent.headers["authorization"].partition(" ")
    if scheme == "Bearer":
        return int(value.removeprefix("jwt.of."))
    return int(base64.b64decode(value).decode().partition(":")[0].removeprefix("api_"))


def address(mark: str, asset_id: str) -> str:
    number = int(mark[2:5])
    return f"http://127.0.0.1/assets-transform/{asset_id}?p=100&Policy={mark}&Signature={mark}&Key-Pair-Id=K{number}"


def document(mark: str, asset_id: str, words: str) -> dict[str, Any]:
    return {
        "id": asset_id,
        "createdAt": "2026-01-16T11:19:41.579Z",
        "metadata": {
            "kind": "image",
            "name": f"{words} {mark}",
            "prompt": f"{words} of {mark}",
            "width": 64,
            "height": 64,
        },
        "mimeType": "image/png",
        "tags": [mark],
        "url": address(mark, asset_id),
        "thumbnail": {"assetId": asset_id, "url": address(mark, asset_id)},
    }


class Truncated(httpx.AsyncByteStream):
    """A body whose connection dies in the middle."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._content[: len(self._content) // 2]
        raise httpx.ReadError("gone")


class Api(httpx.AsyncBaseTransport):
    """Answers each key with what carries its marker; late, out of order, and now and then not at all."""

    def __init__(self) -> None:
        self.random = random.Random(7)  # noqa: S311  # the same troubles in every run
        self.spent: set[int] = set()
        """Whose quota for searches is used up."""
        self.asked: list[int] = []
        self.has_been_asked = asyncio.Event()
        self.is_steady = False

    async def handle_async_request(self, sent: httpx.Request) -> httpx.Response:
        number = number_of(sent)
        mark = marker(number)
        self.asked.append(number)
        self.has_been_asked.set()
        for _ in range(self.random.randrange(6)):
            await asyncio.sleep(0)
        chance = 1.0 if self.is_steady else self.random.random()
        if chance < 0.04:
            raise httpx.ReadError(f"gone for {mark}", request=sent)
        if number in self.spent and "/search/" in sent.url.path:
            return httpx.Response(429, json={"code": "QUOTA_EXCEEDED", "remainingSeconds": 900})
        if chance < 0.10:
            headers = {"x-should-retry": "false"}
            return httpx.Response(400, headers=headers, json={"message": f"{mark} may not ask this"})
        content = json.dumps(self._answer(sent, mark)).encode()
        if chance < 0.15:
            return httpx.Response(200, stream=Truncated(content))
        return httpx.Response(200, content=content)

    @staticmethod
    def _answer(sent: httpx.Request, mark: str) -> dict[str, Any]:
        if sent.method == "GET":
            asset_id = sent.url.path.rpartition("/")[2]
            return {"asset": document(mark, asset_id, "one")}
        body = json.loads(sent.content)
        if sent.url.path.endswith("/get-bulk"):
            return {"assets": [document(mark, asset_id, "bulk") for asset_id in body["assetIds"]]}
        words = body.get("query", "")
        hits = [document(mark, f"asset_{mark}_{words}", words), document(mark, SHARED_ID, words)]
        return {"hits": hits, "total": len(hits), "offset": 0, "limit": 2}


class Cdn(httpx.AsyncBaseTransport):
    """Gives each signature a picture of its own width."""

    async def handle_async_request(self, sent: httpx.Request) -> httpx.Response:
        assert "authorization" not in sent.headers
        number = int(sent.url.params["Signature"][2:5])
        await asyncio.sleep(0)
        picture_bytes = io.BytesIO()
        Image.new("RGB", (10 + number, 4)).save(picture_bytes, "PNG")
        return httpx.Response(200, content=picture_bytes.getvalue())


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    api = Api()
    stand_in(monkeypatch, api)
    monkeypatch.setattr(connections.Network, "client", lambda *_: httpx.AsyncClient(transport=Cdn()))
    monkeypatch.setattr(retries, "FIRST_BACKOFF_SECONDS", 0.001)
    return api


class Asker:
    """One caller over one connection, who checks every answer."""

    def __init__(self, service: Service, number: int) -> None:
        self.number = number
        self.mark = marker(number)
        self.random = random.Random(number)  # noqa: S311  # the same calls in every run
        self.client = service.client(headers=headers_of(number))
        self.seen = {"hits": 0, "errors": 0, "pictures": 0, "completions": 0, "addresses": 0}

    async def ask(self, message: Message, version: str = "2025-11-25", *, with_gallery: bool = False) -> Any:
        """Send a request; nothing in its answer may bear another's marker."""
        headers, body = prepared(message, version)
        if with_gallery:
            body = {**body, "params": {**body["params"], "_meta": GALLERY_ENVELOPE}}
        answer = await self.client.post("/mcp", headers=headers, json=body)
        assert set(MARKER.findall(answer.text)) <= {self.mark}, f"caller {self.number} sees another: {answer.text}"
        document: Message = answer.json()
        assert document["id"] == message["id"]
        return document

    async def go(self) -> None:
        for number in range(CALLS):
            await self._call(f"{self.mark} {number}")

    async def _call(self, request_id: str) -> None:
        word = self.random.choice(WORDS)
        match self.random.randrange(6):
            case 0:
                with_gallery = call(request_id, "search_assets", query=word, limit=2)
                self._note((await self.ask(with_gallery, MODERN_VERSION, with_gallery=True))["result"])
            case 1:
                found = await self.ask(
                    request(request_id, "resources/read", uri=f"scenario://assets/{SHARED_ID}/image")
                )
                if "result" in found:
                    self._look(found["result"]["contents"][0]["blob"])
                else:
                    self.seen["errors"] += 1
            case 2:
                shown = (await self.ask(call(request_id, "view_assets", assetIds=[SHARED_ID])))["result"]
                for block in shown["content"]:
                    if block["type"] == "image":
                        self._look(block["data"])
            case 3:
                ref = {"type": "ref/resource", "uri": "scenario://assets/{assetId}"}
                asked = {"ref": ref, "argument": {"name": "assetId", "value": ""}}
                done = (await self.ask(request(request_id, "completion/complete", **asked)))["result"]["completion"]
                self.seen["completions"] += len(done["values"])
            case _:
                self._note((await self.ask(call(request_id, "search_assets", query=word, limit=2)))["result"])

    def _note(self, result: Mapping[str, Any]) -> None:
        if result.get("isError"):
            self.seen["errors"] += 1
            return
        hits = result["structuredContent"]["hits"]
        assert [hit["tags"] for hit in hits] == [self.mark] * 2
        self.seen["hits"] += 2
        self.seen["addresses"] += json.dumps(result["_meta"]).count(f"Signature={self.mark}")

    def _look(self, data: str) -> None:
        width = Image.open(io.BytesIO(base64.b64decode(data))).width
        assert width == 10 + self.number, f"caller {self.number} sees the picture of {width - 10}"
        self.seen["pictures"] += 1


@pytest.mark.promise(number=21)
async def test_fifty_callers_at_once_never_see_anything_of_each_other(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "scenario_mcp")
    async with serving(KEYLESS, CALLS_PER_MINUTE="0") as service, asyncio.timeout(4 * SECONDS):
        askers = [Asker(service, number) for number in range(CALLERS)]
        async with asyncio.TaskGroup() as group:
            for asker in askers:
                group.create_task(asker.go())
                group.create_task(asker.go())  # two windows of one person, whose searches are joined
        page = (await service.get("/metrics")).text
        for asker in askers:
            await asker.client.aclose()
    seen = {name: sum(asker.seen[name] for asker in askers) for name in askers[0].seen}
    assert min(seen.values()) > 5, seen  # of everything there was something to see
    assert set(api.asked) == set(range(CALLERS))
    for source in ("hit", "miss", "joined"):
        assert f'scenario_mcp_searches_total{{source="{source}"}}' in page
    assert not MARKER.search(page)
    lines = [Formatter(is_for_people=False).format(record) for record in caplog.records]
    assert len(lines) >= 2 * CALLERS * CALLS
    assert "api_team" not in caplog.text
    assert not [line for line in lines if re.search(r"secret-\d|team-secret|jwt\.of|Signature=", line)]


async def test_what_one_caller_found_is_completed_for_that_caller_alone(api: Api) -> None:
    api.is_steady = True
    ref = {"type": "ref/prompt", "name": "more_like_this"}
    complete = request(1, "completion/complete", ref=ref, argument={"name": "like", "value": ""})
    async with serving(KEYLESS) as service:
        one, other = Asker(service, 1), Asker(service, 2)
        await one.ask(call(1, "search_assets", query="castle", limit=2))
        mine, theirs = await one.ask(complete), await other.ask(complete)
    assert mine["result"]["completion"]["values"] == ["asset_mk001x_castle", SHARED_ID]
    assert theirs["result"]["completion"]["values"] == []


async def test_a_quota_that_one_caller_has_spent_is_nobody_else_s(api: Api) -> None:
    api.is_steady = True
    api.spent = {1}
    search = call(1, "search_assets", query="castle", limit=2)
    async with serving(KEYLESS, SEARCH_CACHE_SECONDS="0") as service:
        one, other = Asker(service, 1), Asker(service, 2)
        first, second = await one.ask(search), await one.ask(search)
        theirs = await other.ask(search)
    sentences = [each["result"]["content"][0]["text"] for each in (first, second)]
    assert sentences[0] == (
        "The plan's quota for searches is used up (429). Waiting a little does not help: it renews with the billing "
        "period, or a larger plan raises it."
    )
    assert sentences[1] == (
        "The plan's quota for searches was used up at the last request (429), so Scenario was not asked again. It is "
        "asked again in 15 minutes; a larger plan raises the quota."
    )
    assert not theirs["result"].get("isError")
    assert api.asked == [1, 2]


async def test_a_quota_of_the_operator_s_key_is_spent_for_all_who_ask_by_it(api: Api) -> None:
    api.is_steady = True
    api.spent = {7}
    tokens = [make_token(name) for name in ("ann", "bob")]
    own = replace(KEYLESS, credentials=Credentials("api_7", "secret-7"))
    entries = ",".join(entry for _, entry in tokens)
    search = call(1, "search_assets", query="castle", limit=2)
    async with serving(own, HTTP_AUTH="access-tokens", ACCESS_TOKENS=entries) as service:
        answers = [await service.post(search, authorization=f"Bearer {token}") for token, _ in tokens]
    assert "was used up at the last request" in text_of(answers[1])
    assert api.asked == [7]


async def test_projects_of_one_key_are_apart(api: Api) -> None:
    api.is_steady = True
    search = call(1, "search_assets", query="castle", limit=2)
    async with serving(KEYLESS) as service:
        for number in (CALLERS - 1, CALLERS - 2, CALLERS - 1):
            await Asker(service, number).ask(search)
    assert api.asked == [CALLERS - 1, CALLERS - 2]


async def test_an_api_that_is_down_for_one_caller_is_asked_for_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retries, "FIRST_BACKOFF_SECONDS", 0.0)

    class Split(Api):
        async def handle_async_request(self, sent: httpx.Request) -> httpx.Response:
            if number_of(sent) == 1:
                raise httpx.ConnectError("no way", request=sent)
            return await super().handle_async_request(sent)

    api = Split()
    api.is_steady = True
    stand_in(monkeypatch, api)
    search = call(1, "search_assets", query="castle", limit=2)
    async with serving(KEYLESS) as service:
        one, other = Asker(service, 1), Asker(service, 2)
        failed = [await one.ask(search) for _ in range(4)]
        fine = await other.ask(search)
    assert all(each["result"]["isError"] for each in failed)
    assert not fine["result"].get("isError")


async def test_a_caller_who_leaves_takes_nobody_s_answer_along(api: Api) -> None:
    api.is_steady = True
    search = call(1, "search_assets", query="castle", limit=2)
    async with serving(KEYLESS) as service:
        headers, body = prepared(search, "2025-11-25")
        async with service.client(headers=headers_of(1)) as client:
            leaving = asyncio.create_task(client.post("/mcp", headers=headers, json=body))
            staying = asyncio.create_task(client.post("/mcp", headers=headers, json=body))
            await api.has_been_asked.wait()
            leaving.cancel()
            answer = await asyncio.wait_for(staying, SECONDS)
    assert [hit["tags"] for hit in result_of(answer)["structuredContent"]["hits"]] == ["mk001x"] * 2


async def test_access_tokens_share_the_server_s_key_and_nothing_else(
    api: Api,
) -> None:
    api.is_steady = True
    tokens = [make_token(name) for name in ("ann", "bob")]
    own = replace(KEYLESS, credentials=Credentials("api_7", "secret-7"))
    entries = ",".join(entry for _, entry in tokens)
    ref = {"type": "ref/resource", "uri": "scenario://assets/{assetId}"}
    complete = request(1, "completion/complete", ref=ref, argument={"name": "assetId", "value": ""})
    search = call(1, "search_assets", query="castle", limit=2)
    async with serving(own, HTTP_AUTH="access-tokens", ACCESS_TOKENS=entries, CALLS_PER_MINUTE="1") as service:
        ann, bob = (f"Bearer {token}" for token, _ in tokens)
        first = await service.post(search, authorization=ann)
        over = await service.post(search, authorization=ann)
        completed = await service.post(complete, authorization=bob)
        theirs = await service.post(search, authorization=bob)
    assert not result_of(first).get("isError")
    assert text_of(over).startswith("You have made 1 call within a minute")
    assert result_of(completed)["completion"]["values"] == []
    assert not result_of(theirs).get("isError")
    assert api.asked == [7, 7]
