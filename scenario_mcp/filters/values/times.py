"""Days and times in the notations that people write, read as stretches of UTC time where only one can be meant."""

import calendar
import re
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Literal

Unit = Literal["year", "month", "day", "minute", "second", "instant"]
MAX_TIME_CHARACTERS = 80
"""A longer text is no day or time."""

_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name[:3]: number for name, number in _MONTHS.items()} | {"sept": 9}
_MONTH = rf"(?P<name>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\.?"
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
_CLOCK = (
    r"(?:(?:\s*t\s*|\s+(?:at\s+)?|,\s*|_)(?P<hour>\d{1,2})(?::?(?P<minute>\d{2})(?::?(?P<second>\d{2})"
    r"(?:[.,](?P<fraction>\d+))?)?)?\s*(?P<half>[ap])?(?(half)\.?m\.?)"
    r"\s*(?P<zone>z|utc|gmt|[+-]\d{1,2}(?::?\d{2})?|(?:utc|gmt)[+-]\d{1,2}(?::?\d{2})?)?(?:\s*\([\w ]+\))?)?"
)
_NOTATIONS = tuple(
    re.compile(f"{notation}{_CLOCK if has_clock else ''}")
    for notation, has_clock in (
        (r"(?P<year>\d{4})(?P<sign>[-/.])(?P<month>\d{1,2})(?P=sign)(?P<day>\d{1,2})", True),
        (r"(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})", True),
        (r"(?P<year>(?:19|20)\d{2})(?P<month>0[1-9]|1[0-2])", False),
        (r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})", False),
        (r"(?P<month>\d{1,2})[-/.](?P<year>\d{4})", False),
        (r"(?P<year>\d{4})", False),
        (r"(?P<first>\d{1,2})(?P<sign>[-/.])(?P<other>\d{1,2})(?P=sign)(?P<year>\d{4}|\d{2})", True),
        (rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s.-]+(?:of\s+)?{_MONTH},?[\s-]+(?P<year>\d{{4}})", True),
        (rf"{_WEEKDAY}{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})", True),
        (rf"(?P<year>\d{{4}})[\s-]+{_MONTH}[\s-]+(?P<day>\d{{1,2}})", True),
        (rf"{_MONTH},?[\s-]+(?P<year>\d{{4}})", False),
        (rf"(?P<year>\d{{4}})[\s-]+{_MONTH}", False),
    )
)
_COMPACT = re.compile(r"((?:19|20)\d{6})(\d{4}|\d{6})(z?)")
_UNIX = re.compile(r"(\d{9,11})(?:\.\d+)?|(\d{12,13})|(\d{16})")
_MOST_OFFSET_HOURS = 14
_LAST_MONTH = 12
_LIKELY_YEAR = 20
"""Two digits from here on may be those of a year that begins a date."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time from `start`, in it, to `end`, not in it; None is the end of all time."""

    start: datetime
    end: datetime | None
    unit: Unit

    @property
    def is_days(self) -> bool:
        """Whether whole days are named, and no time of day."""
        return self.unit in {"year", "month", "day"}

    def text(self) -> str:
        """Return the stretch in the API's own form, as exact as it was written."""
        if self.unit == "instant":
            return moment_text(self.start)
        length = {"year": 4, "month": 7, "day": 10, "minute": 16, "second": 19}[self.unit]
        return moment_text(self.start)[:length] + ("" if self.is_days else "Z")


class UnreadableTime(ValueError):
    """A text is no day or time, or more than one.

    `sentence` says why. `readings` are the moments that may be meant, the likeliest first: none when nobody can tell.
    `is_past_its_month` says that the only one is the last day of a month that has no day of that number.
    """

    def __init__(self, sentence: str, *readings: str, is_past_its_month: bool = False) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.readings = readings
        self.is_past_its_month = is_past_its_month


def moment_text(moment: datetime) -> str:
    """Return a moment as the API stores it."""
    return f"{_padded_day(moment)}T{moment:%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def day_text(moment: datetime) -> str:
    """Return a moment's day, or the moment where it is not the start of a day."""
    is_midnight = not (moment.hour or moment.minute or moment.second or moment.microsecond)
    return _padded_day(moment) if is_midnight else moment_text(moment)


def read_time(text: str) -> Stretch | None:
    """Return the day, month, year or moment that a text names; None when it names none by itself.

    Raises:
        UnreadableTime: it names a day that no calendar has, or one of two.

    """
    return _read(text) if len(text) <= MAX_TIME_CHARACTERS else None


@lru_cache(256)  # a value is read when it is judged, written and tried out
def _read(text: str) -> Stretch | None:
    plain = " ".join(text.replace("\N{MINUS SIGN}", "-").lower().split())
    if compact := _COMPACT.fullmatch(plain):
        plain = f"{compact[1]}t{compact[2]}{compact[3]}"
    elif unix := _UNIX.fullmatch(plain):
        raise _unix_time(plain, unix)
    for notation in _NOTATIONS:
        if found := notation.fullmatch(plain):
            return _stretch(text, found.groupdict())
    return None


def _stretch(text: str, parts: dict[str, str | None]) -> Stretch:
    year, month, day = _date(text, parts)
    if parts.get("hour") is not None:
        return _moment(text, datetime(year, month or 1, day or 1, tzinfo=UTC), parts)
    start = datetime(year, month or 1, day or 1, tzinfo=UTC)
    if month is None:
        return Stretch(start, _year(year + 1), "year")
    if day is None:
        is_last = month == _LAST_MONTH
        return Stretch(start, _year(year + 1) if is_last else datetime(year, month + 1, 1, tzinfo=UTC), "month")
    return Stretch(start, _after(start, timedelta(days=1)), "day")


