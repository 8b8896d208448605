"""The yearly look at the driving record: 49 CFR 391.25, and 391.27 while it lasted."""

from __future__ import annotations

from datetime import date

from dot_copilot.features.compliance.requirement import Citation, Deadline, Renewal, Requirement, Serving

from ._common import CLEAR, LICENCE_RECORD, RECORD_EVENTS, THREE_YEARS, VERIFIED

# An overdue inquiry or review is a violation of the carrier's; it does not disqualify the driver (391.15 does).
REQUIREMENTS = (
    Requirement(
        key="mvr_annual",
        condition="all",
        deadline=Deadline(months=12),
        renewal=Renewal(months=12),
        retention=THREE_YEARS,
        citations=(Citation.of("391.25(a)"), Citation.of("391.51(b)(4)")),
        effective_from=date(1971, 1, 1),
        verified_on=VERIFIED,
        per_hire=True,
        served_by=(Serving("mvr_hire"),),
        blocking_outcomes=RECORD_EVENTS,
        clear_outcomes=CLEAR,
        clears=LICENCE_RECORD,
        adverse_counts=True,
    ),
    Requirement(
        key="review_annual",
        condition="all",
        deadline=Deadline(months=12),
        renewal=Renewal(months=12),
        retention=THREE_YEARS,
        citations=(Citation.of("391.25(b)"), Citation.of("391.25(c)(2)"), Citation.of("391.51(b)(5)")),
        effective_from=date(1971, 1, 1),
        verified_on=VERIFIED,
        per_hire=True,
    ),
    # The driver's own list of violations: abolished by 87 FR 13192, effective 2022-05-09.
    Requirement(
        key="violations_list",
        condition="all",
        deadline=Deadline(months=12),
        renewal=Renewal(months=12),
        retention=THREE_YEARS,
        citations=(Citation.of("391.27"),),
        effective_from=date(1971, 1, 1),
        effective_to=date(2022, 5, 8),
        verified_on=VERIFIED,
        per_hire=True,
    ),
)
