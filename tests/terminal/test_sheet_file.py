"""Where the contact sheet is saved."""

import tempfile
from pathlib import Path

import pytest

from scenario_mcp.terminal import sheet_file
from scenario_mcp.terminal.sheet_file import SheetFile


def test_a_folder_that_is_not_there_is_made(tmp_path: Path) -> None:
    sheet = SheetFile.open(tmp_path / "a" / "b")
    assert sheet.write(b"PNG") == tmp_path / "a" / "b" / "scenario-mcp-demo.png"
    assert (tmp_path / "a" / "b" / "scenario-mcp-demo.png").read_bytes() == b"PNG"


def test_a_relative_folder_is_told_by_its_whole_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert SheetFile.open(Path("~/b")).write(b"PNG") == tmp_path / "home" / "b" / "scenario-mcp-demo.png"
    assert SheetFile.open(Path("a")).write(b"PNG") == tmp_path / "a" / "scenario-mcp-demo.png"
    assert SheetFile.open(None).write(b"PNG") == tmp_path / "scenario-mcp-demo.png"


@pytest.mark.parametrize(
    ("folder", "reason"),
    [("a file", "File exists"), ("a file/below", "Not a directory"), ("x" * 300, "File name too long")],
)
def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path, folder: str, reason: str) -> None:
    (tmp_path / "a file").touch()
    sheet = SheetFile.open(tmp_path / folder)
    told = f"The pictures cannot be saved in {tmp_path / folder}: {reason}. Name another folder with --save-to DIR."
    assert sheet == SheetFile(None, told)
    assert sheet.write(b"PNG") is None


def test_in_place_of_a_current_folder_that_cannot_be_written_a_temporary_one_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheet_file, "_reason_against", lambda _: "Permission denied")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    written = SheetFile.open(None).write(b"PNG")
    assert written is not None
    assert written.parent.parent == tmp_path
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    told = "The pictures will not be saved: no folder can be written. Name one with --save-to DIR."
    assert SheetFile.open(None) == SheetFile(None, told)


def test_a_disk_that_is_full_at_the_end_is_told(tmp_path: Path) -> None:
    sheet = SheetFile.open(tmp_path)
    (tmp_path / sheet_file.NAME).mkdir()
    assert sheet.write(b"PNG") is None
    assert sheet.problem.startswith(f"The pictures cannot be saved in {tmp_path}: Is a directory.")
