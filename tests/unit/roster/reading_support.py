"""Reads a file the way the import does."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from dot_copilot.features.roster.known import Known, known_with
from dot_copilot.features.roster.layout import find_layout, raw_rows
from dot_copilot.features.roster.models import Column, Layout, ParsedRow, RawRow
from dot_copilot.features.roster.parsing import RowParser

TODAY = date(2026, 11, 22)
KNOWN: Known = known_with((("policy_uniform", "Uniform issued"),))
HEAD = "Employee ID,First Name,Last Name,Hire Date"


def write(directory: Path, content: str | bytes, name: str = "roster.csv") -> Path:
    """A file with that content."""
    path = directory / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def layout_of(path: Path) -> Layout:
    """Its layout; raises `FileProblem`."""
    return find_layout(path, KNOWN.headers, TODAY)


def rows_of(path: Path) -> list[RawRow]:
    """All rows."""
    return list(raw_rows(path, layout_of(path)))


def parse(path: Path) -> list[ParsedRow]:
    """All parsed rows, with the second reading when a column has the day first."""
    layout = layout_of(path)
    while True:
        parser = RowParser(layout, KNOWN.fields, TODAY)
        parsed = list(parser.parse(parser.noting(raw_rows(path, layout))))
        if parser.day_first == layout.day_first:
            return parsed
        layout.day_first = dict(parser.day_first)


def fields_of(path: Path) -> dict[str, str | None]:
    """Column -> field."""
    return {column.column: column.field for column in layout_of(path).columns}


def column(columns: list[Column], name: str) -> Column:
    """The column of that header."""
    return next(one for one in columns if one.column == name)


def problems(parsed: list[ParsedRow]) -> list[tuple[int, str | None, str]]:
    """(row, column, problem) of all errors."""
    return [(error.row, error.column, error.problem) for row in parsed for error in row.errors]
