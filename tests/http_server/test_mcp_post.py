"""One POST is one message: the same answers over HTTP as over standard input and output, in every version of MCP."""

import json
from dataclasses import replace
from typing import Any

import httpx
import pytest

from scenario_mcp import __version__
from scenario_mcp.server.gallery import EXTENSION, MIME_TYPE
from tests.support.hosted import (
    HANDSHAKE_VERSIONS,
    MODERN_VERSION,
    SANDBOX,
    VERSIONS,
    json_bytes,
    prepared,
    result_of,
    serving,
)
from tests.support.raw_stdio import ENVELOPE, HANDSHAKE, INITIALIZED, Message, call, ping, request, started, stateless

ASSET_TEMPLATE = "scenario://assets/{assetId}"
NO_TOOL = (
    "There is no tool nope. The tools are search_assets, search_models, view_assets, get_models, "
    "list_tags_and_collections."
)
NOT_JSON = {"code": -32700, "message": "That is not JSON."}
A_BATCH = {"code": -32600, "message": "Batches of messages are not taken: send each by itself."}
NO_MESSAGE = {"code": -32600, "message": "That is JSON, but not a JSON-RPC 2.0 message."}
BAD_ID = {"code": -32600, "message": "An id must be a string of Unicode characters or a whole number."}
NOBODY_ASKED = {"code": -32600, "message": "This server sends no requests, so it takes no answers."}
NO_ENVELOPE = {
    "code": -32602,
    "message": "params._meta must be an object carrying the required 'io.modelcontextprotocol/protocolVersion' and "
    "'io.modelcontextprotocol/clientCapabilities' envelope keys",
    "data": None,
}

MESSAGES: list[Message] = [
    request(1, "tools/list"),
    call(2, "search_assets", query="knight", limit=3),
    call(3, "search_models", query="pixel", limit=2),
    call(4, "search_assets", filter="prompt:dragon"),
    call(5, "search_assets", filter="colour = red"),
    call(6, "get_models", modelIds=["model_none"]),
    call(7, "nope"),
    request(8, "resources/list"),
    request(9, "resources/templates/list"),
    request(10, "resources/read", uri="scenario://guide/search"),
    request(11, "resources/read", uri="scenario://assets/asset_none"),
    request(12, "resources/read", uri="ui://scenario/gallery.html"),
    request(13, "prompts/list"),
    request(
        14,
        "completion/complete",
        ref={"type": "ref/resource", "uri": ASSET_TEMPLATE},
        argument={"name": "assetId", "value": ""},
    ),
    request(15, "no/such/method"),
    request(16, "tools/call"),
    request("of letters", "tools/call", name="search_assets", arguments={"query": "castle", "limit": 1}),
]
"""Once each: what is asked, found, refused and wrong; the order matters to what is completed."""


def handshake(version: str) -> Message:
    """Return that of a client that shows galleries: over HTTP nothing keeps what it said, so each gets their cards."""
    told = {"protocolVersion": version, "capabilities": {"extensions": {EXTENSION: {"mimeTypes": [MIME_TYPE]}}}}
    return {**HANDSHAKE, "params": {**HANDSHAKE["params"], **told}}  # type: ignore[dict-item]  # a JSON object


async def over_stdio(version: str) -> list[Message]:
    async with started() as server:
        if version == MODERN_VERSION:
            return [await server.ask(stateless(message)) for message in MESSAGES]
        answers = [await server.ask(handshake(version))]
        await server.send(INITIALIZED)
        return answers + [await server.ask(message) for message in MESSAGES]


async def over_http(version: str) -> list[Message]:
    async with serving() as service:
        answers: list[Message] = []
        if version != MODERN_VERSION:
            answers.append((await service.post(handshake(version), None)).json())
        for message in MESSAGES:
            answers.append((await service.post(message, version)).json())  # noqa: PERF401  # one after the other
        return answers


