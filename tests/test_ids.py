"""An id of every allowed form is taken wherever an id is."""

import io
import json
import re
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mcp.client import Client
from mcp.types import BlobResourceContents, ImageContent, ResourceTemplateReference, TextContent, TextResourceContents
from PIL import Image

from scenario_mcp.api.replies import Asset, Model, SearchPage
from scenario_mcp.api.requests import AssetSearch, ModelSearch
from scenario_mcp.export.folder import PictureFolder, is_file_name
from scenario_mcp.ids import ID_PATTERN, ResourceType, ResourceUri, Subject, find_id, is_id, parse_resource_uri
from scenario_mcp.pictures.resize import Picture
from scenario_mcp.rendering.cards import card
from scenario_mcp.rendering.hits import trim_assets
from scenario_mcp.server import gallery
from scenario_mcp.server.app import build_server
from scenario_mcp.settings import CDN_HOSTS, Sandbox, Settings
from tests.api.test_requests import problems
from tests.support.fakes import picture
from tests.support.folders import wait_for_readings

SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_."
IDS = (
    "a",
    "Z",
    "0",
    "knight.v2",
    "knight-v2",
    "knight_v2",
    "0._-",
    "a.b.c",
    f"1{SIGNS}",
    "k-_.9",
    "x" * 128,
    f"x{'.' * 126}x",
    f"x{'-' * 127}",
    f"x{'_' * 127}",
)
FILE_NAMES = ("knight.png", "Knight.JPG", "k.jpeg", "k.v2.webp", "0.gif", "k.tiff", "k.avif")
"""Ids, too, but for a reference picture, where they are more likely a user's file."""
ALL = (*IDS, *FILE_NAMES)
NO_IDS = ("", "-a", "_a", ".a", "a b", "a/b", "a\n", "a:b", "ä", "x" * 129, "a%20b", "../a")

EACH = pytest.mark.parametrize("given", ALL, ids=lambda text: text[:12])
URIS = ("scenario://assets/{}", "scenario://assets/{}/image")


@EACH
def test_an_id_is_an_id_and_stands_in_a_resource_uri_as_it_is(given: str) -> None:
    assert is_id(given)
    types: tuple[ResourceType, ...] = ("assets", "models")
    for uri in (ResourceUri(Subject(each, given), is_image=flag) for each in types for flag in (True, False)):
        assert parse_resource_uri(str(uri)) == uri


@pytest.mark.parametrize("given", NO_IDS, ids=repr)
def test_what_is_no_id_is_in_no_resource_uri(given: str) -> None:
    assert not is_id(given)
    assert not is_file_name(given)
    for uri in URIS:
        assert parse_resource_uri(uri.format(given)) is None


@pytest.mark.parametrize("uri", ["scenario://assets", "scenario://guide/search", "scenario://assets/a/b", "assets/a"])
def test_any_other_uri_is_not_of_an_asset_or_a_model(uri: str) -> None:
    assert parse_resource_uri(uri) is None


ASSET, MODEL = "asset_GTrL3mq4SXWyMxkOHRxlpw", "model_GTrL3mq4SXWyMxkOHRxlpw"


@pytest.mark.parametrize(
    "address",
    [
        f"https://app.scenario.com/assets?openAssetId={ASSET}",
        f"https://app.scenario.com/assets/{ASSET}",
        f"https://app.scenario.com/assets/{ASSET}/",
        f"https://app.scenario.com/projects/proj_1/assets/{ASSET}?tab=details#top",
        f"https://app.scenario.com/assets?teamId=team_1&openAssetId={ASSET}&projectId=proj_1",
        f"https://app.scenario.com/generate?ref={ASSET}",
        f"https://app.scenario.com/#/assets/{ASSET}",
        f"https://app.scenario.com/#/assets?openAssetId={ASSET}",
        f"http://app.scenario.com/assets?openAssetId={ASSET}",
        f"HTTPS://APP.SCENARIO.COM/assets?openAssetId={ASSET}",
        f"app.scenario.com/assets?openAssetId={ASSET}",
        f"<https://app.scenario.com/assets?openAssetId={ASSET}>",
        f"(https://app.scenario.com/assets?openAssetId={ASSET}).",
        f'"https://app.scenario.com/assets?openAssetId={ASSET}",',
        f"https://app.scenario.com/assets?openAssetId={ASSET})",
        f" https://app.scenario.com/assets?openAssetId={ASSET}%20\n",
        f"scenario-asset://{ASSET}",
        f"`scenario://assets/{ASSET}/image`",
        f"scenario://assets/{ASSET}>",
    ],
)
def test_the_id_of_an_asset_is_found_in_an_address_that_was_pasted(address: str) -> None:
    assert find_id(address, "assets") == ASSET
    assert find_id(address, "models") is None
    assert AssetSearch.model_validate({"image": address}).resolve().body() == {"image": ASSET}
    assert ModelSearch.model_validate({"images": {"like": [address]}}).resolve().body() == {
        "images": {"like": (ASSET,)}
    }


