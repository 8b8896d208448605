"""What must hold within a row and between rows; what a row without problems says."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from dot_copilot.features.roster.models import DriverRow, EvidenceDates
from tests.unit.roster.reading_support import HEAD, TODAY, parse, problems, write


def one(tmp_path: Path, header: str, values: str) -> list[tuple[int, str | None, str]]:
    """The problems of a roster of one row."""
    return problems(parse(write(tmp_path, f"{header}\n{values}\n")))


def driver(tmp_path: Path, header: str, values: str) -> DriverRow:
    """The driver of a roster of one good row."""
    (row,) = parse(write(tmp_path, f"{header}\n{values}\n"))
    assert row.errors == []
    assert row.driver is not None
    return row.driver


def test_an_empty_cell_is_not_known_and_never_false(tmp_path: Path) -> None:
    found = driver(tmp_path, f"{HEAD},Insulin,Hazmat Employee,Endorsements,CDL Class,Last MVR,Email", "1,Ana,Ruiz,,,N/A,,-,TBD,")
    assert found.profile == {}
    assert (found.date_of_birth, found.email, found.phone) == (None, None, None)
    assert found.evidence == []
    assert found.hired_on is None


def test_a_full_row(tmp_path: Path) -> None:
    header = (
        f"{HEAD},Term Date,DOB,Branch,Lic #,License State,Class,Endors,CDL Exp,DOT Physical,Med Card Exp,Last MVR,Annual Review,"
        "Clearinghouse Full,Clearinghouse Limited,Hazmat Employee,Hazmat Training,Insulin Treated,Interstate,sph,policy_uniform"
    )
    values = (
        '0042,Ana,Ruiz,1/15/2024,,5/6/1988,El Paso,TX123,tx,CDL-A,"H, N",2029-05-01,2026-03-01,2028-03-01,3/2/2026,2026-03-03,'
        "2024-01-10,2026-01-11,Y,2025-02-02,no,yes,2024-02-01,2024-01-16"
    )
    found = driver(tmp_path, header, values)
    assert (found.employee_id, found.hired_on, found.terminal) == ("0042", date(2024, 1, 15), "El Paso")
    assert found.date_of_birth == date(1988, 5, 6)
    assert found.profile == {
        "cdl_number": "TX123", "cdl_state": "TX", "cdl_class": "A", "endorsements": ["H", "N"],
        "hazmat_employee": True, "insulin_treated": False, "interstate": True,
    }  # fmt: skip
    assert found.evidence == [
        EvidenceDates("cdl", None, date(2029, 5, 1)),
        EvidenceDates("mec", date(2026, 3, 1), date(2028, 3, 1)),
        EvidenceDates("mvr_annual", date(2026, 3, 2), None),
        EvidenceDates("review_annual", date(2026, 3, 3), None),
        EvidenceDates("ch_full", date(2024, 1, 10), None),
        EvidenceDates("ch_annual", date(2026, 1, 11), None),
        EvidenceDates("hm_train", date(2025, 2, 2), None),
        EvidenceDates("sph", date(2024, 2, 1), None),
        EvidenceDates("policy_uniform", date(2024, 1, 16), None),
    ]


def test_the_second_of_two_equal_employee_ids_names_the_first(tmp_path: Path) -> None:
    parsed = parse(write(tmp_path, f"{HEAD}\n7,Ana,Ruiz,\n8,Al,Poe,\n7,Bo,Lee,\n7.0,Cy,Fox,\n"))
    assert [(row, column) for row, column, _ in problems(parsed)] == [(4, "Employee ID"), (5, "Employee ID")]
    assert all("Row 2 has the same employee id" in problem for _, _, problem in problems(parsed))


@pytest.mark.parametrize(
    ("header", "values", "column", "said"),
    [
        (HEAD, ",Ana,Ruiz,2024-01-15", "Employee ID", "employee id is missing"),
        (HEAD, "1,,Ruiz,2024-01-15", "First Name", "first name is missing"),
        (f"{HEAD},Term Date", "1,Ana,Ruiz,2024-01-15,2024-01-14", "Hire Date", "after the termination date 2024-01-14"),
        (f"{HEAD},Term Date", "1,Ana,Ruiz,,2024-01-14", "Hire Date", "no hire date"),
        (f"{HEAD},Status", "1,Ana,Ruiz,2024-01-15,Terminated", "Status", "no termination date"),
        (f"{HEAD},Term Date,Status", "1,Ana,Ruiz,2024-01-15,2025-01-15,Active", "Status", "was terminated on 2025-01-15"),
        (f"{HEAD},DOB", "1,Ana,Ruiz,2024-01-15,2010-01-16", "DOB", "13 years old when hired"),
        (f"{HEAD},DOB", "1,Ana,Ruiz,2024-01-15,2088-01-16", "DOB", "lies in the future"),
        (f"{HEAD},Last MVR", f"1,Ana,Ruiz,2024-01-15,{TODAY + timedelta(days=2)}", "Last MVR", "lies in the future"),
        (f"{HEAD},CDL Exp", "1,Ana,Ruiz,2024-01-15,9999-12-31", "CDL Exp", "more than 20 years ahead"),
        (HEAD, "1,Ana,Ruiz,2028-01-15", "Hire Date", "more than 1 year ahead"),
        (f"{HEAD},DOT Physical,Med Card Exp", "1,Ana,Ruiz,,2026-03-01,2026-02-28", "Med Card Exp", "before its own date"),
        (f"{HEAD},License State", "1,Ana,Ruiz,2024-01-15,ZZ", "License State", "not a state"),
        (f"{HEAD},CDL Exp", "1,Ana,Ruiz,2024-01-15,=TODAY()", "CDL Exp", "starts with '='"),
        (f"{HEAD},Branch", "1,Ana,Ruiz,2024-01-15,=cmd|' /C calc'!A0", "Branch", "starts with '='"),
        (f"{HEAD},TWIC Date,TWIC Expiration", "1,Ana,Ruiz,,2025-01-01,2024-01-01", "TWIC Expiration", "before its own date"),
    ],
)  # fmt: skip
def test_what_does_not_fit_together(tmp_path: Path, header: str, values: str, column: str, said: str) -> None:
    found = one(tmp_path, header, values)
    assert [name for _, name, _ in found] == [column]
    assert said in found[0][2]


def test_a_wrong_hire_date_is_not_called_missing_too(tmp_path: Path) -> None:
    assert [column for _, column, _ in one(tmp_path, f"{HEAD},Term Date", "1,Ana,Ruiz,bad,2024-01-14")] == ["Hire Date"]


def test_all_problems_of_a_row_are_told_at_once(tmp_path: Path) -> None:
    found = one(tmp_path, f"{HEAD},DOB,License State", ",Ana,Ruiz,1/5/24,1.1.1980,ZZ")
    assert sorted(column or "" for _, column, _ in found) == ["DOB", "Employee ID", "Hire Date", "License State"]


def test_a_day_first_date_makes_the_others_of_its_column_ambiguous(tmp_path: Path) -> None:
    rows = ["1,Ana,Ruiz,03/02/2026", "2,Al,Poe,13/02/2026", "3,Bo,Lee,2026-02-03", "4,Cy,Fox,02/28/2026", "5,Di,Ray,04/04/2026"]
    found = problems(parse(write(tmp_path, HEAD + "\n" + "\n".join(rows) + "\n")))
    assert [row for row, _, _ in found] == [2, 3]
    assert "row 3 of this column has the day first" in found[0][2]
    assert "day seems to stand before the month" in found[1][2]


def test_us_dates_alone_are_not_ambiguous(tmp_path: Path) -> None:
    assert driver(tmp_path, HEAD, "1,Ana,Ruiz,03/02/2026").hired_on == date(2026, 3, 2)


def test_today_and_tomorrow_are_not_yet_the_future(tmp_path: Path) -> None:
    found = driver(tmp_path, f"{HEAD},Last MVR", f"1,Ana,Ruiz,2024-01-15,{TODAY + timedelta(days=1)}")
    assert found.evidence[0].obtained_on == TODAY + timedelta(days=1)


def test_long_values_are_cut_in_the_report(tmp_path: Path) -> None:
    (row,) = parse(write(tmp_path, f"{HEAD}\n1,Ana,{'x' * 500},2024-01-15\n"))
    assert [len(error.value or "") for error in row.errors] == [80]


def test_a_full_name_column(tmp_path: Path) -> None:
    found = driver(tmp_path, "Emp #,Driver Name,Hire Date", '7,"Delgado Ruiz, María",2024-01-15')
    assert (found.first_name, found.last_name) == ("María", "Delgado Ruiz")
