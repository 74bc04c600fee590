"""The files of a folder: each once, and none that a system or a program made for itself."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_mcp.sandbox.own_catalogue.walk import FoundFile, SkippedFile, opened, walk


def put(folder: Path, *paths: str) -> None:
    for path in paths:
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(path)


def paths_of(folder: Path) -> list[str]:
    return sorted(found.path for found in walk(folder) if isinstance(found, FoundFile))


@pytest.mark.parametrize(
    "name",
    [
        *("@eaDir", "@EADIR", "#recycle", "@Recycle", "__MACOSX", "$RECYCLE.BIN", "System Volume Information"),
        *("lost+found", ".thumbnails", "node_modules", "#snapshot"),
    ],
)
def test_folders_of_systems_are_passed_over_at_any_depth(tmp_path: Path, name: str) -> None:
    put(tmp_path, f"{name}/a.png", f"shoot/day/{name}/deep/b.png", "shoot/day/kept.png", f"{name}s/c.png")
    kept = [] if name.startswith(".") else [f"{name}s/c.png"]
    assert paths_of(tmp_path) == sorted(["shoot/day/kept.png", *kept])


def test_a_file_of_such_a_name_is_met(tmp_path: Path) -> None:
    put(tmp_path, "@eaDir.png", "lost+found")
    assert paths_of(tmp_path) == ["@eaDir.png", "lost+found"]


def test_a_link_to_a_file_that_is_met_by_its_own_path_counts_once(tmp_path: Path) -> None:
    put(tmp_path, "in/a.png")
    (tmp_path / "again.png").symlink_to("in/a.png")
    (tmp_path / "in/loop").symlink_to("..")
    assert paths_of(tmp_path) == ["in/a.png"]


def test_a_link_to_a_file_in_a_folder_that_is_passed_over_stands_for_it_once(tmp_path: Path) -> None:
    put(tmp_path, ".objects/1", ".store/set/b.png")
    (tmp_path / "a.png").symlink_to(".objects/1")
    (tmp_path / "same.png").symlink_to(".objects/1")
    (tmp_path / "set").symlink_to(".store/set")
    found = [each for each in walk(tmp_path) if isinstance(each, FoundFile)]
    assert len(found) == 2
    contents = set()
    for each in found:
        with opened(tmp_path, each) as file:
            contents.add(file.read().decode())
    assert contents == {".objects/1", ".store/set/b.png"}


def test_links_that_lead_out_are_told(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    put(tmp_path, "secret.png", "others/b.png", "folder/a.png")
    (folder / "out.png").symlink_to("../secret.png")
    (folder / "others").symlink_to("../others")
    skipped = sorted(each for each in walk(folder) if isinstance(each, SkippedFile))
    assert skipped == [(name, "is a link that leads out of the folder") for name in ("others", "out.png")]
    assert paths_of(folder) == ["a.png"]


def test_a_time_that_no_store_can_hold_is_brought_within_its_bounds(tmp_path: Path) -> None:
    put(tmp_path, "late.png")
    try:
        os.utime(tmp_path / "late.png", ns=(2**63 - 1, 2**63 - 1))
    except (OSError, OverflowError):
        pytest.skip("this file system holds no such time")
    (found,) = walk(tmp_path)
    assert isinstance(found, FoundFile)
    assert abs(found.mtime_ns) < 2**63
    with opened(tmp_path, found):
        pass


def test_a_text_beside_a_picture_is_its_sidecar_and_changes_its_version(tmp_path: Path) -> None:
    put(tmp_path, "x.png", "x.txt", "lore.txt")
    first = {each.path: each for each in walk(tmp_path) if isinstance(each, FoundFile)}
    assert sorted(first) == ["lore.txt", "x.png"]
    assert [each.path for each in first["x.png"].sidecars] == ["x.txt"]
    (tmp_path / "x.txt").write_text("another caption")
    second = {each.path: each for each in walk(tmp_path) if isinstance(each, FoundFile)}
    assert second["x.png"].version != first["x.png"].version
    assert second["lore.txt"].version == first["lore.txt"].version


@given(links=st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd")), max_size=8))
def test_whatever_folders_link_to_each_other_each_file_is_met_once(
    tmp_path_factory: pytest.TempPathFactory, links: list[tuple[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("links")
    for name in "abcd":
        put(folder, f"{name}/{name}.png")
    for number, (source, target) in enumerate(links):
        (folder / source / f"link{number}").symlink_to(f"../{target}")
    assert paths_of(folder) == [f"{name}/{name}.png" for name in "abcd"]
