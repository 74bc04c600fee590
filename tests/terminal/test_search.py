"""`search`, typed: what it prints, and how it ends."""

import json
import os
import re
import sys
import threading
from pathlib import Path

import pytest
from rich.cells import cell_len

from scenario_mcp.sandbox.own_catalogue import index_lock
from scenario_mcp.sandbox.own_catalogue.background import BackgroundIngest
from scenario_mcp.sandbox.own_catalogue.ingest import index_path
from scenario_mcp.terminal import session
from scenario_mcp.terminal.session import FOUND, NOTHING_FOUND, REFUSED, UNREACHABLE, WRONG_ARGUMENTS
from tests.support.command_line import typed
from tests.support.fakes import picture
from tests.support.terminals import KITTY, run_in_terminal

Output = pytest.CaptureFixture[str]
KNIGHT = "asset_BO9HqvvucTMSRoWMWYX1Lq"


def test_hits_are_lines_in_a_pipe_and_notes_go_beside_them(capsys: Output) -> None:
    ended = typed(capsys, "search", "--sandbox", "knight", "--limit", "2")
    assert (ended.code, [line[:5] for line in ended.lines]) == (
        FOUND,
        [
            [KNIGHT, "Knight portrait (paper)", "image", "768x1024", "2026-11-20"],
            ["asset_FXram4UPRhgsu4Hw96bUBV", "Knight bust v2 (pixel)", "image", "2048x2048", "2026-11-18"],
        ],
    )
    assert ended.errors == "There may be more: add --offset 2 --limit 2.\n"


def test_what_to_search_may_stand_before_or_after_the_command(capsys: Output) -> None:
    after = typed(capsys, "search", "models", "--filter", "capabilities = txt2img", "ink", "--sandbox")
    before = typed(capsys, "--sandbox", "search", "models", "ink", "--filter", "capabilities = txt2img")
    assert after == before
    assert after.code == FOUND


def test_json_is_the_page_that_a_model_reads(capsys: Output) -> None:
    page = typed(capsys, "search", "--sandbox", "knight", "--limit", "1", "--json").json
    assert page["returned"] == 1
    assert page["next"] == {"offset": 1, "limit": 1}
    assert page["hits"][0]["uri"] == f"scenario://assets/{KNIGHT}/image"


@pytest.mark.promise(number=17)
def test_the_apis_own_hits_have_their_signed_addresses_only_where_they_are_asked_for(capsys: Output) -> None:
    command = ("search", "--sandbox", "knight", "--limit", "1", "--raw")
    own = typed(capsys, *command)
    assert own.json["limit"] == 1
    assert own.json["hits"][0]["metadata"]["width"] == 768
    assert "Signature" not in own.output
    signed = typed(capsys, *command, "--addresses").json
    assert "Signature=" in signed["hits"][0].pop("url")
    assert signed["hits"][0].keys() >= own.json["hits"][0].keys() - {"url"}


def test_a_page_holds_as_many_hits_as_were_asked_for(capsys: Output) -> None:
    assert (
        typed(capsys, "search", "--sandbox", "--filter", "createdAt > 0001-01-01", "--limit", "100", "--json").json[
            "returned"
        ]
        == 100
    )


def test_a_picture_is_read_where_a_path_leads_without_a_setting(capsys: Output, tmp_path: Path) -> None:
    (tmp_path / "mine.png").write_bytes(picture())
    ended = typed(capsys, "search", "--sandbox", "--like", str(tmp_path / "mine.png"), "--limit", "3")
    assert (ended.code, len(ended.lines)) == (FOUND, 3)
    ended = typed(capsys, "search", "--sandbox", "--like", str(tmp_path / "other.png"))
    assert ended == (
        WRONG_ARGUMENTS,
        "",
        "scenario-mcp: --like: There is no such file. Check its name. An asset id or a data URL always works.\n",
    )


@pytest.mark.parametrize(
    ("words", "environ", "code", "sentence"),
    [
        (["zzzz"], {}, NOTHING_FOUND, "No hits. Try --query-semantic-ratio 0.7 to search by meaning, or --public for "),
        (["x", "--limit", "0"], {}, WRONG_ARGUMENTS, "scenario-mcp: --limit must be a whole number from 1 to 100"),
        (["--filter", "colour == red"], {}, WRONG_ARGUMENTS, "scenario-mcp: --filter: At "),
        (["x"], {"SCENARIO_MCP_TIMEOUT_SECONDS": "abc"}, WRONG_ARGUMENTS, "scenario-mcp: SCENARIO_MCP_TIMEOUT_SECONDS"),
        (["x"], {"SCENARIO_MCP_SANDBOX_FAULT": "400"}, REFUSED, "scenario-mcp: Scenario refused the request (400)"),
        (["x"], {"SCENARIO_MCP_SANDBOX_FAULT": "401"}, REFUSED, "scenario-mcp: Scenario did not accept the cred"),
        (["x"], {"SCENARIO_MCP_SANDBOX_FAULT": "403"}, REFUSED, "scenario-mcp: Scenario accepts the key but does "),
        (["x"], {"SCENARIO_MCP_SANDBOX_FAULT": "quota"}, REFUSED, "scenario-mcp: The plan's quota for searches "),
        (["x"], {"SCENARIO_MCP_SANDBOX_FAULT": "503"}, UNREACHABLE, "scenario-mcp: Scenario has a problem of its "),
        (["x"], {"SCENARIO_MCP_SANDBOX_FAULT": "html"}, UNREACHABLE, "scenario-mcp: Scenario has a problem of its "),
    ],
)
def test_the_exit_code_tells_what_became_of_it(
    words: list[str], environ: dict[str, str], code: int, sentence: str, capsys: Output
) -> None:
    ended = typed(capsys, "search", "--sandbox", *words, **environ)
    assert (ended.code, ended.output) == (code, "")
    assert ended.errors.startswith(sentence)


