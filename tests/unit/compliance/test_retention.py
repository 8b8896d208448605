"""How long records are kept."""

from __future__ import annotations

from datetime import date

import pytest

from dot_copilot.features.compliance.catalogue import FEDERAL
from dot_copilot.features.compliance.retention import kept_until, purgeable_from
from tests.unit.compliance.build import D

ENDED, OBTAINED = D(2024, 2, 29), D(2023, 8, 31)


@pytest.mark.parametrize(
    ("key", "last"),
    [
        ("application", D(2027, 2, 28)),
        ("sph", D(2027, 2, 28)),
        ("mec", D(2026, 8, 31)),
        ("hm_train", D(2024, 5, 29)),
        ("drug_pre", D(2024, 8, 31)),
        ("random", D(2028, 8, 31)),
        ("da_policy", D(2026, 2, 28)),
        ("elp", OBTAINED),
    ],
)
def test_each_clock(key: str, last: date) -> None:
    retention = FEDERAL.by_key[key].retention
    assert kept_until(retention, obtained_on=OBTAINED, employment_ended_on=ENDED) == last


def test_a_clock_that_has_not_begun() -> None:
    assert kept_until(FEDERAL.by_key["application"].retention, obtained_on=OBTAINED) is None
    assert kept_until(FEDERAL.by_key["sup_rs"].retention, obtained_on=OBTAINED) is None
    assert kept_until(FEDERAL.by_key["mec"].retention, obtained_on=OBTAINED) == D(2026, 8, 31)


def test_a_function_that_ended_before_the_employment() -> None:
    retention = FEDERAL.by_key["sup_rs"].retention
    assert kept_until(retention, obtained_on=OBTAINED, employment_ended_on=ENDED, function_ended_on=D(2023, 12, 31)) == D(
        2025, 12, 31
    )


def test_the_longest_wins_and_a_hold_beats_all() -> None:
    assert purgeable_from([D(2026, 8, 31), D(2027, 2, 28)]) == D(2027, 3, 1)
    assert purgeable_from([D(2026, 8, 31), None]) is None
    assert purgeable_from([D(2026, 8, 31)], legal_hold=True) is None
    assert purgeable_from([]) is None
