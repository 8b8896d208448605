"""Before the hire, after the end, and hired again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from dot_copilot.features.compliance.engine import timeline
from dot_copilot.features.compliance.explain import explanation, reason_text, reason_title
from dot_copilot.features.compliance.model import Employment, State
from tests.unit.compliance.build import TRACTOR, D, ev, hired, in_order, item, look, standing, state

FIRST, END, AGAIN = D(2022, 3, 1), D(2024, 6, 30), D(2026, 2, 10)
BACK = replace(TRACTOR, employments=(Employment(FIRST, END), Employment(AGAIN)))


def test_outside_an_employment_nothing_applies_and_nobody_drives() -> None:
    for day in (D(2022, 2, 28), D(2024, 7, 1), D(2026, 2, 9)):
        found = standing(BACK, in_order(BACK, FIRST), day)
        assert not found.may_drive
        assert not found.employed
        assert {each.state for each in found.items} == {State.NOT_APPLICABLE}
        (reason,) = found.reasons
        assert (reason.key, reason.item) == ("employment", None)
        assert reason_title(reason) == "Employment"
        assert reason_text(reason, "es") == "No está empleado ese día"
    assert explanation(item(BACK, [], D(2024, 7, 1), "sph")).steps[0].text == "The driver is not employed on July 1, 2024"


def test_the_first_and_the_last_day_are_worked() -> None:
    for day in (FIRST, END, AGAIN):
        assert standing(BACK, [], day).employed
    assert [tuple(span) for span in timeline(BACK, []).employed] == [
        (FIRST.toordinal(), END.toordinal()),
        (AGAIN.toordinal(), D.max.toordinal()),
    ]


def test_without_an_employment_on_record_the_hire_is_not_known() -> None:
    nobody_knows = replace(TRACTOR, employments=())
    found = standing(nobody_knows, in_order(TRACTOR, FIRST), FIRST)
    assert (found.may_drive, found.employed) == (False, False)
    (reason,) = found.reasons  # the licence stands for the road test, however old that was at the hire
    assert (reason.key, reason.state) == ("employment", State.UNKNOWN)
    assert reason_text(reason) == "It is not known when the driver was hired"
    assert timeline(nobody_knows, []).employed == timeline(nobody_knows, []).cannot_drive == ()


def test_without_the_hire_what_counts_from_it_is_unknown_and_the_rest_is_judged() -> None:
    nobody_knows = replace(TRACTOR, employments=())
    bare = {each.key: each.state for each in standing(nobody_knows, [], D(2026, 6, 1)).items}
    for key in ("sph", "part40_check", "mvr_hire", "mvr_annual", "review_annual", "ch_full", "ch_annual", "road_test"):
        assert bare[key] is State.UNKNOWN, key
    for key in ("application", "cdl", "mec_cdlis", "drug_pre", "da_policy", "elp"):
        assert bare[key] is State.MISSING, key
    file = [*in_order(TRACTOR, D(2026, 3, 1)), ev("cdl", D(2020, 1, 1), D(2026, 5, 1), dated=False)]
    full = {each.key: each.state for each in standing(nobody_knows, file, D(2026, 6, 1)).items}
    for key in ("sph", "part40_check", "mvr_annual", "ch_full", "ch_annual", "cdl", "mec_cdlis"):
        assert full[key] is State.VALID, key
    # Too old at the hire, or not? The licence settles it for the road test (391.33), nothing does for the driving record.
    assert (full["mvr_hire"], full["road_test"]) == (State.UNKNOWN, State.VALID)
    for one, other in (("a", "b"), ("b", "a")):  # however the two are numbered
        pair = [ev("road_test", D(2026, 3, 1), id=one), ev("cdl", D(2026, 3, 1), D(2028, 3, 1), id=other)]
        assert state(nobody_knows, pair, D(2026, 6, 1), "road_test") is State.VALID
    without_licence = [record for record in file if record.requirement != "cdl"]
    assert state(nobody_knows, without_licence, D(2026, 6, 1), "road_test") is State.UNKNOWN
    told = explanation(item(nobody_knows, [], D(2026, 6, 1), "sph"))
    assert told.summary.startswith("Safety performance history can't be judged: it is not known when the driver was hired")


@pytest.mark.parametrize("key", ["application", "ch_full", "drug_pre", "da_policy"])
def test_a_rehire_asks_again_for_what_belongs_to_a_hire(key: str) -> None:
    file = [ev(key, FIRST)]
    assert state(BACK, file, END, key) is State.VALID
    assert state(BACK, file, AGAIN, key) is State.MISSING
    assert state(BACK, [*file, ev(key, D(2026, 2, 1))], AGAIN, key) is State.VALID


def test_deadlines_count_from_the_newest_hire() -> None:
    assert look(BACK, [ev("sph", FIRST)], AGAIN, "sph") == (State.DUE, D(2026, 3, 12), None)
    assert state(BACK, [ev("sph", FIRST)], D(2026, 3, 13), "sph") is State.OVERDUE
    assert look(BACK, [ev("mvr_annual", D(2024, 5, 1))], AGAIN, "mvr_annual") == (State.DUE, D(2027, 2, 10), None)


def test_what_belongs_to_the_driver_goes_on() -> None:
    file = [ev("cdl", D(2022, 1, 1), D(2030, 1, 1)), ev("mec_cdlis", D(2025, 6, 30), D(2027, 6, 30))]
    assert state(BACK, file, AGAIN, "cdl") is State.VALID
    assert state(BACK, file, AGAIN, "mec_cdlis") is State.VALID
    trained = replace(BACK, hazmat_employee=True)

    assert state(trained, [ev("hm_train", D(2024, 3, 1))], AGAIN, "hm_train") is State.VALID


def test_training_that_had_run_out_before_the_hire_leaves_the_new_hires_time() -> None:
    trained = replace(BACK, hazmat_employee=True)
    assert look(trained, [ev("hm_train", D(2022, 4, 1))], AGAIN, "hm_train") == (State.DUE, D(2026, 5, 11), None)


def test_a_licence_that_has_run_out_is_expired_not_missing() -> None:
    assert state(BACK, [ev("cdl", D(2020, 1, 1), D(2025, 1, 1))], AGAIN, "cdl") is State.EXPIRED


def test_a_new_hire_ends_an_employment_that_nobody_closed() -> None:
    driver = replace(TRACTOR, employments=(Employment(AGAIN), Employment(FIRST)))
    assert state(driver, [ev("application", FIRST)], AGAIN, "application") is State.MISSING
    assert [tuple(span) for span in timeline(driver, []).employed] == [(FIRST.toordinal(), D.max.toordinal())]


def test_evidence_from_before_the_first_hire_counts() -> None:
    driver = hired(TRACTOR, AGAIN)
    for key in ("application", "ch_full", "drug_pre", "sph", "mvr_hire"):
        assert state(driver, [ev(key, D(2026, 1, 20))], AGAIN, key) is State.VALID


def test_an_annual_record_that_was_a_year_old_at_the_hire_is_not_this_employments() -> None:
    driver = hired(TRACTOR, AGAIN)
    assert look(driver, [ev("mvr_annual", D(2025, 2, 9))], AGAIN, "mvr_annual") == (State.DUE, D(2027, 2, 10), None)
    assert look(driver, [ev("mvr_annual", D(2025, 2, 10))], AGAIN, "mvr_annual") == (State.EXPIRING, AGAIN, AGAIN)


def test_an_employment_that_ends_with_the_record_leaves_no_day_after_it() -> None:
    end = D(2026, 9, 15)
    for last in (end, end + timedelta(days=1)):
        found = timeline(hired(TRACTOR, FIRST, last), [ev("cdl", FIRST, end)])
        cdl = next(life for life in found.lives if life.requirement.key == "cdl")
        assert all(period.from_day <= period.until_day <= last.toordinal() for period in cdl.periods)
        assert (cdl.periods[-1].state is State.EXPIRED) == (last > end)


def test_a_block_holds_through_the_last_day_of_an_employment() -> None:
    driver = hired(TRACTOR, D(2015, 1, 1), END)  # before the Clearinghouse: no full query is asked for
    file = [ev("ch_full", D(2024, 1, 1), outcome="prohibited")]
    assert state(driver, file, END, "ch_full") is State.BLOCKED
    assert state(driver, file, END + timedelta(days=1), "ch_full") is State.NOT_APPLICABLE
    one_day = hired(TRACTOR, D(2015, 1, 1), D(2015, 1, 1))
    early = [ev("ch_full", D(2015, 1, 1), outcome="prohibited")]
    assert state(one_day, early, D(2015, 1, 1), "ch_full") is State.BLOCKED
