"""What can be done with evidence and documents."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from fastapi import Request

from dot_copilot.core.caller import Caller
from dot_copilot.core.database import Door
from dot_copilot.core.pagination import Cursors
from dot_copilot.core.platform import Platform
from dot_copilot.features.documents import schemas


@dataclass(frozen=True, slots=True)
class EvidenceFilter:
    """Which evidence to list."""

    requirement: str | None = None
    voided: bool = False


async def list_evidence(
    door: Door, caller: Caller, cursors: Cursors, driver_id: UUID, wanted: EvidenceFilter, *, limit: int, cursor: str | None
) -> schemas.EvidenceList:
    raise NotImplementedError


async def record_evidence(platform: Platform, caller: Caller, driver_id: UUID, request: Request) -> schemas.Evidence:
    raise NotImplementedError


async def void_evidence(door: Door, caller: Caller, evidence_id: UUID, reason: str) -> schemas.Evidence:
    raise NotImplementedError


async def review_evidence(door: Door, caller: Caller, evidence_id: UUID, review: schemas.EvidenceReview) -> schemas.Evidence:
    raise NotImplementedError


async def create_link(platform: Platform, door: Door, caller: Caller, document_id: UUID) -> schemas.DocumentLink:
    raise NotImplementedError