@pytest.mark.parametrize(
    "address",
    [
        f"https://app.scenario.com/models/{MODEL}",
        f"https://app.scenario.com/models/{MODEL}/generate?x=1",
        f"https://app.scenario.com/models?openModelId={MODEL}>",
        f"scenario-model://{MODEL}",
        f"scenario://models/{MODEL}.",
    ],
)
def test_the_id_of_a_model_is_found_in_an_address_that_was_pasted(address: str) -> None:
    assert (find_id(address.removesuffix("."), "models"), find_id(address, "assets")) == (MODEL, None)


def test_an_id_of_the_old_form_is_found_where_only_ids_stand() -> None:
    assert find_id("https://app.scenario.com/assets?openAssetId=legacy-7", "assets") == "legacy-7"
    assert find_id("https://app.scenario.com/models/knight.v2", "models") == "knight.v2"


@pytest.mark.parametrize(
    "text",
    [
        "",
        ASSET,
        "https://app.scenario.com/",
        "https://app.scenario.com/assets",
        "https://app.scenario.com/assets?openAssetId=../x",
        f"https://app.scenario.com.example.com/assets?openAssetId={ASSET}",
        f"https://example.com/app.scenario.com/assets?openAssetId={ASSET}",
        f"https://cdn.cloud.scenario.com/assets/{ASSET}?Policy=p&Signature=s",
        "https://app.scenario.com/[",
        "https://app.scenario.com/" + "a" * 100_000,
        "https://app.scenario.com/?" + "a=b&" * 100_000,
    ],
    ids=lambda text: text[:60],
)
def test_no_id_is_found_in_any_other_address(text: str) -> None:
    assert find_id(text, "assets") is None


def test_a_page_of_the_web_app_without_an_asset_is_no_picture() -> None:
    example = 'Example: "asset_GTrL3mq4SXWyMxkOHRxlpw" or "data:image/png;base64,..."'
    for page, held in ((f"models/{MODEL}", "a model's id"), ("assets", "no asset's id")):
        said = f"holds an address of Scenario's web app with {held} in it. {example}"
        assert problems(AssetSearch, image=f"https://app.scenario.com/{page}") == [said]


@pytest.mark.parametrize("given", IDS, ids=lambda text: text[:12])
def test_a_reference_picture_is_named_by_any_id(given: str) -> None:
    assert AssetSearch.model_validate({"image": given}).resolve().body() == {"image": given}
    assert ModelSearch.model_validate({"images": {"like": [given], "unlike": [given]}}).resolve().body() == {
        "images": {"like": (given,), "unlike": (given,)}
    }


@EACH
@pytest.mark.parametrize("uri", URIS)
def test_a_reference_picture_is_named_by_the_resource_uri_of_any_id(given: str, uri: str) -> None:
    assert AssetSearch.model_validate({"image": uri.format(given)}).resolve().body() == {"image": given}
    assert ModelSearch.model_validate({"images": {"unlike": [uri.format(given)]}}).resolve().body() == {
        "images": {"unlike": (given,)}
    }


@EACH
def test_a_hit_a_card_and_the_card_of_a_model_have_any_id(given: str) -> None:
    page = SearchPage[Asset](hits=(Asset(id=given),))
    assert [hit["uri"] for hit in trim_assets(page, AssetSearch(query="x")).hits] == [f"scenario://assets/{given}"]
    assert card(Asset(id=given))["id"] == given
    assert card(Model.model_validate({"id": "m", "thumbnail": {"assetId": given}}))["like"] == given


