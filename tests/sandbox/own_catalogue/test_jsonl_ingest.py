"""What lines bring into a store, and the files that they name."""

from pathlib import Path
from typing import Any

import pytest

from scenario_mcp.ids import ResourceType
from scenario_mcp.sandbox.engine.storage import Batch, Document, Store
from scenario_mcp.sandbox.own_catalogue.ingest import index_folder
from tests.support.folders import counts, draw, media_path, stored, write, write_lines


def test_a_line_names_its_file_and_what_it_leaves_out_is_read_from_there(tmp_path: Path, store: Store) -> None:
    path = draw(tmp_path / "art/knight.png")
    write_lines(
        tmp_path, {"id": "asset_1", "file": "art/knight.png", "tags": ["mine"], "metadata": {"name": "Sir", "width": 9}}
    )
    assert counts(index_folder(tmp_path, store)) == {"new": 1}
    (document,) = store.documents("assets")
    assert (document["id"], document["mimeType"], document["tags"]) == ("asset_1", "image/png", ["mine"])
    assert document["file"] == "art/knight.png"
    assert document["metadata"] == {
        "kind": "image",
        "type": "uploaded",
        "name": "Sir",
        "size": path.stat().st_size,
        "width": 9,
        "height": 48,
        "aspectRatio": "4:3",
    }
    assert media_path(store, "asset_1") == "art/knight.png"
    assert counts(index_folder(tmp_path, store)) == {"unchanged": 1}


def test_a_named_file_that_changes_comes_or_goes_is_noticed(tmp_path: Path, store: Store) -> None:
    write_lines(tmp_path, {"id": "asset_1", "file": "a.png"}, {"id": "asset_2"})
    first = index_folder(tmp_path, store)
    assert (counts(first), first.problems) == (
        {"new": 2, "broken": 1},
        [("a.png", "is named by a line but is no file of this folder")],
    )
    assert counts(index_folder(tmp_path, store)) == {"unchanged": 2, "broken": 1}
    draw(tmp_path / "a.png")
    assert counts(index_folder(tmp_path, store)) == {"changed": 1, "unchanged": 1}
    draw(tmp_path / "a.png", (10, 10))
    assert counts(index_folder(tmp_path, store)) == {"changed": 1, "unchanged": 1}
    assert stored(store)["asset_1"]["metadata"]["width"] == 10
    (tmp_path / "a.png").unlink()
    assert counts(index_folder(tmp_path, store)) == {"changed": 1, "unchanged": 1, "broken": 1}
    assert "width" not in stored(store)["asset_1"]["metadata"]


def test_a_line_finds_its_file_whose_name_only_looks_the_same(tmp_path: Path, store: Store) -> None:
    draw(tmp_path / "art/Cafe\u0301.png")
    draw(tmp_path / "a\u202fb.png")
    write_lines(tmp_path, {"id": "asset_cafe", "file": "art/Caf\u00e9.png"}, {"id": "asset_2", "file": "a b.png"})
    assert counts(index_folder(tmp_path, store)) == {"new": 2}
    assert media_path(store, "asset_cafe") == "art/Cafe\u0301.png"
    assert media_path(store, "asset_2") == "a\u202fb.png"
    assert [*stored(store)] == ["asset_cafe", "asset_2"]
    assert counts(index_folder(tmp_path, store)) == {"unchanged": 2}


def test_a_file_that_comes_later_is_found_by_its_look_and_two_of_one_look_are_not(tmp_path: Path, store: Store) -> None:
    write_lines(tmp_path, {"id": "asset_1", "file": "a b.png"})
    assert counts(index_folder(tmp_path, store)) == {"new": 1, "broken": 1}
    draw(tmp_path / "a\u202fb.png")
    assert counts(index_folder(tmp_path, store)) == {"changed": 1}
    draw(tmp_path / "a\u00a0b.png")
    index_folder(tmp_path, store)
    assert len(stored(store)) == 2


@pytest.mark.parametrize(
    "name", ["../secret.png", "/etc/hostname", "a\0.png", "\ud800.png", "folder", "a" * 9_000, "link.png", "in/a.png"]
)
def test_a_line_cannot_name_what_is_outside_of_its_folder(tmp_path: Path, store: Store, name: str) -> None:
    draw(tmp_path / "secret.png")
    folder = tmp_path / "catalogue"
    write_lines(folder, {"id": "asset_1", "file": name})
    (folder / "folder").mkdir()
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    (folder / "in").symlink_to(tmp_path)
    draw(tmp_path / "a.png")
    index_folder(folder, store)
    assert media_path(store, "asset_1") is None


def test_a_line_that_names_no_media_or_a_broken_picture_says_so(tmp_path: Path, store: Store) -> None:
    write(tmp_path / "a.exe", "x")
    write(tmp_path / "b.png", "x")
    write_lines(tmp_path, {"id": "asset_1", "file": "a.exe"}, {"id": "asset_2", "file": "b.png"})
    expected = [
        ("a.exe", "is named by a line but is no picture and no other known kind of media"),
        ("b.png", "is not a picture that can be read"),
    ]
    for _ in range(2):
        report = index_folder(tmp_path, store)
        assert (report.problems, list(stored(store))) == (expected, ["asset_1", "asset_2"])


def test_new_changed_and_vanished_lines_are_told_apart(tmp_path: Path, store: Store) -> None:
    write_lines(tmp_path, {"id": "same"}, {"id": "changed"}, {"id": "gone"})
    index_folder(tmp_path, store)
    write_lines(tmp_path, {"id": "new"}, {"id": "same"}, {"id": "changed", "tags": ["x"]})
    assert counts(index_folder(tmp_path, store)) == {"new": 1, "changed": 1, "unchanged": 1, "removed": 1}
    assert list(stored(store)) == ["same", "changed", "new"]
    (tmp_path / "assets.jsonl").unlink()
    assert counts(index_folder(tmp_path, store)) == {"removed": 3}


def test_counts_are_the_same_at_the_second_start(tmp_path: Path, store: Store) -> None:
    write(tmp_path / "empty.png", b"")
    lines = ['{"id": "asset_1", "file": "gone.png"}', '{"id": "asset_2", "file": "empty.png"}', *["odd"] * 30]
    write(tmp_path / "assets.jsonl", "\n".join(lines))
    first, second = index_folder(tmp_path, store), index_folder(tmp_path, store)
    assert (first.new, first.broken) == (second.unchanged, second.broken) == (2, 32)
    assert sorted(first.problems) == sorted(second.problems)
    assert first.reasons == second.reasons


def test_lines_count_once_beside_one_that_cannot_be_stored(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = Batch.put

    def stumble(batch: Batch, resource_type: ResourceType, document: Document, **options: Any) -> None:
        if document["id"] == "asset_3":
            raise ValueError
        put(batch, resource_type, document, **options)

    monkeypatch.setattr(Batch, "put", stumble)
    write_lines(tmp_path, {"id": "asset_1"}, {"id": "asset_2"}, {"id": "asset_3"})
    assert counts(index_folder(tmp_path, store)) == {"new": 2, "broken": 1}
    write_lines(tmp_path, {"id": "asset_1"}, {"id": "asset_2", "tags": ["owl"]}, {"id": "asset_3"}, {"id": "asset_4"})
    assert counts(index_folder(tmp_path, store)) == {"new": 1, "changed": 1, "unchanged": 1, "broken": 1}
    assert [*stored(store)] == ["asset_1", "asset_2", "asset_4"]
