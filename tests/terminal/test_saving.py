"""`--save`: the files of hits, as they are, under safe names, and none over another."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_mcp.api.replies import Asset, AssetMetadata
from scenario_mcp.errors import NotFound, Unavailable
from scenario_mcp.pictures.reader import PictureReader
from scenario_mcp.sandbox.catalogue import Catalogue
from scenario_mcp.terminal.saving import Saved, file_stem
from scenario_mcp.terminal.session import FOUND, UNREACHABLE, WRONG_ARGUMENTS
from tests.support.command_line import Ended, typed
from tests.support.fakes import picture

Output = pytest.CaptureFixture[str]
SAMPLES = Catalogue.load()


def save(capsys: Output, folder: Path, *words: str) -> Ended:
    return typed(capsys, "search", "knight", "--sandbox", "--limit", "3", "--save", str(folder), *words)


def test_files_are_saved_as_they_are_and_each_hit_says_where(capsys: Output, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    ended = save(capsys, folder)
    assert (ended.code, ended.errors.splitlines()[0]) == (FOUND, f"Saved 3 files in {folder}.")
    saved = {line[0]: Path(line[7]) for line in ended.lines}
    assert sorted(saved.values()) == sorted(folder.iterdir())
    assert {path.suffix for path in saved.values()} == {".png", ".mp4"}
    for asset_id, path in saved.items():
        media = SAMPLES.media(asset_id)
        assert media is not None
        assert len(path.read_bytes()) > 1000
        if media.mime_type == SAMPLES.assets[asset_id]["mimeType"] and path.suffix == ".mp4":
            assert path.read_bytes() == media.content


def test_no_file_is_replaced_without_a_word(capsys: Output, tmp_path: Path) -> None:
    save(capsys, tmp_path)
    changed = min(tmp_path.iterdir())
    changed.write_bytes(b"mine")
    ended = save(capsys, tmp_path, "--json")
    assert ended.errors == (
        f"Saved 0 files in {tmp_path}.\nAlready there, and left alone: 3. --overwrite replaces them.\n"
    )
    assert changed.read_bytes() == b"mine"
    assert {hit["saved"] for hit in ended.json["hits"]} == {str(path) for path in tmp_path.iterdir()}
    ended = save(capsys, tmp_path, "--overwrite")
    assert ended.errors.startswith(f"Saved 3 files in {tmp_path}.\n")
    assert changed.read_bytes() != b"mine"


def test_a_file_of_an_own_folder_is_saved_byte_for_byte(
    capsys: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "art").mkdir()
    original = picture(3000, "JPEG")
    (tmp_path / "art" / "Knight ../ & co.jpg".replace("/", "_")).write_bytes(original)
    ended = typed(capsys, "search", "knight", "--catalogue", str(tmp_path / "art"), "--save", str(tmp_path / "out"))
    (path,) = (tmp_path / "out").iterdir()
    assert ended.lines[0][7] == str(path)
    assert path.name.startswith("Knight-co-asset_")
    assert (path.suffix, path.read_bytes()) == (".jpg", original)


def test_files_that_cannot_be_fetched_are_named_and_leave_no_trace(
    capsys: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_reader: PictureReader, url: str, write: Callable[[bytes], object], **_: object) -> None:
        write(b"half")
        raise (NotFound("It is gone.") if "asset_18" in url else Unavailable("No answer."))

    monkeypatch.setattr(PictureReader, "copy", fail)
    ended = save(capsys, tmp_path)
    assert (ended.code, len(ended.lines)) == (UNREACHABLE, 3)
    assert [*tmp_path.iterdir()] == []
    assert sorted(ended.errors.splitlines()[1:4]) == [
        "Not saved: asset_18jO6h4lyyX4LDnGkjbKRl. It is gone.",
        "Not saved: asset_BO9HqvvucTMSRoWMWYX1Lq. No answer.",
        "Not saved: asset_FXram4UPRhgsu4Hw96bUBV. No answer.",
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="other words for it")
def test_a_folder_that_cannot_be_written_is_told_before_anything_is_asked(capsys: Output, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    assert save(capsys, file / "folder") == (
        WRONG_ARGUMENTS,
        "",
        f"scenario-mcp: {file}/folder cannot be written: Not a directory. Give --save another folder.\n",
    )


def test_options_without_an_effect_are_refused(capsys: Output) -> None:
    assert typed(capsys, "search", "x", "--overwrite").errors == "scenario-mcp: --overwrite needs --save DIR.\n"
    assert typed(capsys, "search", "x", "--addresses").code == WRONG_ARGUMENTS


@given(st.text(max_size=300))
def test_a_strangers_name_makes_a_name_that_every_system_takes(name: str) -> None:
    stem = file_stem(Asset(id="asset_1", metadata=AssetMetadata(name=name)))
    assert stem.endswith("-asset_1")
    assert len(stem.encode()) <= 120
    assert not set(stem) & set('/\\:*?"<>|. \t\n\0')
    assert os.path.basename(stem) == stem  # noqa: PTH119  # of a text
    assert stem.isprintable()


def test_what_became_of_the_files_is_said_in_a_sentence_each(tmp_path: Path) -> None:
    refused = NotFound("It lies elsewhere.", for_operator="Set the host.")
    saved = Saved({"a": tmp_path / "a.png"}, {"b": tmp_path / "b.png"}, {"c": refused}, ["model_1"])
    assert [*saved.sentences(tmp_path)] == [
        f"Saved 1 file in {tmp_path}.",
        "Already there, and left alone: 1. --overwrite replaces them.",
        "Without a file: model_1.",
        "Not saved: c. It lies elsewhere. Set the host.",
    ]
    assert [saved.path(each) for each in ("a", "b", "c")] == [tmp_path / "a.png", tmp_path / "b.png", None]
