"""The API's answers as the tools pass them on, and the arguments several tools share. What is not named here is left out."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

State = Literal[
    "not_applicable",
    "unknown",
    "missing",
    "due",
    "overdue",
    "pending_review",
    "valid",
    "expiring",
    "expired",
    "blocked",
]
Outcome = Literal["clear", "prohibited", "downgraded", "not_certified", "suspended", "negative", "positive", "passed", "failed"]
DateText = date  # a field named `date` would hide the type
Language = Annotated[Literal["en", "es"], Meta(description="Language of titles, explanations and the summary: en or es")]
TerminalText = Annotated[str, Meta(max_length=120, description="Name, city, code or id of a terminal; all terminals when absent")]
DriverText = Annotated[
    str, Meta(max_length=100, description="Employee id, name or part of a name, or id (UUID) of a driver; must fit one driver")
]
RequirementText = Annotated[
    str,
    Meta(
        max_length=64,
        description="Key of a requirement, such as mec_cdlis, or what it is called: 'medical card', 'MVR', 'Clearinghouse'",
    ),
]
AsOf = Annotated[date, Meta(description="The day to look at, as 2026-11-26; today at each terminal when absent")]
Limit = Annotated[int, Meta(ge=1, le=100, description="Items a page")]
Cursor = Annotated[str, Meta(max_length=4000, description="`next_cursor` of the page before; send the other arguments unchanged")]


class Named(Struct):
    """Something with an id and a name."""

    id: UUID
    name: str


class Reason(Struct):
    """Why a driver can't drive, in one sentence."""

    requirement: str
    title: str
    state: State
    text: str


class Citation(Struct):
    """A place in the regulations."""

    cfr: str
    url: str


class NextDue(Struct):
    """The next thing to collect, and the last day on which it is in time."""

    requirement: str
    title: str
    due_on: date


class DriverRow(Struct):
    """A driver with the standing on `as_of`."""

    id: UUID
    employee_id: str
    first_name: str
    last_name: str
    terminal: Named
    as_of: date
    employed: bool
    may_drive: bool
    reasons: list[Reason]
    restrictions: list[Reason]
    next_due: NextDue | None
    counts: dict[str, int]


class Step(Struct):
    """One line of the date arithmetic."""

    text: str
    date: DateText | None = None


class Explanation(Struct):
    """Why an item is in its state, and the arithmetic behind it."""

    summary: str
    steps: list[Step]


class CitedReason(Reason):
    """A reason with where the rule stands."""

    citations: list[Citation]


class Remark(Struct):
    """A conflict between dates, or a lesser thing to know."""

    code: str
    text: str


class StoredFile(Struct):
    """The stored file that proves a piece of evidence."""

    id: UUID
    file_name: str
    state: str


class Evidence(Struct):
    """A dated fact about a driver."""

    id: UUID
    requirement: str
    obtained_on: date
    expires_on: date | None
    outcome: str | None
    provenance: str
    review: str
    note: str | None
    document: StoredFile | None
    recorded_at: datetime


class FileItem(Struct):
    """One requirement of a driver's file on the day asked for."""

    requirement: str
    title: str
    source: str
    state: State
    forbids_driving: bool
    due_on: date | None
    valid_until: date | None
    citations: list[Citation]
    explanation: Explanation
    conflicts: list[Remark]
    notes: list[Remark]
    evidence: list[Evidence]


class Employment(Struct):
    """The newest employment."""

    hired_on: date
    terminated_on: date | None


class Driver(Struct):
    """Who the file is about."""

    id: UUID
    employee_id: str
    first_name: str
    last_name: str
    terminal: Named
    employment: Employment | None

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name} ({self.employee_id}, {self.terminal.name})"


class DriverFile(Struct):
    """A driver's file on `as_of`."""

    driver: Driver
    as_of: date
    employed: bool
    may_drive: bool
    reasons: list[CitedReason]
    restrictions: list[CitedReason]
    items: list[FileItem]
