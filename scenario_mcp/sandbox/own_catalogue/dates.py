"""When a picture was taken, by its notes: dates in EXIF's and in ISO 8601's notation, of which many are wrong."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone

from scenario_mcp.sandbox.own_catalogue.notes.note import Note

_SOURCES = (
    ("exif", "DateTimeOriginal", "OffsetTimeOriginal"),
    ("exif", "DateTimeDigitized", "OffsetTimeDigitized"),
    ("xmp", "exif:DateTimeOriginal", ""),
    ("xmp", "photoshop:DateCreated", ""),
    ("iptc", "DateCreated", ""),
    ("xmp", "xmp:CreateDate", ""),
    ("sidecar", "photoTakenTime", ""),
    ("exif", "DateTime", "OffsetTime"),
)
"""Places and names of dates, and of the time zones that go with them; the surest first."""
_DATE = re.compile(
    r"\s*(\d{4})[:/.-]?(\d\d)[:/.-]?(\d\d)(?:[T\s]+(\d\d?):(\d\d)(?::(\d\d))?(?:[.,]\d{1,9})?\s*([+-]\d\d:?\d\d|Z)?)?(?!\d)"
)
_OFFSET = re.compile(r"\s*([+-])(\d\d):?(\d\d)")
_MAX_DATE_CHARACTERS = 100
_FIRST_YEAR = 1826
"""The year of the oldest photograph."""
_MOST_HOURS, _HOUR_MINUTES = 14, 60


def taken_at(notes: Sequence[Note], now: datetime) -> datetime | None:
    """Return when the picture was taken, in UTC; a date without a time zone counts as UTC, the same everywhere.

    A date that cannot be is passed over: one before photography, or more than a day after `now`.
    """
    told: Mapping[tuple[str, str], str] = {
        (note.place, note.name): note.text for note in reversed(notes) if len(note.text) <= _MAX_DATE_CHARACTERS
    }
    for place, name, offset in _SOURCES:
        date = _read_date(told.get((place, name), ""), told.get((place, offset), ""))
        if date is not None and date.year >= _FIRST_YEAR and date <= now + timedelta(days=1):
            return date
    return None


def _read_date(text: str, offset: str) -> datetime | None:
    match = _DATE.match(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, own_offset = match.groups()
    try:
        local = datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0),
            tzinfo=_read_offset(own_offset or offset),
        )  # fmt: skip
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _read_offset(text: str) -> timezone:
    """Return a time zone; UTC for one that cannot be."""
    match = _OFFSET.match(text)
    if match is None or int(match[2]) > _MOST_HOURS or int(match[3]) >= _HOUR_MINUTES:
        return UTC
    offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return timezone(-offset if match[1] == "-" else offset)
