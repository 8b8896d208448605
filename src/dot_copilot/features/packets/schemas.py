"""What packets look like over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from dot_copilot.features.compliance.model import State
from dot_copilot.features.drivers.schemas import PlainDate

Shows = Literal["none", "basic", "detailed"]
PacketState = Literal["queued", "building", "done", "failed", "cancelled"]
Title = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00]*$")]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500, pattern=r"^[^\x00]*$")]
MOST_DRIVERS = 2000


class DriverSelection(BaseModel):
    """Drivers by the filters of `GET /drivers`; with none of them, everybody employed on the day."""

    model_config = ConfigDict(extra="forbid")

    terminal: str | None = Field(None, max_length=120, description="Id or name of a terminal")
    state: State | None = None
    requirement: str | None = Field(None, max_length=64)
    may_drive: bool | None = None
    employment: Literal["current", "all"] = "current"
    q: str | None = Field(None, max_length=100)


class Selected(BaseModel):
    """Either some drivers by id, or all that filters find. They are counted out once, when the request is made."""

    model_config = ConfigDict(extra="forbid")

    drivers: list[UUID] | None = Field(None, min_length=1, max_length=MOST_DRIVERS)
    filter: DriverSelection | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.drivers is None) == (self.filter is None):
            raise ValueError("send either `drivers` or `filter`")
        return self


class PacketCreate(Selected):
    """What to build."""

    title: Title = ""
    as_of: PlainDate | None = Field(None, description="The day the files are shown as of; today when absent")
    originals: bool = Field(False, description="Also the documents as they were sent, in the archive")
    sph: bool = Field(False, description="Also the 391.53 file, as PDFs of their own; needs the right to read it")
    shows: Shows = Field("basic", description="What the public verification page tells of this packet")


class PacketChange(BaseModel):
    """What can be changed afterwards."""

    model_config = ConfigDict(extra="forbid")

    shows: Shows


class PacketRevoke(BaseModel):
    """Why the packet may no longer be relied on; for the carrier's own record."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason


class Packet(BaseModel):
    """A packet and how far it has come. Its files can be fetched while `downloadable`."""

    id: UUID
    code: str = Field(description="As printed on each page", examples=["K7QF-2M9X-4TRD-C"])
    title: str
    state: PacketState
    as_of: date
    originals: bool
    sph: bool
    shows: Shows
    total: int = Field(description="Drivers")
    built: int = Field(description="Drivers whose PDF is made")
    problem: str | None
    archive_size: int | None = Field(description="Bytes of the ZIP; null when there is none (one driver, no originals)")
    archive_sha256: str | None
    downloadable: bool
    verify_url: str
    created_by: UUID | None
    created_by_name: str | None
    created_at: datetime
    finished_at: datetime | None
    files_until: datetime | None = Field(description="When its files are removed; the code can be verified for ever")
    revoked_at: datetime | None
    revoke_reason: str | None


class PacketDriver(BaseModel):
    """One driver of a packet."""

    driver_id: UUID
    name: str
    employee_id: str
    state: Literal["waiting", "done"]
    pages: int | None
    size: int | None = Field(description="Bytes of the PDF")
    sha256: str | None
    documents: int
    left_out: int = Field(description="Documents with a page that says why they are not included")
    sph: bool = Field(description="Whether there is a PDF of the 391.53 file")


class PacketDetails(Packet):
    """A packet with its drivers."""

    drivers: list[PacketDriver]


class PacketList(BaseModel):
    """Newest first."""

    items: list[Packet]
    next_cursor: str | None


class PacketLink(BaseModel):
    """Downloads one file without a token, for whoever holds the link, until it runs out."""

    url: str = Field(description="Path on this server")
    expires_at: datetime


What = Literal["archive", "manifest", "pdf", "sph"]


class PacketFetch(BaseModel):
    """Which file: the archive, the manifest, or the PDF (or 391.53 file) of one driver."""

    model_config = ConfigDict(extra="forbid")

    what: What
    driver_id: UUID | None = None

    @model_validator(mode="after")
    def _whose(self) -> Self:
        if (self.what in ("pdf", "sph")) != (self.driver_id is not None):
            raise ValueError("`driver_id` belongs to `pdf` and `sph`, and to nothing else")
        return self


class VerifiedFile(BaseModel):
    """A PDF of a packet whose owner shows its files."""

    name: str
    size: int
    sha256: str


class Verified(BaseModel):
    """What a packet's owner lets anybody know."""

    code: str
    state: Literal["valid", "revoked"]
    carrier: str
    usdot: str
    as_of: date
    drivers: int
    documents: int
    built_at: datetime
    revoked_at: datetime | None
    available: bool = Field(description="Whether the carrier still holds the packet's files")
    manifest_sha256: str
    audit_entries: int
    audit_hash: str
    shows: Literal["basic", "detailed"]
    files: list[VerifiedFile] | None = Field(description="With `detailed`: the PDFs, at most 1,000")


class VerifiedHash(BaseModel):
    """Whether a file of this SHA-256 belongs to the packet."""

    found: bool
    kind: Literal["archive", "pdf", "document"] | None = Field(description="`archive` stands for the manifest too")
    name: str | None
