"""Rows of a CSV file, one at a time."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from dot_copilot.features.roster.errors import FileProblem
from dot_copilot.features.roster.models import RawRow
from dot_copilot.features.roster.reading.text import bounded_lines, open_text

MAX_COLUMNS = 400
MAX_ROWS = 1_048_576  # as many as a spreadsheet has
_UNCLOSED = "A quotation mark opens in this row and is never closed, so the rest of the file can't be told apart. Close it."


def csv_rows(path: Path, codec: str, delimiter: str) -> Iterator[RawRow]:
    """Every row, blank ones included as rows without cells. A row with misplaced quotes comes as `broken`.

    Row numbers are those a spreadsheet shows: a quoted line break does not start a new row. `FileProblem` when a
    quotation mark never closes or a row has more than `MAX_COLUMNS` cells.
    """
    with open_text(path, codec) as file:
        reader = csv.reader(bounded_lines(file), delimiter=delimiter, strict=True)
        number = 0
        while True:
            number += 1
            if number > MAX_ROWS:
                raise FileProblem(f"The file has more than {MAX_ROWS:,} rows. Delete empty rows at its end, or split it.")
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                if "unexpected end" in str(error) or "field larger" in str(error):
                    raise FileProblem(f"Row {number}: {_UNCLOSED}") from None
                yield RawRow(
                    number, [], "A quotation mark is in the wrong place. Double the quotation marks inside a cell ('\"\"')."
                )
                continue
            if len(cells) > MAX_COLUMNS:
                raise FileProblem(f"Row {number} has {len(cells):,} cells; a roster has at most {MAX_COLUMNS} columns.")
            if number == 1 and cells and cells[0].lower().startswith("sep=") and len(delimiter.join(cells).strip()) <= 5:
                cells = []
            yield RawRow(number, cells)  # type: ignore[arg-type]
