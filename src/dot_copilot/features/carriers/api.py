"""`/carrier` and `/terminals`."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Depends

from dot_copilot.core.caller import Permission
from dot_copilot.core.errors import Conflict, Forbidden, Invalid, NotFound, Unauthorized, problems
from dot_copilot.core.http import CursorQuery, DoorDep, LimitQuery, PlatformDep, allow
from dot_copilot.features.carriers import schemas, service

router = APIRouter(tags=["carriers"], responses=problems(Unauthorized, Forbidden))
_manage = [Depends(allow(Permission.MANAGE_CARRIER))]


@router.get("/carrier")
async def read_carrier(door: DoorDep) -> schemas.Carrier:
    """The caller's carrier."""
    return await service.read_carrier(door)


@router.patch("/carrier", dependencies=_manage, responses=problems(Invalid))
async def change_carrier(change: schemas.CarrierChange, door: DoorDep) -> schemas.Carrier:
    """Changes the carrier; a new `warning_days` recounts what is expiring."""
    return await service.change_carrier(door, change)


@router.get("/terminals")
async def list_terminals(
    door: DoorDep, platform: PlatformDep, limit: LimitQuery = 200, cursor: CursorQuery = None
) -> schemas.TerminalList:
    """The carrier's terminals, by name."""
    return await service.list_terminals(door, platform.cursors, limit=limit, cursor=cursor)


@router.post("/terminals", status_code=201, dependencies=_manage, responses=problems(Conflict, Invalid))
async def create_terminal(terminal: schemas.TerminalCreate, door: DoorDep) -> schemas.Terminal:
    """Adds a terminal."""
    return await service.create_terminal(door, terminal)


@router.patch("/terminals/{terminal_id}", dependencies=_manage, responses=problems(NotFound, Conflict, Invalid))
async def change_terminal(terminal_id: UUID, change: schemas.TerminalChange, door: DoorDep) -> schemas.Terminal:
    """Changes a terminal."""
    return await service.change_terminal(door, terminal_id, change)
