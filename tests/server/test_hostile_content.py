"""Whatever strangers wrote into the library, what leaves this server is plain, short, and holds no signed address."""

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mcp.client import Client
from mcp.shared.exceptions import MCPError
from mcp.types import CallToolResult, ImageContent, ResourceTemplateReference, TextContent, TextResourceContents

from scenario_mcp.api.replies import Asset
from scenario_mcp.api.retries import RetryTransport
from scenario_mcp.net import connections, download
from scenario_mcp.rendering.facts import MAX_BYTES, details
from scenario_mcp.server.app import build_server
from scenario_mcp.text import clean, shown, trimmed, without_links
from tests.support.examples import examples
from tests.support.fakes import PUBLIC_ADDRESS, SETTINGS, Network, asked, asset_document, model_document
from tests.support.hostile import ANY_JSON, ANY_TEXT, SIGNED, TEXTS, hidden, leaks, nested, texts_in, violations

ERAS = ["legacy", "auto"]
API, CDN = "https://api.cloud.scenario.com/v1/", "https://cdn.cloud.scenario.com/"
MAX_RESULT_BYTES = 100_000
LINE = re.compile(
    r'(?:\d\. )?(?:a|b|a\di+)[ :"]|"(?:a|b)" was not found|What Scenario tells of "(?:a|b)" cannot be read'
)
"""How a line of view_assets begins: in our words, or with an id that was asked for."""

Documents = list[dict[str, Any]]


async def _resolve(_host: str, *_: object) -> tuple[str, ...]:
    return (PUBLIC_ADDRESS,)


async def _no_sleep(_seconds: float) -> None:
    pass


@contextmanager
def _library(found: Documents | bytes, status: int = 200) -> Iterator[Network]:
    """Let these documents be what every search and look-up finds; those looked up get the id that was asked for."""

    def answer(request: httpx.Request) -> httpx.Response:
        if not asked(request).startswith(API):
            return httpx.Response(404)
        path = request.url.path.removeprefix("/v1/")
        if isinstance(found, bytes):
            name = {"search": "hits"}.get(kind := path.split("/")[0], kind).encode().join((b'"', b'"'))
            return httpx.Response(status, content=found.replace(b'"hits"', name, 1))
        if path.startswith("search/"):
            return httpx.Response(200, content=json.dumps({"hits": found, "\u202e": "\x00"}))
        if path in {"tags", "collections"}:
            named = [{**each, "tagName": each.get("name") or each.get("id"), "itemCount": 1e300} for each in found]
            return httpx.Response(200, content=json.dumps({path: named}))
        if request.method == "GET":
            resource_type, document_id = path.split("/")
            return httpx.Response(200, content=json.dumps({resource_type[:-1]: {**found[0], "id": document_id}}))
        ids = next(iter(json.loads(request.content).values()))
        named = [{**each, "id": document_id} for each, document_id in zip(found * 8, ids, strict=False)]
        return httpx.Response(200, content=json.dumps({path.split("/")[0]: named}))

    network = Network(answer)
    real = httpx.AsyncClient
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpx, "AsyncClient", lambda **_: real(transport=network))
        patch.setattr(connections.Network, "transport", lambda *_, **__: network)
        patch.setattr(download, "resolve_host", _resolve)
        patch.setitem(RetryTransport.__init__.__kwdefaults__ or {}, "sleep", _no_sleep)
        yield network


CALLS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("search_assets", {"query": "x", "limit": 50}),
    ("search_assets", {"filter": "kindd = image", "page": 1, "hitsPerPage": 50}),
    ("search_models", {"query": "x", "limit": 50}),
    ("view_assets", {"assetIds": ["a", "b"]}),
    ("view_assets", {"assetIds": ["a", "b"], "nsfw": True}),
    ("view_assets", {"assetIds": ["a", "b"], "details": True}),
    ("get_models", {"modelIds": ["a", "b"]}),
    ("list_tags_and_collections", {}),
    ("list_tags_and_collections", {"query": "x"}),
)
URIS = ("scenario://assets/a", "scenario://models/a", "scenario://assets/a/image", "scenario://models/b/image")


