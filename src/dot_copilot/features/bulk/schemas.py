"""What bulk uploads look like over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from dot_copilot.features.documents.refusals import RefusalCode
from dot_copilot.features.documents.schemas import Note, Outcome, RequirementKey
from dot_copilot.features.drivers.schemas import PlainDate

ItemState = Literal["reading", "waiting", "done", "left_out", "refused"]


class Batch(BaseModel):
    """A bulk upload of the caller's, with how many scans stand how."""

    id: UUID
    created_at: datetime
    closed_at: datetime | None
    counts: dict[ItemState, int]


class CurrentBatch(BaseModel):
    """The one that is open, if there is one."""

    batch: Batch | None


class FoundDriver(BaseModel):
    """Somebody the scan may be of. `by`: what says so."""

    id: UUID
    employee_id: str
    name: str
    by: list[Literal["licence_number", "employee_id", "name", "name_in_text", "barcode_name"]]


class Found(BaseModel):
    """What was read from the name of a scan, its text and its barcode. `sure`: driver, kind and date leave no doubt."""

    drivers: list[FoundDriver] = Field(description="The likeliest first")
    requirement: str | None
    obtained_on: date | None
    expires_on: date | None
    licence_number: str | None
    sure: bool


class Draft(BaseModel):
    """What a person has entered for a scan so far; kept as it is."""

    model_config = ConfigDict(extra="forbid")

    driver_id: UUID | None = None
    driver_name: Annotated[str, StringConstraints(max_length=300)] | None = None
    requirement: Annotated[str, StringConstraints(max_length=64)] | None = None
    obtained_on: Annotated[str, StringConstraints(max_length=10)] | None = None
    expires_on: Annotated[str, StringConstraints(max_length=10)] | None = None
    outcome: Annotated[str, StringConstraints(max_length=20)] | None = None
    note: Annotated[str, StringConstraints(max_length=2000)] | None = None


class Item(BaseModel):
    """One scan."""

    id: UUID
    number: int
    file_name: str
    media_type: str | None
    size: int
    state: ItemState
    refusal: str | None
    refusal_code: RefusalCode | None = Field(None, description="The same in one stable word")
    preview_pages: int | None
    found: Found | None
    draft: Draft
    driver_id: UUID | None
    evidence_id: UUID | None


class ItemList(BaseModel):
    """In the order they came."""

    items: list[Item]


class ItemAdd(BaseModel):
    """A file of the caller's that was sent in parts, and completed."""

    model_config = ConfigDict(extra="forbid")

    upload_id: UUID


class ItemAccept(BaseModel):
    """Whose it is, and what it proves."""

    model_config = ConfigDict(extra="forbid")

    driver_id: UUID
    requirement: RequirementKey
    obtained_on: PlainDate
    expires_on: PlainDate | None = None
    outcome: Outcome | None = None
    note: Note | None = None
