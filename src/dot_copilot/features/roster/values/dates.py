"""Dates as spreadsheets of United States fleets write them.

Read: ISO (2026-03-01, 2026/3/1, 20260301, with or without a time of day), US numbers, month first (3/1/2026, 03-01-2026),
and a month by name in English or Spanish (1-Mar-2026, March 1, 2026, 1 de marzo de 2026). Refused, with what to write
instead: two-digit years, the day before the month (13/02/2026), dots (1.2.2026), impossible days, Excel's day numbers.
"""

from __future__ import annotations

import re
from datetime import date

from dot_copilot.features.roster.values.problem import ValueProblem

EARLIEST = 1920
USE_ISO = "Write it as YYYY-MM-DD, such as 2026-03-01."
_TIME = (
    r"(?:[T ]\s*(?P<clock>\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*(?P<zone>Z|UTC|[+-]\d{2}:?\d{2})?)?"
)
_ISO = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})" + _TIME)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_US = re.compile(r"(\d{1,2})([-/])(\d{1,2})\2(\d{4})" + _TIME)
_SHORT_YEAR = re.compile(r"\d{1,2}([-/. ])\d{1,2}\1'?\d{2}" + _TIME)
_DOTS = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}" + _TIME)
_DAY_NAME = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[ \-/.]*(?:de )?([^\W\d_]{3,10})\.?[ \-/.,]*(?:de |del )?(\d{2,4})?", re.I)
_NAME_DAY = re.compile(r"([^\W\d_]{3,10})\.?[ \-]*(\d{1,2})(?:st|nd|rd|th)?(?:[ ,\-]+(\d{2,4}))?", re.I)
_EXCEL_NUMBER = re.compile(r"\d{1,5}(\.\d+)?")
_ENGLISH = "january february march april may june july august september october november december"
_SPANISH = "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
_MONTHS: dict[str, int] = {"sept": 9, "setiembre": 9, "set": 9}
for _names in (_ENGLISH, _SPANISH):
    for _number, _name in enumerate(_names.split(), 1):
        _MONTHS[_name] = _MONTHS[_name[:3]] = _number


class DayFirst(ValueProblem):
    """The day stands before the month, so the column may be in day-month order throughout."""


def parse_date(text: str) -> date:
    """The date `text` says; `ValueProblem` when it says none, `DayFirst` when day and month are swapped."""
    if match := _ISO.fullmatch(text):
        _check_time(match)
        return _make(int(match[1]), int(match[3]), int(match[4]), text)
    if match := _US.fullmatch(text):
        _check_time(match)
        month, day, year = int(match[1]), int(match[3]), int(match[4])
        if month > 12 and 1 <= day <= 12 and month <= 31:
            raise DayFirst(f"The day seems to stand before the month. {USE_ISO}")
        return _make(year, month, day, text)
    if match := _COMPACT.fullmatch(text):
        return _make(int(match[1]), int(match[2]), int(match[3]), text)
    return _parse_words(text)


def is_ambiguous(text: str) -> bool:
    """Whether `text` would be another date with day and month swapped."""
    match = _US.fullmatch(text)
    return match is not None and match[1].lstrip("0") != match[3].lstrip("0") and int(match[1]) <= 12 and int(match[3]) <= 12


def is_day_first(text: str) -> bool:
    """Whether `text` is a date only if its first number is the day."""
    match = _US.fullmatch(text)
    return match is not None and 12 < int(match[1]) <= 31 and 1 <= int(match[3]) <= 12


def _parse_words(text: str) -> date:
    if match := _DAY_NAME.fullmatch(text):
        day, name, year = match[1], match[2], match[3]
    elif match := _NAME_DAY.fullmatch(text):
        day, name, year = match[2], match[1], match[3]
    else:
        raise ValueProblem(_why_not(text))
    month = _MONTHS.get(name.lower())
    if month is None:
        raise ValueProblem(f"'{name}' is not a month. {USE_ISO}")
    if year is None or len(year) != 4:
        raise ValueProblem(f"The year needs four digits. {USE_ISO}")
    return _make(int(year), month, int(day), text)


def _why_not(text: str) -> str:
    if _SHORT_YEAR.fullmatch(text):
        return f"The year has two digits, so the century is a guess. {USE_ISO}"
    if _DOTS.fullmatch(text):
        return f"A date with dots may be day or month first. {USE_ISO}"
    if _EXCEL_NUMBER.fullmatch(text):
        return f"This is a plain number, perhaps Excel's number of a day. Give the column a date format. {USE_ISO}"
    return f"This is not a date. {USE_ISO}"


def _make(year: int, month: int, day: int, text: str) -> date:
    if month == 2 and day == 29 and not _is_leap(year):
        raise ValueProblem(f"{year} has no 29 February. Look the date up and write it as YYYY-MM-DD.")
    try:
        made = date(year, month, day)
    except ValueError:
        raise ValueProblem(
            f"There is no such day as {text[:20]} (read as year {year}, month {month}, day {day}). {USE_ISO}"
        ) from None
    if year < EARLIEST:
        raise ValueProblem(f"The year {year} is too long ago to be right. {USE_ISO}")
    return made


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _check_time(match: re.Match[str]) -> None:
    """A time of day is passed over, unless it is in another zone: then the day itself may differ."""
    clock = match["clock"]
    if match["zone"] and not re.fullmatch(r"0{1,2}:00(:00(\.0+)?)?", clock):
        raise ValueProblem("The time has a time zone, so the day is not certain. Write the date alone, as YYYY-MM-DD.")
