"""`/me/notices`, `/me/reminders` and `/reminder-rules`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from dot_copilot.core.caller import Permission
from dot_copilot.core.errors import Forbidden, Invalid, NotFound, Unauthorized, problems
from dot_copilot.core.http import CallerDep, DoorDep, allow
from dot_copilot.features.reminders import schemas, service

router = APIRouter(tags=["reminders"], responses=problems(Unauthorized, Forbidden))
_manage = [Depends(allow(Permission.MANAGE_POLICY))]


@router.get("/me/notices")
async def list_notices(caller: CallerDep, door: DoorDep) -> schemas.Notices:
    """What the caller was told in the last weeks."""
    return await service.list_notices(door, caller)


@router.post("/me/notices/read", status_code=204, responses=problems(Invalid))
async def read_notices(read: schemas.NoticesRead, caller: CallerDep, door: DoorDep) -> None:
    """Marks notices as read."""
    await service.mark_read(door, caller, read)


@router.put("/me/reminders", status_code=204, responses=problems(Invalid))
async def change_my_reminders(wishes: schemas.ReminderWishes, caller: CallerDep, door: DoorDep) -> None:
    """Whether the caller also gets mail."""
    await service.wish(door, caller, wishes)


@router.get("/reminder-rules", dependencies=_manage)
async def list_reminder_rules(door: DoorDep) -> schemas.ReminderRules:
    """Who is reminded when."""
    return await service.list_rules(door)


@router.put("/reminder-rules", status_code=204, dependencies=_manage, responses=problems(Invalid))
async def set_reminder_rule(rule: schemas.ReminderRule, door: DoorDep) -> None:
    """Sets the rule of a requirement (or of all others, '*') and a role."""
    await service.set_rule(door, rule)


@router.delete("/reminder-rules/{requirement}", status_code=204, dependencies=_manage, responses=problems(NotFound))
async def drop_reminder_rule(
    requirement: Annotated[str, Path(max_length=64)], door: DoorDep, role: schemas.ReminderRole = "driver"
) -> None:
    """Goes back to the default."""
    await service.drop_rule(door, requirement, role)
