"""What files bring into a store, beside lines or alone."""

from pathlib import Path
from typing import Any

import pytest

from scenario_mcp.sandbox.engine.storage import Store
from scenario_mcp.sandbox.own_catalogue import file_ingest
from scenario_mcp.sandbox.own_catalogue.file_documents import asset_id_of, document_of_file
from scenario_mcp.sandbox.own_catalogue.ingest import index_folder
from scenario_mcp.sandbox.own_catalogue.report import passed_over_of
from scenario_mcp.sandbox.own_catalogue.walk import FoundFile
from tests.support.folders import age, counts, draw, media_path, stored, write, write_lines


def test_files_of_no_known_kind_and_hidden_ones_are_passed_over(tmp_path: Path, store: Store) -> None:
    for name in ("a.exe", "README", ".hidden.png", ".git/a.png", "other.jsonl"):
        write(tmp_path / name, "x")
    assert counts(index_folder(tmp_path, store)) == {}


def test_a_file_that_bears_the_id_of_a_line_is_its_picture(tmp_path: Path, store: Store) -> None:
    write_lines(tmp_path, {"id": "asset_1", "metadata": {"kind": "image"}}, {"id": "asset_2"})
    draw(tmp_path / "deep/down/asset_1.png")
    assert counts(index_folder(tmp_path, store)) == {"new": 2}
    assert list(stored(store)) == ["asset_1", "asset_2"]
    assert media_path(store, "asset_1") == "deep/down/asset_1.png"
    assert media_path(store, "asset_2") is None
    assert [document.get("file") for document in store.documents("assets")] == ["deep/down/asset_1.png", None]
    write_lines(tmp_path, {"id": "asset_1", "metadata": {"kind": "image"}}, {"id": "asset_2", "tags": ["new"]})
    assert counts(index_folder(tmp_path, store)) == {"unchanged": 1, "changed": 1}
    assert stored(store)["asset_1"]["file"] == "deep/down/asset_1.png"


@pytest.mark.parametrize("names", [("asset_1.txt", "asset_1.png"), ("asset_1.png", "asset_1.txt")])
def test_of_two_files_with_its_id_the_asset_has_the_one_of_its_kind(
    tmp_path: Path, store: Store, names: tuple[str, str]
) -> None:
    write_lines(tmp_path, {"id": "asset_1", "metadata": {"kind": "image"}})
    for name in names:
        draw(tmp_path / name, format="PNG")
        index_folder(tmp_path, store)
    assert media_path(store, "asset_1") == "asset_1.png"
    (tmp_path / "asset_1.png").unlink()
    age(tmp_path / "asset_1.txt", 1)
    index_folder(tmp_path, store)
    assert media_path(store, "asset_1") == "asset_1.txt"


def test_pictures_in_media_beside_lines_never_become_assets(tmp_path: Path, store: Store) -> None:
    write_lines(tmp_path, {"id": "model_1", "thumbnail": {"assetId": "asset_9"}}, kind="models")
    draw(tmp_path / "media/asset_9.webp")
    draw(tmp_path / "media/not an id.webp")
    assert counts(index_folder(tmp_path, store)) == {"new": 2}
    assert [document["metadata"]["name"] for document in stored(store).values()] == ["not an id"]
    assert media_path(store, "asset_9") == "media/asset_9.webp"
    (tmp_path / "media/asset_9.webp").unlink()
    index_folder(tmp_path, store)
    assert media_path(store, "asset_9") is None


def test_new_changed_and_vanished_files_are_told_apart(tmp_path: Path, store: Store) -> None:
    for name in ("same", "changed", "gone", "becomes broken"):
        draw(tmp_path / f"{name}.png")
    index_folder(tmp_path, store)
    draw(tmp_path / "changed.png", (10, 20))
    draw(tmp_path / "new.png", (30, 20))
    (tmp_path / "gone.png").unlink()
    age(write(tmp_path / "becomes broken.png", "x"), 1)
    report = index_folder(tmp_path, store)
    assert counts(report) == {"new": 1, "changed": 1, "unchanged": 1, "removed": 1, "broken": 1}
    assert {document["metadata"]["name"]: document["metadata"]["width"] for document in stored(store).values()} == {
        "same": 64,
        "changed": 10,
        "new": 30,
    }
    draw(tmp_path / "becomes broken.png")
    assert counts(index_folder(tmp_path, store)) == {"new": 1, "unchanged": 3}