def check_texts(value: Any) -> None:
    """Assert that nothing in a JSON value hides, moves the cursor, or gives an address away."""
    for text in texts_in(value):
        assert not hidden(text), (hidden(text), ascii(text)[:300])
        assert not leaks(text), ascii(text)[:300]


def check_result(tool: str, result: CallToolResult) -> None:
    """Assert that every part of a result is plain and that all of it is small, its pictures apart."""
    size = 0
    for block in result.content:
        assert not isinstance(block, ImageContent)
        assert isinstance(block, TextContent)
        size += len(block.text.encode())
        assert not leaks(block.text)
        if result.is_error:
            assert len(block.text) <= 1_500
            check_texts(block.text)
        elif tool == "view_assets" and not block.text.startswith("{"):
            lines = block.text.split("\n")
            assert all(LINE.match(line) for line in lines), ascii(block.text)
            check_texts(lines)
        else:
            check_texts(block.text)
            check_texts(json.loads(block.text, parse_constant=pytest.fail))
    for part in (result.structured_content, result.meta):
        check_texts(part)
        size += len(json.dumps(part or {}, ensure_ascii=False, allow_nan=False).encode())
    assert size <= MAX_RESULT_BYTES


async def look_everywhere(network: Network, mode: str = "auto") -> None:
    """Ask for everything there is, and check each answer."""
    async with Client(build_server(SETTINGS), mode=mode) as client:
        for tool, arguments in CALLS:
            check_result(tool, await client.call_tool(tool, arguments))
        for uri in URIS:
            try:
                (contents,) = (await client.read_resource(uri)).contents
            except MCPError as refused:
                check_texts([refused.message, refused.data])
                continue
            assert isinstance(contents, TextResourceContents)
            check_texts(contents.text)
            check_texts(json.loads(contents.text, parse_constant=pytest.fail))
            assert len(contents.text.encode()) <= MAX_RESULT_BYTES
        for resource_type in ("asset", "model"):
            template = ResourceTemplateReference(uri=f"scenario://{resource_type}s/{{{resource_type}Id}}")
            values = (await client.complete(template, {"name": f"{resource_type}Id", "value": ""})).completion.values
            assert len(values) <= 100
            assert all(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}", value) for value in values)
    for request in network.requests:
        assert asked(request).startswith((API, CDN))
        assert not asked(request).startswith(API) or violations(request) == []


def everywhere(document: dict[str, Any], value: Any) -> dict[str, Any]:
    """Put one value into every field of a document but its id."""
    return {
        name: everywhere(inner, value) if isinstance(inner, dict) else [value] if isinstance(inner, list) else value
        for name, inner in document.items()
        if name != "id"
    }


async def test_no_harmful_text_leaves_by_any_way_from_any_field() -> None:
    hits: Documents = []
    for number, text in enumerate(TEXTS):
        short = text[:5_000]
        for document in (asset_document(), model_document()):
            wild = {**everywhere(document, short), short: short, "extra": {short: [short, {short: short}]}}
            hits.append({**wild, "id": f"a{number}"})
            hits.append({**document, "id": short})
    for mode, first in zip(cycle(ERAS), range(0, len(hits), 12), strict=False):
        with _library(hits[first : first + 12]) as network:
            await look_everywhere(network, mode)


@pytest.mark.promise(number=17)
@pytest.mark.parametrize(
    "value",
    [
        *([], {}, True, None, -1, 0.5, 10**400, -1e308, nested(90), nested(90, "\u202e")),
        ["x"] * 10_000,
        [SIGNED] * 500,
        [{"\x00": "\u202e"}] * 2_000,
        {f"{SIGNED}{number}": SIGNED for number in range(600)},
        "\U0001f409" * 20_000,
        '"\\' * 10_000,
        "\u202e" * 20_000,
        f"{SIGNED} " * 1_000,
    ],
    ids=lambda value: ascii(value)[:30],
)
async def test_values_of_the_wrong_type_or_size_do_no_harm_in_any_field(value: Any) -> None:
    is_small = len(json.dumps(value)) < 1_000
    for document in (asset_document(), model_document()):
        found = [{**document, "id": "a", name: value} for name in ("tags", "metadata", "extra", "name", "thumbnail")]
        if is_small:
            found.append({**everywhere(document, value), "id": "a"})
        with _library(found) as network:
            await look_everywhere(network)
    metadata = [{"id": "a", "metadata": {name: value}, "mimeType": "image/png"} for name in ("name", "prompt", "width")]
    with _library(metadata) as network:
        await look_everywhere(network)


