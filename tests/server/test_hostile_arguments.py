"""Whatever a client sends is answered in our words, nothing undocumented is sent on, and the next call works."""

import base64
import dataclasses
import json
import re
import subprocess
import time
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from mcp.client import Client
from mcp.shared.exceptions import MCPError
from mcp.types import CallToolResult, PromptReference, ResourceTemplateReference, TextContent

from scenario_mcp.api.filter_fields import ASSET_FILTER_FIELDS
from scenario_mcp.api.references import MAX_REFERENCES
from scenario_mcp.api.request_values import MAX_TEXT_CHARACTERS
from scenario_mcp.api.requests import AssetSearch, ModelSearch
from scenario_mcp.errors import SearchRefused
from scenario_mcp.filters.check import FilterProblem, check
from scenario_mcp.filters.syntax import parse_tree
from scenario_mcp.filters.tree import Comparison, quote
from scenario_mcp.net import connections
from scenario_mcp.server.app import build_server
from scenario_mcp.server.arguments import ArgumentReader
from scenario_mcp.server.tools.get_models import ModelsLookup
from scenario_mcp.server.tools.list_tags_and_collections import LabelsQuery
from scenario_mcp.server.tools.view_assets import AssetsView
from scenario_mcp.settings import Sandbox, Settings
from tests.support.examples import examples
from tests.support.fakes import SETTINGS, Network, asset_document, model_document
from tests.support.forked import forked_command
from tests.support.hostile import (
    ANY_JSON,
    ANY_TEXT,
    TEXTS,
    VALUES,
    check_problem,
    check_refusal,
    hidden,
    nested,
    texts_in,
    violations,
)

ERAS = ["legacy", "auto"]
READERS: dict[str, ArgumentReader[Any]] = {
    "search_assets": ArgumentReader(AssetSearch),
    "search_models": ArgumentReader(ModelSearch),
    "view_assets": ArgumentReader(AssetsView),
    "get_models": ArgumentReader(ModelsLookup),
    "list_tags_and_collections": ArgumentReader(LabelsQuery),
}
NEEDED: dict[str, dict[str, Any]] = {
    "search_assets": {"query": "x"},
    "search_models": {"query": "x"},
    "view_assets": {"assetIds": ["asset_1"], "details": True, "pictures": False},
    "get_models": {"modelIds": ["model_1"]},
    "list_tags_and_collections": {"query": "x"},
}
"""A call of each tool that works."""
ONE_REQUEST = ("search_assets", "search_models", "view_assets", "get_models")
"""Tools that send a request with each call; lists are kept for a while."""
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n".ljust(3_000_000)).decode()
SENDABLE = [text for text in TEXTS if not re.search("[\ud800-\udfff]", text)]
"""What the client library can send as a name: the modern protocol repeats it in a header."""
FOREIGN_IDS = [text for text in SENDABLE if not text.isalpha()]
MAX_SECONDS = 1.0
MAX_GROWTH_BYTES = 50_000_000


def _upstream(request: httpx.Request) -> httpx.Response:
    body = json.loads(request.content or b"{}")
    if request.url.path.startswith("/v1/search/"):
        return httpx.Response(200, json={"hits": [{"id": "a"}]})
    assets = [{**asset_document(), "id": each} for each in body.get("assetIds", ())]
    models = [{**model_document(), "id": each} for each in body.get("modelIds", ())]
    return httpx.Response(200, json={"assets": assets, "models": models})


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    """Put a network in memory under every server of the test; it keeps what was sent."""
    network = Network(_upstream)
    real = httpx.AsyncClient
    monkeypatch.setattr(httpx, "AsyncClient", lambda **_: real(transport=network))
    monkeypatch.setattr(connections.Network, "transport", lambda *_, **__: network)
    return network


@asynccontextmanager
async def _client(mode: str) -> AsyncIterator[Client]:
    async with Client(build_server(SETTINGS), mode=mode) as client:
        yield client


def said(result: CallToolResult) -> str:
    return "\n".join(block.text for block in result.content if isinstance(block, TextContent))


