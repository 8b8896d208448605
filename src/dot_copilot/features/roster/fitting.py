"""Whether the sample values of a column fit what its header seems to mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date

from dot_copilot.features.roster.fields import Field
from dot_copilot.features.roster.values.dates import parse_date
from dot_copilot.features.roster.values.places import parse_state
from dot_copilot.features.roster.values.problem import ValueProblem, is_nothing
from dot_copilot.features.roster.values.words import parse_cdl_class, parse_endorsements, parse_status, parse_yes_no

# Wrong dates look like dates too; what is wrong with them is for the row errors to say.
_DATE_LIKE = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*|\d{1,2}[- ][^\W\d_]{3,}.*\d{2,4}|[^\W\d_]{3,10}\.? \d{1,2},? \d{2,4}|(19|20)\d{6}"
)
_DATE_KINDS = frozenset({"past", "hire", "term", "birth", "obtained", "expires"})
_WORD_KINDS: dict[str, Callable[[str], object]] = {
    "yes_no": parse_yes_no,
    "state": parse_state,
    "class": parse_cdl_class,
    "endorsements": parse_endorsements,
    "status": parse_status,
}


def fits(field: Field, samples: Sequence[str], today: date, *, explicit: bool) -> bool:
    """Whether at least half of the samples are of the field's kind. `explicit`: the header itself speaks of a date."""
    values = [sample for sample in samples if not is_nothing(sample)]
    if not values:
        return True
    dates = sum(1 for value in values if _DATE_LIKE.fullmatch(value)) * 2 >= len(values)
    if field.kind in _DATE_KINDS:
        if not dates:
            return explicit
        return explicit or field.kind != "obtained" or not _mostly_ahead(values, today)
    if dates:
        return False
    if field.kind in _WORD_KINDS:
        return sum(1 for value in values if _reads(_WORD_KINDS[field.kind], value)) * 2 >= len(values)
    return True


def contradicts(field: Field, samples: Sequence[str]) -> bool:
    """Whether all samples are plainly of another kind: ticks where dates belong, dates where a word belongs.

    Merely wrong values do not contradict: they are for the row errors to tell.
    """
    values = [sample for sample in samples if not is_nothing(sample)]
    if not values:
        return False
    if field.kind in _DATE_KINDS:
        return all(_reads(parse_yes_no, value) for value in values)
    return all(_DATE_LIKE.fullmatch(value) for value in values)


def looks_past(samples: Sequence[str], today: date) -> bool:
    """Whether there are dates and all of them have passed."""
    days = _days(samples)
    return bool(days) and all(day < today for day in days)


def looks_like_codes(samples: Sequence[str]) -> bool:
    """Whether the values are numbers or codes rather than names of people."""
    values = [sample for sample in samples if not is_nothing(sample)]
    return bool(values) and all(any(c.isdigit() for c in value) for value in values)


def _mostly_ahead(values: Sequence[str], today: date) -> bool:
    days = _days(values)
    return sum(1 for day in days if day > today) * 2 > len(days)


def _days(values: Sequence[str]) -> list[date]:
    days = []
    for value in values:
        try:
            days.append(parse_date(value))
        except ValueProblem:
            continue
    return days


def _reads(converter: Callable[[str], object], value: str) -> bool:
    try:
        converter(value)
    except ValueProblem:
        return False
    return True
