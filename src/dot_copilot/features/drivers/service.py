"""What can be done with drivers and their employments."""

from __future__ import annotations

from uuid import UUID

from dot_copilot.core.caller import Caller
from dot_copilot.core.database import Door
from dot_copilot.features.drivers import schemas


async def create_driver(door: Door, new: schemas.DriverCreate) -> schemas.Driver:
    raise NotImplementedError


async def read_driver(door: Door, caller: Caller, driver_id: UUID) -> schemas.Driver:
    raise NotImplementedError


async def change_driver(door: Door, caller: Caller, driver_id: UUID, change: schemas.DriverChange) -> schemas.Driver:
    raise NotImplementedError


async def list_employments(door: Door, caller: Caller, driver_id: UUID) -> schemas.EmploymentList:
    raise NotImplementedError


async def create_employment(door: Door, caller: Caller, driver_id: UUID, new: schemas.EmploymentCreate) -> schemas.Employment:
    raise NotImplementedError


async def change_employment(
    door: Door, caller: Caller, employment_id: UUID, change: schemas.EmploymentChange
) -> schemas.Employment:
    raise NotImplementedError
