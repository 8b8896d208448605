"""What the compliance routes take and give. Dates are plain days; texts are in the language of Accept-Language."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from dot_copilot.features.documents.schemas import Evidence
from dot_copilot.features.drivers.schemas import Driver

from .model import ConflictCode, NoteCode, State

Day = date  # a field named `date` would hide the type


class CitationOut(BaseModel):
    """A place in the regulations."""

    cfr: str = Field(examples=["49 CFR 391.45"])
    url: str


class ReasonOut(BaseModel):
    """Why a driver can't drive, in one sentence."""

    requirement: str
    title: str
    state: State
    text: str


class CitedReasonOut(ReasonOut):
    """As `ReasonOut`, with where the rule stands."""

    citations: list[CitationOut]


class TerminalRef(BaseModel):
    """A terminal, by name."""

    id: UUID
    name: str


class NextDueOut(BaseModel):
    """The next thing to collect, and the last day on which it is in time."""

    requirement: str
    title: str
    due_on: date


class DriverRow(BaseModel):
    """A driver with the standing on `as_of`, which is today at the terminal unless the request named a day."""

    id: UUID
    employee_id: str
    first_name: str
    last_name: str
    terminal: TerminalRef
    as_of: date
    employed: bool
    may_drive: bool
    reasons: list[ReasonOut]
    restrictions: list[ReasonOut]
    next_due: NextDueOut | None
    counts: dict[State, int] = Field(description="Number of requirements in each state; not_applicable is left out")


class DriverPage(BaseModel):
    """A page of drivers. `as_of` is the day asked for, else today at the carrier's own time zone."""

    as_of: date
    items: list[DriverRow]
    next_cursor: str | None
    total: int = Field(description="Drivers that match the filters, over all pages")


class StepOut(BaseModel):
    """One line of the date arithmetic."""

    text: str
    date: Day | None = None


class ExplanationOut(BaseModel):
    """Why an item is in its state."""

    summary: str
    steps: list[StepOut]


class ConflictOut(BaseModel):
    """Two dates that contradict each other; `counted` is the one that was used."""

    code: ConflictCode
    text: str
    evidence_id: UUID
    stated: date | None
    counted: date | None


class NoteOut(BaseModel):
    """A lesser thing to know; it changes no state."""

    code: NoteCode
    text: str


class FileItemOut(BaseModel):
    """One requirement of a driver's file on the day asked for."""

    requirement: str
    title: str
    source: Literal["federal", "policy"]
    state: State
    forbids_driving: bool
    due_on: date | None = Field(description="Last day on which the next evidence is in time")
    valid_until: date | None = Field(description="Last day on which the present evidence counts")
    evidence_id: UUID | None = Field(description="The record the state rests on; one of `evidence`")
    citations: list[CitationOut]
    explanation: ExplanationOut
    conflicts: list[ConflictOut]
    notes: list[NoteOut]
    evidence: list[Evidence] = Field(description="Newest first")
    apart: bool = Field(False, description="Of the file that is kept apart from the qualification file (49 CFR 391.53)")
    withheld: bool = Field(False, description="Its records are not for the caller")


class DriverFileOut(BaseModel):
    """A driver's whole file on `as_of`."""

    driver: Driver
    as_of: date
    employed: bool
    may_drive: bool
    reasons: list[CitedReasonOut]
    restrictions: list[CitedReasonOut]
    items: list[FileItemOut]


class DueWindows(BaseModel):
    """Requirements that fall due from the day itself through 30, 60 and 90 days later; each window holds the one before."""

    d30: int
    d60: int
    d90: int


class ReasonCount(BaseModel):
    """Drivers whom one requirement in one state keeps from driving; a driver may appear under several."""

    requirement: str
    title: str
    state: State
    drivers: int


class DueCount(DueWindows):
    """The windows of one requirement."""

    requirement: str
    title: str


class TerminalSummary(BaseModel):
    """One terminal on its own day."""

    id: UUID
    name: str
    time_zone: str
    as_of: date
    drivers: int
    cannot_drive: int
    due: DueWindows


class SummaryOut(BaseModel):
    """The duty board in numbers."""

    as_of: date
    drivers: int = Field(description="Employed drivers")
    cannot_drive: int
    by_reason: list[ReasonCount] = Field(description="Most drivers first")
    due: DueWindows
    due_by_requirement: list[DueCount] = Field(description="Most within 90 days first")
    states: dict[State, int] = Field(description="Number of requirements in each state over all drivers")
    terminals: list[TerminalSummary] = Field(description="By name")
    recalculating: bool = Field(description="The rules have changed a moment ago; some drivers still count by the earlier ones")


class DayCount(BaseModel):
    """How much falls due on a day."""

    date: Day
    count: int


class DueDriver(BaseModel):
    """Whose requirement falls due."""

    id: UUID
    name: str
    terminal: TerminalRef


class DueItem(BaseModel):
    """One requirement of one driver that falls due."""

    driver: DueDriver
    requirement: str
    title: str
    due_on: date


class UpcomingPage(BaseModel):
    """What falls due from `as_of` through `days` days later, soonest first. `days` lists only days with something due."""

    as_of: date
    days: list[DayCount]
    items: list[DueItem]
    next_cursor: str | None
