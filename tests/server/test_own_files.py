"""A folder's own files through a client: which file a hit is, and how it is found by its path."""

import json
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp.client import Client
from mcp.shared.exceptions import MCPError
from mcp.types import TextContent, TextResourceContents

from benchmarks.tokens import EVERYTHING, MAX_MEAN_HIT, MAX_PAGE_OF_20, MAX_TOOL_LIST, cost_of_hits, cost_of_the_tools
from scenario_mcp.api.client import ScenarioClient
from scenario_mcp.api.requests import AssetSearch
from scenario_mcp.api.retries import RetryTransport
from scenario_mcp.backend import connect as connect_to
from scenario_mcp.backend import open_connections
from scenario_mcp.errors import SearchRefused
from scenario_mcp.recent_ids import RecentIds
from scenario_mcp.server.app import build_server
from scenario_mcp.server.tools.search import OF_OWN_FILES
from scenario_mcp.server.tools.view_assets import AssetsView, view_assets
from scenario_mcp.settings import Sandbox, Settings
from tests.support.folders import draw, wait_for_readings, write

HERO, GUARD = "characters/knights/CamelCaseHero_v2.png", "characters/knights/old/HTTPServerGuard03.png"
DRAGON, NUMBERED, PHOTO = "names/red dragon concept v2 FINAL (1).png", "names/00012-3187654321.png", "refs/DSC_0042.JPG"
COURIERS = ("web/courier.webp", "web/courier.avif")
IMAGES = ("a/image.png", "b/image.png")
OTHER = "knights/characters/other.png"
CAFE, RUSSIAN, JAPANESE = "u\u0308/Cafe\u0301 X.png", "кириллица/Рыцарь_07.png", "日本/騎士の絵.png"
LONG = "scenes/beach/summer/tiny crab knight on the beach with a red umbrella and a bucket 0001.png"
FILES = (HERO, GUARD, DRAGON, NUMBERED, PHOTO, *COURIERS, *IMAGES, OTHER, CAFE, RUSSIAN, JAPANESE, LONG)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("own")
    for file in FILES:
        draw(root / "art" / file)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(root / "cache"))
        wait_for_readings(patch)
        yield root / "art"


def connect(folder: Path) -> Client:
    return Client(build_server(Settings(upstream=Sandbox((str(folder),)))))


async def hits_of(client: Client, **arguments: Any) -> list[dict[str, Any]]:
    result = await client.call_tool("search_assets", arguments)
    assert result.structured_content is not None, result.content
    hits: list[dict[str, Any]] = result.structured_content["hits"]
    return hits


async def note_of(client: Client, **arguments: Any) -> str | None:
    result = await client.call_tool("search_assets", arguments)
    return (result.structured_content or {}).get("note")


async def files_of(client: Client, **arguments: Any) -> list[str]:
    return [hit["file"] for hit in await hits_of(client, **arguments)]


@pytest.mark.parametrize(
    ("query", "file"),
    [
        ("CamelCaseHero_v2", HERO),
        ("camelcasehero", HERO),
        ("CamelCaseHero_v2.png", HERO),
        ("hero", HERO),
        ("camel case hero", HERO),
        ("server guard", GUARD),
        ("red dragon concept v2 FINAL (1)", DRAGON),
        ("00012-3187654321.png", NUMBERED),
        ("3187654321", NUMBERED),
        ("31876", NUMBERED),
        ("DSC_0042.JPG", PHOTO),
        ("dsc_0042", PHOTO),
        ("webp", COURIERS[0]),
        (".avif", COURIERS[1]),
        ("courier.avif", COURIERS[1]),
        ("a/image.png", IMAGES[0]),
        ("b/image", IMAGES[1]),
        ("b\\image.png", IMAGES[1]),
        ("knights/characters", OTHER),
        ("characters/knights", HERO),
        (unicodedata.normalize("NFC", "Café"), CAFE),
        (unicodedata.normalize("NFD", "Café"), CAFE),
        ("рыцарь_07", RUSSIAN),
        ("騎士", JAPANESE),
        ("umbrella and a bucket", LONG),
    ],
)
async def test_a_file_is_found_by_its_name_as_it_is_written_in_parts_and_by_its_ending(
    folder: Path, query: str, file: str
) -> None:
    async with connect(folder) as client:
        first = (await hits_of(client, query=query))[0]
        (facts,) = (await client.read_resource(f"scenario://assets/{first['id']}")).contents
        assert isinstance(facts, TextResourceContents)
        assert json.loads(facts.text)["file"] == file


async def test_words_of_a_file_that_are_made_for_the_search_stand_in_no_answer(folder: Path) -> None:
    async with connect(folder) as client:
        (hit,) = await hits_of(client, query="server guard")
        for arguments in ({"details": True, "pictures": False}, {"pictures": False}):
            result = await client.call_tool("view_assets", {"assetIds": [hit["id"]], **arguments})
            assert "Server Guard" not in str(result)
            assert "#words" not in str(result)


async def test_pixels_and_format_are_words_of_a_file(folder: Path) -> None:
    async with connect(folder) as client:
        assert (await files_of(client, query='"64x48" jpeg'))[0] == PHOTO


@pytest.mark.parametrize(
    ("filter_expression", "files"),
    [
        (f'file = "{COURIERS[0]}"', {COURIERS[0]}),
        (f'file = "{COURIERS[0].upper()}"', {COURIERS[0]}),
        ('file STARTS WITH "characters/knights/"', {HERO, GUARD}),
        (f'file IN ["{IMAGES[0]}", "{IMAGES[1]}"]', set(IMAGES)),
        ('NOT file STARTS WITH "characters/" AND tags = knights', {OTHER}),
    ],
)
async def test_paths_can_be_filtered_on(folder: Path, filter_expression: str, files: set[str]) -> None:
    async with connect(folder) as client:
        assert set(await files_of(client, filter=filter_expression)) == files
        assert await note_of(client, filter=filter_expression) is None


