"""Months clamp, days do not shift, and nothing is chained."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dot_copilot.features.compliance.dates import add_months, earliest_limit, months_after

D = date


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (D(2024, 2, 29), 12, D(2025, 2, 28)),
        (D(2024, 2, 29), 24, D(2026, 2, 28)),
        (D(2024, 2, 29), 48, D(2028, 2, 29)),
        (D(2023, 2, 28), 12, D(2024, 2, 28)),
        (D(2026, 1, 31), 1, D(2026, 2, 28)),
        (D(2026, 1, 31), 2, D(2026, 3, 31)),
        (D(2026, 12, 31), 2, D(2027, 2, 28)),
        (D(2022, 12, 1), 12, D(2023, 12, 1)),
        (D(2026, 3, 31), -1, D(2026, 2, 28)),
        (D(2026, 1, 15), -36, D(2023, 1, 15)),
        (D(2026, 5, 5), 0, D(2026, 5, 5)),
    ],
)
def test_months_are_added_to_the_anchor_and_clamp(start: date, months: int, end: date) -> None:
    assert add_months(start, months) == end
    assert months_after(start.toordinal(), months) == end.toordinal()


@given(st.dates(D(1980, 1, 1), D(2080, 1, 1)), st.integers(-120, 120))
def test_the_day_stays_or_is_the_last_of_its_month(start: date, months: int) -> None:
    end = add_months(start, months)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    assert end.day == start.day or (end.day < start.day and (end + timedelta(days=1)).day == 1)


def test_the_year_of_a_query_is_twelve_months_or_365_days_whichever_is_sooner() -> None:
    assert earliest_limit(D(2022, 12, 1).toordinal(), 12, 365) == D(2023, 12, 1).toordinal()
    assert earliest_limit(D(2023, 12, 1).toordinal(), 12, 365) == D(2024, 11, 30).toordinal()
    assert earliest_limit(D(2024, 2, 29).toordinal(), 12, 365) == D(2025, 2, 28).toordinal()
    assert earliest_limit(D(2024, 2, 28).toordinal(), 12, 365) == D(2025, 2, 27).toordinal()
    assert earliest_limit(5, None, None) is None
