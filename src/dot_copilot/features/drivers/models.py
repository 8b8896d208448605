"""Plain values of this feature, and the rules on employments that need no database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from msgspec import Struct

# Columns of `driver_profiles`, in the order of the table.
PROFILE_COLUMNS = (
    "cdl_number",
    "cdl_state",
    "cdl_class",
    "endorsements",
    "clp",
    "first_cdl_issued_on",
    "interstate",
    "hazmat_employee",
    "hazmat_security_plan",
    "passenger",
    "lcv",
    "lcv_instructor",
    "insulin_treated",
    "vision_alternative",
    "grandfathered_medical",
    "medical_variance",
    "supervises_cdl_drivers",
    "port_access",
    "prior_dot_employer",
)
DRIVER_COLUMNS = ("employee_id", "first_name", "last_name", "date_of_birth", "email", "phone", "terminal_id")


class DriverRef(Struct, frozen=True, gc=False):
    """A driver whom the caller may touch, and where that driver's day begins."""

    id: UUID
    terminal_id: UUID
    time_zone: str


class Episode(Struct, frozen=True, gc=False):
    """One employment; both days are days of work."""

    id: UUID
    hired_on: date
    terminated_on: date | None


class DriverUpsert(Struct, gc=False):
    """One driver to add or bring up to date, known by employee id. None leaves what is recorded as it is."""

    employee_id: str
    first_name: str
    last_name: str
    date_of_birth: date | None = None
    email: str | None = None
    phone: str | None = None
    terminal_id: UUID | None = None


class Upserted(Struct, frozen=True, gc=False):
    """What became of a `DriverUpsert`."""

    driver_id: UUID
    created: bool
    changed: bool


class ProfileUpsert(Struct, gc=False):
    """Known facts of a driver, by the names of `PROFILE_COLUMNS`; what is absent or None stays as it is."""

    driver_id: UUID
    facts: dict[str, Any]


class EmploymentUpsert(Struct, gc=False):
    """An employment known by its hire date. `terminated_on` None leaves a recorded termination as it is."""

    driver_id: UUID
    hired_on: date
    terminated_on: date | None = None


def overlapping(others: Iterable[Episode], hired_on: date, terminated_on: date | None) -> Episode | None:
    """The first of `others` that shares a day with hired_on..terminated_on (None: open), or None."""
    for other in others:
        begins_before_its_end = other.terminated_on is None or hired_on <= other.terminated_on
        ends_after_its_begin = terminated_on is None or other.hired_on <= terminated_on
        if begins_before_its_end and ends_after_its_begin:
            return other
    return None