@pytest.mark.parametrize(
    "body",
    [
        b'{"hits":[{"id":"a","metadata":{"width":1e999,"height":-1e999,"seed":1e999},"score":NaN}],"totalHits":1e999}',
        b'{"hits":[{"id":"a","x":%s}],"totalHits":%s,"limit":%s}' % (b"9" * 4_000, b"9" * 400, b"9" * 5_000),
        b'{"hits":[{"id":"a","metadata":{"prompt":"\\ud800 x","\\udfff":"\\ud800"},"\\ud800":1}]}',
        b'{"hits":[{"id":"\\ud800"},{"id":"a\\u0000"},{"id":5},{"id":null},{},[],5,"a",null,{"id":"b"}],"totalHits":-5}',
        b'{"hits":[' + b'{"id":"a"},' * 999 + b'{"id":"b"}]}',
        b'{"hits":[' + b'{"id":"a"},' * 9_999 + b'{"id":"b"}]}',
        b'{"hits":[{"id":"a","x":' + b"[" * 500 + b"]" * 500 + b"}]}",
        b'{"hits":{"id":"a"}}',
        b'{"error":"\\u202e\\u0000' + SIGNED.encode() + b'"}',
    ],
    ids=lambda body: ascii(body[:50]),
)
async def test_answers_that_only_raw_json_can_spell_do_no_harm(body: bytes) -> None:
    with _library(body) as network:
        await look_everywhere(network)


@pytest.mark.promise(number=11)
@pytest.mark.parametrize("letter", ["x", "\U0001f409", '"'])
async def test_what_is_said_of_eight_assets_and_models_is_short_however_long_they_are(letter: str) -> None:
    documents = [{**longest_asset(letter, 1), "description": letter * 9_000, "x": [letter * 4_000] * 9}] * 8
    ids = [f"a{number}".ljust(128, "i") for number in range(8)]
    with _library(documents):
        async with Client(build_server(SETTINGS)) as client:
            for tool, arguments in (
                ("view_assets", {"assetIds": ids}),
                ("view_assets", {"assetIds": ids, "nsfw": True}),
                ("view_assets", {"assetIds": ids, "details": True}),
                ("get_models", {"modelIds": ids}),
            ):
                result = await client.call_tool(tool, arguments)
                assert not result.is_error
                check_result(tool, result)


async def test_hits_whose_ids_are_none_are_dropped_and_counted() -> None:
    odd = ["", " ", "../a", "a/b", "a\x00", "\u202ea", "a" * 129, "-a", "%61", SIGNED]
    with _library([{"id": each} for each in odd] + [{"id": "a"}, {"id": "a"}]):
        async with Client(build_server(SETTINGS)) as client:
            result = await client.call_tool("search_assets", {"query": "x"})
    assert result.structured_content == {
        "returned": 1,
        "note": "11 more could not be read or came twice.",
        "hits": [{"id": "a", "uri": "scenario://assets/a"}],
    }


def longest_asset(letter: str, number: int) -> dict[str, Any]:
    """Return a hit that takes all the room that each of its fields is given."""
    return {
        **everywhere(asset_document(), letter * 90),
        "id": f"{number:03}".ljust(128, "i"),
        "tags": [letter * 16] * 30,
        "metadata": {"name": letter * 500, "kind": letter * 500, "prompt": letter * 900, "modelId": letter * 500},
    }