@pytest.mark.parametrize("version", ["2025-03-26", "2025-11-25", MODERN_VERSION])
async def test_every_answer_is_the_same_as_over_stdio(version: str) -> None:
    assert await over_http(version) == await over_stdio(version)


@pytest.mark.parametrize("version", HANDSHAKE_VERSIONS)
async def test_a_handshake_agrees_on_the_version_that_the_client_speaks(version: str) -> None:
    params = {**HANDSHAKE["params"], "protocolVersion": version}  # type: ignore[dict-item]  # a JSON object
    async with serving() as service:
        result = result_of(await service.post({**HANDSHAKE, "params": params}, None))
    assert (result["protocolVersion"], result["serverInfo"]["name"], result["serverInfo"]["version"]) == (
        version,
        "scenario-mcp",
        __version__,
    )


async def test_a_handshake_for_a_version_that_nobody_knows_offers_the_newest_with_a_handshake() -> None:
    params = {**HANDSHAKE["params"], "protocolVersion": "1999-01-01"}  # type: ignore[dict-item]  # a JSON object
    async with serving() as service:
        result = result_of(await service.post({**HANDSHAKE, "params": params}, None))
    assert result["protocolVersion"] == "2025-11-25"


async def test_an_empty_version_is_none_and_one_that_nobody_knows_is_told_the_known_ones() -> None:
    search = call(1, "search_assets", query="knight", limit=1)
    async with serving() as service:
        empty = await service.send(json_bytes(search), {"mcp-protocol-version": ""})
        unknown = await service.send(json_bytes(search), {"mcp-protocol-version": "2099-01-01"})
    assert result_of(empty)["structuredContent"]["returned"] == 1
    error = unknown.json()["error"]
    assert (unknown.status_code, error["code"], error["data"]["requested"]) == (400, -32022, "2099-01-01")
    assert MODERN_VERSION in error["data"]["supported"]


async def test_the_stateless_protocol_discovers_the_server() -> None:
    async with serving() as service:
        result = result_of(await service.post(request(1, "server/discover"), MODERN_VERSION))
    assert result["supportedVersions"] == [MODERN_VERSION]
    assert result["capabilities"].keys() == {"completions", "logging", "prompts", "resources", "tools"}


async def test_a_client_that_names_no_version_gets_no_links_to_resources() -> None:
    links = {}
    async with serving(replace(SANDBOX, resource_links=True)) as service:
        for version in VERSIONS:
            found = result_of(await service.post(call(1, "search_assets", query="knight", limit=2), version))
            links[version] = [block["type"] for block in found["content"]].count("resource_link")
    assert links == {None: 0, "2024-11-05": 0, "2025-03-26": 0, "2025-06-18": 2, "2025-11-25": 2, MODERN_VERSION: 2}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    "message",
    [
        INITIALIZED,
        {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}},
        {"jsonrpc": "2.0", "method": "no/such/notification", "params": {}},
    ],
    ids=lambda message: message["method"],
)
async def test_a_notification_is_accepted_and_not_answered(version: str | None, message: Message) -> None:
    async with serving() as service:
        answer = await service.post(message, version)
    assert (answer.status_code, answer.content, answer.headers.get("content-type")) == (202, b"", None)


ANSWERS: list[Message] = [
    {"jsonrpc": "2.0", "id": 4, "result": {}},
    {"jsonrpc": "2.0", "id": 4, "error": {"code": 1, "message": "no"}},
]


@pytest.mark.parametrize("message", ANSWERS, ids=["result", "error"])
async def test_an_answer_that_nobody_asked_for_is_accepted_or_by_the_stateless_protocol_refused(
    message: Message,
) -> None:
    async with serving() as service:
        old = await service.send(json_bytes(message), {"mcp-protocol-version": "2025-11-25"})
        new = await service.send(json_bytes(message), {"mcp-protocol-version": MODERN_VERSION})
    assert (old.status_code, old.content) == (202, b"")
    assert (new.status_code, new.json()["error"]) == (400, NOBODY_ASKED)


