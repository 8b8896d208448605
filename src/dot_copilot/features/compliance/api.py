"""Who may drive and why, what falls due, and what is required of whom."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query

from dot_copilot.core.caller import Permission
from dot_copilot.core.errors import Conflict, Forbidden, Invalid, InvalidCursor, NotFound, Unauthorized, problems
from dot_copilot.core.http import CallerDep, CursorQuery, DoorDep, LimitQuery, LocaleDep, PlatformDep, allow

from . import service
from .model import State
from .policy_schemas import PolicyChange, PolicyIn, PolicyPatch, RequirementList, WaiverIn, WaiverList, WaiverOut
from .schemas import DriverFileOut, DriverPage, SummaryOut, UpcomingPage

router = APIRouter(tags=["compliance"], responses=problems(Unauthorized, Forbidden))

AsOf = Annotated[
    date | None,
    Query(ge=date(1900, 1, 1), le=date(2200, 12, 31), description="The day to look at; today at each terminal when absent"),
]
Terminal = Annotated[str | None, Query(max_length=120, description="Id or name of a terminal")]
Key = Annotated[str, Path(max_length=64)]
Sort = Literal["name", "employee_id", "next_due"]
_READ = [Depends(allow(Permission.READ_DRIVERS))]
_READ_FILE = [Depends(allow(Permission.READ_DRIVERS, Permission.READ_OWN_FILE))]
_POLICY = [Depends(allow(Permission.MANAGE_POLICY))]


@router.get("/compliance/summary", dependencies=_READ, responses=problems(NotFound, Invalid))
async def compliance_summary(
    *,
    caller: CallerDep,
    door: DoorDep,
    platform: PlatformDep,
    locale: LocaleDep,
    as_of: AsOf = None,
    terminal: Terminal = None,
) -> SummaryOut:
    """Who can't drive, for which reasons, and what falls due in 30, 60 and 90 days. A supervisor sees the own terminal."""
    return await service.summary(door, platform.clock, caller, locale, as_of, terminal=terminal)


@router.get("/drivers", dependencies=_READ, responses=problems(InvalidCursor, NotFound, Invalid))
async def list_drivers(
    *,
    caller: CallerDep,
    door: DoorDep,
    platform: PlatformDep,
    locale: LocaleDep,
    terminal: Terminal = None,
    state: Annotated[State | None, Query(description="Drivers with at least one requirement in this state")] = None,
    requirement: Annotated[
        str | None, Query(max_length=64, description="With `state`: this requirement is in it; alone: it applies")
    ] = None,
    may_drive: Annotated[bool | None, Query(description="Only those who may, or may not, drive")] = None,
    employment: Annotated[
        Literal["current", "all"], Query(description="`all` shows also those who left or have not begun")
    ] = "current",
    q: Annotated[str | None, Query(max_length=100, description="Parts of a name or an employee id, in any order")] = None,
    sort: Sort = "name",
    as_of: AsOf = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> DriverPage:
    """Drivers with their standing, a page at a time."""
    query = service.DriverQuery(terminal, state, requirement, may_drive, employment == "all", q, sort, cursor, limit, as_of)
    return await service.list_drivers(door, platform, caller, locale, query)


@router.get("/drivers/{driver_id}/file", dependencies=_READ_FILE, responses=problems(NotFound, Invalid))
async def driver_file(
    *, caller: CallerDep, door: DoorDep, platform: PlatformDep, locale: LocaleDep, driver_id: UUID, as_of: AsOf = None
) -> DriverFileOut:
    """Every requirement of a driver: state, dates, why, and the evidence behind it."""
    return await service.driver_file(door, platform.clock, caller, locale, driver_id, as_of=as_of)


@router.get("/compliance/upcoming", dependencies=_READ, responses=problems(InvalidCursor, NotFound, Invalid))
async def upcoming(
    *,
    caller: CallerDep,
    door: DoorDep,
    platform: PlatformDep,
    locale: LocaleDep,
    as_of: AsOf = None,
    days: Annotated[int, Query(ge=1, le=366, description="How far to look ahead")] = 90,
    terminal: Terminal = None,
    requirement: Annotated[str | None, Query(max_length=64)] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> UpcomingPage:
    """What falls due, soonest first. A supervisor sees the own terminal."""
    query = service.UpcomingQuery(days, terminal, requirement, cursor, limit, as_of)
    return await service.upcoming(door, platform, caller, locale, query)


@router.get("/requirements", dependencies=_READ_FILE)
async def list_requirements(door: DoorDep, locale: LocaleDep) -> RequirementList:
    """The federal catalogue and the carrier's own requirements."""
    return await service.requirements(door, locale)


@router.post("/requirements", dependencies=_POLICY, status_code=202, responses=problems(Conflict, Invalid))
async def add_requirement(door: DoorDep, platform: PlatformDep, locale: LocaleDep, body: PolicyIn) -> PolicyChange:
    """Adds a requirement of the carrier's own."""
    return await service.add_policy(door, platform.clock, locale, body)


@router.patch("/requirements/{key}", dependencies=_POLICY, status_code=202, responses=problems(NotFound, Invalid))
async def change_requirement(door: DoorDep, locale: LocaleDep, key: Key, body: PolicyPatch) -> PolicyChange:
    """Changes a requirement of the carrier's own; a federal one is refused."""
    return await service.change_policy(door, locale, key, body)


@router.delete("/requirements/{key}", dependencies=_POLICY, status_code=202, responses=problems(NotFound, Invalid))
async def retire_requirement(door: DoorDep, platform: PlatformDep, locale: LocaleDep, key: Key) -> PolicyChange:
    """Retires a requirement of the carrier's own from today on; what was asked before stays visible for earlier days."""
    return await service.retire_policy(door, platform.clock, locale, key)


@router.get("/drivers/{driver_id}/waivers", dependencies=_READ_FILE, responses=problems(NotFound))
async def list_waivers(caller: CallerDep, door: DoorDep, driver_id: UUID) -> WaiverList:
    """A driver's waivers, also the revoked ones."""
    return await service.waivers(door, caller, driver_id)


@router.post("/drivers/{driver_id}/waivers", dependencies=_POLICY, status_code=201, responses=problems(NotFound, Invalid))
async def grant_waiver(caller: CallerDep, door: DoorDep, driver_id: UUID, body: WaiverIn) -> WaiverOut:
    """Waives one of the carrier's own requirements; a federal one is refused."""
    return await service.grant_waiver(door, caller, driver_id, body)


@router.delete("/waivers/{waiver_id}", dependencies=_POLICY, status_code=204, responses=problems(NotFound))
async def revoke_waiver(door: DoorDep, waiver_id: UUID) -> None:
    """Ends a waiver from today on; the days before stay waived."""
    await service.revoke_waiver(door, waiver_id)
