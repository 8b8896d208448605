"""How long a record must be kept, and from which day it may go. Nothing is deleted by this: it is reported."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from .dates import add_months
from .requirement import Retention, RetentionKind


def kept_until(
    retention: Retention,
    *,
    obtained_on: date,
    employment_ended_on: date | None = None,
    function_ended_on: date | None = None,
) -> date | None:
    """The last day on which the record must be kept; None while its clock has not begun (the work goes on).

    A record without a duty to keep it (`RetentionKind.NONE`) is kept until the day it was obtained.
    """
    start = {
        RetentionKind.EMPLOYMENT: employment_ended_on,
        RetentionKind.FUNCTION: function_ended_on or employment_ended_on,
        RetentionKind.DOCUMENT: obtained_on,
        RetentionKind.NONE: obtained_on,
    }[retention.kind]
    if start is None:
        return None
    return add_months(start, retention.months) + timedelta(days=retention.days)


def purgeable_from(last_days: Iterable[date | None], *, legal_hold: bool = False) -> date | None:
    """The first day on which a record may go, given `kept_until` of every requirement it serves: the longest wins.

    None: it may not go as far as can be told today, because a clock has not begun or a legal hold is on it.
    """
    days = list(last_days)
    if legal_hold or not days or any(day is None for day in days):
        return None
    return max(day for day in days if day is not None) + timedelta(days=1)
