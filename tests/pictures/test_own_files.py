"""Pictures of an own catalogue, named by their paths as references."""

import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from scenario_mcp.api.references import AssetId, OwnFile, Place
from scenario_mcp.api.requests import AssetSearch
from scenario_mcp.errors import NotFound, SearchRefused
from scenario_mcp.net.download import Downloader, PublicHosts
from scenario_mcp.pictures.own_files import OwnFiles
from scenario_mcp.pictures.references import ReferenceReader
from scenario_mcp.pictures.resize import Resizer
from scenario_mcp.sandbox.catalogue import Catalogue
from scenario_mcp.sandbox.engine.storage import Store
from scenario_mcp.sandbox.own_catalogue.file_documents import asset_id_of
from scenario_mcp.sandbox.own_catalogue.ingest import index_folder
from tests.support.folders import draw, write

HERO, PIC, CAFE, NARROW = "knights/hero.png", "my pic.png", unicodedata.normalize("NFC", "Café.png"), "a\u202fb.png"
NOT_THERE = "There is no file {} in the folder. Give an id, or the path as a hit's file says it."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("own").resolve() / "art"
    for file in (HERO, PIC, CAFE, NARROW, "two/x y.png", "two/x\u00a0y.png"):
        draw(folder / file)
    draw(folder.parent / "secret.png")
    (folder / "link.png").symlink_to(folder.parent / "secret.png")
    write(folder / ".hidden/pic.png", "x")
    return folder


@pytest.fixture(scope="module")
def catalogue(folder: Path) -> Iterator[Catalogue]:
    with Store.open() as store:
        index_folder(folder, store)
        draw(folder / "later.png")
        yield Catalogue.of_store(store, folder)


@pytest.mark.parametrize("local_files", [True, False])
@pytest.mark.parametrize(
    ("given", "file"),
    [
        (HERO, HERO),
        (f"./{HERO}", HERO),
        ("knights\\hero.png", HERO),
        ("knights/../knights/hero.png", HERO),
        (PIC, PIC),
        ("my%20pic.png", PIC),
        ("'my pic.png'", PIC),
        (unicodedata.normalize("NFD", CAFE), CAFE),
        (NARROW, NARROW),
        ("a b.png", NARROW),
    ],
)
def test_a_path_as_hits_say_it_is_its_asset(catalogue: Catalogue, given: str, file: str, local_files: bool) -> None:  # noqa: FBT001  # a parameter of the test
    assert OwnFiles(catalogue, local_files=local_files).find(OwnFile(given)) == asset_id_of(file)


@pytest.mark.skipif(os.sep == "\\", reason="a backslash separates folders there")
def test_a_path_as_a_shell_escapes_it_is_its_asset(catalogue: Catalogue) -> None:
    assert OwnFiles(catalogue, local_files=False).find(OwnFile("my\\ pic.png")) == asset_id_of(PIC)


@pytest.mark.promise(number=19)
@pytest.mark.parametrize("local_files", [True, False])
@pytest.mark.parametrize(
    "given",
    ["none.png", "../secret.png", "%2e%2e/secret.png", "link.png", "'../secret.png'", "x/../../secret.png", "a\0"],
)
def test_what_is_no_asset_or_lies_outside_is_not_there(catalogue: Catalogue, given: str, local_files: bool) -> None:  # noqa: FBT001  # a parameter of the test
    with pytest.raises(NotFound) as refused:
        OwnFiles(catalogue, local_files=local_files).find(OwnFile(given))
    assert refused.value.message.startswith("There is no file ")
    assert refused.value.message.endswith("in the folder. Give an id, or the path as a hit's file says it.")


def test_two_files_that_look_like_it_are_named_by_their_ids(catalogue: Catalogue) -> None:
    with pytest.raises(NotFound) as refused:
        OwnFiles(catalogue, local_files=False).find(OwnFile("two/x\u202fy.png"))
    ids = ", ".join(sorted([asset_id_of("two/x y.png"), asset_id_of("two/x\u00a0y.png")]))
    assert refused.value.message == f'2 files look like "two/x y.png": {ids}. Give one of these ids.'


@pytest.mark.promise(number=19)
def test_only_who_is_at_this_machine_names_files_by_absolute_paths(catalogue: Catalogue, folder: Path) -> None:
    place = Place(folder / HERO)
    assert OwnFiles(catalogue, local_files=True).find(place) == asset_id_of(HERO)
    far = OwnFiles(catalogue, local_files=False)
    assert (far.find(place), far.folders) == (place, ())
    outside = Place(folder.parent / "secret.png")
    assert OwnFiles(catalogue, local_files=True).find(outside) == outside


def test_a_file_that_is_not_indexed_yet_is_read_by_who_is_at_this_machine(catalogue: Catalogue, folder: Path) -> None:
    found = OwnFiles(catalogue, local_files=True).find(OwnFile("later.png"))
    assert (found, type(found)) == (str(folder / "later.png"), Place)
    with pytest.raises(NotFound):
        OwnFiles(catalogue, local_files=False).find(OwnFile("later.png"))


async def test_a_search_by_a_path_becomes_one_by_its_asset(catalogue: Catalogue) -> None:
    downloader = Downloader(httpx.AsyncClient(), PublicHosts())
    find = OwnFiles(catalogue, local_files=False).find
    reader = ReferenceReader(downloader, Resizer(), None, timeout_seconds=30, find_own=find)
    resolved = await reader.resolve(AssetSearch.model_validate({"images": {"like": [HERO, "asset_1"]}}))
    assert resolved.body() == {"images": {"like": (asset_id_of(HERO), "asset_1")}}
    assert resolved.search.references()["images.like[0]"] == AssetId(asset_id_of(HERO))
    for image, sentence in (
        ("none.png", f"image: {NOT_THERE.format(chr(34) + 'none.png' + chr(34))}"),
        ("/none.png", "image: Local files are not read by a server over HTTP. An asset id or a data URL always works."),
    ):
        with pytest.raises(SearchRefused) as refused:
            await reader.resolve(AssetSearch.model_validate({"image": image}))
        assert refused.value.message == sentence


async def test_without_an_own_catalogue_a_relative_path_is_refused() -> None:
    reader = ReferenceReader(Downloader(httpx.AsyncClient(), PublicHosts()), Resizer(), None, timeout_seconds=30)
    with pytest.raises(SearchRefused) as refused:
        await reader.resolve(AssetSearch.model_validate({"images": {"unlike": ["asset_1", HERO]}}))
    assert refused.value.message.startswith(
        "images.unlike[1] takes an asset id, an https address, an absolute file path"
    )
