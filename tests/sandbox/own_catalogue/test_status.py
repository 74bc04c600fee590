"""The sentences on a folder in the note of a search."""

import pytest

from scenario_mcp.sandbox.own_catalogue.report import IngestReport
from scenario_mcp.sandbox.own_catalogue.status import CatalogueStatus


def report(*names: str, new: int = 0, broken: int = 0) -> IngestReport:
    made = IngestReport(new=new)
    for number in range(broken):
        made.skip(f"{number}.heic", "is empty")
    for name in names:
        made.pass_over(name)
    return made


@pytest.mark.parametrize(
    ("left", "note"),
    [
        (report(), "The catalogue's folder is empty."),
        (
            report("a.heic", "b.HEIC", "c.psd"),
            "The catalogue's folder has only 3 files of kinds that are not read (.heic 2, .psd 1).",
        ),
        (report(broken=2), "The catalogue's folder has only 2 broken files (.heic 2)."),
        (
            report("LICENSE", "a.<script>", new=5, broken=1),
            (
                "The catalogue's folder also has 2 files of kinds that are not read (no ending 2) "
                "and 1 broken file (.heic 1)."
            ),
        ),
        (report(new=5), ""),
    ],
)
def test_a_search_without_hits_says_what_lies_in_the_folder(left: IngestReport, note: str) -> None:
    status = CatalogueStatus(is_whole=True, is_reading=False, report=left)
    assert status.note(found_nothing=True, by_picture=False) == note
    assert status.note(found_nothing=False, by_picture=False) == ""


def test_progress_is_told_with_what_is_known_of_the_end() -> None:
    assert CatalogueStatus(done=1_200, expected=20_000).progress() == "1,200 of about 20,000 files"
    assert CatalogueStatus(done=1_200).progress() == "1,200 files so far"
    assert CatalogueStatus(done=5, expected=20).fraction() == 0.25
    assert CatalogueStatus(done=20, expected=20).fraction() == 0
