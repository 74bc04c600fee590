"""The samples that the sandbox serves when it is given no other catalogue."""

import io
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
import pytest
from PIL import Image

from scenario_mcp.sandbox.app import create_app
from scenario_mcp.sandbox.catalogue import Catalogue, Document

EVERYTHING = 'createdAt >= "2000-01-01"'


@pytest.fixture(scope="module")
def samples() -> Catalogue:
    return Catalogue.load()


@pytest.fixture
async def client(samples: Catalogue) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(samples))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://sandbox/v1", auth=("sandbox", "sandbox")
    ) as client:
        yield client


async def hits(client: httpx.AsyncClient, **body: Any) -> list[dict[str, Any]]:
    response = await client.post("/search/assets", json={"limit": 100, "offset": 0, **body})
    assert response.status_code == 200
    return list(response.json()["hits"])


def named_assets(document: Document) -> set[str]:
    """Return the ids of the assets that a document refers to."""
    thumbnail, examples = document.get("thumbnail"), document.get("exampleAssetIds")
    named = {str(thumbnail["assetId"])} if isinstance(thumbnail, Mapping) else set()
    return named | (set(map(str, examples)) if isinstance(examples, list) else set())


def test_every_asset_that_a_document_refers_to_has_a_picture(samples: Catalogue) -> None:
    named = {
        name for document in [*samples.assets.values(), *samples.models.values()] for name in named_assets(document)
    }
    assert named <= set(samples.assets)
    assert [name for name in named if samples.picture(name) is None] == []


async def test_every_link_of_a_hit_opens_a_file_of_the_kind_that_it_says(client: httpx.AsyncClient) -> None:
    for public in (False, True):
        for hit in await hits(client, filter=EVERYTHING, public=public):
            is_picture = hit["metadata"]["kind"] == "image"
            response = await client.get(hit["url"] + "&width=64&fit=inside&format=webp", auth=("", ""))
            assert response.status_code == 200
            expected = "image/webp" if is_picture else hit["mimeType"]
            assert response.headers["content-type"].partition(";")[0] == expected
            if "thumbnail" in hit:
                thumbnail = await client.get(hit["thumbnail"]["url"] + "&width=64&format=png", auth=("", ""))
                assert thumbnail.headers["content-type"] == "image/png"


async def test_an_original_has_the_size_and_format_that_its_hit_says(client: httpx.AsyncClient) -> None:
    for mime_type in ("image/png", "image/jpeg", "image/webp"):
        hit = (await hits(client, filter=f'mimeType = "{mime_type}"', sortBy=["width:asc"], limit=1))[0]
        response = await client.get(hit["url"])
        assert response.headers["content-type"] == mime_type
        width, height = hit["metadata"]["width"], hit["metadata"]["height"]
        assert image_size(response.content) == (width, height)


def image_size(content: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(content)).size


async def test_every_picture_finds_itself_first(client: httpx.AsyncClient) -> None:
    for hit in (await hits(client, filter="kind = image"))[::10]:
        found = await hits(client, image=hit["id"], imageSemanticRatio=0.5, limit=3)
        assert hit["id"] in [near["id"] for near in found]


async def test_a_word_and_a_filter_find_what_people_would_expect(client: httpx.AsyncClient) -> None:
    castles = await hits(client, query="castle", filter="kind = image")
    assert castles
    assert all("castle" in str(hit).lower() for hit in castles)
    assert {hit["ownerId"] for hit in castles} == {"proj_sandbox"}
    newest = await hits(client, filter="kind = image AND nsfw IS EMPTY", sortBy=["createdAt:desc"])
    assert [hit["createdAt"] for hit in newest] == sorted((hit["createdAt"] for hit in newest), reverse=True)
