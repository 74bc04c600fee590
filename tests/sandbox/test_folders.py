"""Several folders as one catalogue."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from scenario_mcp.errors import SettingsRefused
from scenario_mcp.sandbox.catalogue import Catalogue
from scenario_mcp.sandbox.engine.storage import Store
from scenario_mcp.sandbox.folders import Folders
from scenario_mcp.sandbox.own_catalogue.ingest import index_folder, index_path
from scenario_mcp.sandbox.own_catalogue.report import folder_lines
from scenario_mcp.sandbox.own_catalogue.status import CatalogueStatus
from tests.support.folders import counts, draw, stored, write_lines


def made(parent: Path, *names: str) -> list[Path]:
    folders = [parent / name for name in names]
    for folder in folders:
        folder.mkdir(parents=True)
    return folders


@pytest.fixture
def store() -> Iterator[Store]:
    with Store.open() as store:
        yield store


def files(store: Store) -> list[str]:
    return sorted(asset["file"] for asset in stored(store).values() if "file" in asset)


def test_a_single_folder_has_no_label(tmp_path: Path) -> None:
    folders = Folders.of(tmp_path)
    assert folders.real_path("a/b.png") == tmp_path / "a/b.png"
    assert folders.path_of(tmp_path / "a/b.png") == "a/b.png"


def test_folders_of_one_name_have_labels_of_their_own(tmp_path: Path) -> None:
    art, other, refs = made(tmp_path, "1/art", "2/art", "refs")
    folders = Folders.of([art, other, refs])
    assert [root.label for root in folders.roots] == ["art", "art (2)", "refs"]
    assert folders.real_path("art (2)/x.png") == other / "x.png"
    assert folders.path_of(other / "x.png") == "art (2)/x.png"
    assert folders.real_path("elsewhere/x.png") is None


def test_a_folder_given_twice_or_inside_another_counts_once(tmp_path: Path) -> None:
    art, inner = made(tmp_path, "art", "art/inner")
    (tmp_path / "link").symlink_to("art")
    assert Folders.of([art, inner, tmp_path / "link", art]) == Folders.of(art)


@pytest.mark.parametrize("path", ["art/../refs/x.png", "art/../../secret", "refs", "art/out/secret"])
def test_no_path_leads_out_of_its_folder(tmp_path: Path, path: str) -> None:
    art, refs = made(tmp_path, "art", "refs")
    (tmp_path / "secret").write_text("x")
    (art / "out").symlink_to("..")
    assert Folders.of([art, refs]).real_path(path) is None


def test_files_and_lines_of_several_folders_are_one_catalogue(tmp_path: Path, store: Store) -> None:
    art, refs = made(tmp_path, "art", "refs")
    draw(art / "a/knight.png")
    draw(refs / "knight.png")
    draw(refs / "owl.png")
    write_lines(refs, {"id": "asset_owl", "file": "owl.png"}, {"id": "asset_text"})
    write_lines(art, {"id": "asset_art"})
    for _ in range(2):
        index_folder(Folders.of([art, refs]), store)
        assert files(store) == ["art/a/knight.png", "refs/knight.png", "refs/owl.png"]
        assert {"asset_owl", "asset_text", "asset_art"} < set(store.ids("assets"))
    catalogue = Catalogue.of_store(store, Folders.of([art, refs]))
    media = catalogue.media("asset_owl")
    assert media is not None
    assert media.content == (refs / "owl.png").read_bytes()
    assert catalogue.folders == (art, refs)
    assert catalogue.asset_at(refs / "owl.png") == "asset_owl"
    (art / "assets.jsonl").unlink()
    assert counts(index_folder(Folders.of([art, refs]), store))["removed"] == 1
    assert "asset_art" not in store.ids("assets")


def test_a_folder_that_is_missing_for_now_is_told_and_loses_nothing(tmp_path: Path, store: Store) -> None:
    art, refs = made(tmp_path, "art", "refs")
    draw(art / "knight.png")
    draw(refs / "owl.png")
    write_lines(refs, {"id": "asset_line"})
    folders = Folders.of([art, refs])
    index_folder(folders, store)
    known = set(store.ids("assets"))
    refs.rename(tmp_path / "away")
    report = index_folder(folders, store)
    assert (report.problems, report.broken) == ([], 0)
    assert folder_lines(report.folder_problems) == [f"The folder {refs} cannot be read: No such file or directory."]
    assert set(store.ids("assets")) == known
    status = CatalogueStatus(is_whole=True, is_reading=False, report=report)
    assert status.note(found_nothing=False, by_picture=False) == "The catalogue's folder refs cannot be read now."
    (tmp_path / "away").rename(refs)
    assert counts(index_folder(folders, store)) == {"unchanged": 3}
    art.rename(tmp_path / "1")
    refs.rename(tmp_path / "2")
    with pytest.raises(SettingsRefused, match="cannot be read: No such file"):
        index_folder(folders, store)
    assert set(store.ids("assets")) == known


def test_an_empty_folder_among_others_is_told(tmp_path: Path, store: Store) -> None:
    art, refs = made(tmp_path, "art", "refs")
    draw(art / "knight.png")
    report = index_folder(Folders.of([art, refs]), store)
    status = CatalogueStatus(is_whole=True, is_reading=False, report=report)
    assert status.note(found_nothing=True, by_picture=False) == "The catalogue's folder refs is empty."
    assert folder_lines(report.folder_problems) == [f"The folder {refs} is empty."]


def test_the_index_does_not_depend_on_the_order_of_folders(tmp_path: Path) -> None:
    art, refs = made(tmp_path, "art", "refs")
    assert index_path(Folders.of([art, refs])) == index_path(Folders.of([refs, art])) != index_path(art)


def test_a_link_from_one_folder_into_another_is_no_problem(tmp_path: Path, store: Store) -> None:
    art, refs = made(tmp_path, "art", "refs")
    draw(refs / "owl.png")
    (art / "owl.png").symlink_to(refs / "owl.png")
    (art / "refs").symlink_to(refs)
    report = index_folder(Folders.of([art, refs]), store)
    assert (files(store), report.problems) == (["refs/owl.png"], [])
