"""What the review queue and requests for documents look like over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from dot_copilot.features.documents.schemas import Evidence, RequirementKey
from dot_copilot.features.drivers.schemas import PlainDate


class WaitingDriver(BaseModel):
    """Whose evidence waits."""

    id: UUID
    employee_id: str
    first_name: str
    last_name: str
    terminal_id: UUID
    terminal_name: str


class Waiting(BaseModel):
    """One piece of evidence that waits for somebody's word."""

    driver: WaitingDriver
    evidence: Evidence


class ReviewQueue(BaseModel):
    """Oldest first."""

    items: list[Waiting]
    total: int = Field(description="How many wait, over all pages")
    next_cursor: str | None


class RequestCreate(BaseModel):
    """A document that a driver is asked for."""

    model_config = ConfigDict(extra="forbid")

    requirement: RequirementKey
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000, pattern=r"^[^\x00]*$")] = Field(
        "", description="The driver reads it"
    )
    due_on: PlainDate | None = None


class DocumentRequest(BaseModel):
    """Who asks whom for what. A document sent for the requirement fulfils it; one that is returned opens it again."""

    id: UUID
    driver_id: UUID
    requirement: str
    note: str
    due_on: date | None
    state: Literal["open", "fulfilled", "cancelled"]
    asked_by: UUID | None
    asked_by_name: str | None
    asked_at: datetime
    settled_at: datetime | None
    evidence_id: UUID | None


class DocumentRequestList(BaseModel):
    """Open ones first, those due soonest before the others."""

    items: list[DocumentRequest]
