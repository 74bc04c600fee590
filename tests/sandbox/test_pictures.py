"""The sandbox's CDN, and its search by look, over pictures drawn for the purpose."""

import base64
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image, ImageDraw

from scenario_mcp.sandbox.app import create_app
from scenario_mcp.sandbox.catalogue import Catalogue
from scenario_mcp.sandbox.signing import LinkSigner
from scenario_mcp.sandbox.similarity import visual

WEEK_SECONDS = 7 * 24 * 3600
ACCESS_DENIED = (
    '<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code><Message>Access denied</Message></Error>'
)


def draw(ground: str, shape: str, place: str = "left", mode: str = "RGB") -> Image.Image:
    """A square of the ground's colour with a block of the shape's in its left or right half."""
    picture = Image.new(mode, (64, 64), ground)
    left = 8 if place == "left" else 40
    ImageDraw.Draw(picture).rectangle((left, 8, left + 16, 56), fill=shape)
    return picture


def encode(picture: Image.Image, file_format: str = "webp", **options: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, file_format, **options)
    return buffer.getvalue()


def data_url(content: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(content).decode()


PICTURES = {
    "asset_red": draw("darkred", "white"),
    "asset_red_mirrored": draw("darkred", "white", "right"),
    "asset_blue": draw("darkblue", "white"),
    "asset_green": draw("green", "black"),
}
COMMON = {"ownerId": "proj_sandbox", "privacy": "private"}
ASSETS: list[dict[str, Any]] = [
    {
        "id": name,
        "mimeType": "image/png",
        "metadata": {"kind": "image", "name": name.replace("_", " "), "width": 512, "height": 512},
        **COMMON,
    }
    for name in PICTURES
] + [
    {
        "id": "asset_sprite",
        "mimeType": "image/png",
        "metadata": {"kind": "image", "width": 8192, "height": 4096},
        "tags": ["pixel-art"],
        **COMMON,
    },
    {"id": "asset_glass", "mimeType": "image/jpeg", "metadata": {"kind": "image"}, **COMMON},
    {"id": "asset_vector", "mimeType": "image/svg+xml", **COMMON},
    {"id": "asset_song", "mimeType": "audio/mpeg", "metadata": {"kind": "audio"}, **COMMON},
    {"id": "asset_film", "mimeType": "video/mp4", "thumbnail": {"assetId": "asset_green"}, **COMMON},
    {"id": "asset_lost", "mimeType": "image/png", "thumbnail": {"assetId": "asset_song"}, **COMMON},
]
MODELS: list[dict[str, Any]] = [
    {"id": "model_warm", "exampleAssetIds": ["asset_blue", "asset_red"], **COMMON},
    {"id": "model_cold", "exampleAssetIds": ["asset_green", "asset_blue"], **COMMON},
    {"id": "model_blank", "exampleAssetIds": [], **COMMON},
]


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    for name, documents in (("assets", ASSETS), ("models", MODELS)):
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, documents)), encoding="utf-8")
    media = tmp_path / "media"
    media.mkdir()
    for name, picture in PICTURES.items():
        (media / f"{name}.webp").write_bytes(encode(picture, lossless=True))
    sprite = Image.new("RGB", (2, 1), "white")
    sprite.putpixel((0, 0), (255, 0, 0))
    (media / "asset_sprite.png").write_bytes(encode(sprite, "png"))
    (media / "asset_glass.png").write_bytes(encode(Image.new("RGBA", (10, 10), (0, 0, 0, 0)), "png"))
    (media / "asset_vector.webp").write_bytes(encode(PICTURES["asset_blue"]))
    (media / "asset_song.mp3").write_bytes(b"ID3 la la la")
    (media / "notes.md").write_text("not a media file", encoding="utf-8")
    return Catalogue.load(tmp_path)


@pytest.fixture
async def client(catalogue: Catalogue) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(catalogue))
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
        yield client


async def search(client: httpx.AsyncClient, kind: str = "assets", **body: Any) -> httpx.Response:
    return await client.post(f"/v1/search/{kind}", json=body, auth=("sandbox", "sandbox"))


async def ids(client: httpx.AsyncClient, kind: str = "assets", **body: Any) -> list[str]:
    return [hit["id"] for hit in (await search(client, kind, **body)).json()["hits"]]


async def reason(client: httpx.AsyncClient, **body: Any) -> str:
    response = await search(client, **body)
    assert (response.status_code, response.json()["code"]) == (400, "INVALID_SEARCH_IMAGE")
    return str(response.json()["reason"])


