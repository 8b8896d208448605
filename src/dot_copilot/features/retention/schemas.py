"""What retention looks like over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from dot_copilot.features.documents.schemas import Reason

Clock = Literal["employment", "document", "function", "none"]


class Kept(BaseModel):
    """How long one document must be kept (domain rule: of all requirements it serves, the longest wins)."""

    document_id: UUID
    file_name: str
    size: int
    requirements: list[str]
    obtained_on: date = Field(description="The newest day that it proves something for")
    clock: Clock = Field(description="What the longest time is counted from")
    kept_until: date | None = Field(description="Last day it must be kept; null while the clock has not begun")
    purgeable_from: date | None = Field(description="First day it may go; null while a clock, a hold or its use keeps it")
    newest: bool = Field(description="The newest of its kind of a driver who works here: it does not go, however old it is")
    held: bool
    purged_at: datetime | None


class LegalHold(BaseModel):
    """On a driver's whole file, or on one document."""

    id: UUID
    driver_id: UUID
    driver_name: str
    document_id: UUID | None
    file_name: str | None
    reason: str
    set_by: UUID | None
    set_by_name: str | None
    set_at: datetime
    lifted_at: datetime | None
    lift_reason: str | None


class DriverRetention(BaseModel):
    """A driver's documents and holds on a day."""

    as_of: date
    documents: list[Kept]
    holds: list[LegalHold] = Field(description="Newest first, also lifted ones")


class HoldList(BaseModel):
    """Holds that stand, newest first."""

    items: list[LegalHold]


class HoldCreate(BaseModel):
    """On the whole file without a document."""

    model_config = ConfigDict(extra="forbid")

    document_id: UUID | None = None
    reason: Reason


class Why(BaseModel):
    """Goes into the audit log."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason


class PurgeableDriver(BaseModel):
    """Whose document may go."""

    id: UUID
    employee_id: str
    name: str
    terminated_on: date | None


class Purgeable(BaseModel):
    """A document whose time is over. Nothing is removed by itself."""

    driver: PurgeableDriver
    document: Kept


class PurgeableList(BaseModel):
    """By driver. A page may hold fewer than asked for, and still have a next one."""

    as_of: date
    items: list[Purgeable]
    next_cursor: str | None
