"""What a carrier collects when it hires: 49 CFR 391.21, 391.23, 391.31-33, 40.25."""

from __future__ import annotations

from datetime import date

from dot_copilot.features.compliance.requirement import (
    Age,
    Citation,
    Deadline,
    Renewal,
    Requirement,
    Retention,
    RetentionKind,
    Serving,
)

from ._common import CLEAR, DQ_FILE, LICENCE_RECORD, RECORD_EVENTS, THREE_YEARS, VERIFIED

REQUIREMENTS = (
    Requirement(
        key="application",
        condition="all",
        deadline=Deadline(),
        renewal=Renewal(),
        retention=DQ_FILE,
        citations=(Citation.of("391.21"), Citation.of("391.51(b)(1)")),
        effective_from=date(1971, 1, 1),
        verified_on=VERIFIED,
        blocks_driving=True,  # 391.21(a): shall not drive unless the application has been completed
        per_hire=True,
    ),
    Requirement(
        key="sph",
        condition="all",
        deadline=Deadline(days=30),
        renewal=Renewal(),
        retention=Retention(RetentionKind.EMPLOYMENT, months=36, separate=True),
        citations=(Citation.of("391.23(a)(2)"), Citation.of("391.23(c)"), Citation.of("391.53")),
        effective_from=date(2004, 10, 29),
        verified_on=VERIFIED,
        per_hire=True,
    ),
    Requirement(
        key="part40_check",
        condition="prior_testing",
        deadline=Deadline(days=30),
        renewal=Renewal(),
        retention=THREE_YEARS,
        citations=(Citation.of("40.25"), Citation.of("382.413"), Citation.of("391.23(e)")),
        effective_from=date(2001, 8, 1),
        verified_on=VERIFIED,
        blocks_driving=True,  # 40.25(d): no safety-sensitive work after 30 days without it; before that, it does not block
        per_hire=True,
        # 382.413(b): the Clearinghouse answers for FMCSA employers; other DOT agencies' employers must still be asked.
        replaced_since=date(2023, 1, 6),
        replaced_when_not="prior_dot_employer",
    ),
    Requirement(
        key="mvr_hire",
        condition="all",
        deadline=Deadline(days=30),
        renewal=Renewal(),
        retention=DQ_FILE,
        citations=(Citation.of("391.23(a)(1)"), Citation.of("391.23(b)"), Citation.of("391.51(b)(2)")),
        effective_from=date(1971, 1, 1),
        verified_on=VERIFIED,
        per_hire=True,
        served_by=(Serving("mvr_annual", "near_hire"),),
        max_age=Age(days=30),
        blocking_outcomes=RECORD_EVENTS,
        clear_outcomes=CLEAR,
        clears=LICENCE_RECORD,
        adverse_counts=True,
    ),
    Requirement(
        key="road_test",
        condition="all",
        deadline=Deadline(),
        renewal=Renewal(),
        retention=DQ_FILE,
        citations=(Citation.of("391.31"), Citation.of("391.33"), Citation.of("391.51(b)(3)")),
        effective_from=date(1971, 1, 1),
        verified_on=VERIFIED,
        blocks_driving=True,  # 391.31(a): shall not drive unless a road test was passed, or 391.33 stands in for it
        max_age=Age(months=36),
        served_by=(Serving("cdl", "road_test_equivalent"),),
    ),
)
