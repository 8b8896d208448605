"""A driver's timeline as numbers that PostgreSQL can filter and count by. Pure; ADR 0007 tells why.

A day is counted from 1898-12-31. A key is a requirement's number * 32 + a slot; number 0 is the driver as a whole. A point is
`key << 17 | day`, one int4. A span is a half-open pair of points of one key, so spans of different keys never touch.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from .model import Period, State, Timeline

FIRST_DAY = date(1899, 1, 1)
ORIGIN = FIRST_DAY.toordinal() - 1
BITS = 17
LAST = (1 << BITS) - 1  # the end of what has no end; the last day that can be asked for lies before it
MASK = LAST
SLOTS = 32
HIGHEST_NUMBER = 511

STATES: tuple[State, ...] = (
    State.UNKNOWN,
    State.MISSING,
    State.DUE,
    State.OVERDUE,
    State.PENDING_REVIEW,
    State.VALID,
    State.EXPIRING,
    State.EXPIRED,
    State.BLOCKED,
    State.NOT_APPLICABLE,
)
SLOT: Mapping[State, int] = {state: slot for slot, state in enumerate(STATES)}
_SLOTS: Mapping[str, int] = {state.value: slot for slot, state in enumerate(STATES)}  # an Enum's own hash is slow
FORBIDS = 10  # added to a state's slot when the requirement alone keeps the driver from driving
WINDOWS = (30, 60, 90)
D30, D60, D90 = 22, 23, 24  # due within so many days; in the calendar only

# Slots of number 0.
CURRENT = 10  # employed; or nobody knows since when
CANNOT_DRIVE = 11  # current, and something forbids driving
HAS_DUE = 12  # something falls due on the day or later
MAY_DRIVE = 13  # current, and nothing forbids driving
KNOWN = 14  # every driver on every day
UNHIRED = 15  # no employment on record

BRIEF_KEYS = (CURRENT, CANNOT_DRIVE)
WINDOW_SLOTS = (D30, D60, D90)
BRIEF_SLOTS = WINDOW_SLOTS  # in the brief calendar summed over all requirements, under number 0

_WINDOW_SLOTS = tuple(zip((D30, D60, D90), WINDOWS, strict=True))
_BEFORE_ORIGIN = ORIGIN - 1
_FAR = ORIGIN + LAST - 1  # ordinals from here on have no day number; nor has FOREVER

Spans = list[tuple[int, int]]


class Due(NamedTuple):
    """On the days `from_day` through `until_day` the next evidence is due on `due_on`; all three are ordinals."""

    requirement: str
    from_day: int
    until_day: int
    due_on: int


class Projected(NamedTuple):
    """What is stored of one driver."""

    spans: Spans
    items: Spans
    changes: list[int]
    dues: list[Due]


def day_number(day: date) -> int:
    """The day as counted here, within what can be asked for."""
    return min(max(day.toordinal() - ORIGIN, 1), LAST - 1)


def day_of(number: int) -> date:
    """The date of a day number."""
    return date.fromordinal(number + ORIGIN)


def fold(text: str) -> str:
    """Lower case without accents, for sorting and searching: 'Núñez' is found by 'nunez'."""
    if text.isascii():
        return text.lower()
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).casefold()


def literal(spans: Spans) -> str:
    """The spans as PostgreSQL reads an int4multirange."""
    return "{" + ",".join([f"[{start},{end})" for start, end in spans]) + "}"


def project_timeline(timeline: Timeline, numbers: Mapping[str, int], *, hired: bool) -> Projected:
    """The projection of a timeline. `hired`: an employment is on record. KeyError for a requirement without a number."""
    items: Spans = []
    windows: Spans = []
    dues: list[Due] = []
    by_slot: list[Spans] = [[] for _ in STATES]
    for life in timeline.lives:
        key = life.requirement.key
        base = numbers[key] * SLOTS
        _add_states(life.periods, base, items, by_slot)
        _add_dues(key, life.periods, base, dues, windows)
    spans = _of_driver(timeline, by_slot, dues, hired=hired)
    items.sort()
    every = [*spans, *items, *windows]
    changes = [start for start, _ in every]
    changes += [-end for _, end in every if end & MASK != LAST]
    return Projected(spans, items, changes, dues)


def _end(day: int) -> int:
    """The day number after the ordinal `day`, or LAST when there is no end."""
    return day - _BEFORE_ORIGIN if day < _FAR else LAST


def _add_states(periods: Sequence[Period], base: int, items: Spans, by_slot: list[Spans]) -> None:
    """The spans of one requirement's states; runs of one state that touch become one."""
    last_slot, last_start, last_end = -1, 0, 0
    for first, until, state, _, _, forbids, _ in periods:
        slot = _SLOTS[state._value_]
        start = first - ORIGIN
        end = until - _BEFORE_ORIGIN if until < _FAR else LAST
        if start >= end:  # beyond the last day that can be asked for
            continue
        by_slot[slot].append((start, end))
        if forbids:
            slot += FORBIDS
        if slot != last_slot or start != last_end:
            if last_slot >= 0:
                high = (base + last_slot) << BITS
                items.append((high | last_start, high | last_end))
            last_slot, last_start = slot, start
        last_end = end
    if last_slot >= 0:
        high = (base + last_slot) << BITS
        items.append((high | last_start, high | last_end))