@pytest.mark.parametrize(
    ("content", "request_id", "error"),
    [
        (b"", None, NOT_JSON),
        (b"{", None, NOT_JSON),
        (b"hello", None, NOT_JSON),
        (b"\xff\xfe", None, {"code": -32700, "message": "That is not UTF-8."}),
        (b"null", None, NO_MESSAGE),
        (b"1", None, NO_MESSAGE),
        (b"[]", None, NO_MESSAGE),
        (b'[{"jsonrpc":"2.0","id":1,"method":"ping"}]', None, A_BATCH),
        (b'{"jsonrpc":"1.0","id":5,"method":"ping"}', 5, NO_MESSAGE),
        (b'{"jsonrpc":"2.0","id":6}', 6, NO_MESSAGE),
        (b'{"jsonrpc":"2.0","id":7,"method":7}', 7, NO_MESSAGE),
        (b'{"jsonrpc":"2.0","id":8,"method":"ping","params":[]}', 8, NO_MESSAGE),
        (b'{"jsonrpc":"2.0","id":true,"method":"ping"}', None, BAD_ID),
        (b'{"jsonrpc":"2.0","id":1.5,"method":"ping"}', None, BAD_ID),
        (b'{"jsonrpc":"2.0","id":null,"method":"ping"}', None, BAD_ID),
        (b'{"jsonrpc":"2.0","id":{},"method":"ping"}', None, BAD_ID),
        (b'{"jsonrpc":"2.0","id":"\\ud800","method":"ping"}', None, BAD_ID),
    ],
)
@pytest.mark.parametrize("version", [None, "2025-11-25", MODERN_VERSION])
async def test_what_is_no_message_is_refused_in_words(
    version: str | None, content: bytes, request_id: int | None, error: dict[str, Any]
) -> None:
    async with serving() as service:
        answer = await service.send(content, {"mcp-protocol-version": version} if version else {})
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/json")
    assert answer.json() == {"jsonrpc": "2.0", "id": request_id, "error": error}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            '{"query":' + "[" * 50_000 + "]" * 50_000 + "}",
            'query must be one text, not a list. Example: "knight portrait"',
        ),
        ('{"limit":' + "9" * 5000 + "}", "limit must be a whole number from 1 to 100, not inf. Example: 20"),
    ],
)
async def test_arguments_beyond_bounds_are_refused_as_any_other_wrong_ones(arguments: str, sentence: str) -> None:
    content = (
        f'{{"jsonrpc":"2.0","id":9,"method":"tools/call","params":{{"name":"search_assets","arguments":{arguments}}}}}'
    )
    async with serving() as service:
        answer = await service.send(content.encode())
        after = await service.post(ping(10))
    result = answer.json()["result"]
    assert (answer.status_code, answer.json()["id"], result["isError"]) == (200, 9, True)
    assert result["content"] == [{"type": "text", "text": sentence}]
    assert after.json() == {"jsonrpc": "2.0", "id": 10, "result": {}}


async def test_more_values_than_memory_is_for_are_refused_under_their_id() -> None:
    content = json_bytes(call(3, "search_assets", query=[0] * 200_001))
    async with serving() as service:
        answer = await service.send(content)
    error = {"code": -32600, "message": "A message may hold 200000 values."}
    assert (answer.status_code, answer.json()) == (400, {"jsonrpc": "2.0", "id": 3, "error": error})


async def test_half_a_character_in_an_argument_is_replaced_and_the_rest_is_used() -> None:
    async with serving() as service:
        halved = await service.send(json_bytes(call(1, "search_assets", query="knight\ud800", limit=1)))
        replaced = await service.post(call(1, "search_assets", query="knight\N{REPLACEMENT CHARACTER}", limit=1))
    assert halved.status_code == 200
    assert halved.json() == replaced.json()


