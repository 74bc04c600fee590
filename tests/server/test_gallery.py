"""The page that hosts show beside a result: how it is bound, and what it is told."""

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from mcp.client import Client, advertise
from mcp.types import CallToolResult, ClientCapabilities, TextResourceContents

from scenario_mcp.api.replies import Asset, Model
from scenario_mcp.backend import Scenario
from scenario_mcp.ids import Subject
from scenario_mcp.net import connections
from scenario_mcp.rendering.cards import MAX_ADDRESSES, Card, Gallery, card
from scenario_mcp.server import gallery
from scenario_mcp.server.app import build_server
from scenario_mcp.server.gallery import EXTENSION, MAX_BYTES, META_KEY, MIME_TYPE, URI
from scenario_mcp.settings import CDN_HOSTS, Sandbox, Settings
from scenario_mcp.text import Secrets
from tests.support.fakes import (
    SETTINGS,
    SIGNATURE,
    SIGNED_URL,
    Network,
    answering,
    asset_document,
    is_plain,
    model_document,
)

SANDBOX = Settings(upstream=Sandbox())
SHOWS_PAGES = {"mimeTypes": [MIME_TYPE]}


async def found(
    monkeypatch: pytest.MonkeyPatch, hits: list[dict[str, Any]], announced: dict[str, Any] | None, settings: Settings
) -> CallToolResult:
    """Search where the API answers with these hits."""
    network = Network(lambda _: httpx.Response(200, json={"hits": hits}))
    real = httpx.AsyncClient
    monkeypatch.setattr(httpx, "AsyncClient", lambda **_: real(transport=network))
    monkeypatch.setattr(connections.Network, "transport", lambda *_, **__: network)
    async with Client(
        build_server(settings), extensions=None if announced is None else [advertise(EXTENSION, announced)]
    ) as client:
        return await client.call_tool("search_assets", {"query": "x", "limit": 100})


def told(result: CallToolResult) -> Any:
    return (result.meta or {})[META_KEY]


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_the_tools_that_show_pictures_are_bound_to_a_page_that_can_be_read(mode: str) -> None:
    async with Client(build_server(SANDBOX), mode=mode) as client:
        tools = (await client.list_tools()).tools
        (page,) = (await client.read_resource(URI)).contents
    bound = {"ui": {"resourceUri": URI}, "ui/resourceUri": URI}
    assert {tool.name: tool.meta for tool in tools} == {
        "search_assets": bound,
        "search_models": bound,
        "view_assets": bound,
        "get_models": None,
        "list_tags_and_collections": None,
    }
    assert isinstance(page, TextResourceContents)
    assert page.mime_type == "text/html;profile=mcp-app"
    assert page.text.startswith("<!doctype html>")
    assert len(page.text.encode()) < 30_000


@pytest.mark.promise(number=17)
async def test_the_page_may_load_pictures_from_the_picture_hosts_and_nothing_else() -> None:
    settings = replace(SETTINGS, cdn_hosts=("cdn.cloud.scenario.com", "127.0.0.1"))
    async with Client(build_server(settings)) as client:
        (page,) = (await client.read_resource(URI)).contents
    assert (page.meta or {})["ui"]["csp"] == {
        "resourceDomains": ["https://cdn.cloud.scenario.com", "http://127.0.0.1:*", "data:"],
        "connectDomains": [],
    }


def test_the_page_loads_nothing_from_elsewhere_by_itself() -> None:
    page = gallery.html(CDN_HOSTS)
    for loading in (
        "<link",
        "src=",
        "@import",
        "url(",
        "innerHTML",
        "outerHTML",
        "insertAdjacent",
        "eval(",
        "Function(",
    ):
        assert loading not in page, loading


def test_a_card_tells_what_no_hit_does() -> None:
    document = asset_document()
    assert card(Asset.model_validate(document)) == {
        "id": "asset_GTrL3mq4SXWyMxkOHRxlpw",
        "model": "model_made_it",
        "prompt": "a knight at a gate",
    }
    assert card(Model.model_validate(model_document())) == {
        "id": "model_GTrL3mq4SXWyMxkOHRxlpw",
        "like": "asset_cover",
    }


async def test_a_result_without_hits_tells_the_page_the_same_hits_as_a_search() -> None:
    async with Client(build_server(SANDBOX), extensions=[advertise(EXTENSION, SHOWS_PAGES)]) as client:
        found = await client.call_tool("search_assets", {"query": "castle", "limit": 8})
        hits = (found.structured_content or {})["hits"]
        viewed = await client.call_tool("view_assets", {"assetIds": [hit["id"] for hit in hits]})
    assert told(viewed)["hits"] == hits
    assert "hits" not in told(found)


