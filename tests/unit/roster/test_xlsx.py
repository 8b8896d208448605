"""XLSX workbooks: what Excel and exporters write, and what a hostile one holds."""

from __future__ import annotations

import time
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from dot_copilot.features.roster.errors import FileProblem, NotATable
from dot_copilot.features.roster.models import FORMULA
from dot_copilot.features.roster.reading.xlsx_parts import meaning_of_format
from dot_copilot.features.roster.reading.xlsx_sheet import plain_number
from tests.unit.roster.reading_support import fields_of, layout_of, parse, problems, rows_of, write
from tests.unit.roster.workbooks import inline, raw_workbook, workbook, zip_bytes

HEAD = ["Employee ID", "First Name", "Last Name", "Hire Date"]
ANA = ["0042", "Ana", "Ruiz", "2024-01-15"]


def test_dates_numbers_and_text_come_as_people_see_them(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        HEAD,
        [1001.0, "Ana", "Ruiz", datetime.fromisoformat("2024-01-15T08:30")],
        [7, "Al", "Poe", date(2023, 2, 3)],
    ]
    path = workbook(tmp_path / "a.xlsx", rows, formats={0: "00000", 3: "m/d/yy"})
    drivers = [row.driver for row in parse(path)]
    assert [(d.employee_id, d.hired_on) for d in drivers if d] == [("01001", date(2024, 1, 15)), ("00007", date(2023, 2, 3))]


def test_an_employee_id_that_excel_made_a_float(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [HEAD, [1001.0, "Ana", "Ruiz", "2024-01-15"]])
    assert [row.driver.employee_id for row in parse(path) if row.driver] == ["1001"]


def test_a_workbook_under_the_name_of_a_csv_is_read(tmp_path: Path) -> None:
    assert len(parse(workbook(tmp_path / "drivers.csv", [HEAD, ANA]))) == 1


def test_empty_sheets_and_rows_before_the_roster_are_passed_over(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [[], ["ACME drivers"], [], HEAD, ANA, [], ["43", "Al", "Poe", "2024-01-16"]], before=2)
    layout = layout_of(path)
    assert (layout.sheet_title, layout.header_row) == ("Drivers", 4)
    assert [row.number for row in parse(path)] == [5, 7]


def test_trailing_empty_columns_are_no_columns(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [[*HEAD, None, "", None], [*ANA, None, None, None]])
    assert list(fields_of(path)) == HEAD


def test_values_under_no_header_get_a_name(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [[*HEAD, None], [*ANA, "x"]])
    assert list(fields_of(path))[-1] == "(column E)"


def test_a_formula_is_refused_where_it_stands(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [HEAD, ["1", "Ana", "Ruiz", "=TODAY()"], ["2", "=A2", "Poe", "2024-01-15"]])
    assert [(row, column) for row, column, _ in problems(parse(path))] == [(2, "Hire Date"), (3, "First Name")]
    assert "formula" in problems(parse(path))[0][2]
    assert rows_of(path)[1].cells[3] is FORMULA


def test_a_formula_in_the_header(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [[*HEAD, '="Term"&" Date"'], [*ANA, None]])
    with pytest.raises(FileProblem, match="header of column E is a formula"):
        layout_of(path)


def test_a_formula_in_a_column_nobody_imports_does_no_harm(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [[*HEAD, "Seniority bonus"], [*ANA, "=1+1"]])
    assert problems(parse(path)) == []


def test_an_excel_error_cell_in_a_date_column_is_not_known(tmp_path: Path) -> None:
    data = inline([HEAD, ANA[:3]]).removesuffix("</row>") + '<c r="D2" t="e"><v>#N/A</v></c></row>'
    (row,) = parse(raw_workbook(tmp_path / "a.xlsx", data))
    assert row.driver is not None
    assert row.driver.hired_on is None