@pytest.mark.parametrize("version", [None, "2025-11-25"])
@pytest.mark.parametrize("request_id", [0, -1, 2**53, 10**29, "", "a", "é\N{GRINNING FACE}", "\x00", "x" * 5_000, "1"])
async def test_an_id_comes_back_as_it_is(version: str | None, request_id: int | str) -> None:
    async with serving() as service:
        answer = await service.post(ping(request_id), version)
    assert answer.json() == {"jsonrpc": "2.0", "id": request_id, "result": {}}


@pytest.mark.parametrize(
    ("message", "error", "status"),
    [
        (request(1, "no/such"), {"code": -32601, "message": "Method not found", "data": "no/such"}, 404),
        (call(1, "nope"), {"code": -32602, "message": NO_TOOL}, 400),
        (
            request(1, "resources/read", uri="scenario://nothing"),
            {
                "code": -32602,
                "message": "There is no such resource. Known are scenario://assets/{assetId}, "
                "scenario://assets/{assetId}/image, scenario://models/{modelId}, scenario://models/{modelId}/image.",
                "data": {"uri": "scenario://nothing"},
            },
            400,
        ),
        (
            request(1, "prompts/get", name="nope"),
            {
                "code": -32602,
                "message": 'There is no prompt "nope". The prompts are find_assets, more_like_this, mood_board, '
                "choose_model.",
            },
            400,
        ),
        (
            request(1, "completion/complete", ref=7),
            {"code": -32602, "message": "Invalid request parameters: params.argument is missing."},
            400,
        ),
    ],
    ids=lambda value: value.get("method") if isinstance(value, dict) else None,
)
async def test_what_does_not_exist_is_an_error_of_the_protocol(
    message: Message, error: dict[str, Any], status: int
) -> None:
    async with serving() as service:
        old = await service.post(message, "2025-11-25")
        new = await service.post(message, MODERN_VERSION)
    expected = {"jsonrpc": "2.0", "id": 1, "error": error}
    assert (old.status_code, old.json()) == (200, expected)
    assert (new.status_code, new.json()) == (status, expected)


# --- the headers of the stateless protocol --------------------------------------------------------------------------

NO_CALL = call(1, "search_assets", query="knight", limit=1)


def mismatch(message: str) -> dict[str, Any]:
    return {"code": -32020, "message": message, "data": None}


VERSION_DIFFERS = mismatch("mcp-protocol-version header does not match the request envelope's protocol version")
METHOD_DIFFERS = mismatch("mcp-method header does not match the request body's method")
NAME_DIFFERS = mismatch("mcp-name header does not match the request body's 'name' parameter")


@pytest.mark.parametrize(
    ("headers", "error"),
    [
        ({"mcp-method": "tools/list"}, METHOD_DIFFERS),
        ({"mcp-method": "TOOLS/CALL"}, METHOD_DIFFERS),
        ({"mcp-method": None}, METHOD_DIFFERS),
        ({"mcp-name": "view_assets"}, NAME_DIFFERS),
        ({"mcp-name": None}, NAME_DIFFERS),
        ({"mcp-name": "=?base64?!?="}, NAME_DIFFERS),
        ({"mcp-protocol-version": "2099-01-01"}, VERSION_DIFFERS),
        ({"mcp-protocol-version": "nonsense"}, VERSION_DIFFERS),
    ],
)
async def test_headers_that_say_something_else_than_the_body_are_refused(
    headers: dict[str, str | None], error: dict[str, Any]
) -> None:
    right, body = prepared(NO_CALL, MODERN_VERSION)
    sent = {name: value for name, value in {**right, **headers}.items() if value is not None}
    async with serving() as service, service.client() as client:
        answer = await client.post("/mcp", headers=sent, json=body)
    assert (answer.status_code, answer.json()) == (400, {"jsonrpc": "2.0", "id": 1, "error": error})


