"""Hits as they are shown: to people by the width of their terminal, to programs in columns."""

import io
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from scenario_mcp.terminal.hit_list import hit_lines, hit_table, lines, print_hits

KNIGHT = {
    "id": "asset_1",
    "name": "Knight",
    "kind": "image",
    "width": 512,
    "height": 768,
    "createdAt": "2026-11-20",
    "tags": "armour, paper",
    "uri": "scenario://assets/asset_1/image",
}
BELLS = {"id": "asset_2", "kind": "audio", "size": 144_600, "uri": "scenario://assets/asset_2", "seed": "7"}
INK = {"id": "model_1", "name": "Ink", "type": "flux", "capabilities": "txt2img", "about": "Draws.", "uri": "x"}


def test_a_line_has_the_same_columns_for_every_hit_and_then_what_was_asked_about() -> None:
    assert [*lines([KNIGHT, BELLS], "assets")] == [
        "asset_1\tKnight\timage\t512x768\t2026-11-20\tarmour, paper\t\t",
        "asset_2\t\taudio\t145 kB\t\t\t\t7",
    ]
    assert [*lines([INK], "models")] == ["model_1\tInk\tflux\ttxt2img\t\tDraws."]
    assert [*lines([], "models")] == []


def test_in_a_wide_terminal_they_are_a_table_without_empty_columns() -> None:
    console = Console(width=120, file=io.StringIO())
    console.print(hit_table([KNIGHT, INK], "models"))
    shown = console.file.getvalue()  # type: ignore[attr-defined]  # the StringIO above
    assert re.findall(r"┃ (\w+) ", shown) == ["id", "name", "type", "capabilities", "tags", "about"]
    assert "│ asset_1 │ Knight │" in shown


def test_in_a_narrow_terminal_each_has_two_lines_and_the_name_gives_way() -> None:
    long = {**KNIGHT, "name": "A knight of the round table, in armour"}
    assert str(hit_lines([long, BELLS], "assets", 60)).splitlines() == [
        " 1 A knight of the round table,…  image  512x768  2026-11-20",
        "   asset_1  armour, paper",
        " 2 asset_2  audio  145 kB  7",
        "   asset_2",
    ]


@pytest.mark.promise(number=18)
@given(st.text(max_size=80), st.integers(24, 120))
def test_no_text_of_a_stranger_breaks_a_line_or_moves_the_cursor(text: str, width: int) -> None:
    hit = {**KNIGHT, "name": text, "tags": text}
    (line,) = lines([hit], "assets")
    assert line.count("\t") == 6
    shown = str(hit_lines([hit], "assets", width)).split("\n")
    assert len(shown) == 2
    assert all(cell_len(each) <= width for each in shown)
    text_shown = line.replace("\t", "") + "".join(shown)
    assert not {unicodedata.category(character) for character in text_shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize(("is_terminal", "begins"), [(False, "asset_1\tKnight"), (True, " 1 Knight  image")])
def test_a_pipe_gets_columns_and_a_terminal_a_list(is_terminal: bool, begins: str) -> None:  # noqa: FBT001  # pytest gives it
    console = Console(width=60, file=io.StringIO(), force_terminal=is_terminal, color_system=None)
    print_hits([KNIGHT], "assets", console)
    assert console.file.getvalue().startswith(begins)  # type: ignore[attr-defined]  # the StringIO above


def test_what_strangers_wrote_is_shown_as_plain_text() -> None:
    console = Console(width=60, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(hit_table([{"id": "asset_1", "name": "[red]A[/] :skull: \x1b]0;owned\x07\x1b[2J\u202eB"}]))
    shown = console.file.getvalue()  # type: ignore[attr-defined]  # the StringIO above
    assert "│ asset_1 │ [red]A[/] :skull: ]0;owned[2JB │" in shown
    assert set(re.findall(r"\x1b\[[^m]*m", shown)) == {"\x1b[1m", "\x1b[0m"}
