"""Plain values that pass between reading, mapping, parsing and writing a roster."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, TypeAlias

import msgspec
from msgspec import Struct


class Formula:
    """Stands for a cell that holds a formula: its result is not to be trusted."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "(formula)"


FORMULA = Formula()
# A cell as the readers give it: text (numbers too, as a spreadsheet shows them), a date cell, or a formula.
Cell: TypeAlias = str | date | Formula
Stop: TypeAlias = Callable[[], bool]


class RawRow(Struct, gc=False):
    """One row of the file. `number` is 1-based as a spreadsheet shows it; `broken` says why it has no cells."""

    number: int
    cells: list[Cell]
    broken: str | None = None


class RowError(Struct, frozen=True, gc=False):
    """One problem: the row, the header of the column (or None), the value (cut), and what to do."""

    row: int
    column: str | None
    value: str | None
    problem: str


class Column(Struct):
    """One column: its header, its place (0-based), what it is taken for and how sure that is."""

    column: str
    index: int
    samples: list[str]
    field: str | None = None
    confidence: float = 0.0
    guessed: bool = True
    note: str | None = None


class Layout(Struct):
    """How a file is built: found once, kept with the import, used at every reading of it."""

    kind: str  # 'csv' or 'xlsx'
    header_row: int  # 1-based
    columns: list[Column]
    encoding: str = "utf-8"
    delimiter: str = ","
    sheet: str = ""  # of a workbook: the part's name inside the archive
    sheet_title: str = ""
    rows_hint: int = 0  # about how many rows there are; 0 when not known
    # Columns (by place) in which some row has the day before the month, and the first such row.
    day_first: dict[int, int] = {}


class Plan(Struct):
    """What the import's row keeps of the file and of the work on it (its column `columns`)."""

    layout: Layout
    read: bool = False  # the whole file has been read with this mapping
    last_row: int = 0  # number of the last row, once it has been read
    notes: list[str] = []

    @staticmethod
    def of(data: Any) -> Plan:
        """The plan kept as JSON."""
        return msgspec.convert(data, Plan, str_keys=True)

    def data(self) -> dict[str, Any]:
        """As it is kept."""
        kept: dict[str, Any] = msgspec.to_builtins(self, str_keys=True)
        return kept


class EvidenceDates(Struct, frozen=True, gc=False):
    """A dated fact of a row. At least one of the dates is there."""

    requirement: str
    obtained_on: date | None
    expires_on: date | None


class DriverRow(Struct, gc=False):
    """One driver as the file tells it. Only what is known is there: an absent value never clears one."""

    row: int
    employee_id: str
    first_name: str
    last_name: str
    profile: dict[str, Any]  # columns of driver_profiles
    evidence: list[EvidenceDates]
    date_of_birth: date | None = None
    email: str | None = None
    phone: str | None = None
    terminal: str | None = None
    hired_on: date | None = None
    terminated_on: date | None = None


class Batch(Struct, gc=False):
    """The drivers of some rows; rows with problems are not among them."""

    first_row: int
    last_row: int
    drivers: list[DriverRow]


class ParsedRow(Struct, gc=False):
    """A row that says something: a driver, or the problems that keep it from being one."""

    number: int
    driver: DriverRow | None
    errors: list[RowError]