async def link(client: httpx.AsyncClient, asset_id: str, *, originals: bool = False) -> str:
    answer = await client.get(
        f"/v1/assets/{asset_id}?originalAssets={str(originals).lower()}", auth=("sandbox", "sandbox")
    )
    return str(answer.json()["asset"]["url"])


async def picture(client: httpx.AsyncClient, url: str) -> Image.Image:
    response = await client.get(url)
    opened = Image.open(io.BytesIO(response.content))
    assert response.headers["content-type"] == opened.get_format_mimetype()
    return opened


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ("", ("PNG", (512, 512))),
        ("&width=128&fit=inside&format=webp", ("WEBP", (128, 128))),
        ("&width=128&height=32&fit=inside&format=jpeg", ("JPEG", (32, 32))),
        ("&width=128&height=32", ("PNG", (128, 32))),
        ("&height=1024", ("PNG", (1024, 1024))),
    ],
)
async def test_parameters_at_the_end_of_a_link_resize_the_picture(
    client: httpx.AsyncClient, parameters: str, expected: tuple[str, tuple[int, int]]
) -> None:
    resized = await picture(client, await link(client, "asset_red") + parameters)
    assert (resized.format, resized.size) == expected


async def test_an_original_cannot_be_resized(client: httpx.AsyncClient) -> None:
    original = await picture(client, await link(client, "asset_red", originals=True) + "&width=16")
    assert (original.format, original.size) == ("PNG", (512, 512))


async def test_pixel_art_is_enlarged_without_new_colours_and_within_bounds(client: httpx.AsyncClient) -> None:
    original = await picture(client, await link(client, "asset_sprite"))
    assert original.size == (2048, 1024)
    assert set(original.getcolors() or ()) == {(1024 * 1024, (255, 0, 0)), (1024 * 1024, (255, 255, 255))}
    wide = await picture(client, await link(client, "asset_sprite") + "&height=2048&fit=inside")
    assert wide.size == (2048, 1024)


async def test_a_transparent_picture_becomes_grey_where_its_format_is_opaque(client: httpx.AsyncClient) -> None:
    original = await picture(client, await link(client, "asset_glass"))
    assert (original.format, original.size) == ("JPEG", (10, 10))
    assert original.getpixel((5, 5)) == (128, 128, 128)


async def test_a_picture_in_another_format_is_given_as_it_is_stored(client: httpx.AsyncClient) -> None:
    assert (await picture(client, await link(client, "asset_vector"))).format == "WEBP"


async def test_other_files_are_given_as_they_are(client: httpx.AsyncClient) -> None:
    response = await client.get(await link(client, "asset_song") + "&width=512")
    assert (response.content, response.headers["content-type"]) == (b"ID3 la la la", "audio/mpeg")


async def test_an_asset_without_a_file_is_not_found(client: httpx.AsyncClient) -> None:
    response = await client.get(await link(client, "asset_lost"))
    assert (response.status_code, response.json()["reason"]) == (404, "File not found")


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ("&format=gif", "`format` must be one of webp, png, jpeg"),
        ("&fit=fill", "`fit` must be one of cover, inside"),
        ("&width=0", "`width` must be between 1 and 2048"),
        ("&height=2049", "`height` must be between 1 and 2048"),
        ("&height=000012", "`height` must be between 1 and 2048"),
        ("&width=%C2%B2", "`width` must be between 1 and 2048"),
    ],
)
async def test_a_resizing_that_cannot_be_done_is_refused(
    client: httpx.AsyncClient, parameters: str, sentence: str
) -> None:
    response = await client.get(await link(client, "asset_red") + parameters)
    assert (response.status_code, response.json()["reason"]) == (400, sentence)


async def test_only_a_signed_link_opens_a_file(client: httpx.AsyncClient) -> None:
    url = await link(client, "asset_red")
    bad = [
        url.partition("?")[0],
        url.replace("asset_red", "asset_blue"),
        url.replace("assets-transform", "assets"),
        url.replace("Signature=", "Signature=AAAA"),
        url.replace("Policy=", "Policy=%FF"),
        url.replace("Policy=e", "Policy=f"),
    ]
    for each in bad:
        response = await client.get(each)
        assert (response.status_code, response.text) == (403, ACCESS_DENIED)


