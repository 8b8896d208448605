"""`/bulk`: many scans at once."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Depends, Response

from dot_copilot.core.caller import Permission
from dot_copilot.core.errors import Conflict, Forbidden, Invalid, NotFound, Unauthorized, Unavailable, problems
from dot_copilot.core.http import CallerDep, DoorDep, PlatformDep, allow
from dot_copilot.features.bulk import schemas, service
from dot_copilot.features.documents.schemas import Evidence
from dot_copilot.features.documents.upload_api import PICTURE, Page, picture

router = APIRouter(
    prefix="/bulk",
    tags=["bulk"],
    dependencies=[Depends(allow(Permission.WRITE_EVIDENCE))],
    responses=problems(Unauthorized, Forbidden),
)


@router.get("")
async def read_bulk(door: DoorDep) -> schemas.CurrentBatch:
    """The bulk upload that the caller has left open, on whatever device."""
    return await service.current(door)


@router.post("", status_code=201)
async def begin_bulk(door: DoorDep) -> schemas.Batch:
    """Begins a bulk upload, or goes on with the open one."""
    return await service.begin(door)


@router.post("/{batch_id}/close", responses=problems(NotFound))
async def close_bulk(batch_id: UUID, caller: CallerDep, door: DoorDep) -> schemas.Batch:
    """Puts it away. Scans that were not sorted are left out, and their files forgotten."""
    return await service.close(door, caller, batch_id)


@router.get("/{batch_id}/items", responses=problems(NotFound))
async def list_bulk_items(batch_id: UUID, caller: CallerDep, door: DoorDep) -> schemas.ItemList:
    """Every scan, with what the machine makes of it."""
    return await service.items(door, caller, batch_id)


@router.post("/{batch_id}/items", status_code=201, responses=problems(NotFound, Conflict, Invalid))
async def add_bulk_item(batch_id: UUID, new: schemas.ItemAdd, caller: CallerDep, door: DoorDep) -> schemas.Item:
    """Adds a completed upload (`POST /uploads`); added again it changes nothing."""
    return await service.add(door, caller, batch_id, new.upload_id)


@router.put("/items/{item_id}/draft", responses=problems(NotFound, Conflict, Invalid))
async def save_bulk_draft(item_id: UUID, draft: schemas.Draft, caller: CallerDep, door: DoorDep) -> schemas.Item:
    """Keeps what was entered so far."""
    return await service.draft(door, caller, item_id, draft)


@router.post("/items/{item_id}/accept", responses=problems(NotFound, Conflict, Invalid, Unavailable))
async def accept_bulk_item(item_id: UUID, said: schemas.ItemAccept, caller: CallerDep, platform: PlatformDep) -> Evidence:
    """Records the scan as evidence of a driver."""
    return await service.accept(platform, caller, item_id, said)


@router.post("/items/{item_id}/leave-out", responses=problems(NotFound, Conflict))
async def leave_out_bulk_item(item_id: UUID, caller: CallerDep, door: DoorDep) -> schemas.Item:
    """Leaves a scan out."""
    return await service.leave_out(door, caller, item_id)


@router.post("/items/{item_id}/take-back", responses=problems(NotFound, Conflict))
async def take_back_bulk_item(item_id: UUID, caller: CallerDep, door: DoorDep) -> schemas.Item:
    """Puts one that was left out back."""
    return await service.take_back(door, caller, item_id)


@router.get("/items/{item_id}/preview/{page}", response_class=Response, responses=problems(NotFound, Unavailable) | PICTURE)
async def read_bulk_preview(item_id: UUID, page: Page, caller: CallerDep, platform: PlatformDep) -> Response:
    """A picture of a scan."""
    return picture(await service.preview(platform, caller, item_id, page))
