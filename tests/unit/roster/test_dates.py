"""Dates: what is read, what is refused, and that nothing is read as another day than it says."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dot_copilot.features.roster.values.dates import DayFirst, is_ambiguous, is_day_first, parse_date
from dot_copilot.features.roster.values.problem import ValueProblem

FIRST_OF_MARCH = (
    "2026-03-01|2026/3/1|2026.03.01|20260301|3/1/2026|03/01/2026|03-01-2026|1-Mar-2026|01MAR2026|"
    "1 Mar 2026|Mar 1, 2026|"
    "Mar. 1, 2026|March 1st, 2026|MARCH 1 2026|1 de marzo de 2026|1-mar-2026|marzo 1, 2026|2026-03-01 00:00:00|"
    "2026-03-01T17:45:00|3/1/2026 12:00:00 AM|2026-03-01T00:00:00Z|2026-03-01T00:00:00.000+00:00|2026-03-01T00:00-06:00"
)


@pytest.mark.parametrize("text", FIRST_OF_MARCH.split("|"))
def test_ways_to_write_the_first_of_march(text: str) -> None:
    assert parse_date(text) == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("3/1/26", "two digits"),
        ("03-01-26", "two digits"),
        ("26-03-01", "two digits"),
        ("3/1/'26", "two digits"),
        ("1-Mar-26", "four digits"),
        ("Mar 1", "four digits"),
        ("13/02/2026", "day seems to stand before the month"),
        ("1.2.2026", "dots"),
        ("2/29/2025", "2025 has no 29 February"),
        ("2100-02-29", "2100 has no 29 February"),
        ("2026-02-30", "no such day"),
        ("4/31/2026", "no such day"),
        ("2026-13-01", "no such day"),
        ("32/13/2026", "no such day"),
        ("00/00/0000", "no such day"),
        ("0000-00-00", "no such day"),
        ("1/0/1900", "no such day"),
        ("1905-05-05", "too long ago"),
        ("46082", "plain number"),
        ("46082.5", "plain number"),
        ("1 Foo 2026", "not a month"),
        ("2026-03-01T05:00:00Z", "time zone"),
        ("3/1-2026", "not a date"),
        ("see file", "not a date"),
        ("2026-03", "not a date"),
    ],
)
def test_what_is_refused_says_what_to_write(text: str, said: str) -> None:
    with pytest.raises(ValueProblem, match=said) as caught:
        parse_date(text)
    assert "YYYY-MM-DD" in str(caught.value)


def test_the_29th_of_february_of_leap_years() -> None:
    assert parse_date("2/29/2024") == date(2024, 2, 29)
    assert parse_date("2000-02-29") == date(2000, 2, 29)


days = st.dates(date(1920, 1, 1), date(2046, 12, 31))


@given(day=days)
def test_every_form_of_a_day_is_that_day(day: date) -> None:
    forms = (
        day.isoformat(),
        f"{day:%m/%d/%Y}",
        f"{day.month}-{day.day}-{day.year}",
        f"{day:%d-%b-%Y}",
        f"{day:%B} {day.day}, {day.year}",
        f"{day:%Y%m%d}",
    )
    assert {parse_date(form) for form in forms} == {day}


@given(day=days)
def test_a_day_written_day_first_is_never_read_as_such(day: date) -> None:
    swapped = f"{day.day}/{day.month}/{day.year}"
    if day.day > 12:
        assert is_day_first(swapped)
        with pytest.raises(DayFirst):
            parse_date(swapped)
    else:
        assert is_ambiguous(swapped) == (day.day != day.month)


@given(text=st.text(max_size=30))
def test_any_text_is_a_date_or_a_problem(text: str) -> None:
    try:
        year = parse_date(text).year
    except ValueProblem:
        return
    assert year >= 1920
