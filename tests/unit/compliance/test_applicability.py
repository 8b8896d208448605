"""Whom each requirement is for: one driver it is for, one it is not for, one of whom it is not known."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from dot_copilot.features.compliance.applicability import CONDITIONS, missing_facts
from dot_copilot.features.compliance.catalogue import FEDERAL
from dot_copilot.features.compliance.model import Employment, Facts, State
from tests.unit.compliance.build import TRACTOR, VAN, D, ev, hired, item, standing, state

DAY = D(2026, 6, 1)
NOBODY = Facts((Employment(D(2026, 1, 31)),))
CDL_HOLDERS = [{"cdl_class": "A"}, {"cdl_class": "B"}, {"cdl_class": "C"}, {"cdl_class": "none", "clp": True}, {"clp": True}]
CDL_KEYS = ["part40_check", "mec_cdlis", "cdl", "ch_full", "ch_annual", "drug_pre", "da_policy"]
EVERYBODY = ["application", "sph", "mvr_hire", "mvr_annual", "review_annual", "road_test"]


def applies(key: str, **changes: Any) -> State:
    return state(replace(NOBODY, **changes), [], DAY, key)


@pytest.mark.parametrize("key", EVERYBODY)
def test_some_are_for_everybody_whatever_is_known(key: str) -> None:
    assert applies(key) not in {State.NOT_APPLICABLE, State.UNKNOWN}


@pytest.mark.parametrize("key", CDL_KEYS)
@pytest.mark.parametrize("holder", CDL_HOLDERS)
def test_licence_holders_and_learners(key: str, holder: dict[str, Any]) -> None:
    assert applies(key, **holder) not in {State.NOT_APPLICABLE, State.UNKNOWN}


@pytest.mark.parametrize("key", CDL_KEYS)
def test_not_for_those_without_a_cdl_and_unknown_without_a_class(key: str) -> None:
    assert applies(key, cdl_class="none") is State.NOT_APPLICABLE
    assert applies(key, cdl_class="none", clp=False) is State.NOT_APPLICABLE
    assert applies(key) is State.UNKNOWN
    assert applies(key, clp=False) is State.UNKNOWN


CASES: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    # key, for whom it is, for whom it is not, of whom it is not known
    ("mec", {"cdl_class": "none", "interstate": True}, {"cdl_class": "none", "interstate": False}, {"cdl_class": "none"}),
    ("mec", {"cdl_class": "none", "interstate": True}, {"cdl_class": "A", "interstate": True}, {"interstate": True}),
    ("nr_verify", {"cdl_class": "none", "interstate": True}, {"cdl_class": "B"}, {"cdl_class": "none"}),
    ("mec_12", {"cdl_class": "A", "insulin_treated": True}, {"cdl_class": "A", "insulin_treated": False}, {"cdl_class": "A"}),
    (
        "mec_12",
        {"cdl_class": "none", "interstate": True, "vision_alternative": True},
        {"cdl_class": "none", "interstate": True, "insulin_treated": False},
        {"cdl_class": "none", "interstate": True},
    ),
    ("mec_12", {"clp": True, "grandfathered_medical": True}, {"cdl_class": "none", "interstate": False}, {"interstate": True}),
    ("elp", {"interstate": True}, {"interstate": False}, {}),
    ("hm_train", {"hazmat_employee": True}, {"hazmat_employee": False}, {}),
    ("hm_security", {"hazmat_employee": True}, {"hazmat_employee": False}, {}),
    ("hm_driver", {"hazmat_employee": True}, {"hazmat_employee": False}, {}),
    ("hme_tsa", {"endorsements": frozenset("H")}, {"endorsements": frozenset("NT")}, {"cdl_class": "A"}),
    ("hme_tsa", {"endorsements": frozenset("X")}, {"cdl_class": "none"}, {}),
    ("lcv", {"lcv": True}, {"lcv": False}, {"endorsements": frozenset("T")}),
    ("passenger", {"passenger": True}, {"passenger": False}, {"endorsements": frozenset("P")}),
    ("eldt", {"cdl_class": "A", "first_cdl_issued_on": D(2022, 2, 7)}, {"cdl_class": "none"}, {"cdl_class": "A"}),
    ("eldt", {"cdl_class": "B", "first_cdl_issued_on": D(2025, 1, 1)}, 
     {"cdl_class": "A", "first_cdl_issued_on": D(2022, 2, 6)}, {}),
    (
        "eldt",
        {"cdl_class": "C", "endorsements": frozenset("P"), "first_cdl_issued_on": D(2025, 1, 1)},
        {"cdl_class": "C", "endorsements": frozenset("N"), "first_cdl_issued_on": D(2025, 1, 1)},
        {"cdl_class": "C", "first_cdl_issued_on": D(2025, 1, 1)},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("key", "yes", "no", "unknown"), CASES)
def test_a_fact_that_decides(key: str, yes: dict[str, Any], no: dict[str, Any], unknown: dict[str, Any]) -> None:
    assert applies(key, **yes) not in {State.NOT_APPLICABLE, State.UNKNOWN}
    assert applies(key, **no) is State.NOT_APPLICABLE
    assert applies(key, **unknown) is State.UNKNOWN


# What a carrier designates or a driver holds: without a record of it there is nothing to ask for.
CLAIMS = [
    ("variance", "medical_variance"),
    ("sup_rs", "supervises_cdl_drivers"),
    ("twic", "port_access"),
    ("lcv", "lcv"),
    ("lcv_instr", "lcv_instructor"),
    ("passenger", "passenger"),
]


@pytest.mark.parametrize(("key", "fact"), CLAIMS)
def test_a_claim_is_asked_for_when_it_is_made(key: str, fact: str) -> None:
    assert applies(key, **{fact: True}) is State.MISSING
    assert applies(key, **{fact: False}) is State.NOT_APPLICABLE
    assert applies(key) is State.NOT_APPLICABLE


@pytest.mark.parametrize(("key", "fact"), CLAIMS)
def test_evidence_of_a_claim_makes_it_from_that_day_on(key: str, fact: str) -> None:
    file = [ev(key, D(2026, 3, 1), D(2027, 3, 1)), ev("cdl", D(2026, 2, 1), D(2030, 2, 1))]
    driver = replace(NOBODY, endorsements=frozenset())
    assert state(driver, file, D(2026, 2, 28), key) is State.NOT_APPLICABLE
    assert state(driver, file, D(2026, 3, 1), key) is State.VALID
    denied: dict[str, Any] = {fact: False}
    assert state(replace(driver, **denied), file, D(2026, 3, 1), key) is State.NOT_APPLICABLE


def test_a_prior_employer_under_another_dot_agency() -> None:
    assert applies("part40_check", cdl_class="none", prior_dot_employer=True) is State.OVERDUE
    assert applies("part40_check", prior_dot_employer=True) is State.OVERDUE


def test_since_2023_the_clearinghouse_answers_where_no_other_agency_is_concerned() -> None:
    for on, expected in ((D(2023, 1, 5), State.OVERDUE), (D(2023, 1, 6), State.NOT_APPLICABLE)):
        assert state(hired(TRACTOR, on, prior_dot_employer=False), [], DAY, "part40_check") is expected
        assert state(hired(TRACTOR, on, prior_dot_employer=None), [], DAY, "part40_check") is State.OVERDUE
        assert state(hired(TRACTOR, on, prior_dot_employer=True), [], DAY, "part40_check") is State.OVERDUE


def test_training_is_asked_for_only_from_the_first_licence_on() -> None:
    driver = hired(TRACTOR, D(2026, 1, 5), first_cdl_issued_on=D(2026, 4, 1))
    assert state(driver, [], D(2026, 3, 31), "eldt") is State.NOT_APPLICABLE
    assert state(driver, [], D(2026, 4, 1), "eldt") is State.MISSING
    assert state(driver, [ev("eldt", D(2026, 2, 2))], D(2026, 4, 1), "eldt") is State.VALID


def test_random_testing_is_the_carriers_duty() -> None:
    found = item(TRACTOR, [], DAY, "random")
    assert found.state is State.NOT_APPLICABLE
    assert not found.forbids


def test_one_unknown_fact_does_not_spread_to_what_it_does_not_decide() -> None:
    found = standing(replace(TRACTOR, insulin_treated=None), [], DAY)
    assert [each.key for each in found.items if each.state is State.UNKNOWN] == ["mec_12"]
    found = standing(replace(VAN, hazmat_employee=None), [], DAY)
    assert [each.key for each in found.items if each.state is State.UNKNOWN] == ["hm_train", "hm_security", "hm_driver"]


def test_the_facts_that_would_settle_it_are_named() -> None:
    assert missing_facts("twelve_month_medical", replace(VAN, insulin_treated=None)) == ("insulin_treated",)
    assert missing_facts("non_cdl_interstate", replace(VAN, interstate=None)) == ("interstate",)
    assert missing_facts("eldt", replace(TRACTOR, first_cdl_issued_on=None)) == ("first_cdl_issued_on",)
    assert missing_facts("cdl", NOBODY) == ("cdl_class",)
    # Only insulin treatment settles it alone; the class and the kind of work would not.
    assert missing_facts("twelve_month_medical", NOBODY) == ("insulin_treated",)
    assert missing_facts("eldt", NOBODY) == ("first_cdl_issued_on", "cdl_class")


def test_every_condition_reads_facts_that_exist_and_is_used() -> None:
    used = {requirement.condition for requirement in FEDERAL.requirements}
    for name, (_, reads) in CONDITIONS.items():
        assert set(reads) <= set(Facts.__dataclass_fields__)
        assert name in used | {"non_cdl"}, name
