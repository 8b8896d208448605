"""`/drivers/{id}` and employments. The list with states and the driver's file belong to compliance."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Depends

from dot_copilot.core.caller import Permission
from dot_copilot.core.errors import Conflict, Forbidden, Invalid, NotFound, Unauthorized, problems
from dot_copilot.core.hot import HotRead
from dot_copilot.core.http import CallerDep, DoorDep, PlatformDep, allow
from dot_copilot.features.drivers import schemas, service

router = APIRouter(tags=["drivers"], responses=problems(Unauthorized, Forbidden))
_READERS = (Permission.READ_DRIVERS, Permission.READ_OWN_FILE)
hot_reads = [HotRead("/drivers/", "/drivers/{driver_id}", _READERS, service.read_driver)]
_read = [Depends(allow(*_READERS))]
_write = [Depends(allow(Permission.WRITE_DRIVERS))]


@router.post("/drivers", status_code=201, dependencies=_write, responses=problems(Conflict, Invalid))
async def create_driver(driver: schemas.DriverCreate, caller: CallerDep, door: DoorDep, platform: PlatformDep) -> schemas.Driver:
    """Takes on a driver."""
    return await service.create_driver(door, caller, driver, platform.clock.now().date())


@router.get("/drivers/{driver_id}", dependencies=_read, responses=problems(NotFound))
async def read_driver(driver_id: UUID, caller: CallerDep, door: DoorDep) -> schemas.Driver:
    """One driver with terminal, newest employment and profile."""
    return await service.read_driver(door, caller, driver_id)


@router.patch("/drivers/{driver_id}", dependencies=_write, responses=problems(NotFound, Conflict, Invalid))
async def change_driver(
    driver_id: UUID, change: schemas.DriverChange, caller: CallerDep, door: DoorDep, platform: PlatformDep
) -> schemas.Driver:
    """Changes what is sent and leaves the rest; 409 when someone else changed the driver meanwhile."""
    return await service.change_driver(door, caller, driver_id, change, platform.clock.now().date())


@router.get("/drivers/{driver_id}/employments", dependencies=_read, responses=problems(NotFound))
async def list_employments(driver_id: UUID, caller: CallerDep, door: DoorDep) -> schemas.EmploymentList:
    """The driver's employments, newest first."""
    return await service.list_employments(door, caller, driver_id)


@router.post(
    "/drivers/{driver_id}/employments", status_code=201, dependencies=_write, responses=problems(NotFound, Conflict, Invalid)
)
async def create_employment(
    driver_id: UUID, employment: schemas.EmploymentCreate, caller: CallerDep, door: DoorDep
) -> schemas.Employment:
    """A hire or a rehire."""
    return await service.create_employment(door, caller, driver_id, employment)


@router.patch("/employments/{employment_id}", dependencies=_write, responses=problems(NotFound, Conflict, Invalid))
async def change_employment(
    employment_id: UUID, change: schemas.EmploymentChange, caller: CallerDep, door: DoorDep
) -> schemas.Employment:
    """Corrects a hire date, ends an employment, or takes a termination back."""
    return await service.change_employment(door, caller, employment_id, change)
