"""`tags` and `collections`, typed."""

import pytest

from scenario_mcp.terminal.session import FOUND, NOTHING_FOUND, WRONG_ARGUMENTS
from tests.support.command_line import typed

Output = pytest.CaptureFixture[str]


def test_tags_and_collections_are_lines_with_their_counts(capsys: Output) -> None:
    ended = typed(capsys, "tags", "--sandbox", "--limit", "2")
    assert (ended.code, ended.output) == (FOUND, "fantasy\t49\napproved\t32\n")
    assert ended.errors == "There are 75 more: add --limit 2 --offset 2.\n"
    ended = typed(capsys, "collections", "concept", "art", "--sandbox")
    assert (ended.code, ended.lines, ended.errors) == (
        FOUND,
        [["collection_iu8pd7E5VHun5HzVB7134G", "Concept art", "18", "2"]],
        "",
    )


def test_words_that_nothing_has_are_answered_with_the_nearest(capsys: Output) -> None:
    assert typed(capsys, "tags", "knigt", "--sandbox") == (
        NOTHING_FOUND,
        "",
        "No tags have these words. Nearest: knight (11).\n",
    )


def test_json_says_how_many_there_are_and_how_to_go_on(capsys: Output) -> None:
    page = typed(capsys, "tags", "--sandbox", "--limit", "1", "--json").json
    assert page == {
        "tags": {"fantasy": 49},
        "total": 77,
        "next": {"limit": 1, "offset": 1},
        "note": "There are 76 more: add --limit 1 --offset 1.",
    }


def test_options_are_checked_as_the_tool_checks_them(capsys: Output) -> None:
    ended = typed(capsys, "collections", "--sandbox", "--limit", "many")
    assert (ended.code, ended.output) == (WRONG_ARGUMENTS, "")
    assert ended.errors == (
        'scenario-mcp: --limit must be a whole number from 1 to 100, not "many". Example: --limit 50\n'
    )
