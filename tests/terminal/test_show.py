"""`show`, typed."""

from pathlib import Path

import pytest

from scenario_mcp.terminal.session import FOUND, NOTHING_FOUND, UNREACHABLE, WRONG_ARGUMENTS
from tests.support.command_line import typed

Output = pytest.CaptureFixture[str]
KNIGHT = "asset_BO9HqvvucTMSRoWMWYX1Lq"
PIXEL_QUEST = "model_vh5usoTlfsE3Hxlk9YzQyt"


def test_each_fact_is_a_line_with_the_id_before_it(capsys: Output) -> None:
    ended = typed(capsys, "show", KNIGHT, "--sandbox")
    assert (ended.code, ended.errors) == (FOUND, "")
    facts = {name: value for _, name, value in ended.lines}
    assert {line[0] for line in ended.lines} == {KNIGHT}
    assert [*facts][:2] == ["id", "name"]
    assert (facts["name"], facts["modelName"], facts["seed"]) == (
        "Knight portrait (paper)",
        "Papercut Theatre",
        "1302056505",
    )
    assert "Signature" not in ended.output


def test_assets_and_models_are_shown_in_the_order_asked_for_whatever_form_their_ids_have(capsys: Output) -> None:
    ended = typed(
        capsys, "show", f"https://app.scenario.com/models/{PIXEL_QUEST}", f"scenario://assets/{KNIGHT}", "--sandbox"
    )
    assert [*dict.fromkeys(line[0] for line in ended.lines)] == [PIXEL_QUEST, KNIGHT]


def test_more_than_a_tool_takes_are_shown_and_the_missing_named(capsys: Output) -> None:
    listed = typed(capsys, "search", "--sandbox", "--filter", "kind = image", "--limit", "9")
    ids = [line[0] for line in listed.lines]
    ended = typed(capsys, "show", *ids, "old-id-1", "--sandbox", "--json")
    assert ended.code == NOTHING_FOUND
    assert [each["id"] for each in ended.json["assets"]] == ids
    assert (ended.json["models"], ended.json["notFound"]) == ([], ["old-id-1"])
    assert ended.errors == 'scenario-mcp: There is no asset or model "old-id-1". Check the id.\n'


def test_what_is_no_id_is_refused(capsys: Output) -> None:
    assert typed(capsys, "show", "../knight", "--sandbox") == (
        WRONG_ARGUMENTS,
        "",
        'scenario-mcp: "../knight" is no id. Ids stand in the first column of scenario-mcp search.\n',
    )


@pytest.mark.parametrize("words", [[""], [" ", ","]])
def test_no_id_at_all_is_refused(capsys: Output, words: list[str]) -> None:
    assert typed(capsys, "show", *words, "--sandbox") == (
        WRONG_ARGUMENTS,
        "",
        "scenario-mcp: Give at least one id. Ids stand in the first column of scenario-mcp search.\n",
    )


def test_an_outage_is_told(capsys: Output) -> None:
    ended = typed(capsys, "show", KNIGHT, "--sandbox", SCENARIO_MCP_SANDBOX_FAULT="500")
    assert (ended.code, ended.errors) == (
        UNREACHABLE,
        "scenario-mcp: Scenario has a problem of its own (500). Try again in a minute.\n",
    )


def test_open_shows_a_picture_in_the_browser_or_says_where_it_lies(
    capsys: Output, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    ended = typed(capsys, "show", KNIGHT, "--open", "--sandbox")
    (address,) = opened
    assert address.startswith("file://")
    assert ended.errors == f"No browser could be opened. Open it yourself: {address}\n"