@EACH
def test_an_export_names_files_by_any_id_that_can_be_one(given: str, tmp_path: Path) -> None:
    assert is_file_name(given) is not given.endswith(".")
    if is_file_name(given):
        folder = PictureFolder(tmp_path)
        folder.save(given, Picture(picture(), "image/png", 4, 4))
        assert given in PictureFolder(tmp_path)


def test_the_gallery_knows_the_same_ids_and_asks_for_likeness_by_resource_uri() -> None:
    page = gallery.html(CDN_HOSTS)
    (pattern,) = re.findall(r"const isId = .*?/\^(.*?)\$/\.test", page)
    assert pattern == ID_PATTERN
    assert page.count("like: [`scenario://assets/${detailed.like}`]") == 1


# --- over a catalogue of one's own, through a client -----------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Fill a catalogue in which every id is an asset's, with a picture, a model's, a collection's and a generator's."""
    folder = tmp_path_factory.mktemp("catalogue")
    (folder / "media").mkdir()
    lines = []
    for number, each in enumerate(ALL):
        (folder / "media" / f"{number}.png").write_bytes(picture())
        file = f"media/{number}.png"
        lines.append(
            {"id": each, "collectionIds": [each], "metadata": {"modelId": each}, "tags": ["all"], "file": file}
        )
    for name in ("assets", "models"):
        (folder / f"{name}.jsonl").write_text("\n".join(map(json.dumps, lines)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        wait_for_readings(patch)
        yield folder


def connect(folder: Path) -> Client:
    return Client(build_server(Settings(upstream=Sandbox((str(folder),)))))


async def found(client: Client, tool: str, **arguments: Any) -> list[str]:
    result = await client.call_tool(tool, {"limit": 100, **arguments})
    assert result.structured_content is not None, (arguments, result.content)
    return [hit["id"] for hit in result.structured_content["hits"]]


async def test_a_catalogue_of_ones_own_has_any_id_and_a_filter_compares_it(folder: Path) -> None:
    async with connect(folder) as client:
        for tool in ("search_assets", "search_models"):
            assert {*await found(client, tool, filter="tags = all")} == {*ALL}
            for given in ALL:
                assert await found(client, tool, filter=f"collectionIds = {given}") == [given]
                assert await found(client, tool, filter=f"collectionIds IN [collection_none, {given}]") == [given]
        assert [await found(client, "search_assets", filter=f"modelId = {each}") for each in ALL] == [[x] for x in ALL]


async def test_pictures_are_compared_with_that_of_any_id(folder: Path) -> None:
    async with connect(folder) as client:
        for given in ALL:
            uri = f"scenario://assets/{given}/image"
            for reference in (uri, given) if given in IDS else (uri,):
                assert given in await found(client, "search_assets", image=reference)
                assert given in await found(client, "search_assets", images={"like": [reference], "unlike": [uri]})


async def test_any_id_is_looked_at_and_read_about(folder: Path) -> None:
    async with connect(folder) as client:
        for given in ALL:
            uri = f"scenario://assets/{given}/image"
            for ids in ([given], [uri], f"{given}, {uri}"):
                shown = (await client.call_tool("view_assets", {"assetIds": ids})).content
                assert [type(block) for block in shown] == [TextContent, ImageContent]
            for ids in (given, f"scenario://models/{given}"):
                (facts,) = (await client.call_tool("get_models", {"modelIds": [ids]})).content
                assert isinstance(facts, TextContent)
                assert json.loads(facts.text)["models"][0]["id"] == given


async def test_any_id_has_resources_and_is_completed(folder: Path) -> None:
    async with connect(folder) as client:
        await found(client, "search_assets", filter="tags = all")
        template = ResourceTemplateReference(type="ref/resource", uri="scenario://assets/{assetId}")
        for given in ALL:
            (facts,) = (await client.read_resource(f"scenario://models/{given}")).contents
            assert isinstance(facts, TextResourceContents)
            assert json.loads(facts.text)["id"] == given
            (contents,) = (await client.read_resource(f"scenario://assets/{given}/image")).contents
            assert isinstance(contents, BlobResourceContents)
            assert Image.open(io.BytesIO(b64decode(contents.blob))).format == "WEBP"
            assert given in (await client.complete(template, {"name": "assetId", "value": given})).completion.values
