"""A roster's dates as evidence: which requirement each one is recorded under. The engine lets it serve its siblings.

Recorded once each: a medical date under `mec` serves whichever of `mec`, `mec_12`, `mec_cdlis` applies; the last motor
vehicle record under `mvr_annual` serves `mvr_hire` too when it lies within 30 days of the hire; a full Clearinghouse query
under `ch_full` starts the year of `ch_annual` anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

# Column of a roster -> (requirement, "obtained" or "expires"). A column named by a requirement key is its "obtained" date.
ROSTER_FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "medical_exam_date": ("mec", "obtained"),
    "medical_certificate_expiry": ("mec", "expires"),
    "cdl_expiry": ("cdl", "expires"),
    "last_mvr_date": ("mvr_annual", "obtained"),
    "annual_review_date": ("review_annual", "obtained"),
    "clearinghouse_full_query_date": ("ch_full", "obtained"),
    "clearinghouse_limited_query_date": ("ch_annual", "obtained"),
    "hazmat_training_date": ("hm_train", "obtained"),
}


@dataclass(frozen=True, slots=True)
class RosterEvidence:
    """Evidence to record. `dated` False: the roster gave only an expiry, and `obtained_on` is presumed (see `evidence_of`)."""

    requirement: str
    obtained_on: date
    expires_on: date | None
    dated: bool


def evidence_of(requirement: str, obtained_on: date | None, expires_on: date | None, hired_on: date) -> RosterEvidence | None:
    """The evidence in a requirement's dates; None when there are none.

    With an expiry alone nobody knows since when the record has existed. It is taken to have been there at the hire (a driver
    needs a licence and a certificate before driving), or at its own expiry if that lies earlier.
    """
    if obtained_on is not None:
        return RosterEvidence(requirement, obtained_on, expires_on, dated=True)
    if expires_on is None:
        return None
    return RosterEvidence(requirement, min(hired_on, expires_on), expires_on, dated=False)


def evidence_for_roster(dates: Mapping[str, date], hired_on: date) -> list[RosterEvidence]:
    """The evidence in a row's dates, by column name (of `ROSTER_FIELDS`, or a requirement key), one record a requirement."""
    found: dict[str, dict[str, date]] = {}
    for column, day in dates.items():
        requirement, part = ROSTER_FIELDS.get(column, (column, "obtained"))
        held = found.setdefault(requirement, {})
        if part not in held or day > held[part]:
            held[part] = day
    records = (evidence_of(key, held.get("obtained"), held.get("expires"), hired_on) for key, held in found.items())
    return [record for record in records if record is not None]
