"""The demo carriers judged by the rules engine: what a visitor sees on the first page, on whichever day the demo is made."""

from __future__ import annotations

import io
from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dot_copilot.demo.fleets import CASCADIA, FLEETS, LONE_STAR, DemoDriver, Fleet
from dot_copilot.demo.papers import paper
from dot_copilot.features.compliance.catalogue import FEDERAL
from dot_copilot.features.compliance.engine import evaluate
from dot_copilot.features.compliance.model import Employment, Evidence, Facts, Standing, State
from dot_copilot.features.documents.inspection import inspect
from dot_copilot.features.drivers.models import PROFILE_COLUMNS, Episode, overlapping

TODAY = date(2026, 11, 22)
DAYS = st.dates(date(2026, 6, 1), date(2031, 12, 31))


def standing(driver: DemoDriver, today: date) -> Standing:
    """How a driver of the demo stands."""
    facts = {name: value for name, value in driver.person.profile.items() if name not in ("cdl_number", "cdl_state")}
    facts["endorsements"] = frozenset(facts["endorsements"])
    evidence = [
        Evidence(place, p.requirement, p.obtained_on, p.expires_on, p.outcome, p.provenance, p.review, p.paper is not None)  # type: ignore[arg-type]
        for place, p in enumerate(driver.evidence)
    ]
    return evaluate(Facts(tuple(Employment(*days) for days in driver.employments), **facts), evidence, today)


@settings(max_examples=12, deadline=None)
@given(DAYS)
def test_seven_of_sixty_one_cannot_drive_on_whichever_day_the_demo_is_made(today: date) -> None:
    found = [standing(driver, today) for driver in LONE_STAR.drivers(today)]
    employed = [one for one in found if one.employed]
    assert len(employed) == 61
    assert sum(not one.may_drive for one in employed) == 7
    assert sum(not standing(driver, today).may_drive for driver in CASCADIA.drivers(today)) == 1


def test_the_demo_shows_every_state_and_many_reasons() -> None:
    found = [one for one in (standing(driver, TODAY) for driver in LONE_STAR.drivers(TODAY)) if one.employed]
    states = Counter(item.state for one in found for item in one.items)
    assert set(states) == set(State)
    reasons = {reason.key for one in found for reason in one.reasons}
    assert {"mec_cdlis", "mec_12", "cdl", "ch_full", "drug_pre", "road_test"} <= reasons
    soon = dict.fromkeys((30, 60, 90), 0)
    for one in found:
        for item in one.items:
            for days in soon:
                soon[days] += item.due_on is not None and TODAY <= item.due_on <= TODAY + timedelta(days=days)
    assert 5 <= soon[30] < soon[60] < soon[90] <= 40
    assert any(item.conflicts for one in found for item in one.items)


@pytest.mark.parametrize("fleet", FLEETS, ids=lambda fleet: fleet.name)
@settings(max_examples=8, deadline=None)
@given(today=DAYS)
def test_nothing_in_a_file_is_impossible(fleet: Fleet, today: date) -> None:
    drivers = fleet.drivers(today)
    assert len({driver.person.employee_id for driver in drivers}) == len(drivers)
    assert len({driver.person.email for driver in drivers}) == len(drivers)
    for driver in drivers:
        assert set(driver.person.profile) <= set(PROFILE_COLUMNS)
        assert driver.person.date_of_birth < driver.employments[0][0] - timedelta(days=18 * 365)
        episodes = [Episode(None, *days) for days in driver.employments]  # type: ignore[arg-type]
        for place, episode in enumerate(episodes):
            assert overlapping(episodes[:place], episode.hired_on, episode.terminated_on) is None
        for piece in driver.evidence:
            assert piece.obtained_on <= today
            assert piece.expires_on is None or piece.expires_on >= piece.obtained_on
            requirement = FEDERAL.by_key.get(piece.requirement)
            assert requirement is not None or piece.requirement == "policy_defensive_driving"
            assert piece.outcome is None or (requirement is not None and piece.outcome in requirement.outcomes)


def test_every_paper_passes_the_checks_of_an_upload() -> None:
    kinds: Counter[str] = Counter()
    for fleet in FLEETS:
        for driver in fleet.drivers(TODAY):
            for piece in driver.evidence:
                if piece.paper:
                    name, content = paper(driver.person, piece, fleet.name)
                    seen = inspect(io.BytesIO(content))
                    assert seen.media_type.endswith(piece.paper)
                    assert name.endswith(piece.paper)
                    kinds[seen.media_type] += 1
    assert kinds["application/pdf"] > 30
    assert kinds["image/png"] > 20


def test_the_same_day_makes_the_same_demo() -> None:
    assert LONE_STAR.drivers(TODAY) == LONE_STAR.drivers(TODAY)
