"""When a picture was taken: dates of any value, and which of several counts."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario_mcp.sandbox.own_catalogue.dates import taken_at
from scenario_mcp.sandbox.own_catalogue.notes.note import Note
from tests.support.examples import examples

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
ANY_DATE = st.one_of(
    st.text(alphabet="0123456789:-/. TZ+", max_size=32),
    st.from_regex(r"\A\d{4}[:-]\d\d[:-]\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d)?\Z"),
)


def date_of(text: str, offset: str = "") -> str:
    notes = (Note("exif", "DateTimeOriginal", text), Note("exif", "OffsetTimeOriginal", offset))
    found = taken_at(notes, NOW)
    return found.isoformat() if found else ""


@pytest.mark.parametrize(
    ("text", "offset", "expected"),
    [
        ("2024:05:06 07:08:09", "", "2024-05-06T07:08:09+00:00"),
        ("2024:05:06 07:08:09", "+02:00", "2024-05-06T05:08:09+00:00"),
        ("2024:05:06 07:08:09", "-11:30", "2024-05-06T18:38:09+00:00"),
        ("2024:05:06 07:08:09", "+99:99", "2024-05-06T07:08:09+00:00"),
        ("2024:05:06 07:08:09", "+24:00", "2024-05-06T07:08:09+00:00"),
        ("2024:05:06 07:08:09", "   :  ", "2024-05-06T07:08:09+00:00"),
        ("2024-05-06T07:08:09.123+02:00", "", "2024-05-06T05:08:09+00:00"),
        ("2024-05-06T07:08Z", "", "2024-05-06T07:08:00+00:00"),
        ("2024:05:06", "", "2024-05-06T00:00:00+00:00"),
        ("20240506", "", "2024-05-06T00:00:00+00:00"),
        ("1912:05:06 07:08:09", "", "1912-05-06T07:08:09+00:00"),
        ("0000:00:00 00:00:00", "", ""),
        ("0001:01:01 00:00:00", "+09:00", ""),
        ("9999:12:31 23:59:59", "-12:00", ""),
        ("2087:01:01 00:00:00", "", ""),
        ("2024:13:45 99:99:99", "", ""),
        ("    :  :     :  :  ", "", ""),
        ("yesterday", "", ""),
        ("2024", "", ""),
        ("", "", ""),
    ],
)
def test_a_date_is_read_unless_it_cannot_be(text: str, offset: str, expected: str) -> None:
    assert date_of(text, offset) == expected


def test_the_surest_date_that_can_be_counts() -> None:
    notes = [
        Note("exif", "DateTime", "2021:01:01 00:00:00"),
        Note("xmp", "xmp:CreateDate", "2020-01-01"),
        Note("iptc", "DateCreated", "20190101"),
        Note("exif", "DateTimeDigitized", "2018:01:01 00:00:00"),
        Note("exif", "DateTimeOriginal", "0000:00:00 00:00:00"),
    ]
    years = [found.year for count in range(1, 6) if (found := taken_at(notes[:count], NOW))]
    assert years == [2021, 2020, 2019, 2018, 2018]


@settings(max_examples=examples(40))
@given(ANY_DATE, ANY_DATE)
def test_no_text_raises_and_none_gives_an_impossible_date(text: str, offset: str) -> None:
    found = taken_at((Note("exif", "DateTimeOriginal", text), Note("exif", "OffsetTimeOriginal", offset)), NOW)
    assert found is None or 1826 <= found.year <= 2026
