"""Finds how a file is built: its kind, its header row, its columns with samples. Small and bounded work, done at upload."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from itertools import islice
from pathlib import Path

from dot_copilot.features.roster.errors import FileProblem, NotATable
from dot_copilot.features.roster.mapping import HeaderIndex, guess, normal
from dot_copilot.features.roster.models import Cell, Column, Formula, Layout, RawRow
from dot_copilot.features.roster.reading.csv_rows import csv_rows
from dot_copilot.features.roster.reading.detect import kind_of
from dot_copilot.features.roster.reading.text import check_text, delimiter_of
from dot_copilot.features.roster.reading.xlsx_rows import filled_sheets, xlsx_rows
from dot_copilot.features.roster.reading.xlsx_sheet import PEEK_CELLS
from dot_copilot.features.roster.values.texts import clean

_HEADER_WITHIN = 25  # rows with something in them
_SAMPLE_ROWS = 60
_SAMPLES = 25
_PEEK_ROWS = 20_000  # blank ones included
MAX_HEADER = 120


def find_layout(path: Path, index: HeaderIndex, today: date) -> Layout:
    """The layout of the file with its columns guessed; `FileProblem` (or `NotATable`) when it is no roster."""
    if kind_of(path) == "csv":
        layout = Layout(kind="csv", header_row=0, columns=[])
        layout.encoding, layout.rows_hint = check_text(path)
        layout.delimiter = delimiter_of(path, layout.encoding)
        return _complete(path, layout, index, today)
    problem: FileProblem | None = None
    for part, title, rows in filled_sheets(path):
        layout = Layout(kind="xlsx", header_row=0, columns=[], sheet=part, sheet_title=title, rows_hint=rows)
        try:
            return _complete(path, layout, index, today)
        except NotATable:
            raise
        except FileProblem as error:  # a cover sheet, perhaps: the roster may be on the next one
            problem = problem or error
    assert problem is not None
    raise problem


def _complete(path: Path, layout: Layout, index: HeaderIndex, today: date) -> Layout:
    """Finds the header row and the columns."""
    beginning = islice(_beginning(path, layout), _PEEK_ROWS)
    head = list(islice((row for row in beginning if not is_blank(row)), _HEADER_WITHIN + _SAMPLE_ROWS))
    if not head:
        raise FileProblem("The file is empty. Choose the file that holds the drivers, with a header row on top.")
    place = _header_place(head, index.known)
    layout.header_row = head[place].number
    below = [row for row in head[place + 1 :] if row.broken is None]
    if len(head) == place + 1:
        raise FileProblem(f"The file has a header in row {layout.header_row}, but no driver below it.")
    header = head[place].cells
    if layout.kind == "xlsx":  # rows end at their last value there, so the header may be shorter than the rows
        header = header + [""] * (max((len(row.cells) for row in below), default=0) - len(header))
    layout.columns = _columns(header, below, index)
    guess(layout.columns, index, today)
    for column in layout.columns:
        column.samples = column.samples[:3]
    return layout


def raw_rows(path: Path, layout: Layout) -> Iterator[RawRow]:
    """The rows of the file, the header and what stands above it included."""
    if layout.kind == "csv":
        return csv_rows(path, layout.encoding, layout.delimiter)
    return xlsx_rows(path, layout.sheet)


def _beginning(path: Path, layout: Layout) -> Iterator[RawRow]:
    """As `raw_rows`, when only the first rows are wanted: a file of blanks is not read to its end."""
    return xlsx_rows(path, layout.sheet, most_cells=PEEK_CELLS) if layout.kind == "xlsx" else raw_rows(path, layout)


def is_blank(row: RawRow) -> bool:
    """Whether no cell holds anything."""
    return row.broken is None and not any(isinstance(cell, Formula | date) or cell.strip() for cell in row.cells)


def shown(cell: Cell) -> str:
    """A cell as text for people."""
    if isinstance(cell, str):
        return clean(cell)
    return cell.isoformat() if isinstance(cell, date) else "(formula)"


def _header_place(head: list[RawRow], known: Callable[[str], bool]) -> int:
    """The place of the row with the most known headers among the first ones."""
    scores = []
    for row in head[:_HEADER_WITHIN]:
        names = {normal(cell) for cell in row.cells if isinstance(cell, str) and 0 < len(cell) <= MAX_HEADER}
        scores.append(sum(1 for name in names if known(name)))
    best = max(scores)
    if best == 0:
        first = [shown(cell)[:30] for cell in head[0].cells if shown(cell)][:8]
        raise FileProblem(
            "None of the columns is known. The first row holds: "
            + ", ".join(f"'{name}'" for name in first)
            + ". Put a header row on top "
            "with names such as 'Employee ID', 'First Name', 'Last Name', 'Hire Date'; the sample file shows them all."
        )
    return scores.index(best)


def _columns(header: list[Cell], below: list[RawRow], index: HeaderIndex) -> list[Column]:
    columns: list[Column] = []
    seen: dict[str, int] = {}
    for place, cell in enumerate(header):
        if isinstance(cell, Formula):
            raise FileProblem(f"The header of column {letters(place)} is a formula. Type the header as text.")
        name = shown(cell)[:MAX_HEADER]
        samples = _samples(below, place)
        if not name and not samples:
            continue
        name = name or f"(column {letters(place)})"
        if (first := seen.get(normal(name))) is not None:
            if index.known(name):
                raise FileProblem(
                    f"Two columns are called '{name}': {letters(first)} and {letters(place)}. Rename or "
                    "remove one of them, so that it is clear which one counts."
                )
            name = f"{name} (column {letters(place)})"
        seen.setdefault(normal(name), place)
        columns.append(Column(column=name, index=place, samples=samples))
    return columns


def _samples(rows: list[RawRow], place: int) -> list[str]:
    found: list[str] = []
    for row in rows:
        if place < len(row.cells) and (text := shown(row.cells[place])[:60]) and text not in found:
            found.append(text)
            if len(found) == _SAMPLES:
                break
    return found


def letters(place: int) -> str:
    """The name a spreadsheet gives to a column: 0 is A, 26 is AA."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name
