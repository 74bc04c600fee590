"""The demonstration: what a newcomer sees first, in a terminal with pictures and without."""

import io
import os
import re
import sys
from pathlib import Path

import pytest
from PIL import Image
from rich.console import Console

from scenario_mcp import cli
from scenario_mcp.hosts.launch import own_launch
from scenario_mcp.terminal import demo
from tests.support.terminals import KITTY, NO_PICTURES, run_in_terminal

pytestmark = pytest.mark.processes

PROGRAM = "import sys; from scenario_mcp.cli import run; sys.exit(run(['demo', '--save-to', sys.argv[1]]))"
ONE_CALL = "from scenario_mcp.terminal import demo; demo.CALLS = demo.CALLS[:1]; "
"""Before the program: a shorter demonstration, where one call shows as much as four."""
ENVIRON = {
    **{name: value for name, value in os.environ.items() if name not in {"CI", "TMUX", "STY"}},
    "TERM": "xterm-256color",
    "COLUMNS": "120",
}
KITTY_PICTURE = re.compile(rb"(?:\x1b_G[^\x1b;]*a=T[^\x1b]*\x1b\\)(?:\x1b_Gm=[^\x1b]*\x1b\\)*")
LAST_LINES = """
To search like this from Claude Desktop:
scenario-mcp install claude-desktop --sandbox
In its place cursor, vscode, codex or another host; without --sandbox it searches your Scenario project.
"""
needs_a_terminal = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals of this kind")


def run(folder: Path) -> str:
    console = Console(width=120, file=io.StringIO())
    assert demo.run(folder, console) == 0
    return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]  # the StringIO above


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """Run it as it is; return what it shows and the folder it saved to."""
    folder = tmp_path_factory.mktemp("demo")
    return run(folder), folder


def test_without_a_terminal_it_searches_and_saves_one_contact_sheet(usual: tuple[str, Path]) -> None:
    shown, folder = usual
    assert shown.startswith(
        "Starting scenario-mcp --sandbox, as a client would: no account, no network.\n\nIt offers search_assets, "
    )
    assert shown.count("┏") == 4
    assert 'Write: {"query": "dragon", "filter": "kind = image"}' in " ".join(shown.split())
    assert "\x1b" not in shown
    sheet = folder / "scenario-mcp-demo.png"
    assert shown.endswith(
        f"\nThe 13 pictures of these hits are saved on one contact sheet:\n{sheet.resolve()}\n{LAST_LINES}"
    )
    assert [*folder.iterdir()] == [sheet]
    with Image.open(sheet) as image:
        assert (image.format, image.size) == ("PNG", (1600, 1058))


@needs_a_terminal
def test_in_a_terminal_with_pictures_it_shows_them_under_each_search_and_saves_none(tmp_path: Path) -> None:
    output, errors = run_in_terminal(PROGRAM, str(tmp_path), answers=[KITTY], environ=ENVIRON)
    assert errors == ""
    rows = [row.count(b"\x1b7") for row in re.split(rb"\x1b\[\d+A", output)[1:]]
    assert rows == [5, 5, 2, 5]
    assert len(KITTY_PICTURE.findall(output)) == 17
    assert re.search(rb"\x1b\[9BKnight portrait +Knight portrait \(\xe2\x80\xa6  char_knight", output)
    program = own_launch(ENVIRON).shown  # by its path: it is typed in another shell
    assert output.decode().endswith(LAST_LINES.replace("scenario-mcp install", f"{program} install"))
    assert b"saved" not in output
    assert [*tmp_path.iterdir()] == []


@needs_a_terminal
def test_in_a_terminal_without_pictures_it_saves_the_contact_sheet(tmp_path: Path) -> None:
    output, errors = run_in_terminal(ONE_CALL + PROGRAM, str(tmp_path), answers=[NO_PICTURES], environ=ENVIRON)
    assert errors == ""
    assert KITTY_PICTURE.findall(output) == []
    assert [path.name for path in tmp_path.iterdir()] == ["scenario-mcp-demo.png"]


def _make_calls_fail(monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    """Start the server with a setting that the demonstration itself keeps from it."""
    clean = demo.server_environ
    monkeypatch.setattr(demo, "server_environ", lambda environ: {**clean(environ), "SCENARIO_MCP_SANDBOX_FAULT": fault})


def test_settings_of_the_server_do_not_change_what_it_shows(
    usual: tuple[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown, folder = usual
    monkeypatch.setenv("SCENARIO_MCP_TIMEOUT_SECONDS", "abc")
    monkeypatch.setenv("SCENARIO_MCP_CATALOGUE", str(tmp_path / "nowhere"))
    monkeypatch.setenv("SCENARIO_MCP_SANDBOX_FAULT", "500")
    monkeypatch.setenv("SCENARIO_SDK_API_KEY", "half of a pair")
    assert run(tmp_path) == shown.replace(str(folder), str(tmp_path))


@pytest.mark.parametrize("program", ["raise SystemExit(2)", "input()", "input(); print('{}')"])
def test_a_server_that_fails_is_told_in_one_sentence(
    program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo, "SERVER", ["-c", program])
    console = Console(width=120, file=io.StringIO())
    assert demo.run(tmp_path, console) == 1
    told = f"The server that the demo started has failed. To see why, run: {sys.executable} -c {program}"
    assert capsys.readouterr() == ("", f"scenario-mcp: {told}\n")
    assert console.file.getvalue() == (  # type: ignore[attr-defined]  # the StringIO above
        "Starting scenario-mcp --sandbox, as a client would: no account, no network.\n\n"
    )
    assert [*tmp_path.iterdir()] == []


def test_pictures_that_cannot_be_read_are_not_spoken_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _make_calls_fail(monkeypatch, "404:2")
    shown = run(tmp_path)
    told = re.search(r"The (\d+) pictures of these hits", shown)
    assert told
    assert 0 < int(told[1]) < 13


def test_when_nothing_is_found_it_shows_why_and_saves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _make_calls_fail(monkeypatch, "403")
    shown = run(tmp_path)
    assert shown.count("(403)") == 3
    assert shown.endswith(LAST_LINES)
    assert [*tmp_path.iterdir()] == []


def test_it_says_when_it_cannot_save(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(demo, "CALLS", demo.CALLS[:1])
    assert cli.run(["demo", "--save-to", "/dev/null/nowhere"]) == 2
    assert capsys.readouterr().err == (
        "scenario-mcp: The pictures cannot be saved in /dev/null/nowhere: Not a directory. Try --save-to.\n"
    )


def test_what_strangers_wrote_is_shown_as_plain_text() -> None:
    console = Console(width=60, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(demo.hit_table([{"id": "asset_1", "name": "[red]A[/] :skull: \x1b]0;owned\x07\x1b[2J\u202eB"}]))
    shown = console.file.getvalue()  # type: ignore[attr-defined]  # the StringIO above
    assert "│ asset_1 │ [red]A[/] :skull: ]0;owned[2JB │" in shown
    assert set(re.findall(r"\x1b\[[^m]*m", shown)) == {"\x1b[1m", "\x1b[0m"}
