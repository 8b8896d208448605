"""Events beat dates: they block from their day until a later record shows that they are cleared."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dot_copilot.features.compliance.engine import timeline
from dot_copilot.features.compliance.explain import explanation
from dot_copilot.features.compliance.model import State
from tests.unit.compliance.build import TRACTOR, VAN, D, ev, hired, in_order, item, look, standing, state

HIRE = D(2025, 3, 1)
CDL = hired(TRACTOR, HIRE)
EVENT, LATER = D(2025, 9, 10), D(2025, 11, 20)
EVENTS = [
    ("ch_full", "prohibited"), ("ch_annual", "prohibited"), ("mvr_annual", "downgraded"), ("mvr_annual", "not_certified"),
    ("mvr_annual", "suspended"), ("mvr_hire", "suspended"), ("mec_cdlis", "not_certified"), ("mec_cdlis", "downgraded"),
    ("cdl", "downgraded"), ("cdl", "suspended"), ("drug_pre", "positive"), ("elp", "failed"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "outcome"), EVENTS)
def test_an_event_blocks_at_once_whatever_the_dates_say(key: str, outcome: str) -> None:
    file = in_order(CDL, HIRE)
    day_before = standing(CDL, [*file, ev(key, EVENT, outcome=outcome)], EVENT.replace(day=9))
    assert day_before.may_drive
    for day in (EVENT, EVENT.replace(year=2026)):
        found = standing(CDL, [*file, ev(key, EVENT, outcome=outcome)], day)
        assert not found.may_drive
        assert (key, State.BLOCKED) in [(reason.key, reason.state) for reason in found.reasons]


@pytest.mark.parametrize(
    ("key", "outcome", "by", "clear"),
    [
        ("ch_full", "prohibited", "ch_full", "clear"),
        ("ch_full", "prohibited", "ch_annual", "clear"),
        ("ch_annual", "prohibited", "ch_full", "clear"),
        ("mvr_annual", "downgraded", "cdl", "clear"),
        ("cdl", "suspended", "mvr_annual", "clear"),
        ("mec_cdlis", "not_certified", "mec_cdlis", "clear"),
        ("drug_pre", "positive", "drug_pre", "negative"),
        ("elp", "failed", "elp", "passed"),
    ],
)
def test_a_later_clear_record_lifts_it(key: str, outcome: str, by: str, clear: str) -> None:
    far = D(2027, 1, 1)
    file = [*in_order(CDL, HIRE), ev(key, EVENT, outcome=outcome), ev(by, LATER, far if by in {"cdl", "mec_cdlis"} else None,
            outcome=clear)]  # fmt: skip
    assert state(CDL, file, LATER.replace(day=19), key) is State.BLOCKED
    assert standing(CDL, file, LATER).may_drive


def test_a_record_without_a_result_lifts_nothing_nor_does_one_of_the_same_day_or_of_another_kind() -> None:
    blocked = ev("ch_full", EVENT, outcome="prohibited")
    for other in (
        ev("ch_full", LATER),
        ev("ch_full", EVENT, outcome="clear"),
        ev("mvr_annual", LATER, outcome="clear"),
        ev("ch_full", LATER, outcome="clear", review="pending"),
        ev("ch_full", LATER, outcome="clear", review="rejected"),
        ev("ch_full", LATER, outcome="clear", voided=True),
    ):
        assert state(CDL, [blocked, other], D(2026, 6, 1), "ch_full") is State.BLOCKED


def test_an_event_that_waits_for_review_or_is_voided_does_not_block() -> None:
    for more in ({"review": "pending"}, {"review": "rejected"}, {"voided": True}):
        file = [*in_order(CDL, HIRE), ev("ch_full", EVENT, outcome="prohibited", **more)]
        assert standing(CDL, file, EVENT).may_drive


def test_the_result_is_still_the_query_or_record_that_the_rule_asks_for() -> None:
    file = [ev("ch_full", EVENT, outcome="prohibited"), ev("ch_annual", LATER, outcome="clear")]
    assert state(CDL, file, LATER, "ch_full") is State.VALID
    test = [ev("drug_pre", EVENT, outcome="positive")]
    assert state(CDL, test, LATER, "drug_pre") is State.BLOCKED
    assert look(CDL, [*test, ev("drug_pre", LATER, outcome="negative")], LATER, "drug_pre")[0] is State.VALID


def test_a_blocked_item_keeps_its_dates() -> None:
    file = [ev("ch_annual", HIRE), ev("ch_annual", EVENT, outcome="prohibited")]
    assert look(CDL, file, EVENT, "ch_annual") == (State.BLOCKED, D(2026, 9, 10), D(2026, 9, 10))


def test_a_prohibited_driver_may_drive_no_commercial_vehicle_at_all() -> None:
    """382.501(c): off every commercial vehicle, also those that need no CDL, and whenever the driver was hired."""
    event = ev("ch_full", EVENT, outcome="prohibited")
    for driver in (hired(VAN, HIRE), hired(TRACTOR, D(2015, 1, 1)), replace(CDL, cdl_class=None)):
        assert state(driver, [event], EVENT, "ch_full") is State.BLOCKED
        assert state(driver, [event], EVENT.replace(day=9), "ch_full") is not State.BLOCKED


def test_a_downgraded_licence_does_not_keep_from_what_needs_none() -> None:
    event = ev("cdl", EVENT, outcome="downgraded")
    assert state(hired(VAN, HIRE), [event], EVENT, "cdl") is State.NOT_APPLICABLE
    assert state(replace(CDL, cdl_class=None), [event], EVENT, "cdl") is State.BLOCKED


def test_an_event_of_an_earlier_employment_still_blocks_after_a_rehire() -> None:
    again = replace(CDL, employments=(*hired(CDL, HIRE, D(2025, 12, 1)).employments, *hired(CDL, D(2026, 5, 1)).employments))
    file = [ev("ch_full", EVENT, outcome="prohibited")]
    assert state(again, file, D(2026, 5, 1), "ch_full") is State.BLOCKED
    assert standing(again, file, D(2026, 2, 1)).reasons[0].key == "employment"


def test_a_result_nobody_knows_does_not_count_until_somebody_looks() -> None:
    found = item(CDL, [ev("ch_full", HIRE, outcome="maybe")], D(2025, 6, 1), "ch_full")
    assert (found.state, found.forbids) == (State.PENDING_REVIEW, True)
    assert [conflict.code for conflict in found.conflicts] == ["unknown_outcome"]


def test_why_is_told() -> None:
    told = explanation(item(CDL, [ev("ch_full", EVENT, outcome="prohibited")], LATER, "ch_full"))
    assert told.summary == (
        "Clearinghouse full query: the Clearinghouse shows “prohibited”, so the driver may not drive – 49 CFR 382.701(a)"
    )
    assert [step.text for step in told.steps][:3] == [
        "September 10, 2025: the Clearinghouse shows “prohibited”",
        "An event beats every date: it holds until a later record shows that it is cleared",
        "Since November 18, 2024 the state also takes the commercial license of whoever is “prohibited”",
    ]
    before = item(CDL, [ev("ch_full", D(2024, 11, 17), outcome="prohibited")], LATER, "ch_full")
    assert not any("Since 18 November" in step.text for step in explanation(before).steps)


def test_the_days_of_a_block_are_days_off_the_road() -> None:
    file = [*in_order(CDL, HIRE), ev("ch_full", EVENT, outcome="prohibited"), ev("ch_full", LATER, outcome="clear")]
    spans = [(D.fromordinal(a), D.fromordinal(b)) for a, b in timeline(CDL, file).cannot_drive]
    assert (EVENT, D(2025, 11, 19)) in spans
