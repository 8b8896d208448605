"""Medical certification: 49 CFR 391.41-49, 391.62, 391.64, 391.23(m), and the paper card's dated end for CDL holders."""

from __future__ import annotations

from datetime import date

from dot_copilot.features.compliance.requirement import Citation, Deadline, Renewal, Requirement

from ._common import CLEAR, LICENCE_RECORD, RECORD_EVENTS, THREE_YEARS, VERIFIED

_UNLIMITED = None


def _window(first: date, last: date, days: int | None) -> tuple[int, int, int | None]:
    return first.toordinal(), last.toordinal(), days


# The days on which a CDL or CLP holder's paper card proves certification, and for how long after the examination. NRII ended
# it on 2025-06-23; waivers brought it back, 15 days at first (2025-07-14), 60 days since 2025-08-21, reissued on 2025-10-13,
# 2026-01-11 and 2026-04-11, the last one through 2026-10-11. A further waiver is one more line here.
PAPER_CARD_WINDOWS = (
    _window(date(1971, 1, 1), date(2025, 6, 22), _UNLIMITED),
    _window(date(2025, 7, 14), date(2025, 8, 20), 15),
    _window(date(2025, 8, 21), date(2026, 10, 11), 60),
)

REQUIREMENTS = (
    Requirement(
        key="mec",
        condition="non_cdl_interstate",
        deadline=Deadline(),
        renewal=Renewal(months=24, printed=True),
        retention=THREE_YEARS,
        citations=(Citation.of("391.45"), Citation.of("391.41"), Citation.of("391.43"), Citation.of("391.51(b)(6)")),
        effective_from=date(1971, 1, 1),
        verified_on=VERIFIED,
        blocks_driving=True,  # 391.41(a)(1)(i): must not operate unless certified as physically qualified
        reading="medical",
    ),
    Requirement(
        key="mec_12",
        condition="twelve_month_medical",
        deadline=Deadline(),
        renewal=Renewal(months=12, printed=True),
        retention=THREE_YEARS,
        citations=(
            Citation.of("391.45"),
            Citation.of("391.46"),
            Citation.of("391.44"),
            Citation.of("391.62"),
            Citation.of("391.64"),
        ),
        effective_from=date(2018, 11, 19),
        verified_on=VERIFIED,
        blocks_driving=True,  # 391.44(a), 391.46(a): qualified only while certified under that section
        reading="medical",
    ),
    Requirement(
        key="mec_cdlis",
        condition="cdl",
        deadline=Deadline(),
        renewal=Renewal(months=24, printed=True),
        retention=THREE_YEARS,
        citations=(Citation.of("391.51(b)(6)(ii)"), Citation.of("391.23(m)"), Citation.of("391.45")),
        effective_from=date(2012, 1, 30),
        verified_on=VERIFIED,
        blocks_driving=True,  # 391.23(m)(2): the status must be verified before the driver may operate
        reading="cdlis",
        blocking_outcomes=RECORD_EVENTS,
        clear_outcomes=CLEAR,
        clears=LICENCE_RECORD,
    ),
    Requirement(
        key="nr_verify",
        condition="non_cdl_interstate",  # whoever needs no certificate has none to check
        deadline=Deadline(),
        renewal=Renewal(),
        retention=THREE_YEARS,
        citations=(Citation.of("391.23(m)(1)"), Citation.of("391.51(b)(8)")),
        effective_from=date(2014, 5, 21),
        verified_on=VERIFIED,
        reading="registry_check",
    ),
    Requirement(
        key="variance",
        condition="variance",
        deadline=Deadline(),
        renewal=Renewal(printed=True),
        retention=THREE_YEARS,
        citations=(Citation.of("391.49"), Citation.of("part 381"), Citation.of("391.51(b)(7)")),
        effective_from=date(1971, 1, 1),
        verified_on=VERIFIED,
        blocks_driving=True,  # 391.41(a)(1)(i), (b): the holder is qualified only with it
        needs_printed=True,
    ),
)
