"""The plain rows of the catalogue: when something is missing, due, valid, running out, renewed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from dot_copilot.features.compliance.model import Facts, State
from tests.unit.compliance.build import TRACTOR, VAN, D, ev, hired, in_order, item, look, standing, state

HAZMAT = replace(TRACTOR, hazmat_employee=True, endorsements=frozenset("H"))
SPECIAL = replace(
    TRACTOR, lcv=True, lcv_instructor=True, port_access=True, medical_variance=True, supervises_cdl_drivers=True, passenger=True,
    first_cdl_issued_on=D(2023, 1, 1), endorsements=frozenset("TP"),
)  # fmt: skip
DAY = timedelta(days=1)
HIRE = D(2026, 3, 1)


@pytest.mark.parametrize(
    ("key", "driver"),
    [
        ("application", VAN), ("road_test", VAN), ("mec", VAN), ("nr_verify", VAN), ("elp", VAN), ("cdl", TRACTOR),
        ("mec_cdlis", TRACTOR), ("ch_full", TRACTOR), ("drug_pre", TRACTOR), ("da_policy", TRACTOR), ("hm_driver", HAZMAT),
        ("hme_tsa", HAZMAT), ("variance", SPECIAL), ("sup_rs", SPECIAL), ("lcv", SPECIAL), ("lcv_instr", SPECIAL),
        ("twic", SPECIAL), ("passenger", SPECIAL), ("eldt", SPECIAL),
    ],
)  # fmt: skip
def test_what_is_needed_before_the_work_is_missing_from_the_first_day(key: str, driver: Facts) -> None:
    for later in (0, 1, 29, 400):
        assert look(hired(driver, HIRE), [], HIRE + later * DAY, key) == (State.MISSING, None, None)


@pytest.mark.parametrize(
    ("key", "driver", "due"),
    [
        ("sph", VAN, D(2026, 3, 31)),
        ("mvr_hire", VAN, D(2026, 3, 31)),
        ("part40_check", TRACTOR, D(2026, 3, 31)),
        ("mvr_annual", VAN, D(2027, 3, 1)),
        ("review_annual", VAN, D(2027, 3, 1)),
        ("ch_annual", TRACTOR, D(2027, 3, 1)),
        ("hm_train", HAZMAT, D(2026, 5, 30)),
        ("hm_security", HAZMAT, D(2026, 5, 30)),
    ],
)
def test_a_deadline_is_the_last_day_in_time(key: str, driver: Facts, due: date) -> None:
    person = hired(driver, HIRE)
    assert look(person, [], HIRE, key) == (State.DUE, due, None)
    assert look(person, [], due, key) == (State.DUE, due, None)
    assert look(person, [], due + DAY, key) == (State.OVERDUE, due, None)
    collected = [ev(key, due)]
    assert state(person, collected, due - DAY, key) is State.DUE
    assert state(person, collected, due, key) is State.VALID


def test_the_first_annual_deadline_from_29_february_clamps() -> None:
    person = hired(TRACTOR, D(2024, 2, 29))
    assert look(person, [], D(2024, 3, 1), "mvr_annual") == (State.DUE, D(2025, 2, 28), None)
    assert look(person, [], D(2025, 3, 1), "ch_annual") == (State.OVERDUE, D(2025, 2, 28), None)
    # 365 days are sooner than 12 months when a leap day lies between.
    assert look(hired(TRACTOR, D(2024, 1, 10)), [], D(2024, 2, 1), "ch_annual") == (State.DUE, D(2025, 1, 9), None)


@pytest.mark.parametrize(
    "key", ["application", "sph", "part40_check", "mvr_hire", "road_test", "ch_full", "drug_pre", "da_policy", "elp"]
)
def test_some_are_collected_once(key: str) -> None:
    person = hired(TRACTOR, HIRE)
    assert look(person, [ev(key, HIRE)], D(2031, 3, 1), key) == (State.VALID, None, None)


@pytest.mark.parametrize("key", ["sup_rs", "lcv", "eldt"])
def test_training_that_is_done_once_for_good(key: str) -> None:
    assert look(hired(SPECIAL, HIRE), [ev(key, D(2023, 1, 1))], D(2040, 1, 1), key) == (State.VALID, None, None)


@pytest.mark.parametrize(
    ("key", "driver", "obtained", "end"),
    [
        ("mvr_annual", VAN, D(2026, 3, 10), D(2027, 3, 10)),
        ("mvr_annual", VAN, D(2028, 2, 29), D(2029, 2, 28)),
        ("review_annual", VAN, D(2026, 3, 10), D(2027, 3, 10)),
        ("ch_annual", TRACTOR, D(2027, 3, 10), D(2028, 3, 9)),
        ("hm_train", HAZMAT, D(2028, 2, 29), D(2031, 2, 28)),
        ("hm_security", HAZMAT, D(2026, 4, 1), D(2029, 4, 1)),
        ("hm_driver", HAZMAT, D(2026, 4, 1), D(2029, 4, 1)),
        ("hme_tsa", HAZMAT, D(2026, 4, 1), D(2031, 4, 1)),
        ("twic", SPECIAL, D(2026, 4, 1), D(2031, 4, 1)),
    ],
)
def test_a_renewal_counts_through_its_last_day(key: str, driver: Facts, obtained: date, end: date) -> None:
    person = hired(driver, HIRE)
    file = [ev(key, obtained)]
    assert look(person, file, end - 31 * DAY, key) == (State.VALID, end, end)
    assert look(person, file, end - 30 * DAY, key) == (State.EXPIRING, end, end)
    assert look(person, file, end, key) == (State.EXPIRING, end, end)
    assert look(person, file, end + DAY, key) == (State.EXPIRED, end, end)
    renewed = [*file, ev(key, end - 10 * DAY)]
    assert state(person, renewed, end - 11 * DAY, key) is State.EXPIRING
    assert state(person, renewed, end + DAY, key) is State.VALID


@pytest.mark.parametrize("window", [0, 1, 60, 400])
def test_the_warning_window_is_the_carriers(window: int) -> None:
    person, file, end = hired(VAN, HIRE), [ev("mvr_annual", HIRE)], D(2027, 3, 1)
    first = max(HIRE, end - window * DAY)
    assert state(person, file, first, "mvr_annual", warning_days=window) is State.EXPIRING
    if first > HIRE:
        assert state(person, file, first - DAY, "mvr_annual", warning_days=window) is State.VALID


@pytest.mark.parametrize(("key", "driver"), [("cdl", TRACTOR), ("variance", SPECIAL), ("twic", SPECIAL), ("hme_tsa", HAZMAT)])
def test_the_printed_day_itself_is_still_valid(key: str, driver: Facts) -> None:
    person, end = hired(driver, HIRE), D(2026, 9, 15)
    file = [ev(key, D(2026, 1, 5), end)]
    assert look(person, file, end, key) == (State.EXPIRING, end, end)
    assert look(person, file, end + DAY, key) == (State.EXPIRED, end, end)


@pytest.mark.parametrize(("key", "driver"), [("cdl", TRACTOR), ("variance", SPECIAL)])
def test_without_the_printed_date_nobody_can_tell(key: str, driver: Facts) -> None:
    person = hired(driver, HIRE)
    found = item(person, [ev(key, D(2026, 1, 5))], D(2026, 6, 1), key)
    assert (found.state, found.forbids) == (State.UNKNOWN, True)
    dated = [ev(key, D(2026, 1, 5), D(2027, 1, 5)), ev(key, D(2026, 5, 5))]
    assert state(person, dated, D(2026, 6, 1), key) is State.VALID


def test_the_newest_record_governs_even_when_it_ends_sooner() -> None:
    person = hired(TRACTOR, HIRE)
    file = [ev("cdl", D(2024, 1, 1), D(2030, 1, 1)), ev("cdl", D(2026, 4, 1), D(2026, 8, 1))]
    assert state(person, file, D(2026, 3, 31), "cdl") is State.VALID
    assert look(person, file, D(2026, 8, 2), "cdl") == (State.EXPIRED, D(2026, 8, 1), D(2026, 8, 1))


def test_a_motor_vehicle_record_near_the_hire_serves_both() -> None:
    for shift, serves in ((-31, False), (-30, True), (0, True), (30, True), (31, False)):
        file = [ev("mvr_annual", HIRE + shift * DAY)]
        seen = state(hired(VAN, HIRE), file, HIRE + 31 * DAY, "mvr_hire")
        assert seen is (State.VALID if serves else State.OVERDUE), shift
        own = [ev("mvr_hire", HIRE + shift * DAY)]
        found = item(hired(VAN, HIRE), own, HIRE + 31 * DAY, "mvr_hire")
        assert found.state is (State.OVERDUE if shift == -31 else State.VALID), shift
        assert ("too_old" in found.notes) == (shift == -31)
    at_hire = [ev("mvr_hire", HIRE)]
    assert look(hired(VAN, HIRE), at_hire, D(2027, 3, 1), "mvr_annual") == (State.EXPIRING, D(2027, 3, 1), D(2027, 3, 1))


def test_a_full_query_starts_the_year_anew() -> None:
    person = hired(TRACTOR, D(2024, 1, 5))
    file = [ev("ch_annual", D(2024, 6, 1)), ev("ch_full", D(2024, 9, 10))]
    assert look(person, file, D(2025, 9, 10), "ch_annual") == (State.EXPIRING, D(2025, 9, 10), D(2025, 9, 10))
    assert state(person, [ev("ch_annual", D(2024, 6, 1))], D(2024, 7, 1), "ch_full") is State.MISSING


def test_who_was_hired_before_the_clearinghouse_needs_only_the_yearly_query() -> None:
    old, new = hired(TRACTOR, D(2020, 1, 5)), hired(TRACTOR, D(2020, 1, 6))
    assert state(old, [], D(2020, 6, 1), "ch_full") is State.NOT_APPLICABLE
    assert state(new, [], D(2020, 6, 1), "ch_full") is State.MISSING
    assert state(old, [], D(2020, 1, 5), "ch_annual") is State.NOT_APPLICABLE
    assert look(hired(TRACTOR, D(2015, 1, 1)), [], D(2020, 1, 6), "ch_annual") == (State.DUE, D(2021, 1, 5), None)
    assert state(old, [], D(2021, 1, 6), "ch_annual") is State.OVERDUE


def test_the_violations_list_ended_on_9_may_2022() -> None:
    person = hired(VAN, D(2020, 1, 1))
    assert state(person, [], D(2022, 5, 8), "violations_list") is State.OVERDUE
    assert state(person, [], D(2022, 5, 9), "violations_list") is State.NOT_APPLICABLE


def test_a_licence_stands_for_the_road_test_except_for_doubles_triples_and_tanks() -> None:
    file = [ev("cdl", D(2025, 1, 1), D(2029, 1, 1))]
    day = D(2026, 6, 1)
    assert state(hired(TRACTOR, HIRE), file, day, "road_test") is State.VALID
    assert state(hired(TRACTOR, HIRE, endorsements=frozenset("HP")), file, day, "road_test") is State.VALID
    for letter in "NTX":
        assert state(hired(TRACTOR, HIRE, endorsements=frozenset(letter)), file, day, "road_test") is State.MISSING
    assert state(hired(TRACTOR, HIRE, endorsements=None), file, day, "road_test") is State.UNKNOWN
    assert state(hired(VAN, HIRE), file, day, "road_test") is State.MISSING
    own = [*file, ev("road_test", D(2026, 3, 1))]
    assert state(hired(TRACTOR, HIRE, endorsements=frozenset("T")), own, day, "road_test") is State.VALID
    assert state(hired(TRACTOR, HIRE, endorsements=None), own, day, "road_test") is State.VALID


def test_a_licence_that_had_run_out_at_the_hire_is_no_road_test() -> None:
    lapsed = [ev("cdl", D(2020, 1, 1), D(2026, 2, 28))]
    assert state(hired(TRACTOR, HIRE), lapsed, HIRE, "road_test") is State.MISSING
    last_day = [ev("cdl", D(2020, 1, 1), HIRE)]
    assert state(hired(TRACTOR, HIRE), last_day, D(2026, 6, 1), "road_test") is State.VALID


def test_an_earlier_road_test_counts_for_three_years() -> None:
    assert state(hired(VAN, HIRE), [ev("road_test", D(2023, 3, 1))], HIRE, "road_test") is State.VALID
    assert state(hired(VAN, HIRE), [ev("road_test", D(2023, 3, 1))], D(2030, 1, 1), "road_test") is State.VALID
    found = item(hired(VAN, HIRE), [ev("road_test", D(2023, 2, 28))], HIRE, "road_test")
    assert found.state is State.MISSING
    assert "too_old" in found.notes
    lapsed = [ev("cdl", D(2020, 1, 1), D(2026, 2, 28))]
    assert "too_old" not in item(hired(TRACTOR, HIRE), lapsed, HIRE, "road_test").notes
    waiting = [ev("road_test", D(2023, 2, 28), review="pending")]
    assert "too_old" not in item(hired(VAN, HIRE), waiting, HIRE, "road_test").notes


def test_a_bus_endorsement_lasts_as_the_licence() -> None:
    file = [ev("cdl", D(2025, 1, 1), D(2026, 9, 1))]
    bus = hired(TRACTOR, HIRE, passenger=True, endorsements=frozenset("P"))
    assert look(bus, file, D(2026, 9, 2), "passenger") == (State.EXPIRED, D(2026, 9, 1), D(2026, 9, 1))
    assert state(bus, file, D(2026, 6, 1), "passenger") is State.VALID
    assert state(replace(bus, endorsements=frozenset("H")), file, D(2026, 6, 1), "passenger") is State.MISSING
    assert state(replace(bus, endorsements=None), file, D(2026, 6, 1), "passenger") is State.UNKNOWN


def test_an_instructor_needs_the_qualification_and_the_licence() -> None:
    teacher = hired(SPECIAL, HIRE)
    own, licence = ev("lcv_instr", D(2026, 3, 5)), ev("cdl", D(2025, 1, 1), D(2026, 9, 1))
    assert state(teacher, [own], D(2026, 6, 1), "lcv_instr") is State.MISSING
    assert state(teacher, [licence], D(2026, 6, 1), "lcv_instr") is State.MISSING
    assert look(teacher, [own, licence], D(2026, 6, 1), "lcv_instr") == (State.VALID, D(2026, 9, 1), D(2026, 9, 1))
    assert state(teacher, [own, licence], D(2026, 9, 2), "lcv_instr") is State.EXPIRED
    renewed = [own, licence, ev("cdl", D(2026, 8, 20), D(2031, 9, 1))]
    assert state(teacher, renewed, D(2026, 9, 2), "lcv_instr") is State.VALID


def test_a_changed_security_plan_asks_for_new_training_within_90_days() -> None:
    person = hired(HAZMAT, HIRE, hazmat_security_plan=True, security_plan_changed_on=D(2026, 8, 1))
    trained = [ev("hm_security", D(2026, 4, 1))]
    assert look(person, trained, D(2026, 10, 30), "hm_security") == (State.EXPIRING, D(2026, 10, 30), D(2026, 10, 30))
    assert state(person, trained, D(2026, 10, 31), "hm_security") is State.EXPIRED
    anew = [*trained, ev("hm_security", D(2026, 9, 1))]
    assert look(person, anew, D(2026, 10, 31), "hm_security") == (State.VALID, D(2029, 9, 1), D(2029, 9, 1))
    assert state(replace(person, hazmat_security_plan=False), trained, D(2026, 10, 31), "hm_security") is State.VALID


def test_a_driver_with_everything_in_order_may_drive() -> None:
    found = standing(hired(TRACTOR, HIRE), in_order(TRACTOR, HIRE), D(2026, 6, 1))
    assert found.may_drive
    assert (found.reasons, found.restrictions) == ((), ())


BLOCKING = ["application", "road_test", "mec_cdlis", "cdl", "ch_full", "drug_pre"]
NOT_BLOCKING = ["sph", "mvr_hire", "mvr_annual", "review_annual", "ch_annual", "da_policy", "elp"]


@pytest.mark.parametrize("key", [*BLOCKING, *NOT_BLOCKING, "part40_check"])
def test_which_gaps_keep_a_driver_off_the_road(key: str) -> None:
    person = hired(TRACTOR, HIRE, endorsements=frozenset("T"))  # so that no licence stands for the road test
    file = [piece for piece in in_order(person, HIRE) if piece.requirement != key]
    if key in {"mvr_hire", "ch_annual", "mvr_annual"}:  # nor another record for this one
        file = [piece for piece in file if piece.requirement not in {"mvr_hire", "mvr_annual", "ch_annual"}]
    before, after = standing(person, file, D(2026, 3, 31)), standing(person, file, D(2026, 4, 1))
    assert before.may_drive == (key not in BLOCKING)
    assert after.may_drive == (key in NOT_BLOCKING)
    assert [reason.key for reason in after.reasons] == ([] if key in NOT_BLOCKING else [key])


def test_hazmat_gaps_restrict_to_other_loads() -> None:
    person = hired(HAZMAT, HIRE)
    found = standing(person, in_order(person, HIRE), D(2026, 6, 1))
    assert found.may_drive
    assert [(reason.key, reason.restricts) for reason in found.restrictions] == [
        ("hm_train", "hazmat"), ("hm_security", "hazmat"), ("hm_driver", "hazmat"), ("hme_tsa", "hazmat"),
    ]  # fmt: skip
    # While the 90 days run, training is supervised work, not a restriction.
    early = standing(person, in_order(person, HIRE), D(2026, 3, 2))
    assert [reason.key for reason in early.restrictions] == ["hm_driver", "hme_tsa"]
    waiting = [*in_order(person, HIRE), ev("hm_train", HIRE, review="pending")]
    in_time, late = standing(person, waiting, D(2026, 5, 30)), standing(person, waiting, D(2026, 5, 31))
    assert "hm_train" not in [reason.key for reason in in_time.restrictions]
    assert "hm_train" in [reason.key for reason in late.restrictions]
