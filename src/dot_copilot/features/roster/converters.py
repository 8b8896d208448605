"""From a cell to a value, by kind of field, with the limits in time that each kind has."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from dot_copilot.features.roster.fields import Field
from dot_copilot.features.roster.models import Cell, Formula
from dot_copilot.features.roster.values import texts, words
from dot_copilot.features.roster.values.dates import EARLIEST, USE_ISO, parse_date
from dot_copilot.features.roster.values.places import parse_state
from dot_copilot.features.roster.values.problem import NOTHING, ValueProblem

FORMULA_CELL = "The cell holds a formula. Copy the column and paste it back as values (Paste Special, Values)."
_CACHED = 20_000
_NOTHING_LENGTH = max(map(len, NOTHING))
_DAY_OF_GRACE = timedelta(days=1)  # it may be tomorrow already where the driver is
_YEARS_AHEAD = {"hire": 1, "term": 2, "expires": 20}
_TEXTS: dict[str, Callable[[str], Any]] = {
    "identifier": texts.parse_identifier(64, "An employee id"),
    "licence": texts.parse_identifier(40, "A licence number"),
    "name": texts.parse_text(100, "A name"),
    "terminal": texts.parse_identifier(120, "A terminal's name"),
    "email": texts.parse_email,
    "phone": texts.parse_phone,
    "status": words.parse_status,
    "state": parse_state,
    "class": words.parse_cdl_class,
    "endorsements": words.parse_endorsements,
    "yes_no": words.parse_yes_no,
}
_DATES = frozenset({"past", "birth", "hire", "term", "obtained", "expires"})
_REPEATED = frozenset({"terminal", "status", "state", "class", "endorsements", "yes_no"}) | _DATES


class Converter:
    """Converts the cells of one column; values that repeat are converted once."""

    __slots__ = ("_cache", "_check", "_convert", "_none_is_nothing", "is_date")

    def __init__(
        self, convert: Callable[[str], Any], *, is_date: bool, cached: bool, check: Callable[[date], date] | None = None
    ) -> None:
        self.is_date = is_date
        self._check = check
        self._convert = convert
        self._cache: dict[str, Any] | None = {} if cached else None
        self._none_is_nothing = is_date

    def of_cell(self, cell: Cell) -> Any:
        """The value, None for "not known"; `ValueProblem`."""
        if not isinstance(cell, str):
            if isinstance(cell, Formula):
                raise ValueProblem(FORMULA_CELL)
            return self.of_date(cell)
        cache = self._cache
        if cache is not None and cell in cache:
            return cache[cell]
        value = self._of_text(texts.clean(cell))
        if cache is not None and len(cache) < _CACHED:
            cache[cell] = value
        return value

    def _of_text(self, text: str) -> Any:
        if len(text) <= _NOTHING_LENGTH:
            lowered = text.lower()
            if lowered in NOTHING or (self._none_is_nothing and lowered in ("none", "no", "ninguno", "ninguna")):
                return None
        if text[0] in "=@" or (text[0] in "+-" and self.is_date):
            raise ValueProblem(texts.FORMULA_TEXT.format(start=text[0]))
        value = self._convert(text)
        return value if self._check is None else self._check(value)

    def of_date(self, day: date) -> Any:
        """The value of a date cell; text fields take a date as a mistake."""
        if self._check is None:
            raise ValueProblem(f"The cell holds the date {day.isoformat()}, which does not belong in this column.")
        return self._check(day)


def converter_of(field: Field, today: date) -> Converter:
    """The converter of a field's column."""
    if field.kind in _DATES:
        return Converter(parse_date, is_date=True, cached=True, check=_limits(field.kind, today))
    if field.kind == "full_name":
        return Converter(_full_name, is_date=False, cached=False)
    return Converter(_TEXTS[field.kind], is_date=False, cached=field.kind in _REPEATED)


def _full_name(text: str) -> tuple[str, str]:
    first, last = texts.split_name(_TEXTS["name"](text))
    return first, last


def _limits(kind: str, today: date) -> Callable[[date], date]:
    years = _YEARS_AHEAD.get(kind, 0)
    latest = date(today.year + years, today.month, min(today.day, 28)) + timedelta(days=3) if years else today + _DAY_OF_GRACE

    def check(day: date) -> date:
        if day.year < EARLIEST:
            raise ValueProblem(f"The year {day.year} is too long ago to be right. {USE_ISO}")
        if day > latest:
            if years:
                raise ValueProblem(
                    f"{day.isoformat()} is more than {years} year{'s' if years > 1 else ''} ahead. Check the year. {USE_ISO}"
                )
            raise ValueProblem(f"{day.isoformat()} lies in the future, and this has to have happened already. Check the date.")
        return day

    return check
