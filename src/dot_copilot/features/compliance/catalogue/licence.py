"""The licence and what hangs on it: 49 CFR 383, 380, 391.11, 391.55 and 1572."""

from __future__ import annotations

from datetime import date

from dot_copilot.features.compliance.requirement import Citation, Deadline, Renewal, Requirement, Serving

from ._common import AS_POLICY, CLEAR, DQ_FILE, LICENCE_RECORD, RECORD_EVENTS, VERIFIED

REQUIREMENTS = (
    Requirement(
        key="cdl",
        condition="cdl",
        deadline=Deadline(),
        renewal=Renewal(printed=True),
        retention=DQ_FILE,
        citations=(Citation.of("383.23"), Citation.of("391.11(b)(5)")),
        effective_from=date(1992, 4, 1),
        blocks_driving=True,  # 383.23(a): no person shall operate without it
        needs_printed=True,
        blocking_outcomes=RECORD_EVENTS,
        clear_outcomes=CLEAR,
        clears=LICENCE_RECORD,
    ),
    # Binds the State, which issues no licence without it, and the school; a licensed driver is not kept from driving by it.
    Requirement(
        key="eldt",
        condition="eldt",
        deadline=Deadline(),
        renewal=Renewal(),
        retention=AS_POLICY,
        citations=(Citation.of("380.603"), Citation.of("380.609"), Citation.of("380.703"), Citation.of("383.71(a)(3)")),
        effective_from=date(2022, 2, 7),
        verified_on=VERIFIED,
        starts_with="first_cdl_issued_on",
    ),
    Requirement(
        key="twic",
        condition="port_access",
        deadline=Deadline(),
        renewal=Renewal(months=60, printed=True),
        retention=AS_POLICY,
        citations=(Citation.of("part 1572"),),
        effective_from=date(2009, 4, 15),
        verified_on=VERIFIED,
        restricts="port",
    ),
    Requirement(
        key="lcv",
        condition="lcv",
        deadline=Deadline(),
        renewal=Renewal(),
        retention=DQ_FILE,
        citations=(Citation.of("380.107"), Citation.of("380.113"), Citation.of("380.401")),
        effective_from=date(2004, 6, 1),
        restricts="lcv",
    ),
    Requirement(
        key="lcv_instr",
        condition="lcv_instructor",
        deadline=Deadline(),
        renewal=Renewal(),
        retention=AS_POLICY,
        citations=(Citation.of("391.55"), Citation.of("380.301")),
        effective_from=date(2004, 6, 1),
        verified_on=VERIFIED,
        restricts="teaching",
        reading="lcv_teaching",
    ),
    # The rule asks for the ability, not for a paper: a carrier without a note of its assessment is not in breach by that.
    Requirement(
        key="elp",
        condition="interstate",
        deadline=Deadline(),
        renewal=Renewal(),
        retention=AS_POLICY,
        citations=(Citation.of("391.11(b)(2)"),),
        effective_from=date(1971, 1, 1),
        verified_on=VERIFIED,
        blocking_outcomes=frozenset({"failed"}),
        clear_outcomes=frozenset({"passed"}),
    ),
    Requirement(
        key="passenger",
        condition="passenger",
        deadline=Deadline(),
        renewal=Renewal(printed=True),
        retention=DQ_FILE,
        citations=(Citation.of("383.93"), Citation.of("383.23")),
        effective_from=date(1992, 4, 1),
        restricts="passenger",
        needs_printed=True,
        served_by=(Serving("cdl", "endorsed_ps"),),
    ),
)
