"""Days that are named from today become days of the calendar."""

from datetime import UTC, datetime

import pytest

from scenario_mcp.filters.values.relative_times import Days, read_relative

SUNDAY = datetime(2026, 11, 29, 2, 40, tzinfo=UTC)
DAYS = {
    "today": ("2026-11-29", "2026-11-29"),
    "yesterday": ("2026-11-28", "2026-11-28"),
    "since yesterday": ("2026-11-28", "2026-11-28"),
    "NOW()": ("2026-11-29", "2026-11-29"),
    "NOW-7d": ("2026-11-22", "2026-11-22"),
    "NOW-7DAYS/DAY": ("2026-11-22", "2026-11-22"),
    "now() - interval '7 days'": ("2026-11-22", "2026-11-22"),
    "30d": ("2026-10-30", "2026-10-30"),
    "P7D": ("2026-11-22", "2026-11-22"),
    "two weeks ago": ("2026-11-15", "2026-11-15"),
    "last 7 days": ("2026-11-22", "2026-11-29", True),
    "the past 2 months": ("2026-09-29", "2026-11-29", True),
    "last 24 hours": ("2026-11-28T02:40:00.000Z", "2026-11-29T02:40:00.000Z", True),
    "last hour": ("2026-11-29T01:40:00.000Z", "2026-11-29T02:40:00.000Z", True),
    "past week": ("2026-11-22", "2026-11-29", True),
    "within the last week": ("2026-11-22", "2026-11-29", True),
    "the past month": ("2026-10-29", "2026-11-29", True),
    "past weekend": ("2026-11-21", "2026-11-22"),
    "previous week": ("2026-11-16", "2026-11-22"),
    "6 months ago": ("2026-05-29", "2026-05-29"),
    "a year ago": ("2025-11-29", "2025-11-29"),
    "last week": ("2026-11-16", "2026-11-22"),
    "this_week": ("2026-11-23", "2026-11-29"),
    "last month": ("2026-10-01", "2026-10-31"),
    "this quarter": ("2026-10-01", "2026-12-31"),
    "last year": ("2025-01-01", "2025-12-31"),
    "weekend": None,
    "this weekend": ("2026-11-28", "2026-11-29"),
    "monday": ("2026-11-23", "2026-11-23", False, 7),
    "this friday": ("2026-11-27", "2026-11-27"),
    "last sunday": ("2026-11-22", "2026-11-22"),
    "20 Nov 24": ("2024-11-20", "2024-11-20"),
    "20 Nov": ("2026-11-20", "2026-11-20", False, 365),
    "December": ("2025-12-01", "2025-12-31", False, 365),
    "last december": ("2025-12-01", "2025-12-31"),
    "2026-Q4": ("2026-10-01", "2026-12-31"),
    "2026-W47": ("2026-11-16", "2026-11-22"),
    "24h": ("2026-11-28T02:40:00.000Z", "2026-11-28T02:40:00.000Z"),
    "31 feb": None,
    "9999 years ago": None,
    "dragon": None,
    "last " * 40: None,
}


@pytest.mark.parametrize("text", DAYS)
def test_days_are_reckoned_from_now(text: str) -> None:
    days = DAYS[text]
    assert read_relative(text, SUNDAY) == (None if days is None else Days(*days))
