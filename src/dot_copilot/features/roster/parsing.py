"""Rows of cells into drivers: every problem of a row is found at once, and a row with a problem is no driver."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from dot_copilot.features.roster.checks import check_row
from dot_copilot.features.roster.converters import Converter, converter_of
from dot_copilot.features.roster.fields import FULL_NAME, LAST_MVR, MEDICAL_EXAM, MEDICAL_EXPIRES, Field
from dot_copilot.features.roster.layout import is_blank, shown
from dot_copilot.features.roster.models import Cell, DriverRow, EvidenceDates, Layout, ParsedRow, RawRow, RowError
from dot_copilot.features.roster.values.dates import USE_ISO, is_ambiguous, is_day_first
from dot_copilot.features.roster.values.problem import ValueProblem
from dot_copilot.features.roster.values.texts import clean

VALUE_SHOWN = 80
_PROFILE_KINDS = frozenset({"yes_no", "state", "class", "endorsements", "licence", "past"})
# What the columns that are not named after one requirement are recorded under; the rules engine lets them serve the others.
_SERVED = {MEDICAL_EXAM: "mec", MEDICAL_EXPIRES: "mec", LAST_MVR: "mvr_annual"}


class RowParser:
    """Turns the rows of one file into drivers. Holds what must be known across rows: ids seen, columns in day-month order.

    `today` is the day the import was asked for: "in the future" means after it.
    """

    def __init__(self, layout: Layout, fields: Mapping[str, Field], today: date) -> None:
        self.layout = layout
        self.today = today
        self.day_first: dict[int, int] = dict(layout.day_first)
        self._width = 0  # of a CSV header, known once it is read
        self._columns: list[tuple[int, str, Field, Converter]] = [
            (column.index, column.column, fields[column.field], converter_of(fields[column.field], today))
            for column in layout.columns
            if column.field is not None and column.field in fields
        ]
        self._headers = {field.key: name for _, name, field, _ in self._columns}
        self._dates = [index for index, _, _, converter in self._columns if converter.is_date]
        self._seen: dict[str, int] = {}

    def parse(self, rows: Iterable[RawRow]) -> Iterator[ParsedRow]:
        """The rows below the header that hold something."""
        for row in rows:
            if row.number <= self.layout.header_row:
                self._width = len(row.cells)
            elif not is_blank(row):
                yield self._parse_row(row)

    def noting(self, rows: Iterable[RawRow]) -> Iterator[RawRow]:
        """The rows, while remembering the columns in which some row has the day before the month."""
        for row in rows:
            if row.number > self.layout.header_row:
                for index in self._dates:
                    if index not in self.day_first and index < len(row.cells):
                        cell = row.cells[index]
                        if isinstance(cell, str) and is_day_first(cell.strip()):
                            self.day_first[index] = row.number
            yield row

    def _parse_row(self, row: RawRow) -> ParsedRow:
        if row.broken is not None:
            return ParsedRow(row.number, None, [RowError(row.number, None, None, row.broken)])
        if ragged := self._ragged(row):
            return ParsedRow(row.number, None, [RowError(row.number, None, None, ragged)])
        errors: list[RowError] = []
        values: dict[str, Any] = {}
        cells = row.cells
        for index, header, field, converter in self._columns:
            if index >= len(cells) or cells[index] == "":
                continue
            cell = cells[index]
            try:
                value = self._value(cell, index, converter) if index in self.day_first else converter.of_cell(cell)
            except ValueProblem as problem:
                errors.append(RowError(row.number, header, shown(cell)[:VALUE_SHOWN], str(problem)))
                values[field.key] = ...  # known to be there, and wrong
                continue
            if value is not None:
                values[field.key] = value
        self._check(row.number, values, errors)
        return ParsedRow(row.number, None if errors else self._driver(row.number, values), errors)

    def _value(self, cell: Cell, index: int, converter: Converter) -> Any:
        """As the converter says, but for dates that could be meant either way in a column that has the day first somewhere."""
        if isinstance(cell, str) and converter.is_date and is_ambiguous(clean(cell)):
            row = self.day_first[index]
            raise ValueProblem(f"Day and month can't be told apart: row {row} of this column has the day first. {USE_ISO}")
        return converter.of_cell(cell)

    def _ragged(self, row: RawRow) -> str | None:
        if self.layout.kind != "csv" or not self._width or len(row.cells) == self._width:
            return None
        if len(row.cells) > self._width and not any(str(cell).strip() for cell in row.cells[self._width :]):
            return None
        return (
            f"The row has {len(row.cells)} cells and the header {self._width}, so the values may stand in the wrong columns. "
            "Put values that hold the separator in quotation marks."
        )

    def _check(self, number: int, values: dict[str, Any], errors: list[RowError]) -> None:
        def say(key: str, problem: str, value: object = None) -> None:
            header = self._headers.get(key)
            shown_value = str(value)[:VALUE_SHOWN] if value is not None else None
            errors.append(RowError(number, header, shown_value, problem))

        identifier = values.get("employee_id")
        if isinstance(identifier, str):
            first = self._seen.setdefault(identifier, number)
            if first != number:
                say("employee_id", f"Row {first} has the same employee id. Keep one of the two rows.", identifier)
        check_row(values, say, self.today)

    def _driver(self, number: int, values: dict[str, Any]) -> DriverRow:
        first, last = values[FULL_NAME] if "first_name" not in values else (values["first_name"], values["last_name"])
        profile = {
            field.key: values[field.key]
            for _, _, field, _ in self._columns
            if field.kind in _PROFILE_KINDS and field.key in values
        }
        return DriverRow(
            row=number,
            employee_id=values["employee_id"],
            first_name=first,
            last_name=last,
            profile=profile,
            evidence=self._evidence(values),
            date_of_birth=values.get("date_of_birth"),
            email=values.get("email"),
            phone=values.get("phone"),
            terminal=values.get("terminal"),
            hired_on=values.get("hired_on"),
            terminated_on=values.get("terminated_on"),
        )

    def _evidence(self, values: dict[str, Any]) -> list[EvidenceDates]:
        dates: dict[str, list[date | None]] = {}
        for _, _, field, _ in self._columns:
            value = values.get(field.key)
            if value is None or field.kind not in ("obtained", "expires"):
                continue
            requirement = _SERVED.get(field.key) or field.requirement or field.key
            pair = dates.setdefault(requirement, [None, None])
            place = 0 if field.kind == "obtained" else 1
            if pair[place] is None:
                pair[place] = value
        return [EvidenceDates(key, obtained, expires) for key, (obtained, expires) in dates.items()]
