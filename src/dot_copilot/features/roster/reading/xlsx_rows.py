"""Rows of an XLSX workbook: of the first visible sheet that holds something."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

from dot_copilot.features.roster.errors import FileProblem
from dot_copilot.features.roster.models import RawRow
from dot_copilot.features.roster.reading.archive import open_archive, open_part
from dot_copilot.features.roster.reading.xlsx_parts import Workbook, read_workbook
from dot_copilot.features.roster.reading.xlsx_sheet import MAX_CELLS, PEEK_CELLS, SheetReader, shared_strings

_MOST_SHEETS = 20


def filled_sheets(path: Path) -> list[tuple[str, str, int]]:
    """(part name, title, number of rows if the sheet says it) of the visible sheets with a value; `FileProblem` if none."""
    found = []
    with open_archive(path) as archive:
        workbook = read_workbook(archive)
        for title, part in workbook.sheets[:_MOST_SHEETS]:
            # Only whether there is a row matters here, so the strings need not be loaded.
            with open_part(archive, part) as stream:
                reader = SheetReader(_AnyString(), workbook.styles, workbook.epoch_1904, most_cells=PEEK_CELLS)
                if any(any(cell != "" for cell in row.cells) for row in reader.rows(stream)):
                    found.append((part, title, reader.last_row))
    if not found:
        raise FileProblem("The workbook is empty. Put the drivers on the first sheet, with a header row on top.")
    return found


class _AnyString(list[str]):
    """Stands for a table of strings none of which is empty."""

    def __getitem__(self, index: object) -> str:  # type: ignore[override]
        return "?"


def xlsx_rows(path: Path, part: str, *, most_cells: int = MAX_CELLS) -> Iterator[RawRow]:
    """The rows of the sheet in `part` that have cells."""
    with open_archive(path) as archive:
        workbook = read_workbook(archive)
        strings = _strings(archive, workbook)
        with open_part(archive, part) as stream:
            yield from SheetReader(strings, workbook.styles, workbook.epoch_1904, most_cells=most_cells).rows(stream)


def _strings(archive: zipfile.ZipFile, workbook: Workbook) -> list[str]:
    if workbook.shared_strings is None:
        return []
    with open_part(archive, workbook.shared_strings) as stream:
        return shared_strings(stream)
