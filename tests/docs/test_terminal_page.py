"""docs/terminal.md: each of its commands is run, and what it shows is compared."""

import re
import shlex
import shutil
from pathlib import Path

import pytest

from scenario_mcp.terminal import session
from scenario_mcp.terminal.search_options import search_options
from scenario_mcp.terminal.wording import option_name
from tests.support.command_line import typed
from tests.support.fakes import picture

Output = pytest.CaptureFixture[str]
PAGE = (Path(__file__).parents[2] / "docs" / "terminal.md").read_text("utf-8")
TRANSCRIPTS = re.findall(r"(?m)^\$ scenario-mcp (.+)\n((?:(?!\$ |```).*\n)*)", PAGE)
COMMANDS = [
    line.removeprefix("scenario-mcp ")
    for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    for line in block.splitlines()
]
STYLE = re.compile(r"\x1b\[[0-9;]*m")
MAX_SHOWN_CHARACTERS = 200
"""Of an explanation: that of the filter has a page of its own."""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Go to a folder with what the examples name."""
    for folder in ("refs", "art"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "knight.png").write_bytes(picture())
        (tmp_path / folder / "red dragon.png").write_bytes(picture(8))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("webbrowser.open", lambda _: True)
    return tmp_path


def test_it_has_both_kinds_of_examples() -> None:
    assert len(TRANSCRIPTS) >= 6
    assert len(COMMANDS) >= 14


@pytest.mark.parametrize(("command", "shown"), TRANSCRIPTS, ids=[command[:40] for command, _ in TRANSCRIPTS])
def test_a_transcript_is_what_a_terminal_of_80_columns_shows(
    command: str, shown: str, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"COLUMNS": "80", "FORCE_COLOR": "1", "NO_COLOR": "1"}.items():
        monkeypatch.setenv(name, value)
    ended = typed(capsys, *shlex.split(command))
    seen = re.sub(r"[ \t]+$", "", STYLE.sub("", ended.output + ended.errors), flags=re.MULTILINE)
    if shown.endswith("…\n"):
        assert seen.startswith(shown.removesuffix("…\n"))
    else:
        assert seen == shown


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_works(command: str, capsys: Output) -> None:
    command, _, filters = command.partition(" | ")
    ended = typed(capsys, *shlex.split(command))
    assert ended.code in {session.FOUND, session.NOTHING_FOUND}
    assert ended.code == session.FOUND or "--page 2" in command
    if filters.startswith("jq"):
        assert "name" in ended.json["hits"][0].get("metadata", ended.json["hits"][0])


@pytest.mark.usefixtures("home")
@pytest.mark.skipif(shutil.which("jq") is None, reason="without jq")
def test_saved_files_have_names_as_the_page_says(capsys: Output, tmp_path: Path) -> None:
    typed(capsys, "search", "knight", "--sandbox", "--save", "pictures")
    assert "Knight-portrait-asset_vk6XgZEIKVNgCy4dHLiWRa.png" in {each.name for each in tmp_path.glob("pictures/*")}


def test_its_table_has_every_option_of_the_search_as_the_tools_explain_it() -> None:
    def row(argument: str, meaning: str) -> str:
        shown = meaning if len(meaning) <= MAX_SHOWN_CHARACTERS else "[Exact conditions](filters.md)"
        return f"| `{option_name(argument)}` | `{argument}` | {shown.replace('|', chr(92) + '|')} |"

    rows = [row(option.argument, option.meaning) for option in search_options()]
    table = "\n".join(["| Option | Argument of the tool | Meaning |", "|---|---|---|", *rows])
    assert f"<!-- options: begin -->\n{table}\n<!-- options: end -->" in PAGE, table


def test_it_tells_every_exit_code_and_so_does_the_help() -> None:
    codes = [session.FOUND, session.NOTHING_FOUND, session.WRONG_ARGUMENTS, session.REFUSED, session.UNREACHABLE]
    told = [int(code) for code in re.findall(r"(?m)^\| (\d+) \| ", PAGE)]
    assert told == [*codes, 74, 130]
    assert [int(code) for code in re.findall(r"\b(\d) [a-zS]", session.EXIT_CODES)] == codes
