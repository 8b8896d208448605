"""What must hold for every driver, whatever is on file."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from dot_copilot.features.compliance.engine import evaluate, timeline
from dot_copilot.features.compliance.model import Evidence, Facts, State, Timeline
from tests.unit.compliance import strategies as some
from tests.unit.compliance.build import HIRED, VAN, hired


def at(found: Timeline, day: date) -> dict[str, tuple[State, int | None, int | None, bool]]:
    number = day.toordinal()
    seen = {}
    for life in found.lives:
        period = life.at(number)
        if period is not None:
            seen[life.requirement.key] = (period.state, period.due_on, period.valid_until, period.forbids)
    return seen


@settings(max_examples=150, deadline=None)
@given(some.facts(), some.files(), st.lists(some.days, max_size=4), st.sampled_from([0, 1, 30, 60, 400]))
def test_the_timeline_says_on_each_day_what_an_evaluation_of_what_was_known_by_then_says(
    facts: Facts, file: list[Evidence], extra: list[date], warning: int
) -> None:
    found = timeline(facts, file, warning_days=warning)
    turning = some.turning_days(found)
    picked = turning if len(turning) < 40 else random.Random(len(file)).sample(turning, 40)
    for day in [*picked, *extra]:
        known = [piece for piece in file if piece.obtained_on <= day]
        standing = evaluate(facts, known, day, warning_days=warning)
        by_key = at(found, day)
        for item in standing.items:
            expected = by_key.get(item.key, (State.NOT_APPLICABLE, None, None, False))
            dates = tuple(day and day.toordinal() for day in (item.due_on, item.valid_until))
            assert (item.state, *dates, item.forbids) == expected, (item.key, day)
        number = day.toordinal()
        employed = any(span.from_day <= number <= span.until_day for span in found.employed)
        kept_off = any(span.from_day <= number <= span.until_day for span in found.cannot_drive)
        assert standing.employed == employed
        assert standing.may_drive == (employed and not kept_off)


@given(some.facts(), some.files(), st.randoms(use_true_random=False))
def test_the_order_of_evidence_does_not_matter(facts: Facts, file: list[Evidence], dice: random.Random) -> None:
    shuffled = list(file)
    dice.shuffle(shuffled)
    assert timeline(facts, shuffled) == timeline(facts, file)


@given(some.facts(), some.files(), st.randoms(use_true_random=False))
def test_how_evidence_is_numbered_does_not_matter(facts: Facts, file: list[Evidence], dice: random.Random) -> None:
    numbers = dice.sample(range(1000), len(file))
    renumbered = [replace(piece, id=f"r{number}") for piece, number in zip(file, numbers, strict=True)]
    day = HIRED + timedelta(days=200)

    def said(of: Facts, pieces: list[Evidence]) -> list[Any]:
        return [(item.key, item.state, item.due_on, item.valid_until, item.forbids) for item in evaluate(of, pieces, day).items]

    for driver in (facts, replace(facts, employments=())):
        assert said(driver, renumbered) == said(driver, file)


@given(some.facts(), some.files())
def test_voided_and_rejected_evidence_changes_nothing(facts: Facts, file: list[Evidence]) -> None:
    kept = [piece for piece in file if not piece.voided and piece.review != "rejected"]
    assert timeline(facts, kept) == timeline(facts, file)


@given(some.facts(), some.files())
def test_periods_are_ordered_disjoint_and_inside_the_employment(facts: Facts, file: list[Evidence]) -> None:
    found = timeline(facts, file)
    for life in found.lives:
        for one, other in pairwise(life.periods):
            assert one.until_day < other.from_day
        for period in life.periods:
            assert period.from_day <= period.until_day
            assert not facts.employments or any(
                span.from_day <= period.from_day and period.until_day <= span.until_day for span in found.employed
            )
    for spans in (found.employed, found.cannot_drive):
        for before, after in pairwise(spans):
            assert before.until_day + 1 < after.from_day


@given(some.facts(), some.files(), some.days)
def test_dates_and_states_belong_together(facts: Facts, file: list[Evidence], day: date) -> None:
    for item in evaluate(facts, file, day).items:
        match item.state:
            case State.NOT_APPLICABLE | State.UNKNOWN | State.MISSING:
                assert (item.due_on, item.valid_until) == (None, None)
            case State.DUE:
                assert item.due_on is not None
                assert day <= item.due_on
                assert item.valid_until is None
            case State.OVERDUE:
                assert item.due_on is not None
                assert item.due_on < day
                assert item.valid_until is None
            case State.VALID:
                assert item.due_on == item.valid_until
                assert item.valid_until is None or day + timedelta(days=30) < item.valid_until
            case State.EXPIRING:
                assert item.valid_until is not None
                assert item.due_on == item.valid_until
                assert day <= item.valid_until <= day + timedelta(days=30)
            case State.EXPIRED:
                assert item.valid_until is not None
                assert item.due_on == item.valid_until < day


@given(some.facts(), some.files(), some.days)
def test_who_may_drive_has_no_reason_against_it_and_the_other_way_round(facts: Facts, file: list[Evidence], day: date) -> None:
    standing = evaluate(facts, file, day)
    assert standing.may_drive == (not standing.reasons)
    for item in standing.items:
        if item.state is State.BLOCKED:
            assert not standing.may_drive
        if item.requirement.blocks_driving and item.state in {State.UNKNOWN, State.MISSING, State.OVERDUE, State.EXPIRED}:
            assert not standing.may_drive
        if item.state in {State.NOT_APPLICABLE, State.DUE, State.VALID, State.EXPIRING}:
            assert not item.forbids


@given(some.files(plain=True), some.days, st.sampled_from(["cdl_class", "interstate", "insulin_treated", "hazmat_employee"]))
def test_a_missing_fact_never_helps(file: list[Evidence], day: date, fact: str) -> None:
    """Whatever the fact turns out to be, not knowing it is never better for the driver."""
    base: dict[str, Any] = {
        "cdl_class": "A", "interstate": True, "insulin_treated": False, "hazmat_employee": False, "clp": None,
        "endorsements": frozenset(), "first_cdl_issued_on": date(2010, 1, 1),
    }  # fmt: skip
    unknown = hired(VAN, HIRED, **{**base, fact: None})
    answers = ("A", "none") if fact == "cdl_class" else (True, False)
    outcomes = [evaluate(hired(VAN, HIRED, **{**base, fact: answer}), file, day) for answer in answers]
    blind = evaluate(unknown, file, day)
    if blind.may_drive and blind.employed:
        assert all(seen.may_drive for seen in outcomes)


@given(some.facts(), some.files(plain=True), some.days)
def test_one_more_accepted_record_never_makes_a_gap(facts: Facts, file: list[Evidence], day: date) -> None:
    """A record may shorten what counts (the newest governs), but what was collected never becomes uncollected."""
    for count in range(len(file)):
        fewer = {item.key: item.state for item in evaluate(facts, file[:count], day).items}
        more = {item.key: item.state for item in evaluate(facts, file[: count + 1], day).items}
        for key, before in fewer.items():
            if before in {State.VALID, State.EXPIRING}:
                assert more[key] not in {State.MISSING, State.DUE, State.OVERDUE, State.PENDING_REVIEW}, key


@given(some.facts(), some.files(plain=True), some.piece(), some.days)
def test_a_record_waiting_for_review_changes_only_gaps(facts: Facts, file: list[Evidence], extra: Evidence, day: date) -> None:
    waiting = replace(extra, review="pending", id="waiting", outcome=None)
    before = {item.key: item.state for item in evaluate(facts, file, day).items}
    after = {item.key: item.state for item in evaluate(facts, [*file, waiting], day).items}
    for key, state in after.items():
        if state != before[key]:
            assert state is State.PENDING_REVIEW
            assert before[key] in {State.MISSING, State.DUE, State.OVERDUE, State.EXPIRED}


@given(some.facts(), some.files(), some.days)
def test_the_same_question_has_the_same_answer(facts: Facts, file: list[Evidence], day: date) -> None:
    assert evaluate(facts, file, day) == evaluate(facts, file, day)
