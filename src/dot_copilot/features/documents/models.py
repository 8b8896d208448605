"""Plain values of this feature."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, BinaryIO
from uuid import UUID

from msgspec import Struct


class ReceivedFile(Struct):
    """A file as it came in: the name that was sent, and the bytes in a temporary file."""

    name: str
    bytes: BinaryIO


class StoredFile(Struct, frozen=True):
    """A file that is in the store and has no row yet. Until it has one, nobody can reach it, and a sweep may remove it."""

    document_id: UUID
    driver_id: UUID
    blob_name: str
    file_name: str
    media_type: str
    size: int
    sha256: bytes
    restricted: bool = False
    checked: bool = False
    """Whether it was read back and scanned before; else the worker does it."""
    preview_pages: int | None = None


class Upload(Struct, frozen=True):
    """A file on its way in. `size` is what was announced; the rest is known once it has been checked."""

    id: UUID
    user_id: UUID
    file_name: str
    size: int
    part_size: int
    state: str
    blob_name: str
    media_type: str | None
    sha256: bytes | None
    scanned: bool
    refusal: str | None
    preview_pages: int | None
    document_id: UUID | None
    evidence_id: UUID | None
    created_at: datetime

    @property
    def parts(self) -> int:
        """How many parts there are."""
        return -(-self.size // self.part_size)

    def part_length(self, part: int) -> int:
        """The length of a part, from 1 on: all are equally long but the last."""
        return self.part_size if part < self.parts else self.size - self.part_size * (self.parts - 1)


class Part(Struct, frozen=True):
    """A part that is in the store."""

    part: int
    size: int
    sha256: bytes

    @property
    def block(self) -> str:
        """Its name in the store. Another content has another name, so what is sent again can't spoil what was counted."""
        return f"{self.part:06d}-{self.sha256.hex()[:32]}"


class StoredDocument(Struct, frozen=True):
    """What is needed to hand out a document."""

    id: UUID
    driver_id: UUID
    file_name: str
    media_type: str
    size: int
    sha256: bytes
    blob_name: str
    state: str
    restricted: bool = False
    preview_pages: int | None = None
    rejected_because: str | None = None
    purged: bool = False


class NewEvidence(Struct, frozen=True, gc=False):
    """Evidence about to be recorded."""

    driver_id: UUID
    requirement: str
    obtained_on: date
    expires_on: date | None = None
    outcome: str | None = None
    provenance: str = "manual"
    review: str = "accepted"
    note: str | None = None
    details: dict[str, Any] = {}
    document_id: UUID | None = None
