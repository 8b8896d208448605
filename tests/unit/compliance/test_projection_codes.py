"""Points and spans say of every day what the timeline says, and the changes add up to the same."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from dot_copilot.features.compliance.catalogue import FEDERAL
from dot_copilot.features.compliance.engine import timeline
from dot_copilot.features.compliance.model import Employment, Evidence, Facts, State
from dot_copilot.features.compliance.projection_codes import (
    BITS,
    CANNOT_DRIVE,
    CURRENT,
    D30,
    FORBIDS,
    HAS_DUE,
    LAST,
    MASK,
    MAY_DRIVE,
    ORIGIN,
    SLOT,
    SLOTS,
    STATES,
    Projected,
    day_number,
    day_of,
    fold,
    literal,
    project_timeline,
)

NUMBERS = {requirement.key: number for number, requirement in enumerate(FEDERAL.requirements, 1)}
FACTS = Facts(
    (Employment(date(2019, 3, 1), date(2021, 6, 30)), Employment(date(2022, 2, 1))),
    cdl_class="A",
    endorsements=frozenset("H"),
    interstate=True,
    hazmat_employee=True,
)
EVIDENCE = (
    Evidence("a", "application", date(2019, 2, 20)),
    Evidence("b", "mec_cdlis", date(2020, 2, 29), date(2021, 2, 28)),
    Evidence("c", "mec_cdlis", date(2023, 1, 10)),
    Evidence("d", "mvr_annual", date(2022, 2, 5)),
    Evidence("e", "mvr_annual", date(2023, 2, 1)),
    Evidence("f", "ch_annual", date(2023, 5, 1), outcome="prohibited"),
    Evidence("g", "ch_full", date(2023, 8, 1), outcome="clear"),
    Evidence("h", "hm_train", date(2022, 3, 1), review="pending"),
)
LIFE = timeline(FACTS, EVIDENCE)
FOUND = project_timeline(LIFE, NUMBERS, hired=True)


def holds(spans: list[tuple[int, int]], key: int, day: int) -> bool:
    point = key << BITS | (day - ORIGIN)
    return any(start <= point < end for start, end in spans)


def summed(found: Projected, key: int, day: int) -> int:
    """The changes of a key up to a day, as the calendar adds them."""
    return sum(
        (1 if point > 0 else -1) for point in found.changes if abs(point) >> BITS == key and abs(point) & MASK <= day - ORIGIN
    )


def days() -> range:
    return range(date(2018, 12, 1).toordinal(), date(2026, 12, 31).toordinal(), 3)


def test_every_day_has_the_state_of_the_timeline() -> None:
    for day in days():
        for life in LIFE.lives:
            period = life.at(day)
            base = NUMBERS[life.requirement.key] * SLOTS
            held = {slot for slot in range(2 * FORBIDS) if holds(FOUND.items, base + slot, day)}
            wanted = {SLOT[period.state] + (FORBIDS if period.forbids else 0)} if period else set()
            assert held == wanted, (date.fromordinal(day), life.requirement.key)
            assert all(summed(FOUND, base + slot, day) == (slot in wanted) for slot in wanted | {SLOT[State.VALID]})


def test_the_driver_as_a_whole() -> None:
    for day in days():
        periods = [period for life in LIFE.lives if (period := life.at(day))]
        employed = any(first <= day <= last for first, last in LIFE.employed)
        forbidden = any(period.forbids for period in periods)
        assert holds(FOUND.spans, CURRENT, day) == employed
        assert holds(FOUND.spans, CANNOT_DRIVE, day) == forbidden
        assert holds(FOUND.spans, MAY_DRIVE, day) == (employed and not forbidden)
        assert holds(FOUND.spans, HAS_DUE, day) == any(period.due_on and period.due_on >= day for period in periods)
        for state in STATES:
            assert holds(FOUND.spans, SLOT[state], day) == any(period.state == state for period in periods)


def test_due_windows_and_due_dates() -> None:
    for day in days():
        for life in LIFE.lives:
            period = life.at(day)
            due = period.due_on if period and period.due_on and period.due_on >= day else None
            stands = [d for d in FOUND.dues if d.requirement == life.requirement.key and d.from_day <= day <= d.until_day]
            assert [found.due_on for found in stands] == ([due] if due else [])
            key = NUMBERS[life.requirement.key] * SLOTS + D30
            assert summed(FOUND, key, day) == (due is not None and due - day <= 30)


def test_spans_are_canonical() -> None:
    """PostgreSQL gives back exactly what was sent, so that 'nothing has changed' is a comparison of texts."""
    for spans in (FOUND.spans, FOUND.items):
        assert spans == sorted(spans)
        assert all(start < end for start, end in spans)
        assert all(before < start for (_, before), (start, _) in pairwise(spans))
        assert all(start >> BITS == (end - 1) >> BITS for start, end in spans)
    assert literal([(1, 5), (7, 9)]) == "{[1,5),[7,9)}"
    assert literal([]) == "{}"


def test_without_a_hire_date_a_driver_is_current_and_may_not_drive() -> None:
    found = project_timeline(timeline(Facts(()), ()), NUMBERS, hired=False)
    day = date(2026, 1, 1).toordinal()
    assert holds(found.spans, CURRENT, day)
    assert holds(found.spans, CANNOT_DRIVE, day)
    assert not holds(found.spans, MAY_DRIVE, day)


def test_days_beyond_the_calendar_do_no_harm() -> None:
    facts = Facts((Employment(date(2250, 1, 1)),), cdl_class="A", interstate=True)
    evidence = [Evidence("x", "cdl", date(2250, 1, 1), date(2300, 1, 1)), Evidence("y", "mvr_annual", date(2256, 12, 1))]
    found = project_timeline(timeline(facts, evidence), NUMBERS, hired=True)
    for start, end in (*found.spans, *found.items):
        assert start < end
        assert start >> BITS == (end - 1) >> BITS
    assert day_number(date(9999, 12, 31)) == LAST - 1
    assert day_number(date(1, 1, 1)) == 1
    assert day_of(day_number(date(2026, 11, 22))) == date(2026, 11, 22)


def test_folding_text() -> None:
    assert fold("Núñez Ortega") == "nunez ortega"
    assert fold("STRASSE") == fold("straße")
    assert fold("O'Neil") == "o'neil"
