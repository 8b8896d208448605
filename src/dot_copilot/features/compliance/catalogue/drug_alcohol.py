"""Drug and alcohol rules: 49 CFR part 382 and the Clearinghouse."""

from __future__ import annotations

from datetime import date

from dot_copilot.features.compliance.requirement import (
    Citation,
    Deadline,
    Renewal,
    Requirement,
    Retention,
    RetentionKind,
    Scope,
    Serving,
)

from ._common import CLEAR, CLEARINGHOUSE, THREE_YEARS, VERIFIED

# Yearly share of driver positions to be tested at random, in percent: (from, drugs, alcohol). 382.305(b).
RANDOM_RATES = (
    (date(2016, 1, 1), 25, 10),
    (date(2020, 1, 1), 50, 10),
)

# Since this day the State takes the commercial privilege away from whoever is "prohibited" (Clearinghouse II, 383.73(q)).
DOWNGRADE_SINCE = date(2024, 11, 18)

_FUNCTION = Retention(RetentionKind.FUNCTION, months=24)

REQUIREMENTS = (
    Requirement(
        key="ch_full",
        condition="cdl",
        deadline=Deadline(),
        renewal=Renewal(),
        retention=THREE_YEARS,
        citations=(Citation.of("382.701(a)"), Citation.of("382.703")),
        effective_from=date(2020, 1, 6),
        hired_since=date(2020, 1, 6),  # earlier hires need no pre-employment query, only the yearly one
        verified_on=VERIFIED,
        blocks_driving=True,  # 382.701(a)(1): must not employ for safety-sensitive work without the query
        per_hire=True,
        blocking_outcomes=frozenset({"prohibited"}),
        clear_outcomes=CLEAR,
        clears=CLEARINGHOUSE,
        adverse_counts=True,
        blocks_anyone=True,  # 382.501(c): off every commercial vehicle, CDL or not
    ),
    Requirement(
        key="ch_annual",
        condition="cdl",
        deadline=Deadline(months=12, days=365),
        renewal=Renewal(months=12, days=365),
        retention=THREE_YEARS,
        citations=(Citation.of("382.701(b)"), Citation.of("382.703")),
        effective_from=date(2020, 1, 6),
        verified_on=VERIFIED,
        per_hire=True,
        served_by=(Serving("ch_full"),),
        blocking_outcomes=frozenset({"prohibited"}),
        clear_outcomes=CLEAR,
        clears=CLEARINGHOUSE,
        adverse_counts=True,
        blocks_anyone=True,
    ),
    Requirement(
        key="drug_pre",
        condition="cdl",
        deadline=Deadline(),
        renewal=Renewal(),
        retention=Retention(RetentionKind.DOCUMENT, months=12),
        citations=(Citation.of("382.301"), Citation.of("382.401(b)")),
        effective_from=date(1995, 1, 1),
        verified_on=VERIFIED,
        blocks_driving=True,  # 382.301(a): no safety-sensitive function before a verified negative result
        per_hire=True,
        blocking_outcomes=frozenset({"positive"}),
        clear_outcomes=frozenset({"negative"}),
        blocks_anyone=True,  # 382.501(c)
    ),
    Requirement(
        key="random",
        condition="carrier",
        deadline=Deadline(),
        renewal=Renewal(months=12),
        retention=Retention(RetentionKind.DOCUMENT, months=60),
        citations=(Citation.of("382.305"), Citation.of("382.401(b)")),
        effective_from=date(1995, 1, 1),
        verified_on=VERIFIED,
        scope=Scope.CARRIER,
    ),
    Requirement(
        key="da_policy",
        condition="cdl",
        deadline=Deadline(),
        renewal=Renewal(),
        retention=_FUNCTION,
        citations=(Citation.of("382.601"), Citation.of("382.401(b)")),
        effective_from=date(1995, 1, 1),
        verified_on=VERIFIED,
        per_hire=True,
    ),
    Requirement(
        key="sup_rs",
        condition="supervisor",
        deadline=Deadline(),
        renewal=Renewal(),
        retention=_FUNCTION,
        citations=(Citation.of("382.603"), Citation.of("382.401(b)")),
        effective_from=date(1995, 1, 1),
        verified_on=VERIFIED,
    ),
)


def random_rates(day: date) -> tuple[int, int] | None:
    """The rates in force on a day, in percent: (drugs, alcohol); None before the first that is on record here."""
    found = [(drugs, alcohol) for since, drugs, alcohol in RANDOM_RATES if since <= day]
    return found[-1] if found else None
