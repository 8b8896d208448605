"""Spreadsheet files for tests: honest ones, and the kind an attacker or a careless exporter sends."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter

_TYPES = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def workbook(path: Path, rows: Sequence[Sequence[Any]], *, before: int = 0, formats: Mapping[int, str] | None = None) -> Path:
    """Rows as openpyxl writes them; `before` empty sheets come first, `formats` are number formats by column."""
    book = openpyxl.Workbook(write_only=True)
    for number in range(before):
        book.create_sheet(f"Empty {number}")
    sheet = book.create_sheet("Drivers")
    for row in rows:
        cells = []
        for place, value in enumerate(row):
            cell = WriteOnlyCell(sheet, value=value)
            if formats and place in formats and not isinstance(value, str):
                cell.number_format = formats[place]
            cells.append(cell)
        sheet.append(cells)
    book.save(path)
    return path


def raw_workbook(path: Path, sheet_data: str, *, parts: Mapping[str, bytes] | None = None, prologue: str = "") -> Path:
    """A workbook with the given inside of `<sheetData>`, other parts added or replaced."""
    sheet = '<sheet name="A" sheetId="1" r:id="r1"/>'
    targets = (("r1", "worksheet", "worksheets/sheet1.xml"), ("r2", "sharedStrings", "sharedStrings.xml"))
    relations = "".join(f'<Relationship Id="{key}" Type="{_OFFICE}/{kind}" Target="{part}"/>' for key, kind, part in targets)
    texts = {
        "[Content_Types].xml": _TYPES,
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheet}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_RELATIONS}">{relations}</Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}"><si><t>shared</t></si></sst>',
        "xl/worksheets/sheet1.xml": f'{prologue}<worksheet xmlns="{_MAIN}"><sheetData>{sheet_data}</sheetData></worksheet>',
    }
    content = {name: text.encode() for name, text in texts.items()}
    content |= parts or {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return path


def inline(rows: Sequence[Sequence[str]]) -> str:
    """Rows of text as sheet data with inline strings."""
    made = []
    for number, row in enumerate(rows, 1):
        cells = "".join(
            f'<c r="{get_column_letter(place)}{number}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'
            for place, text in enumerate(row, 1)
            if text
        )
        made.append(f'<row r="{number}">{cells}</row>')
    return "".join(made)


def zip_bytes(names: Mapping[str, bytes]) -> bytes:
    """An archive in memory."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in names.items():
            archive.writestr(name, content)
    return data.getvalue()
