"""How findings are written."""

import io
import json

import pytest

from scenario_mcp import __version__
from scenario_mcp.doctor.finding import Finding, Sign, note, skipped, well, wrong
from scenario_mcp.doctor.report import as_json, has_signs, lines_of, summary

FOUND = [well("It runs"), note("It is odd", "Look"), wrong("It is down", "Start it"), skipped("It was not seen")]


def test_a_finding_is_a_line_with_sign_fact_and_next_step() -> None:
    assert lines_of("Area", FOUND, is_ascii=False) == [
        "Area",
        "  ✓ It runs",
        "  ! It is odd → Look",
        "  ✗ It is down → Start it",
        "  - It was not seen",
    ]
    assert lines_of("Area", FOUND, is_ascii=True) == [
        "Area",
        "  ok   It runs",
        "  note It is odd -> Look",
        "  FAIL It is down -> Start it",
        "  skip It was not seen",
    ]


@pytest.mark.parametrize(
    ("findings", "line"),
    [
        (FOUND, "1 thing is wrong; 1 is worth a look."),
        (FOUND[:2], "All is well; 1 is worth a look."),
        ([FOUND[2], FOUND[2]], "2 things are wrong."),
        ([FOUND[1], FOUND[1]], "All is well; 2 are worth a look."),
        (FOUND[:1], "All is well."),
    ],
)
def test_the_last_line_sums_up(findings: list[Finding], line: str) -> None:
    assert summary(findings) == line


def test_as_json_it_is_one_object() -> None:
    assert json.loads(as_json({"program": FOUND[:1], "hosts": FOUND[2:3]})) == {
        "version": __version__,
        "is_well": False,
        "wrong": 1,
        "findings": [
            {"area": "program", "sign": "well", "fact": "It runs", "next_step": None},
            {"area": "hosts", "sign": "wrong", "fact": "It is down", "next_step": "Start it"},
        ],
    }


def test_a_message_is_parted_into_what_happened_and_what_to_do() -> None:
    assert Finding.of_sentences(Sign.NOTE, "It broke. Mend it.") == note("It broke.", "Mend it.")
    assert Finding.of_sentences(Sign.NOTE, "It broke.", "Mend it") == note("It broke.", "Mend it")


@pytest.mark.parametrize(
    ("encoding", "has_them"), [("utf-8", True), ("ascii", False), ("cp1252", False), ("odd", False)]
)
def test_a_narrow_alphabet_gets_words_for_signs(encoding: str, has_them: bool) -> None:  # noqa: FBT001  # a case
    stream = type("Stream", (io.StringIO,), {"encoding": encoding})()
    assert has_signs(stream) is has_them
