"""What a roster's dates are evidence of, seen through the states they lead to."""

from __future__ import annotations

from datetime import date

from dot_copilot.features.compliance.model import Evidence, NoteCode, State
from dot_copilot.features.compliance.roster import RosterEvidence, evidence_of
from tests.unit.compliance.build import TRACTOR, VAN, D, ev, hired, item, look, state

HIRE = D(2025, 2, 3)


def row(key: str, obtained: date | None, expires: date | None, hire: date | None = HIRE) -> list[Evidence]:
    found = evidence_of(key, obtained, expires, hire)
    if found is None:
        return []
    return [
        ev(found.requirement, found.obtained_on, found.expires_on, dated=found.dated, provenance="roster", has_document=False)
    ]


def test_both_dates_make_one_dated_record() -> None:
    assert evidence_of("mec", D(2025, 1, 2), D(2027, 1, 2), HIRE) == RosterEvidence("mec", D(2025, 1, 2), D(2027, 1, 2), True)
    assert evidence_of("mec", None, None, HIRE) is None


def test_a_licence_of_which_only_the_expiry_is_known() -> None:
    file = row("cdl", None, D(2027, 5, 1))
    driver = hired(TRACTOR, HIRE)
    assert look(driver, file, HIRE, "cdl") == (State.VALID, D(2027, 5, 1), D(2027, 5, 1))
    assert state(driver, file, D(2027, 5, 2), "cdl") is State.EXPIRED
    assert {NoteCode.NO_DOCUMENT, NoteCode.DATE_PRESUMED} <= set(item(driver, file, HIRE, "cdl").notes)


def test_one_that_had_run_out_before_the_hire_is_expired() -> None:
    assert state(hired(TRACTOR, HIRE), row("cdl", None, D(2024, 5, 1)), HIRE, "cdl") is State.EXPIRED
    assert evidence_of("cdl", None, D(2027, 5, 1), None) == RosterEvidence("cdl", D(2025, 5, 1), D(2027, 5, 1), False)


def test_a_newer_roster_with_a_later_expiry_takes_over() -> None:
    file = [*row("cdl", None, D(2026, 5, 1)), *row("cdl", None, D(2031, 5, 1))]
    for order in (file, file[::-1]):
        assert look(hired(TRACTOR, HIRE), order, D(2026, 6, 1), "cdl")[2] == D(2031, 5, 1)


def test_a_roster_after_a_dated_copy_of_the_licence() -> None:
    copy = ev("cdl", D(2023, 1, 1), D(2026, 5, 1))
    assert look(hired(TRACTOR, HIRE), [copy, *row("cdl", None, D(2031, 5, 1))], D(2026, 6, 1), "cdl")[2] == D(2031, 5, 1)
    stale = row("cdl", None, D(2024, 5, 1))
    assert look(hired(TRACTOR, HIRE), [copy, *stale], D(2026, 4, 1), "cdl")[2] == D(2026, 5, 1)


def test_medical_dates() -> None:
    for driver, key in ((hired(TRACTOR, HIRE), "mec_cdlis"), (hired(VAN, HIRE), "mec")):
        assert look(driver, row("mec", D(2025, 1, 2), D(2027, 1, 2)), D(2026, 1, 1), key)[2] == D(2027, 1, 2)
        assert look(driver, row("mec", D(2025, 1, 2), None), D(2026, 1, 1), key)[2] == D(2027, 1, 2)
        assert look(driver, row("mec", None, D(2026, 9, 9)), D(2026, 1, 1), key)[2] == D(2026, 9, 9)


def test_queries_and_records() -> None:
    driver = hired(TRACTOR, HIRE)
    assert state(driver, row("ch_full", D(2025, 2, 1), None), HIRE, "ch_full") is State.VALID
    assert look(driver, row("ch_full", D(2025, 2, 1), None), HIRE, "ch_annual")[2] == D(2026, 2, 1)
    assert look(driver, row("ch_annual", D(2026, 1, 5), None), D(2026, 2, 1), "ch_annual")[2] == D(2027, 1, 5)
    assert state(driver, row("mvr_annual", D(2025, 1, 20), None), D(2025, 4, 1), "mvr_hire") is State.VALID
    assert state(driver, row("mvr_annual", D(2026, 1, 20), None), D(2026, 4, 1), "mvr_hire") is State.OVERDUE
