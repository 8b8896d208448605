"""What waits for review, and what is not looked at."""

from __future__ import annotations

from typing import Any

import pytest

from dot_copilot.features.compliance.explain import explanation
from dot_copilot.features.compliance.model import NoteCode, State
from tests.unit.compliance.build import TRACTOR, VAN, D, ev, hired, in_order, item, look, standing, state

HIRE = D(2026, 3, 1)
CDL = hired(TRACTOR, HIRE)


def test_a_record_that_waits_fills_a_gap_but_does_not_let_anybody_drive() -> None:
    file = [piece for piece in in_order(CDL, HIRE) if piece.requirement != "cdl"]
    waiting = ev("cdl", D(2026, 4, 1), D(2030, 1, 1), review="pending")
    assert state(CDL, [*file, waiting], D(2026, 3, 31), "cdl") is State.MISSING
    found = standing(CDL, [*file, waiting], D(2026, 4, 1))
    assert [(reason.key, reason.state) for reason in found.reasons] == [("cdl", State.PENDING_REVIEW)]
    told = explanation(item(CDL, [waiting], D(2026, 4, 1), "cdl"))
    assert told.summary.startswith("Commercial driver's license waits for review")
    assert "The record of April 1, 2026 counts as soon as somebody accepts it" in [step.text for step in told.steps]


def test_accepted_evidence_that_is_valid_keeps_counting() -> None:
    accepted = ev("cdl", D(2024, 1, 1), D(2026, 6, 1))
    waiting = ev("cdl", D(2026, 5, 20), D(2030, 1, 1), review="pending")
    assert state(CDL, [accepted, waiting], D(2026, 6, 1), "cdl") is State.EXPIRING
    assert look(CDL, [accepted, waiting], D(2026, 6, 2), "cdl") == (State.PENDING_REVIEW, D(2026, 6, 1), D(2026, 6, 1))


def test_a_waiting_record_that_would_not_count_any_more_is_no_help() -> None:
    waiting = ev("cdl", D(2024, 1, 1), D(2026, 5, 1), review="pending")
    assert state(CDL, [waiting], D(2026, 5, 1), "cdl") is State.PENDING_REVIEW
    assert state(CDL, [waiting], D(2026, 5, 2), "cdl") is State.MISSING


def test_a_waiting_record_older_than_the_one_that_counts_is_no_help() -> None:
    accepted = ev("cdl", D(2026, 1, 1), D(2026, 5, 1))
    waiting = ev("cdl", D(2025, 1, 1), D(2030, 1, 1), review="pending")
    assert state(CDL, [accepted, waiting], D(2026, 5, 2), "cdl") is State.EXPIRED


def test_before_its_deadline_a_waiting_record_keeps_nobody_off_the_road() -> None:
    waiting = ev("part40_check", D(2026, 3, 10), review="pending")
    early = item(CDL, [waiting], D(2026, 3, 31), "part40_check")
    late = item(CDL, [waiting], D(2026, 4, 1), "part40_check")
    assert (early.state, early.due_on, early.forbids) == (State.PENDING_REVIEW, D(2026, 3, 31), False)
    assert (late.state, late.due_on, late.forbids) == (State.PENDING_REVIEW, D(2026, 3, 31), True)


def test_a_paper_card_that_no_longer_proves_anything_does_not_wait() -> None:
    waiting = ev("mec", D(2026, 10, 20), D(2028, 10, 20), provenance="upload", review="pending")
    assert state(CDL, [waiting], D(2026, 11, 1), "mec_cdlis") is State.MISSING
    assert state(hired(VAN, HIRE), [waiting], D(2026, 11, 1), "mec") is State.PENDING_REVIEW


@pytest.mark.parametrize("more", [{"voided": True}, {"review": "rejected"}, {"voided": True, "review": "pending"}])
def test_voided_and_rejected_records_are_not_looked_at(more: dict[str, Any]) -> None:
    found = item(CDL, [ev("application", HIRE, **more)], D(2026, 6, 1), "application")
    assert (found.state, found.evidence) == (State.MISSING, ())


def test_evidence_of_the_future_is_not_looked_at() -> None:
    file = [ev("application", D(2026, 6, 2), id="later")]
    assert item(CDL, file, D(2026, 6, 1), "application").evidence == ()
    assert [piece.id for piece in item(CDL, file, D(2026, 6, 2), "application").evidence] == ["later"]


def test_what_was_looked_at_is_listed_newest_first() -> None:
    file = [
        ev("mvr_hire", D(2026, 3, 5), id="hire"),
        ev("mvr_annual", D(2027, 3, 1), id="new"),
        ev("mvr_annual", D(2026, 9, 1), id="old"),
        ev("sph", D(2026, 9, 1)),
    ]
    assert [piece.id for piece in item(CDL, file, D(2027, 6, 1), "mvr_annual").evidence] == ["new", "old", "hire"]


def test_a_date_without_a_document_is_a_lesser_gap() -> None:
    bare = item(CDL, [ev("application", HIRE, provenance="roster", has_document=False)], D(2026, 6, 1), "application")
    assert (bare.state, bare.notes) == (State.VALID, (NoteCode.NO_DOCUMENT,))
    assert item(CDL, [ev("application", HIRE)], D(2026, 6, 1), "application").notes == ()


def test_what_was_late_is_noted() -> None:
    assert item(CDL, [ev("sph", D(2026, 3, 31))], D(2026, 6, 1), "sph").notes == ()
    assert item(CDL, [ev("sph", D(2026, 4, 1))], D(2026, 6, 1), "sph").notes == (NoteCode.LATE,)


def test_an_expiry_before_the_issue_is_a_conflict_and_counts_for_nothing() -> None:
    found = item(CDL, [ev("cdl", D(2026, 2, 1), D(2026, 1, 1))], D(2026, 6, 1), "cdl")
    assert found.state is State.EXPIRED
    assert [conflict.code for conflict in found.conflicts] == ["dates_inverted"]
    one_day = item(CDL, [ev("cdl", D(2026, 3, 1), D(2026, 3, 1))], D(2026, 3, 1), "cdl")
    assert (one_day.state, one_day.conflicts) == (State.EXPIRING, ())


def test_of_two_records_of_one_day_the_one_with_a_known_end_counts() -> None:
    bare, dated = ev("cdl", D(2026, 2, 1)), ev("cdl", D(2026, 2, 1), D(2028, 2, 1))
    for file in ([bare, dated], [dated, bare]):
        assert look(CDL, file, D(2026, 6, 1), "cdl") == (State.VALID, D(2028, 2, 1), D(2028, 2, 1))
