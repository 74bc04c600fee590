"""Scenario's own SDK, unchanged, against the sandbox on a port: every answer fits the SDK's types."""

import subprocess
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, get_args

import pytest
from pydantic import BaseModel, ValidationError
from scenario_sdk import AsyncScenario, AuthenticationError, BadRequestError, NotFoundError, Scenario
from scenario_sdk.types import SearchAssetSearchResponse, SearchModelSearchResponse
from scenario_sdk.types import asset_retrieve_response as asset_types
from scenario_sdk.types import model_retrieve_response as model_types

from scenario_mcp.sandbox.catalogue import Catalogue
from scenario_mcp.sandbox.replies import asset_source
from tests.support.forked import forked_command

PAGE = 100
BULK = 50
PAGE_SIZE = 50
"""The SDK's own, of assets."""
EVERYTHING = 'createdAt >= "2000-01-01"'


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    """A sandbox on a free port, for this module."""
    program = "from scenario_mcp.sandbox.service import serve; serve(port=0, is_quiet=True)"
    with subprocess.Popen(  # noqa: S603  # our own words
        forked_command("-c", program), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process.stdout.readline().strip().removeprefix("SCENARIO_BASE_URL=")
        process.terminate()


@pytest.fixture
def client(base_url: str) -> Iterator[Scenario]:
    with Scenario(
        base_url=base_url, api_key="sandbox", api_secret="sandbox", max_retries=0, _strict_response_validation=True
    ) as client:
        yield client


@pytest.fixture(scope="module")
def samples() -> Catalogue:
    return Catalogue.load()


def violations(documents: Iterable[Mapping[str, Any]], fits: type[BaseModel]) -> list[str]:
    """List what does not fit the SDK's type."""
    found = []
    for document in documents:
        try:
            fits.model_validate(document, strict=False)
        except ValidationError as error:
            found += [
                f"{document['id']}: {'.'.join(map(str, detail['loc']))}: {detail['msg']}, not {detail['input']!r}"
                for detail in error.errors()
            ]
    return found


def chunks(ids: Iterable[str]) -> Iterator[list[str]]:
    every = list(ids)
    return (every[start : start + BULK] for start in range(0, len(every), BULK))


def test_every_sample_asset_as_a_search_hit_fits_the_sdks_type(client: Scenario, samples: Catalogue) -> None:
    hits = [
        hit
        for public in (False, True)
        for offset in range(0, len(samples.assets), PAGE)
        for hit in client.search.with_raw_response.asset_search(
            filter=EVERYTHING, limit=PAGE, offset=offset, public=public
        ).http_response.json()["hits"]
    ]
    assert {hit["id"] for hit in hits} == set(samples.assets)
    assert violations(hits, SearchAssetSearchResponse) == []


def test_every_sample_model_as_a_search_hit_fits_the_sdks_type(client: Scenario, samples: Catalogue) -> None:
    hits = [
        hit
        for public in (False, True)
        for hit in client.search.with_raw_response.model_search(
            filter=EVERYTHING, hits_per_page=PAGE, page=1, public=public
        ).http_response.json()["hits"]
    ]
    assert {hit["id"] for hit in hits} == set(samples.models)
    assert violations(hits, SearchModelSearchResponse) == []


def test_every_sample_asset_by_id_fits_the_sdks_type(client: Scenario, samples: Catalogue) -> None:
    for ids in chunks(samples.assets):
        bulk = client.assets.with_raw_response.get_bulk(asset_ids=ids).http_response.json()["assets"]
        assert [asset["id"] for asset in bulk] == ids
        assert violations(bulk, asset_types.Asset) == []
        single = client.assets.with_raw_response.retrieve(ids[0]).http_response.json()["asset"]
        assert single == bulk[0]


def test_every_sample_model_by_id_fits_the_sdks_type(client: Scenario, samples: Catalogue) -> None:
    for ids in chunks(samples.models):
        # The type of the answer by id requires more than that of the bulk answer.
        bulk = client.models.with_raw_response.get_bulk(model_ids=ids, thumbnail=True).http_response.json()["models"]
        assert [model["id"] for model in bulk] == ids
        assert violations(bulk, model_types.Model) == []
        assert client.models.retrieve(ids[0]).model.id == ids[0]
        assert [model.id for model in client.models.get_bulk(model_ids=ids).models] == ids


def test_every_first_call_lists_something_that_fits_the_sdks_types(client: Scenario) -> None:
    assert [asset.status for asset in client.assets.list().assets] == ["success"] * PAGE_SIZE
    assert client.models.list().models
    assert client.tags.list().tags
    assert client.collections.list().collections
    assert list(client.search.workflow_search(query="upscale")) == []


def test_a_loop_over_a_list_has_each_item_once_and_ends(client: Scenario, samples: Catalogue) -> None:
    own_assets, own_models = (
        {key for key, document in documents.items() if document["ownerId"] == "proj_sandbox"}
        for documents in (samples.assets, samples.models)
    )
    assert sorted(asset.id for asset in client.assets.list(page_size=20)) == sorted(own_assets)
    assert sorted(model.id for model in client.models.list(page_size=5)) == sorted(own_models)
    assert [tag.tag_name for tag in client.tags.list(page_size=10)] == [tag.tag_name for tag in client.tags.list()]
    assert [collection.name for collection in client.collections.list(page_size=4)] == [
        "Concept art",
        "Creatures",
        "Environments",
        "Heroes",
        "Icons",
        "Props",
    ]


def test_a_loop_over_a_search_has_each_hit_once_and_ends(client: Scenario) -> None:
    hits = [hit.id for hit in client.search.asset_search(query="knight", limit=3)]
    assert len(hits) > 3
    assert len(hits) == len(set(hits))
    assert hits == [hit.id for hit in client.search.asset_search(query="knight", limit=PAGE, offset=0).hits]
    models = [model.id for model in client.search.model_search(filter=EVERYTHING, limit=5, offset=0)]
    assert models == [model.id for model in client.search.model_search(filter=EVERYTHING, limit=PAGE, offset=0).hits]


def test_the_count_of_a_tag_is_what_a_search_by_it_finds(client: Scenario) -> None:
    tags = list(client.tags.list(page_size=PAGE))
    assert len(tags) > PAGE_SIZE
    for tag in tags[::9]:
        by_tag = f'tags = "{tag.tag_name}"'
        assets = client.search.asset_search(filter=by_tag, limit=1, offset=0).estimated_total_hits or 0
        models = client.search.model_search(filter=by_tag, limit=1, offset=0).estimated_total_hits or 0
        assert tag.item_count == assets + models


def test_a_search_by_keywords_and_by_filter_in_order(client: Scenario) -> None:
    newest = client.search.asset_search(filter="kind = video", sort_by=["createdAt:desc"], limit=5, offset=0).hits
    assert newest
    assert [hit.created_at for hit in newest] == sorted((hit.created_at for hit in newest), reverse=True)
    assert {hit.metadata.kind for hit in newest} == {"video"}
    name = newest[0].metadata.name
    assert name is not None
    assert newest[0].id in [hit.id for hit in client.search.asset_search(query=f'"{name}"').hits]


def test_a_search_by_image(client: Scenario) -> None:
    seed = client.search.asset_search(filter="kind = image", limit=1, offset=0).hits[0]
    assert client.search.asset_search(image=seed.id, image_semantic_ratio=0, limit=3, offset=0).hits[0].id == seed.id
    assert client.search.model_search(images={"like": [seed.id]}).hits


def test_one_asset_and_one_model(client: Scenario, samples: Catalogue) -> None:
    found = client.search.model_search(filter="exampleAssetIds EXISTS", public=False).hits[0]
    model = client.models.retrieve(found.id).model
    assert (model.name, model.example_asset_ids) == (found.name, found.example_asset_ids)
    asset = client.assets.retrieve(model.example_asset_ids[0]).asset
    assert asset.id in samples.assets
    bulk = client.assets.get_bulk(asset_ids=[asset.id, "asset_unknown"]).assets
    assert [same.to_dict() for same in bulk] == [asset.to_dict()]


def test_refusals_arrive_as_the_sdks_exceptions(client: Scenario) -> None:
    with pytest.raises(BadRequestError, match="Attribute `colour` is not filterable"):
        client.search.asset_search(filter="colour = red")
    with pytest.raises(NotFoundError, match="Asset not found"):
        client.assets.retrieve("asset_unknown")
    stranger = client.with_options(api_secret="wrong")
    with pytest.raises(AuthenticationError, match="Unauthorized"):
        stranger.search.asset_search(query="knight")


async def test_the_asynchronous_client_and_a_bearer_token(base_url: str) -> None:
    async with AsyncScenario(
        base_url=base_url, bearer_auth="sandbox", max_retries=0, _strict_response_validation=True
    ) as client:
        models = (await client.search.model_search(filter=EVERYTHING)).hits
        asset_ids = models[0].example_asset_ids[:2]
        assert (await client.models.retrieve(models[0].id)).model.name == models[0].name
        assert [asset.id for asset in (await client.assets.get_bulk(asset_ids=asset_ids)).assets] == asset_ids
        bulk = await client.models.get_bulk(model_ids=[model.id for model in models[:3]])
        assert [model.id for model in bulk.models] == [model.id for model in models[:3]]
        assert (await client.search.asset_search(query="knight", public=True)) is not None
        assert (await client.assets.retrieve(asset_ids[0])).asset.status == "success"


def test_every_type_of_asset_has_a_source_that_the_sdk_knows() -> None:
    kinds = get_args(asset_types.AssetMetadata.model_fields["type"].annotation)
    sources = get_args(asset_types.Asset.model_fields["source"].annotation)
    assert {asset_source(kind) for kind in kinds} == set(sources)
