"""The demonstration: what a newcomer sees first, in a terminal with pictures and without."""

import errno
import io
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from rich.console import Console

from scenario_mcp import standard_streams
from scenario_mcp.hosts.launch import own_launch
from scenario_mcp.server.app import build_server
from scenario_mcp.settings import Sandbox, Settings
from scenario_mcp.terminal import demo
from tests.conftest import Snapshot
from tests.support.failing import Failing
from tests.support.forked import forked_command
from tests.support.terminals import KITTY, NO_PICTURES, run_in_terminal

PROGRAM = """
import os, sys
from scenario_mcp import cli
from scenario_mcp.terminal import demo
os.chdir(sys.argv[1])
demo.SERVER = sys.argv[2:] or demo.SERVER
sys.exit(cli.run(["demo"]))
"""
ONE_CALL = "from scenario_mcp.terminal import demo; demo.CALLS = demo.CALLS[:1]; "
"""Before the program: a shorter demonstration, where one call shows as much as four."""
ENVIRON = {
    **{name: value for name, value in os.environ.items() if name not in {"CI", "TMUX", "STY"}},
    "TERM": "xterm-256color",
    "COLUMNS": "120",
}
KITTY_PICTURE = re.compile(rb"(?:\x1b_G[^\x1b;]*a=T[^\x1b]*\x1b\\)(?:\x1b_Gm=[^\x1b]*\x1b\\)*")
DAY = re.compile(r"\b20\d\d-\d\d-\d\d\b")
LAST_LINES = """
To search like this from Claude Desktop:
  PROGRAM install claude-desktop --sandbox
In your Scenario project; it asks for the API key:
  PROGRAM install claude-desktop
In a folder of your own pictures, without an account:
  PROGRAM install claude-desktop --catalogue DIR
In place of claude-desktop: cursor, vscode, codex and others, which docs/hosts.md lists.
"""
BY_HAND = """\
By hand, in the settings of a host:
{
  "mcpServers": {
    "scenario": {
      "command": "PROGRAM",
      "args": [
        "--sandbox"
      ]
    }
  }
}
"""
FULL = "Standard output cannot be written: No space left on device.\n"
needs_a_terminal = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals of this kind")