def test_shared_strings_without_their_phonetic_hints(tmp_path: Path) -> None:
    strings = b"<sst><si><t>Ana</t><rPh sb='0' eb='1'><t>hint</t></rPh></si><si><r><t>Ru</t></r><r><t>iz</t></r></si></sst>"
    data = inline([HEAD]) + ('<row r="2"><c r="A2"><v>42</v></c><c r="B2" t="s"><v>0</v></c><c r="C2" t="s"><v>1</v></c></row>')
    (row,) = parse(raw_workbook(tmp_path / "a.xlsx", data, parts={"xl/sharedStrings.xml": strings}))
    assert row.driver is not None
    assert (row.driver.employee_id, row.driver.first_name, row.driver.last_name) == ("42", "Ana", "Ruiz")


def test_a_workbook_with_namespace_prefixes(tmp_path: Path) -> None:
    sheet = (
        '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>'
        + inline([HEAD, ANA]).replace("<", "<x:").replace("<x:/", "</x:")
        + "</x:sheetData></x:worksheet>"
    )
    path = raw_workbook(tmp_path / "a.xlsx", "", parts={"xl/worksheets/sheet1.xml": sheet.encode()})
    assert len(parse(path)) == 1


def test_a_string_that_is_not_there_is_damage(tmp_path: Path) -> None:
    data = inline([HEAD]) + '<row r="2"><c r="A2" t="s"><v>99</v></c></row>'
    with pytest.raises(FileProblem, match="damaged"):
        layout_of(raw_workbook(tmp_path / "a.xlsx", data))


BILLION_LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml"])
def test_entities_are_not_even_defined(tmp_path: Path, part: str) -> None:
    honest = raw_workbook(tmp_path / "honest.xlsx", inline([HEAD, ANA]))
    with zipfile.ZipFile(honest) as archive:
        content = archive.read(part)
    path = raw_workbook(tmp_path / "a.xlsx", inline([HEAD, ANA]), parts={part: BILLION_LAUGHS.encode() + content})
    with pytest.raises(NotATable, match="entity"):
        rows_of(path)


def test_a_zip_bomb_is_known_by_its_ratio(tmp_path: Path) -> None:
    path = raw_workbook(tmp_path / "a.xlsx", inline([HEAD, ANA]), parts={"xl/media/a.bin": b"\0" * (64 << 20)})
    assert path.stat().st_size < 200_000
    with pytest.raises(NotATable, match="zip bomb"):
        layout_of(path)


def test_a_workbook_that_unpacks_to_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dot_copilot.features.roster.reading.archive.MAX_TOTAL_BYTES", 1000)
    with pytest.raises(NotATable, match="unpacks to"):
        layout_of(raw_workbook(tmp_path / "a.xlsx", inline([HEAD, ANA])))


def test_a_workbook_of_ten_thousand_parts(tmp_path: Path) -> None:
    parts = {f"xl/media/{number}": b"x" for number in range(3000)}
    with pytest.raises(NotATable, match=r"3,005 parts"):
        layout_of(raw_workbook(tmp_path / "a.xlsx", inline([HEAD, ANA]), parts=parts))


def test_a_tag_that_never_ends_is_not_collected(tmp_path: Path) -> None:
    sheet = b"<worksheet><sheetData><row r='1' x='" + b"ab" * 2_000_000 + b"'></row></sheetData></worksheet>"
    with pytest.raises(FileProblem, match="damaged"):
        layout_of(raw_workbook(tmp_path / "a.xlsx", "", parts={"xl/worksheets/sheet1.xml": sheet}))


def test_a_cell_without_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="row 2 holds more than 40,000 characters"):
        layout_of(raw_workbook(tmp_path / "a.xlsx", inline([HEAD, ["1", "x" * 100_000]])))


def test_a_value_far_to_the_right_does_not_make_a_wide_row(tmp_path: Path) -> None:
    data = inline([HEAD]) + '<row r="2"><c r="XFD2"><v>1</v></c></row>'
    with pytest.raises(FileProblem, match="column XFD"):
        layout_of(raw_workbook(tmp_path / "a.xlsx", data))


