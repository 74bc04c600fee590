"""A server for many callers starts with a folder that can be read, and an index that lasts."""

from pathlib import Path

import pytest

from scenario_mcp.errors import SettingsRefused
from scenario_mcp.sandbox.own_catalogue import index_file
from scenario_mcp.sandbox.own_catalogue.ingest import index_path
from scenario_mcp.sandbox.own_catalogue.preconditions import require_usable


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "scenario-mcp" / "catalogues"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "art").mkdir()
    return tmp_path / "art"


def refusal(*folders: Path) -> str:
    with pytest.raises(SettingsRefused) as refused:
        require_usable(folders)
    return str(refused.value)


def test_a_folder_with_a_place_for_its_index_is_usable_and_one_of_several_may_be_missing(
    folder: Path, cache: Path
) -> None:
    require_usable([folder])
    require_usable([folder, folder.parent / "gone"])
    assert len([*cache.glob("*.sqlite")]) == 2


def test_folders_that_are_all_missing_are_not(folder: Path) -> None:
    gone = folder.parent / "gone"
    assert refusal(gone) == f"The catalogue {gone} cannot be read: No such file or directory."


def test_an_index_that_cannot_be_opened_is_not_put_elsewhere(folder: Path, cache: Path) -> None:
    index_path(folder).mkdir(parents=True)
    said = refusal(folder)
    assert said.startswith(f"The index of the catalogue cannot be used in {cache}: ")
    assert said.endswith(". Set XDG_CACHE_HOME to another folder.")


def test_for_one_person_it_is_put_elsewhere(folder: Path) -> None:
    index_path(folder).mkdir(parents=True)
    index = index_file.IndexFile.open(lambda: index_path(folder))
    assert index.path is not None
    assert index.path.parent.name.startswith("scenario-mcp-")
    index.close()
