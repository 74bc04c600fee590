"""What is told of files that cannot be read: how many, of which kinds, and why."""

import pytest

from scenario_mcp.sandbox.own_catalogue.report import IngestReport, endings_of, passed_over_of, reasons_of
from scenario_mcp.sandbox.own_catalogue.status import CatalogueStatus


def note_of(report: IngestReport) -> str:
    return CatalogueStatus(is_whole=True, is_reading=False, report=report).note(found_nothing=True, by_picture=False)


def test_many_problems_are_counted_by_reason_without_their_numbers() -> None:
    report = IngestReport()
    for number in range(12):
        report.skip(f"{number}.png", f"has {number},000 million pixels; 300 million are the limit")
    for number in range(9):
        report.skip(f"{number}.jpg", "cannot be read: Permission denied")
    report.skip("assets.jsonl", "has 40 lines that are left out: line 4 is not JSON", 40)
    assert reasons_of(report) == (
        "By reason: has N lines that are left out (40), has N million pixels (12), "
        "cannot be read: Permission denied (9)"
    )


def test_few_problems_are_listed_and_need_no_counts() -> None:
    report = IngestReport()
    report.skip("a.png", "is empty")
    assert reasons_of(report) == ""


def test_very_many_reasons_stay_a_short_line() -> None:
    report = IngestReport()
    for number in range(1000):
        report.skip("a.png", f"cannot be read: {chr(0x4E00 + number)}" + "x" * 500)
    assert len(reasons_of(report)) < 1500
    assert reasons_of(report).endswith(", 988 other reasons")


@pytest.mark.parametrize(
    ("broken", "passed_over", "good", "note"),
    [
        (
            ["a.heic", "b.HEIC", "c.heic"],
            [],
            0,
            "The catalogue's folder has only 3 broken files (.heic 3).",
        ),
        (
            ["a.heic", "noext"],
            ["x.svg"],
            5,
            (
                "The catalogue's folder also has 1 file of a kind that is not read (.svg 1) "
                "and 2 broken files (.heic 1, no ending 1)."
            ),
        ),
        (
            [],
            ["x.blend", "y.blend"],
            0,
            "The catalogue's folder has only 2 files of kinds that are not read (.blend 2).",
        ),
        ([], ["x.blend"], 2, "The catalogue's folder also has 1 file of a kind that is not read (.blend 1)."),
        ([], [], 2, ""),
    ],
)
def test_a_search_without_hits_names_the_kinds_that_it_could_not_find(
    broken: list[str], passed_over: list[str], good: int, note: str
) -> None:
    report = IngestReport(new=good)
    for path in broken:
        report.skip(path, "is not a picture that can be read")
    for name in passed_over:
        report.pass_over(name)
    assert note_of(report) == note


def test_endings_come_with_the_most_frequent_first() -> None:
    report = IngestReport()
    for name in ("a.psd", "b.heic", "c.HEIC", "folder.of/none", "thumbs.db", "x.a-very-long-ending"):
        report.pass_over(name)
    assert endings_of(report.passed_over) == ".heic 2, no ending 2, .psd 1"
    assert passed_over_of(report).startswith("5 files of kinds that are not read (")
