"""What a file really is, by its content; its name is not believed."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Literal

from dot_copilot.features.roster.errors import FileProblem, NotATable

Kind = Literal["csv", "xlsx"]
SAVE_AS = "Save it as 'CSV UTF-8' or as an Excel workbook (.xlsx) and try again."
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF document"),
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a program"),
    (b"\xcf\xfa\xed\xfe", "a program"),
    (b"\xca\xfe\xba\xbe", "a program"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b", "a compressed file"),
    (b"7z\xbc\xaf", "a compressed file"),
    (b"Rar!", "a compressed file"),
    (b"SQLite format 3", "a database"),
)


def kind_of(path: Path) -> Kind:
    """'csv' or 'xlsx'; `NotATable` or `FileProblem` with what to do instead."""
    with path.open("rb") as file:
        head = file.read(4096)
    if not head.strip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"):
        raise FileProblem("The file is empty. Choose the file that holds the drivers, with a header row on top.")
    if head.startswith(b"PK"):
        return _kind_of_archive(path)
    if head.startswith(_OLE):
        raise NotATable(_old_office(path))
    for signature, name in _SIGNATURES:
        if head.startswith(signature):
            raise NotATable(f"The file is {name}, not a table of drivers. {SAVE_AS}")
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:64].lower()
    if start.startswith((b"<!doctype", b"<html", b"<table", b"<?xml")):
        raise NotATable(f"The file is a web page or XML, as some systems export under the name .xls. Open it in Excel. {SAVE_AS}")
    return "csv"


def _kind_of_archive(path: Path) -> Kind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError):
        raise NotATable(f"The file is a damaged workbook or archive. Open it in Excel to check it. {SAVE_AS}") from None
    if "xl/workbook.xml" in names or any(name.lower() == "xl/workbook.xml" for name in names):
        return "xlsx"
    if "xl/workbook.bin" in names:
        raise NotATable(f"The file is a binary Excel workbook (.xlsb). {SAVE_AS}")
    if "mimetype" in names and "content.xml" in names:
        raise NotATable(f"The file is an OpenDocument file (.ods). {SAVE_AS}")
    if any(name.startswith("Index/") and name.endswith(".iwa") for name in names):
        raise NotATable("The file is an Apple Numbers document. Export it from Numbers as CSV (UTF-8) or Excel, and try again.")
    if "word/document.xml" in names:
        raise NotATable(f"The file is a Word document. Copy the table into a spreadsheet. {SAVE_AS}")
    raise NotATable("The file is a zip archive, not a table. Unpack it and import the CSV or Excel file inside.")


def _old_office(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(1 << 20)
    if "EncryptedPackage".encode("utf-16-le") in head:
        return "The workbook is protected by a password. Open it in Excel, remove the password, and save it again."
    return f"The file is an Excel 97-2003 workbook (.xls) or another old Office file. {SAVE_AS}"
