"""Files that are moved, renamed or copied between two readings of a folder."""

import shutil
from pathlib import Path

from scenario_mcp.sandbox.engine.storage import Store
from scenario_mcp.sandbox.own_catalogue.ingest import index_folder
from tests.support.folders import age, counts, draw, media_path, stored


def paths(store: Store) -> dict[str, str | None]:
    return {asset_id: media_path(store, asset_id) for asset_id in stored(store)}


def test_a_moved_file_keeps_its_id_its_date_and_its_look(tmp_path: Path, store: Store) -> None:
    draw(tmp_path / "a.png")
    age(draw(tmp_path / "b.png", colour="red"), 5)
    index_folder(tmp_path, store)
    before = {path: asset_id for asset_id, path in paths(store).items()}
    created = stored(store)[before["a.png"]]["createdAt"]
    with store.writing() as batch:
        batch.put_feature("assets", before["a.png"], "look-3", b"look")
        batch.put_feature("assets", before["a.png"], "meaning", b"of the name")
    (tmp_path / "new").mkdir()
    (tmp_path / "a.png").rename(tmp_path / "new" / "fox.png")
    assert counts(index_folder(tmp_path, store)) == {"changed": 1, "unchanged": 1}
    assert paths(store) == {before["a.png"]: "new/fox.png", before["b.png"]: "b.png"}
    moved = stored(store)[before["a.png"]]
    assert (moved["metadata"]["name"], moved["tags"], moved["createdAt"]) == ("fox", ["new"], created)
    assert store.features("assets", "look-3") == {before["a.png"]: b"look"}
    assert store.features("assets", "meaning") == {}
    assert set(store.files()) == {"b.png", "new/fox.png"}
    assert counts(index_folder(tmp_path, store)) == {"unchanged": 2}


def test_a_file_in_the_place_of_a_moved_one_is_another_asset(tmp_path: Path, store: Store) -> None:
    draw(tmp_path / "a.png")
    index_folder(tmp_path, store)
    (first,) = stored(store)
    (tmp_path / "a.png").rename(tmp_path / "b.png")
    index_folder(tmp_path, store)
    age(draw(tmp_path / "a.png", colour="red"), 9)
    assert counts(index_folder(tmp_path, store)) == {"new": 1, "unchanged": 1}
    assert sorted(paths(store).values(), key=str) == ["a.png", "b.png"]
    assert paths(store)[first] == "b.png"
    assert counts(index_folder(tmp_path, store)) == {"unchanged": 2}


def test_two_copies_are_two_assets(tmp_path: Path, store: Store) -> None:
    draw(tmp_path / "a.png")
    index_folder(tmp_path, store)
    shutil.copy2(tmp_path / "a.png", tmp_path / "b.png")
    assert counts(index_folder(tmp_path, store)) == {"new": 1, "unchanged": 1}
    (tmp_path / "a.png").unlink()
    assert counts(index_folder(tmp_path, store)) == {"unchanged": 1, "removed": 1}
    assert list(paths(store).values()) == ["b.png"]


def test_a_folder_that_is_renamed_takes_the_ids_of_files_alike_along_by_their_names(
    tmp_path: Path, store: Store
) -> None:
    for name in ("a", "b", "c"):
        draw(tmp_path / "old" / f"{name}.png")  # of the same size and time
    index_folder(tmp_path, store)
    before = {asset_id: path and path.replace("old/", "new/") for asset_id, path in paths(store).items()}
    (tmp_path / "old").rename(tmp_path / "new")
    assert counts(index_folder(tmp_path, store)) == {"changed": 3}
    assert paths(store) == before


def test_files_that_cannot_be_told_apart_are_new_ones(tmp_path: Path, store: Store) -> None:
    for name in ("a", "b"):
        draw(tmp_path / f"{name}.png")
    index_folder(tmp_path, store)
    for name in ("a", "b"):
        (tmp_path / f"{name}.png").rename(tmp_path / f"{name}{name}.png")
    assert counts(index_folder(tmp_path, store)) == {"new": 2, "removed": 2}
