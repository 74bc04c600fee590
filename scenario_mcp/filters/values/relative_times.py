"""Days and times that are named from today, such as "last week" or NOW-7d: what they are today."""

import calendar
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from scenario_mcp.filters.values.times import MAX_TIME_CHARACTERS, day_text, moment_text

_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "twelve": 12, "couple of": 2, "few": 3,
}  # fmt: skip
_NUMBER = rf"(?P<number>\d{{1,4}}|{'|'.join(_NUMBERS)})"
_UNIT = (
    r"(?P<unit>d|days?|w|wks?|weeks?|m|mo|mon|months?|y|yrs?|years?|h|hrs?|hours?|min|mins|minutes?|quarters?|"
    r"fortnights?)"
)
_NOW = r"(?:now|today|current_?date|current_?timestamp|current_?time|getdate|utcnow|sysdate|date)"
_NAMED = {"yesterday": -1, "tomorrow": 1}
_WEEKDAYS = {name.lower(): number for number, name in enumerate(calendar.day_name)}
_WEEKDAYS |= {name[:3]: number for name, number in _WEEKDAYS.items()}
_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name[:3]: number for name, number in _MONTHS.items()}
_MONTH = rf"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})"

_BACK = re.compile(
    rf"{_NOW}?\s*-\s*(?:interval\s+)?{_NUMBER}\s*{_UNIT}|(?:(?:within|in)\s+)?(?:the\s+)?"
    rf"(?:last|past|previous)\s+{_NUMBER.replace('number', 'last')}\s*{_UNIT.replace('unit', 'lasts')}"
    rf"|{_NUMBER.replace('number', 'ago')}\s*{_UNIT.replace('unit', 'agos')}(?:\s+(?:ago|back|old|before now))?"
    rf"|p(?P<iso>\d{{1,4}})(?P<isos>[dwmy])"
)
_UP_TO_NOW = re.compile(
    r"(?:(?:within|in)\s+)?(?:(?:the\s+last|(?:the\s+)?past)\s+(?=(?:day|week|month|quarter|year)$)"
    r"|(?:the\s+)?(?:last|past)\s+(?=(?:hour|minute)$))"
)
"""Last week is one of the calendar; the last week, and the past one, are seven days that reach to today."""
_PERIOD = re.compile(
    r"(?:the\s+)?(?P<which>last|past|previous|this|current|start of|beginning of)\s*(?:the\s+|this\s+)?"
    r"(?P<period>week|month|year|quarter|day|weekend)"
)
_WEEKDAY = re.compile(rf"(?:last\s+|this\s+)?(?P<weekday>{'|'.join(_WEEKDAYS)})")
_NO_YEAR = re.compile(
    rf"(?:last\s+|in\s+)?(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?)?{_MONTH}"
    rf"(?:\s+(?P<later>\d{{1,2}})(?:st|nd|rd|th)?)?"
)
_QUARTER = re.compile(r"(?P<year>\d{4})[\s-]*q(?P<quarter>[1-4])|q(?P<quarter2>[1-4])[\s-]*(?P<year2>\d{4})")
_WEEK = re.compile(r"(?P<year>\d{4})-?w(?P<week>\d{1,2})")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Days:
    """Whole days from the first to the last, both as text; of hours and minutes, moments.

    `are_up_to_now` if they were counted back from now, as the last seven days are, and last week is not.
    `recur_in_days` if others are named alike: the next Monday after 7 days, the next December after about 365.
    """

    first: str
    last: str
    are_up_to_now: bool = False
    recur_in_days: int | None = None


def read_relative(text: str, now: datetime) -> Days | None:
    """Return the days that a text names from today; None when it names none."""
    if len(text) > MAX_TIME_CHARACTERS:
        return None
    plain = " ".join(re.sub(r"[()'\"]|/(?:d|day|days)$", " ", text.replace("\N{MINUS SIGN}", "-").lower()).split())
    plain = re.sub(r"^(?:since|from|after|before|until|on)\s+", "", plain)
    plain = plain if plain.startswith("current") else plain.replace("_", " ")
    plain = _UP_TO_NOW.sub("last 1 ", plain)
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if plain in _NAMED or re.fullmatch(_NOW, plain):
        day = today + _DAY * _NAMED.get(plain, 0)
        return _days(day, day)
    for pattern, read in ((_BACK, _back), (_PERIOD, _period), (_WEEKDAY, _weekday), (_NO_YEAR, _no_year)):
        if found := pattern.fullmatch(plain):
            try:
                return read(found, now, today)
            except (OverflowError, ValueError):  # before the year 1, or the 31st of February
                return None
    return _calendar(plain)


