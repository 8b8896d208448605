"""Hazardous materials: 49 CFR 172.704, 177.816, 383.141 and 1572. A gap keeps the driver from hazmat, not from driving."""

from __future__ import annotations

from datetime import date

from dot_copilot.features.compliance.requirement import Citation, Deadline, Renewal, Requirement, Retention, RetentionKind

from ._common import AS_POLICY, VERIFIED

_TRAINING = Retention(RetentionKind.EMPLOYMENT, days=90)

REQUIREMENTS = (
    Requirement(
        key="hm_train",
        condition="hazmat",
        deadline=Deadline(days=90),
        renewal=Renewal(months=36),
        retention=_TRAINING,
        citations=(Citation.of("172.704"), Citation.of("172.702")),
        effective_from=date(1993, 10, 1),
        verified_on=VERIFIED,
        restricts="hazmat",
    ),
    Requirement(
        key="hm_security",
        condition="hazmat",
        deadline=Deadline(days=90),
        renewal=Renewal(months=36),
        retention=_TRAINING,
        citations=(Citation.of("172.704(a)(4)"), Citation.of("172.704(a)(5)"), Citation.of("172.704(c)")),
        effective_from=date(2003, 3, 25),
        verified_on=VERIFIED,
        restricts="hazmat",
        reading="security",
    ),
    Requirement(
        key="hm_driver",
        condition="hazmat",
        deadline=Deadline(),
        renewal=Renewal(months=36),
        retention=_TRAINING,
        citations=(Citation.of("177.816"), Citation.of("177.800")),
        effective_from=date(1993, 10, 1),
        restricts="hazmat",
    ),
    Requirement(
        key="hme_tsa",
        condition="hazmat_endorsed",
        deadline=Deadline(),
        renewal=Renewal(months=60, printed=True),
        retention=AS_POLICY,
        citations=(Citation.of("383.141"), Citation.of("part 1572")),
        effective_from=date(2005, 1, 31),
        verified_on=VERIFIED,
        restricts="hazmat",
    ),
)