async def check_call(client: Client, network: Network, tool: str, arguments: dict[str, Any], *names: str) -> bool:
    """Call a tool and assert that the call does no harm; return whether it was refused before anything was sent."""
    network.requests.clear()
    begin = time.process_time()
    result = await client.call_tool(tool, arguments)
    assert time.process_time() - begin < MAX_SECONDS
    for request in network.requests:
        assert violations(request) == []
    if not network.requests:
        assert result.is_error
        check_refusal(said(result), *names)
        return True
    assert not result.is_error, said(result)
    names_of_models = [each for each in network.requests if each.url.path == "/v1/models/get-bulk"]
    assert len(network.requests) == 1 + len(names_of_models) * (tool == "view_assets")
    return False


@pytest.mark.promise(number=6)
@pytest.mark.parametrize(("tool", "mode"), [*zip(ONE_REQUEST, [*ERAS, *reversed(ERAS)], strict=True)])
async def test_every_argument_takes_any_value_or_says_what_it_takes(network: Network, tool: str, mode: str) -> None:
    refused = 0
    async with _client(mode) as client:
        for name in READERS[tool].schema["properties"]:
            for value in VALUES:
                is_refused = await check_call(
                    client, network, tool, {**NEEDED[tool], name: value}, *([name] if value and name != "image" else ())
                )
                refused += is_refused
        assert not await check_call(client, network, tool, NEEDED[tool])
    assert refused > len(READERS[tool].schema["properties"]) * len(VALUES) // 2


@pytest.mark.parametrize(("tool", "mode"), [*zip(ONE_REQUEST, [*ERAS, *reversed(ERAS)], strict=True)])
async def test_an_unknown_argument_is_refused_by_whatever_name(network: Network, tool: str, mode: str) -> None:
    async with _client(mode) as client:
        for name in (*TEXTS, "x" * 1_000_000, "_" * 1_000_000, "toString", "", "self", "$ref"):
            assert await check_call(client, network, tool, {**NEEDED[tool], name: 1}, "There is no argument")
        first, *_ = NEEDED[tool]
        misspelt = {**NEEDED[tool], f"{first}\u202e\x00s": 1}
        assert await check_call(client, network, tool, misspelt, f"did you mean {first}?")
        many = {**NEEDED[tool], **{f"{first}{number}": number for number in range(100_000)}}
        assert await check_call(client, network, tool, many, f'"{first}0": did you mean {first}?')
        assert not await check_call(client, network, tool, NEEDED[tool])


HUGE: dict[str, tuple[dict[str, Any], str]] = {
    "a query of 5 MB": (
        {"query": "knight " * 700_000},
        'query takes at most 10,000 characters, not 4,900,000; make it shorter. Example: "knight portrait"',
    ),
    "a filter of 1 MB": (
        {"filter": "a" * 1_000_000},
        (
            "filter takes at most 10,000 characters, not 1,000,000; make it shorter. "
            'Example: "kind = image AND tags = knight"'
        ),
    ),
    "ten thousand parentheses": (
        {"filter": "(" * 4_990 + "a=b" + ")" * 4_990},
        (
            "filter: At `((((((((((((((((((((((((...` (position 37): The filter is nested too deeply, 36 parentheses "
            'are the most; take some away, or use IN [...]. Example: "kind = image AND tags = knight"'
        ),
    ),
    "a hundred thousand ANDs": (
        {"filter": " AND ".join(["kind = image"] * 100_000)},
        (
            "filter takes at most 10,000 characters, not 1,699,995; make it shorter. "
            'Example: "kind = image AND tags = knight"'
        ),
    ),
    "a hundred thousand ids": (
        {"images": {"like": [f"asset_{number}" for number in range(100_000)]}},
        (
            "images.like takes at most 1000 pictures, not 100000; give the best ones. "
            'Example: {"like": ["asset_GTrL3mq4SXWyMxkOHRxlpw"]}'
        ),
    ),
    "a hundred thousand wrong ids": (
        {"images": {"unlike": [f"picture {number}" for number in range(100_000)]}},
        (
            "images.unlike takes at most 1000 pictures, not 100000; give the best ones. "
            'Example: {"like": ["asset_GTrL3mq4SXWyMxkOHRxlpw"]}'
        ),
    ),
    "ten pictures of 4 MB": (
        {"images": {"like": [f"data:image/png;base64,{PNG}"] * 10}},
        (
            "images.like holds 40 MB, and Scenario takes 10 MB in all; give fewer or smaller pictures, or asset ids in "
            'their place. Example: {"like": ["asset_GTrL3mq4SXWyMxkOHRxlpw"]}'
        ),
    ),
    "pictures of 16 MB on both sides": (
        {"images": dict.fromkeys(["like", "unlike"], [f"data:image/png;base64,{PNG}"] * 2)},
        (
            "The search is 16 MB, and Scenario takes 10 MB. Give fewer or smaller reference pictures, or asset ids in "
            "their place."
        ),
    ),
    "a data URL of 10 MB": (
        {"image": "data:image/png;base64," + "A" * 10_000_000},
        (
            "image holds a picture of over 3.5 MB; make it smaller, 1024 pixels are enough. "
            'Example: "asset_GTrL3mq4SXWyMxkOHRxlpw" or "data:image/png;base64,..."'
        ),
    ),
    "a hundred thousand sortings": (
        {"query": "x", "sortBy": ["createdAt:desc"] * 100_000},
        'sortBy takes at most 10 sortings, not 100000; the first ones decide. Example: ["createdAt:desc"]',
    ),
    "a list of three million lists as text": (
        {"query": "x", "sortBy": "[" + "[]," * 3_000_000 + "1]"},
        (
            "sortBy takes attribute:asc or attribute:desc with one of createdAt, updatedAt, width, height, score. "
            'Example: ["createdAt:desc"]'
        ),
    ),
    "objects nested as text": (
        {"images": '{"like":' * 100_000},
        'images must be an object, not "' + "{'like':" * 7 + "{'l…\". Example: "
        '{"like": ["asset_GTrL3mq4SXWyMxkOHRxlpw"]}',
    ),
    "a number of five thousand digits": (
        {"query": 10**5_000},
        'query must be one text, not a huge number. Example: "knight portrait"',
    ),
    "a number in digits without end": (
        {"query": "x", "limit": "9" * 1_000_000},
        'limit must be a whole number from 1 to 100, not "' + "9" * 59 + '…". Example: 20',
    ),
}


