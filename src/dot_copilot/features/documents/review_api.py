"""`/review`: what waits for a word, and `/document-requests`: what drivers are asked for."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from dot_copilot.core.caller import Permission
from dot_copilot.core.errors import Conflict, Forbidden, Invalid, NotFound, Unauthorized, problems
from dot_copilot.core.http import CallerDep, CursorQuery, DoorDep, LimitQuery, PlatformDep, allow
from dot_copilot.features.documents import requests, review, review_schemas

router = APIRouter(tags=["documents"], responses=problems(Unauthorized, Forbidden))
_review = [Depends(allow(Permission.REVIEW_EVIDENCE))]
_ask = [Depends(allow(Permission.WRITE_EVIDENCE))]
_read = [Depends(allow(Permission.READ_DRIVERS, Permission.READ_OWN_FILE))]


@router.get("/review", dependencies=_review)
async def list_waiting(  # noqa: PLR0917 - each a parameter of the request
    caller: CallerDep,
    door: DoorDep,
    platform: PlatformDep,
    terminal: Annotated[UUID | None, Query(description="Drivers of this terminal only")] = None,
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> review_schemas.ReviewQueue:
    """Evidence of all drivers that waits for a review, oldest first. `POST /evidence/{id}/review` settles it."""
    return await review.queue(door, caller, platform.cursors, terminal, limit=limit, cursor=cursor)


@router.post(
    "/drivers/{driver_id}/document-requests", status_code=201, dependencies=_ask, responses=problems(NotFound, Conflict, Invalid)
)
async def request_document(
    driver_id: UUID, new: review_schemas.RequestCreate, caller: CallerDep, door: DoorDep, platform: PlatformDep
) -> review_schemas.DocumentRequest:
    """Asks a driver for a document. It is fulfilled by itself when one comes for that requirement."""
    return await requests.ask(door, platform, caller, driver_id, new)


@router.get("/drivers/{driver_id}/document-requests", dependencies=_read, responses=problems(NotFound))
async def list_document_requests(driver_id: UUID, caller: CallerDep, door: DoorDep) -> review_schemas.DocumentRequestList:
    """What a driver was asked for."""
    return await requests.of_driver(door, caller, driver_id)


@router.get("/me/document-requests", dependencies=_read)
async def list_my_document_requests(caller: CallerDep, door: DoorDep) -> review_schemas.DocumentRequestList:
    """What the caller, a driver, was asked for."""
    return await requests.own(door, caller)


@router.post("/document-requests/{document_request_id}/cancel", dependencies=_ask, responses=problems(NotFound, Conflict))
async def cancel_document_request(document_request_id: UUID, caller: CallerDep, door: DoorDep) -> review_schemas.DocumentRequest:
    """Takes an open request back."""
    return await requests.cancel(door, caller, document_request_id)
