"""What is told of folders and of the index."""

import shutil
from pathlib import Path

import pytest

from scenario_mcp.doctor import files
from scenario_mcp.doctor.files import examine_files
from scenario_mcp.sandbox.engine.indexes import OWN_INDEX_SETTINGS
from scenario_mcp.sandbox.engine.storage import Store
from scenario_mcp.sandbox.own_catalogue.ingest import index_path
from scenario_mcp.settings import Sandbox, Settings
from tests.support.doctor import SHELL, lines, troubles


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(files, "MIN_FREE_BYTES", 0)
    return tmp_path / "cache" / "scenario-mcp" / "catalogues"


@pytest.fixture
def art(tmp_path: Path) -> Path:
    folder = tmp_path / "art"
    folder.mkdir()
    (folder / "knight.png").touch()
    (folder / "notes.docx").touch()
    return folder


def _examine(*folders: Path, images: tuple[str, ...] = ()) -> list[str]:
    settings = Settings(upstream=Sandbox(tuple(map(str, folders))), image_folders=images)
    return lines(examine_files(settings, (), SHELL))


def test_a_folder_and_where_its_index_will_be_are_told(art: Path) -> None:
    assert _examine(art, images=(str(art),)) == [
        f"✓ The catalogue folder {art} has 1 files that can be found",
        f"✓ The index of the catalogue is not made yet; the first start makes it: {index_path(art)}",
        f"✓ Reference pictures may come from {art}",
    ]


def test_an_index_is_told_with_its_size(art: Path) -> None:
    Store.open(index_path(art), OWN_INDEX_SETTINGS).close()
    size = index_path(art).stat().st_size / 1e6
    assert _examine(art)[1:] == [f"✓ The index of the catalogue has {size:.1f} MB: {index_path(art)}"]


def test_each_fault_is_one_line_with_its_next_step(art: Path, tmp_path: Path) -> None:
    empty, missing = tmp_path / "empty", tmp_path / "missing"
    empty.mkdir()
    index_path(art).write_bytes(b"no index at all" * 100)
    give = "→ Give an existing folder that you may read: SCENARIO_MCP_CATALOGUE"
    for folders, line in (
        ((missing,), f"✗ The catalogue folder {missing} is missing {give}"),
        ((art / "knight.png",), f"✗ The catalogue folder {art}/knight.png is a file {give}"),
        (
            (empty,),
            (
                f"! The catalogue folder {empty} has no file that can be found → Put pictures into it, or name another "
                "folder: SCENARIO_MCP_CATALOGUE; docs/own-catalogue.md lists the kinds of files"
            ),
        ),
        (
            (art,),
            (
                "! The index of the catalogue is damaged (file is not a database), so the next start reads all files "
                "again: "
                f"{index_path(art)} → rm {index_path(art)}"
            ),
        ),
    ):
        settings = Settings(upstream=Sandbox(tuple(map(str, folders))))
        assert troubles(examine_files(settings, (), SHELL)) == [line]


def test_a_folder_of_the_command_line_is_told_by_its_option(tmp_path: Path) -> None:
    settings = Settings(upstream=Sandbox((str(tmp_path / "gone"),)))
    assert lines(examine_files(settings, {"SCENARIO_MCP_CATALOGUE"}, SHELL)) == [
        f"✗ The catalogue folder {tmp_path}/gone is missing → Give an existing folder that you may read: --catalogue"
    ]


def test_a_missing_folder_of_reference_pictures_is_told(tmp_path: Path) -> None:
    settings = Settings(image_folders=(str(tmp_path / "refs"),))
    assert troubles(examine_files(settings, (), SHELL)) == [
        (
            f"! The folder {tmp_path}/refs of SCENARIO_MCP_IMAGE_FOLDERS is missing: no picture is taken from it "
            "→ Make it, or name another one: export SCENARIO_MCP_IMAGE_FOLDERS=FOLDER"
        )
    ]


def test_a_place_for_the_index_that_cannot_be_made_is_told(art: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(art / "knight.png"))
    assert _examine(art)[1:] == [
        (
            f"! The index of the catalogue cannot be kept in {art}/knight.png/scenario-mcp/catalogues: Not a "
            f"directory: each "
            "start reads all files again → Name another place: export XDG_CACHE_HOME=FOLDER"
        )
    ]


def test_a_disk_that_is_almost_full_is_told(art: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: type("Usage", (), {"free": 5_000_000}))
    monkeypatch.setattr(files, "MIN_FREE_BYTES", 200_000_000)
    assert _examine(art)[2:] == [
        (
            f"! The disk of the index has 5 MB left: {cache} "
            "→ Free some, or name another place: export XDG_CACHE_HOME=FOLDER"
        )
    ]


def test_nothing_that_is_set_is_told_in_one_line() -> None:
    assert lines(examine_files(Settings(), (), SHELL)) == [
        "- No folders are set, neither a catalogue nor reference pictures"
    ]


def test_counting_ends_after_a_while(art: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "COUNT_SECONDS", -1.0)
    (art / "castle.png").touch()
    assert _examine(art)[0].startswith(f"✓ The catalogue folder {art} has more than ")