@pytest.mark.promise(number=6)
@pytest.mark.parametrize(("arguments", "sentence"), HUGE.values(), ids=HUGE)
async def test_what_is_far_too_much_is_refused_in_a_sentence_within_bounds(
    network: Network, arguments: dict[str, Any], sentence: str
) -> None:
    async with _client("auto") as client:
        await client.call_tool("search_assets", {"query": "x", "filter": "kind = image"})  # loads what it needs
        tracemalloc.start()
        result = await client.call_tool("search_assets", arguments)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert (result.is_error, said(result)) == (True, sentence)
        assert peak < MAX_GROWTH_BYTES
        assert len(network.requests) == 1
        begin = time.process_time()
        await client.call_tool("search_assets", arguments)
        assert time.process_time() - begin < MAX_SECONDS
        assert not await check_call(client, network, "search_assets", {"query": "x"})


async def test_what_is_just_small_enough_is_sent(network: Network) -> None:
    picture = f"data:image/png;base64,{PNG}"
    expression = " OR ".join(["kind = image"] * 624)
    fine: list[dict[str, Any]] = [
        {"query": "k" * MAX_TEXT_CHARACTERS},
        {"filter": expression.ljust(MAX_TEXT_CHARACTERS)},
        {"images": {"like": [f"asset_{number}" for number in range(MAX_REFERENCES)]}},
        {"images": {"like": [picture, picture]}},
    ]
    async with _client("auto") as client:
        for arguments in fine:
            assert not await check_call(client, network, "search_assets", arguments)
    assert len(network.request.content) > 8_000_000


@pytest.mark.promise(number=6)
@pytest.mark.parametrize("mode", ERAS)
async def test_ids_that_are_none_are_never_asked_for(network: Network, mode: str) -> None:
    async with _client(mode) as client:
        for text in (
            *FOREIGN_IDS,
            "..",
            ".",
            "a/b",
            "a%2fb",
            "a?b",
            "a#b",
            "-a",
            "a" * 129,
            "asset_1/../x",
            "a\\b",
            "é",
        ):
            for tool, name in (("view_assets", "assetIds"), ("get_models", "modelIds")):
                assert await check_call(client, network, tool, {name: [text]}, name)
                if text.strip():
                    assert await check_call(client, network, tool, {name: ["a", text, "b"]}, name)
        ids = [f"a{number}" for number in range(100_000)]
        assert await check_call(client, network, "view_assets", {"assetIds": ids}, "assetIds takes 1 to 8 ids")
        assert await check_call(client, network, "view_assets", {"assetIds": "a," * 1_000_000}, "takes 1 to 8 ids")