def _date(text: str, parts: dict[str, str | None]) -> tuple[int, int | None, int | None]:
    year = max(1, int(parts["year"] or 1))
    if parts.get("first") is not None:
        return _either_order(text, parts)
    name, number, day_number = parts.get("name"), parts.get("month"), parts.get("day")
    month = _MONTHS[name] if name else int(number) if number else None
    day = int(day_number) if day_number else None
    if month is not None and not (1 <= month <= _LAST_MONTH and (day is None or 1 <= day <= _days_in(year, month))):
        raise _no_day(text, year, month, day)
    return year, month, day


def _either_order(text: str, parts: dict[str, str | None]) -> tuple[int, int, int]:
    """Read a date that begins with its day or its month: with dots the day, else only one order may be a date."""
    first, other = int(parts["first"] or 0), int(parts["other"] or 0)
    digits = parts["year"] or ""
    year = int(digits) + (2000 if len(digits) == len("26") else 0)
    orders = [(other, first)] if parts["sign"] == "." else [(first, other), (other, first)]
    dates = [
        (year, month, day)
        for month, day in dict.fromkeys(orders)
        if 1 <= month <= _LAST_MONTH and 1 <= day <= _days_in(year, month)
    ]
    if parts["sign"] == "-" and len(digits) == len("26") and first >= _LIKELY_YEAR:  # 26-11-20
        of_year = (2000 + first, other, int(digits))
        is_day = 1 <= other <= _LAST_MONTH and 1 <= of_year[2] <= _days_in(*of_year[:2])
        dates = sorted([of_year, *dates] if is_day else dates, reverse=True)  # the latest is the likeliest
    texts = [f"{each:04d}-{month:02d}-{day:02d}" for each, month, day in dates]
    if not dates:
        raise _no_day(text, year, *orders[0])
    if len(dates) > 1 or len(digits) == len("26"):
        raise UnreadableTime(f"{text.strip()} may be {' or '.join(texts)}.", *texts)
    return dates[0]


def _no_day(text: str, year: int, month: int, day: int | None) -> UnreadableTime:
    is_past = 1 <= month <= _LAST_MONTH < (day or 0)
    return UnreadableTime(f"No calendar has {text.strip()}.", _nearest(year, month, day), is_past_its_month=is_past)


def _nearest(year: int, month: int, day: int | None) -> str:
    if day is not None and month > _LAST_MONTH and 1 <= day <= _LAST_MONTH and month <= _days_in(year, day):
        month, day = day, month
    month = min(max(month, 1), _LAST_MONTH)
    if day is None:
        return f"{year:04d}-{month:02d}"
    return f"{year:04d}-{month:02d}-{min(max(day, 1), _days_in(year, month)):02d}"


def _moment(text: str, day: datetime, parts: dict[str, str | None]) -> Stretch:
    hour, minute, second = (int(parts[name] or 0) for name in ("hour", "minute", "second"))
    if half := parts["half"]:
        hour = hour % 12 + (12 if half == "p" else 0) if 1 <= hour <= 12 else 99  # noqa: PLR2004  # hours of a half day
    millisecond = int((parts["fraction"] or "0")[:3].ljust(3, "0"))
    is_end = (hour, minute, second, millisecond) == (24, 0, 0, 0)
    if not is_end and (hour > 23 or minute > 59 or second > 59):  # noqa: PLR2004  # a clock's last hour, minute, second
        raise UnreadableTime(f"No clock shows the time of {text.strip()}.", day_text(day))
    try:
        start = day + timedelta(hours=hour, minutes=minute, seconds=second, milliseconds=millisecond)
        start = start.replace(tzinfo=_zone(text, parts["zone"], day)).astimezone(UTC)
    except OverflowError:
        raise UnreadableTime(f"No calendar has {text.strip()}.", day_text(day)) from None
    if parts["fraction"] is not None:
        return Stretch(start, _after(start, timedelta(milliseconds=1)), "instant")
    if parts["second"] is not None:
        return Stretch(start, _after(start, timedelta(seconds=1)), "second")
    return Stretch(start, _after(start, timedelta(minutes=1)), "minute")


def _zone(text: str, zone: str | None, day: datetime) -> timezone:
    found = re.fullmatch(r"(?:utc|gmt)?([+-])(\d{1,2}):?(\d{2})?", zone or "")
    if found is None:
        return UTC
    hours, minutes = int(found[2]), int(found[3] or 0)
    if hours > _MOST_OFFSET_HOURS or minutes > 59:  # noqa: PLR2004  # a clock's last minute
        raise UnreadableTime(f"No time zone is so far from UTC as that of {text.strip()}.", day_text(day))
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if found[1] == "-" else offset)


def _unix_time(text: str, unix: re.Match[str]) -> UnreadableTime:
    seconds = float(text) / (1 if unix[1] else 1e3 if unix[2] else 1e6)
    moment = datetime.fromtimestamp(seconds, UTC).replace(microsecond=0)
    return UnreadableTime(f"{text} as Unix time is {moment:%Y-%m-%dT%H:%M:%SZ}.", f"{moment:%Y-%m-%dT%H:%M:%SZ}")


def _days_in(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def _year(year: int) -> datetime | None:
    return datetime(year, 1, 1, tzinfo=UTC) if year <= MAXYEAR else None


def _after(start: datetime, step: timedelta) -> datetime | None:
    try:
        return start + step
    except OverflowError:
        return None


def _padded_day(moment: datetime) -> str:
    return f"{moment.year:04d}-{moment:%m-%d}"
