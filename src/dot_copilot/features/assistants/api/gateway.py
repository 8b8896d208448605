"""What the gateway reports, and what an administrator decides of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from dot_copilot.core.caller import Permission
from dot_copilot.core.errors import Forbidden, Invalid, InvalidCursor, Unauthorized, problems
from dot_copilot.core.http import CallerDep, CursorQuery, DoorDep, LimitQuery, PlatformDep, allow
from dot_copilot.features.assistants.errors import DefinitionChanged, NotOffered, PagesOnly
from dot_copilot.features.assistants.models import Offer
from dot_copilot.features.assistants.schemas import (
    AssistantCalls,
    AssistantTools,
    Kind,
    Quarantine,
    QuarantineDecision,
    Upstreams,
)
from dot_copilot.features.assistants.service import calls, catalogue

router = APIRouter(tags=["assistants"], responses=problems(Unauthorized, Forbidden))
_ADMIN = [Depends(allow(Permission.MANAGE_USERS))]
Upstream = Annotated[str, Path(max_length=64)]
Name = Annotated[str, Path(max_length=1000, description="Slashes and all, for the address of a resource")]


@router.get("/upstreams")
async def list_upstreams(_caller: CallerDep, door: DoorDep) -> Upstreams:
    """The servers behind the gateway, and how they are."""
    return await catalogue.upstreams(door)


@router.get("/tools")
async def list_assistant_tools(caller: CallerDep, door: DoorDep) -> AssistantTools:
    """The tools an assistant of the signed-in person could get."""
    return await catalogue.tools(door, caller)


@router.get("/quarantine", dependencies=_ADMIN)
async def list_quarantine(door: DoorDep) -> Quarantine:
    """Definitions that are new or have changed, with what was approved before."""
    return await catalogue.quarantine(door)


@router.post(
    "/quarantine/{upstream}/{kind}/{name:path}/approve",
    status_code=204,
    dependencies=_ADMIN,
    responses=problems(NotOffered, DefinitionChanged, PagesOnly, Invalid),
)
async def approve_definition(
    *, upstream: Upstream, kind: Kind, name: Name, body: QuarantineDecision, caller: CallerDep, door: DoorDep
) -> None:
    """Lets exactly this definition be listed and called; the next change is held again."""
    await catalogue.decide(door, caller, Offer(upstream, kind, name, body.hash), approved=True)


@router.post(
    "/quarantine/{upstream}/{kind}/{name:path}/reject",
    status_code=204,
    dependencies=_ADMIN,
    responses=problems(NotOffered, DefinitionChanged, PagesOnly, Invalid),
)
async def reject_definition(
    *, upstream: Upstream, kind: Kind, name: Name, body: QuarantineDecision, caller: CallerDep, door: DoorDep
) -> None:
    """Keeps this definition out for good; it no longer waits for an answer."""
    await catalogue.decide(door, caller, Offer(upstream, kind, name, body.hash), approved=False)


@router.get("/calls", responses=problems(InvalidCursor, Invalid))
async def list_assistant_calls(
    *, caller: CallerDep, door: DoorDep, platform: PlatformDep, cursor: CursorQuery = None, limit: LimitQuery = 50
) -> AssistantCalls:
    """Calls of assistants, the newest first: everybody's for those who may read the audit log, else one's own."""
    return await calls.page(door, platform.cursors, caller, cursor=cursor, limit=limit)