FOREIGN_URIS = [
    *(f"scenario://assets/{text}" for text in SENDABLE if text in FOREIGN_IDS),
    *(
        f"scenario://{resource_type}/{path}"
        for resource_type in ("assets", "models")
        for path in (
            *("..", "../models/a", "%2e%2e/a", "%252e%252e%252fa", "..%2fa", "..\\a", "%c0%ae%c0%ae/a", "."),
            *("a/../b", "a//image", "a/image/", "a/image/..", "a?x=1", "a#x", "a%00", "%61", "a b", "a;b", "a@b"),
            *("", "/", "//", "a\n", "\na", "-a", "_a", "\uff0e\uff0e/a", "a/image?Signature=1", 'a" OR kind = "b'),
        )
    ),
    "scenario://assets/" + "a" * 100_000,
    "scenario://guide/search/../../assets/a",
    "scenario://guide/search?x",
    "scenario:assets/a",
    "scenario:///assets/a",
    "scenario://user@assets/a",
    "scenario://assets:80/a",
    " scenario://assets/a",
    "http://127.0.0.1/a",
    "https://127.0.0.1/v1/assets/a",
    "file:///etc/passwd",
    "ui://scenario/../gallery.html",
    "javascript:alert(1)",
    "data:text/html,x",
    "",
]


@pytest.mark.promise(number=9)
@pytest.mark.promise(number=18)
@pytest.mark.parametrize("mode", ERAS)
async def test_a_resource_that_is_none_is_refused_and_nothing_is_sent(network: Network, mode: str) -> None:
    async with _client(mode) as client:
        for uri in FOREIGN_URIS:
            begin = time.process_time()
            with pytest.raises(MCPError) as refused:
                await client.read_resource(uri)
            assert time.process_time() - begin < MAX_SECONDS
            assert refused.value.code == -32602, uri
            check_refusal(refused.value.message, "scenario://assets/{assetId}")
            assert all(not hidden(text) and len(text) <= 200 for text in texts_in(refused.value.data))
            assert network.requests == [], uri


@pytest.mark.parametrize("mode", ERAS)
async def test_a_prompt_takes_any_text_on_its_own_line_or_refuses_it(network: Network, mode: str) -> None:
    async with _client(mode) as client:
        plain = await client.get_prompt("find_assets", {"description": "x", "conditions": "y"})
        assert isinstance(plain.messages[0].content, TextContent)
        lines = plain.messages[0].content.text.count("\n")
        for text in TEXTS:
            try:
                prompt = await client.get_prompt("find_assets", {"description": f"{text}x", "conditions": f"{text}y"})
            except MCPError as refused:
                check_refusal(refused.message, "description")
                continue
            (message,) = prompt.messages
            assert isinstance(message.content, TextContent)
            filled_in = message.content.text
            assert filled_in.count("\n") == lines
            assert not any(hidden(line) for line in filled_in.split("\n"))
            assert len(filled_in) < 5_000
        for name in SENDABLE:
            with pytest.raises(MCPError) as unknown:
                await client.get_prompt(name)
            assert unknown.value.code == -32602
            check_refusal(unknown.value.message, "There is no prompt", "find_assets")
            with pytest.raises(MCPError) as strange:
                await client.get_prompt("find_assets", {"description": "x", name: "y"})
            assert strange.value.code == -32602
            check_refusal(strange.value.message, "find_assets has no argument", "description")
    assert network.requests == []


@pytest.mark.parametrize("mode", ERAS)
async def test_completions_of_any_text_are_ids_or_none(network: Network, mode: str) -> None:
    template = ResourceTemplateReference(uri="scenario://assets/{assetId}")
    async with _client(mode) as client:
        await client.call_tool("search_assets", {"query": "x"})
        assert (await client.complete(template, {"name": "assetId", "value": "A"})).completion.values == ["a"]
        for text in (*TEXTS, "x" * 5_000_000):
            for reference in (template, ResourceTemplateReference(uri=text), PromptReference(name=text)):
                for argument in ({"name": "assetId", "value": text}, {"name": text, "value": "a"}):
                    is_blank = reference is template and not text.strip() and argument["value"] == text
                    expected = ["a"] if is_blank else []
                    assert (await client.complete(reference, argument)).completion.values == expected
    assert len(network.requests) == 1


