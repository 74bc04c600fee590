"""The table of picture formats in `docs/own-catalogue.md`: a row for each format that is read."""

from pathlib import Path

import scenario_mcp
from scenario_mcp.picture_formats import FORMATS, JXL, PictureFormat

PAGE = (Path(scenario_mcp.__file__).parents[1] / "docs/own-catalogue.md").read_text("utf-8")


def row(each: PictureFormat) -> str:
    names = ", ".join(f"`.{suffix}`" for suffix in each.suffixes)
    return f"| {each.name} | {names} | {(each.max_reduced_pixels or each.max_pixels) / 1e6:g} million pixels |"


def test_the_table_has_a_row_for_each_format() -> None:
    table = PAGE.partition("## Which pictures are read")[2].partition("|---|---|---|\n")[2].partition("\n\n")[0]
    assert table.splitlines() == [row(each) for each in FORMATS]


def test_the_command_for_more_formats_is_the_one_that_a_refusal_names() -> None:
    assert f'`pip install "{JXL.package}"`' in PAGE
