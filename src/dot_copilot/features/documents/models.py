"""Plain values of this feature."""

from __future__ import annotations

from datetime import date
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
