"""The worked examples that the rules were specified with, and the arithmetic that people are shown for them."""

from __future__ import annotations

from dataclasses import replace

from dot_copilot.features.compliance.catalogue import FEDERAL
from dot_copilot.features.compliance.explain import explanation
from dot_copilot.features.compliance.model import State
from dot_copilot.features.compliance.retention import kept_until, purgeable_from
from tests.unit.compliance.build import TRACTOR, VAN, D, ev, hired, item, look


def test_hired_on_23_october_without_a_safety_performance_history() -> None:
    driver = hired(TRACTOR, D(2026, 10, 23))
    due = D(2026, 11, 22)
    assert look(driver, [], D(2026, 10, 23), "sph") == (State.DUE, due, None)
    assert look(driver, [], due, "sph") == (State.DUE, due, None)
    assert look(driver, [], D(2026, 11, 23), "sph") == (State.OVERDUE, due, None)


def test_hired_on_31_january_thirty_days_end_on_2_march() -> None:
    driver = hired(TRACTOR, D(2026, 1, 31))
    assert look(driver, [], D(2026, 3, 2), "sph") == (State.DUE, D(2026, 3, 2), None)
    assert look(driver, [], D(2026, 3, 3), "sph") == (State.OVERDUE, D(2026, 3, 2), None)


def test_a_query_of_1_december_2022_is_next_due_on_1_december_2023() -> None:
    driver, file = hired(TRACTOR, D(2022, 11, 1)), [ev("ch_annual", D(2022, 12, 1))]
    due = D(2023, 12, 1)
    assert look(driver, file, D(2023, 10, 31), "ch_annual") == (State.VALID, due, due)
    assert look(driver, file, due, "ch_annual") == (State.EXPIRING, due, due)
    assert look(driver, file, D(2023, 12, 2), "ch_annual") == (State.EXPIRED, due, due)


def test_terminated_on_22_november_2023_the_file_may_go_from_23_november_2026() -> None:
    last = kept_until(FEDERAL.by_key["application"].retention, obtained_on=D(2019, 5, 1), employment_ended_on=D(2023, 11, 22))
    assert last == D(2026, 11, 22)
    assert purgeable_from([last]) == D(2026, 11, 23)


def test_the_card_of_29_february() -> None:
    driver = hired(VAN, D(2024, 3, 4))
    file = [ev("mec", D(2024, 2, 29), D(2026, 2, 28))]
    end = D(2026, 2, 28)
    assert look(driver, file, end, "mec") == (State.EXPIRING, end, end)
    found = item(driver, file, D(2026, 3, 1), "mec")
    assert (found.state, found.due_on, found.valid_until) == (State.EXPIRED, end, end)
    told = explanation(found)
    assert told.summary == "Medical certificate ran out on March 1, 2026 – 49 CFR 391.45"
    assert [step.text for step in told.steps] == [
        "Exam on February 29, 2024",
        "February 29, 2024 + 24 months = February 28, 2026 (there is no such day in that month: its last day counts)",
        "The certificate says February 28, 2026",
        "The last valid day was February 28, 2026",
        "The rule has applied since January 1, 1971",
    ]
    assert explanation(found, "es").summary == "Certificado médico: venció el 1 de marzo de 2026 – 49 CFR 391.45"


def test_a_printed_date_past_the_cap_is_a_conflict_and_the_cap_wins() -> None:
    file = [ev("mec", D(2024, 2, 29), D(2026, 3, 31), id="card")]
    driver = hired(VAN, D(2024, 3, 4))
    found = item(driver, file, D(2026, 3, 1), "mec")
    assert (found.state, found.valid_until) == (State.EXPIRED, D(2026, 2, 28))
    (conflict,) = found.conflicts
    assert (conflict.code, conflict.evidence_id, conflict.stated, conflict.counted) == (
        "printed_past_cap", "card", D(2026, 3, 31), D(2026, 2, 28),
    )  # fmt: skip
    assert "The earlier date counts: February 28, 2026" in [step.text for step in explanation(found).steps]


def test_the_arithmetic_of_a_deadline() -> None:
    found = item(hired(TRACTOR, D(2026, 10, 23)), [], D(2026, 11, 23), "sph")
    told = explanation(found)
    assert told.summary == "Safety performance history has been overdue since November 23, 2026 – 49 CFR 391.23(a)(2)"
    assert [step.text for step in told.steps][:3] == [
        "Hired on October 23, 2026",
        "October 23, 2026 + 30 days = November 22, 2026",
        "The deadline day itself is in time; from November 23, 2026 on it is overdue",
    ]
    assert [step.date for step in told.steps][:3] == [D(2026, 10, 23), D(2026, 11, 22), D(2026, 11, 22)]


def test_an_unknown_fact_is_named() -> None:
    found = item(replace(VAN, insulin_treated=None), [ev("mec", D(2026, 1, 5), D(2028, 1, 5))], D(2026, 6, 1), "mec_12")
    assert found.state is State.UNKNOWN
    told = explanation(found)
    assert told.summary == (
        "12-month medical certificate can't be judged: it is not known whether the driver is treated with insulin – 49 CFR 391.46"
    )
