"""One request goes out as documented."""

import base64
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from scenario_mcp.api.client import ScenarioClient
from scenario_mcp.api.references import AssetId, DataUrl
from scenario_mcp.api.replies import Asset, Listing, Model, Tag
from scenario_mcp.api.requests import AssetSearch, Images, ModelSearch
from scenario_mcp.credentials import Credentials
from scenario_mcp.errors import SearchRefused, Unavailable
from scenario_mcp.settings import Live, Settings
from tests.support.fakes import API_KEY, API_SECRET, SETTINGS, Network, answering, asset_document, model_document
from tests.support.upstream_client import CASTLE

TOKEN = "eyJhbGci.eyJzdWIi.c2ln"
BASIC = base64.b64encode(f"{API_KEY}:{API_SECRET}".encode()).decode()
EMPTY_PAGE = {"hits": [], "limit": 20, "offset": 0}


async def test_an_asset_search_is_sent_as_documented() -> None:
    network = answering(EMPTY_PAGE)
    await network.client().search_assets(
        AssetSearch(
            query="b\u00fcrg \u57ce", limit=5, original_assets=True, images=Images(like=(AssetId("asset_1"),))
        ).resolve()
    )
    request = network.request
    body = '{"query":"b\u00fcrg \u57ce","images":{"like":["asset_1"]},"limit":5,"offset":0}'.encode()
    assert (request.method, str(request.url)) == (
        "POST",
        "https://api.cloud.scenario.com/v1/search/assets?originalAssets=true",
    )
    assert request.content == body
    assert dict(request.headers) == {
        "host": "api.cloud.scenario.com",
        "accept": "application/json",
        "accept-encoding": "gzip, deflate",
        "authorization": f"Basic {BASIC}",
        "connection": "keep-alive",
        "user-agent": "scenario-mcp",
        "content-type": "application/json",
        "content-length": str(len(body)),
    }


async def test_a_model_search_is_sent_as_documented() -> None:
    network = answering(EMPTY_PAGE)
    settings = Settings(Credentials(API_KEY, API_SECRET, project_id="proj_1&x"), Live("http://localhost:8000/api"))
    await network.client(settings).search_models(
        ModelSearch.model_validate(
            {"filter": 'name = "a"', "original_models": False, "original_assets": False}
        ).resolve()
    )
    assert (network.request.method, str(network.request.url), network.request.content) == (
        "POST",
        "http://localhost:8000/api/search/models?projectId=proj_1%26x&originalAssets=false&originalModels=false",
        b'{"filter":"name = \\"a\\""}',
    )


async def test_a_request_without_url_parameters_has_no_question_mark() -> None:
    network = answering(EMPTY_PAGE)
    await network.client().search_assets(CASTLE)
    assert str(network.request.url) == "https://api.cloud.scenario.com/v1/search/assets"


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (SETTINGS, f"Basic {BASIC}"),
        (Settings(Credentials(jwt=TOKEN)), f"Bearer {TOKEN}"),
        (Settings(replace(SETTINGS.credentials, jwt=TOKEN)), f"Basic {BASIC}"),
    ],
    ids=["key", "token", "key and token"],
)
async def test_the_credentials_are_in_their_header_and_nowhere_else(settings: Settings, expected: str) -> None:
    network = answering(EMPTY_PAGE)
    await network.client(settings).search_assets(CASTLE)
    request = network.request
    assert request.headers.get_list("Authorization") == [expected]
    rest = [str(request.url), request.content.decode()]
    rest += [value for name, value in request.headers.items() if name != "authorization"]
    for secret in (API_KEY, API_SECRET, BASIC, TOKEN):
        assert all(secret not in text for text in rest)


@pytest.mark.parametrize(
    ("ask", "path", "document", "expected"),
    [
        (lambda client: client.get_asset("asset_1"), "assets/asset_1", {"asset": asset_document()}, Asset),
        (lambda client: client.get_model("model_1"), "models/model_1", {"model": model_document()}, Model),
    ],
    ids=["asset", "model"],
)
async def test_one_document_is_fetched_by_its_id(
    ask: Callable[[ScenarioClient], Any], path: str, document: dict[str, Any], expected: type[Asset | Model]
) -> None:
    network = answering(document)
    read = await ask(network.client(Settings(replace(SETTINGS.credentials, project_id="proj_1"))))
    request = network.request
    assert (request.method, str(request.url), request.content) == (
        "GET",
        f"https://api.cloud.scenario.com/v1/{path}?projectId=proj_1",
        b"",
    )
    assert "content-type" not in request.headers
    (inner,) = document.values()
    assert read == expected.model_validate(inner)
    assert read.model_dump(by_alias=True, mode="json", exclude_none=True) == inner


