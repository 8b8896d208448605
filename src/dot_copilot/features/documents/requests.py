"""Asking a driver for a document. What the driver then sends for that requirement answers it by itself."""

from __future__ import annotations

from uuid import UUID

from dot_copilot.core import audit
from dot_copilot.core.caller import Caller
from dot_copilot.core.database import Door, Row
from dot_copilot.core.platform import Platform
from dot_copilot.features.documents import request_repository, requirements, review_schemas, sph
from dot_copilot.features.documents.errors import InvalidEvidence, RequestNotFound, RequestOpen, RequestSettled
from dot_copilot.features.drivers.access import access_driver
from dot_copilot.features.drivers.errors import DriverNotFound


async def ask(
    door: Door, platform: Platform, caller: Caller, driver_id: UUID, new: review_schemas.RequestCreate
) -> review_schemas.DocumentRequest:
    """Asks a driver for a document of a requirement."""
    driver = await access_driver(door, caller, driver_id)
    sph.check(caller, new.requirement)
    if await requirements.outcomes_of(door, new.requirement) is None:
        raise InvalidEvidence("requirement", f"there is no requirement '{new.requirement}'; GET /api/v1/requirements lists them")
    if new.due_on is not None and new.due_on < platform.clock.today(driver.time_zone):
        raise InvalidEvidence("due_on", f"{new.due_on} has passed at the driver's terminal")
    created = await request_repository.insert_request(door, driver_id, new.requirement, new.note, new.due_on)
    if created is None:
        raise RequestOpen
    told = {"request": created, "requirement": new.requirement, "due_on": new.due_on}
    await audit.record(door, "document.requested", "driver", driver_id, told)
    return await _read(door, created)


async def of_driver(door: Door, caller: Caller, driver_id: UUID) -> review_schemas.DocumentRequestList:
    """What a driver was asked for."""
    await access_driver(door, caller, driver_id)
    rows = await request_repository.list_requests(door, driver_id)
    return review_schemas.DocumentRequestList(items=[_shape(row) for row in rows if not sph.hides(caller, row["requirement"])])


async def own(door: Door, caller: Caller) -> review_schemas.DocumentRequestList:
    """What the caller, a driver, was asked for; nobody else was asked for anything."""
    if caller.driver_id is None:
        return review_schemas.DocumentRequestList(items=[])
    return await of_driver(door, caller, caller.driver_id)


async def cancel(door: Door, caller: Caller, request_id: UUID) -> review_schemas.DocumentRequest:
    """Takes an open request back."""
    row = await request_repository.read_request(door, request_id)
    if row is None or sph.hides(caller, row["requirement"]):
        raise RequestNotFound
    try:
        await access_driver(door, caller, row["driver_id"])
    except DriverNotFound:
        raise RequestNotFound from None
    if not await request_repository.cancel(door, request_id):
        raise RequestSettled(row["state"])
    await audit.record(door, "document.request_cancelled", "driver", row["driver_id"], {"request": request_id})
    return await _read(door, request_id)


async def _read(door: Door, request_id: UUID) -> review_schemas.DocumentRequest:
    row = await request_repository.read_request(door, request_id)
    assert row is not None
    return _shape(row)


def _shape(row: Row) -> review_schemas.DocumentRequest:
    return review_schemas.DocumentRequest.model_construct(**dict(row))
