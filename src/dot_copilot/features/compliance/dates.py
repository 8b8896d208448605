"""Arithmetic on plain dates: whole months that clamp to the month's end, whole days that shift for nothing.

The engine counts in ordinals (`date.toordinal()`), which are quick to compare and to add to; people see dates.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from functools import lru_cache


def add_months(start: date, months: int) -> date:
    """`start` plus `months` (may be negative), clamped to the end of the month: 29 February 2024 + 12 = 28 February 2025.

    Always add to the original anchor: 31 January + 1 + 1 is 28 March, 31 January + 2 is 31 March.
    """
    count = start.year * 12 + start.month - 1 + months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


@lru_cache(maxsize=1 << 16)
def months_after(day: int, months: int) -> int:
    """`add_months` on ordinals. Remembered, because a fleet's dates repeat."""
    return add_months(date.fromordinal(day), months).toordinal()


def earliest_limit(day: int, months: int | None, days: int | None) -> int | None:
    """The earlier of `day` + `months` and `day` + `days`, as ordinals; None when there is neither."""
    if months is None:
        return None if days is None else day + days
    counted = months_after(day, months)
    return counted if days is None else min(counted, day + days)
