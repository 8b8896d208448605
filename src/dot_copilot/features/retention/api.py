"""`/retention` and `/legal-holds`."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse

from dot_copilot.core.caller import Permission
from dot_copilot.core.errors import Conflict, Forbidden, Invalid, NotFound, Unauthorized, problems
from dot_copilot.core.http import CallerDep, CursorQuery, DoorDep, LimitQuery, PlatformDep, allow
from dot_copilot.features.retention import schemas, service

router = APIRouter(tags=["retention"], responses=problems(Unauthorized, Forbidden))
_read = [Depends(allow(Permission.READ_DRIVERS))]
_hold = [Depends(allow(Permission.REVIEW_EVIDENCE))]
_manage = [Depends(allow(Permission.MANAGE_RETENTION))]


@router.get("/drivers/{driver_id}/retention", dependencies=_read, responses=problems(NotFound))
async def driver_retention(driver_id: UUID, caller: CallerDep, door: DoorDep, platform: PlatformDep) -> schemas.DriverRetention:
    """Until when each document of a driver must be kept, and the legal holds on the file."""
    return await service.of_driver(door, platform, caller, driver_id)


@router.post(
    "/drivers/{driver_id}/legal-holds", status_code=201, dependencies=_hold, responses=problems(NotFound, Conflict, Invalid)
)
async def set_legal_hold(driver_id: UUID, new: schemas.HoldCreate, caller: CallerDep, door: DoorDep) -> schemas.LegalHold:
    """Keeps a driver's file, or one document of it, from being purged, whatever its clock says."""
    return await service.hold(door, caller, driver_id, new)


@router.get("/legal-holds", dependencies=_hold)
async def list_legal_holds(door: DoorDep) -> schemas.HoldList:
    """The holds that stand."""
    return await service.standing(door)


@router.post("/legal-holds/{hold_id}/lift", dependencies=_manage, responses=problems(NotFound, Conflict, Invalid))
async def lift_legal_hold(hold_id: UUID, why: schemas.Why, caller: CallerDep, door: DoorDep) -> schemas.LegalHold:
    """Lifts a hold, with a reason."""
    return await service.lift(door, caller, hold_id, why.reason)


@router.get("/retention/purgeable", dependencies=_hold)
async def list_purgeable(
    caller: CallerDep, door: DoorDep, platform: PlatformDep, limit: LimitQuery = 100, cursor: CursorQuery = None
) -> schemas.PurgeableList:
    """Documents whose time to be kept is over. They stay until somebody purges them."""
    return await service.purgeable(door, platform, caller, limit=limit, cursor=cursor)


@router.get(
    "/retention/purgeable.csv",
    dependencies=_hold,
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}}}},
)
async def export_purgeable(caller: CallerDep, platform: PlatformDep) -> StreamingResponse:
    """The same, whole, as CSV."""
    headers = {"Content-Disposition": 'attachment; filename="purgeable.csv"', "Cache-Control": "no-store"}
    return StreamingResponse(service.export(platform, caller), media_type="text/csv", headers=headers)


@router.post("/documents/{document_id}/purge", dependencies=_manage, responses=problems(NotFound, Conflict, Invalid))
async def purge_document(document_id: UUID, why: schemas.Why, caller: CallerDep, platform: PlatformDep) -> schemas.Kept:
    """Removes the file of a document whose time is over. What it proved stays on record, and so does why it went."""
    return await service.purge(platform, caller, document_id, why.reason)