# --- over the wire --------------------------------------------------------------------------------------------------


class Process:
    """A server of the sandbox, spoken to in raw lines."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        self._number = 0

    def ask(self, method: str, params: bytes) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        self._number += 1
        head = b'{"jsonrpc":"2.0","id":%d,"method":"%s","params":' % (self._number, method.encode())
        self._process.stdin.write(head + params + b"}\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the server ended"
        answer: dict[str, Any] = json.loads(line, parse_constant=lambda name: pytest.fail(f"{name} in an answer"))
        return answer


@pytest.fixture(scope="module")
def process() -> Iterator[Process]:
    with subprocess.Popen(forked_command("--sandbox"), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:  # noqa: S603  # ours
        try:
            server = Process(running)
            about = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
            server.ask("initialize", json.dumps(about).encode())
            assert running.stdin
            running.stdin.write(b'{"jsonrpc":"2.0","method":"notifications/initialized"}\n')
            yield server
            running.stdin.close()
            assert running.wait(10) == 0
        finally:
            running.kill()


SEARCH = b'{"name":"search_assets","arguments":%s}'
RAW: list[tuple[str, bytes]] = [
    *(
        ("tools/call", SEARCH % arguments)
        for arguments in (
            b'{"query":"x","limit":NaN}',
            b'{"query":"x","limit":-Infinity}',
            b'{"query":Infinity}',
            b'{"query":"x","querySemanticRatio":1e999}',
            b'{"query":"x","offset":' + b"9" * 400 + b"}",
            b'{"query":"x","limit":' + b"9" * 5_000 + b"}",
            b'{"query":' + b"[" * 150 + b"]" * 150 + b"}",
            b'{"query":' + b"[" * 500 + b"]" * 500 + b"}",
            b'{"images":' + b'{"like":' * 500 + b"1" + b"}" * 500 + b"}",
            b'{"query":"x","\\ud800":1}',
            b'{"query":"x","\\u0000\\u001b[2J\\u202e":1}',
            b'{"images":{"\\udfff":1}}',
            b'{"images":{"like":["\\ud800"]}}',
            b'{"images":"{\\"\\\\ud800\\":1}"}',
            b'{"query":"x","__proto__":{"public":true}}',
            b"[]",
            b'"query"',
            b"5",
            b"true",
        )
    ),
    *(
        ("tools/call", params)
        for params in (b"{}", b'{"name":null}', b'{"name":5}', b'{"name":"\\ud800\\u202e"}', b"[]", b'"x"', b"5")
    ),
    *(
        ("prompts/get", params)
        for params in (
            b"{}",
            b'{"name":"\\ud800"}',
            b'{"name":"find_assets","arguments":{"description":5}}',
            b'{"name":"find_assets","arguments":{"description":"\\ud800"}}',
            b'{"name":"find_assets","arguments":{"\\ud800\\u0000":"a"}}',
            b'{"name":"find_assets","arguments":[]}',
        )
    ),
    *(
        ("resources/read", params)
        for params in (
            b"{}",
            b'{"uri":5}',
            b'{"uri":"scenario://assets/\\u0000"}',
            b'{"uri":"scenario://assets/\\ud800"}',
            b'{"uri":"scenario://assets/a\\n"}',
        )
    ),
    *(("completion/complete", params) for params in (b"{}", b'{"ref":{"type":"x"},"argument":5}')),
]


@pytest.mark.parametrize(("method", "params"), RAW, ids=lambda part: ascii(part[:60]))
def test_raw_params_that_no_client_library_would_send_are_answered(
    process: Process, method: str, params: bytes
) -> None:
    begin = time.monotonic()
    answer = process.ask(method, params)
    assert time.monotonic() - begin < 10  # of a busy machine; a hang is what this would show
    if "error" in answer:
        assert answer["error"]["code"] in {-32600, -32602}
        check_refusal(answer["error"]["message"])
    else:
        assert answer["result"]["isError"] is True
        (block,) = answer["result"]["content"]
        check_refusal(block["text"])
    assert not any(hidden(text.replace("\n", "")) for text in texts_in(answer))
    good = process.ask("tools/call", SEARCH % b'{"query":"knight","limit":1}')
    assert len(good["result"]["structuredContent"]["hits"]) == 1


# --- whatever comes -------------------------------------------------------------------------------------------------

ARGUMENTS = st.dictionaries(
    st.sampled_from(["query", "filter", "image", "images", "sortBy", "limit", "page", "public", "assetIds", "size"])
    | ANY_TEXT,
    ANY_JSON | st.dictionaries(st.sampled_from(["like", "unlike"]), ANY_JSON),
    max_size=4,
)


@pytest.mark.parametrize("tool", NEEDED)
@settings(max_examples=examples(60))
@given(raw=ARGUMENTS, is_completed=st.booleans())
@example(raw={"query": "a\x00b"}, is_completed=False)
@example(raw={"filter": "kind = image\x00"}, is_completed=False)
@example(raw={"filter": "\x00", "query": "\x01"}, is_completed=False)
@example(raw={"images": '{"like": "[\\"a\\"]"}'}, is_completed=False)
@example(raw={"size": 1e16}, is_completed=False)
def test_a_request_that_was_read_is_read_the_same_again(tool: str, raw: dict[str, Any], is_completed: bool) -> None:  # noqa: FBT001  # given by hypothesis
    reader = READERS[tool]
    try:
        request = reader.read({**raw, **NEEDED[tool]} if is_completed else raw)
    except SearchRefused as refused:
        check_refusal(refused.message)
        return
    sends = request.model_dump(by_alias=True, exclude_none=True, mode="json")
    again = reader.read(json.loads(json.dumps(sends)))
    assert without_readings(again) == without_readings(request)


def without_readings(request: Any) -> Any:
    """Leave out how a filter was read: what is sent needs no reading, such as `size = 1e+16`."""
    if not getattr(request, "filter", None):
        return request
    return request.model_copy(update={"filter": dataclasses.replace(request.filter, readings=())})


CONDITIONS = st.lists(
    st.sampled_from(
        [
            *("kind", "tags", "metadata.kind", "createdAt", "nsfw", "_geoRadius(1,2,3)", "é"),
            *("=", "!=", "<", ">=", "==", "IN", "NOT", "IS", "EMPTY", "NULL", "EXISTS", "TO", "CONTAINS", "is", "in"),
            *("AND", "OR", "and", "&&", ",", "(", ")", "[", "]", "image", '"a b"', "'", '"', "\\", "\\u{d800}", "7"),
            *("2026-11-23", "\x00", "\u202e", "\ud800", "\u2003", "“a”", "like", "not", "between", "\n"),
        ]
    ),
    max_size=14,
).map(" ".join)


@settings(max_examples=examples(200))
@given(text=CONDITIONS | ANY_TEXT)
def test_a_filter_is_good_or_has_its_problem_within_the_text(text: str) -> None:
    try:
        unknown = check(text, ASSET_FILTER_FIELDS).unknown_fields
    except FilterProblem as problem:
        check_problem(problem, text)
        return
    assert not set(unknown) & set(ASSET_FILTER_FIELDS)


@settings(max_examples=examples(200))
@given(value=st.text(max_size=50))
def test_a_quoted_value_means_exactly_its_text(value: str) -> None:
    assert parse_tree(f"name = {quote(value)}") == Comparison("name", "=", value)


@pytest.mark.parametrize("mode", ERAS)
async def test_what_passes_does_not_break_the_sandbox_either(mode: str) -> None:
    async with Client(build_server(Settings(upstream=Sandbox())), mode=mode) as client:
        for text in TEXTS:
            for arguments in ({"query": text}, {"query": text, "querySemanticRatio": 0.7}, {"filter": text}):
                result = await client.call_tool("search_assets", arguments)
                assert "problem of its own" not in said(result)
                assert not any(map(hidden, said(result).split("\n")))


def test_arguments_nested_five_hundred_deep_are_refused_by_every_tool() -> None:
    for tool, reader in READERS.items():
        for name in reader.schema["properties"]:
            with pytest.raises(SearchRefused) as refused:
                reader.read({**NEEDED[tool], name: nested(500, "like")})
            check_refusal(refused.value.message, name)