def test_what_is_broken_can_be_asked_for(tmp_path: Path, store: Store) -> None:
    write(tmp_path / "broken.png", "x")
    write(tmp_path / "assets.jsonl", '{"id": "asset_1"}\nnonsense\n{"id": "asset_1"}\n')
    index_folder(tmp_path, store)
    assert {path: file.problem for path, file in store.files().items() if file.problem} == {
        "assets.jsonl": "has 2 lines that are left out: line 2 is not JSON; line 3 repeats an id",
        "broken.png": "is not a picture that can be read",
    }


def test_a_file_that_a_line_takes_over_is_no_asset_of_its_own_any_more(tmp_path: Path, store: Store) -> None:
    draw(tmp_path / "a.png")
    draw(tmp_path / "asset_1.png")
    index_folder(tmp_path, store)
    own_id = asset_id_of("a.png")
    write_lines(tmp_path, {"id": "asset_1"}, {"id": own_id, "description": "Told by a line"})
    index_folder(tmp_path, store)
    assert set(stored(store)) == {"asset_1", own_id}
    assert stored(store)[own_id]["description"] == "Told by a line"
    (tmp_path / "assets.jsonl").unlink()
    index_folder(tmp_path, store)
    assert set(stored(store)) == {asset_id_of("asset_1.png"), own_id}
    assert stored(store)[own_id]["metadata"]["width"] == 64


def test_a_file_that_lines_named_is_an_asset_of_its_own_without_them(tmp_path: Path, store: Store) -> None:
    draw(tmp_path / "a.png")
    write_lines(tmp_path, {"id": "asset_1", "file": "a.png"})
    index_folder(tmp_path, store)
    write_lines(tmp_path, {"id": "asset_1"}, {"id": "asset_2"})
    index_folder(tmp_path, store)
    assert list(stored(store)) == ["asset_1", asset_id_of("a.png"), "asset_2"] or set(stored(store)) == {
        "asset_1",
        "asset_2",
        asset_id_of("a.png"),
    }


@pytest.mark.parametrize("error", [ZeroDivisionError(), RecursionError(), MemoryError(), KeyError("x"), ValueError()])
def test_a_file_that_raises_anything_costs_itself_only(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    for name in ("a", "odd", "z"):
        draw(tmp_path / f"{name}.png")
    read = document_of_file

    def stumble(found: FoundFile, *arguments: Any) -> dict[str, Any]:
        if found.stem == "odd":
            raise error
        return read(found, *arguments)

    monkeypatch.setattr(file_ingest, "document_of_file", stumble)
    expected = [("odd.png", f"cannot be read ({type(error).__name__})")]
    for _ in range(2):
        report = index_folder(tmp_path, store)
        assert report.problems == expected
    assert len(store.ids("assets")) == 2


def test_a_document_that_cannot_be_stored_costs_itself_only(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "odd", "z"):
        draw(tmp_path / f"{name}.png")
    read = document_of_file

    def put_in(found: FoundFile, *arguments: Any) -> dict[str, Any]:
        document = read(found, *arguments)
        return document | {"odd": object()} if found.stem == "odd" else document

    monkeypatch.setattr(file_ingest, "document_of_file", put_in)
    report = index_folder(tmp_path, store)
    assert report.problems == [("odd.png", "cannot be read (TypeError)")]
    assert (report.new, report.broken, len(store.ids("assets"))) == (2, 1, 2)


def test_files_of_kinds_that_are_not_read_are_counted_by_their_endings(tmp_path: Path, store: Store) -> None:
    draw(tmp_path / "a.png")
    for name in ("1.blend", "2.BLEND", "3.blend", "a.zip", "no ending", "Thumbs.db", "collections.jsonl"):
        write(tmp_path / name, "x")
    for _ in range(2):
        report = index_folder(tmp_path, store)
        assert passed_over_of(report) == "5 files of kinds that are not read (.blend 3, .zip 1, no ending 1)"