def test_a_link_lives_one_to_two_weeks_and_stays_the_same_for_a_week() -> None:
    now = 100 * WEEK_SECONDS + 5.0

    def clock() -> float:
        return now

    signer = LinkSigner("secret", clock)
    url = signer.sign("http://sandbox/", "/cdn/assets/a")
    query = dict(part.split("=", 1) for part in url.partition("?")[2].split("&"))
    assert signer.is_valid("/cdn/assets/a", query)
    assert not LinkSigner("other", clock).is_valid("/cdn/assets/a", query)
    now += WEEK_SECONDS - 6
    assert signer.sign("http://sandbox/", "/cdn/assets/a") == url
    now = 102 * WEEK_SECONDS - 1.0
    assert signer.is_valid("/cdn/assets/a", query)
    now += 1
    assert not signer.is_valid("/cdn/assets/a", query)


@pytest.mark.smoke
async def test_an_image_finds_itself_then_what_looks_like_it(client: httpx.AsyncClient) -> None:
    by_colour = await ids(client, image="asset_red", imageSemanticRatio=1)
    assert by_colour[:2] == ["asset_red", "asset_red_mirrored"]
    by_layout = await ids(client, image="asset_blue", imageSemanticRatio=0, limit=3, offset=0)
    assert by_layout[0] == "asset_blue"
    assert "asset_song" not in await ids(client, image="asset_red")


async def test_a_picture_in_the_request_finds_its_near_duplicate(client: httpx.AsyncClient) -> None:
    for content in (encode(PICTURES["asset_green"].resize((200, 200)), "jpeg"), encode(PICTURES["asset_green"], "png")):
        assert (await ids(client, image=data_url(content)))[0] == "asset_green"


async def test_a_film_is_found_by_its_thumbnail(client: httpx.AsyncClient) -> None:
    assert (await ids(client, image="asset_green"))[:2] == ["asset_green", "asset_film"]
    assert (await ids(client, image="asset_film"))[:2] == ["asset_film", "asset_green"]


async def test_unlike_pushes_away(client: httpx.AsyncClient) -> None:
    filters = {"filter": 'name IN ["asset red", "asset red mirrored", "asset blue"]'}
    assert (await ids(client, images={"unlike": ["asset_red"]}, **filters))[-1] == "asset_red"
    both = {"like": ["asset_red_mirrored"], "unlike": ["asset_red"]}
    assert (await ids(client, images=both, imageSemanticRatio=0, **filters))[0] == "asset_red_mirrored"


async def test_a_filter_holds_and_an_order_does_not_in_a_search_by_image(client: httpx.AsyncClient) -> None:
    found = await ids(client, image="asset_blue", filter="width = 512", sortBy=["width:desc"])
    assert found[0] == "asset_blue"
    assert set(found) == set(PICTURES)
    assert await ids(client, image="asset_red", filter="width = 1") == []


async def test_beside_an_image_the_words_of_a_query_come_first(client: httpx.AsyncClient) -> None:
    found = await ids(client, image="asset_blue", query="red")
    assert set(found[:2]) == {"asset_red", "asset_red_mirrored"}
    assert found[2] == "asset_blue"
    nearest = (await ids(client, image="asset_blue", query="nothing of the kind"))[0]
    assert nearest in {"asset_blue", "asset_vector"}


async def test_a_model_counts_by_its_nearest_example_picture(client: httpx.AsyncClient) -> None:
    assert await ids(client, "models", image="asset_red") == ["model_warm", "model_cold"]
    assert await ids(client, "models", images={"like": ["asset_green"]}) == ["model_cold", "model_warm"]


async def test_a_reference_that_cannot_be_used_is_refused(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    unreadable = "The data URL does not hold an image that can be read"
    assert await reason(client, image="asset_none") == "The asset `asset_none` does not exist"
    assert await reason(client, image="asset_song") == "The asset `asset_song` is not an image"
    assert await reason(client, images={"like": ["asset_red"], "unlike": ["https://x"]}) == (
        "The asset `https://x` does not exist"
    )
    assert await reason(client, image="data:image/png,plain") == unreadable
    assert await reason(client, image="data:image/png;base64,?") == unreadable
    assert await reason(client, image=data_url(b"not a picture")) == unreadable
    assert await reason(client, image=data_url(encode(PICTURES["asset_red"], "png")[:45])) == unreadable
    monkeypatch.setattr(visual.catalogue, "MAX_PIXELS", 64 * 64 - 1)
    assert await reason(client, image=data_url(encode(PICTURES["asset_red"], "png"))) == unreadable
