"""Days and times are read from the notations that people write, where only one moment can be meant."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario_mcp.filters.values.times import UnreadableTime, moment_text, read_time

READ = {
    "2026-11-20": "2026-11-20",
    "2026-1-5": "2026-01-05",
    "2026/11/20": "2026-11-20",
    "2026.11.20": "2026-11-20",
    "20261120": "2026-11-20",
    "20 Nov 2026": "2026-11-20",
    "20th of November, 2026": "2026-11-20",
    "November 20, 2026": "2026-11-20",
    "Fri Nov 20 2026": "2026-11-20",
    "2026 Nov 20": "2026-11-20",
    "01.11.2026": "2026-11-01",
    "25/12/2024": "2024-12-25",
    "12/25/2024": "2024-12-25",
    "11/11/2024": "2024-11-11",
    "0000-01-01": "0001-01-01",
    "2026-11": "2026-11",
    "11/2026": "2026-11",
    "nov 2026": "2026-11",
    "202611": "2026-11",
    "2026": "2026",
    "2026-11-20T08:07:59.429Z": "2026-11-20T08:07:59.429Z",
    "2026-11-20t8:07z": "2026-11-20T08:07Z",
    "2026-11-20 09:00:00": "2026-11-20T09:00:00Z",
    "2026-11-20T09:30:00+02:00": "2026-11-20T07:30:00Z",
    "2026-11-20T10:00:00,5+0530": "2026-11-20T04:30:00.500Z",
    "2026-11-20T10:00:00.123456789Z": "2026-11-20T10:00:00.123Z",
    "2026-11-20T24:00Z": "2026-11-21T00:00Z",
    "20261120T103000Z": "2026-11-20T10:30:00Z",
    "20261120103000": "2026-11-20T10:30:00Z",
    "Fri, 20 Nov 2026 10:00:00 GMT": "2026-11-20T10:00:00Z",
    "Fri Nov 20 2026 10:00:00 GMT+0100 (CET)": "2026-11-20T09:00:00Z",
    "Nov 20, 2026 3:30 pm": "2026-11-20T15:30Z",
}


@pytest.mark.parametrize("text", READ)
def test_what_can_be_meant_in_one_way_is_read(text: str) -> None:
    stretch = read_time(text)
    assert stretch is not None
    assert stretch.text() == READ[text]
    assert read_time(stretch.text()) == stretch


@pytest.mark.parametrize(
    ("text", "sentence", "readings"),
    [
        ("11/01/2024", "11/01/2024 may be 2024-11-01 or 2024-01-11.", ("2024-11-01", "2024-01-11")),
        ("20.11.26", "20.11.26 may be 2026-11-20.", ("2026-11-20",)),
        ("26-11-20", "26-11-20 may be 2026-11-20 or 2020-11-26.", ("2026-11-20", "2020-11-26")),
        ("20-11-26", "20-11-26 may be 2026-11-20 or 2020-11-26.", ("2026-11-20", "2020-11-26")),
        ("2026-13-45", "No calendar has 2026-13-45.", ("2026-12-31",)),
        ("2026-25-11", "No calendar has 2026-25-11.", ("2026-11-25",)),
        ("2026-02-30", "No calendar has 2026-02-30.", ("2026-02-28",)),
        ("31.02.2026", "No calendar has 31.02.2026.", ("2026-02-28",)),
        ("2026-00", "No calendar has 2026-00.", ("2026-01",)),
        ("2026-11-20T25:00Z", "No clock shows the time of 2026-11-20T25:00Z.", ("2026-11-20",)),
        (
            "2026-11-20T10:00:00+20:00",
            "No time zone is so far from UTC as that of 2026-11-20T10:00:00+20:00.",
            ("2026-11-20",),
        ),
        ("1764000000", "1764000000 as Unix time is 2025-11-24T16:00:00Z.", ("2025-11-24T16:00:00Z",)),
        ("1764000000000", "1764000000000 as Unix time is 2025-11-24T16:00:00Z.", ("2025-11-24T16:00:00Z",)),
    ],
)
def test_what_may_be_two_days_or_is_none_is_told(text: str, sentence: str, readings: tuple[str, ...]) -> None:
    with pytest.raises(UnreadableTime) as caught:
        read_time(text)
    assert (caught.value.sentence, caught.value.readings) == (sentence, readings)


@pytest.mark.parametrize("text", ["", "abc", "last week", "-5", "0", "2026-11-20" * 10])
def test_any_other_text_is_no_time(text: str) -> None:
    assert read_time(text) is None


@given(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)), st.integers(-14, 14))  # noqa: DTZ001  # the zone is below
def test_a_time_is_the_same_moment_in_every_zone(local: datetime, hours: int) -> None:
    moment = local.replace(microsecond=0, tzinfo=UTC)
    stretch = read_time(f"{moment.year:04d}-{moment:%m-%dT%H:%M:%S}{hours:+03d}:00")
    assert stretch is not None
    assert (moment - stretch.start).total_seconds() == hours * 3600
    assert stretch.text() == moment_text(stretch.start)[:19] + "Z"


@given(st.text(alphabet="0123456789-/.: TZ+,novt", max_size=30))
def test_a_text_is_read_or_refused_and_nothing_else(text: str) -> None:
    try:
        stretch = read_time(text)
    except UnreadableTime as caught:
        stretch = read_time(caught.readings[0])
    assert stretch is None or stretch.end is None or stretch.start < stretch.end
