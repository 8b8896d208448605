"""CSV files as exporters, editors and attackers make them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dot_copilot.features.roster.errors import FileProblem, NotATable
from dot_copilot.features.roster.reading.csv_rows import csv_rows
from dot_copilot.features.roster.reading.text import check_text, delimiter_of
from tests.unit.roster.reading_support import HEAD, layout_of, parse, problems, rows_of, write

LINE = "0042,Ana,Ruiz,2024-01-15"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    path = write(tmp_path, f"{HEAD}\n{LINE}\n".replace(",", delimiter))
    assert layout_of(path).delimiter == delimiter
    assert parse(path)[0].driver is not None


def test_commas_inside_quotes_do_not_mislead_about_a_semicolon(tmp_path: Path) -> None:
    path = write(tmp_path, 'Emp #;Driver Name\n1;"Ruiz, Ana"\n2;"Poe, Al"\n')
    assert layout_of(path).delimiter == ";"
    assert [row.driver.last_name for row in parse(path) if row.driver] == ["Ruiz", "Poe"]


def test_excels_sep_line_counts_as_a_row(tmp_path: Path) -> None:
    parsed = parse(write(tmp_path, f"sep=;\n{HEAD}\n{LINE}\n".replace(",", ";")))
    assert [(row.number, row.errors) for row in parsed] == [(3, [])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_is_read(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path, f"{HEAD}\n7,José,Núñez,2024-01-15\n".encode(encoding))
    (row,) = parse(path)
    assert row.driver is not None
    assert (row.driver.first_name, row.driver.last_name) == ("José", "Núñez")


def test_windows_1252_is_refused_with_the_byte_and_the_line(tmp_path: Path) -> None:
    path = write(tmp_path, f"{HEAD}\n{LINE}\n7,José,Núñez,2024-01-15\n".encode("cp1252"))
    with pytest.raises(FileProblem, match=r"not UTF-8: byte 0xE9 in line 3.*CSV UTF-8"):
        layout_of(path)


def test_a_wrong_byte_far_down_is_found_too(tmp_path: Path) -> None:
    path = write(tmp_path, HEAD.encode() + b"\n" + (LINE.encode() + b"\n") * 100_000 + b"1,\xff,x,y\n")
    with pytest.raises(FileProblem, match=r"byte 0xFF in line 100002"):
        layout_of(path)


@pytest.mark.parametrize("content", ["", "\n\n  \n", "\ufeff", ",,,\n,,,\n"])
def test_an_empty_file_is_said_to_be_empty(tmp_path: Path, content: str) -> None:
    with pytest.raises(FileProblem, match="is empty"):
        layout_of(write(tmp_path, content))


def test_a_header_without_drivers(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="header in row 1, but no driver"):
        layout_of(write(tmp_path, f"{HEAD}\n"))


def test_columns_that_nobody_knows(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match=r"None of the columns is known.*'foo', 'bar'.*'Employee ID'"):
        layout_of(write(tmp_path, "foo,bar\n1,2\n"))


def test_the_same_known_header_twice(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="Two columns are called 'Hire Date': D and E"):
        layout_of(write(tmp_path, f"{HEAD},Hire Date\n{LINE},2024-01-16\n"))


def test_the_same_unknown_header_twice_is_told_apart(tmp_path: Path) -> None:
    path = write(tmp_path, f"{HEAD},Shoe,Shoe\n{LINE},a,b\n")
    assert [column.column for column in layout_of(path).columns][-2:] == ["Shoe", "Shoe (column F)"]


def test_a_title_and_blank_lines_above_the_header(tmp_path: Path) -> None:
    path = write(tmp_path, f"ACME Trucking - Driver Roster\n\nPrinted 11/22/2026\n{HEAD}\n{LINE}\n")
    assert layout_of(path).header_row == 4
    assert [row.number for row in parse(path)] == [5]


def test_row_numbers_are_those_of_a_spreadsheet(tmp_path: Path) -> None:
    path = write(tmp_path, f'{HEAD}\n1,"Ana\nMaría",Ruiz,2024-01-15\n\n,,,\n2,Al,Poe,bad\n')
    assert problems(parse(path)) == [(5, "Hire Date", "This is not a date. Write it as YYYY-MM-DD, such as 2026-03-01.")]


def test_ragged_rows_are_reported_and_the_others_read(tmp_path: Path) -> None:
    parsed = parse(write(tmp_path, f"{HEAD}\n1,Ana,Ruiz\n2,Al,Poe,Jr,2024-01-15\n3,Bo,Lee,2024-01-15\n4,Cy,Fox,2024-01-15,,\n"))
    assert [(row.number, row.driver is None) for row in parsed] == [(2, True), (3, True), (4, False), (5, False)]
    assert "has 3 cells and the header 4" in parsed[0].errors[0].problem
    assert "has 5 cells and the header 4" in parsed[1].errors[0].problem


def test_a_misplaced_quotation_mark_costs_one_row(tmp_path: Path) -> None:
    parsed = parse(write(tmp_path, f'{HEAD}\n1,"Ana" x,Ruiz,2024-01-15\n2,Al,Poe,2024-01-15\n'))
    assert [row.driver is not None for row in parsed] == [False, True]
    assert "quotation mark" in parsed[0].errors[0].problem


def test_a_quotation_mark_that_never_closes(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="Row 3: A quotation mark opens"):
        rows_of(write(tmp_path, f'{HEAD}\n{LINE}\n1,"Ana,Ruiz,2024-01-15\n2,Al,Poe,2024-01-15\n'))


def test_a_zero_byte_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(NotATable, match="zero byte in line 2"):
        layout_of(write(tmp_path, f"{HEAD}\n1,A\0na,Ruiz,2024-01-15\n"))


def test_a_line_without_end_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="Line 2 is longer than 1,000,000"):
        layout_of(write(tmp_path, HEAD + "\n" + "x," * 700_000))


def test_too_many_columns(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="has 500 cells"):
        layout_of(write(tmp_path, ",".join(f"c{n}" for n in range(500)) + "\n1\n"))


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_all_line_ends(tmp_path: Path, end: str) -> None:
    assert len(parse(write(tmp_path, f"{HEAD}{end}{LINE}{end}{LINE.replace('42', '43')}"))) == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"%PDF-1.7\n", "a PDF document"),
        (b"MZ\x90\0\x03", "a Windows program"),
        (b"\x7fELF\x02", "a program"),
        (b"\x89PNG\r\n", "a picture"),
        (b"\xff\xd8\xff\xe0", "a picture"),
        (b"\x1f\x8b\x08", "a compressed file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "Excel 97-2003"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"<html><table><tr><td>Employee ID", "web page"),
        (b'<?xml version="1.0"?><Workbook/>', "XML"),
        (b"{\\rtf1", "RTF"),
        (b"PK\x03\x04 and then nonsense", "damaged"),
    ],
)
def test_the_content_counts_and_not_the_name(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(NotATable, match=said):
        layout_of(write(tmp_path, content, "drivers.csv"))


cells = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)


@given(rows=st.lists(st.lists(cells, min_size=3, max_size=3), min_size=1, max_size=20), delimiter=st.sampled_from(",;\t|"))
@settings(max_examples=150)
def test_what_the_csv_module_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], delimiter: str
) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows)
    path = write(tmp_path_factory.mktemp("csv"), text.getvalue())
    assert [row.cells for row in csv_rows(path, "utf-8", delimiter)] == rows


@given(content=st.binary(max_size=400))
@settings(max_examples=300)
def test_any_bytes_give_rows_or_a_problem_in_words(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = write(tmp_path_factory.mktemp("any"), content)
    said = "it could be read"
    try:
        rows_of(path)
        check_text(path)
    except FileProblem as problem:
        said = str(problem)
    assert len(said) > 10


def test_a_single_column_falls_back_to_the_comma(tmp_path: Path) -> None:
    assert delimiter_of(write(tmp_path, "Name\nAna\n"), "utf-8") == ","


def test_a_file_of_blank_lines_is_given_up_early(tmp_path: Path) -> None:
    path = write(tmp_path, f"{HEAD}\n" + "\n" * 1_100_000 + f"{LINE}\n")
    with pytest.raises(FileProblem, match="header in row 1, but no driver below"):
        layout_of(path)
    with pytest.raises(FileProblem, match="more than 1,048,576 rows"):
        list(csv_rows(path, "utf-8", ","))
