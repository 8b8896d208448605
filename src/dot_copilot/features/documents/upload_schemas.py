"""What uploads in parts look like over HTTP."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from dot_copilot.features.documents.refusals import RefusalCode

UploadState = Literal["open", "checking", "ready", "refused", "used"]


class UploadCreate(BaseModel):
    """A file that is about to be sent."""

    model_config = ConfigDict(extra="forbid")

    file_name: Annotated[str, StringConstraints(max_length=300)]
    size: int = Field(ge=1, le=8_000_000_000, description="Bytes")


class Upload(BaseModel):
    """A file on its way in. Send parts 1 to `parts`, each of `part_size` bytes but the last, then complete it.

    `open`: parts are missing. `checking`: it is being read back and looked at. `ready`: record evidence with its id. `refused`:
    `refusal` says why. `used`: it is the document `document_id`.
    """

    id: UUID
    file_name: str
    size: int
    part_size: int
    parts: int
    received: list[int] = Field(description="Parts that are there, in order")
    state: UploadState
    media_type: str | None = Field(description="By content, once it is checked")
    sha256: str | None
    refusal: str | None = Field(description="Why it was not taken, after the file's name: 'is encrypted ...'")
    refusal_code: RefusalCode | None = Field(None, description="The same in one stable word")
    preview_pages: int | None
    document_id: UUID | None
    evidence_id: UUID | None