def run(folder: Path | None, width: int = 120) -> str:
    console = Console(width=width, file=io.StringIO())
    assert demo.run(folder, console, "PROGRAM") == 0
    return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]  # the StringIO above


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Take the server into this process; return how to make its calls fail."""

    def start(fault: str = "") -> None:
        monkeypatch.setattr(demo, "stdio_client", lambda _: build_server(Settings(upstream=Sandbox(fault=fault))))

    start()
    return start


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("width", [120, 40])
def test_what_it_shows(width: int, tmp_path: Path, snapshot: Snapshot) -> None:
    shown = run(tmp_path / "made" / "for it", width)
    sheet = tmp_path / "made" / "for it" / "scenario-mcp-demo.png"
    assert shown.endswith(f"\nThe 19 pictures of these hits are saved on one contact sheet:\n{sheet}\n{LAST_LINES}")
    assert [*sheet.parent.iterdir()] == [sheet]
    with Image.open(sheet) as image:
        assert image.format == "PNG"
    lines = DAY.sub("YYYY-MM-DD", shown.replace(str(tmp_path), "TMP")).splitlines()
    snapshot(f"demo-{width}", [line.rstrip() for line in lines])
    _check_that_it_finds(shown)


def _check_that_it_finds(shown: str) -> None:
    """Check that the corrected filter finds hits, and that a picture is not among its look-alikes."""
    parts = re.split(r"(?m)^(?=The same, as it says$|Look at|More like|The \d+ pictures)", shown)
    assert [part.splitlines()[0] for part in parts[1:]] == [
        "The same, as it says",
        "Look at the first one",
        "More like the first one",
        "The 19 pictures of these hits are saved on one contact sheet:",
    ]
    hits = re.compile(r"(?m)^(?:│|  ) asset_\w+")
    assert len(hits.findall(parts[1])) == 5
    (looked_at,) = set(re.findall(r"asset_\w+", parts[2]))
    assert parts[3].count(looked_at) == 1  # in the call
    assert len(hits.findall(parts[3])) == 5


@needs_a_terminal
@pytest.mark.processes
def test_in_a_terminal_with_pictures_it_shows_them_under_each_search_and_saves_none(tmp_path: Path) -> None:
    output, errors = run_in_terminal(
        PROGRAM, str(tmp_path), *forked_command("--sandbox")[1:], answers=[KITTY], environ=ENVIRON
    )
    assert errors == ""
    rows = [row.count(b"\x1b7") for row in re.split(rb"\x1b\[\d+A", output)[1:]]
    assert rows == [5, 5, 2, 5, 5]
    assert len(KITTY_PICTURE.findall(output)) == 22
    assert re.search(rb"\x1b\[9BKnight portrait +Knight portrait \(\xe2\x80\xa6  char_knight", output)
    program = own_launch(ENVIRON).shown  # by its path: it is typed in another shell
    assert output.decode().endswith((LAST_LINES + BY_HAND).replace("PROGRAM", program))
    assert b"saved" not in output
    assert [*tmp_path.iterdir()] == []


@needs_a_terminal
@pytest.mark.processes
def test_in_a_terminal_without_pictures_it_saves_the_contact_sheet(tmp_path: Path) -> None:
    output, errors = run_in_terminal(
        ONE_CALL + PROGRAM, str(tmp_path), *forked_command("--sandbox")[1:], answers=[NO_PICTURES], environ=ENVIRON
    )
    assert errors == ""
    assert KITTY_PICTURE.findall(output) == []
    assert [path.name for path in tmp_path.iterdir()] == ["scenario-mcp-demo.png"]


def test_settings_of_the_server_do_not_change_what_it_shows() -> None:
    environ = {"SCENARIO_MCP_SANDBOX_FAULT": "500", "SCENARIO_SDK_API_KEY": "half of a pair", "PATH": "/bin"}
    assert demo.server_environ(environ) == {"PATH": "/bin"}


@pytest.mark.processes
@pytest.mark.parametrize("program", ["raise SystemExit(2)", "input()", "input(); print('{}')", "print('x' * 9)"])
def test_a_server_that_fails_is_told_in_one_sentence(
    program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo, "SERVER", ["-c", program])
    console = Console(width=120, file=io.StringIO())
    assert demo.run(tmp_path, console, "PROGRAM") == 1
    told = "The server that the demo started has failed. To see why: PROGRAM --sandbox"
    assert capsys.readouterr() == ("", f"scenario-mcp: {told}\n")
    assert console.file.getvalue() == (  # type: ignore[attr-defined]  # the StringIO above
        f"Starting scenario-mcp --sandbox, as a client would: no account, no network.\n{LAST_LINES}"
    )
    assert [*tmp_path.iterdir()] == []


@pytest.mark.usefixtures("server")
def test_a_server_that_does_not_answer_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo, "PATIENCE_SECONDS", 0)
    assert demo.run(tmp_path, Console(file=io.StringIO())) == 1
    assert capsys.readouterr().err.startswith("scenario-mcp: The server that the demo started has failed.")


def test_pictures_that_cannot_be_read_are_not_spoken_of(server: Callable[[str], None], tmp_path: Path) -> None:
    server("404:2")
    told = re.search(r"The (\d+) pictures of these hits", run(tmp_path))
    assert told
    assert 0 < int(told[1]) < 19


def test_when_nothing_is_found_it_shows_why_and_saves_nothing(server: Callable[[str], None], tmp_path: Path) -> None:
    server("403")
    shown = run(tmp_path)
    assert shown.count("(403)") == 4
    assert shown.endswith(LAST_LINES)
    assert [*tmp_path.iterdir()] == []


@pytest.mark.usefixtures("server")
def test_a_folder_that_cannot_be_written_is_told_before_and_after_the_searches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "CALLS", demo.CALLS[:1])
    console = Console(width=120, file=io.StringIO())
    assert demo.run(Path("/dev/null/nowhere"), console, "PROGRAM", "by hand") == 2
    told = (
        "The pictures cannot be saved in /dev/null/nowhere: Not a directory. Name another folder with --save-to DIR.\n"
    )
    shown = console.file.getvalue()  # type: ignore[attr-defined]  # the StringIO above
    assert shown.startswith(f"{told}\nStarting scenario-mcp")
    assert shown.endswith(f"\n{told}{LAST_LINES}By hand, in the settings of a host:\nby hand\n")


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), (0, "")),
        (OSError(errno.ENOSPC, "No space left on device"), (74, f"scenario-mcp: {FULL}")),
    ],
)
def test_where_nobody_reads_on_it_stops_and_still_says_how_to_go_on(
    failure: OSError,
    told: tuple[int, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(demo.Demonstration, "_show_hits", None)  # is not reached
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(Failing(failure)))  # type: ignore[type-var]  # raw will do
    assert standard_streams.run_safely(lambda: demo.run(tmp_path, program="PROGRAM")) == told[0]
    assert capsys.readouterr().err == LAST_LINES.removeprefix("\n") + told[1]
    assert [*tmp_path.iterdir()] == []


@needs_a_terminal
@pytest.mark.processes
def test_real_pipes_and_closed_streams_end_it_without_a_traceback(tmp_path: Path) -> None:
    command = f'{sys.executable} -c "$PROGRAM" .'
    script = f"{command} 2>head.err | head -n 1 >head.out; {command} >/dev/full 2>full.err; echo $? >full.rc"
    subprocess.run(["sh", "-c", script], env={**ENVIRON, "PROGRAM": PROGRAM}, cwd=tmp_path, check=True, timeout=100)  # noqa: S603, S607  # our own script
    expected = (LAST_LINES.removeprefix("\n") + BY_HAND).replace("PROGRAM", own_launch(ENVIRON).shown)
    read = {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()}
    assert read == {
        "head.out": "Starting scenario-mcp --sandbox, as a client would: no account, no network.\n",
        "head.err": expected,
        "full.rc": "74\n",
        "full.err": f"{expected}scenario-mcp: {FULL}",
    }
