"""What evidence and documents look like over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from dot_copilot.features.documents.refusals import RefusalCode
from dot_copilot.features.drivers.schemas import PlainDate

Provenance = Literal["manual", "roster", "upload"]
Review = Literal["accepted", "pending", "rejected"]
Outcome = Literal["clear", "prohibited", "downgraded", "not_certified", "suspended", "negative", "positive", "passed", "failed"]
DocumentState = Literal["quarantined", "clean", "rejected"]

RequirementKey = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=r"^[a-z][a-z0-9_]{1,63}$"),
    Field(description="A key of `GET /requirements`", examples=["mec_cdlis"]),
]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000, pattern=r"^[^\x00]*$")]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=1000, pattern=r"^[^\x00]*$")]


class Document(BaseModel):
    """A stored file. It can be read once it is `clean`."""

    id: UUID
    file_name: str = Field(description="As sent, made harmless")
    media_type: str = Field(description="By its content, not by its name")
    size: int = Field(description="Bytes")
    sha256: str = Field(description="Hex")
    state: DocumentState
    rejected_because: str | None = Field(None, description="Why it is locked, after the file's name")
    rejected_code: RefusalCode | None = Field(None, description="The same in one stable word")
    preview_pages: int | None = Field(None, description="Pages that can be looked at; null while none were made yet")
    purged_at: datetime | None = Field(None, description="When its file was removed, its time being over")


class Evidence(BaseModel):
    """A dated fact about a driver. Never changed: voided with a reason, and recorded anew."""

    id: UUID
    driver_id: UUID
    requirement: str
    obtained_on: date
    expires_on: date | None = Field(description="As printed; the regulatory cap may end it sooner")
    outcome: Outcome | None
    provenance: Provenance
    review: Review
    review_note: str | None
    note: str | None
    details: dict[str, Any]
    document: Document | None
    recorded_by: UUID | None
    recorded_at: datetime
    voided_at: datetime | None
    void_reason: str | None


class EvidenceList(BaseModel):
    """Newest first by `obtained_on`."""

    items: list[Evidence]
    next_cursor: str | None


class EvidenceCreate(BaseModel):
    """A dated fact. `outcome` is for results: a Clearinghouse query, an MVR, a drug test, a licence check."""

    model_config = ConfigDict(extra="forbid")

    requirement: RequirementKey
    obtained_on: PlainDate = Field(description="Day of the exam, query, test or signature; not in the future")
    expires_on: PlainDate | None = Field(None, description="As printed on the document")
    outcome: Outcome | None = None
    note: Note | None = None
    upload_id: UUID | None = Field(None, description="The file that proves it, sent in parts before (`POST /uploads`)")
    details: dict[str, Any] = Field(default_factory=dict, max_length=50, description="Free members, at most 16 KB as JSON")


class EvidenceVoid(BaseModel):
    """Why the evidence no longer counts."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason


class EvidenceReview(BaseModel):
    """A safety manager's word on what a driver sent."""

    model_config = ConfigDict(extra="forbid")

    decision: Literal["accepted", "rejected"]
    note: Note | None = Field(None, description="To reject it, say why: the driver reads it")


class DocumentLink(BaseModel):
    """Opens the document without a token, for whoever holds it, until it runs out."""

    url: str = Field(description="Path on this server")
    expires_at: datetime


class UploadLinkCreate(BaseModel):
    """The document that a link is for: its name, and what it proves."""

    model_config = ConfigDict(extra="forbid")

    file_name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255, pattern=r"^[^\x00/\\]*$")]
    evidence: EvidenceCreate


class UploadLink(BaseModel):
    """Takes the file by `PUT`, without a token, from whoever holds it, until it runs out. Sent twice, it is one document."""

    url: str = Field(description="Path on this server")
    expires_at: datetime
    most_bytes: int