@pytest.mark.promise(number=11)
@pytest.mark.parametrize("letter", ["x", "\u5263", "\U0001f409", '"', "\\"])
@pytest.mark.parametrize("count", [70, 100])
async def test_a_page_is_at_most_so_long_and_says_where_it_was_cut(letter: str, count: int) -> None:
    with _library([longest_asset(letter, number) for number in range(count)]):
        async with Client(build_server(SETTINGS)) as client:
            result = await client.call_tool("search_assets", {"query": "x", "limit": count, "offset": 7})
            paged = await client.call_tool("search_assets", {"query": "x", "hitsPerPage": count, "page": 2})
    check_result("search_assets", result)
    (block,) = result.content
    assert isinstance(block, TextContent)
    assert len(block.text) <= 50_000
    page = result.structured_content
    left = page["returned"]
    assert 20 < left == len(page["hits"]) < count
    assert page["note"] == f"Only the first {left} of {count} hits fit: repeat with next."
    assert page["next"] == {"offset": 7 + left, "limit": count}
    again = paged.structured_content
    assert again["note"] == f"Only the first {left} of {count} hits fit: repeat with a smaller hitsPerPage."
    assert "next" not in again


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (400, "reason"),
        (400, "errors"),
        (403, "message"),
        (404, "detail"),
        (422, "error"),
        (429, "code"),
        (500, "reason"),
    ],
)
async def test_what_an_error_of_the_api_says_is_passed_on_plainly(status: int, name: str) -> None:
    text = "".join(each[:60] + " " for each in TEXTS)
    problem = {name: [{"message": text}] if name == "errors" else text}
    with _library(json.dumps(problem).encode(), status) as network:
        await look_everywhere(network)


# --- whatever comes -------------------------------------------------------------------------------------------------


def hostile(document: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return documents with any values in the fields of this one, and with fields that nobody knows."""
    fields = {
        name: st.one_of(
            st.just(value),
            ANY_TEXT,
            ANY_JSON,
            st.lists(ANY_TEXT, max_size=5),
            *([hostile(value)] if isinstance(value, dict) else []),
        )
        for name, value in document.items()
        if name != "id"
    }
    ids = st.sampled_from(["a1", "a2", "a.b", "A-_"]) | ANY_TEXT
    known = st.fixed_dictionaries({"id": ids}, optional=fields)
    return st.builds(lambda extra, found: {**extra, **found}, st.dictionaries(ANY_TEXT, ANY_JSON, max_size=3), known)


@settings(max_examples=examples(8), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(found=st.lists(hostile(asset_document()) | hostile(model_document()), min_size=1, max_size=4))
def test_whatever_strangers_wrote_leaves_plain_and_short(found: Documents) -> None:
    with _library(found) as network:
        asyncio.run(look_everywhere(network))


@settings(max_examples=examples(100))
@given(text=ANY_TEXT, limit=st.integers(2, 200))
def test_a_cleaned_text_is_short_plain_and_stays_as_it_is(text: str, limit: int) -> None:
    cleaned = clean(text, limit)
    assert not hidden(cleaned)
    assert len(cleaned) <= limit
    assert clean(cleaned, limit) == cleaned


@settings(max_examples=examples(100))
@given(before=ANY_TEXT, scheme=st.sampled_from(["http", "HTTPS", "s3", "x-a.b+c"]), after=ANY_TEXT)
def test_no_address_and_no_signature_is_left_in_a_text(before: str, scheme: str, after: str) -> None:
    text = f"{before}{scheme}://{after} X-Amz-Signature=a;policy={after}"
    ways: tuple[Callable[[str], str | None], ...] = (
        lambda text: clean(without_links(text), 9_000),
        lambda text: trimmed(text, 9_000),
        lambda text: shown(text, 9_000),
    )
    for way in ways:
        left = way(text) or ""
        assert not re.search(r"(?i)[a-z0-9]://|signature=|policy=", left), ascii(left)


@settings(max_examples=examples(50))
@given(document=hostile(asset_document()), room=st.sampled_from([MAX_BYTES, 2_000, 300]))
def test_all_facts_of_any_document_are_json_that_fits(document: dict[str, Any], room: int) -> None:
    try:
        asset = Asset.model_validate({**document, "id": "a"})
    except ValueError:
        asset = Asset.model_validate({"id": "a", "extra": document})
    text = details(asset, room, {"model_made_it": "M"})
    assert len(text.encode()) <= room
    assert json.loads(text, parse_constant=pytest.fail)["id"] == "a"
    check_texts(json.loads(text))