@pytest.mark.parametrize("name", ["mcp-method", "mcp-name", "mcp-protocol-version"])
async def test_a_header_that_routes_may_not_come_twice(name: str) -> None:
    right, body = prepared(NO_CALL, MODERN_VERSION)
    async with serving() as service, service.client() as client:
        answer = await client.post("/mcp", headers=[*right.items(), (name, right[name])], json=body)
    error = mismatch(f"The header {name} comes more than once.")
    assert (answer.status_code, answer.json()) == (400, {"jsonrpc": "2.0", "id": 1, "error": error})


async def test_a_name_that_fits_into_no_header_may_come_in_base64() -> None:
    right, body = prepared(NO_CALL, MODERN_VERSION)
    async with serving() as service, service.client() as client:
        plain = await client.post("/mcp", headers=right, json=body)
        coded = await client.post("/mcp", headers={**right, "mcp-name": "=?base64?c2VhcmNoX2Fzc2V0cw==?="}, json=body)
    assert result_of(coded) == result_of(plain)


async def test_a_version_that_nobody_knows_is_refused_with_those_that_are_known() -> None:
    error = {
        "code": -32022,
        "message": "Unsupported protocol version",
        "data": {"supported": [MODERN_VERSION], "requested": "2099-01-01"},
    }
    notification = {"mcp-protocol-version": "2099-01-01"}
    async with serving() as service:
        asked = await service.post(NO_CALL, "2099-01-01")
        told = await service.send(json_bytes(INITIALIZED), notification)
    assert (asked.status_code, asked.json()) == (400, {"jsonrpc": "2.0", "id": 1, "error": error})
    assert (told.status_code, told.json()) == (400, {"jsonrpc": "2.0", "id": None, "error": error})


@pytest.mark.parametrize("params", [None, {}, {"_meta": None}, {"_meta": []}], ids=json.dumps)
async def test_a_request_without_its_envelope_is_refused(params: Any) -> None:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"} | ({} if params is None else {"params": params})
    headers, _ = prepared(request(1, "tools/list"), MODERN_VERSION)
    async with serving() as service, service.client() as client:
        answer = await client.post("/mcp", headers=headers, json=body)
    assert (answer.status_code, answer.json()) == (400, {"jsonrpc": "2.0", "id": 1, "error": NO_ENVELOPE})


async def test_an_envelope_that_lacks_a_part_is_refused_by_its_name() -> None:
    missing = "io.modelcontextprotocol/clientCapabilities"
    body = request(1, "tools/list", _meta={name: value for name, value in ENVELOPE.items() if name != missing})
    headers, _ = prepared(request(1, "tools/list"), MODERN_VERSION)
    async with serving() as service, service.client() as client:
        answer = await client.post("/mcp", headers=headers, json=body)
    error = {
        "code": -32602,
        "message": f"params._meta is missing the required envelope key(s): {missing}",
        "data": None,
    }
    assert (answer.status_code, answer.json()) == (400, {"jsonrpc": "2.0", "id": 1, "error": error})


async def test_nothing_is_kept_between_two_requests_so_none_needs_a_handshake_or_a_session() -> None:
    async with serving() as service:
        answers = [await service.post(request(1, "tools/list"), version, mcp_session_id="any") for version in VERSIONS]
    assert [answer.status_code for answer in answers] == [200] * len(VERSIONS)
    assert not any("mcp-session-id" in answer.headers for answer in answers)


async def test_a_client_that_wants_progress_and_a_log_gets_its_answer_alone() -> None:
    async with serving() as service:
        level = await service.post(request(1, "logging/setLevel", level="debug"))
        body = request(2, "tools/call", name="search_assets", arguments={"query": "knight"}, _meta={"progressToken": 5})
        answer: httpx.Response = await service.post(body)
    assert level.json() == {"jsonrpc": "2.0", "id": 1, "result": {}}
    assert (answer.json()["id"], answer.json().keys()) == (2, {"jsonrpc", "id", "result"})
