"""What shares look like over HTTP, to the carrier and to the auditor."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from dot_copilot.features.compliance.schemas import DriverRow
from dot_copilot.features.packets.schemas import PacketState, Selected

MOST_DAYS = 90
ShareState = Literal["active", "expired", "revoked"]
_LINE = r"^[^\x00-\x1f\x7f]*$"
Who = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=120, pattern=_LINE)]
Organisation = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=160, pattern=_LINE)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=_LINE)]
Email = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=254, pattern=r"^[^\s@\x00]+@[^\s@\x00]+\.[^\s@\x00]+$")
]


class ShareCreate(Selected):
    """What to share, and for how long. The drivers are counted out once: who is hired later is not in it."""

    title: Title = Field(description="For whom or what, as the carrier knows it", examples=["FMCSA, off-site audit"])
    email: Email | None = Field(None, description="Where to send the link; the code is never sent with it")
    days: int = Field(14, ge=1, le=MOST_DAYS)
    sph: bool = Field(False, description="Also the 391.53 files; needs the right to read them")
    packet: bool = Field(True, description="Also have packets built that the auditor can download")


class Share(BaseModel):
    """A share as the carrier sees it."""

    id: UUID
    title: str
    email: str | None
    state: ShareState
    drivers: int
    sph: bool
    packet_id: UUID | None
    packet_state: PacketState | None
    code_open: bool = Field(description="Whether a code waits to be used")
    locked_until: datetime | None
    created_by: UUID | None
    created_by_name: str | None
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    sign_ins: int
    last_visit_at: datetime | None


class ShareOpened(Share):
    """A share with its secrets, shown once and never again."""

    link: str = Field(description="Send it to the auditor")
    code: str = Field(description="Tell it to the auditor by another way; good for one sign-in")
    mailed: bool = Field(description="Whether the link is on its way to `email`")


class ShareCode(BaseModel):
    """A new code, shown once; the one before no longer works."""

    code: str


class ShareList(BaseModel):
    """Newest first."""

    items: list[Share]
    next_cursor: str | None


class ShareDriver(BaseModel):
    """A driver of a share."""

    id: UUID
    name: str
    employee_id: str


class ShareVisitor(BaseModel):
    """Somebody who signed in to a share."""

    id: UUID
    name: str
    organisation: str
    address: str | None
    created_at: datetime
    ended_at: datetime | None


class ShareDetails(Share):
    """A share with its drivers and who signed in."""

    people: list[ShareDriver]
    visitors: list[ShareVisitor]


class ShareVisit(BaseModel):
    """One thing an auditor did."""

    id: int
    at: datetime
    action: str = Field(examples=["opened_document"])
    visitor: str | None
    organisation: str | None
    driver_id: UUID | None
    driver: str | None
    document_id: UUID | None
    document: str | None
    address: str | None


class ShareVisits(BaseModel):
    """Newest first."""

    items: list[ShareVisit]
    next_cursor: str | None


class ShareSignIn(BaseModel):
    """What an auditor enters."""

    model_config = ConfigDict(extra="forbid")

    link: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    code: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
    name: Who
    organisation: Organisation


class Shared(BaseModel):
    """What an auditor has been given."""

    title: str
    carrier: str
    usdot: str
    name: str
    organisation: str
    watermark: str
    drivers: int
    expires_at: datetime
    packet_ready: bool = Field(description="Whether packets can be downloaded")


class SharedDrivers(BaseModel):
    """The drivers of the share with their standing today, by name."""

    as_of: date
    items: list[DriverRow]
    next_cursor: str | None
