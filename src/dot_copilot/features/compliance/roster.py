"""A roster's dates as evidence, recorded once each; the engine lets them serve their siblings.

Which requirement a date is recorded under: medical exam and expiry under `mec` (they serve whichever of `mec`, `mec_12`,
`mec_cdlis` applies), the last motor vehicle record under `mvr_annual` (it serves `mvr_hire` when it lies within 30 days of the
hire, before or after), full and limited Clearinghouse queries under `ch_full` and `ch_annual` (a full one starts the year of
`ch_annual` anew), the CDL's expiry under `cdl`, hazmat training under `hm_train`; a column named by a requirement key under it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from .dates import add_months

_BEFORE_EXPIRY: Final = -24


@dataclass(frozen=True, slots=True)
class RosterEvidence:
    """Evidence to record. `dated` False: the roster gave only an expiry, and `obtained_on` is presumed (see `evidence_of`)."""

    requirement: str
    obtained_on: date
    expires_on: date | None
    dated: bool


def evidence_of(
    requirement: str, obtained_on: date | None, expires_on: date | None, hired_on: date | None
) -> RosterEvidence | None:
    """The evidence in the dates that a row gives for one requirement; None when it gives none.

    With an expiry alone nobody knows since when the record has existed. It is taken to have been there at the hire (a driver
    needs a licence and a certificate before driving), or at its own expiry if that lies earlier; without a known hire, 24
    months before its expiry. No limit is ever counted from such a presumed day.
    """
    if obtained_on is not None:
        return RosterEvidence(requirement, obtained_on, expires_on, dated=True)
    if expires_on is None:
        return None
    since = add_months(expires_on, _BEFORE_EXPIRY) if hired_on is None else min(hired_on, expires_on)
    return RosterEvidence(requirement, since, expires_on, dated=False)