@pytest.mark.promise(number=6)
async def test_a_search_that_is_too_large_is_not_sent() -> None:
    network = answering(EMPTY_PAGE)
    picture = DataUrl("data:image/png;base64," + "A" * 4_000_000)
    images = Images.model_construct(like=(picture, picture), unlike=(picture,))  # each side passes on its own
    with pytest.raises(SearchRefused) as refused:
        await network.client().search_assets(AssetSearch.model_construct(images=images).resolve())
    assert refused.value.told(to_operator=True) == (
        "The search is 12 MB, and Scenario takes 10 MB. Give fewer or smaller reference pictures, or asset ids in "
        "their place."
    )
    assert network.requests == []


async def test_only_connecting_has_a_time_limit_of_its_own() -> None:
    network = answering(EMPTY_PAGE)
    await network.client().search_assets(CASTLE)
    assert network.request.extensions["timeout"] == {"connect": 5.0, "read": None, "write": None, "pool": None}


async def test_the_next_call_works_after_a_failure() -> None:
    answers = iter([httpx.Response(400), httpx.Response(200, json={"hits": [{"id": "a"}]})])
    client = Network(lambda _: next(answers)).client()
    with pytest.raises(SearchRefused):
        await client.search_assets(CASTLE)
    assert (await client.search_assets(CASTLE)).hits == (Asset(id="a"),)


def _pages(*pages: dict[str, Any]) -> Network:
    answers = iter([httpx.Response(200, json=page) for page in pages])
    return Network(lambda _: next(answers))


async def test_a_list_of_tags_is_asked_for_page_by_page() -> None:
    network = _pages(
        {"tags": [{"tagName": "knight", "itemCount": 12}], "nextPaginationToken": "a/b="},
        {"tags": [{"tagName": "wip"}, {"itemCount": 3}, "odd"]},
    )
    listing = await network.client(Settings(replace(SETTINGS.credentials, project_id="proj_1"))).list_tags()
    assert listing == Listing((Tag(tag_name="knight", item_count=12), Tag(tag_name="wip")), is_whole=False)
    base = "https://api.cloud.scenario.com/v1/tags?projectId=proj_1&pageSize=100"
    assert [(each.method, str(each.url)) for each in network.requests] == [
        ("GET", base),
        ("GET", f"{base}&paginationToken=a%2Fb%3D"),
    ]


async def test_a_collection_is_read_with_its_counts() -> None:
    raw = {"id": "col_1", "name": "Castle set", "assetCount": 3, "modelCount": 1, "itemCount": "four", "ownerId": 1}
    listing = await _pages({"collections": [raw]}).client().list_collections()
    (collection,) = listing.items
    assert (collection.id, collection.name, collection.asset_count, collection.model_count) == (
        "col_1",
        "Castle set",
        3,
        1,
    )
    assert collection.item_count is None


async def test_a_list_without_end_is_cut_and_says_so() -> None:
    numbers = iter(range(100))
    network = Network(lambda _: httpx.Response(200, json={"tags": [], "nextPaginationToken": str(next(numbers))}))
    assert await network.client().list_tags() == Listing((), "9", is_whole=False)
    assert len(network.requests) == 10


async def test_a_token_that_comes_again_ends_a_list() -> None:
    network = Network(lambda _: httpx.Response(200, json={"collections": [{"id": "c"}], "nextPaginationToken": "x"}))
    listing = await network.client().list_collections()
    assert ([each.id for each in listing.items], listing.is_whole) == (["c", "c"], False)
    assert len(network.requests) == 2


async def test_an_answer_without_a_list_is_not_the_apis() -> None:
    with pytest.raises(Unavailable):
        await answering({"hits": []}).client().list_tags()