def test_strangers_text_in_a_card_is_plain_and_short_and_has_no_address() -> None:
    hostile = f"a\n\u202eb\x1b[31m\u200b {SIGNED_URL} " + "x" * 500
    document = asset_document() | {"tags": [hostile] * 9, "nsfw": [hostile], "createdAt": hostile, "mimeType": "x"}
    document["metadata"] |= {"name": hostile, "prompt": hostile, "kind": hostile, "modelId": hostile}
    shown = card(Asset.model_validate(document))
    texts = [text for value in shown.values() for text in (value if isinstance(value, tuple) else (value,))]
    assert all(is_plain(text) and len(text) <= 120 for text in texts if isinstance(text, str))
    assert "Signature" not in str(shown)
    model = model_document() | {"thumbnail": {"assetId": "../x", "url": SIGNED_URL}}
    assert card(Model.model_validate(model)).get("like") is None


@pytest.mark.promise(number=17)
async def test_addresses_of_pictures_go_to_hosts_that_show_the_page_only(monkeypatch: pytest.MonkeyPatch) -> None:
    hits = [
        {"id": "a", "mimeType": "image/png", "url": SIGNED_URL},
        {"id": "b", "mimeType": "image/png", "url": f"https://example.com/b.png?{SIGNATURE}"},
        {"id": "c"},
    ]
    result = await found(monkeypatch, hits, SHOWS_PAGES, SETTINGS)
    resized = f"{SIGNED_URL}&width=512&height=512&fit=inside&format=webp"
    assert told(result) == {
        "resourceType": "assets",
        "cards": [{"id": "a", "picture": resized}, {"id": "b"}, {"id": "c"}],
        "note": "",
    }
    assert "Signature" not in str(result.content) + str(result.structured_content)
    for announced in (None, {}, {"mimeTypes": ["text/html"]}, {"mimeTypes": MIME_TYPE}, {"mimeTypes": 7}):
        plain = await found(monkeypatch, hits, announced, SETTINGS)
        assert META_KEY not in (plain.meta or {})
        assert "Signature" not in plain.model_dump_json()


@pytest.mark.promise(number=17)
async def test_a_client_of_unknown_capabilities_gets_the_cards_without_addresses() -> None:
    """Over HTTP nothing is kept of a handshake, and nobody knows what the client said in it."""
    scenario = answering({}).scenario()
    scenario.pictures.remember([(Subject("assets", "a"), SIGNED_URL)])

    async def opened() -> Scenario:
        return scenario

    def context(capabilities: ClientCapabilities | None) -> Any:
        backend = SimpleNamespace(scenario=opened, secrets=Secrets([]))
        return SimpleNamespace(session=SimpleNamespace(client_capabilities=capabilities), lifespan_context=backend)

    def make() -> Gallery:
        return Gallery("assets", ({"id": "a"},))

    shows = ClientCapabilities(extensions={EXTENSION: SHOWS_PAGES})
    whole = await gallery.meta_for_host(make, context(shows))
    assert whole is not None
    assert "picture" in whole[META_KEY]["cards"][0]
    unknown = await gallery.meta_for_host(make, context(None))
    assert unknown == {META_KEY: {"resourceType": "assets", "cards": [{"id": "a"}]}}
    assert await gallery.meta_for_host(make, context(ClientCapabilities())) is None


@pytest.mark.promise(number=17)
async def test_the_sandbox_in_this_process_has_no_address_to_give() -> None:
    async with Client(build_server(SANDBOX), extensions=[advertise(EXTENSION, SHOWS_PAGES)]) as client:
        result = await client.call_tool("search_assets", {"query": "castle"})
    assert told(result)["cards"]
    assert "picture" not in told(result)["cards"][0]
    assert "Signature" not in result.model_dump_json()


async def test_a_page_of_a_hundred_hits_stays_under_100_kb_with_all_that_it_tells(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    document = asset_document()
    document["metadata"]["prompt"] = "a long prompt of many words " * 20
    document["metadata"]["name"] = "a long name of many words " * 5
    url = f"{SIGNED_URL}{'x' * 600}"
    hits = [{**document, "id": f"asset_{n:022}", "mimeType": "image/png", "url": url} for n in range(100)]
    result = await found(monkeypatch, hits, SHOWS_PAGES, SETTINGS)
    assert len(result.model_dump_json(by_alias=True).encode()) < 100_000
    cards = told(result)["cards"]
    assert len(cards) == 100
    assert sum("picture" in each for each in cards) in {0, MAX_ADDRESSES}


@pytest.mark.promise(number=11)
def test_of_very_many_cards_less_is_told_and_at_worst_nothing() -> None:
    def cards(count: int) -> Gallery:
        each = Card(id="a" * 128, prompt="p" * 120, picture="https://" + "u" * 700)
        return Gallery(resource_type="assets", cards=(each,) * count)

    def fields(count: int) -> set[str] | None:
        meta = gallery.result_meta(cards(count), Secrets(["not a secret"]))
        assert meta is None or len(json.dumps(meta)) <= MAX_BYTES + 50
        return None if meta is None else set(meta[META_KEY]["cards"][0])

    assert fields(20) == {"id", "prompt", "picture"}
    assert fields(28) == {"id", "picture"}
    assert fields(100) == {"id"}
    assert fields(300) is None
