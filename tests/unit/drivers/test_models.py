"""Employments that share a day."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dot_copilot.features.drivers.models import Episode, overlapping

START = date(2024, 1, 1)


def episode(first: int, last: int | None) -> Episode:
    """From and to, in days after START."""
    return Episode(uuid4(), START + timedelta(days=first), None if last is None else START + timedelta(days=last))


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [
        ((0, 10), (10, 20), True),
        ((0, 10), (11, 20), False),
        ((0, None), (50, 60), True),
        ((50, None), (0, 49), False),
        ((0, None), (0, None), True),
        ((5, 5), (0, 10), True),
    ],
)
def test_the_last_day_is_a_day_of_work(one: tuple[int, int | None], other: tuple[int, int | None], share: bool) -> None:
    there, here = episode(*one), episode(*other)
    assert overlapping([there], here.hired_on, here.terminated_on) == (there if share else None)
    assert (overlapping([here], there.hired_on, there.terminated_on) is not None) == share


DAY = st.integers(0, 40)


@given(DAY, st.none() | DAY, DAY, st.none() | DAY)
def test_it_is_so_exactly_when_some_day_lies_in_both(a: int, b: int | None, c: int, d: int | None) -> None:
    one, other = episode(a, None if b is None else a + b), episode(c, None if d is None else c + d)
    days = [set(range(first, 100 if last is None else first + last + 1)) for first, last in ((a, b), (c, d))]
    assert (overlapping([one], other.hired_on, other.terminated_on) is not None) == bool(days[0] & days[1])
