"""A carrier's own requirements and waivers: beside the federal rules, never against them."""

from __future__ import annotations

from typing import Any

import pytest

from dot_copilot.features.compliance.catalogue import FEDERAL
from dot_copilot.features.compliance.engine import evaluate, timeline
from dot_copilot.features.compliance.explain import explanation
from dot_copilot.features.compliance.model import NoteCode, State, Waiver
from dot_copilot.features.compliance.policy import PolicyError, policy_requirement
from tests.unit.compliance.build import TRACTOR, VAN, D, ev, hired, in_order, item, look, standing, state

HIRE = D(2026, 3, 1)
CDL, TRUCK = hired(TRACTOR, HIRE), hired(VAN, HIRE)


def winter(**changes: Any) -> Any:
    settings: dict[str, Any] = {"applies_to": "all", "effective_from": D(2026, 1, 1)} | changes
    return policy_requirement("policy_winter", "Winter driving", **settings)


def test_it_is_one_more_item_with_its_own_name() -> None:
    found = item(CDL, [], D(2026, 6, 1), "policy_winter", policy=[winter()])
    assert (found.state, found.forbids) == (State.MISSING, False)
    assert explanation(found).summary == "Winter driving is missing and is needed now"
    assert explanation(found, "es").summary == "Winter driving: falta y se necesita ya"
    assert [each.key for each in standing(CDL, [], D(2026, 6, 1), policy=[winter()]).items][:-1] == list(FEDERAL.by_key)


def test_it_may_keep_drivers_off_the_road() -> None:
    rule = winter(blocks_driving=True)
    file = in_order(CDL, HIRE)
    assert not standing(CDL, file, D(2026, 6, 1), policy=[rule]).may_drive
    assert standing(CDL, [*file, ev("policy_winter", D(2026, 5, 1))], D(2026, 6, 1), policy=[rule]).may_drive


def test_its_deadline_counts_from_the_hire_or_from_its_own_beginning() -> None:
    rule = winter(deadline_days=14, effective_from=D(2026, 3, 20))
    assert state(CDL, [], D(2026, 3, 19), "policy_winter", policy=[rule]) is State.NOT_APPLICABLE
    assert look(CDL, [], D(2026, 4, 3), "policy_winter", policy=[rule]) == (State.DUE, D(2026, 4, 3), None)
    assert state(CDL, [], D(2026, 4, 4), "policy_winter", policy=[rule]) is State.OVERDUE
    newer = hired(TRACTOR, D(2026, 5, 1))
    assert look(newer, [], D(2026, 5, 15), "policy_winter", policy=[rule]) == (State.DUE, D(2026, 5, 15), None)


def test_it_is_renewed_and_it_ends() -> None:
    rule = winter(renewal_months=6, effective_to=D(2026, 12, 31))
    file = [ev("policy_winter", D(2026, 5, 31))]
    assert look(CDL, file, D(2026, 12, 1), "policy_winter", policy=[rule]) == (State.EXPIRED, D(2026, 11, 30), D(2026, 11, 30))
    assert state(CDL, file, D(2027, 1, 1), "policy_winter", policy=[rule]) is State.NOT_APPLICABLE
    by_days = winter(renewal_days=10)
    assert look(CDL, file, D(2026, 6, 10), "policy_winter", policy=[by_days])[2] == D(2026, 6, 10)


def test_its_records_may_print_a_date_of_their_own() -> None:
    file = [ev("policy_winter", D(2026, 5, 1), D(2026, 7, 1))]
    assert look(CDL, file, D(2026, 7, 2), "policy_winter", policy=[winter(printed=True)])[0] is State.EXPIRED
    bare = [ev("policy_winter", D(2026, 5, 1))]
    assert state(CDL, bare, D(2026, 7, 2), "policy_winter", policy=[winter(printed=True)]) is State.UNKNOWN


@pytest.mark.parametrize(
    ("applies_to", "asked", "spared"),
    [
        ("all", TRUCK, None),
        ("cdl", CDL, TRUCK),
        ("non_cdl", TRUCK, CDL),
        ("interstate", TRUCK, hired(VAN, HIRE, interstate=False)),
        ("hazmat", hired(VAN, HIRE, hazmat_employee=True), TRUCK),
        ("passenger", hired(VAN, HIRE, passenger=True), TRUCK),
    ],
)
def test_whom_it_is_for(applies_to: str, asked: Any, spared: Any) -> None:
    rule = winter(applies_to=applies_to)
    assert state(asked, [], D(2026, 6, 1), "policy_winter", policy=[rule]) is State.MISSING
    if spared:
        assert state(spared, [], D(2026, 6, 1), "policy_winter", policy=[rule]) is State.NOT_APPLICABLE


def test_an_unknown_fact_is_unknown_here_too() -> None:
    rule = winter(applies_to="cdl", blocks_driving=True)
    found = item(hired(VAN, HIRE, cdl_class=None), [], D(2026, 6, 1), "policy_winter", policy=[rule])
    assert (found.state, found.forbids) == (State.UNKNOWN, True)


def test_a_waiver_lets_a_driver_off_for_its_days() -> None:
    rule = winter(blocks_driving=True)
    waiver = Waiver("policy_winter", D(2026, 6, 1), D(2026, 6, 30), "recovering")
    options: dict[str, Any] = {"policy": [rule], "waivers": [waiver]}
    for day, expected in (
        (D(2026, 5, 31), State.MISSING),
        (D(2026, 6, 1), State.NOT_APPLICABLE),
        (D(2026, 6, 30), State.NOT_APPLICABLE),
        (D(2026, 7, 1), State.MISSING),
    ):
        found = item(CDL, [], day, "policy_winter", **options)
        assert found.state is expected
        assert (NoteCode.WAIVED in found.notes) == (expected is State.NOT_APPLICABLE)
    told = explanation(item(CDL, [], D(2026, 6, 5), "policy_winter", **options))
    assert told.steps[0].text == ("The carrier has waived its own requirement from June 1, 2026 until June 30, 2026: recovering")
    life = next(life for life in timeline(CDL, [], **options).lives if life.requirement.key == "policy_winter")
    assert life.at(D(2026, 6, 15).toordinal()) is None


@pytest.mark.parametrize("key", ["mec", "sph", "random"])
def test_no_carrier_waives_or_replaces_a_federal_rule(key: str) -> None:
    waiver = Waiver(key, D(2026, 1, 1), D(2026, 12, 31), "we know better")
    for ask in (lambda: evaluate(CDL, [], HIRE, waivers=[waiver]), lambda: timeline(CDL, [], waivers=[waiver])):
        with pytest.raises(PolicyError, match=f"{key} is a federal rule"):
            ask()
    ours = policy_requirement(key, "Ours", applies_to="all", effective_from=D(2026, 1, 1))
    with pytest.raises(PolicyError, match="can add to it, not change it"):
        evaluate(CDL, [], HIRE, policy=[ours])


def test_a_waiver_of_a_requirement_that_is_gone_does_nothing() -> None:
    waiver = Waiver("policy_gone", D(2026, 1, 1), D(2026, 12, 31), "old")
    assert standing(CDL, [], HIRE, waivers=[waiver]).items == standing(CDL, [], HIRE).items


def test_a_caller_may_ask_for_a_few_requirements_only() -> None:
    file, day = in_order(CDL, HIRE), D(2026, 6, 1)
    everything, few = standing(CDL, file, day), standing(CDL, file, day, only={"cdl", "sph"})
    assert [each.key for each in few.items] == ["sph", "cdl"]
    assert [each for each in everything.items if each.key in {"cdl", "sph"}] == list(few.items)
