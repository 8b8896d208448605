"""Medical certification: who needs which certificate, how long an exam counts, and the end of the paper card."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from dot_copilot.features.compliance.explain import explanation
from dot_copilot.features.compliance.model import Evidence, NoteCode, State
from tests.unit.compliance.build import TRACTOR, VAN, D, ev, hired, item, look, standing, state

HIRE = D(2024, 1, 15)
CDL, TRUCK = hired(TRACTOR, HIRE), hired(VAN, HIRE)
INSULIN = replace(TRUCK, insulin_treated=True)
DAY = timedelta(days=1)


@pytest.mark.parametrize("recorded_as", ["mec", "mec_12", "mec_cdlis"])
def test_a_rosters_medical_dates_serve_whichever_certificate_applies(recorded_as: str) -> None:
    file = [ev(recorded_as, D(2026, 1, 10), D(2028, 1, 10), provenance="roster")]
    day = D(2026, 12, 1)
    assert look(TRUCK, file, day, "mec") == (State.VALID, D(2028, 1, 10), D(2028, 1, 10))
    assert look(CDL, file, day, "mec_cdlis") == (State.VALID, D(2028, 1, 10), D(2028, 1, 10))
    assert state(CDL, file, day, "mec") is State.NOT_APPLICABLE
    assert state(TRUCK, file, day, "mec_cdlis") is State.NOT_APPLICABLE


@pytest.mark.parametrize("flag", ["insulin_treated", "vision_alternative", "grandfathered_medical"])
def test_the_twelve_month_cap_caps_the_others_too(flag: str) -> None:
    file = [ev("mec", D(2026, 1, 10), D(2028, 1, 10), provenance="roster")]
    cap = D(2027, 1, 10)
    for driver, keys in ((TRUCK, ("mec", "mec_12")), (CDL, ("mec_cdlis", "mec_12"))):
        for key in keys:
            changes: dict[str, Any] = {flag: True}
            person = replace(driver, **changes)
            assert look(person, file, cap, key) == (State.EXPIRING, cap, cap)
            found = item(person, file, cap + DAY, key)
            assert found.state is State.EXPIRED
            assert [conflict.code for conflict in found.conflicts] == ["printed_past_cap"]


def test_a_shorter_certificate_counts_as_printed() -> None:
    file = [ev("mec", D(2026, 1, 10), D(2026, 4, 10))]
    assert look(TRUCK, file, D(2026, 4, 11), "mec") == (State.EXPIRED, D(2026, 4, 10), D(2026, 4, 10))
    assert look(INSULIN, file, D(2026, 4, 11), "mec_12") == (State.EXPIRED, D(2026, 4, 10), D(2026, 4, 10))


def test_an_exam_alone_counts_to_the_cap_and_an_expiry_alone_as_printed() -> None:
    exam = [ev("mec", D(2024, 2, 29))]
    assert look(TRUCK, exam, D(2026, 2, 28), "mec") == (State.EXPIRING, D(2026, 2, 28), D(2026, 2, 28))
    assert look(INSULIN, exam, D(2025, 3, 1), "mec_12") == (State.EXPIRED, D(2025, 2, 28), D(2025, 2, 28))
    printed = [ev("mec", HIRE, D(2027, 5, 5), provenance="roster", dated=False)]
    found = item(TRUCK, printed, D(2026, 6, 1), "mec")
    assert (found.state, found.valid_until) == (State.VALID, D(2027, 5, 5))
    assert NoteCode.DATE_PRESUMED in found.notes
    assert found.conflicts == ()
    assert state(TRUCK, printed, D(2027, 5, 6), "mec") is State.EXPIRED


def test_an_expiry_alone_is_of_a_newer_exam_only_when_no_older_one_could_reach_it() -> None:
    exam = ev("mec", D(2025, 3, 1), D(2026, 3, 1))
    within = ev("mec", HIRE, D(2027, 2, 1), provenance="roster", dated=False, id="roster")
    found = item(TRUCK, [exam, within], D(2026, 3, 2), "mec")
    assert (found.state, found.valid_until) == (State.EXPIRED, D(2026, 3, 1))
    assert [(each.code, each.evidence_id) for each in found.conflicts] == [("printed_dates_differ", "roster")]
    beyond = ev("mec", HIRE, D(2027, 3, 2), provenance="roster", dated=False)
    assert look(TRUCK, [exam, beyond], D(2026, 3, 2), "mec") == (State.VALID, D(2027, 3, 2), D(2027, 3, 2))


def test_an_unknown_insulin_treatment_is_unknown_whatever_is_on_file() -> None:
    for driver, other in ((TRUCK, "mec"), (CDL, "mec_cdlis")):
        person = replace(driver, insulin_treated=None)
        file = [ev("mec_cdlis", D(2026, 1, 10), D(2028, 1, 10)), ev("mec_12", D(2026, 1, 10), D(2027, 1, 10))]
        found = standing(person, file, D(2026, 6, 1))
        by_key = {each.key: each for each in found.items}
        assert by_key["mec_12"].state is State.UNKNOWN
        assert NoteCode.CAP_UNKNOWN in by_key[other].notes
        assert "mec_12" in [reason.key for reason in found.reasons]


def test_the_newest_exam_governs() -> None:
    file = [ev("mec", D(2024, 6, 1), D(2026, 6, 1)), ev("mec", D(2025, 6, 1), D(2025, 9, 1))]
    assert state(TRUCK, file, D(2025, 5, 31), "mec") is State.VALID
    assert state(TRUCK, file, D(2025, 9, 2), "mec") is State.EXPIRED


def test_two_records_of_one_exam_that_differ_are_a_conflict_and_the_earlier_date_wins() -> None:
    file = [ev("mec", D(2024, 6, 1), D(2026, 6, 1)), ev("mec", D(2024, 6, 1), D(2025, 6, 1))]
    found = item(TRUCK, file, D(2025, 6, 2), "mec")
    assert (found.state, found.valid_until) == (State.EXPIRED, D(2025, 6, 1))
    assert [conflict.code for conflict in found.conflicts] == ["printed_dates_differ"]


def test_records_of_one_exam_under_different_keys_are_compared() -> None:
    file = [ev("mec", D(2024, 6, 1), D(2026, 6, 1)), ev("mec_12", D(2024, 6, 1), D(2025, 6, 1))]
    found = item(TRUCK, file, D(2025, 5, 1), "mec")
    assert [conflict.code for conflict in found.conflicts] == ["printed_dates_differ"]
    # A licence and another document of one day print different things and are no contradiction.
    bus = replace(CDL, passenger=True, endorsements=frozenset("P"))
    waiting = [ev("mec", D(2024, 6, 1), D(2026, 6, 1)), ev("mec", D(2024, 6, 1), D(2025, 6, 1), review="pending")]
    assert item(TRUCK, waiting, D(2025, 5, 1), "mec").conflicts == ()
    file = [ev("passenger", HIRE, D(2026, 6, 1)), ev("cdl", HIRE, D(2027, 6, 1))]
    assert item(bus, file, D(2025, 5, 1), "passenger").conflicts == ()


def test_each_certificate_needs_a_registry_check_of_its_own() -> None:
    first, second = ev("mec", D(2024, 1, 10), D(2026, 1, 10)), ev("mec", D(2025, 12, 1), D(2027, 12, 1))
    check = ev("nr_verify", D(2024, 1, 12))
    assert state(TRUCK, [first], D(2024, 2, 1), "nr_verify") is State.MISSING
    assert look(TRUCK, [first, check], D(2024, 2, 1), "nr_verify") == (State.VALID, D(2026, 1, 10), D(2026, 1, 10))
    found = item(TRUCK, [first, second, check], D(2025, 12, 1), "nr_verify")
    assert (found.state, found.valid_until) == (State.EXPIRED, D(2025, 11, 30))
    assert not found.forbids
    renewed = [first, second, check, ev("nr_verify", D(2025, 12, 3))]
    assert look(TRUCK, renewed, D(2025, 12, 3), "nr_verify") == (State.VALID, D(2027, 12, 1), D(2027, 12, 1))


# The paper card of a CDL holder.


def card(exam: date) -> list[Evidence]:
    return [ev("mec", exam, exam.replace(year=exam.year + 2), provenance="upload")]


def test_until_22_june_2025_a_paper_card_proves_a_cdl_holders_status() -> None:
    file = card(D(2025, 1, 10))
    last = D(2025, 6, 22)
    assert look(CDL, file, D(2025, 3, 1), "mec_cdlis") == (State.VALID, last, last)
    assert look(CDL, file, last, "mec_cdlis") == (State.EXPIRING, last, last)
    assert state(CDL, file, D(2025, 6, 23), "mec_cdlis") is State.EXPIRED
    assert state(CDL, file, D(2026, 6, 23), "mec_cdlis") is State.EXPIRED


@pytest.mark.parametrize(
    ("exam", "first", "last"),
    [
        (D(2025, 7, 20), D(2025, 7, 20), D(2025, 9, 18)),  # 15 days at first, 60 from 21 August on
        (D(2025, 12, 1), D(2025, 12, 1), D(2026, 1, 30)),  # across a reissue
        (D(2026, 7, 1), D(2026, 7, 1), D(2026, 8, 30)),
        (D(2026, 8, 12), D(2026, 8, 12), D(2026, 10, 11)),  # the sixtieth day is the waiver's last
        (D(2026, 9, 15), D(2026, 9, 15), D(2026, 10, 11)),  # the waiver ends before the sixtieth day
        (D(2026, 10, 11), D(2026, 10, 11), D(2026, 10, 11)),
    ],
)
def test_a_waiver_lets_the_card_stand_for_sixty_days(exam: date, first: date, last: date) -> None:
    file = card(exam)
    assert state(CDL, file, first - DAY, "mec_cdlis") is State.MISSING
    for day in (first, last):
        found = item(CDL, file, day, "mec_cdlis")
        if day != D(2025, 7, 20):
            assert found.valid_until == last
        assert found.state in {State.VALID, State.EXPIRING}
        assert NoteCode.PAPER_CARD in found.notes
    assert state(CDL, file, last + DAY, "mec_cdlis") is State.EXPIRED


def test_after_the_last_waiver_a_card_proves_nothing() -> None:
    found = item(CDL, card(D(2026, 10, 12)), D(2026, 11, 1), "mec_cdlis")
    assert (found.state, found.forbids) == (State.MISSING, True)
    assert any("paper card no longer proves" in step.text for step in explanation(found).steps)


def test_the_card_of_the_first_waiver_counted_fifteen_days() -> None:
    file = card(D(2025, 7, 10))
    assert state(CDL, file, D(2025, 7, 13), "mec_cdlis") is State.MISSING
    assert look(CDL, file, D(2025, 7, 14), "mec_cdlis")[2] == D(2025, 7, 25)
    assert state(CDL, file, D(2025, 7, 26), "mec_cdlis") is State.EXPIRED
    assert look(CDL, file, D(2025, 8, 21), "mec_cdlis")[2] == D(2025, 9, 8)


def test_the_licensing_record_takes_over_from_the_card() -> None:
    paper = ev("mec", D(2026, 7, 1), D(2028, 7, 1), provenance="upload")
    record = ev("mec_cdlis", D(2026, 7, 1), D(2028, 7, 1))
    assert look(CDL, [paper, record], D(2027, 1, 1), "mec_cdlis") == (State.VALID, D(2028, 7, 1), D(2028, 7, 1))
    older = ev("mec_cdlis", D(2025, 7, 1), D(2027, 7, 1))
    assert look(CDL, [paper, older], D(2026, 12, 1), "mec_cdlis") == (State.VALID, D(2027, 7, 1), D(2027, 7, 1))


def test_a_shorter_card_limits_an_older_record() -> None:
    older = ev("mec_cdlis", D(2025, 7, 1), D(2027, 7, 1))
    short = ev("mec", D(2026, 7, 1), D(2026, 8, 1), provenance="upload")
    assert look(CDL, [older, short], D(2026, 8, 2), "mec_cdlis") == (State.EXPIRED, D(2026, 8, 1), D(2026, 8, 1))


def test_without_a_cdl_the_paper_card_is_the_certificate() -> None:
    assert state(TRUCK, card(D(2026, 10, 12)), D(2027, 11, 1), "mec") is State.VALID