def test_a_truncated_workbook_is_damaged(tmp_path: Path) -> None:
    whole = workbook(tmp_path / "a.xlsx", [HEAD, *([ANA] * 500)]).read_bytes()
    with pytest.raises(FileProblem, match="damaged"):
        layout_of(write(tmp_path, whole[: len(whole) // 2], "b.xlsx"))


def test_a_workbook_with_a_wrong_checksum_is_damaged(tmp_path: Path) -> None:
    data = bytearray(raw_workbook(tmp_path / "a.xlsx", inline([HEAD, *([ANA] * 50)])).read_bytes())
    place = data.index(b"xl/worksheets/sheet1.xml") + 60
    data[place : place + 4] = b"\xff\xff\xff\xff"
    with pytest.raises(FileProblem):
        rows_of(write(tmp_path, bytes(data), "b.xlsx"))


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b""}, "OpenDocument"),
        ({"xl/workbook.bin": b""}, "xlsb"),
        ({"word/document.xml": b""}, "Word"),
        ({"Index/Document.iwa": b""}, "Numbers"),
        ({"drivers.csv": b"Employee ID"}, "zip archive"),
    ],
)
def test_other_packages_say_what_to_do(tmp_path: Path, parts: dict[str, bytes], said: str) -> None:
    with pytest.raises(NotATable, match=said):
        layout_of(write(tmp_path, zip_bytes(parts), "a.xlsx"))


def test_an_empty_workbook(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="The workbook is empty"):
        layout_of(workbook(tmp_path / "a.xlsx", []))


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        ("m/d/yyyy", "d"), ("[$-409]d-mmm-yy;@", "d"), ("yyyy\\-mm\\-dd", "d"), ("00000", 5), ("General", None), ("0.00", None),
        ('"day" 0', None), ("[Red]0", None), ("@", None), ("h:mm", None), ("0.00E+00", None),
    ],
)  # fmt: skip
def test_formats(code: str, meaning: str | int | None) -> None:
    assert meaning_of_format(code) == meaning


@pytest.mark.parametrize(
    ("text", "shown"),
    [("1001.0", "1001"), ("1.5", "1.5"), ("1.2345E+11", "123450000000"), ("007", "007"), ("x", "x"), ("1e400", "inf")],
)
def test_numbers_as_a_wide_cell_shows_them(text: str, shown: str) -> None:
    assert plain_number(text) == shown


def test_a_cover_sheet_before_the_roster(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    cover = book.active
    assert cover is not None
    cover.append(["How to read this workbook", "Call Dee"])
    roster = book.create_sheet("Active drivers")
    for row in (HEAD, ANA):
        roster.append(row)
    book.save(tmp_path / "a.xlsx")
    assert layout_of(tmp_path / "a.xlsx").sheet_title == "Active drivers"
    assert len(parse(tmp_path / "a.xlsx")) == 1


def test_a_sheet_says_how_many_rows_it_has(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (HEAD, ANA, ANA):
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    assert layout_of(tmp_path / "a.xlsx").rows_hint == 3


def test_a_sheet_of_nothing_but_empty_cells_is_given_up_early(tmp_path: Path) -> None:
    blank = "".join(f'<row r="{n}"><c r="A{n}"/><c r="B{n}"/></row>' for n in range(1, 400_000))
    began = time.process_time()
    with pytest.raises(FileProblem, match="too many cells"):
        layout_of(raw_workbook(tmp_path / "a.xlsx", blank))
    assert time.process_time() - began < 10


def test_a_sheet_with_more_rows_than_a_spreadsheet_has(tmp_path: Path) -> None:
    data = inline([HEAD, ANA]) + '<row r="1048576"/><row/>'
    with pytest.raises(FileProblem, match="more than 1,048,576 rows"):
        rows_of(raw_workbook(tmp_path / "a.xlsx", data))