def _back(found: re.Match[str], now: datetime, today: datetime) -> Days:
    number = found["number"] or found["last"] or found["ago"] or found["iso"]
    unit = found["unit"] or found["lasts"] or found["agos"] or found["isos"]
    is_last = bool(found["last"])  # seven days ago is a day, the last seven days reach to today
    count = _NUMBERS.get(number) or int(number)
    if unit.startswith(("h", "min")):
        moment = now - (timedelta(hours=count) if unit[0] == "h" else timedelta(minutes=count))
        last = now if is_last else moment
        return Days(moment_text(moment.replace(microsecond=0)), moment_text(last.replace(microsecond=0)), is_last)
    if unit.startswith(("m", "q", "y")):
        months = count * {"m": 1, "q": 3, "y": 12}[unit[0]]
        day = _months_before(today, months)
    else:
        day = today - _DAY * count * {"d": 1, "w": 7, "f": 14}[unit[0]]
    return _days(day, today if is_last else day, are_up_to_now=is_last)


def _period(found: re.Match[str], _: datetime, today: datetime) -> Days:
    is_past = found["which"] in {"last", "past", "previous"}
    period = found["period"]
    if period == "day":
        day = today - _DAY if is_past else today
        return _days(day, day)
    if period == "week":
        first = today - _DAY * (today.weekday() + (7 if is_past else 0))
        return _days(first, first + _DAY * 6)
    if period == "weekend":
        first = today - _DAY * ((today.weekday() - 5) % 7 + (7 if is_past and today.weekday() >= 5 else 0))  # noqa: PLR2004  # Saturday
        return _days(first, first + _DAY)
    months = {"month": 1, "quarter": 3, "year": 12}[period]
    first = today.replace(day=1, month=(today.month - 1) // months * months + 1)
    first = _months_before(first, months) if is_past else first
    return _days(first, _months_before(first, -months) - _DAY)


def _weekday(found: re.Match[str], _: datetime, today: datetime) -> Days:
    back = (today.weekday() - _WEEKDAYS[found["weekday"]]) % 7
    is_last = found[0].startswith("last")
    day = today - _DAY * (7 if is_last and back == 0 else back)
    return _days(day, day, recur_in_days=None if found[0].startswith(("last", "this")) else 7)


def _no_year(found: re.Match[str], _: datetime, today: datetime) -> Days:
    """Read a day or month without its year as the latest one."""
    month, number = _MONTHS[found["month"]], found["day"] or found["later"]
    if found["day"] and found["later"]:  # 20 Nov 24
        day = today.replace(2000 + int(found["later"]), month, int(found["day"]))
        return _days(day, day)
    first = today.replace(month=month, day=int(number or 1))
    if first > today:
        first = first.replace(year=first.year - 1)
    last = first if number else _months_before(first, -1) - _DAY
    return _days(first, last, recur_in_days=None if found[0].startswith("last") else 365)


def _calendar(plain: str) -> Days | None:
    """Read a quarter or an ISO week of a year."""
    try:
        if found := _QUARTER.fullmatch(plain):
            year, quarter = int(found["year"] or found["year2"]), int(found["quarter"] or found["quarter2"])
            first = datetime(year, quarter * 3 - 2, 1)  # noqa: DTZ001  # only its day is used
            return _days(first, _months_before(first, -3) - _DAY)
        if found := _WEEK.fullmatch(plain):
            first = datetime.fromisocalendar(int(found["year"]), int(found["week"]), 1)
            return _days(first, first + _DAY * 6)
    except (OverflowError, ValueError):  # year 0, year 10,000, week 60
        pass
    return None


def _months_before(day: datetime, months: int) -> datetime:
    count = day.year * 12 + day.month - 1 - months
    year, month = divmod(count, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, calendar.monthrange(year, month + 1)[1]))


def _days(first: datetime, last: datetime, *, are_up_to_now: bool = False, recur_in_days: int | None = None) -> Days:
    return Days(day_text(first), day_text(last), are_up_to_now, recur_in_days)
