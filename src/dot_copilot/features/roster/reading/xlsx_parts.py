"""The small parts of a workbook: which sheets there are, and which cell styles mean a date (ECMA-376, part 1)."""

from __future__ import annotations

import posixpath
import re
import zipfile

from msgspec import Struct

from dot_copilot.features.roster.errors import FileProblem
from dot_copilot.features.roster.reading.archive import local, small_xml

# Built-in number formats that are dates (18.8.30); 18-21 and 45-47 are times of day, 27-36 and 50-58 East Asian dates.
_DATE_IDS = frozenset({14, 15, 16, 17, 22, *range(27, 37), *range(50, 59)})
_NOT_LETTERS = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_RELATIONS = "xl/_rels/workbook.xml.rels"


class Workbook(Struct):
    """`sheets` are (title, part name) in the order of the tabs, visible ones only. `styles[i]` is of cell style i:
    'd' for a date, a number of digits for formats such as 00000, or None.
    """

    sheets: list[tuple[str, str]]
    styles: list[str | int | None]
    shared_strings: str | None
    epoch_1904: bool


def read_workbook(archive: zipfile.ZipFile) -> Workbook:
    """Reads the parts that describe the others; `FileProblem` when the workbook has no sheet."""
    tree = small_xml(archive, "xl/workbook.xml")
    targets = _targets(archive)
    sheets: list[tuple[str, str]] = []
    epoch_1904 = False
    for element in tree.iter() if tree is not None else ():
        name = local(element.tag)
        if name == "workbookPr":
            epoch_1904 = element.get("date1904", "0") in ("1", "true")
        elif name == "sheet" and element.get("state", "visible") == "visible":
            relation = next((value for key, value in element.attrib.items() if local(key) == "id" and key != "id"), "")
            if relation in targets and "worksheet" in targets[relation][0]:
                sheets.append((element.get("name", ""), targets[relation][1]))
    if not sheets:
        raise FileProblem("The workbook has no visible worksheet. Put the drivers on the first sheet and try again.")
    strings = next((part for kind, part in targets.values() if kind == "sharedStrings"), None)
    styles = next((part for kind, part in targets.values() if kind == "styles"), "xl/styles.xml")
    return Workbook(sheets, _styles(archive, styles), strings, epoch_1904)


def _targets(archive: zipfile.ZipFile) -> dict[str, tuple[str, str]]:
    """Relation id -> (last word of its type, part name). External targets are left out."""
    tree = small_xml(archive, _RELATIONS)
    found: dict[str, tuple[str, str]] = {}
    for element in tree.iter() if tree is not None else ():
        if local(element.tag) == "Relationship" and element.get("TargetMode", "Internal") != "External":
            target = element.get("Target", "").replace("\\", "/")
            part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            found[element.get("Id", "")] = (element.get("Type", "").rpartition("/")[2], part)
    return found


def _styles(archive: zipfile.ZipFile, part: str) -> list[str | int | None]:
    tree = small_xml(archive, part)
    custom: dict[str, str] = {}
    styles: list[str | int | None] = []
    for element in tree.iter() if tree is not None else ():
        name = local(element.tag)
        if name == "numFmt":
            custom[element.get("numFmtId", "")] = element.get("formatCode", "")
        elif name == "cellXfs":
            styles = [_meaning(xf.get("numFmtId", "0"), custom) for xf in element if local(xf.tag) == "xf"]
    return styles


def _meaning(number: str, custom: dict[str, str]) -> str | int | None:
    if number in custom:
        return meaning_of_format(custom[number])
    return "d" if number.isdigit() and int(number) in _DATE_IDS else None


def meaning_of_format(code: str) -> str | int | None:
    """'d' for a format that shows a date, n for one that pads to n digits ('00000'), None for others."""
    first = _NOT_LETTERS.sub("", code.split(";", maxsplit=1)[0]).lower()
    if re.fullmatch(r"0{2,20}", first):
        return len(first)
    if "general" in first or "e+" in first:
        return None
    return "d" if "y" in first or "d" in first else None