def test_without_credentials_it_says_what_to_set_or_to_add(capsys: Output) -> None:
    ended = typed(capsys, "search", "knight")
    assert (ended.code, ended.output) == (REFUSED, "")
    assert "or add --sandbox to search the built-in sample catalogue" in ended.errors


def test_a_folder_is_read_whole_before_it_is_searched(capsys: Output, tmp_path: Path) -> None:
    for number in range(30):
        (tmp_path / f"dragon {number}.png").write_bytes(picture())
    cache = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    ended = typed(capsys, "search", "--catalogue", str(tmp_path), "dragon", "--limit", "50", "--json", **cache)
    assert ended.code == FOUND
    assert json.loads(ended.output)["returned"] == 30
    by_path = typed(capsys, "search", "--catalogue", str(tmp_path), "--image", "dragon 7.png", "--limit", "1", **cache)
    assert by_path.lines[0][6] == "dragon 7.png"
    assert (by_path.code, by_path.errors) == (
        FOUND,
        f"{by_path.lines[0][0]} is the reference itself. There may be more: add --offset 1 --limit 1.\n",
    )


def test_that_another_process_reads_the_folder_is_said_while_it_is_waited_for(
    capsys: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(session, "_OTHERS_LOOK_SECONDS", 0)
    folder = tmp_path / "art"
    folder.mkdir()
    (folder / "dragon.png").write_bytes(picture())
    held, asked_again = threading.Event(), threading.Event()
    waits, waited = BackgroundIngest.waits_for_another, []

    def waits_for_another(ingest: BackgroundIngest) -> bool:
        waited.append(waits(ingest))
        if waited.count(True) > 1:
            asked_again.set()
        return waited[-1]

    def read_slowly() -> None:
        with index_lock.held(index_path(folder).with_suffix(".reading.lock"), lambda _: None):
            held.set()
            asked_again.wait(30)

    monkeypatch.setattr(BackgroundIngest, "waits_for_another", waits_for_another)
    other = threading.Thread(target=read_slowly)
    other.start()
    assert held.wait(30)
    ended = typed(capsys, "search", "--catalogue", str(folder), "dragon")
    other.join(30)
    assert (ended.code, len(ended.lines)) == (FOUND, 1)
    assert ended.errors == (
        "Another process is reading this catalogue, such as a server. This command goes on when that one has read it "
        "or has ended; Ctrl-C ends this one.\n"
    )


@pytest.mark.parametrize(
    ("columns", "encoding"), [("60", "utf-8"), ("60", "ascii"), ("130", "cp1252"), ("40", "ascii")]
)
def test_no_terminal_is_too_narrow_and_no_alphabet_too_small(
    columns: str, encoding: str, capsys: Output, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in {"COLUMNS": columns, "FORCE_COLOR": "1", "NO_COLOR": "1"}.items():
        monkeypatch.setenv(name, value)
    path = tmp_path / "output"
    with path.open("w", encoding=encoding) as file:
        monkeypatch.setattr(sys, "stdout", file)
        assert typed(capsys, "search", "knight", "--sandbox", "--limit", "5").code == FOUND
    shown = path.read_text(encoding)
    assert set(re.findall(r"\x1b\[([0-9;]*)m", shown)) <= {"1", "2", "0"}  # bold and dim are no colours
    lines = re.sub(r"\x1b\[[0-9;]*m", "", shown).splitlines()
    assert max(map(cell_len, lines)) <= int(columns)
    assert sum("asset_" in line for line in lines) == 5


@pytest.mark.processes
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals of this kind")
def test_a_terminal_that_can_shows_the_pictures_above_the_hits() -> None:
    program = "import sys; from scenario_mcp.cli import run; sys.exit(run(sys.argv[1:]))"
    environ = {name: value for name, value in os.environ.items() if name not in {"CI", "TMUX", "STY"}}
    output, errors = run_in_terminal(
        program,
        *("search", "knight", "--sandbox", "--limit", "3"),
        answers=[KITTY],
        environ={**environ, "TERM": "xterm-256color", "COLUMNS": "100"},
    )
    assert errors == "There may be more: add --offset 3 --limit 3.\n"
    assert output.count(b"\x1b_Ga=T,") == 3
    assert output.rindex(b"\x1b_G") < output.index(KNIGHT.encode())