def _add_dues(requirement: str, periods: Sequence[Period], base: int, dues: list[Due], windows: Spans) -> None:
    """The runs of days with one due date, as far as it lies on or after them, and the windows before it."""
    begins = ends = due = 0
    for first, until, _, due_on, _, _, _ in periods:
        if due_on is None or due_on < first:
            continue
        if due_on != due or first != ends + 1:
            if due:
                _add_due(Due(requirement, begins, ends, due), base, dues, windows)
            begins, due = first, due_on
        ends = until if until < due_on else due_on
    if due:
        _add_due(Due(requirement, begins, ends, due), base, dues, windows)


def _add_due(due: Due, base: int, dues: list[Due], windows: Spans) -> None:
    _, first, until, due_on = due
    dues.append(due)
    end = _end(until)
    for slot, days in _WINDOW_SLOTS:
        start = (due_on - days if due_on - days > first else first) - ORIGIN
        if start < end:
            high = (base + slot) << BITS
            windows.append((high | start, high | end))


def _of_driver(timeline: Timeline, by_slot: list[Spans], dues: list[Due], *, hired: bool) -> Spans:
    """The sorted spans of number 0."""
    spans: Spans = []
    for slot, runs in enumerate(by_slot):
        if runs:
            _put(spans, slot, _joined(runs))
    employed = [(first - ORIGIN, _end(until)) for first, until in timeline.employed] if hired else [(1, LAST)]
    forbidden = [(first - ORIGIN, _end(until)) for first, until in timeline.cannot_drive] if hired else employed
    _put(spans, CURRENT, employed)
    _put(spans, CANNOT_DRIVE, forbidden)
    if dues:
        _put(spans, HAS_DUE, _joined([(due.from_day - ORIGIN, _end(due.until_day)) for due in dues]))
    _put(spans, MAY_DRIVE, _without(employed, forbidden))
    _put(spans, KNOWN, [(1, LAST)])
    if not hired:
        _put(spans, UNHIRED, [(1, LAST)])
    return spans


def _put(spans: Spans, slot: int, runs: Spans) -> None:
    high = slot << BITS
    spans += [(high | start, high | end) for start, end in runs]


def _without(runs: Spans, others: Spans) -> Spans:
    """The days of `runs` that are in none of `others`; both are ordered, and `others` lie within `runs`."""
    left: Spans = []
    place = 0
    for start, end in runs:
        begins = start
        while place < len(others) and others[place][0] < end:
            if others[place][0] > begins:
                left.append((begins, others[place][0]))
            begins = others[place][1]
            place += 1
        if begins < end:
            left.append((begins, end))
    return left


def _joined(runs: Spans) -> Spans:
    """The same days as ordered runs that neither overlap nor touch."""
    if len(runs) == 1:
        return runs
    runs.sort()
    joined: Spans = []
    first, last = runs[0]
    for start, end in runs:
        if start > last:
            joined.append((first, last))
            first, last = start, end
        elif end > last:
            last = end
    joined.append((first, last))
    return joined