async def test_files_of_one_name_are_told_apart_in_hits_and_captions(folder: Path) -> None:
    async with connect(folder) as client:
        hits = await hits_of(client, query="courier")
        assert {(hit["name"], hit["file"]) for hit in hits} == {("courier", file) for file in COURIERS}
        result = await client.call_tool("view_assets", {"assetIds": [hit["id"] for hit in hits], "size": 64})
        block = result.content[0]
        assert isinstance(block, TextContent)
        for line, hit in zip(block.text.splitlines(), hits, strict=True):
            assert f'"courier": image 64x48, 2025-06-15. file: "{folder}/{hit["file"]}". tags: "web".' in line


async def test_all_facts_have_the_path_below_the_folder_and_on_this_machine(folder: Path) -> None:
    async with connect(folder) as client:
        (hit,) = await hits_of(client, query="dragon")
        result = await client.call_tool("view_assets", {"assetIds": [hit["id"]], "details": True, "pictures": False})
        block = result.content[0]
        assert isinstance(block, TextContent)
        (seen,) = json.loads(block.text)["assets"]
        (contents,) = (await client.read_resource(f"scenario://assets/{hit['id']}")).contents
        assert isinstance(contents, TextResourceContents)
        for facts in (seen, json.loads(contents.text)):
            assert (facts["file"], facts["path"]) == (DRAGON, str(folder / DRAGON))


async def test_a_long_path_is_cut_in_its_middle_and_a_cut_name_is_not_said_beside_it(folder: Path) -> None:
    async with connect(folder) as client:
        (hit,) = await hits_of(client, query="umbrella")
        assert "name" not in hit
        assert hit["file"] == f"scenes…/{LONG.rpartition('/')[2]}"


async def test_hits_with_paths_keep_to_the_budget(folder: Path) -> None:
    async with connect(folder) as client:
        cost = await cost_of_hits(client, "search_assets", filter=EVERYTHING)
        assert cost.hits == len(FILES)
        assert cost.mean_hit <= MAX_MEAN_HIT
        assert cost.page_of_20 <= MAX_PAGE_OF_20


async def test_the_tool_list_says_what_is_different_in_a_folder_and_keeps_to_its_budget(folder: Path) -> None:
    async with connect(folder) as client, Client(build_server(Settings(upstream=Sandbox()))) as samples:
        own, others = (await client.list_tools()).tools, (await samples.list_tools()).tools
        assert [(each.name, (each.description or "").removesuffix(f" {OF_OWN_FILES}")) for each in own] == [
            (each.name, each.description) for each in others
        ]
        assert (own[0].description or "").endswith('filter takes file STARTS WITH "folder/", image takes a path.')
        assert sum((await cost_of_the_tools(client)).values()) <= MAX_TOOL_LIST


@pytest.mark.usefixtures("folder")  # and its place for indexes
async def test_a_file_that_is_gone_or_was_replaced_says_so_and_a_new_one_is_shown(tmp_path: Path) -> None:
    own = tmp_path / "art"
    draw(own / "gone.png")
    draw(own / "replaced.png", (64, 48), "red")
    async with connect(own) as client:
        gone, replaced = [(await hits_of(client, query=word))[0] for word in ("gone", "replaced")]

        async def seen(hit: dict[str, Any]) -> list[str]:
            result = await client.call_tool("view_assets", {"assetIds": [hit["id"]], "size": 64})
            return [block.text if isinstance(block, TextContent) else block.type for block in result.content]

        (own / "gone.png").unlink()
        sentence = "Its file is no longer there. Search again for what is."
        assert (await seen(gone))[0].endswith(f". Not shown: {sentence}")
        with pytest.raises(MCPError, match=sentence):
            await client.read_resource(gone["uri"])
        write(own / "replaced.png", "no picture at all")
        assert (await seen(replaced))[0].endswith(". Not shown: This is not a picture of a kind that is read here.")
        draw(own / "replaced.png", (80, 60), "blue")
        assert (await seen(replaced))[1:] == ["image"]
        draw(own / "gone.png")
        assert (await seen(gone))[1:] == ["image"]


@pytest.mark.promise(number=7)
async def test_over_http_no_path_of_the_server_is_told(folder: Path) -> None:
    settings = Settings(upstream=Sandbox((str(folder),)))
    async with open_connections(settings) as connections, httpx.AsyncClient() as web:
        credentials = connections.credentials(settings.credentials)
        client = ScenarioClient(
            RetryTransport(connections.api, settings, credentials), settings.upstream.base_url, credentials
        )
        far = connect_to(settings, connections._replace(web=web), client, RecentIds(), local_files=False)
        near = connect_to(settings, connections._replace(web=web), client, RecentIds(), local_files=True)
        assert (far.local_path(HERO), near.local_path(HERO)) == (None, str(folder / HERO))
        assert near.local_path("../cache") is None
        page = await far.client.search_assets(AssetSearch(query="camelcasehero").resolve())
        answer = await view_assets(far, AssetsView(asset_ids=(page.hits[0].id,), size=64))
        assert str(folder) not in str(answer)
        assert f'file: "{HERO}"' in str(answer.blocks[0])
        with pytest.raises(SearchRefused, match="Local files are not read by a server over HTTP"):
            await far.references.resolve(AssetSearch.model_validate({"image": str(folder / HERO)}))
