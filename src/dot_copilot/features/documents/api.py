"""`/evidence` and `/documents`: dated facts, and the files that prove them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Path, Query, Request
from fastapi.responses import StreamingResponse

from dot_copilot.core.caller import Permission
from dot_copilot.core.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    TooLarge,
    Unauthorized,
    Unavailable,
    UnsupportedFile,
    problems,
)
from dot_copilot.core.http import CallerDep, CursorQuery, DoorDep, LimitQuery, PlatformDep, allow
from dot_copilot.features.documents import reading, recording, review_api, schemas, service, upload_api, uploads
from dot_copilot.features.documents.models import StoredDocument

router = APIRouter(tags=["evidence"], responses=problems(Unauthorized, Forbidden))
public_router = APIRouter(tags=["evidence"])
router.include_router(upload_api.router)
public_router.include_router(upload_api.public_router)
router.include_router(review_api.router)
_P = Permission
_read = [Depends(allow(_P.READ_DRIVERS, _P.READ_OWN_FILE))]
_write = [Depends(allow(_P.WRITE_EVIDENCE, _P.WRITE_OWN_EVIDENCE))]
_review = [Depends(allow(_P.REVIEW_EVIDENCE))]
_content: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file",
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in ("application/pdf", "image/*")},
    }
}


def _evidence_body() -> dict[str, Any]:
    """The request body in both forms; the multipart form has the same members, and the file."""
    schema = schemas.EvidenceCreate.model_json_schema()
    form = {name: part for name, part in schema["properties"].items() if name != "details"}
    form["details"] = {"type": "string", "description": "A JSON object"}
    form["file"] = {"type": "string", "format": "binary", "description": "PDF, JPEG, PNG, WebP or HEIC, at most 25 MB"}
    multipart = {"type": "object", "title": "EvidenceUpload", "required": [*schema["required"], "file"], "properties": form}
    return {
        "required": True,
        "content": {"application/json": {"schema": schema}, "multipart/form-data": {"schema": multipart}},
    }


@router.get("/drivers/{driver_id}/evidence", dependencies=_read, responses=problems(NotFound))
async def list_evidence(  # noqa: PLR0917 - each a parameter of the request
    driver_id: UUID,
    caller: CallerDep,
    door: DoorDep,
    platform: PlatformDep,
    requirement: Annotated[str | None, Query(max_length=64)] = None,
    voided: Annotated[bool, Query(description="Voided evidence too")] = False,
    limit: LimitQuery = 100,
    cursor: CursorQuery = None,
) -> schemas.EvidenceList:
    """A driver's evidence, newest first."""
    wanted = service.EvidenceFilter(requirement=requirement, voided=voided)
    return await service.list_evidence(door, caller, platform.cursors, driver_id, wanted, limit=limit, cursor=cursor)


@router.post(
    "/drivers/{driver_id}/evidence",
    status_code=201,
    response_model=schemas.Evidence,
    dependencies=_write,
    openapi_extra={"requestBody": _evidence_body()},
    responses=problems(NotFound, Conflict, TooLarge, UnsupportedFile, Invalid, Unavailable),
)
async def record_evidence(
    driver_id: UUID,
    request: Request,
    caller: CallerDep,
    platform: PlatformDep,
    idempotency_key: Annotated[UUID | None, Header(description="Sent again with the same UUID, it is recorded once")] = None,
) -> schemas.Evidence:
    """Records a dated fact, as JSON, or as multipart with the file that proves it.

    What a driver sends about themself waits for a safety manager's review; what others record counts at once.
    """
    async with uploads.receive(request) as sent:
        return await recording.record_evidence(platform, caller, driver_id, sent.evidence, sent.file, key=idempotency_key)


@router.post("/evidence/{evidence_id}/void", dependencies=_review, responses=problems(NotFound, Conflict, Invalid))
async def void_evidence(evidence_id: UUID, void: schemas.EvidenceVoid, caller: CallerDep, door: DoorDep) -> schemas.Evidence:
    """Takes evidence out of account; it stays on record with the reason."""
    return await service.void_evidence(door, caller, evidence_id, void.reason)


@router.post("/evidence/{evidence_id}/review", dependencies=_review, responses=problems(NotFound, Conflict, Invalid))
async def review_evidence(
    evidence_id: UUID, review: schemas.EvidenceReview, caller: CallerDep, door: DoorDep
) -> schemas.Evidence:
    """Accepts or rejects what a driver sent."""
    return await service.review_evidence(door, caller, evidence_id, review)


@router.get(
    "/documents/{document_id}/content",
    dependencies=_read,
    response_class=StreamingResponse,
    responses=problems(NotFound, Unavailable) | _content,
)
async def read_document_content(document_id: UUID, caller: CallerDep, platform: PlatformDep) -> StreamingResponse:
    """The file itself."""
    return _answer(*await reading.open_document(platform, caller, document_id))


@router.post("/documents/{document_id}/link", dependencies=_read, responses=problems(NotFound))
async def create_document_link(
    document_id: UUID, caller: CallerDep, door: DoorDep, platform: PlatformDep
) -> schemas.DocumentLink:
    """A path that opens the file for five minutes without a token, for an image or a new tab."""
    return await reading.create_link(platform, door, caller, document_id)


@public_router.get(
    "/documents/content/{token}",
    response_class=StreamingResponse,
    responses=problems(Unauthorized, NotFound, Unavailable) | _content,
)
async def open_document_link(token: Annotated[str, Path(max_length=1200)], platform: PlatformDep) -> StreamingResponse:
    """The file behind a link of `POST /documents/{id}/link`."""
    return _answer(*await reading.open_link(platform, token))


def _answer(document: StoredDocument, chunks: AsyncIterator[bytes]) -> StreamingResponse:
    return StreamingResponse(chunks, media_type=document.media_type, headers=reading.headers(document))
